"""
All that we know of a volunteer (GDPR art. 15 and 20): what the table keeps under her registration,
as a document that programs can read.

It is made from the items themselves, so that what is stored later is in it from then on. Codes stay
codes there; what each means stands at its end.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from chalicelib.domain.history import LEGEND
from chalicelib.domain.recent import Recent
from chalicelib.domain.registration import Registration


def takeout(registration: Registration, recent: Recent) -> dict[str, Any]:
    """
    Everything: her answers, where they went, what was done and noted, each mail with its status.

    `recent` is what is remembered of her address for two days.
    """
    known = asdict(registration, dict_factory=_readable)
    for mail, shown in zip(registration.mails, known["mails"], strict=True):
        shown["status"] = mail.status
    for handover, shown in zip(registration.handovers, known["handovers"], strict=True):
        shown["name"] = registration.called(handover.receiver)
        shown["state"] = handover.state
    known["expires_at"] = _text(registration.expires_at)
    requests = asdict(recent, dict_factory=_readable)["requests"]
    known["recent_requests"] = [
        one for one in requests if one["reference"] == registration.reference
    ]
    known["legend"] = LEGEND
    return known


def _readable(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _text(value) if isinstance(value, datetime) else value for name, value in pairs}


def _text(moment: datetime) -> str:
    return moment.isoformat()
