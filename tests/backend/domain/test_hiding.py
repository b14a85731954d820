"""What a publication leaves out: by no computation can a count below the minimum be found."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.hiding import MIN_SHOWN, hidden, hidden_in_groups

Groups = Mapping[str, Mapping[str, int]]


def could_be(total: int, shown: Mapping[str, int], places: list[str]) -> Iterator[dict[str, int]]:
    """Every way in which the places that are not shown may have what is left of a total."""
    secret = [place for place in places if place not in shown]
    left = total - sum(shown.values())
    *free, last = secret or [""]
    for some in product(range(left + 1), repeat=len(free)):
        if (rest := left - sum(some)) >= 0:
            yield dict(zip(free, some, strict=True)) | ({last: rest} if secret else {})


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, ""),
        ({"a": 5, "b": 90}, ""),
        ({"a": 4, "b": 90, "c": 7}, "ab"),  # not c: the order decides, not the counts
        ({"c": 7, "a": 4, "b": 90}, "ac"),
        ({"a": 4, "b": 1, "c": 7}, "ab"),
        ({"a": 0, "b": 1, "c": 7}, "abc"),  # together 1: that tells too much
        ({"a": 0, "b": 9}, "ab"),
        ({"a": 3}, "a"),  # nothing else to leave out: its sum must go
    ],
)
def test_hidden(counts: dict[str, int], expected: str) -> None:
    """
    What is below five goes, with one more where the rest would tell it.
    """
    assert frozenset(expected) == hidden(counts)


def test_groups() -> None:
    """
    A sum goes that is too small or tells too much, and another one with it; where nothing is too
    small, all is shown.
    """
    enough = {"x": {"a": 9, "b": 6}, "y": {"c": 7, "d": 8}}
    small = {"x": {"a": 1, "b": 2}, "y": {"c": 7, "d": 8}, "z": {"e": 50, "f": 60}}

    assert (frozenset(), {"x": frozenset(), "y": frozenset()}) == hidden_in_groups(enough)
    assert (
        frozenset("xy"),
        {"x": frozenset("ab"), "y": frozenset("c"), "z": frozenset()},
    ) == hidden_in_groups(small)


COUNTS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 7), min_size=1, max_size=4)


@given(COUNTS, st.integers(0, 3))
def test_nothing_to_compute(counts: dict[str, int], more: int) -> None:
    """
    Tried in every way that the shown counts and their sum allow: what is left out may be nought,
    and may be five or more; unless the sum of all is the only thing to leave out.
    """
    counts |= {"e": 5 + more, "f": 6 + more}
    gone = hidden(counts)
    shown = {name: count for name, count in counts.items() if name not in gone}
    ways = list(could_be(sum(counts.values()), shown, list(counts)))

    for name in gone:
        found = {way[name] for way in ways}
        assert {0, MIN_SHOWN} <= found
    assert all(count >= MIN_SHOWN for count in shown.values())


GROUPS = st.lists(
    st.lists(st.sampled_from([0, 1, 3, 4, 5, 6]), min_size=1, max_size=2), min_size=2, max_size=3
)


@settings(max_examples=60)  # each tries every way that is left
@given(GROUPS)
def test_nothing_to_compute_in_groups(given_groups: list[list[int]]) -> None:
    """
    The same where the sums of groups are shown as well: every way to fill in what is left out, with
    the shown counts, the shown sums and the sum of all, leaves each of them open from nought to
    five, or to all there is. A sum that is left out has more than one value, too.
    """
    groups = {
        str(number): {f"{number}{place}": count for place, count in enumerate(counts)}
        for number, counts in enumerate(given_groups)
    }
    without_sum, gone = hidden_in_groups(groups)
    total = sum(sum(counts.values()) for counts in groups.values())
    secret = [member for name in groups for member in sorted(gone[name])]
    shown = {
        member: count
        for name, counts in groups.items()
        for member, count in counts.items()
        if member not in gone[name]
    }
    sums = {name: sum(counts.values()) for name, counts in groups.items()}

    def holds(way: Mapping[str, int]) -> bool:
        filled = {**shown, **way}
        return all(
            sums[name] == sum(filled[member] for member in counts)
            for name, counts in groups.items()
            if name not in without_sum
        )

    ways = [way for way in could_be(total, shown, [*secret, *shown]) if holds(way)]
    for member in secret:
        found = {way[member] for way in ways}
        assert {0, min(MIN_SHOWN, total)} <= found
    for name in without_sum:
        filled = {sum({**shown, **way}[member] for member in groups[name]) for way in ways}
        assert len(filled) > 1 or total == 0
    assert all(count >= MIN_SHOWN for count in shown.values())
    assert all(sums[name] >= MIN_SHOWN for name in groups if name not in without_sum)
