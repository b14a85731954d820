"""
The reference that volunteer, municipality and agency share, such as `MB-7K3F-9Q4D`; that of a
project which somebody told us of begins with `MP`.

It is made from the submission's id alone, so the same submission always has the same reference,
and it is the key of the record: one conditional write then guards against a double registration
and against two registrations with one reference.
"""

import hashlib
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import count

# No vowels, so no words; no 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: it survives the telephone.
REGISTRATION, SUGGESTION = "MB", "MP"
"""How a reference begins, by what it is of."""

ALPHABET = "34679CDFGHJKMNPQRTVWXY"
_LETTERS = (
    8  # 22⁸ = 5.5e10: 10,000 registrations have a chance of 1 in 1,000 of needing a second try
)
_NAMESPACE = uuid.UUID("4f8c1f0e-5d8a-4f43-9d0c-6c1f6f6d6a01")  # ours, drawn once


def references(submission_id: str, prefix: str = REGISTRATION) -> Iterator[str]:
    """
    The references a submission can have, in order of preference.

    The first one, but for the rare case that another submission has it already.
    """
    for attempt in count():
        digest = hashlib.sha256(f"{submission_id}/{attempt}".encode()).digest()
        number = int.from_bytes(digest, "big")
        letters = "".join(
            ALPHABET[(number // len(ALPHABET) ** i) % len(ALPHABET)] for i in range(_LETTERS)
        )
        yield f"{prefix}-{letters[:4]}-{letters[4:]}"


def submission_id_of(fingerprint: str, at: datetime) -> str:
    """
    The id of a submission whose page gave none, as without JavaScript.

    The same answers on the same day (UTC) are the same submission: pressing the button twice
    gives the same reference.
    """
    return str(uuid.uuid5(_NAMESPACE, f"{fingerprint}/{at.date().isoformat()}"))


def is_reference(text: str) -> bool:
    """Whether `text` has the form of a reference; not whether such a registration exists."""
    return _begins(REGISTRATION, text)


def is_suggestion(text: str) -> bool:
    """The same, of the reference of a project that somebody told us of."""
    return _begins(SUGGESTION, text)


def _begins(prefix: str, text: str) -> bool:
    return re.fullmatch(rf"{prefix}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", text) is not None
