"""The people of a load run are spread as people are."""

from collections import Counter

from chalicelib.domain.form import parse
from tests.load.crowd import crowd

MANY = 2_000


def test_same_people() -> None:
    """
    Two runs have the same people.
    """
    assert list(crowd(50)) == list(crowd(50))


def test_spread() -> None:
    """
    Most live where most people live, and some want to be a buddy in two or three municipalities.
    """
    people = list(crowd(MANY))

    homes = Counter(person.municipalities[0].name for person in people)
    assert {"Antwerpen", "Gent"} == {name for name, _ in homes.most_common(2)}
    wanted = Counter(len(person.municipalities) for person in people)
    assert wanted[1] > wanted[2] > wanted[3] > 0


def test_habits() -> None:
    """
    Both kinds of form are sent; some twice, and some by who breaks off.
    """
    people = list(crowd(MANY))

    assert {True, False} == {person.is_json for person in people}
    assert any("submission_id" not in person.form for person in people)
    sent_twice = sum(person.double_clicks or person.sends_again for person in people)
    assert 0.03 < sent_twice / MANY < 0.07
    assert any(person.is_impatient for person in people)


def test_all_accepted() -> None:
    """
    Every form is one that we take, of somebody else each time.
    """
    people = list(crowd(MANY))

    for person in people:
        parse({name: v if isinstance(v, list) else [v] for name, v in person.form.items()})
    assert MANY == len({person.form["email"] for person in people})
