from pathlib import Path

import pytest

from cxlib.engagement import DataError
from cxlib.engagement.folder import Folder
from cxlib.engagement.maturity_models import SHIPPED, MaturityModel, model_ids, read_model
from cxlib.engagement.settings.strict_yaml import read_yaml
from cxlib.engagement.settings.validation import read_settings

SHARED = Path(__file__).parents[2].parent / "shared"
SMALL = """model: {id: small, version: "1", source: Own, minutes: 1, steps: 1, criteria: 2}
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


@pytest.fixture
def folder(make):
    return Folder("acme", make())


@pytest.mark.parametrize("root", [SHIPPED, SHARED / "models"])
@pytest.mark.parametrize("name", ["loyalty", "staircase"])
def test_models_load(root, name):
    if not root.is_dir():
        pytest.skip("the reference models are not beside this checkout")
    model, problems = read_settings(read_yaml((root / f"{name}.yml").read_bytes(), f"{name}.yml"), MaturityModel)
    assert problems == []
    assert model.id == name


def test_loyalty_has_7_steps_of_3_criteria(folder):
    model = read_model(folder, "loyalty")
    assert [group.id for group in model.groups] == list("1234567")
    assert [item.id for item in model.items] == [f"{step}.{n}" for step in range(1, 8) for n in range(1, 4)]
    assert "".join(group.letter for group in model.groups) == "LOYALTY"
    assert model.item("1.1").name["da"] == "Stærk opbakning"
    assert model.item("1.1").recommendation["en"].startswith("Name one executive sponsor")
    assert [(band.id, band.start) for band in model.bands] == [
        ("weak", 0),
        ("uneven", 40),
        ("sound", 60),
        ("strong", 80),
    ]
    assert (model.policy.recommend_below, model.policy.dk_flag_share) == (60, 0.33)
    assert model.answer_scale("agree5").texts["Helt enig"] == 5
    assert (model.answer_scale("true11").low, model.answer_scale("true11").high) == (0, 10)


def test_staircase_has_5_levels_of_19_statements(folder):
    model = read_model(folder, "staircase")
    assert [group.id for group in model.groups] == list("12345")
    assert len(model.items) == 19
    assert [item.id for item in model.items if item.core] == ["S11", "S21", "S31", "S41", "S51"]
    assert model.levels[4].limit_sign is None
    assert model.placement.attained_if.mean_at_least == 0.6
    assert model.context[0].axis == "focus"
    assert model.target_rule.by_focus_mean[0].target == 2
    scale = model.answer_scale(None)
    assert scale.values == (0, 0.33, 0.67, 1)
    assert scale.texts["På vissa håll"] == scale.texts["partly"] == 0.33


@pytest.mark.parametrize("name", ["loyalty", "staircase"])
def test_every_text_is_there_in_every_language(folder, name):
    model = read_model(folder, name)
    for item in model.items:
        for language in ("en", "da", "sv"):
            assert item.question[language]
            assert item.evidence[language]


@pytest.mark.parametrize(
    ("name", "scale", "told"),
    [
        ("loyalty", None, "several scales"),
        ("loyalty", "agree7", "Did you mean agree5"),
        ("staircase", "agree5", "of its own"),
    ],
)
def test_scale_that_is_none(folder, name, scale, told):
    with pytest.raises(ValueError, match=told):
        read_model(folder, name).answer_scale(scale)


def test_a_folders_own_model_needs_no_code(make):
    folder = Folder("acme", make(files={"models/small.yml": SMALL}))
    model = read_model(folder, "small")
    assert [item.id for item in model.items] == ["1.1", "1.2"]
    assert model.answer_scale(None).id == "three"
    assert model_ids(folder) == ["loyalty", "small", "staircase"]
    assert list(folder.inputs) == ["models/small.yml"]


def test_fingerprint_of_a_shipped_model_is_kept(folder):
    read_model(folder, "loyalty")
    assert list(folder.inputs) == ["templates/models/loyalty.yml"]


def test_unknown_model_names_the_nearest(folder):
    with pytest.raises(DataError, match=r"key maturity\.loyalti: there is no such model\. Did you mean loyalty\?"):
        read_model(folder, "loyalti")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("criteria: 2", "criteria: 3", "key model.criteria: 3 are announced, 2 are there"),
        ('id: "1.2"', 'id: "1.1"', "the id 1.1 is given twice"),
        ("id: small", "id: other", "the model calls itself other"),
        ("[No, Some, Yes]", "[No, Yes]", "key scales.three.labels.en: there must be 3 texts"),
        (", sv: Vet ej", "", "key dont_know.sv: the key is missing"),
        ("q: {en: b, da: b, sv: b}", "qq: {en: b, da: b, sv: b}", "Did you mean `q`?"),
        ("steps:\n", "levels: []\nstep:\n", "Did you mean `steps`?"),
        ("languages: [en, da, sv]", "languages: &x [en]", "anchors"),
    ],
)
def test_wrong_model_is_told(make, old, new, told):
    assert old in SMALL
    folder = Folder("acme", make(files={"models/small.yml": SMALL.replace(old, new)}))
    with pytest.raises(DataError) as raised:
        read_model(folder, "small")
    assert told in str(raised.value)
    assert str(raised.value).startswith("acme/models/small.yml, ")


def test_linked_model_is_refused_A09(make):
    folder = make()
    (folder / "models").mkdir()
    (folder / "models" / "loyalty.yml").symlink_to(SHIPPED / "loyalty.yml")
    with pytest.raises(DataError, match="symbolic link"):
        read_model(Folder("acme", folder), "loyalty")
