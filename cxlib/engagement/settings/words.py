"""client.yml, `words`: who is asked and what is measured, where it is not customers and satisfaction."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar

import yaml
from pydantic import BeforeValidator, Field, model_validator

from cxlib.engagement.problems import nearest
from cxlib.engagement.settings.validation import Part, broken

_BUILT_IN = Path(__file__).parents[3] / "templates" / "locale" / "words.yml"
Form = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^{}<>\n]+$")]


class _Forms(Part):
    """The forms of a word in one language"""

    example: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _all_are_given(cls, given: Any) -> Any:
        missing = [name for name, field in cls.model_fields.items() if field.is_required()]
        missing = [name for name in missing if isinstance(given, dict) and name not in given]
        if missing:
            raise broken(f"sentences need the form{'s' * (len(missing) > 1)} {', '.join(missing)} too",
                         f"Write every form, as {cls.example}")  # fmt: skip
        return given


class EnglishPeople(_Forms):
    """Who is asked, in English"""

    example = "{one: member, many: members}"
    one: Form
    many: Form


class DanishPeople(_Forms):
    """Who is asked, in Danish"""

    example = (
        "{one: medlem, the_one: medlemmet, many: medlemmer, the_many: medlemmerne, compound: medlems, neuter: true}"
    )
    one: Form
    the_one: Form
    many: Form
    the_many: Form
    compound: Form = Field(description="How it begins a longer word: medlems, of medlemsundersøgelse")
    neuter: bool = Field(False, description="et medlem, not en")


class SwedishPeople(DanishPeople):
    """Who is asked, in Swedish"""

    example = "{one: gäst, the_one: gästen, many: gäster, the_many: gästerna, compound: gäst}"


class EnglishMeasure(_Forms):
    """What is measured, in English"""

    example = "{name: trust, who: trusting}"
    name: Form
    who: Form = Field(description="What somebody is who has it")
    more: Form | None = Field(None, description="happier, where it is not said with more")
    lack: Form | None = Field(None, description="Its opposite, as distrust")


class DanishMeasure(_Forms):
    """What is measured, in Danish"""

    example = "{name: tillid, the_name: tilliden, compound: tillids, who_one: tillidsfuld, who_many: tillidsfulde}"
    name: Form
    the_name: Form
    compound: Form = Field(description="How it begins a longer word: tillids, of tillidsindeks")
    who_one: Form = Field(description="What somebody is who has it")
    who_many: Form
    who_neuter: Form | None = Field(None, description="Where it is not who_one with a t: glad")
    more: Form | None = Field(None, description="Where it is not said with mere or mer: gladere, gladare")
    lack: Form | None = Field(None, description="Its opposite: mistillid")
    neuter: bool = Field(False, description="et engagement, not en")


class SwedishMeasure(DanishMeasure):
    """What is measured, in Swedish"""

    example = "{name: tillit, the_name: tilliten, compound: tillits, who_one: tillitsfull, who_many: tillitsfulla}"


class People(Part):
    """Who is asked, in the forms of each language that the report is made in"""

    en: EnglishPeople | None = None
    da: DanishPeople | None = None
    sv: SwedishPeople | None = None


class Measured(Part):
    """What is measured, in the forms of each language that the report is made in"""

    en: EnglishMeasure | None = None
    da: DanishMeasure | None = None
    sv: SwedishMeasure | None = None


FORMS: dict[str, dict[str, type[_Forms]]] = {
    "asked": {"en": EnglishPeople, "da": DanishPeople, "sv": SwedishPeople},
    "measured": {"en": EnglishMeasure, "da": DanishMeasure, "sv": SwedishMeasure},
}


@cache
def built_in() -> dict[str, dict[str, dict[str, dict[str, Any]]]]:
    """{asked or measured: {word: {language: its forms}}}"""
    return yaml.safe_load(_BUILT_IN.read_text(encoding="utf-8"))


def _named(part: str):
    """A word of the built-in list as its forms; forms stay as they are."""
    example = FORMS[part]["da"].example

    def forms_of(given: Any) -> Any:
        if not isinstance(given, str):
            return given
        known = built_in()[part]
        if given not in known:
            near = nearest(given, known)
            first = f"Did you mean {near}? If not, write" if near else "Write"
            raise broken(
                f"{given!r} is not among the words that come with their forms: {', '.join(known)}",
                f"{first} the forms for each language of the report, as `{part}: {{da: {example}}}`",
            )
        return known[given]

    return BeforeValidator(forms_of, json_schema_input_type=_schema_of(part))


def _schema_of(part: str) -> Any:
    """A word of the list or own forms: what an editor offers."""
    known = Annotated[str, Field(json_schema_extra={"enum": list(built_in()[part])})]
    return known | (People if part == "asked" else Measured)


class WordsSettings(Part):
    """Who is asked and what is measured, where it is not customers and satisfaction"""

    asked: Annotated[People, _named("asked")] | None = Field(
        None, description="members, guests, citizens, ..., or forms"
    )
    measured: Annotated[Measured, _named("measured")] | None = Field(
        None, description="trust, well-being, ..., or forms"
    )

    def in_language(self, language: str) -> dict[str, dict[str, Any]]:
        """{asked or measured: its forms in the language}, of what is given and has them."""
        found = {part: getattr(getattr(self, part), language, None) for part in FORMS}
        return {part: forms.model_dump(exclude_defaults=True) for part, forms in found.items() if forms is not None}

    def faults(self, language: str) -> list[tuple[str, str, str]]:
        """(part, what is wrong, what to do) for each part whose forms in the language of a report are missing."""
        lacking = set(FORMS) & self.model_fields_set - self.in_language(language).keys()
        return [
            (
                part,
                f"the report is made in {language}, and the forms of that language are missing",
                f"Add them below `words.{part}`, as `{language}: {FORMS[part][language].example}`",
            )
            for part in sorted(lacking)
            if getattr(self, part) is not None
        ]
