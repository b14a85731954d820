"""Builds the site as `make site` does: once at the root of any host, once below a path."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
BELOW_A_PATH = "https://www.example.org/buddy"


class Site:
    """A built site: its files, and its pages as parsed HTML by their address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parsed: dict[str, Any] = {}

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def page(self, address: str) -> Any:  # what bs4 finds is a tag, a text or nothing: ask and see
        if address not in self._parsed:
            file = f"{address}index.html" if address.endswith("/") else address
            self._parsed[address] = BeautifulSoup(self.read(file.lstrip("/")), "html.parser")
        return self._parsed[address]

    @property
    def addresses(self) -> list[str]:
        files = sorted(file.relative_to(self.folder) for file in self.folder.rglob("*.html"))
        return ["/" + str(file).removesuffix("index.html") for file in files]

    @property
    def pages(self) -> Iterator[tuple[str, Any]]:
        return ((address, self.page(address)) for address in self.addresses)

    @property
    def files(self) -> dict[str, bytes]:
        return {
            str(file.relative_to(self.folder)): file.read_bytes()
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }


def build(folder: Path, site_url: str = "") -> Site:
    command = [sys.executable, "-m", "pelican", "--fatal=warnings", "--settings", "pelicanconf.py"]
    environment = {"SITEURL": site_url}  # nothing else: the machine must not show in a build
    built = subprocess.run(
        [*command, "--output", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == built.returncode, built.stdout + built.stderr
    return Site(folder)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def site_again(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("site-again"))


@pytest.fixture(scope="session")
def site_below_a_path(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("site-below-a-path"), BELOW_A_PATH)
