"""A survey as it comes: each column gets its role, and what is uncertain is never an active line."""

import random

import pytest

from tests.engagement.proposal.conftest import answers, as_csv

WORDS = {
    "en": ("How likely are you to recommend us to a friend?", "Overall, how satisfied are you with us?", "It was easy to get help", "Region", "Comments"),
    "da": ("Hvor sandsynligt er det, at du vil anbefale os?", "Hvor tilfreds er du alt i alt med os?", "Det var nemt at få hjælp", "Område", "Kommentar"),
    "sv": ("Hur sannolikt är det att du rekommenderar oss?", "Hur nöjd är du totalt sett med oss?", "Det var lätt att få hjälp", "Område", "Kommentar"),
}
GROUPS = ["North", "South", "West"]


def plain(language, n=120):
    recommend, overall, easy, region, comment = WORDS[language]
    rows = [["id", "date", recommend, overall, easy, "service_1", "service_2", "price_1", "price_2", region, "E-mail", comment]]
    for i, row in enumerate(answers(n)):
        five = [1 + min(4, max(0, each // 2)) for each in row]
        rows.append([f"R{i}", f"2025-{1 + i % 12:02}-11", row[0], five[1], 1 + i % 7, *five[2:6], GROUPS[i % 3], f"p{i}@x.org", f"my own words number {i}"])
    return rows


@pytest.mark.parametrize("language", WORDS)
def test_roles_in_each_language(propose, language):
    recommend, overall, easy, region, comment = WORDS[language]
    value, text, _ = propose({"survey.csv": as_csv(plain(language))})
    survey = value["survey"]
    assert value["language"] == language
    assert (survey["respondent"], survey["date"]) == ("id", "date")
    assert survey["recommend"] == {"column": recommend, "scale": ["0", "10"]}
    assert survey["rating"] == {"column": overall, "scale": ["1", "5"]}
    assert survey["effort"]["column"] == easy
    assert survey["segments"] == {region: region}
    assert {label: list(block["items"]) for label, block in survey["blocks"].items()} == {
        "service": ["service_1", "service_2"], "price": ["price_1", "price_2"]}  # fmt: skip
    assert "about the person: E-mail" in text and f"texts of the answerers: {comment}" in text


def test_nobodys_answer_stands_in_a_comment(propose):
    rows = [["id", "nps", "group", "why"]]
    rows += [[i, i % 11, "rare" if i == 7 else f"g{i % 2}", f"secret-{i}"] for i in range(60)]
    _, text, made = propose({"s.csv": as_csv(rows)})
    assert "secret" not in text and "rare" not in text
    assert not any("secret" in line or "rare" in line for line in made.found)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters(propose, delimiter):
    value, _, _ = propose({"survey.csv": as_csv(plain("da"), delimiter)})
    assert "recommend" in value["survey"]


@pytest.mark.parametrize("high", [5, 7, 100])
def test_a_recommendation_that_is_no_nps_is_left_to_the_consultant(propose, high):
    rows = [["id", "nps"], *[[i, 1 + (37 * i) % high] for i in range(200)]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert "recommend" not in value["survey"]
    assert "# ?   recommend: {column: nps" in text


def test_dates_that_can_be_read_in_two_ways_are_not_read(propose):
    rows = [["id", "answered", "nps"], *[[i, f"0{1 + i % 9}/0{1 + i % 7}/2025", i % 11] for i in range(60)]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert "date" not in value["survey"] and "read" not in value["survey"]
    assert "# ?" in text and "can be read in both ways" in text
    assert propose({"s.csv": as_csv(rows)}, id="other", ask=lambda proposal: {"dates": "%d/%m/%Y"})[0]["survey"]["date"] == "answered"


def test_a_grid_of_touchpoints_is_a_driver_each(propose):
    rows = [["Timestamp", "How likely are you to recommend us?", *[f"Rate our service [{each}]" for each in ("Staff", "Price", "Delivery")]]]
    rows += [[f"2025-01-{1 + i % 28:02} 10:00:00", *row[:4]] for i, row in enumerate(answers())]
    value, _, made = propose({"forms.csv": as_csv(rows)})
    assert list(value["survey"]["blocks"]) == ["staff", "price", "delivery"]
    assert any("Google Forms" in line for line in made.found)


def test_questions_asked_of_some_are_doubtful(propose):
    rows = [["id", "nps", "web_1", "web_2"], *[[i, i % 11, *((1 + i % 5, 1 + i % 5) if i % 4 == 0 else ("", ""))] for i in range(200)]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert "blocks" not in value["survey"] and "asked of some only" in text


def test_a_question_whose_low_answers_are_good_is_doubtful(propose):
    rows = [["id", "nps", "sat"], *[[i, i % 11, 5 - (i % 11) // 2 if i % 11 < 10 else 1] for i in range(120)]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert "rating" not in value["survey"] and "turned: [1, 5]" in text


def test_codes_at_the_end_of_a_scale_are_told_from_answers(propose):
    draw = random.Random(3)
    names = ["Q7ALL", "Q7ART", "Q7FOOD", "Q7SHOP", "Q7SIGN"]
    rows = [["id", *names]]
    for i in range(900):
        mood = draw.uniform(1, 5)
        row = [min(5, max(1, round(draw.gauss(mood, 0.7)))) for _ in names]
        rows.append([i, row[0], *[6 if draw.random() < 0.25 else each for each in row[1:]]])
    rows[1][1] = 6
    for row in rows[2:40]:
        row[1] = 6
    value, _, _ = propose({"s.csv": as_csv(rows)})
    survey = value["survey"]
    assert survey["not_applicable"] == ["6"]
    assert survey["rating"]["scale"] == ["1", "5"]
    assert {scale for block in survey["blocks"].values() for scale in [tuple(block["scale"])]} == {("1", "5")}


def test_a_true_end_of_a_scale_stays_an_answer(propose):
    draw = random.Random(4)
    rows = [["id", "a_1", "a_2", "a_3"]]
    for i in range(900):
        mood = draw.uniform(1, 6)
        rows.append([i, *[min(6, max(1, round(draw.gauss(mood, 0.5)))) for _ in range(3)]])
    value, _, _ = propose({"s.csv": as_csv(rows)})
    assert value["survey"]["blocks"]["a"]["scale"] == ["1", "6"]
    assert "not_applicable" not in value["survey"]


def test_day_numbers_of_a_spreadsheet(propose):
    rows = [["id", "answered", "nps"], *[[i, 45658 + i, i % 11] for i in range(90)]]
    survey = propose({"s.csv": as_csv(rows)})[0]["survey"]
    assert (survey["date"], survey["read"]) == ("answered", {"dates": "serial"})


def test_half_points_are_a_rating_with_its_step(propose):
    rows = [["id", "stars"], *[[i, 1 + 0.5 * (i % 9)] for i in range(90)]]
    survey = propose({"s.csv": as_csv(rows)})[0]["survey"]
    assert survey["rating"] == {"column": "stars", "scale": ["1", "5"], "step": "0.5", "top": "3"}


def test_cells_that_say_nothing_are_no_answers_and_no_groups(propose):
    rows = [["id", "nps", "region"], *[[i, "NA" if i % 9 == 0 else i % 11, "NA" if i % 9 == 0 else "NS"[i % 2]] for i in range(120)]]
    survey = propose({"s.csv": as_csv(rows)})[0]["survey"]
    assert survey["read"] == {"missing": ["NA"]}
    assert "not_applicable" not in survey


@pytest.mark.parametrize("heading", ["What could we do better?", "Hvad kan vi gøre bedre?", "Vad kan vi förbättra?", "Kommentar"])
def test_the_few_texts_of_an_open_question_are_no_groups(propose, heading):
    said = ["lower price", "answer sooner"]
    rows = [["id", "nps", "region", heading], *[[i, i % 11, GROUPS[i % 3], said[i % 2]] for i in range(120)]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert list(value["survey"]["segments"]) == ["region"]
    assert "the heading asks for a comment" in text


@pytest.mark.parametrize(("first", "form"), [(31, "%m-%d-%Y"), (12, "%d-%m-%Y")])
def test_months_before_days_are_read_where_nothing_else_fits(propose, first, form):
    """As in exports of Enalyzer; where both fit, a dash says that the day comes first."""
    rows = [["id", "date", "nps"], *[[i, f"0{1 + i % 3}-{1 + i % min(first, 28):02d}-2025", row[0]] for i, row in enumerate(answers(150))]]
    value, _, _ = propose({"s.csv": as_csv(rows)})
    assert value["survey"]["read"]["dates"] == form
