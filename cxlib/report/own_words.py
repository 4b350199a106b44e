"""A consultant's own words as HTML: links become text with the address printed, for a report leads nowhere."""

import re

LINK = re.compile(r'<a\s[^>]*?href="((?:https?:)?//[^"]*|mailto:[^"]*)"[^>]*>(.*?)</a>', re.DOTALL | re.IGNORECASE)
BLANK = re.compile(r"<(t[dh])([^>]*)>\s*(?:NaN|nan|None|NaT|&lt;NA&gt;)\s*</\1>")


def markdown(text: str) -> str:
    """Markdown as HTML."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return with_addresses(markdown2html_mistune(text).strip())


def with_addresses(html: str) -> str:
    """HTML in which every link out of the report is its text, and its address beside it."""
    return LINK.sub(_printed, html)


def with_dashes(html: str) -> str:
    """HTML of tables in which a blank is a dash, not the word of a program."""
    return BLANK.sub(r"<\1\2>–</\1>", html)


def _printed(link: re.Match) -> str:
    address, text = link[1].removeprefix("mailto:"), link[2]
    return text if address in (text, f"{text}/") else f"{text} ({address})"
