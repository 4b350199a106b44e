"""The CX workbook's helper package; ARCHITECTURE.md says what each part may know."""

__version__ = "0.1.0"
