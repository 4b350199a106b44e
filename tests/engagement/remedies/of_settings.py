"""Remedies for client.yml itself: {remedy: case}."""

from tests.engagement.remedies.cases import (
    ANSWERS,
    CSV,
    Case,
    chosen,
    column,
    example,
    groups,
    instead,
    put,
    remove,
    said,
    same,
    saved_as_utf8,
    text,
)

YML = "client: acme\nname: A Company\nlanguage: en\nsurvey:\n  file: s.csv\n  recommend: {column: q, scale: [0, 10]}\n"
TIMED = {"s.csv": "id,q,when,g\n" + "".join(f"{i},{answer},2025-0{1 + i % 2}-03,{'ab'[i % 2]}\n" for i, answer in enumerate(ANSWERS))}
PERIODS = {"s.csv": TIMED["s.csv"].replace("2025-01-03", "2025-Q1").replace("2025-02-03", "2025-Q2")}
BLOCKS = {"s.csv": "id,q,a,b\n" + "".join(f"{i},{answer},{1 + i % 5},{1 + i % 4}\n" for i, answer in enumerate(ANSWERS))}
STAFF = {"label": "Staff", "scale": [1, 5], "items": {"a": "Kind", "b": "Quick"}}
INDEX = {"scale": [1, 5], "items": {"a": "One", "b": "Two"}}
RATED = {"s.csv": "id,q,r\n" + "".join(f"{i},{answer},{answer / 2 + (0 if answer else 0.5):g}\n" for i, answer in enumerate(ANSWERS, start=1))}
HUNDRED = {"s.csv": "id,q,r\n" + "".join(f"{i},{answer},{answer * 10}\n" for i, answer in enumerate(ANSWERS, start=1))}
MONEY = {"currency": "DKK", "money": {"discount_rate": 0.08}}
CASES_FILES = {"s.csv": CSV, "c.csv": "case,wait,ok\n" + "".join(f"{i},{i},{1 + i % 5}\n" for i in range(20))}
LEVEL = {"label": "Wait", "column": "wait", "unit": "days", "outcome": {"column": "ok", "scale": [1, 5]}}
CONTACTS = {"contacts": {"file": "c.csv"}, "tipping_points": {"w": LEVEL}}
CUSTOMERS = {"s.csv": CSV, "k.csv": "id,score,left,rev,mar\n" + "".join(f"{i},{answer},{'yn'[i % 2]},{100 + i},{30 + i}\n" for i, answer in enumerate(ANSWERS))}
CUSTOMER = {"file": "k.csv", "churned": {"column": "left", "left": "y"}}
PLAN_FILE = {"s.csv": CSV}
WIDE = {"s.csv": "id,q23,q24\n" + "".join(f"{i},{answer},{10 - answer}\n" for i, answer in enumerate(ANSWERS, start=1))}
IDS = [f"{step}.{i}" for step in range(1, 8) for i in range(1, 4)]
MATURITY = f"who,{','.join(IDS)}\n" + "".join(f"p{i},{','.join(['4'] * 21)}\n" for i in (1, 2, 3))
TWO = {"a.csv": CSV, "b.csv": CSV}


def twice(engagement) -> bool:
    return list(engagement.survey.rows["q"]) == [*ANSWERS, *ANSWERS]


def scored(engagement) -> bool:
    return list(engagement.customers.rows["score"]) == list(ANSWERS)


def waits(engagement) -> bool:
    return engagement.contacts.rows["wait"].sum() == 190


CASES: dict[str, Case] = {
    # ------------------------------------------------------------ the text
    "settings/strict_yaml: Check indentation, colons and quotes; put texts with : or # in quotation marks": Case(
        YML.replace("A Company", "A: Company"), text("A: Company", '"A: Company"')),
    "settings/strict_yaml: Copy templates/client/client.yml and fill it in": Case("# nothing\n", text("# nothing\n", YML)),
    "settings/strict_yaml: Give it a value or remove the line": Case(YML + "period:\n", text("period:\n", "")),
    "settings/strict_yaml: Indent with spaces, not with tabs": Case(YML.replace("  file", "\tfile"), text("\t", "  ")),
    "settings/strict_yaml: It is indented otherwise than the keys it belongs to: a `#` that is taken away takes its space along": Case(
        YML + "   segments: {id: Id}\n", text("   segments", "  segments")),
    "settings/strict_yaml: Keep data in tables, not in YAML": Case(YML + "#" * 300_000, text("#" * 300_000, "")),
    "settings/strict_yaml: Keep one of them": Case(YML + "language: da\n", text("language: da\n", "")),
    "settings/strict_yaml: Put the text in quotation marks": Case(YML.replace("A Company", "&A"), text("&A", '"&A"')),
    "settings/strict_yaml: Remove it": Case(YML.replace("A Company", "A\u0007Company"), text("\u0007", " ")),
    "settings/strict_yaml: Remove the `---`": Case(YML + "---\ntwo: 2\n", text("---\ntwo: 2\n", "")),
    "settings/strict_yaml: Save the file as UTF-8": Case(YML.replace("A Company", "Ærø"), saved_as_utf8, encoding="cp1252"),
    "settings/strict_yaml: Use fewer levels": Case(YML + "words: " + "[" * 25 + "]" * 25 + "\n", text("words: " + "[" * 25 + "]" * 25 + "\n", "")),
    "settings/strict_yaml: Write `key: value` lines": Case("- client\n", text("- client\n", YML)),
    "settings/strict_yaml: Write `key: value`; several columns as \"region x age\": value": Case(
        YML + "  segments: {[id]: Id}\n", text("[id]", "id")),
    "settings/strict_yaml: Write the keys out": Case(YML + "  segments: {<<: {id: Id}}\n", text("<<: {id: Id}", "id: Id")),
    "settings/strict_yaml: Write the value out, or put the text in quotation marks": Case(YML.replace("A Company", "*A"), text("*A", '"*A"')),
    # ------------------------------------------------------------ keys and values
    "settings/validation: Add it": Case({"survey.file": None}, put("survey.file", "s.csv")),
    "settings/validation: Did you mean `{}`?": Case({"survey.recomend": {"column": "q", "scale": [0, 10]}, "survey.recommend": None}, instead("recomend")),
    "settings/validation: Did you mean {}?": Case({"survey.read": {"hidden": "kepe"}}, instead("kepe")),
    "settings/validation: Name one{}": Case({"survey.weight": ["id", "q"]}, put("survey.weight", "id")),
    "settings/validation: The keys here are: {}": Case({"survey.recommend.xyzzy": [0, 10], "survey.recommend.scale": None}, chosen("xyzzy", 0), same),
    "settings/validation: Write digits only": Case({"survey.population": "many"}, put("survey.population", "100")),
    "settings/validation: Write it as [first, second]": Case({"survey.dont_know": "99"}, put("survey.dont_know", ["99"])),
    "settings/validation: Write it as [lowest, highest]": Case({"survey.recommend.scale": [0, 5, 10]}, put("survey.recommend.scale", [0, 10])),
    "settings/validation: Write it with a decimal point, as 0.8": Case({"survey.recommend.target": "a lot"}, put("survey.recommend.target", "0.8")),
    "settings/validation: Write its beginning, at least 20 characters, ended by \"...\", or its number, as \"column 12\"": Case(
        {"survey.segments": {"How likely is it that " * 60: "L"}}, (remove("survey.segments"), put("survey.segments", {"How likely is it that ...": "L"})),
        
        column("q", 63), {"s.csv": CSV.replace("id", '"' + "How likely is it that " * 60 + '"')}),
    "settings/validation: Write the keys below it, indented": Case({"survey.recommend": "q"}, put("survey.recommend", {"column": "q", "scale": [0, 10]})),
    "settings/validation: `{}` belongs under {}": Case({"file": "s.csv", "survey.file": None}, (remove("file"), put("survey.file", "s.csv"))),
    # ------------------------------------------------------------ the head
    "settings/client: Add `currency: DKK`, or another three letters": Case({"money": {"discount_rate": 0.08}}, said("")),
    "settings/client: Describe it under `survey`": Case({"survey": None, "for_each": "g"}, put("survey", {"file": "s.csv", "recommend": {"column": "q", "scale": [0, 10]}}),
        files={"s.csv": "id,q,g\n" + "".join(f"{i},{answer},{'ab'[i % 2]}\n" for i, answer in enumerate(ANSWERS))}),
    "settings/client: Describe its table, or take it out of the list": Case(
        {"for_each": {"column": "g", "parts": ["survey", "contacts"]}}, put("for_each.parts", ["survey"]),
        files={"s.csv": "id,q,g\n" + "".join(f"{i},{answer},{'ab'[i % 2]}\n" for i, answer in enumerate(ANSWERS))}),
    "settings/client: Describe the table under `contacts`": Case({"tipping_points": {"w": LEVEL}}, put("contacts", {"file": "c.csv"}), waits, CASES_FILES),
    "settings/client: Name it once": Case(
        {**CONTACTS, "for_each": {"column": "g", "parts": ["survey", "contacts"], "without": ["contacts"]}}, put("for_each.without", []),
        files={"s.csv": "id,q,g\n" + "".join(f"{i},{answer},{'ab'[i % 2]}\n" for i, answer in enumerate(ANSWERS)),
               "c.csv": "case,wait,ok,g\n" + "".join(f"{i},{i},{1 + i % 5},{'ab'[i % 2]}\n" for i in range(20))}),
    "settings/client: Write [{}]": Case(
        {**CONTACTS, "for_each": {"column": "g", "parts": ["contacts"]}}, example("for_each.parts"),
        files={"s.csv": "id,q,g\n" + "".join(f"{i},{answer},{'ab'[i % 2]}\n" for i, answer in enumerate(ANSWERS)),
               "c.csv": "case,wait,ok,g\n" + "".join(f"{i},{i},{1 + i % 5},{'ab'[i % 2]}\n" for i in range(20))}),
    "settings/client: Add them below `words.{}`, as `{}: {}`": Case({"words": {"asked": {"da": {
        "one": "medlem", "the_one": "medlemmet", "many": "medlemmer", "the_many": "medlemmerne", "compound": "medlems", "neuter": True}}}}, said("words.asked", 1)),
    "settings/words: Write every form, as {}": Case({"words": {"asked": {"en": {"one": "member"}}}}, example("words.asked.en")),
    "settings/words: {} the forms for each language of the report, as `{}: {da: {}}`": Case(
        {"words": {"asked": "zebras"}, "language": "da"}, said("words")),
    # ------------------------------------------------------------ parts and their tables
    "settings/contacts: Name the answer that may break": Case(
        {**CONTACTS, "tipping_points.w.outcome.column": "wait"}, put("tipping_points.w.outcome.column", "ok"), waits, CASES_FILES),
    "settings/maturity: Each column has one part to play": Case(
        {"maturity": {"loyalty": {"file": "m.csv", "respondent": "who", "role": "who", "scale": "agree5"}}}, remove("maturity.loyalty.role"),
        lambda engagement: list(engagement.maturity("loyalty").people["respondent"]) == ["p1", "p2", "p3"],
        {"s.csv": CSV, "m.csv": MATURITY}),
    "settings/money: 50 % is written 0.5": Case({**MONEY, "money.causal_share": [20, 50, 80]}, put("money.causal_share", [0.2, 0.5, 0.8])),
    "settings/money: 8 % a year is written 0.08": Case({**MONEY, "money.discount_rate": 8}, put("money.discount_rate", 0.08)),
    "settings/money: Margin is revenue less variable costs": Case(
        {"currency": "DKK", "customers": {**CUSTOMER, "revenue": "rev", "margin": "rev"}}, put("customers.margin", "mar"),
        lambda engagement: engagement.customers.rows["mar"].sum() == 345, CUSTOMERS),
    "settings/money: Name other columns under `known_before`: numbers known when the score was given": Case(
        {"customers": {**CUSTOMER, "controls": ["rev"], "known_before": {"rev": "Revenue", "mar": "Margin"}}}, remove("customers.known_before.rev"),
        lambda engagement: dict(engagement.customers.known_before) == {"mar": "Margin"}, CUSTOMERS),
    "settings/money: Write it as \"2026-01-01\"": Case({**MONEY, "money.start": "January"}, example("money.start")),
    "settings/money: Write lowest, most likely, highest": Case({**MONEY, "money.cost_factor": [1.5, 1, 0.9]}, put("money.cost_factor", [0.9, 1, 1.5])),
    "settings/money: Write the last score of the low and of the middle group, as [6, 8]": Case(
        {"customers": {**CUSTOMER, "score": {"column": "score", "steps": [8, 6]}}}, example("customers.score.steps"), scored, CUSTOMERS),
    "settings/money: Write the last score of the low and of the middle group, as `steps: [60, 80]` on 0 to 100": Case(
        {"customers": {**CUSTOMER, "score": {"column": "score", "scale": [0, 100]}}}, said("customers.score"), scored, CUSTOMERS),
    # ------------------------------------------------------------ time
    "settings/periods: Give `date` or `period`, or remove `fold`": Case({"survey.fold": {"a": "b"}}, remove("survey.fold")),
    "settings/periods: Give `date`, or remove `every`": Case({"survey.every": "month"}, put("survey.date", "when"), files=TIMED),
    "settings/periods: Give `period`": Case({"survey.periods": ["a", "b"]}, put("survey.period", "g"), files=TIMED),
    "settings/periods: Name each once": Case({"survey.period": "g", "survey.periods": ["a", "b", "a"]}, put("survey.periods", ["a", "b"]), files=TIMED),
    "settings/periods: Remove `period` to make them from `date`, or remove `every`": Case(
        {"survey.period": "g", "survey.date": "when", "survey.every": "month"}, remove("survey.period"),
        lambda engagement: list(engagement.survey.rows["period"].cat.categories) == ["2025-01", "2025-02"], TIMED),
    "settings/periods: Write the last one, as \"{}\"": Case(
        {"survey.period": "when", "survey.fold": {"2025-Q1": "2025-Q2", "2025-Q2": "2025-Q3"}}, example("survey.fold.2025-Q1"),
        lambda engagement: same(engagement) and set(engagement.survey.rows["when"].dropna()) == {"2025-Q3"}, PERIODS),
    # ------------------------------------------------------------ reading
    "settings/reading: Write it as \"{}\", with %Y, %m, %d, %H, %M and %S": Case(
        {"survey.date": "when", "survey.read": {"dates": "dd/mm/yyyy"}}, example("survey.read.dates"),
        lambda engagement: set(engagement.survey.rows["period"]) == {"2025-Q1"},
        {"s.csv": "id,q,when\n" + "".join(f"{i},{answer},03/0{1 + i % 2}/2025\n" for i, answer in enumerate(ANSWERS))}),
    "settings/reading: Write it as [{}, {}]; where a low answer is the good one, turn the answers with `values`": Case(
        {"survey.recommend.scale": [10, 0]}, example("survey.recommend.scale")),
    "settings/reading: Write one row, or several as [1, 2]": Case({"survey.read": {"headings": [2, 1]}}, put("survey.read.headings", 1)),
    # ------------------------------------------------------------ sources
    "settings/source: Beside `duration` only `bands` and `labels` can stand": Case(
        {"survey.segments": {"took": "Took"}, "survey.recode": {"took": {"from": ["when", "then"], "duration": "days", "several": ";", "bands": {"all": [None, None]}}}},
        remove("survey.recode.took.several"), lambda engagement: set(engagement.survey.rows["took"]) == {"all"},
        {"s.csv": "id,q,when,then\n" + "".join(f"{i},{answer},2025-01-03,2025-01-05\n" for i, answer in enumerate(ANSWERS))}),
    "settings/source: Beside `several` only `missing`, `labels` and `joined` can stand": Case(
        {"survey.segments": {"g: a": "A"}, "survey.recode": {"g": {"several": ";", "number": "first"}}}, remove("survey.recode.g.number"),
        lambda engagement: set(engagement.survey.rows["g: a"].astype(float)) == {0, 1}, TIMED),
    "settings/source: Did you mean {}?": Case({"survey.read": {"layout": "limesurvy"}}, instead("limesurvy")),
    "settings/source: Each column becomes one figure; name a copy by `recode`": Case(
        {"customers": {**CUSTOMER, "customer": "id", "revenue": "rev", "per": {"id": "id", "sum": ["rev"], "mean": ["rev"]}}, "currency": "DKK"},
        remove("customers.per.mean"), lambda engagement: engagement.customers.rows["rev"].sum() == 1045, CUSTOMERS),
    "settings/source: Each goes into one group": Case(
        {"survey.segments": {"g": "G"}, "survey.recode": {"g": {"joined": {"x": ["a"], "y": ["a", "b"]}}}}, put("survey.recode.g.joined.y", ["b"]),
        groups("g", "x", "y"), TIMED),
    "settings/source: Give one of: {}": Case({"survey.segments": {"g": "G"}, "survey.recode": {"g": {}}}, put("survey.recode.g", {"labels": {"a": "x", "b": "y"}}), groups("g", "x", "y"), TIMED),
    "settings/source: Let each group begin where the one before ends, or after it": Case(
        {"survey.segments": {"id": "Id"}, "survey.recode": {"id": {"bands": {"low": [None, 5], "high": [4, None]}}}}, put("survey.recode.id.bands.high", [5, None]),
        groups("id", "low", "high")),
    "settings/source: Name each once": Case({"survey.file": ["a.csv", "a.csv"]}, put("survey.file", ["a.csv", "b.csv"]), twice, TWO),
    "settings/source: Name its column under `by`": Case(
        {"currency": "DKK", "customers": {"file": "k.csv", "customer": "id", "revenue": "rev", "per": {"id": "id", "a_year": ["rev"]}}}, put("customers.per.by", "day"),
        lambda engagement: list(engagement.customers.rows["rev"].round()) == [300, 100],
        {"s.csv": CSV, "k.csv": "id,rev,day\n1,100,2024-01-01\n1,200,2024-12-30\n2,100,2024-06-01\n"}),
    "settings/source: Name one of: {}": Case(
        {"survey.file": {"2024": "a.csv", "2025": "b.csv"}, "survey.waves": {"2026": {"q": "Q"}}}, chosen("2026", 1), twice,
        {"a.csv": CSV, "b.csv": CSV.replace("id,q", "id,Q")}),
    "settings/source: Remove `waves`": Case(
        {"survey.long": {"respondent": "id", "question": "what", "answer": "said"}, "survey.waves": {"x": {"q": "q"}}}, remove("survey.waves"),
        files={"s.csv": "id,what,said\n" + "".join(f"{i},q,{answer}\n" for i, answer in enumerate(ANSWERS))}),
    "settings/source: Say in what unit, as `duration: hours`": Case(
        {"survey.segments": {"took": "Took"}, "survey.recode": {"took": {"from": ["when", "then"], "bands": {"a day": [24, 48]}}}},
        said("survey.recode.took"), groups("took", "a day"),
        {"s.csv": "id,q,when,then\n" + "".join(f"{i},{answer},2025-01-03,2025-01-05\n" for i, answer in enumerate(ANSWERS))}),
    "settings/source: Use one of: {}": Case({"survey.read": {"layout": "zzz"}}, chosen("zzz", 2)),
    "settings/source: Write it as [{}, {}]": Case(
        {"survey.segments": {"id": "Id"}, "survey.recode": {"id": {"bands": {"all": [99, 0]}}}}, example("survey.recode.id.bands.all"), groups("id", "all")),
    "settings/source: Write it as survey.csv, [a.csv, b.csv] or {\"2024\": a.csv, \"2025\": b.csv}": Case({"survey.file": [[]]}, example("survey.file"), twice, TWO),
    # ------------------------------------------------------------ the survey
    "settings/survey: A result cannot be its own cause": Case(
        {"survey.blocks": {"staff": STAFF}, "survey.satisfaction": INDEX, "survey.paths": {"satisfaction": ["staff"], "staff": ["satisfaction"]}},
        remove("survey.paths.staff"), lambda engagement: engagement.survey.paths == {"satisfaction": ["staff"]}, BLOCKS),
    "settings/survey: Choose another id": Case({"survey.blocks": {"loyalty": STAFF}}, lambda broken, problem: broken.replace("loyalty", "staff"),
        lambda engagement: set(engagement.survey.blocks) == {"staff"}, BLOCKS),
    "settings/survey: Correct it": Case(
        {"survey.rating": {"column": "r", "scale": [0.5, 5], "step": 0.4, "top": 3}}, put("survey.rating.step", 0.5), column("r", 32), RATED),
    "settings/survey: Correct one of them": Case({"survey.funnel": {"invited": 10, "completed": 100}}, put("survey.funnel.invited", 1000)),
    "settings/survey: Correct the target or the definition": Case(
        {"survey.effort": {"column": "a", "scale": [1, 7], "definition": "agree", "target": 5}}, put("survey.effort.definition", "mean"), files=BLOCKS),
    "settings/survey: Correct them so that they sum to 1": Case(
        {"survey.satisfaction": {**INDEX, "weights": {"a": 0.3, "b": 0.3}}}, put("survey.satisfaction.weights.b", 0.7), files=BLOCKS),
    "settings/survey: Correct them so that they sum to 1, or to 100 where they are percents": Case(
        {"survey.margins": {"g": {"a": 30, "b": 30}}}, put("survey.margins.g.b", 70), files=TIMED),
    "settings/survey: Describe its questions under `{}`, or begin the path elsewhere": Case(
        {"survey.blocks": {"staff": STAFF}, "survey.paths": {"loyalty": ["staff"]}}, put("survey.loyalty", INDEX),
        lambda engagement: engagement.survey.paths == {"loyalty": ["staff"]}, BLOCKS),
    "settings/survey: Did you mean `{}`?": Case(
        {"survey.blocks": {"staff": STAFF}, "survey.satisfaction": INDEX, "survey.paths": {"satisfaction": ["staf"]}}, instead("staf"), files=BLOCKS),
    "settings/survey: Give `date` or `period`, or remove `basis`": Case({"survey.basis": "all"}, remove("survey.basis")),
    "settings/survey: Give `margins` or remove `trim`": Case({"survey.trim": [0.3, 3]}, remove("survey.trim")),
    "settings/survey: Give `margins` or remove `unknown`": Case({"survey.unknown": ["x"]}, remove("survey.unknown")),
    "settings/survey: Lower it": Case({"survey.satisfaction": {**INDEX, "at_least": 3}}, put("survey.satisfaction.at_least", 2), files=BLOCKS),
    "settings/survey: Name each once": Case({"survey.segments": {"g": "G"}, "survey.order": {"g": ["a", "b", "a"]}}, put("survey.order.g", ["a", "b"]), files=TIMED),
    "settings/survey: Name fewer of the best answers": Case(
        {"survey.rating": {"column": "r", "scale": [1, 5], "top": 5}}, put("survey.rating.top", 2), files=BLOCKS | {"s.csv": BLOCKS["s.csv"].replace("a", "r")}),
    "settings/survey: Name it there": Case({"survey.order": {"g": ["a", "b"]}}, put("survey.segments", {"g": "G"}), files=TIMED),
    "settings/survey: Name the question under `rating`, as a share of its best answers, or under `loyalty`, as an index": Case(
        {"survey.recommend": {"column": "q", "scale": [0, 100]}}, (remove("survey.recommend"), put("survey.loyalty", {"items": {"q": "Recommend"}, "scale": [0, 10]}))),
    "settings/survey: One question is enough for it: `satisfaction: {items: {}, scale: [{}, {}]}`": Case(
        {"survey.rating": {"column": "a", "scale": [1, 5]}, "survey.blocks": {"staff": {**STAFF, "items": {"b": "Quick"}}}, "survey.paths": {"satisfaction": ["staff"]}},
        said("survey"), lambda engagement: engagement.survey.paths == {"satisfaction": ["staff"]}, BLOCKS),
    "settings/survey: Say how many of the best answers count as satisfied, as `top: {}` for the upper fifth": Case(
        {"survey.rating": {"column": "r", "scale": [0, 100]}}, said("survey.rating"), column("r", 630), HUNDRED),
    "settings/survey: Say how many of the best answers count as satisfied, as `top: {}` for {} and better": Case(
        {"survey.rating": {"column": "r", "scale": [0.5, 5], "step": 0.5}}, said("survey.rating"), column("r", 32), RATED),
    "settings/survey: Use a column of `items`": Case(
        {"survey.blocks": {"staff": {**STAFF, "scales": {"c": [1, 4]}}}}, lambda broken, problem: broken.replace("c", "b"), files=BLOCKS),
    "settings/survey: Use definition: mean, or correct the scale": Case(
        {"survey.effort": {"column": "a", "scale": [1, 5], "definition": "agree"}}, put("survey.effort.definition", "mean"), files=BLOCKS),
    "settings/survey: Use one of: {}": Case(
        {"survey.blocks": {"staff": STAFF}, "survey.satisfaction": INDEX, "survey.paths": {"satisfaction": ["zzz"]}}, chosen("zzz"), files=BLOCKS),
    "settings/survey: Use the columns of `items`": Case(
        {"survey.satisfaction": {**INDEX, "weights": {"a": 0.3, "c": 0.7}}}, lambda broken, problem: broken.replace("c", "b"), files=BLOCKS),
    "settings/survey: Write it as [0.3, 3]": Case(
        {"survey.margins": {"g": {"a": 30, "b": 70}}, "survey.trim": [2, 3]}, example("survey.trim"), files=TIMED),
}
