"""Captions and transcript of every film in the repository."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from media.films import captions, storyboard
from media.films.storyboard import Storyboard
from media.films.timing import slots

FILMS = storyboard.load_all(Path("site/content/films"))

each_film = pytest.mark.parametrize("film", FILMS, ids=lambda film: film.slug)


@each_film
def test_within_scenes(film: Storyboard) -> None:
    """
    A caption is shown while its scene is, in order, and never together with another.
    """
    times = slots(film.scenes)
    found = captions.cues(film, times)

    assert all(
        any(slot.start <= cue.start < cue.end <= slot.end for slot in times) for cue in found
    )
    assert all(before.end < after.start for before, after in pairwise(found))


@each_film
def test_says_all(film: Storyboard) -> None:
    """
    The captions are the words of the film, none missing.
    """
    expected = " ".join(scene.words for scene in film.scenes).split()
    found = captions.cues(film, slots(film.scenes))

    assert expected == [word for cue in found for line in cue.lines for word in line.split()]


@each_film
def test_short_lines(film: Storyboard) -> None:
    """
    Two lines of 37 letters at most.
    """
    found = captions.cues(film, slots(film.scenes))

    assert max(len(cue.lines) for cue in found) <= 2
    assert max(len(line) for cue in found for line in cue.lines) <= 37


@each_film
def test_time_to_read(film: Storyboard) -> None:
    """
    No caption asks for more than 17 letters a second, the usual limit for subtitles.
    """
    found = captions.cues(film, slots(film.scenes))

    assert all(len(" ".join(cue.lines)) / (cue.end - cue.start) <= 17 for cue in found)


@each_film
def test_webvtt(film: Storyboard) -> None:
    """
    The file has the head that players look for, and a time line for each caption.
    """
    found = captions.cues(film, slots(film.scenes))
    text = captions.webvtt(found)
    times = re.findall(r"^\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}$", text, re.MULTILINE)

    assert text.startswith("WEBVTT\n")
    assert len(found) == len(times)


@each_film
def test_transcript(film: Storyboard) -> None:
    """
    The text says everything that is said and shown, so that nobody needs the film.
    """
    text = captions.plain_text(film)
    expected = [part for scene in film.scenes for part in (scene.title, scene.words, scene.alt)]

    assert [] == [part for part in expected if part not in text]
    assert film.label in text
