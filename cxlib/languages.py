"""The languages that clients are written in and reports are read in."""

LANGUAGES = ("en", "da", "sv")
