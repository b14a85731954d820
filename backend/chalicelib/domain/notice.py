"""
A mail that belongs to no registration: a code for a contact address, the agency's digest, an
incident.

It has the outbox of a registration, so that it is claimed, retried and followed as any mail.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.outbox import Event, Mail, Outbox
from chalicelib.domain.retention import NOTICE_TERM

KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""What SES takes as the value of a tag."""


@dataclass(frozen=True, kw_only=True)
class Notice(Outbox):
    """
    One mail to one receiver; `kind` and `key` name it, so that making it twice makes it once.

    What it says is looked up or counted when it goes out: a notice itself holds no text.
    """

    kind: str
    key: str
    created_at: datetime

    @property
    def id(self) -> str:
        return f"{self.kind}.{self.key}"

    @property
    def expires_at(self) -> datetime:
        return self.created_at + NOTICE_TERM


def notice(kind: str, key: str, receiver: str, now: datetime) -> Notice:
    """
    A new notice, due at once; `receiver` is `agency` or the key of a contact (`41002-1`).

    Raises ValueError for a key that can't stand in a mail's tag.
    """
    if not KEY.fullmatch(f"{kind}.{key}"):
        raise ValueError(f"no key of a notice: {key!r}")
    return Notice(
        mails=(Mail(kind, receiver, now, now),),
        events=(Event(now, "queued", receiver, mail=kind),),
        kind=kind,
        key=key,
        created_at=now,
    )
