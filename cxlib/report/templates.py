"""The HTML templates of `templates/report`, read and compiled once; every value is escaped."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from cxlib.report.typeface import faces

TEMPLATES = Path(__file__).parents[2] / "templates"


def filled(name: str, **values: object) -> str:
    """The template with the values put in."""
    return _environment().get_template(name).render(values)


@cache
def style() -> str:
    """The style sheet of every page, its typeface in it."""
    return f"{(TEMPLATES / 'report' / 'style.css').read_text(encoding='utf-8')}\n{faces()}"


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(TEMPLATES / "report")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
