"""
The built site, for every suite that looks at it: built as `make site` does, and beside it which
template and which text each page came from, so that no template can be forgotten.

`python -m tests.built_site OUTPUT RECORD` is that build; `Site` reads what it wrote.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pelican
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from pelican import signals
from pelican.writers import Writer

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "site/theme/templates"
BELOW_A_PATH = "https://www.example.org/buddy"


class Origin(NamedTuple):
    """Where a page came from; `source` is "" when there is no text of its own."""

    template: str
    source: str


class Site:
    """A built site: its files, and its pages as parsed HTML by their address."""

    def __init__(self, folder: Path, record: Path) -> None:
        self.folder = folder
        self.record = record
        self._parsed: dict[str, Any] = {}

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def page(self, address: str) -> Any:  # what bs4 finds is a tag, a text or nothing: ask and see
        if address not in self._parsed:
            file = f"{address}index.html" if address.endswith("/") else address
            self._parsed[address] = BeautifulSoup(self.read(file.lstrip("/")), "html.parser")
        return self._parsed[address]

    @cached_property
    def addresses(self) -> list[str]:
        files = sorted(file.relative_to(self.folder) for file in self.folder.rglob("*.html"))
        return ["/" + str(file).removesuffix("index.html") for file in files]

    @property
    def pages(self) -> Iterator[tuple[str, Any]]:
        return ((address, self.page(address)) for address in self.addresses)

    @cached_property
    def files(self) -> dict[str, bytes]:
        return {
            str(file.relative_to(self.folder)): file.read_bytes()
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }

    @cached_property
    def origins(self) -> dict[str, Origin]:
        """Template and text of each page, by its address."""
        recorded = json.loads(self.record.read_text(encoding="utf-8"))
        return {address: Origin(*origin) for address, origin in recorded.items()}

    @property
    def samples(self) -> dict[str, str]:
        """The longest page of each template, by the template's name."""
        by_template: dict[str, list[str]] = defaultdict(list)
        for address, origin in self.origins.items():
            by_template[origin.template].append(address)
        return {
            template: max(sorted(those), key=lambda address: len(str(self.page(address).main)))
            for template, those in sorted(by_template.items())
        }


def build(folder: Path, site_url: str = "") -> Site:
    record = folder.with_name(f"{folder.name}.json")
    environment = {"SITEURL": site_url}  # nothing else: the machine must not show in a build
    built = subprocess.run(
        [sys.executable, "-m", "tests.built_site", str(folder), str(record)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == built.returncode, built.stdout + built.stderr
    return Site(folder, record)


def shared(paths: pytest.TempPathFactory, name: str, site_url: str = "") -> Site:
    """Built once for all processes of pytest-xdist: the first that asks builds, others wait."""
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    base = paths.getbasetemp().parent if is_one_of_many else paths.getbasetemp()
    folder = base / "built" / name
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_name(f"{name}.lock")):
        known = Site(folder, folder.with_name(f"{name}.json"))
        return known if known.record.exists() else build(folder, site_url)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return shared(tmp_path_factory, "site")


def _build_and_record(folder: str, record: str) -> None:
    origins: dict[str, Origin] = {}

    class Recording(Writer):
        def write_file(
            self, name: Any, template: Any, context: Any, *rest: Any, **values: Any
        ) -> None:
            super().write_file(name, template, context, *rest, **values)  # type: ignore[no-untyped-call]
            text = values.get("page") or values.get("article")
            source = str(Path(text.source_path).relative_to(ROOT)) if text else ""
            address = "/" + name.removesuffix("index.html")
            origins[address] = Origin(template.name, source)

    def recording(_pelican: Any) -> type[Writer]:
        return Recording

    signals.get_writer.connect(recording)
    pelican.main(["--fatal=warnings", "--settings", "pelicanconf.py", "--output", folder])  # type: ignore[no-untyped-call]
    pages = {address: origin for address, origin in origins.items() if origin.template}
    Path(record).write_text(json.dumps(pages, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    _build_and_record(*sys.argv[1:])
