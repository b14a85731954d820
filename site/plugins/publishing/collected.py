"""
Gives every template the content by its kind, whatever Pelican calls it: `stories`, `news`,
`events`, `toolkit`. The texts are Pelican's; what their authors said is in `item`.
"""

from typing import Any

from pelican import signals

from publishing.front_matter import Event, ToolkitItem


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


def _start(page: Any) -> Any:
    event: Event = page.item
    return event.starts


def register() -> None:
    signals.all_generators_finalized.connect(collect)
