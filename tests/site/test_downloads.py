"""The files of the toolkit and of the films: each is counted, and is there without a backend."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.domain.downloads import FILES
from publishing.downloads import NotCountedError, check, counted
from tests.built_site import Site


def test_links(site: Site) -> None:
    """
    Every file that a page offers is taken along at the address where it is counted, by a link that
    no search engine follows; and every file of the list is offered.
    """
    found = [link for _, page in site.pages for link in page.find_all("a", download=True)]

    assert {counted(path) for path in FILES} == {link["href"] for link in found}
    assert {("nofollow",)} == {tuple(link["rel"]) for link in found}
    assert "\nDisallow: /download/\n" in site.read("robots.txt")


def test_without_backend(site: Site) -> None:
    """
    The site has the file itself at that address, for where nothing answers there; and nothing else.
    """
    there = {name: content for name, content in site.files.items() if name.startswith("download/")}

    assert there == {f"download{path}": site.files[path.lstrip("/")] for path in FILES}


def test_below_a_path(site_below_a_path: Site) -> None:
    """
    A site that lives below a path has its downloads there.
    """
    page = site_below_a_path.page("/toolkit/affiche/")
    first = page.find("a", download=True)

    assert "/buddy/download/toolkit/affiche/affiche-a3.pdf" == first["href"]


def context(**changes: str) -> Any:
    """Pages that offer what the list has; `changes` are of the first film's first file."""
    items: dict[str, list[Any]] = {}
    for one in FILES.values():
        folder, _, name = one.path.rpartition("/")
        is_first = name == "film.mp4" and "wat-doet" in folder
        file = replace(one, **changes) if is_first else one
        page = SimpleNamespace(file=file.path.rpartition("/")[2], what=file.what)
        items.setdefault(f"{folder}/", []).append((page, file.item))
    films = [
        SimpleNamespace(
            path=path,
            downloads=[one for one, _ in those],
            storyboard=SimpleNamespace(title=those[0][1]),
        )
        for path, those in items.items()
        if path.startswith("/films/")
    ]
    toolkit = [
        SimpleNamespace(
            path=path,
            title=those[0][1],
            item=SimpleNamespace(files=[one for one, _ in those]),
        )
        for path, those in items.items()
        if path.startswith("/toolkit/")
    ]
    return [SimpleNamespace(context={"toolkit": toolkit, "films": films})]


def test_same() -> None:
    """
    A list that says what the pages say lets the build go on.
    """
    check(context())


@pytest.mark.parametrize("change", [{"what": "Iets anders"}, {"path": "/films/x/nieuw.mp4"}])
def test_differs(change: dict[str, str]) -> None:
    """
    A file that is new, gone or called otherwise stops the build, and is named.
    """
    with pytest.raises(SystemExit, match=r"downloads\.csv: /films/"):
        check(context(**change))


def test_not_in_the_list() -> None:
    """
    A page can't offer a file that nobody counts.
    """
    with pytest.raises(NotCountedError, match=r"downloads\.csv"):
        counted("/toolkit/affiche/affiche.webp")
