"""The drawn frames, without a rasteriser: they are well-formed, in our colours, and they fit."""

import dataclasses
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from media.films import frames, storyboard
from media.films.frames import LAYOUTS, SQUARE, WIDE, DoesNotFitError, Film, Layout
from media.films.geometry import circle, flatten, longest, rounded
from media.films.pictures import PICTURES, Moment
from media.films.storyboard import Storyboard
from media.films.timing import slots
from media.films.tokens import PALETTE

FILMS = storyboard.load_all(Path("site/content/films"))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.slug)
def test_well_formed(film: Storyboard, layout: Layout) -> None:
    """
    Every second of every film is an SVG of the right size, in the site's colours only.
    """
    drawn = Film(film, slots(film.scenes), layout)
    for second in range(int(drawn.seconds)):
        svg = drawn.svg(second)
        root = ElementTree.fromstring(svg)

        assert f"0 0 {layout.width} {layout.height}" == root.get("viewBox")
        assert set(re.findall(r"#[0-9a-f]{3,8}", svg)) <= set(PALETTE.values())


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.slug)
def test_shows_the_words(film: Storyboard, layout: Layout) -> None:
    """
    At the end of a scene its title and words stand in the picture, at full strength.
    """
    times = slots(film.scenes)
    drawn = Film(film, times, layout)
    for scene, slot in zip(film.scenes, times, strict=True):
        root = ElementTree.fromstring(drawn.svg(slot.end - 0.1))
        shown = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))

        assert f"{scene.title} {scene.words}" in shown
        assert "opacity" not in drawn.svg(slot.end - 0.1).split("<text")[-1]


def test_large_enough() -> None:
    """
    Words are 44 pixels at 720 lines, or more.
    """
    assert WIDE.words >= 44
    assert SQUARE.words * 720 / 1080 >= 36


def test_too_long() -> None:
    """
    A text that doesn't fit stops the film, and says which scene of which film.
    """
    film = FILMS[0]
    small = dataclasses.replace(WIDE, text=(80, 60, 300, 200))
    with pytest.raises(DoesNotFitError, match=f"{film.slug}, scene 1 "):
        Film(film, slots(film.scenes), small)


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.slug)
def test_one_way(film: Storyboard) -> None:
    """
    The lines never jump: from one frame to the next a person goes a small part of the width.
    """
    drawn = Film(film, slots(film.scenes), WIDE)
    people = [
        [
            float(circle.get("cx", ""))
            for circle in ElementTree.fromstring(drawn.svg(frame / 25)).iter(
                "{http://www.w3.org/2000/svg}circle"
            )
        ]
        for frame in range(0, int(drawn.seconds * 25), 2)
    ]
    steps = [
        abs(after - before)
        for earlier, later in pairwise(people)
        for before, after in zip(earlier, later, strict=True)
    ]

    assert max(steps) < WIDE.width / 8


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_pictures(name: str) -> None:
    """
    A picture is empty before it starts, complete after four seconds, and still from then on.
    """
    draw = PICTURES[name].draw

    assert "" == re.sub(r"</?g[^>]*>", "", draw(Moment(-0.1, "mijnbuddy.be")))
    assert draw(Moment(4.2, "mijnbuddy.be")) == draw(Moment(9.0, "mijnbuddy.be"))


def test_still_moments() -> None:
    """
    Somewhere in each film two frames are the same, so that they are drawn once.
    """
    for film in FILMS:
        drawn = Film(film, slots(film.scenes), WIDE)

        assert drawn.svg(drawn.seconds - 0.2) == drawn.svg(drawn.seconds - 0.1)


def test_label() -> None:
    """
    What is acted out says so in every scene.
    """
    film = msgspec.structs.replace(FILMS[0], label="Voorbeeld")
    times = slots(film.scenes)
    drawn = Film(film, times, WIDE)

    assert all(">Voorbeeld<" in drawn.svg(slot.end - 0.1) for slot in times)


def test_lengths() -> None:
    """
    A line that draws itself is as long as it is.
    """
    assert 30 == longest("M0 0h10v20m5 5h3")
    assert 62.8 == pytest.approx(longest(circle(5, 5, 10)), abs=0.1)
    assert flatten(rounded(0, 0, 40, 30, 5))[0][0] == flatten(rounded(0, 0, 40, 30, 5))[0][-1]


def test_pan_is_shorter_than_a_scene() -> None:
    """
    The camera has arrived, and so have the people, before the shortest scene ends.
    """
    assert max(frames.PAN, frames.ARRIVED) < 4
