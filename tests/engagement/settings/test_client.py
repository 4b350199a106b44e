"""client.yml: what is documented, what is allowed, and how a wrong key is told."""

import json
import re
from pathlib import Path

import pytest

from cxlib.engagement.settings import maturity, reading, survey
from cxlib.engagement.settings.client import SCHEMA_FILE, Client, json_schema
from cxlib.engagement.settings.strict_yaml import read_yaml
from cxlib.engagement.settings.validation import read_settings

TEMPLATE = Path(__file__).parents[3] / "templates" / "client" / "client.yml"
HEAD = "client: acme\nname: A\nlanguage: en\n"
NAMES = r"[\w.\"-]+"


def uncommented():
    """The template with every documented key in use."""
    lines = TEMPLATE.read_text(encoding="utf-8").splitlines()
    keys = re.compile(rf"# ( *){NAMES}:( |$)")
    return "\n".join(line[2:] if keys.match(line) and "yaml-language-server" not in line else line for line in lines)


def settings(text):
    return read_settings(read_yaml((HEAD + text).encode(), "client.yml"), Client)


def problems(text):
    return [str(problem) for problem in settings(text)[1]]


def test_json_schema_file_is_current():
    current = SCHEMA_FILE.read_text(encoding="utf-8")
    assert current == json_schema(), "run cxlib.engagement.settings.client.write_json_schema()"


def test_every_documented_key_exists():
    document = read_yaml(uncommented().encode(), "client.yml")
    found, wrong = read_settings(document, Client)
    assert wrong == []
    assert found.survey.recommend.values["10 - Very likely"] == 10
    assert found.maturity["loyalty"].benchmark.company == "company"


def test_every_key_of_the_schema_is_documented():
    """Each key stands in the template, at its own path or in a part of the same shape."""
    document = read_yaml(uncommented().encode(), "client.yml")
    schema = json.loads(json_schema())
    documented = {path[-1] for path in document.lines if isinstance(path[-1], str)}
    parts = [schema, *schema["$defs"].values()]
    keys = {key for part in parts for key in part.get("properties", {})}
    assert keys <= documented


def test_every_part_and_key_is_described():
    """An editor shows these texts."""
    schema = json.loads(json_schema())
    assert all("description" in part for part in schema["$defs"].values())
    for module in (reading, survey, maturity):
        for name in set(vars(module)) & set(schema["$defs"]):
            for key, value in schema["$defs"][name]["properties"].items():
                assert "description" in value or "$ref" in json.dumps(value), f"{name}.{key}"


def test_json_schema_takes_what_editors_read_as_numbers():
    import jsonschema
    import yaml

    schema = json.loads(json_schema())
    document = yaml.safe_load(uncommented().replace(" on: ", ' "on": '))  # PyYAML, as no editor, reads on as true
    jsonschema.Draft202012Validator(schema).validate(document)
    document["survey"]["recommend"]["shfit"] = 1
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(document))


def test_smallest_file():
    found, wrong = settings("")
    assert wrong == []
    assert found.survey is None
    assert found.anonymity.respondents == 5
    assert found.anonymity.employees == 10


def test_everything_wrong_is_told_at_once_with_lines():
    text = "nam: x\nsurvey:\n  file: a.csv\n  recomend: {column: q}\n  population: many\nlangauge: da\n"
    assert problems(text) == [
        "client.yml, line 4, key nam: unknown key. Did you mean `name`?",
        "client.yml, line 7, key survey.recomend: unknown key. Did you mean `recommend`?",
        "client.yml, line 8, key survey.population: must be a whole number. Write digits only.",
        "client.yml, line 9, key langauge: unknown key. Did you mean `language`?",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("recommend: {column: q, scale: [0, 10]}\n", "`recommend` belongs under `survey`"),
        ("survey: {}\n", "key survey.file: the key is missing"),
        ("survey: [a]\n", "must be a group of keys"),
        ("currency: kr\n", "ISO 4217"),
        ("colour: red\n", "#0b6e6e"),
        ("logo: logo.exe\n", "png, jpg or svg"),
        ("anonymity: {respondents: 2}\n", "at least 3"),
        ("name: [a]\n", "twice"),
        ("zzzz: 1\n", "The keys here are: client, name"),
    ],
)
def test_wrong_top_level(text, expected):
    assert expected in "\n".join(problems(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("recommend: {column: q, scale: [0, 10, 11]}", "line 6, key survey.recommend.scale: must be a list of two"),
        ("recommend: {column: q, scale: [10, 0]}", "lowest to its highest"),
        ("recommend: {column: q, scale: [0, 1e999]}", "must be a number"),
        ("recommend: {column: q, scale: [0, nan]}", "must be a number"),
        ("recommend: {column: q, scale: [0, 10], target: 101}", "at most 100"),
        ("recommend: {column: q, scale: [0, 10], values: {a: b}}", "key survey.recommend.values.a: must be a number"),
        ("rating: {column: q, scale: [1, 5], top: 5}", "takes in the whole scale"),
        ("rating: {column: q, scale: [1, 5], target: 80}", "at most 1"),
        ("effort: {column: q, scale: [1, 7]}", "key survey.effort.definition: the key is missing"),
        ("effort: {column: q, scale: [1, 7], definition: avg}", "must be 'mean', 'agree' or 'index'"),
        ("effort: {column: q, scale: [1, 7], definition: agree, target: 5}", "between 0 and 1"),
        ("effort: {column: q, scale: [1, 5], definition: index}", "for answers 1 to 7"),
        ("satisfaction: {items: {}, scale: [1, 10]}", "survey.satisfaction.items"),
        ("satisfaction: {items: {a: A, b: B}, scale: [1, 10], weights: {a: 0.5, b: 0.4}}", "sum to 0.9"),
        ("satisfaction: {items: {a: A, b: B}, scale: [1, 10], weights: {a: 0.5, c: 0.5}}", "every question needs"),
        ("satisfaction: {items: {a: A}, scale: [1, 10], at_least: 2}", "only 1 questions"),
        ("blocks: {b: {label: B, items: {a: A}, scale: [1, 5], expectation: {c: d}}}", "not a question of this block"),
        ("blocks: {loyalty: {label: B, items: {a: A}, scale: [1, 5]}}", "name of an index"),
        ("blocks: {b b: {label: B, items: {a: A}, scale: [1, 5]}}", "must match"),
        ("paths: {satisfaction: [b]}", "neither a block nor"),
        ("margins: {r: {a: 0.4, b: 0.4}}", "key survey.margins.r: the shares sum to 0.8"),
        ("trim: [0.3, 3]", "no raking to trim"),
        ("margins: {r: {a: 0.4, b: 0.6}}\n  trim: [2, 3]", "below 1"),
        ("periods: [a, b]", "no `period` column"),
        ("period: p\n  periods: [a, a]", "named twice"),
        ("funnel: {invited: 10, completed: 11}", "11 completed are more than 10 invited"),
        ("read: {decimal: x}", "must be ',' or '.'"),
        ("read: {delimiter: abc}", "survey.read.delimiter"),
    ],
)
def test_wrong_survey(text, expected):
    assert expected in "\n".join(problems(f"survey:\n  file: a.csv\n  {text}\n"))


@pytest.mark.parametrize(("low", "high"), [(0, 10), (1, 7), (-10, 10), (0, 100)])
def test_a_turned_scale_is_to_be_written_with_its_own_ends(low, high):
    told = "\n".join(problems(f"survey:\n  file: a.csv\n  recommend: {{column: q, scale: [{high}, {low}]}}\n"))
    assert f"Write it as [{low}, {high}]" in told and "`values`" in told


def test_paths_may_not_lead_back():
    text = """survey:
  file: a.csv
  satisfaction: {items: {s: S}, scale: [1, 10]}
  loyalty: {items: {l: L}, scale: [1, 10]}
  paths: {satisfaction: [loyalty], loyalty: [satisfaction]}
"""
    assert "lead back to `satisfaction`" in problems(text)[0]


def test_settings_cannot_be_changed():
    found, _ = settings("")
    with pytest.raises(ValueError, match="frozen"):
        found.name = "other"
