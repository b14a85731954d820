"""A film as data: `storyboard.yaml` in a folder of its own, whose name is the film's address."""

import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from media.films.pictures import PICTURES

FILE = "storyboard.yaml"

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=140)]
Inset = Annotated[str, msgspec.Meta(max_length=22)]


class StoryboardError(ValueError):
    """A storyboard that can't become a film; the message names the file and the field."""


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    One thought: what is read (or said), and what is drawn beside it.

    `picture` is the name of a drawing in `pictures`, `inset` the few letters that some drawings
    take (the number of a step, an address). `alt` says what is drawn, for the transcript.
    """

    title: Title
    words: Words
    picture: str
    alt: Line
    inset: Inset = ""


class Storyboard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    A whole film. `audience` says for whom it is, `label` is shown in the picture all the time
    ("Voorbeeld" when a situation is acted out), `made` is the day the words were last checked.
    """

    slug: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Title
    summary: Line
    audience: Line
    made: datetime.date
    licence: Line
    scenes: Annotated[tuple[Scene, ...], msgspec.Meta(min_length=3, max_length=14)]
    label: Inset = ""


def load(folder: Path) -> Storyboard:
    """
    The film of a folder, or an error that says in which file and field something is wrong.
    """
    file = folder / FILE
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise StoryboardError(f"{file}: not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise StoryboardError(f"{file}: expected title, summary, … and scenes")
    try:
        storyboard = msgspec.convert({**raw, "slug": folder.name}, Storyboard)
    except msgspec.ValidationError as error:
        raise StoryboardError(f"{file}: {error}") from error
    for number, scene in enumerate(storyboard.scenes):
        if scene.picture not in PICTURES:
            known = ", ".join(sorted(PICTURES))
            raise StoryboardError(
                f"{file}: no picture {scene.picture!r} - at `$.scenes[{number}].picture`; "
                f"there are: {known}"
            )
    return storyboard


def load_all(root: Path) -> list[Storyboard]:
    """
    Every film under a folder, in the order of their names.
    """
    return [load(file.parent) for file in sorted(root.glob(f"*/{FILE}"))]
