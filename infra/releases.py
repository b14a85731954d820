"""
How the built site lies in its bucket, and what the function before it must know of a release.

Below `releases/NAME/` is a whole site; the key `release` of the key-value store names the one that
visitors see. Its paths are in the store before that key changes, so a release appears at once and
whole, and going back is changing the key back. As the name is a part of what CloudFront caches by,
no copy of an earlier release is ever shown: nothing needs to be invalidated. Below `standing/` is
what is asked for without a release: see STANDING. docs/decisions/0027 has the reasons.
"""

from collections.abc import Iterator
from pathlib import Path

from chalicelib.domain import figures_files
from chalicelib.domain.site import moved_pages
from infra.local.static_site import file_headers

RELEASES = "releases"
SWITCH = "release"
"""The key of the store that names the release which visitors see."""

HERE = "."
"""The value of a path in the store that is a page or a file; of another one, where it leads."""

MISSING = "/404.html"
STORING = "/storing.html"
STANDING = (MISSING, STORING, "/cijfers/", "/download/")
"""
What must be found without the name of a release, copied to `standing/`: the pages that CloudFront
shows in the place of an error, and what the site has where another origin did not answer.
"""


def public_paths(site: Path) -> Iterator[tuple[str, Path]]:
    """
    Each path that a visitor can ask for, with its file: `/x/` for x/index.html.

    Hidden files are not public, but for `.well-known`.
    """
    for file in sorted(one for one in site.rglob("*") if one.is_file()):
        first, *rest = file.relative_to(site).parts
        if any(part.startswith(".") for part in rest):
            continue
        if first.startswith(".") and first != ".well-known":
            continue
        path = "/" + file.relative_to(site).as_posix()
        yield path, file
        if file.name == "index.html":
            yield path.removesuffix("index.html"), file


def known_paths(site: Path) -> dict[str, str]:
    """
    What the store holds of a release: each path, and whether it is here or leads elsewhere. What
    a function publishes is no file of the site; its addresses are known all the same.
    """
    here = [*(path for path, _ in public_paths(site)), *figures_files.ADDRESSES]
    return dict.fromkeys(here, HERE) | moved_pages()


def store_keys(name: str, site: Path) -> dict[str, str]:
    """The keys and values of a release in the store, all but the switch itself."""
    return {name + path: value for path, value in known_paths(site).items()}


def object_headers(file: Path) -> dict[str, str]:
    """Content-Type and Cache-Control of a file in the bucket: those of the local front door."""
    return file_headers(file)


def metadata(path: str) -> dict[str, str]:
    """What infra/functions/status.js reads: the page of what is missing is no success."""
    return {"status": "404"} if path == MISSING else {}


def stands(path: str) -> bool:
    """Whether a path belongs below `standing/`, too."""
    return any(path.startswith(one) if one.endswith("/") else path == one for one in STANDING)
