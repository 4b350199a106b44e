"""Sentences, numbers and dates as a reader of the language writes them."""
