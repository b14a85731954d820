"""
Gives every template the content by its kind, whatever Pelican calls it: `stories`, `news`,
`events`, `toolkit`, `projects`. The texts are Pelican's; what their authors said is in `item`.
"""

from pathlib import Path
from typing import Any

from pelican import signals

from publishing import front_matter
from publishing.front_matter import Event, Project, ToolkitItem


@front_matter.ends_the_build()
def collect(generators: list[Any]) -> None:
    """Sort what the generators read into the context that they share."""
    context = generators[0].context
    articles = context["articles"]
    by_kind = {
        kind: [one for one in articles if one.category.name == kind]
        for kind in ("verhalen", "nieuws", "agenda")
    }
    context["stories"] = by_kind["verhalen"]
    context["news"] = by_kind["nieuws"]
    context["events"] = sorted(by_kind["agenda"], key=_start)
    items = [page for page in context["pages"] if isinstance(page.item, ToolkitItem)]
    context["toolkit"] = sorted(items, key=lambda page: page.item.order)
    context["projects"] = projects(Path(context["INVENTORY"]))


def _start(page: Any) -> Any:
    event: Event = page.item
    return event.starts


def projects(folder: Path) -> list[Project]:
    """
    The inventory of buddy projects, by name.

    Raises FrontMatterError.
    """
    found = [
        front_matter.decode(file.read_text(encoding="utf-8"), Project, file)
        for file in sorted(folder.glob("*.yaml"))
    ]
    return sorted(found, key=lambda project: project.name.casefold())


def register() -> None:
    signals.all_generators_finalized.connect(collect)
