"""What every page of one report carries, whatever it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cxlib.report.page import DEFAULT_COLOUR


@dataclass(frozen=True)
class Cover:
    """Whose the report is, its language and look, and the files it rests on."""

    client: str
    language: str
    period: str = ""
    colour: str = DEFAULT_COLOUR
    currency: str | None = None
    logo: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
