"""What visitors read is short and plain."""

import pytest

from tests.built_site import Site
from tests.language.plain import MEAN, is_passive, jargon, problems
from tests.language.sentences import words
from tests.language.texts import EXCEPTIONS, Places, Text, all_texts


@pytest.fixture(scope="module")
def texts(site: Site) -> list[Text]:
    return list(all_texts(site))


def test_sentences(site: Site, texts: list[Text]) -> None:
    """
    No sentence is longer than 25 words, and none has a word with a plainer one beside it.
    """
    places = Places(site)
    found = {(one.sentence, one.advice): one for text in texts for one in problems(text)}
    excused = {one["sentence"] for one in EXCEPTIONS["sentences"]}

    wrong = [
        f"{places.of(one.sentence, one.where)}: «{one.sentence}»: {one.advice}"
        for one in found.values()
        if one.sentence not in excused
    ]
    assert not wrong, "\n".join(wrong)


def test_mean(texts: list[Text]) -> None:
    """
    The sentences of a page are 13 words long at most, on average.
    """
    too_long = {text.where: round(text.mean, 1) for text in texts if text.mean > MEAN}

    assert {} == too_long


def test_all_read(texts: list[Text]) -> None:
    """
    Pages, films and errors are read: each has something to say.
    """
    said = {text.where for text in texts if text.whole}

    assert {"/", "/word-buddy/", "/word-buddy/aalst/", "the Lambda’s notice"} <= said
    assert "backend/chalicelib/domain/form.py" in said
    assert any(where.endswith("storyboard.yaml") for where in said)


def test_exceptions_are_used(texts: list[Text]) -> None:
    """
    An exception that nothing needs any more is taken away; each has its reason.
    """
    said = "\n".join(block for text in texts for block in text.blocks).lower()

    assert [] == [one for one in EXCEPTIONS["names"] if one["name"].lower() not in said]
    assert [] == [one for one in EXCEPTIONS["sentences"] if one["sentence"].lower() not in said]
    assert all(one["reason"] for part in EXCEPTIONS.values() for one in part)


@pytest.mark.parametrize(
    ("sentence", "advice"),
    [
        ("Indien je wil, kom je mee.", "«indien»"),
        ("Je dient dit te doen.", "«dient … te»"),
        ("Het lokaal bestuur belt je.", "«lokaal bestuur»"),
        ("We faciliteren dat.", "«faciliter*»"),
        (" ".join(["woord"] * 26), "26 words"),
    ],
)
def test_found(sentence: str, advice: str) -> None:
    """
    A sentence that is too long or has such a word is found, with what to do.
    """
    found = list(problems(Text("hier", (sentence,))))

    assert 1 == len(found)
    assert found[0].advice.startswith(advice)


def test_plain_is_left_alone() -> None:
    """
    A plain sentence has no problem, nor has the name of a thing.
    """
    plain = "Het participatie- en netwerktraject duurt minstens 40 uur."

    assert [] == list(problems(Text("hier", (plain, "Je gemeente belt je binnen 10 werkdagen."))))


def test_passive() -> None:
    """
    A passive sentence is told from an active one.
    """
    assert is_passive("Je wordt door je gemeente gebeld.")
    assert is_passive("De gegevens die gewist worden.")
    assert not is_passive("Word buddy van een nieuwkomer.")
    assert not is_passive("Je gemeente belt je.")


def test_jargon() -> None:
    """
    Every word of the list has a plainer one beside it, which is short itself.
    """
    assert all(one.instead and len(words(one.instead)) <= 6 for one in jargon().values())
