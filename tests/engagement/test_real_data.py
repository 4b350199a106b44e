"""Real files in the dress they came in; the right answers are those of the data sets' own documentation."""

from pathlib import Path

import pytest

from cxlib.engagement import open_client

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside this checkout")


def survey(make, path, settings):
    name = path.name
    make(f"survey:\n  file: {name}\n{settings}", {name: path.read_bytes()})
    return open_client("acme").survey


def test_epsi_sav_with_a_code_for_dont_know(make):
    """Mean of q3 is 75.6 on 0-100, its first answer 77.78; by supplier A 10, B 5, C 5 answers."""
    pytest.importorskip("pyreadstat", reason="pyreadstat is an extra: cxlib[spss]")
    settings = """  segments: {q1: Supplier}
  dont_know: [Vet ikke]
  satisfaction: {items: {q3: Satisfaction}, scale: [1, 10]}
"""
    found = survey(make, DATA / "epsi" / "raw_data.sav", settings)
    index = (found.rows["q3"] - 1) / 9 * 100
    assert index[0] == pytest.approx(77.78, abs=0.005)
    assert index.mean() == pytest.approx(75.6, abs=0.05)
    assert found.rows["q1"].value_counts().to_dict() == {"CompanyA": 10, "CompanyB": 5, "CompanyC": 5}


def test_csibank_nps(make):
    """NPS on loy3 is -5.2, n 1,707; the scale is 0-10."""
    settings = """  recommend: {column: loy3, scale: [0, 10]}
  loyalty: {items: {loy1: One, loy2: Two, loy3: Three}, scale: [0, 10]}
"""
    found = survey(make, DATA / "csibank" / "csibank.csv", settings)
    score = found.rows[found.recommend.score]
    assert len(score) == 1707
    assert ((score >= 9).mean() - (score <= 6).mean()) * 100 == pytest.approx(-5.2, abs=0.05)
    loyalty = found.rows[list(found.loyalty.items)].mean(axis=1).mean() * 10
    assert loyalty == pytest.approx(69.0, abs=0.05)


def test_carpentries_nps(make):
    """NPS +48.4 of 889 valid answers of 967; nobody answered 0."""
    path = DATA / "carpentries" / "instructor_training_2018.csv"
    found = survey(make, path, "  recommend: {column: LikelyToRecommend, scale: [0, 10]}\n")
    score = found.rows["LikelyToRecommend"]
    assert len(score) == 967
    assert found.recommend.unanswered["blank"] == 967 - 889
    assert (((score >= 9).sum() - (score <= 6).sum()) / 889) * 100 == pytest.approx(48.4, abs=0.05)
