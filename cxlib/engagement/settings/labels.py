"""Labels of client.yml that are written in several languages: `{en: Waiting time, da: Ventetid}` in the place of a text."""

import re
from typing import Any

from cxlib.engagement.settings.strict_yaml import Document, dotted
from cxlib.languages import LANGUAGES

_PLACES = re.compile(
    r"period|(survey|employees)/((segments|controls|categories)/[^/]+|items/[^/]+|(satisfaction|loyalty)/items/[^/]+|blocks/[^/]+/(label|items/[^/]+))"
    r"|tipping_points/[^/]+/(label|outcome/label)|contacts/labels/[^/]+|customers/known_before/[^/]+"
    r"|journey/(touchpoints/[^/]+/(label|promise|behaviours/[^/]+)|logs/[^/]+/label)"
    r"|(survey|contacts|customers|employees|initiatives|complaints|closed_loop|blueprint|journey/ids|journey/logs/[^/]+|maturity/[^/]+)/recode/[^/]+/labels/[^/]+"
)


def in_language(document: Document, language: str = "") -> list[tuple[str, str]]:
    """Puts the text of one language in the place of each label that has several; it changes `document.value`.

    language : that of the report; else, and where a label lacks it, the client's own, and else the first that is given
    Returns: [(key, language)] of the labels that lack the report's.
    """
    own = document.value.get("language")
    wanted = language or (own if isinstance(own, str) else "")
    lacking: list[tuple[str, str]] = []
    document.value = _in_language(document.value, (), [wanted, own], lacking)
    return lacking


def _in_language(value: Any, path: tuple[str, ...], wanted: list, lacking: list[tuple[str, str]]) -> Any:
    if not isinstance(value, dict):
        return value
    if _is_label(value) and _PLACES.fullmatch("/".join(step.replace("/", " ") for step in path)):
        if wanted[0] and wanted[0] not in value:
            lacking.append((dotted(path), wanted[0]))
        return next((value[each] for each in wanted if each in value), next(iter(value.values())))
    return {key: _in_language(each, (*path, key), wanted, lacking) for key, each in value.items()}


def _is_label(value: dict) -> bool:
    return bool(value) and set(value) <= set(LANGUAGES) and all(isinstance(each, str) for each in value.values())
