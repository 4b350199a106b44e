"""Remedies for the parts of client.yml beside their tables: {remedy: case}."""

import io
import re

from cxlib.engagement.maturity_models import SHIPPED
from tests.engagement.remedies.cases import (
    ANSWERS,
    CSV,
    Case,
    chosen,
    column,
    file,
    in_backticks,
    instead,
    put,
    remove,
    said,
    yaml_of,
)
from tests.engagement.remedies.of_settings import BLOCKS
from tests.engagement.remedies.of_tables import CONTACTS, LEVEL, of

HUNDRED = tuple(ANSWERS * 12)
SMALL = """model: {id: small, version: "1", source: Own, minutes: 1}
languages: [en, da, sv]
scales: {three: {values: [1, 2, 3], labels: {en: [No, Some, Yes], da: [Nej, Delvis, Ja], sv: [Nej, Delvis, Ja]}}}
dont_know: {code: DK, en: Don't know, da: Ved ikke, sv: Vet ej}
steps:
- id: "1"
  name: {en: One, da: Et, sv: Ett}
  criteria:
  - {id: "1.1", key: a, name: {en: A, da: A, sv: A}, q: {en: a, da: a, sv: a}}
  - {id: "1.2", key: b, name: {en: B, da: B, sv: B}, q: {en: b, da: b, sv: b}}
"""
ASSESSED = {"maturity": {"small": {"file": "m.csv", "respondent": "who"}}}
SMALL_FILES = {"s.csv": CSV, "m.csv": "who,1.1,1.2,when,guess\np1,1,2,2025-01-03,1\np2,3,2,2025-01-03,1\n", "models/small.yml": SMALL}
STAIRS = {"maturity": {"staircase": {"file": "m.csv", "respondent": "who"}}}


def assessed(engagement) -> bool:
    return engagement.maturity("small").answers.to_numpy().tolist() == [[1, 2], [3, 2]]


def own(old: str, new: str, right=assessed, **change) -> Case:
    """A model of the client's own that is wrong, mended in its file."""
    return Case({**ASSESSED, **change}, file("models/small.yml", new), right, {**SMALL_FILES, "models/small.yml": old})


STAIRCASE = (SHIPPED / "staircase.yml").read_text(encoding="utf-8")
STATEMENTS = re.findall(r"\{id: (S\d\d)", STAIRCASE)
CONTEXT = ["F1", "F2", "F3", "M1", "M2", "M3"]


def stairs(*ids: str) -> str:
    return f"who,{','.join(ids)}\np1,{','.join('1' for _ in ids)}\n"


def climbed(engagement) -> bool:
    return bool((engagement.maturity("staircase").answers == 1).all(axis=None))


def own_stairs(wrong: str) -> Case:
    return Case(STAIRS, file("models/staircase.yml", STAIRCASE), climbed, {"s.csv": CSV, "m.csv": stairs(*STATEMENTS), "models/staircase.yml": wrong})


CUSTOMERS = "id,score,left,rev,mar,cost,share,years\n" + "".join(
    f"{i},{answer},{'yn'[i % 2]},{100 + i},{30 + i},{5 + i},{(1 + i) / 20},{1 + i / 7:.2f}\n" for i, answer in enumerate(ANSWERS))  # fmt: skip
K = {"s.csv": CSV, "k.csv": CUSTOMERS}


def customers(**keys) -> dict:
    return {"currency": "DKK", "customers": {"file": "k.csv", **keys}}


def bought(name: str, total: float):
    return lambda engagement: abs(engagement.customers.rows[name].sum() - total) < 1e-6


def months(engagement) -> bool:
    rows = engagement.customers.rows
    return abs(rows["years"].max() - 60 / 12) < 1e-6 and (rows["mar"] == 120).all()


MONTHS = "id,mar,years,rev\n" + "".join(f"{i},10,{60 - i},{10 * (60 - i)}\n" for i in range(20))
PLAN = "name,battle,start,end,once,low,mode,high,about\n" + "".join(
    f"i{i},b{i % 2},2025-01-0{1 + i},2025-06-01,100,1,2,3,{'staff' if i else ''}\n" for i in range(6))  # fmt: skip
INITIATIVES = {"currency": "DKK", "initiatives": {
    "file": "p.csv", "name": "name", "battle": "battle", "start": "start", "end": "end", "cost_once": "once", "about": "about",
    "effect": {"columns": ["low", "mode", "high"]}}, "survey.blocks": {"staff": {"label": "Staff", "scale": [1, 5], "items": {"a": "A"}}}}  # fmt: skip
P = {**BLOCKS, "p.csv": PLAN}


def planned(engagement) -> bool:
    rows = engagement.initiatives.rows
    return len(rows) == 6 and (rows["mode"] == 2).all() and (rows["cost_once"] == 100).all()


CHAIN = {"for_each": "store"}
STORES = {"s.csv": "id,q,store\n" + "".join(f"{i},{answer},{('Hill', 'Mill')[i % 2]}\n" for i, answer in enumerate(HUNDRED))}
STAFF_FILE = "unit,e1\n" + "".join(f"{'NS'[i % 2]},{1 + i % 5}\n" for i in range(20))
MASTER = {"settings": {"survey": {"file": "s.csv", "recommend": {"column": "q", "scale": [0, 10]}}, "name": "Head", "language": "en"}}
FEW_KNOWN = {"survey.respondent": "id", **LEVEL, "contacts.respondent": "case"}


def pptx() -> bytes:
    from pptx import Presentation

    made = io.BytesIO()
    Presentation().save(made)
    return made.getvalue()


NAMED = [f"n{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(30)]
THIN = "id,q,p,g\n" + "".join(f"{i},{ANSWERS[i % 10]},{'2025-Q2' if i >= 150 else '2025-Q1'},{'ab'[i % 2]}\n" for i in range(190))

CASES: dict[str, Case] = {
    # ------------------------------------------------------------ the folder
    "engagement: Add `{}:`": Case({"survey.segments": {"id": {"da": "Nummer"}}}, lambda broken, problem: broken.put("survey.segments.id", {problem.remedy.split("`")[1].strip(":"): "Id"})),
    "checking: Begin with `survey:`": Case(
        {"survey": None}, (lambda broken, problem: broken.put(problem.remedy.split("`")[1].strip(":"), {"file": "s.csv", "recommend": {"column": "q", "scale": [0, 10]}}))),
    "checking: Describe it there, or take it away": Case({}, file("old.csv", None), files={"s.csv": CSV, "old.csv": CSV}),
    "engagement: Save it in PowerPoint as .potx, without macros and without a password": Case(
        {"template": "m.potx"}, file("m.potx", pptx()), files={"s.csv": CSV, "m.potx": b"none"}),
    "engagement: Write `client: {}`, or rename the folder": Case({"client": "acne"}, said("")),
    "folder: Copy the file into the client's folder and name it without a path": Case({"survey.file": "../s.csv"}, put("survey.file", "s.csv")),
    "folder: Did you mean {}?": Case({"survey.file": "S2.csv"}, instead("S2.csv")),
    "folder: Make it smaller": Case({"logo": "l.png"}, file("l.png", b"\x89PNG"), files={"s.csv": CSV, "l.png": b"x" * 300_000}),
    "folder: Put it into the client's folder": Case({"survey.file": "zzzzzzzzzz.csv"}, file("zzzzzzzzzz.csv", CSV), files={"client.yml": "x"}),
    "inherited: One of them has to stand by itself": Case(
        {"same_as": "head"}, remove("same_as"), beside={"head": {"name": "H", "same_as": "acme"}}),
    "inherited: Write `same_as: {}`": Case(
        {"same_as": "head--one"}, said(""), beside={"head": {"name": "H", "language": "en", "survey": {"file": "s.csv"}}}),
    # ------------------------------------------------------------ the survey
    "survey: Each column has one part": Case({"survey.weight": "q"}, remove("survey.weight")),
    "survey: Give everybody who could have been asked, or leave it out": Case({"survey.population": 5}, put("survey.population", 500)),
    "survey: Give it a second name, `recode: {{}: {from: {}}}`, and write {} under `{}`": Case(
        {"survey.segments": {"q": "Score"}}, (said("survey"), lambda broken, problem: broken.put("survey", {"segments": {"q (group)": "Score"}}), remove("survey.segments.q"))),
    "survey: If each file is a wave, name them: `file: {{}}`; else say which row counts: `one_row: {of: {}}`": Case(
        {"survey.file": ["a.csv", "b.csv"], "survey.respondent": "id"}, lambda broken, problem: broken.settings["survey"].update(yaml_of(problem.remedy.split("`")[1])),
        lambda engagement: list(engagement.survey.rows["wave"].cat.categories) == ["wave 1", "wave 2"], {"a.csv": CSV, "b.csv": CSV}),
    "survey: If it was asked on {}-{}, write `scales: {{}: [{}, {}]}`; else all is well": Case(
        {"survey.satisfaction": {"items": {"a": "A", "b": "B"}, "scale": [1, 10]}}, said("survey.satisfaction"), column("a", 360),
        {"s.csv": "id,q,a,b\n" + "".join(f"{i},{answer},{1 + i % 5},{1 + i % 10}\n" for i, answer in enumerate(HUNDRED))}),
    "survey: If they are late answers, let them count in the period beside: `fold: {{}}`": Case(
        {"survey.period": "p"}, said("survey"), lambda engagement: set(engagement.survey.rows["p"]) == {"2025-Q1", "2025-Q2"},
        {"s.csv": "id,q,p\n" + "".join(f"{i},{ANSWERS[i % 10]},{'2025-Q3' if i >= 300 else f'2025-Q{1 + i % 2}'}\n" for i in range(302))}),
    "survey: Is it the right column? If it was not asked, take it out of client.yml": Case(
        {"survey.rating": {"column": "r", "scale": [1, 5]}}, remove("survey.rating"), files=of("r", "")),
    "survey: Join them as bands: {}": Case(
        {"survey.segments": {"g": "Age"}}, said("survey"), lambda engagement: engagement.survey.rows["g"].nunique() == 2,
        {"s.csv": "id,q,g\n" + "".join(f"{i},{answer},{20 + i % 40}\n" for i, answer in enumerate(HUNDRED))}),
    "survey: Join the smallest, or leave the segment out: `recode: {{}: {joined: {others: [{}]}}}`": Case(
        {"survey.segments": {"g": "Town"}}, said("survey"), lambda engagement: engagement.survey.rows["g"].nunique() == 13,
        {"s.csv": "id,q,g\n" + "".join(f"{i},{answer},{NAMED[i % 30]}\n" for i, answer in enumerate(HUNDRED))}),
    "survey: Leave the segment out, or join its groups by `recode` and `joined`": Case(
        {"survey.segments": {"g": "Town"}}, remove("survey.segments"), lambda engagement: len(engagement.survey.rows) == 120,
        {"s.csv": "id,q,g\n" + "".join(f"{i},{answer},town {chr(97 + i // 10)}{chr(97 + i % 10)}\n" for i, answer in enumerate(HUNDRED))}),
    "survey: One column has one scale, one shift, and one set of codes": Case(
        {"survey.rating": {"column": "q", "scale": [1, 10]}}, remove("survey.rating")),
    "survey: Periods are compared by the year in their names, as 2024-Q4 and 2025-Q4; else use another basis": Case(
        {"survey.period": "p", "survey.basis": "year on year"}, put("survey.basis", "all"), files=of("p", "2025-Q1", "2025-Q2")),
    "survey: Say which row counts: `one_row: {of: {}, which: last}`, with `by` a column of dates where there is one": Case(
        {"survey.respondent": "id"}, said("survey"), files={"s.csv": "id,q\n1,0\n" + CSV.partition("\n")[2]}),
    "survey: That is too few to tell groups apart; write `basis: {}`, which has {}": Case(
        {"survey.period": "p", "survey.segments": {"g": "G"}}, said("survey"), lambda engagement: engagement.survey.design.basis == "all",
        {"s.csv": THIN}),
    "survey: That is too few to tell groups apart; write `basis: {}`, which has {} (or another number), or `basis: all`": Case(
        {"survey.period": "p", "survey.segments": {"g": "G"}}, said("survey"), lambda engagement: engagement.survey.design.basis == "last 2",
        {"s.csv": "id,q,p,g\n" + "".join(f"{i},{ANSWERS[i % 10]},{'2025-Q3' if i >= 300 else f'2025-Q{1 + i % 2}'},{'ab'[i % 2]}\n" for i in range(340))}),
    "survey: To make periods from `date` write `every: {}` and remove `period`": Case(
        {"survey.date": "when", "survey.period": "month"}, (said("survey", 1), remove("survey.period")),
        lambda engagement: set(engagement.survey.rows["period"]) == {"2025-01"}, of("when", "2025-01-03")),
    # ------------------------------------------------------------ contacts
    "contacts: Correct the rows, or leave the value empty": Case(
        LEVEL, file("c.csv", CONTACTS), lambda engagement: (engagement.contacts.rows["wait"] > 0).all(),
        {"s.csv": CSV, "c.csv": "case,wait,ok\n" + "".join(f"{i},{-i},{1 + i % 5}\n" for i in range(1, 21))}),
    "contacts: If {} says nothing, write `recode: {{}: {missing: [{}]}}`": Case(
        LEVEL, said("contacts"), lambda engagement: engagement.contacts.rows["wait"].isna().sum() == 1, {"s.csv": CSV, "c.csv": CONTACTS.replace("\n1,1,", "\n1,-1,")}),
    "contacts: Use one of them, or remove it": Case({**LEVEL, "contacts.labels": {"start": "Start"}}, remove("contacts.labels"), files={"s.csv": CSV, "c.csv": CONTACTS}),
    "shared_ids: Are these the columns of the same ids, and of the same time? Correct `{}`, or remove it: they are not tied together then": Case(
        FEW_KNOWN, lambda broken, problem: broken.take_out(problem.remedy.split("`")[1].replace(": ", ".")), files={"s.csv": CSV, "c.csv": CONTACTS.replace("\n", "\nz")[:-1]}),
    "shared_ids: Write under {}": Case(
        FEW_KNOWN, lambda broken, problem: broken.put(in_backticks(problem)[0], yaml_of(in_backticks(problem)[1])),
        files={"s.csv": CSV, "c.csv": "case,wait,ok\n" + "".join(f"000{i},{i},{1 + i % 5}\n" for i in range(1, 11))}),
    # ------------------------------------------------------------ money
    "money: Are fractions mixed in? Write all in percent": Case(
        customers(share_of_wallet={"column": "share", "unit": "percent"}), file("k.csv", "id,share\n1,20\n2,50\n3,90\n"), bought("share", 1.6),
        {"s.csv": CSV, "k.csv": "id,share\n1,0.2\n2,50\n3,90\n"}),
    "money: Check the sign; a cost is written as a positive number": Case(
        customers(service_cost="cost"), file("k.csv", CUSTOMERS), bought("cost", 95), {"s.csv": CSV, "k.csv": CUSTOMERS.replace(",5,0.05", ",-5,0.05")}),
    "money: Correct the row": Case(INITIATIVES, file("p.csv", PLAN), planned, {**P, "p.csv": PLAN.replace("2025-06-01", "2024-06-01", 1)}),
    "money: Correct the scale, or leave the code blank": Case(
        customers(score={"column": "score"}, churned={"column": "left", "left": "y"}), file("k.csv", CUSTOMERS), bought("score", 63), {"s.csv": CSV, "k.csv": CUSTOMERS.replace("0,9,", "0,99,")}),
    "money: Give that of a year, or remove `revenue`": Case(
        customers(tenure="years", margin="mar", revenue="rev"), remove("customers.revenue"), bought("mar", 200),
        {"s.csv": CSV, "k.csv": "id,mar,years,rev\n" + "".join(f"{i},10,{1 + i % 7},{10 * (1 + i % 7)}\n" for i in range(20))}),
    "money: Give the contribution margin: revenue less variable costs": Case(
        customers(margin="rev2", revenue="rev"), put("customers.margin", "mar"), bought("mar", 345), {"s.csv": CSV, "k.csv": CUSTOMERS.replace("share", "rev2").replace("0.", "99999.")}),
    "money: If they are, write `units: {{}}`": Case(
        customers(tenure="years", margin="mar"), said("customers"), lambda engagement: abs(engagement.customers.rows["years"].max() - 5) < 1e-6, {"s.csv": CSV, "k.csv": MONTHS}),
    "money: Join some of them": Case(
        INITIATIVES, file("p.csv", PLAN), planned, {**P, "p.csv": "".join(line.replace(",b0,", f",c{i},").replace(",b1,", f",c{i},") for i, line in enumerate(PLAN.splitlines(True)))}),
    "money: Leave it blank": Case(
        {**INITIATIVES, "survey.blocks": {}}, file("p.csv", PLAN.replace("staff", "")), planned, P),
    "money: Name one of {}, or leave it blank": Case(
        INITIATIVES, lambda broken, problem: broken.put_files({"p.csv": PLAN.replace("staff", problem.remedy.split("one of ")[1].split(",")[0])}), planned, {**P, "p.csv": PLAN.replace("staff", "zzz")}),
    "money: Remove `revenue`, which is that of a year. {}": Case(
        customers(tenure="years", margin="mar", revenue="rev"), (remove("customers.revenue"), said("customers", 1)), months, {"s.csv": CSV, "k.csv": MONTHS}),
    "money: Say which row counts: `one_row: {of: {}}`{}": Case(
        customers(customer="id", revenue="rev"), said("customers", 1), bought("rev", 300), {"s.csv": CSV, "k.csv": "id,rev\n1,100\n1,200\n"}),
    "money: The column holds: {}": Case(
        customers(churned={"column": "left", "left": "Churned"}), chosen("Churned", 1), lambda engagement: engagement.customers.rows["left"].sum() == 5, K),
    'money: Where a blank row says that the customer stayed, write `recode: {{}: {labels: {"": stayed}}}`': Case(
        customers(churned={"column": "left", "left": "y"}), said("customers"), lambda engagement: engagement.customers.rows["left"].mean() == 0.5,
        {"s.csv": CSV, "k.csv": CUSTOMERS.replace(",n,", ",,")}),
    "money: Write `unit: fraction`": Case(
        customers(share_of_wallet={"column": "share", "unit": "percent"}), said("customers.share_of_wallet"), bought("share", 2.75), K),
    "money: Write costs as positive numbers": Case(INITIATIVES, file("p.csv", PLAN), planned, {**P, "p.csv": PLAN.replace(",100,", ",-100,", 1)}),
    "money: Write every row in the same unit: percent and fractions seem to be mixed, or `unit` is wrong": Case(
        customers(share_of_wallet={"column": "share", "unit": "fraction"}), put("customers.share_of_wallet.unit", "percent"), bought("share", 1.6),
        {"s.csv": CSV, "k.csv": "id,share\n1,20\n2,50\n3,90\n"}),
    # ------------------------------------------------------------ maturity
    "maturity: Add their columns": Case(STAIRS, file("m.csv", stairs(*STATEMENTS, *CONTEXT)), climbed, {"s.csv": CSV, "m.csv": stairs(*STATEMENTS, *CONTEXT[:2])}),
    "maturity: Correct `invited`": Case({**ASSESSED, "maturity.small.invited": 1}, put("maturity.small.invited", 2), assessed, SMALL_FILES),
    "maturity: Did you mean {}?": Case({**ASSESSED, "maturity.small.scale": "thre"}, instead("thre"), assessed, SMALL_FILES),
    "maturity: Remove `guess`": Case({**ASSESSED, "maturity.small.guess": "guess"}, remove("maturity.small.guess"), assessed, SMALL_FILES),
    "maturity: Say when each person answered": Case(
        {**ASSESSED, "maturity.small.date": "when"}, file("m.csv", SMALL_FILES["m.csv"]), assessed, {**SMALL_FILES, "m.csv": SMALL_FILES["m.csv"].replace("2025-01-03", "", 1)}),
    "maturity: Use one of: {}": Case({**ASSESSED, "maturity.small.targets": {"zzz": 50}}, chosen("zzz", 1), assessed, SMALL_FILES),
    "maturity_models: Add it": own_stairs(STAIRCASE[: STAIRCASE.index("placement:")] + STAIRCASE[STAIRCASE.index("axes:"):]),
    "maturity_models: Add it under `axes`": own_stairs(STAIRCASE.replace("axis: maturity", "axis: other")),
    "maturity_models: Correct them": own_stairs(STAIRCASE.replace("- level: 2\n", "- level: 7\n")),
    "maturity_models: Write one for each": own(SMALL.replace("en: [No, Some, Yes]", "en: [No, Yes]"), SMALL),
    "maturity_models: Correct one": own(SMALL.replace("minutes: 1", "minutes: 1, criteria: 3"), SMALL),
    "maturity_models: Did you mean {}?": Case({"maturity": {"smal": {"file": "m.csv", "respondent": "who"}}}, instead("smal"), assessed, SMALL_FILES),
    "maturity_models: Give each its own id": own(SMALL.replace('"1.2"', '"1.1"'), SMALL),
    "maturity_models: Remove one of them, or add one": own(SMALL.replace("scales:", "answers: []\nxscales:").replace("xscales: {three: {values: [1, 2, 3], labels: {en: [No, Some, Yes], da: [Nej, Delvis, Ja], sv: [Nej, Delvis, Ja]}}}\n", ""), SMALL),
    "maturity_models: There are: {}": Case({"maturity": {"zzzzzz": {"file": "m.csv", "respondent": "who"}}}, lambda broken, problem: broken.replace("zzzzzz", "small") if "small" in problem.remedy else None, assessed, SMALL_FILES),
    "maturity_models: Write `id: {}`": Case(ASSESSED, lambda broken, problem: broken.put_files(
        {"models/small.yml": SMALL.replace("id: small", problem.remedy.split("`")[1])}), assessed, {**SMALL_FILES, "models/small.yml": SMALL.replace("id: small", "id: big")}),
    # ------------------------------------------------------------ many reports
    "each: Name the column of the stores, or of whatever has a report of its own": Case({"for_each": "id"}, put("for_each", "store"), lambda engagement: len(engagement.each.reports) == 2,
        {"s.csv": "id,q,store\n" + "".join(f"n{i},{ANSWERS[i % 10]},{('Hill', 'Mill')[i % 2]}\n" for i in range(501))}),
    "each: Nothing is to be done; joined values (`recode`) and groups show more": Case(
        CHAIN, put("survey.recode", {"store": {"joined": {"Mill": ["Hut"]}}}), lambda engagement: len(engagement.each.reports) == 2,
        {"s.csv": STORES["s.csv"] + "".join(f"9{i},9,Hut\n" for i in range(3))}),
}
