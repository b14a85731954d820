"""Which file a path means, and as what it is sent."""

from pathlib import Path

import pytest

from infra.local.static_site import FOR_EVER, REVALIDATE, Found, content_type, file_headers, find


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "index.html"),
        ("/word-buddy/", "word-buddy/index.html"),
        ("/word-buddy/index.html", "word-buddy/index.html"),
        ("/theme/main.css", "theme/main.css"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
    ],
)
def test_file(site: Path, path: str, name: str) -> None:
    """A path is a file, or the index of a folder."""
    assert find(site, path) == Found(file=site / name)


def test_folder_without_slash(site: Path) -> None:
    """A folder that has a page is better written with a slash."""
    assert find(site, "/word-buddy") == Found(needs_slash=True)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/nowhere/",
        "/empty",
        "/empty/",
        "/theme/main.css/",
        "//word-buddy",
        "//word-buddy/",
        "/word-buddy//",
        "/../secret.txt",
        "/word-buddy/../../secret.txt",
        "/./index.html",
        "/.git/config",
        "/theme/.hidden.css",
        "/theme/.well-known/security.txt",
        "/.well-known",
        "/\0",
        "/..\\secret.txt",
        "*",
        "/" + "a" * 300,
    ],
)
def test_nothing(site: Path, path: str) -> None:
    """What is not there, hidden or outside of the site can't be found."""
    assert find(site, path) == Found()


def test_link_out_of_the_site(site: Path) -> None:
    """A link in the site leads no further than the site."""
    (site / "secret.txt").symlink_to(site.parent / "secret.txt")

    assert find(site, "/secret.txt") == Found()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("main.css", "text/css; charset=utf-8"),
        ("finder.js", "text/javascript; charset=utf-8"),
        ("list.json", "application/json; charset=utf-8"),
        ("site.webmanifest", "application/manifest+json; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("logo.svg", "image/svg+xml; charset=utf-8"),
        ("security.txt", "text/plain; charset=utf-8"),
        ("agenda.ics", "text/calendar; charset=utf-8"),
        ("film.vtt", "text/vtt; charset=utf-8"),
        ("film.mp4", "video/mp4"),
        ("photo.webp", "image/webp"),
        ("photo.avif", "image/avif"),
        ("letter.woff2", "font/woff2"),
        ("openapi.yaml", "application/yaml"),
        ("poster.pdf", "application/pdf"),
        (
            "letter.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("unknown.xyzzy", "application/octet-stream"),
    ],
)
def test_content_type(name: str, expected: str) -> None:
    """Every type is the same on every machine, and text says that it is UTF-8."""
    assert content_type(Path(name)) == expected


def test_cache_control() -> None:
    """Only a file whose name changes with its content is kept without asking again."""
    assert file_headers(Path("main.3f2a91c0.css"))["Cache-Control"] == FOR_EVER
    assert file_headers(Path("main.css"))["Cache-Control"] == REVALIDATE
    assert file_headers(Path("index.html"))["Cache-Control"] == REVALIDATE
