"""How a text becomes a page."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from publishing.front_matter import FrontMatterError, Source
from publishing.reader import Heading, cite, with_ids

ROOT = Path(__file__).parents[2]
FILE = Path("pages/x.md")
KNOWN = {key: Source(title=f"Bron {key}", publisher="Wij") for key in ("een", "twee")}

Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds a site of the files given, with our settings and a bare theme."""
    for kind in ("verhalen", "nieuws", "agenda", "toolkit", "films", "projecten", "pages"):
        (tmp_path / "content" / kind).mkdir(parents=True)
    (tmp_path / "settings.py").write_text(
        "from pelicanconf import *\n"
        f"PATH = {str(tmp_path / 'content')!r}\n"
        "PLUGINS = ['publishing.reader']\n"
        f"THEME_TEMPLATES_OVERRIDES = [{str(tmp_path / 'theme')!r}]\n"
    )
    (tmp_path / "theme").mkdir()
    for name in ("page", "story", "news-item", "event", "toolkit-item"):
        (tmp_path / f"theme/{name}.html").write_text(
            "{{ (page if page is defined else article).content|safe }}"
        )

    def run(day: str = "2026-11-23", site_url: str = "", **files: str) -> object:
        for name, text in files.items():
            path = tmp_path / "content" / name.replace("__", "/").replace("_", "-")
            path.with_suffix(".md").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pelican", "--fatal=warnings"]
        return subprocess.run(
            [
                *command,
                "--settings",
                str(tmp_path / "settings.py"),
                "--output",
                str(tmp_path / "o"),
            ],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "TODAY": day, "SITEURL": site_url},
            capture_output=True,
            text=True,
            check=False,
        )

    return run  # type: ignore[return-value]


def page(body: str = "Hallo", **fields: str) -> str:
    lines = {"title": "Een titel", "description": "Een beschrijving.", **fields}
    front = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return f"---\n{front}---\n{body}\n"


def test_cite() -> None:
    """
    Citations are numbered as they come, the same source with the same number.
    """
    html, cited = cite(
        '<p>A <a href="bron:twee"></a> b<a href="bron:een"></a> c<a href="bron:twee"></a></p>',
        FILE,
        KNOWN,
    )

    assert ["twee", "een"] == list(cited)
    assert ["#bron-1", "#bron-2", "#bron-1"] == [part[:7] for part in html.split('href="')[1:]]
    assert "A <a" in html


def test_cite_unknown() -> None:
    """
    A source that nobody knows names the file and the key.
    """
    with pytest.raises(FrontMatterError, match=r"pages/x\.md: bron:drie"):
        cite('<a href="bron:drie"></a>', FILE, KNOWN)


def test_headings() -> None:
    """
    Every heading has an id of its own: the one given, or one made from its words.
    """
    html, headings = with_ids(
        '<h2>Wat &amp; hoe?</h2><h3>Wat, hoe</h3><h2 id="ik">Ik <em>ben</em></h2>'
    )

    assert (
        Heading(2, "wat-hoe", "Wat & hoe?"),
        Heading(3, "wat-hoe-2", "Wat, hoe"),
        Heading(2, "ik", "Ik ben"),
    ) == headings
    assert '<h3 id="wat-hoe-2">Wat, hoe</h3>' in html


def test_heading_with_a_citation() -> None:
    """
    A citation in a heading is not a part of its name.
    """
    html, _ = cite('<h2>Veertig uur<a href="bron:een"></a></h2>', FILE, KNOWN)

    assert "Veertig uur" == with_ids(html)[1][0].text


def test_reserved_id() -> None:
    """
    A heading does not take an id that the page around it has.
    """
    assert "inhoud-2" == with_ids("<h2>Inhoud</h2>")[1][0].id


def test_links_below_a_path(build: Build, tmp_path: Path) -> None:
    """
    A link to a page of ours gets the path of the site; another one stays.
    """
    text = page("[a](/word-buddy/) [b](https://example.org/) [c](#kop)")
    built = build(site_url="https://example.org/buddy", pages__x=text)

    assert 0 == built.returncode, built.stderr
    assert ["/buddy/word-buddy/", "https://example.org/", "#kop"] == re.findall(
        'href="(.*?)"', (tmp_path / "o/x/index.html").read_text()
    )


def test_every_problem_at_once(build: Build, tmp_path: Path) -> None:
    """
    The build stops, writes nothing, and names each wrong file and field in a line of its own.
    """
    built = build(
        pages__goed=page(),
        pages__lang=page(title="x" * 99),
        pages__bron=page("Een feit.[](bron:verzonnen)"),
        pages__kop=page("## Menu {#menu}"),
        nieuws__dag=page(published="2026-02-30"),
    )

    assert 1 == built.returncode
    named = sorted(line.rpartition("/")[2].partition(": ")[0] for line in built.stderr.splitlines())
    assert ["bron.md", "dag.md", "kop.md", "lang.md"] == named
    assert not (tmp_path / "o").exists()


def test_missing_download(build: Build) -> None:
    """
    A file that a toolkit item promises must be there.
    """
    item = {"summary": "Hang ze aan het raam.", "kind": "affiche", "audience": "Gemeenten"}
    more = {"order": "1", "licence": "CC BY 4.0", "files": "[{file: a.pdf, what: Affiche A3}]"}
    front = "".join(f"{name}: {value}\n" for name, value in (item | more).items())
    built = build(toolkit__affiche=f"---\ntitle: Affiche\n{front}---\nTekst\n")

    assert (1, "there is no affiche/a.pdf") == (
        built.returncode,
        built.stderr.strip().rpartition("files: ")[2],
    )


@pytest.mark.parametrize(("day", "built"), [("2027-01-10", True), ("2027-01-11", False)])
def test_consent_runs_out(build: Build, tmp_path: Path, day: str, built: bool) -> None:
    """
    A story is no longer built when the consent has ended.
    """
    story = """---
title: Koffie op woensdag
summary: Elke woensdag drinken ze samen koffie.
quote: We vergeten de tijd.
who: Een buddy en een nieuwkomer
municipality: aalst
theme: taal
published: 2026-01-23
portrait: koffie.svg
portrait_alt: Twee mensen aan een tafel
consent: {by: Griet en Samira, given: 2026-01-10, until: 2027-01-10}
---
Verhaal
"""
    assert 0 == build(day, verhalen__koffie=story).returncode
    assert built == (tmp_path / "o/verhalen/koffie/index.html").exists()
