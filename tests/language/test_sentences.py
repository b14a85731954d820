"""Sentences are cut where a reader stops, and nowhere else."""

import pytest
from bs4 import BeautifulSoup

from tests.language.sentences import blocks, is_whole, split, words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Kom mee. Het is leuk!", ["Kom mee.", "Het is leuk!"]),
        ("We zoeken 10.000 buddy’s. Jij ook?", ["We zoeken 10.000 buddy’s.", "Jij ook?"]),
        ("Drink iets, bv. Koffie of thee.", ["Drink iets, bv. Koffie of thee."]),
        ("Ga naar mijnbuddy.be en lees.", ["Ga naar mijnbuddy.be en lees."]),
        ("Zij zei: “Kom mee.” Ik ging.", ["Zij zei: “Kom mee.”", "Ik ging."]),
        ("Dag J. Janssens. Welkom.", ["Dag J. Janssens.", "Welkom."]),
        ("Zo gaat het", ["Zo gaat het"]),
    ],
)
def test_split(text: str, sentences: list[str]) -> None:
    """
    A sentence ends at its mark; a number, an address or an abbreviation doesn't end it.
    """
    assert sentences == split(text)


def test_whole() -> None:
    """
    A heading is no whole sentence.
    """
    assert is_whole("Kom mee.")
    assert is_whole("Kom je mee?”")
    assert not is_whole("Zo gaat het")


def test_words() -> None:
    """
    A number, an address and a word with an apostrophe or a hyphen count as one.
    """
    assert 6 == len(words("De 10.000 buddy’s van mijnbuddy.be: e-mail!"))


def test_blocks() -> None:
    """
    A link stays within its sentence; an entry of a list, a heading and a picture stand alone.
    """
    html = (
        '<h2>Kop</h2><p>Dit is <a href="/">een</a> zin.</p><ul><li>Een<li>Twee</ul><img alt="Wij">'
    )
    page = BeautifulSoup(html, "html.parser")

    assert ["Kop", "Dit is een zin.", "Een", "Twee", "Wij"] == list(blocks(page, set()))


def test_left_out() -> None:
    """
    What is left out is not read.
    """
    page = BeautifulSoup("<p>Wel.</p><p class='sources'>Niet.</p>", "html.parser")

    assert ["Wel."] == list(blocks(page, {id(page.find(class_="sources"))}))
