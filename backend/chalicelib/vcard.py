"""A vCard, so that nobody types a number over; version 3.0 (RFC 2426), which Outlook reads."""

from collections.abc import Iterator
from itertools import chain

_LINE = 75  # octets, RFC 2426 § 2.6


def vcard(*, name: str, email: str, phone: str, note: str) -> bytes:
    """A card in UTF-8 with CRLF line ends; `phone` in E.164 or "" for none."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_escaped(name)};;;;",  # not split: which part is the family name is not ours to guess
        f"FN:{_escaped(name)}",
        f"EMAIL;TYPE=INTERNET:{_escaped(email)}",
        *([f"TEL;TYPE=CELL,VOICE:{_escaped(phone)}"] if phone else []),
        f"NOTE:{_escaped(note)}",
        "END:VCARD",
    ]
    return b"".join(line + b"\r\n" for line in chain.from_iterable(map(_folded, lines)))


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> Iterator[bytes]:
    """`line` in pieces of at most 75 octets, cut between characters; later ones are indented."""
    piece = b""
    for char in line:
        octets = char.encode()
        if len(piece) + len(octets) > _LINE:
            yield piece
            piece = b" "
        piece += octets
    yield piece
