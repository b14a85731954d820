"""
Paths of an SVG as points: how long a line is, and the first part of it.

Understands M, L, H, V, C, S and Z, absolute and relative: enough for what we draw by hand.
"""

import math
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

Point = tuple[float, float]

_STEPS = 24
_TOKEN = re.compile(r"[MLHVCSZmlhvcsz]|-?\d*\.?\d+(?:e-?\d+)?")


@cache
def flatten(path: str) -> tuple[tuple[Point, ...], ...]:
    """
    Each subpath as points, close enough together to look round.
    """
    tokens = _TOKEN.findall(path)
    paths: list[list[Point]] = []
    at: Point = (0.0, 0.0)
    control = at
    command = "M"
    while tokens:
        if tokens[0].isalpha():
            command = tokens.pop(0)
        kind, base = command.upper(), at if command.islower() else (0.0, 0.0)
        if kind == "Z":
            paths[-1].append(paths[-1][0])
            at = control = paths[-1][0]
            continue
        if kind == "H":
            ends = [(base[0] + float(tokens.pop(0)), at[1])]
        elif kind == "V":
            ends = [(at[0], base[1] + float(tokens.pop(0)))]
        else:
            ends = [
                (base[0] + float(tokens.pop(0)), base[1] + float(tokens.pop(0)))
                for _ in range({"M": 1, "L": 1, "C": 3, "S": 2}[kind])
            ]
        if kind == "M":
            paths.append([ends[0]])
            command = "l" if command == "m" else "L"
        elif kind in "CS":
            first = ends[0] if kind == "C" else (2 * at[0] - control[0], 2 * at[1] - control[1])
            paths[-1].extend(_curve(at, first, ends[-2], ends[-1]))
        else:
            paths[-1].append(ends[0])
        at = ends[-1]
        control = ends[-2] if kind in "CS" else at
    return tuple(tuple(points) for points in paths)


def _curve(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    points = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        u = 1 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        points.append(
            (
                a * start[0] + b * first[0] + c * second[0] + d * end[0],
                a * start[1] + b * first[1] + c * second[1] + d * end[1],
            )
        )
    return points


@cache
def longest(path: str) -> float:
    """
    The length of the longest subpath, in the path's own units.
    """
    return max(distances(points)[-1] for points in flatten(path))


def distances(points: Sequence[Point]) -> list[float]:
    """
    For each point, how far along the line it is.
    """
    found = [0.0]
    for before, after in pairwise(points):
        found.append(found[-1] + math.dist(before, after))
    return found


def circle(x: float, y: float, radius: float) -> str:
    """
    A circle as a path, from the top, clockwise: it draws itself as a hand would.
    """
    k = radius * 0.5523
    r = radius
    return (
        f"M{x:g} {y - r:g}c{k:g} 0 {r:g} {r - k:g} {r:g} {r:g}s{k - r:g} {r:g} {-r:g} {r:g}"
        f"s{-r:g} {k - r:g} {-r:g} {-r:g}s{r - k:g} {-r:g} {r:g} {-r:g}Z"
    )


def rounded(x: float, y: float, width: float, height: float, radius: float = 14) -> str:
    """
    A rectangle with round corners as a path, from the top left, clockwise.
    """
    r, k = radius, radius * 0.4477
    w, h = width - 2 * r, height - 2 * r
    return (
        f"M{x + r:g} {y:g}h{w:g}c{r - k:g} 0 {r:g} {k:g} {r:g} {r:g}"
        f"v{h:g}c0 {r - k:g} {-k:g} {r:g} {-r:g} {r:g}"
        f"h{-w:g}c{k - r:g} 0 {-r:g} {-k:g} {-r:g} {-r:g}"
        f"v{-h:g}c0 {k - r:g} {k:g} {-r:g} {r:g} {-r:g}Z"
    )
