"""The joined report as PDF: its contents name the page on which each part and section lies; bytes repeat."""

import io
import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

try:
    import pypdf
except ImportError:
    raise ImportError("a PDF needs pypdf; install it with: pip install 'cxlib[pdf]'") from None

from cxlib.report.chromium import NotPrinted, printed
from cxlib.report.cover import Cover
from cxlib.report.html import PagePart
from cxlib.report.single import single_html

DATED = re.compile(rb"/(?:CreationDate|ModDate|Creator) \((?:\\.|[^\\()])*\)")  # in the first object
PASSES = 4  # the numbers have a place of fixed width: two do it


def pdf(parts: Sequence[PagePart], cover: Cover) -> bytes:
    """The parts as one PDF; raises NotPrinted."""
    numbers: Mapping[str, int] = {}
    for _ in range(PASSES):
        document = printed(single_html(parts, cover, numbers))
        if (found := places(pypdf.PdfReader(io.BytesIO(document)))) == numbers:
            return _undated(document)
        numbers = found
    raise NotPrinted("the numbers in the contents and the pages of print do not come to rest")


def places(document: pypdf.PdfReader) -> dict[str, int]:
    """{anchor: number of the page on which it lies}."""
    named = document.named_destinations
    return {unquote(name.lstrip("/")): document.get_destination_page_number(place) + 1 for name, place in named.items()}


def _undated(printed: bytes) -> bytes:
    """The document without what differs from run to run and from machine to machine: its dates, and who made it."""
    about, end, rest = printed.partition(b"endobj")
    return DATED.sub(lambda told: b" " * len(told[0]), about) + end + rest
