"""
Says what is not real yet in a build for a real host: examples, and facts that somebody still has
to fill in or confirm. A deployment may refuse on `notices`; a build only says so.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pelican import signals
from pelican.generators import Generator

from publishing.front_matter import Publisher

RULE = "=" * 78


class NoticesGenerator(Generator):
    """Writes nothing but a message, and only for a real host."""

    def generate_output(self, _writer: Any) -> None:
        if self.settings["ORIGIN"]:
            sys.stderr.write(message(notices(self.context)))


def notices(context: Mapping[str, Any]) -> list[str]:
    """What is not real yet in a build, a line each; empty when all of it is."""
    return [
        *_examples(context["stories"]),
        *_example_films(context.get("films", ())),
        *_open(context["publisher"]),
    ]


def message(lines: list[str]) -> str:
    """The lines so that nobody reads over them; "" when there are none."""
    if not lines:
        return ""
    title = f"NOT READY FOR THE PUBLIC: {len(lines)} examples and placeholders in this build"
    return "\n".join((RULE, title, *(f"  - {line}" for line in lines), RULE)) + "\n"


def _examples(stories: Iterable[Any]) -> Iterator[str]:
    for story in stories:
        if story.item.example:
            yield f"{story.path} is an example: «{story.item.title}»"


def _example_films(films: Iterable[Any]) -> Iterator[str]:
    for film in films:
        if film.storyboard.label:
            yield f"{film.path} is labelled «{film.storyboard.label}»"


def _open(publisher: Publisher) -> Iterator[str]:
    for name, detail in publisher.details():
        who = detail.fill_in or detail.confirm
        if who:
            what = "fill in" if detail.fill_in else "confirm"
            yield f"site/data/publisher.yaml: {name}: «{detail.text}», {what}: {who}"


def register() -> None:
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return NoticesGenerator
