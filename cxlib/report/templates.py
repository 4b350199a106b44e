"""The HTML templates of `templates/report`, read and compiled once; every value is escaped."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

TEMPLATES = Path(__file__).parents[2] / "templates"


def filled(name: str, **values: object) -> str:
    """The template with the values put in."""
    return _environment().get_template(name).render(values)


@cache
def style() -> str:
    """The style sheet of every page."""
    return (TEMPLATES / "report" / "style.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(TEMPLATES / "report")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
