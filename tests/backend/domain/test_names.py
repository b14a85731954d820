"""The words of a name, and the rows under which a registration is found by them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.leaving import erased
from chalicelib.domain.names import Named, changed_rows, digest_of, in_all, rows, typed_words, words
from tests.backend.samples import KEYS, NOW, registration

KEY = KEYS[0]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Anaïs D’Hondt", ("anais", "d", "hondt", "dhondt")),
        ("Jean-Luc PEETERS", ("jean", "luc", "jeanluc", "peeters")),
        ("Søren Œuvre Łukasz", ("soren", "oeuvre", "lukasz")),
        ("محمد علي", ("محمد", "علي")),
        ("Straße  Straße", ("strasse",)),
        ("--", ()),
    ],
)
def test_words(name: str, found: tuple[str, ...]) -> None:
    """
    A name is found by its words, without capitals and accents, joined as well as apart.
    """
    assert found == words(name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("d'hondt", "Anaïs D’Hondt"),
        ("d hondt", "Anaïs D’Hondt"),
        ("DHONDT anaïs", "Anaïs D’Hondt"),
        ("jeanluc", "Jean-Luc Peeters"),
        ("jean-luc", "Jean-Luc Peeters"),
        ("An\u0061i\u0308s", "Anaïs D’Hondt"),
        ("Łukasz", "Lukasz Nowak"),
    ],
)
def test_typed(typed: str, name: str) -> None:
    """
    However a name is typed, all its words are among those of the name.
    """
    assert set(typed_words(typed)) <= set(words(name))


def test_long() -> None:
    """
    A name of a hundred words makes a dozen rows.
    """
    assert 12 == len(words(" ".join(f"a{number}" for number in range(100))))


def test_rows() -> None:
    """
    A row has a digest and no name; another key makes another digest.
    """
    one = registration()
    found = list(rows(one, KEY))

    assert 4 == len(found)
    assert "hondt" not in str(found)
    assert {row.digest for row in found}.isdisjoint(row.digest for row in rows(one, KEYS[1]))
    assert [] == list(rows(replace(one, synthetic=True), KEY))


def test_changed() -> None:
    """
    Another name takes the old words away; erased takes all of them; nothing changed, no row.
    """
    one = registration()
    married = replace(one, answers=replace(one.answers, name="Anaïs Peeters"), version=2)
    changed = list(changed_rows(one, married, KEY, NOW))
    gone = list(changed_rows(one, replace(erased(one, "volunteer", NOW), version=2), KEY, NOW))

    def digests(*names: str) -> set[str]:
        return {digest_of(name, KEY) for name in names}

    assert digests("peeters") == {row.digest for row in changed if not row.is_gone}
    assert digests("d", "hondt", "dhondt") == {row.digest for row in changed if row.is_gone}
    assert 4 == sum(row.is_gone for row in gone)
    assert all(row.expires_at <= NOW + timedelta(days=2) for row in gone)
    assert [] == list(changed_rows(one, replace(one, version=2), KEY, NOW))


def test_in_all() -> None:
    """
    Who has every word, newest first; a row that is gone does not count.
    """
    old, new = registration(1), registration(2, NOW + timedelta(days=1))
    other = registration(3, name="Anaïs Peeters")
    everyone = [row for one in (old, new, other) for row in rows(one, KEY)]

    def of(word: str) -> list[Named]:
        return [row for row in everyone if row.digest == digest_of(word, KEY)]

    found = in_all([of("anais"), of("hondt")])
    gone = in_all([[replace(row, is_gone=True) for row in of("hondt")]])

    assert [new.reference, old.reference] == [row.reference for row in found]
    assert ([], []) == (gone, in_all([]))
