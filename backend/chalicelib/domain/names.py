"""
Finding a registration by a name, without keeping names: one row for each word of a name, under a
keyed digest of that word.

A projection of the registrations (design rule 2), as the lists of candidates are. Whoever reads the
table sees no name, and without the key nobody can try names out. The key is derived from the
signing key: after a rotation the rows of before are found by the previous key, and the daily
repair makes them again under the new one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import digest

from chalicelib.domain.registration import Registration
from chalicelib.domain.tokens import derived

MAX_WORDS = 12
"""Of one name: a name of six words, each in two ways."""

_GONE_FOR = timedelta(days=2)
"""How long a row that no longer holds stays: longer than the stream can bring an older change."""

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_APOSTROPHES = re.compile(r"['’ʼ`´]")


@dataclass(frozen=True)
class Named:
    """
    One word of the name of one registration. `is_gone`: not (any more). `version` is that of the
    registration that it was made from.
    """

    digest: str
    reference: str
    registered_at: datetime
    is_gone: bool
    expires_at: datetime
    version: int = field(compare=False)


def words(name: str) -> tuple[str, ...]:
    """
    The words by which a name is found: «Anaïs D’Hondt» by anais, d, hondt and dhondt; «Jean-Luc»
    by jean, luc and jeanluc. Without capitals and accents.
    """
    found: dict[str, None] = {}
    for written in _bare(name).split():
        parts = re.findall(r"\w+", written)
        found |= dict.fromkeys([*parts, "".join(parts)] if parts else [])
    return tuple(found)[:MAX_WORDS]


def typed_words(name: str) -> tuple[str, ...]:
    """The words that must all be in a name, of what somebody typed."""
    bare = _APOSTROPHES.sub("", _bare(name))
    return tuple(dict.fromkeys(re.findall(r"\w+", bare)))[:MAX_WORDS]


def digest_of(word: str, key: bytes) -> str:
    return digest(derived(key, "names"), word.encode(), sha256).hex()[:32]


def rows(registration: Registration, key: bytes) -> Iterator[Named]:
    """The rows of a registration as it is now: none of our own tests, none once she is erased."""
    if registration.synthetic or registration.erased_at:
        return
    for word in words(registration.answers.name):
        yield Named(
            digest=digest_of(word, key),
            reference=registration.reference,
            registered_at=registration.registered_at,
            is_gone=False,
            expires_at=registration.expires_at.replace(microsecond=0),  # as the table keeps it
            version=registration.version,
        )


def changed_rows(
    before: Registration | None, after: Registration, key: bytes, now: datetime
) -> Iterator[Named]:
    """The rows that a change made, or made other than they were."""
    known = set(rows(before, key)) if before else set()
    wanted = set(rows(after, key))
    yield from sorted(wanted - known, key=lambda row: row.digest)
    kept = {row.digest for row in wanted}
    for row in sorted(known, key=lambda row: row.digest):
        if row.digest not in kept:
            yield withdrawn(row, after.version, now)


def withdrawn(row: Named, version: int, now: datetime) -> Named:
    """The row of a word that is no longer in her name."""
    until = (now + _GONE_FOR).replace(microsecond=0)
    return replace(row, is_gone=True, expires_at=until, version=version)


def in_all(found: Iterable[Iterable[Named]]) -> list[Named]:
    """Of the rows of each typed word: those of who has every word, newest first."""
    sets = [{row.reference: row for row in each if not row.is_gone} for each in found]
    if not sets:
        return []
    common = set.intersection(*(set(each) for each in sets))
    rows_ = [sets[0][reference] for reference in common]
    return sorted(rows_, key=lambda row: (row.registered_at, row.reference), reverse=True)


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS)
    return "".join(char for char in folded if not unicodedata.combining(char))
