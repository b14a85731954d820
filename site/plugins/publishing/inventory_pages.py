"""
The pages that come from the inventory alone: one for each project and programme, one for each
choice of a filter; and its open data. Those with a text of their own are Pelican's.
"""

from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

from publishing import open_data, telling
from publishing.inventory import FILTERS, Dossier, Inventory


class InventoryGenerator(Generator):
    """Writes a page for each project, programme and choice, and the open data."""

    def generate_output(self, writer: Any) -> None:
        inventory: Inventory = self.context["inventory"]
        template = self.env.get_template
        base = self.settings["BASE"]
        for project in inventory.projects:
            facts = telling.described(project, base)
            self._write_dossier(writer, template("project.html"), project, facts=facts)
        for programme in inventory.programmes:
            self._write_dossier(writer, template("programme.html"), programme)
        for choices in inventory.choices.values():
            for choice in choices:
                chosen = template("chosen-projects.html")
                self._write(
                    writer, chosen, choice.path, choice=choice, title=FILTERS[choice.filter]
                )
        for path, text in open_data.files(inventory).items():
            file = Path(self.output_path, path.lstrip("/"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")

    def _write_dossier(self, writer: Any, template: Any, one: Dossier, **values: Any) -> None:
        inventory = self.context["inventory"]
        rows = telling.rows(one, inventory)
        cited = telling.cited(rows, inventory)
        self._write(writer, template, one.path, dossier=one, rows=rows, cited=cited, **values)

    def _write(self, writer: Any, template: Any, here: str, **values: Any) -> None:
        name = f"{here.strip('/')}/index.html"
        writer.write_file(name, template, self.context, here=here, url=here, **values)


def provide(generators: list[Any]) -> None:
    """Give every template what says claims in words, and where the open data are."""
    context = generators[0].context
    context["telling"] = telling
    context["open_data"] = open_data


def register() -> None:
    signals.all_generators_finalized.connect(provide)
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return InventoryGenerator
