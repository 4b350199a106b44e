"""How a Result is shown: sentences, tables, charts and HTML in the reader's language."""

from cxlib.report.page import Page

__all__ = ["Page"]
