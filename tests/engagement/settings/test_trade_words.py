"""`words` in client.yml: a word of the list is enough, own words bring their forms, and what is missing is told."""

import pytest
import yaml

from cxlib.engagement import DataError, open_client, problems
from cxlib.engagement.settings.words import FORMS, WordsSettings, built_in
from cxlib.languages import LANGUAGES
from tests.engagement.settings.test_client import problems as problems_of
from tests.engagement.settings.test_client import settings

DANISH = "client: {id}\nname: A\nlanguage: da\n"


def test_a_word_of_the_list_has_its_forms_in_every_language():
    words = settings("words: {asked: members, measured: trust}\n")[0].words
    assert words.in_language("en") == {"asked": {"one": "member", "many": "members"}, "measured": {
        "name": "trust", "who": "trusting", "lack": "distrust"}}  # fmt: skip
    assert words.in_language("da")["asked"]["the_many"] == "medlemmerne"
    assert words.in_language("da")["asked"]["neuter"] is True
    assert words.in_language("sv")["measured"]["the_name"] == "förtroendet"


@pytest.mark.parametrize("part", FORMS)
def test_every_word_of_the_list_is_whole(part):
    for word in built_in()[part]:
        words = WordsSettings.model_validate({part: word})
        assert [words.faults(language) for language in LANGUAGES] == [[], [], []]
        assert {lang: words.in_language(lang)[part] for lang in LANGUAGES} == built_in()[part][word]


def test_own_forms():
    text = "words:\n  asked: {en: {one: owner, many: owners}}\n"
    assert settings(text)[0].words.in_language("en") == {"asked": {"one": "owner", "many": "owners"}}


@pytest.mark.parametrize("part", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_are_right(part, language):
    forms = yaml.safe_load(FORMS[part][language].example)
    assert WordsSettings.model_validate({part: {language: forms}}).in_language(language) == {part: forms}


def test_an_unknown_word_is_told_with_the_list_and_the_forms_it_needs():
    found = problems_of("words: {asked: membres}\n")
    assert len(found) == 1
    assert found[0].startswith("client.yml, line 4, key words.asked: 'membres' is not among the words that come with their forms:")
    assert "citizens" in found[0] and "Did you mean members?" in found[0] and "the_many: medlemmerne" in found[0]
    assert "compound: tillids" in problems_of("words: {measured: xyzzy}\n")[0]


def test_a_missing_form_is_told_with_an_example():
    found = problems_of("words:\n  asked:\n    da: {one: ejer, many: ejere}\n    en: {one: owner, many: owners}\n")
    assert found == [
        "client.yml, line 6, key words.asked.da: sentences need the forms the_one, the_many, compound too. Write every form, as "
        "{one: medlem, the_one: medlemmet, many: medlemmer, the_many: medlemmerne, compound: medlems, neuter: true}."
    ]


def test_an_unknown_form_is_told():
    found = problems_of("words:\n  asked: {en: {one: owner, many: owners, plural: owners}}\n")
    assert len(found) == 1 and "key words.asked.en.plural: unknown key" in found[0]
    assert "key words.askd: unknown key. Did you mean `asked`?" in problems_of("words: {askd: members}\n")[0]


def test_slots_and_markup_are_no_forms():
    assert problems_of("words:\n  asked: {en: {one: '{n}', many: '<b>'}}\n")


def test_forms_of_the_reports_language_are_needed(make):
    make("words:\n  asked: {en: {one: owner, many: owners}}\n", head=DANISH)
    assert [str(problem) for problem in problems("acme")][:1] == [
        "acme/client.yml, line 5, key words.asked: the report is made in da, and the forms of that language are missing. Add "
        "them below `words.asked`, as `da: {one: medlem, the_one: medlemmet, many: medlemmer, the_many: medlemmerne, "
        "compound: medlems, neuter: true}`."
    ]


def test_forms_of_the_language_that_is_asked_for_are_needed(make):
    make("words:\n  asked: {en: {one: owner, many: owners}}\n  measured: trust\n")
    assert set(open_client("acme").words) == {"asked", "measured"}
    with pytest.raises(DataError, match=r"key words\.asked: the report is made in sv"):
        open_client("acme", language="sv")


def test_the_page_gets_the_words(make):
    make("words: {asked: guests}\n", head=DANISH)
    assert open_client("acme").look["words"]["asked"]["the_many"] == "gæsterne"
    assert open_client("acme", language="en").look["words"] == {"asked": {"one": "guest", "many": "guests"}}
