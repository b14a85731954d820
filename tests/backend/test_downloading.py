"""Downloading: who is counted, and that everybody gets the file."""

import pytest

from chalicelib.domain.downloads import FILES, downloaded
from chalicelib.downloading import counted_by, download
from chalicelib.web import Request
from tests.backend.fakes import FakePages, FakeStore
from tests.backend.lines import lines
from tests.backend.samples import NOW

POSTER = "/toolkit/affiche/affiche-a3.pdf"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CUBOT = "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Chrome/130.0 Mobile"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def count_of(store: FakeStore) -> int:
    return sum((downloaded(store.downloads(), NOW.date()) or {}).values())


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {}, 1),
        ("GET", {"user-agent": FIREFOX, "sec-fetch-site": "same-origin"}, 1),
        ("GET", {"user-agent": CUBOT}, 1),
        ("HEAD", {}, 0),
        ("GET", {"range": "bytes=100-"}, 0),
        ("GET", {"sec-purpose": "prefetch;prerender"}, 0),
        ("GET", {"purpose": "prefetch"}, 0),
        ("GET", {"x-moz": "prefetch"}, 0),
        ("GET", {"user-agent": GOOGLE}, 0),
        ("GET", {"user-agent": "Screaming Frog SEO Spider/21.0"}, 0),
    ],
)
def test_counted(store: FakeStore, method: str, headers: dict[str, str], expected: int) -> None:
    """
    A link that somebody follows counts; a program that looks, resumes or fetches in advance does
    not. All are shown the way, which nobody may keep: the next one must be counted too.
    """
    count = counted_by(lambda: store, lambda: NOW)
    answer = download(POSTER, method, Request(headers, b""), FakePages(), count)

    assert (303, f"/buddy{POSTER}") == (answer.status, answer.headers["Location"])
    assert "no-store" == answer.headers["Cache-Control"]
    assert expected == count_of(store)


@pytest.mark.parametrize("path", sorted(FILES))
def test_every_file(store: FakeStore, path: str) -> None:
    """
    Each file of the list is counted under its own address.
    """
    count = counted_by(lambda: store, lambda: NOW)
    download(path, "GET", Request({}, b""), FakePages(), count)
    (one,) = store.downloads()

    assert (path, {NOW.date(): 1}) == (one.path, one.days)


@pytest.mark.parametrize(
    "path", ["/toolkit/affiche/affiche.webp", "/toolkit/../beheer", "//evil.example/x", ""]
)
def test_no_such_file(store: FakeStore, path: str) -> None:
    """
    What is not offered leads nowhere, and is not counted.
    """
    count = counted_by(lambda: store, lambda: NOW)
    answer = download(path, "GET", Request({"accept": "text/html"}, b""), FakePages(), count)

    assert 404 == answer.status
    assert "Location" not in answer.headers
    assert 0 == count_of(store)


def test_count_fails(store: FakeStore, caplog: pytest.LogCaptureFixture) -> None:
    """
    Where counting fails, the file is there all the same, and we are told.
    """
    store.failure = ConnectionError("no table")
    count = counted_by(lambda: store, lambda: NOW)
    answer = download(POSTER, "GET", Request({}, b""), FakePages(), count)

    assert (303, f"/buddy{POSTER}") == (answer.status, answer.headers["Location"])
    assert ["download not counted"] == [line["event"] for line in lines(caplog)]
