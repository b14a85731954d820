"""Storyboards: what can be written in them, and what is said when it is wrong."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from media.films import storyboard
from media.films.storyboard import StoryboardError

FILMS = Path("site/content/films")

SCENE = {"title": "Dag", "words": "Tot straks.", "picture": "coffee", "alt": "Twee kopjes."}
PLAIN: dict[str, Any] = {
    "title": "Een film",
    "summary": "Waarover hij gaat.",
    "audience": "wie wil",
    "made": "2026-11-23",
    "licence": "CC BY 4.0",
    "scenes": [SCENE] * 3,
}


def written(folder: Path, **changes: Any) -> Path:
    folder = folder / "een-film"
    folder.mkdir()
    text = yaml.safe_dump({**PLAIN, **changes}, allow_unicode=True)
    (folder / storyboard.FILE).write_text(text, encoding="utf-8")
    return folder


def test_slug(tmp_path: Path) -> None:
    """
    A film goes by the name of its folder.
    """
    assert "een-film" == storyboard.load(written(tmp_path)).slug


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "$.title"),
        ({"made": "gisteren"}, "$.made"),
        ({"musc": "vrolijk"}, "musc"),
        ({"scenes": [SCENE]}, "$.scenes"),
        ({"scenes": [SCENE, SCENE, {**SCENE, "words": "la " * 60}]}, "$.scenes[2].words"),
        ({"scenes": [SCENE, SCENE, {**SCENE, "picture": "unicorn"}]}, "$.scenes[2].picture"),
    ],
)
def test_says_where(tmp_path: Path, changes: dict[str, Any], field: str) -> None:
    """
    Whoever wrote a mistake reads in which file and at which field.
    """
    folder = written(tmp_path, **changes)
    with pytest.raises(StoryboardError, match=re.escape(field)) as told:
        storyboard.load(folder)

    assert str(told.value).startswith(str(folder / storyboard.FILE))


def test_not_yaml(tmp_path: Path) -> None:
    """
    A file that isn't YAML at all is named too.
    """
    folder = written(tmp_path)
    (folder / storyboard.FILE).write_text("title: [", encoding="utf-8")
    with pytest.raises(StoryboardError) as told:
        storyboard.load(folder)

    assert str(told.value).startswith(str(folder / storyboard.FILE))


def test_the_four_films() -> None:
    """
    The films that the toolkit promises are there.
    """
    expected = {
        "een-eerste-afspraak",
        "wat-doet-een-buddy",
        "zo-gebruik-je-de-toolkit",
        "zo-verloopt-het",
    }

    assert expected <= {film.slug for film in storyboard.load_all(FILMS)}


@pytest.mark.parametrize("film", storyboard.load_all(FILMS), ids=lambda film: film.slug)
def test_plain_words(film: storyboard.Storyboard) -> None:
    """
    Sentences have 13 words at most on average, and never more than 25.
    """
    sentences = [
        len(sentence.split())
        for scene in film.scenes
        for sentence in re.split(r"(?<=[.!?])\s+", scene.words)
    ]

    assert sum(sentences) / len(sentences) <= 13
    assert max(sentences) <= 25
