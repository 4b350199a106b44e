"""How the shape of a table may be said, and how a wrong one is told with what to write."""

import pytest

from cxlib.engagement.settings.client import Client
from cxlib.engagement.settings.strict_yaml import read_yaml
from cxlib.engagement.settings.validation import read_settings

HEAD = "client: acme\nname: A\nlanguage: en\ncurrency: DKK\nsurvey:\n  respondent: id\n"


def problems(text):
    return [str(problem) for problem in read_settings(read_yaml((HEAD + text).encode(), "client.yml"), Client)[1]]


@pytest.mark.parametrize(
    ("wrong", "said", "right"),
    [
        ("file: a.csv\n  recode: {q: {turned: [5, 1]}}", "Write it as [1, 5].", "file: a.csv\n  recode: {q: {turned: [1, 5]}}"),
        ("file: a.csv\n  recode: {q: {}}", "does nothing. Give one of: missing, number", "file: a.csv\n  recode: {q: {missing: [9]}}"),
        ("file: a.csv\n  recode: {q: {bands: {a: [20, 10]}}}", "Write it as [10, 20].", "file: a.csv\n  recode: {q: {bands: {a: [10, 20]}}}"),
        ("file: a.csv\n  recode: {q: {bands: {a: [null, 30], b: [29, null]}}}", 'overlaps with "a". Let each group begin where',
         "file: a.csv\n  recode: {q: {bands: {a: [null, 30], b: [30, null]}}}"),
        ("file: a.csv\n  recode: {q: {joined: {a: [x], b: [x]}}}", '"x" is joined twice.', "file: a.csv\n  recode: {q: {joined: {a: [x]}}}"),
        ("file: a.csv\n  recode: {q: {several: ';', number: first}}", "several answers in one cell are no numbers.",
         "file: a.csv\n  recode: {q: {several: ';', labels: {1: Phone}}}"),
        ("file: a.csv\n  recode: {q: {from: [a, b]}}", "Say in what unit, as `duration: hours`.",
         "file: a.csv\n  recode: {q: {from: [a, b], duration: hours}}"),
        ("file: a.csv\n  per: {id: c, a_year: [amount]}", "Name its column under `by`.",
         "file: a.csv\n  per: {id: c, a_year: [amount], by: date}"),
        ("file: {a: a.csv}\n  waves: {b: {q: q1}}", "is no file of this part. Name one of: a.", "file: {a: a.csv}\n  waves: {a: {q: q1}}"),
        ("file: a.csv\n  rating: {column: o, scale: [1, 7]}\n  blocks: {like2: {label: L, items: {l: L}, scale: [1, 7]}}\n  paths: {satisfaction: [like]}",
         "`like` is neither a block nor `satisfaction` or `loyalty`. Did you mean `like2`?",
         "file: a.csv\n  satisfaction: {items: {o: O}, scale: [1, 7]}\n  blocks: {like2: {label: L, items: {l: L}, scale: [1, 7]}}\n  paths: {satisfaction: [like2]}"),
        ("file: a.csv\n  rating: {column: o, scale: [1, 7]}\n  blocks: {like2: {label: L, items: {l: L}, scale: [1, 7]}}\n  paths: {satisfaction: [like2]}",
         "`satisfaction: {items: {o: Overall satisfaction}, scale: [1, 7]}`.",
         "file: a.csv\n  rating: {column: o, scale: [1, 7]}\n  satisfaction: {items: {o: Overall satisfaction}, scale: [1, 7]}\n"
         "  blocks: {like2: {label: L, items: {l: L}, scale: [1, 7]}}\n  paths: {satisfaction: [like2]}"),
        ("file: a.csv\n  one_row: {of: id, which: newest}", "must be 'last' or 'first'", "file: a.csv\n  one_row: {of: id, which: last}"),
        ("file: a.csv\n  keep: {Status: []}", "", "file: a.csv\n  keep: {Status: [Complete]}"),
        ("file: a.csv\n  kep: {Status: [a]}", "Did you mean `keep`?", "file: a.csv\n  keep: {Status: [a]}"),
        ("file: []", 'Write it as survey.csv, [a.csv, b.csv] or {"2024": a.csv, "2025": b.csv}.', 'file: [a.csv, b.csv]'),
        ("file: [a.csv, a.csv]", "a file is named twice. Name each once.", 'file: {"2024": a.csv, "2025": b.csv}'),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_told_with_the_right_one(wrong, said, right):
    (problem,) = problems(f"  {wrong}\n")
    assert said in problem
    assert problems(f"  {right}\n") == []


PARTS = {
    "survey": "survey:\n  file: a.csv\n{}",
    "contacts": "contacts:\n  file: a.csv\n{}",
    "customers": "customers:\n  file: a.csv\n{}",
    "employees": "employees:\n  file: a.csv\n  unit: u\n  items: {{q: Q}}\n  scale: [1, 5]\n{}",
    "initiatives": "initiatives:\n  file: a.csv\n  name: n\n  start: s\n  end: e\n  cost_once: c\n  effect: {{columns: [a, b, c]}}\n{}",
    "maturity": "maturity:\n loyalty:\n  file: a.csv\n  respondent: p\n{}",
    "benchmark": "maturity:\n loyalty:\n  file: a.csv\n  respondent: p\n  benchmark:\n   file: b.csv\n   company: c\n{}",
}


@pytest.mark.parametrize("part", PARTS)
def test_every_table_can_be_shaped(part):
    indent = "   " if part == "benchmark" else "  "
    keys = ["read: {sheet: Data, headings: 2, decimal: ','}", 'keep: {s: [a]}', 'drop: {s: [""]}', "one_row: {of: i}",
            "recode: {x: {from: y, labels: {1: a}}}"]  # fmt: skip
    text = "client: acme\nname: A\nlanguage: en\n" + PARTS[part].format("".join(f"{indent}{key}\n" for key in keys))
    assert read_settings(read_yaml(text.encode(), "client.yml"), Client)[1] == []
