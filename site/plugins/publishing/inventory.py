"""
Orders the inventory of buddy projects for its page: by place, and by theme.

A project of several provinces stands once, apart; each of those provinces points to it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pelican import signals

from chalicelib.domain.municipalities import by_province, slug
from publishing.front_matter import Project

NOWHERE = "Heel Vlaanderen of zonder gemeente"
SEVERAL = "Meer dan één provincie"


@dataclass(frozen=True)
class Area:
    """A heading of the page: the projects below it, and those that stand elsewhere."""

    title: str
    projects: tuple[Project, ...]
    others: tuple[Project, ...] = ()

    @property
    def id(self) -> str:
        return slug(self.title)


def by_area(projects: Iterable[Project]) -> list[Area]:
    """The projects in the order in which they come, under their place; no empty headings."""
    here: dict[str, list[Project]] = defaultdict(list)
    others: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        provinces = {place.province for place in project.places}
        if len(provinces) > 1:
            here[SEVERAL].append(project)
            for province in provinces:
                others[province].append(project)
        else:
            here[next(iter(provinces), NOWHERE)].append(project)
    return [
        Area(title, tuple(here[title]), tuple(others[title]))
        for title in (*by_province(), SEVERAL, NOWHERE)
        if here[title] or others[title]
    ]


def by_theme(projects: Iterable[Project]) -> dict[str, list[Project]]:
    """The projects of each theme; one of which no source tells the theme is in none."""
    themes: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        if project.domain:
            themes[project.domain].append(project)
    return {theme: themes[theme] for theme in sorted(themes)}


def provide(generators: list[Any]) -> None:
    """Give every template the two orders."""
    generators[0].context.update(by_area=by_area, by_theme=by_theme)


def register() -> None:
    signals.all_generators_finalized.connect(provide)
