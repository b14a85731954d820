"""What a template is told about a file."""

from pathlib import Path

import pytest

from publishing.files import Files, UnknownFormatError, file_format, in_words, measured
from tests.built_site import ROOT

CONTENT, ASSETS = ROOT / "site/content", ROOT / "site/theme/static/assets"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "1 kB"),
        (1000, "1 kB"),
        (1001, "2 kB"),
        (48_000, "48 kB"),
        (999_000, "999 kB"),
        (999_001, "1 MB"),
        (1_440_000, "1,5 MB"),
        (12_000_000, "12 MB"),
    ],
)
def test_in_words(size: int, words: str) -> None:
    """
    A size reads as in Dutch, and is never less than what is fetched.
    """
    assert words == in_words(size)


def test_format() -> None:
    """
    A format has the name that people know; one without a name stops the build.
    """
    assert "Word" == file_format("/toolkit/brief/brief.docx")
    with pytest.raises(UnknownFormatError, match=r"brief\.xyz"):
        file_format("brief.xyz")


def test_file_of() -> None:
    """
    An address leads to the asset or the content that it is made from.
    """
    files = Files(CONTENT, ASSETS)

    assert ASSETS / "icon.svg" == files.file_of("/theme/icon.svg")
    assert CONTENT / "toolkit/brief/brief.docx" == files.file_of("/toolkit/brief/brief.docx")


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\xb0\0\0\x02\x76", (1200, 630)),
        (b"RIFF\0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\x1f\x03\0\x57\x02\0", (800, 600)),
        (b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x1f\xc3\x95\0", (800, 600)),
        (b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x20\x03\x58\x02", (800, 600)),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 360">', (480, 360)),
    ],
    ids=["png", "webp extended", "webp lossless", "webp", "svg"],
)
def test_measured(tmp_path: Path, content: bytes, size: tuple[int, int]) -> None:
    """
    Every kind of picture that we show says how large it is.
    """
    file = tmp_path / "picture"
    file.write_bytes(content)

    assert size == measured(file)


def test_not_measured(tmp_path: Path) -> None:
    """
    A picture of another kind stops the build, and is named.
    """
    file = tmp_path / "picture.bmp"
    file.write_bytes(b"BM")

    with pytest.raises(UnknownFormatError, match=r"picture\.bmp"):
        measured(file)
