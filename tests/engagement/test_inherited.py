"""Settings of another client, under those of the own file."""

import hashlib

import pytest

from cxlib.engagement import DataError, checked, open_client

CHAIN = """currency: DKK
survey:
  file: survey.csv
  segments: {place: Place}
  recommend: {column: q1, scale: [0, 10], target: 30}
"""
ROWS = "q1,place\n" + "9,North\n0,South\n" * 10


@pytest.fixture
def store(make):
    def store(own: str, *, chain=CHAIN, rows=ROWS):
        made = make(chain, {"survey.csv": "q1,place\n1,chain\n"}, id="chain")
        make(f"same_as: chain\n{own}", {"survey.csv": rows} if rows else {}, id="store", head="client: {id}\nname: A Store\n")
        return made

    return store


def test_keys_replace_keys_and_files_are_the_own_ones(store):
    chain = store("survey: {recommend: {target: 50}, segments: {shift: Shift}}\n", rows=ROWS.replace("place", "shift,place").replace("North", "am,N").replace("South", "pm,S"))
    engagement = open_client("store")
    assert (engagement.id, engagement.name, engagement.language, engagement.currency) == ("store", "A Store", "en", "DKK")
    assert (engagement.survey.recommend.target, engagement.survey.recommend.scale) == (50, (0, 10))
    assert engagement.survey.segments == {"place": "Place", "shift": "Shift"} and len(engagement.survey.rows) == 20
    assert engagement.inputs["../chain/client.yml"] == hashlib.sha256((chain / "client.yml").read_bytes()).hexdigest()
    assert not checked("store")[0]


def test_a_chain_of_settings(store, make):
    store("", chain="same_as: group\nsurvey: {segments: {place: Site}}\n")
    make(CHAIN, id="group")
    assert open_client("store").survey.segments == {"place": "Site"}
    assert {"../chain/client.yml", "../group/client.yml"} <= set(open_client("store").inputs)


def test_a_problem_is_told_where_its_key_stands(store):
    store("", chain=CHAIN.replace("target: 30", "target: 300"))
    with pytest.raises(DataError, match=r"^chain/client.yml, line 8, key survey.recommend.target: must be at most 100"):
        open_client("store")
    store("survey: {recommend: {target: 300}}\n")
    with pytest.raises(DataError, match=r"^store/client.yml, line 4, key survey.recommend.target: must be at most 100"):
        open_client("store")


def test_what_cannot_be_inherited_is_told_in_one_line(store, make):
    store("", rows="")
    assert [str(problem) for problem in checked("store")[0]] == [
        "store/survey.csv: the file does not exist. Put it into the client's folder."
    ]
    make("same_as: chains\n", id="store")
    with pytest.raises(DataError, match=r"^store/client.yml, line 4, key same_as: there is no client chains. Did you mean chain\?$"):
        open_client("store")
    make("same_as: store\n", id="chain")
    make("same_as: chain\n", id="store")
    with pytest.raises(DataError, match=r"^chain/client\.yml, line 4, key same_as: the settings lead back to store: store, chain, store"):
        open_client("store")
    make("same_as: store\n", id="store")
    with pytest.raises(DataError, match="the settings lead back to store: store, store"):
        open_client("store")
