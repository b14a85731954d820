"""The mails of a load run, read from the files themselves: the mailbox's own list is for people."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from pathlib import Path

ENVELOPE_TO = "X-Envelope-To"
REFERENCE = "X-Mijnbuddy-Reference"


def copies(folder: Path) -> Counter[tuple[str, str]]:
    """How often each receiver was mailed about each reference."""
    return Counter(pair for file in folder.glob("*.eml") for pair in _receivers(file))


def _receivers(file: Path) -> Iterator[tuple[str, str]]:
    with file.open("rb") as content:
        headers = BytesHeaderParser().parse(content)
    for receiver in headers.get_all(ENVELOPE_TO, []):
        yield str(headers[REFERENCE]), str(receiver)


def moments(folder: Path) -> list[datetime]:
    """When each mail was sent, oldest first: the name of its file begins with it."""
    return sorted(
        datetime.strptime(file.name.partition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
        for file in folder.glob("*.eml")
    )
