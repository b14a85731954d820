"""
The probe: once an hour a registration of our own, through all of it, to a municipality that does
not exist.

Its mails go to SES's mailbox simulator, which tells that they were delivered and costs no
reputation: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html. Everything
about it follows from the hour, so posting it twice stores it once.
"""

import uuid
from datetime import UTC, datetime, timedelta

from chalicelib.domain.municipalities import TEST_MUNICIPALITY
from chalicelib.domain.reference import references
from chalicelib.domain.registration import Registration

SIMULATOR = "simulator.amazonses.com"
MUNICIPALITY_ADDRESS = f"success+municipality@{SIMULATOR}"
"""Where a forwarding to the test municipality goes, whatever the contacts say."""

PATIENCE = timedelta(minutes=10)
"""Its mails go out within a minute and arrive within seconds; a sweep or two may be missed."""

EVERY = timedelta(hours=1)

# Why it did not go all the way.
NOT_POSTED, NOT_STORED, NOT_DELIVERED = "not-posted", "not-stored", "not-delivered"

_NAMESPACE = uuid.UUID("5a0c7a5e-8a0e-4a57-9a4d-2f4f0f4c2b11")  # ours, drawn once


def submission_id(now: datetime) -> str:
    """The id of the probe of this hour."""
    return str(uuid.uuid5(_NAMESPACE, _hour(now)))


def reference(now: datetime) -> str:
    return next(references(submission_id(now)))


def answers(now: datetime) -> dict[str, str]:
    """
    What is posted. A new address each hour: one that comes back is a repeat, and gets no mail
    (domain/recent.py).
    """
    return {
        "name": "Test van mijnbuddy",
        "email": f"success+probe-{_hour(now).lower()}@{SIMULATOR}",
        "postcode": "1000",
        "municipality": TEST_MUNICIPALITY.nis_code,
        "about": "Dit is een test. Niemand hoeft iets te doen.",
        "consent": "yes",
        "submission_id": submission_id(now),
    }


def took(registration: Registration) -> timedelta | None:
    """How long it took until all its mails were delivered; None while they are not."""
    delivered = [mail.delivered_at for mail in registration.mails]
    known = [moment for moment in delivered if moment]
    if not known or len(known) < len(delivered):
        return None
    return max(known) - registration.registered_at


def _hour(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H}"
