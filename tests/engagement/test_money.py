"""Customers, employees, initiatives and money: what is read, and what is refused with its remedy."""

import pandas as pd
import pytest

from cxlib.engagement import open_client
from cxlib.engagement.checking import problems
from cxlib.engagement.problems import DataError

HEAD = "client: acme\nname: Acme\nlanguage: en\ncurrency: EUR\n"
CUSTOMERS = """customers:
  file: customers.csv
  customer: id
  score: {column: score}
  churned: {column: left, left: "1"}
  revenue: revenue
  margin: margin
  share_of_wallet: {column: share, unit: fraction}
"""
ROWS = "id,score,left,revenue,margin,share\na,9,0,100,30,0.5\nb,6,1,200,50,0.2\nc,,0,150,40,\n"
INITIATIVES = """initiatives:
  file: plan.csv
  name: what
  start: start
  end: end
  cost_once: cost
  effect: {columns: [low, mode, high]}
"""
PLAN = "what,start,end,cost,low,mode,high\nPhone,2026-01-01,2026-06-30,1000,0,1,2\n"
MONEY = "money:\n  discount_rate: 0.08\n  customers: 1000\n"


@pytest.fixture
def client(tmp_path, monkeypatch):
    """Makes the client acme of a client.yml and tables."""
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))

    def made(settings, **tables):
        folder = tmp_path / "acme"
        folder.mkdir(exist_ok=True)
        (folder / "client.yml").write_text(HEAD + settings, encoding="utf-8")
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return "acme"

    return made


def refused(client_id) -> str:
    return "\n".join(str(problem) for problem in problems(client_id) if problem.severity == "error")


def test_customers_are_read_with_the_keywords_of_their_links(client):
    base = open_client(client(CUSTOMERS, customers=ROWS)).customers
    assert base.rows["left"].tolist() == [0, 1, 0]
    assert base.rows["score"].isna().tolist() == [False, False, True]
    assert base.event == "left" and base.steps == (6, 8) and base.tenure is None


def test_percent_becomes_a_fraction(client):
    rows = ROWS.replace("0.5", "50").replace("0.2", "20")
    base = open_client(client(CUSTOMERS.replace("fraction", "percent"), customers=rows)).customers
    assert base.rows["share"].dropna().tolist() == [0.5, 0.2]


@pytest.mark.parametrize(("rows", "settings", "message"), [
    (ROWS.replace("0.5", "50"), CUSTOMERS, "percent and fractions seem to be mixed"),
    (ROWS, CUSTOMERS.replace("fraction", "percent"), "Write `unit: fraction`"),
    (ROWS, CUSTOMERS.replace('left: "1"', 'left: "yes"'), 'nobody has "yes"'),
    (ROWS.replace("30", "100").replace("50", "200").replace("40", "150"), CUSTOMERS, "revenue less variable costs"),
    (ROWS, CUSTOMERS.replace("margin: margin", "margin: revenue"), "margin and revenue are the same column"),
    (ROWS.replace("a,9", "a,11"), CUSTOMERS, "the score 11 lies outside the scale 0-10"),
    (ROWS, CUSTOMERS.replace("{column: score}", "{column: score, steps: [8, 6]}"), "as [6, 8]"),
])
def test_wrong_customers_are_refused_with_the_remedy(client, rows, settings, message):
    assert message in refused(client(settings, customers=rows))


def test_a_negative_margin_is_a_warning(client):
    found = problems(client(CUSTOMERS, customers=ROWS.replace(",30,", ",-30,")))
    assert [problem.severity for problem in found if "negative margin" in problem.rule] == ["warning"]


@pytest.mark.parametrize(("plan", "message"), [
    (PLAN.replace("2026-06-30", "2025-06-30"), "it ends before it starts"),
    (PLAN.replace("0,1,2", "2,1,0"), "the effect must rise"),
    (PLAN.replace(",1000,", ",-1000,"), "a cost is negative"),
    (PLAN.replace("2026-01-01", ""), "the start is missing"),
])
def test_impossible_initiatives_are_refused(client, plan, message):
    found = refused(client(INITIATIVES, plan=plan))
    assert message in found


def test_initiatives_are_read_from_x_to_y(client):
    plan = open_client(client(INITIATIVES, plan=PLAN)).initiatives
    row = plan.rows.iloc[0]
    assert (row.initiative, row.cost_once, row.cost_yearly, row["mode"], row.of) == ("Phone", 1000, 0, 1, "satisfaction")
    assert row.full == pd.Timestamp("2026-06-30")


@pytest.mark.parametrize(("money", "message"), [
    (MONEY.replace("0.08", "8"), "8 % a year is written 0.08"),
    (MONEY + "  causal_share: [0.8, 0.5, 0.2]\n", "lowest, most likely, highest"),
    (MONEY + "  causal_share: [20, 50, 80]\n", "50 % is written 0.5"),
])
def test_impossible_money_is_refused(client, money, message):
    assert message in refused(client(money))


def test_money_needs_a_currency(client, tmp_path):
    client(MONEY)
    file = tmp_path / "acme" / "client.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("currency: EUR\n", ""), encoding="utf-8")
    with pytest.raises(DataError, match="there is money but no currency"):
        open_client("acme")


def test_what_is_not_there_is_none(client):
    engagement = open_client(client(""))
    assert (engagement.customers, engagement.employees, engagement.initiatives, engagement.money) == (None,) * 4
    assert engagement.answers is None and engagement.customers_of_contacts is None
    assert {effect["id"]: effect["use"] for effect in engagement.published}["reichheld"] == "banned"
