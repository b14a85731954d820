"""One registration from its form to its end, as a volunteer and a mailbox see it."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import cycle
from typing import Any

import requests

from chalicelib.domain.municipalities import MUNICIPALITIES, Municipality
from chalicelib.domain.reference import references
from tests.fault_proxy import Sent
from tests.stack import Stack

PATIENCE = 60  # seconds: longer than the front door waits for the API
ACCEPTED = {HTTPStatus.SEE_OTHER, HTTPStatus.CREATED}
DONE = {HTTPStatus.SEE_OTHER, HTTPStatus.OK}
LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass
class Press:
    """
    One page that somebody opened, or one button that she pressed, again after an error: the status
    of each answer, and whether the table had the effect at that moment. `event` is that effect, ""
    where her history has none. `may_be_gone`: the answer of a second time, when the first one was
    done and nobody heard so.
    """

    path: str
    event: str = ""
    may_be_gone: bool = False
    told: list[tuple[int, bool]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return any(status in DONE for status, _ in self.told)


@dataclass
class Life:
    """
    A registration and what its volunteer was told: the status of each answer, and whether the
    table had it at that moment. `pressed` is what was done about it since; `notices` the mails that
    belong to no registration, and went out because of it. `may_expire`: it is given time for that.
    """

    municipality: Municipality
    is_json: bool
    submission_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    told: list[tuple[int, bool]] = field(default_factory=list)
    pressed: list[Press] = field(default_factory=list)
    notices: set[str] = field(default_factory=set)
    may_expire: bool = False

    @property
    def name(self) -> str:
        """Of letters only, and hers alone."""
        letters = uuid.UUID(self.submission_id).hex.translate(LETTERS)
        return f"Griet {letters[:20].capitalize()}"

    @property
    def reference(self) -> str:
        return next(references(self.submission_id))

    @property
    def email(self) -> str:
        return f"{self.submission_id}@example.com"

    @property
    def is_accepted(self) -> bool:
        return any(status in ACCEPTED for status, _ in self.told)

    def post(self, api: str) -> int:
        """
        Send the form once; returns the status of the answer.

        From a network of her own: limits count by network, and know none behind the local front
        door, so this asks the API itself.
        """
        drawn = uuid.UUID(self.submission_id).int
        answer = requests.post(
            f"{api}/api/registrations",
            json=self._form() if self.is_json else None,
            data=None if self.is_json else self._form(),
            headers={"X-Forwarded-For": f"2001:db8:{drawn % 2**16:x}:{drawn >> 112:x}::1"},
            allow_redirects=False,
            timeout=PATIENCE,
        )
        return answer.status_code

    def _form(self) -> dict[str, Any]:
        return {
            "submission_id": self.submission_id,
            "name": self.name,
            "email": self.email,
            "phone": "0470 12 34 56",
            "postcode": self.municipality.postcodes[0],
            "municipality": [self.municipality.nis_code],
            "consent": "yes",
        }


def lives() -> Iterator[Life]:
    """New ones without end, each time for the next municipality; every second one sends JSON."""
    for number, municipality in enumerate(cycle(MUNICIPALITIES)):
        yield Life(municipality, is_json=bool(number % 2))


def bounced(sent: Sent) -> dict[str, Any]:
    """The event in which SES tells that there is no such mailbox."""
    now = f"{datetime.now(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
    mail = {
        "timestamp": now,
        "messageId": sent.message_id,
        "tags": {name: [value] for name, value in sent.tags.items()},
    }
    bounce = {"timestamp": now, "bounceType": "Permanent", "bounceSubType": "General"}
    return {"eventType": "Bounce", "mail": mail, "bounce": bounce}


def publish(stack: Stack, event: dict[str, Any]) -> None:
    answer = requests.post(f"{stack.url}/dev/ses-events", data=json.dumps(event), timeout=PATIENCE)
    answer.raise_for_status()
