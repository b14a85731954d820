"""
Which counts a publication leaves out, so that none below `MIN_SHOWN` can be read or computed.

A small count in a small place may be about somebody whom you know. Leaving it out is not enough
where a sum is shown: then what is left over tells it. So of what is left out there are always at
least two, with at least `MIN_SHOWN` together; where that can't be, the sum goes too. Then each of
them may be nought and may be more than the minimum, whoever computes
(docs/decisions/0022-published-figures.md).
"""

from collections.abc import Iterable, Mapping

MIN_SHOWN = 5
"""The least that is shown; nought is less, too."""


def hidden(counts: Mapping[str, int]) -> frozenset[str]:
    """
    What to leave out of counts of which the sum may be known, or may be left out (`is_safe`).

    Where more must go than what is too small, those go that come first: an order that does not
    depend on the counts, since what follows from them tells of them.
    """
    left_out = {name: count for name, count in counts.items() if count < MIN_SHOWN}
    others = iter([name for name in counts if name not in left_out])
    while not is_safe(left_out.values()):
        name = next(others, None)
        if name is None:
            break
        left_out[name] = counts[name]
    return frozenset(left_out)


def is_safe(left_out: Iterable[int]) -> bool:
    """Whether nothing is told by the sum of what is left out."""
    counts = list(left_out)
    return not counts or (len(counts) > 1 and sum(counts) >= MIN_SHOWN)


def hidden_in_groups(
    groups: Mapping[str, Mapping[str, int]],
) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """
    The same for counts in groups, where the sum of each group is shown, and that of all together:
    the groups whose sum to leave out, and what to leave out of each group.
    """
    members = {name: set(hidden(counts)) for name, counts in groups.items()}
    without_sum = [
        name
        for name, counts in groups.items()
        if sum(counts.values()) < MIN_SHOWN
        or not is_safe(counts[member] for member in members[name])
    ]

    def left_over() -> list[int]:
        return [groups[name][member] for name in without_sum for member in members[name]]

    def is_enough() -> bool:
        return not without_sum or (len(without_sum) > 1 and is_safe(left_over()))

    for name, counts in groups.items():
        if is_enough():
            break
        if name not in without_sum:
            without_sum.append(name)
            members[name] |= set(list(counts)[: not members[name]])
    for name in list(without_sum):  # all of them, and still too little together
        for member in groups[name]:
            if is_enough():
                break
            members[name].add(member)
    return frozenset(without_sum), {name: frozenset(those) for name, those in members.items()}
