"""Remedies for the journey, the follow-up and the units: {remedy: case}."""

import re

from tests.engagement.remedies.cases import (
    CSV,
    Broken,
    Case,
    Obey,
    Right,
    chosen,
    file,
    in_backticks,
    instead,
    put,
    remove,
    said,
    yaml_of,
)

ROWS = "nr,case,at,taken,what,who,sent\n" + "".join(f"{i},c{i},2025-03-{i:02d} 10:00,2025-03-{i:02d} 11:00,{'Order' if i % 2 else 'Bill'},Care,1\n" for i in range(1, 11))
PHONE = {"file": "p.csv", "customer": "nr", "case": "case", "time": "at", "touchpoint": "what"}
POINTS = {"order": {"label": "Order"}, "bill": {"label": "Bill"}}
JOURNEY = {"survey.respondent": "id", "journey": {"touchpoints": POINTS, "logs": {"phone": PHONE}}}
FILES = {"s.csv": CSV, "p.csv": ROWS}
TO_CALL = "id,answered,called\n" + "".join(f"{i},2025-03-{i:02d},2025-03-{i + 1:02d}\n" for i in range(1, 11))
LOOP = {"survey.respondent": "id", "closed_loop": {"file": "f.csv", "respondent": "id", "answered": "answered", "contacted": "called", "promise_days": 2}}
CALLED = {"s.csv": CSV, "f.csv": TO_CALL}
WEB = {"file": "w.csv", "customer": "nr", "time": "at", "always": {"touchpoint": "Bill"}}
IDS = {"file": "ids.csv", "columns": {"survey": "id", "crm": "crm"}}
WHO = "id,crm\n" + "".join(f"{i},{i}\n" for i in range(1, 11))
KNOWN = {**JOURNEY, "journey.ids": IDS, "journey.logs.phone.known_as": "crm"}
PLAN = "tp,fails\norder,late\nBill,wrong\n"


def contacts(number: int = 10, **counts: int) -> Right:
    """So many contacts, and so many of them that are known in a column."""
    return lambda engagement: len(engagement.journey.contacts) == number and all(
        engagement.journey.contacts[column].notna().sum() == count for column, count in counts.items())  # fmt: skip


def rows(number: int = 10) -> Right:
    """So many answers to follow up."""
    return lambda engagement: len(engagement.follow_up.rows) == number


def log(change: str, settings: dict | None = None, *, obey: Obey | tuple[Obey, ...], right: Right | None = None, **files: str) -> Case:
    """A journey whose log is another text."""
    return Case({**JOURNEY, **(settings or {})}, obey, right or contacts(), {**FILES, "p.csv": change, **{f"{name}.csv": content for name, content in files.items()}})


def written_for(place: str, pattern: str) -> Obey:
    """What the message gives by the pattern is written at a place."""

    def obey(broken: Broken, problem) -> None:
        found = re.search(pattern, problem.remedy)
        assert found, problem.remedy
        broken.put(place, yaml_of(found[1]))

    return obey


def without_case(broken: Broken, problem) -> None:
    for each in ("phone", "web"):
        if "case" in broken.at("journey.logs").get(each, {}):
            broken.take_out(f"journey.logs.{each}.case")


def loose(broken: Broken, problem) -> None:
    """`recode` as the message gives it, at each place that it names."""
    for piece, place in zip(in_backticks(problem)[::2], in_backticks(problem)[1::2], strict=True):
        broken.put(place.replace(": ", "."), yaml_of(piece))


TWICE = ROWS + "".join(line + "\n" for line in ROWS.splitlines()[1:3])
CASES: dict[str, Case] = {
    # ------------------------------------------------------------ settings
    "settings/client: Describe its touchpoints under `journey`": Case(
        {"blueprint": {"file": "b.csv", "touchpoint": "tp", "fails": "fails"}}, put("journey", {"touchpoints": POINTS}),
        lambda engagement: list(engagement.journey.blueprint["fails"]) == ["late", "wrong"], {"s.csv": CSV, "b.csv": PLAN}),
    "settings/client: Describe it under `survey`, or take this out": Case(
        {"journey": {"touchpoints": {"order": {"label": "Order", "survey": "q"}}, "ratings": {"scale": [0, 10]}}}, put("survey", {"file": "s.csv", "recommend": {"column": "q", "scale": [0, 10]}}),
        lambda engagement: engagement.journey.ratings["order"].sum() == 63, whole=True),
    "settings/client: Say so under `customers: churned`, or take this out": Case(
        {**JOURNEY, "journey.bad_end": {"churned": True}}, put("customers", {"file": "k.csv", "respondent": "id", "churned": {"column": "left", "left": "1"}}),
        lambda engagement: engagement.journey.cases["bad_end"].sum() == 1, {**FILES, "k.csv": "id,left\n1,1\n" + "".join(f"{i},0\n" for i in range(2, 11))}),
    "settings/client: Describe it under `complaints`, or take this out": Case(
        {**JOURNEY, "journey.bad_end": {"complaint": True}}, put("complaints", {"file": "c.csv", "customer": "nr", "received": "at"}),
        lambda engagement: engagement.journey.cases["bad_end"].sum() == 1, {**FILES, "c.csv": "nr,at\n3,2025-03-04\n"}),
    "settings/client: Name it under `column`, or under `survey: unit`": Case(
        {"units": {"minimum": 5}}, put("units.column", "g"), lambda engagement: engagement.units.column == "g" and engagement.survey.rows["g"].notna().all(),
        {"s.csv": CSV.replace("q\n", "q,g\n", 1).replace("\n", ",a\n").replace("q,g,a", "q,g")}),
    "settings/journey: Describe them under `ids`": Case(
        {**JOURNEY, "journey.logs.phone.known_as": "crm"}, put("journey.ids", IDS), contacts(customer=10), {**FILES, "ids.csv": WHO}),
    "settings/journey: Did you mean {}?": Case({**KNOWN, "journey.logs.phone.known_as": "crmm"}, instead("crmm"), contacts(customer=10), {**FILES, "ids.csv": WHO}),
    "settings/journey: Name one of: {}": Case({**KNOWN, "journey.logs.phone.known_as": "zzzz"}, chosen("zzzz", 1), contacts(customer=10), {**FILES, "ids.csv": WHO}),
    "settings/journey: Write `known_as: {}`, or another of them": Case(
        {**JOURNEY, "journey.ids": IDS}, said("journey.logs.phone"), contacts(customer=10), {**FILES, "ids.csv": WHO}),
    "settings/journey: Each name stands for one touchpoint": Case(
        {**JOURNEY, "journey.touchpoints.bill.is": ["Bill", "order"]}, put("journey.touchpoints.bill.is", ["Bill"]), contacts(touchpoint=10), FILES),
    "settings/journey: Give one of them": Case(
        {**JOURNEY, "journey.logs.phone.always": {"touchpoint": "Bill"}}, remove("journey.logs.phone.always"), contacts(touchpoint=10), FILES),
    'settings/journey: Write it as "Europe/Copenhagen", "Europe/Stockholm" or "UTC"': Case(
        {**JOURNEY, "journey.zone": "Copenhagen"}, written_for("journey.zone", r'"(.+?)"'), contacts(), FILES),
    # ------------------------------------------------------------ logs
    'contact_logs: Correct their time, or say until when the log goes: `until: "{}"`; they are left out then': log(
        ROWS + "1,c99,2035-01-01 10:00,2035-01-01 10:00,Order,Care,1\n", obey=said("journey.logs.phone")),
    'contact_logs: Give it; or leave them out by `drop: {{}: [""]}`': log(ROWS + "1,c1,,,Order,Care,1\n", obey=said("journey.logs.phone")),
    "contact_logs: If they are the same contacts, write `one_row: {of: [{}]}` beside `file`": log(TWICE, obey=said("journey.logs.phone")),
    "contact_logs: Is it the right column?": log(
        re.sub(r",2025-03-\d\d 10:00,", ",,", ROWS), obey=put("journey.logs.phone.time", "taken")),
    "contact_logs: Name each under `good` or `bad`, as the log spells it": log(
        ROWS.replace("Care", "safe;lost"), {"journey.logs.phone.emotions": {"column": "who", "good": ["safe"], "bad": ["sad"]}}, obey=put("journey.logs.phone.emotions.bad", ["lost"]),
        right=lambda engagement: engagement.journey.contacts[["good", "bad"]].sum().tolist() == [10, 10]),
    'contact_logs: Write it as "2025-12-31"': log(ROWS, {"journey.logs.phone.until": "December"}, obey=written_for("journey.logs.phone.until", r'as ("[^"]+")')),
    'tables/columns: Say in which zone they are, as `zone: "Europe/Copenhagen"`, beside `time`': log(
        ROWS.replace("1,c1,2025-03-01 10:00,", "1,c1,2025-03-01T10:00:00Z,"), obey=said("journey.logs.phone")),
    "tables/columns: Say which of them is 1 and which 0: `recode: {{}: {labels: {...: 1, ...: 0}}}`": log(
        ROWS.replace("Care", "Yes", 4).replace("Care", "No"), {"journey.touchpoints.order.behaviours": {"who": "Helped"}}, obey=put("journey.logs.phone.recode", {"who": {"labels": {"Yes": "1", "No": "0"}}}),
        right=lambda engagement: engagement.journey.contacts["who"].sum() == 4),
    # ------------------------------------------------------------ who is who
    "journey/who_is_who: Each id belongs to one customer: say which row counts, `one_row: {of: {}}` beside `file`": Case(
        KNOWN, said("journey.ids"), contacts(customer=10), {**FILES, "ids.csv": WHO + "11,10\n"}),
    "journey/who_is_who: Write {}": Case(
        KNOWN, loose, contacts(customer=10), {**FILES, "ids.csv": WHO.replace(",", ",00").replace("id,00", "id,")}),
    "journey/who_is_who: Under 80 % nothing is said across departments: are both of the same customers, and of the same time?": Case(
        KNOWN, file("ids.csv", WHO), contacts(customer=10), {**FILES, "ids.csv": WHO[: WHO.index("5,5")]}),
    "journey/who_is_who: Name the column of the same ids, here or under `ids`, or take the log out": Case(
        {**KNOWN, "journey.ids": {"file": "ids.csv", "columns": {"survey": "id", "crm": "other"}}}, put("journey.ids.columns", {"crm": "crm"}), contacts(customer=10),
        {**FILES, "ids.csv": "id,crm,other\n" + "".join(f"{i},{i},K{i}\n" for i in range(1, 11))}),
    "journey/who_is_who: Give a table of who is who under `ids`, and `known_as` in each log": Case(
        {**JOURNEY, "journey.logs.web": WEB}, (put("journey.ids", {"file": "ids.csv", "columns": {"crm": "crm", "web": "login", "survey": "crm (2)"}, "recode": {"crm (2)": {"from": "crm"}}}),
            put("journey.logs.phone.known_as", "crm"), put("journey.logs.web.known_as", "web")), contacts(11, customer=11),
        {**FILES, "w.csv": "nr,at\nann,2025-03-01\n", "ids.csv": "crm,login\n1,ann\n" + "".join(f"{i},x{i}\n" for i in range(2, 11))}),
    "journey/who_is_who: They are the same once case, spaces and leading zeros are left aside: write `recode: {...: {match: loose}}` for the column of the customer, {} and the others": Case(
        {**JOURNEY, "journey.logs.web": WEB}, (put("journey.logs.phone.recode", {"nr": {"match": "loose"}}), put("journey.logs.web.recode", {"nr": {"match": "loose"}})), contacts(11, customer=11),
        {**FILES, "w.csv": "nr,at\n0001,2025-03-01\n"}),
    "journey/who_is_who: Are the ids those of the survey's `respondent`? Otherwise give them under `journey: ids`, as `survey`": Case(
        JOURNEY, (put("journey.ids", IDS), put("journey.logs.phone.known_as", "crm")), contacts(customer=10),
        {"s.csv": CSV, "p.csv": re.sub(r"(?m)^(\d+),", r"K\1,", ROWS), "ids.csv": re.sub(r"(?m),(\d+)", r",K\1", WHO)}),
    "journey/cases: Is `case` the column of the case? Where each log numbers its own, take `case` out there: contacts of a customer within `new_case_after_days` are then a case": Case(
        {**JOURNEY, "journey.logs.phone.case": "sent"}, without_case, lambda engagement: len(engagement.journey.cases) == 10, FILES),
    "journey/cases: Look at them; nothing is to be done where it is a few": Case(
        JOURNEY, file("p.csv", "".join(line + "\n" for line in ROWS.splitlines()) + "".join(f"{i},d{i},2025-03-02 10:00,,Order,Care,1\n" for i in range(1, 30))), contacts(39),
        {**FILES, "p.csv": ROWS.replace("2,c2,", "2,c1,") + "".join(f"{i},d{i},2025-03-02 10:00,,Order,Care,1\n" for i in range(1, 30))}),
    'journey/alike: Say in which they are: `zone: "Europe/Copenhagen"`, or another, under `journey`': Case(
        {**JOURNEY, "journey.logs.web": WEB}, said("journey"), contacts(11), {**FILES, "w.csv": "nr,at\n1,2025-03-01T10:00:00Z\n"}),
    # ------------------------------------------------------------ touchpoints
    "journey/alike: Add each to the `is` of its touchpoint, or as one of its own under `touchpoints`{}": log(
        ROWS.replace("Bill", "Meter reading"), obey=said("journey.touchpoints", 2), right=contacts(touchpoint=10)),
    'journey/alike: Is it "{}"? Then add it there: `is: [{}, {}]`': log(
        ROWS.replace("Bill", "Bil"), obey=lambda broken, problem: broken.put("journey.touchpoints.bill.is", yaml_of(in_backticks(problem)[0])["is"]), right=contacts(touchpoint=10)),
    "journey/alike: Is it {}? Then write `owner: {}`": log(
        ROWS, {"journey.touchpoints.order.owner": "Caer", "journey.logs.phone.owner": "who"}, obey=written_for("journey.touchpoints.order.owner", r"owner: (.*)`"),
        right=lambda engagement: set(engagement.journey.contacts["owner"]) == {"Care"} and engagement.journey.touchpoints["order"].owner == "Care"),
    "journey/alike: Correct its name, or take it out": log(
        ROWS, {"journey.touchpoints.order.behaviours": {"sentt": "Sent"}}, obey=lambda broken, problem: broken.replace("sentt", "sent"), right=lambda engagement: engagement.journey.contacts["sent"].sum() == 10),
    "journey/alike: Take it out, or correct its spelling": log(
        ROWS, {"journey.touchpoints.bill.is": ["Bill", "Invoices"]}, obey=put("journey.touchpoints.bill.is", ["Bill"]), right=contacts(touchpoint=10)),
    "journey/alike: Write its name in the logs under `is`, or take it out": log(
        ROWS, {"journey.touchpoints.letter": {"label": "Letters"}}, obey=remove("journey.touchpoints.letter"), right=contacts(touchpoint=10)),
    "journey/blueprint: Name one of: {}": Case(
        {**JOURNEY, "blueprint": {"file": "b.csv", "touchpoint": "tp", "fails": "fails"}}, file("b.csv", PLAN), lambda engagement: len(engagement.journey.blueprint) == 2,
        {**FILES, "b.csv": PLAN.replace("order", "visit")}),
    "journey/blueprint: Give each touchpoint one row": Case(
        {**JOURNEY, "blueprint": {"file": "b.csv", "touchpoint": "tp", "fails": "fails"}}, file("b.csv", PLAN), lambda engagement: len(engagement.journey.blueprint) == 2,
        {**FILES, "b.csv": PLAN + "Order,never\n"}),
    'journey/complaints: Give it; or leave such rows out: `drop: {{}: [""]}`': Case(
        {**JOURNEY, "complaints": {"file": "c.csv", "customer": "nr", "received": "at"}}, said("complaints"), lambda engagement: len(engagement.journey.complaints) == 1,
        {**FILES, "c.csv": "nr,at\n1,2025-03-04\n2,\n"}),
    # ------------------------------------------------------------ follow-up
    "follow_up: Are these the ids of the survey's `respondent`, and the answers of the same time? Correct the column": Case(
        LOOP, file("f.csv", TO_CALL), rows(), {**CALLED, "f.csv": re.sub(r"(?m)^(\d+),", r"K\1,", TO_CALL)}),
    "follow_up: Write `recode: {{}: {match: loose}}` here, and the same for the respondent under `survey`": Case(
        LOOP, (said("closed_loop"), said("survey")), lambda engagement: engagement.follow_up.rows["score"].sum() == 63, {**CALLED, "f.csv": re.sub(r"(?m)^(\d+),", r"000\1,", TO_CALL)}),
    'follow_up: Give it; or leave such rows out: `drop: {{}: [""]}`': Case(LOOP, said("closed_loop"), rows(), {**CALLED, "f.csv": TO_CALL + "3,,\n"}),
    "follow_up: Is it the right column?": Case(
        {**LOOP, "closed_loop.may_contact": {"column": "ok", "says": "Yes"}}, put("closed_loop.may_contact.column", "consent"), lambda engagement: engagement.follow_up.rows["may_contact"].all(),
        {**CALLED, "f.csv": TO_CALL.replace("\n", ",,Yes\n").replace("called,,Yes", "called,ok,consent")}),
    "follow_up: The column holds: {}": Case(
        {**LOOP, "closed_loop.may_contact": {"column": "ok", "says": "Y"}}, written_for("closed_loop.may_contact.says", r"holds: (\w+)"), lambda engagement: engagement.follow_up.rows["may_contact"].all(),
        {**CALLED, "f.csv": TO_CALL.replace("\n", ",Ja\n").replace("called,Ja", "called,ok")}),
    "follow_up: Say which row counts: `one_row: {of: [{}, {}]}` beside `file`": Case(LOOP, said("closed_loop"), rows(), {**CALLED, "f.csv": TO_CALL + "1,2025-03-01,\n"}),
    "follow_up: They are compared, so that they need one scale: ask the same question again, or take it out": Case(
        {**LOOP, "closed_loop.score_again": {"column": "again", "scale": [1, 5]}}, remove("closed_loop.score_again"), rows(),
        {**CALLED, "f.csv": TO_CALL.replace("\n", ",4\n").replace("called,4", "called,again")}),
    'follow_up: Write `until: "{}"`, or correct the rows': Case({**LOOP, "closed_loop.until": "2025-03-05"}, said("closed_loop"), rows(), CALLED),
    'follow_up: Write it as "2025-12-31"': Case({**LOOP, "closed_loop.until": "then"}, written_for("closed_loop.until", r'as ("[^"]+")'), rows(), CALLED),
}
