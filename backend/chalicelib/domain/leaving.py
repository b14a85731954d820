"""
How a volunteer leaves, as steps of the registration: she withdraws, or is erased; and what she does
to stay when her term is nearly over.

Whoever was mailed about her is told, by reference. What goes out is `registration.parted`'s, so
that a copy which was under way at that very moment is followed by the same mail.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.form import Answers
from chalicelib.domain.handover import VOLUNTEER_PAGE, Handover, Partner
from chalicelib.domain.outbox import Event, queued
from chalicelib.domain.registration import VOLUNTEER, WARNING, Registration, parted

NOBODY = Answers("", "", "", "", (), "", "", "")
UNNAMED = "een organisatie"


def withdrawn(registration: Registration, door: str, now: datetime) -> Registration:
    """She no longer wants to be a buddy. Twice is once; who was erased has nothing to withdraw."""
    if registration.has_left:
        return registration
    event = Event(now, "withdrawn", door=door)
    events = (*registration.events, event)
    return parted(replace(registration, withdrawn_at=now, events=events), "withdrawn", now)


def erased(registration: Registration, door: str, now: datetime) -> Registration:
    """
    Nothing of her is left: what stays is a stub without a person, for the mails that ask others to
    delete their copy. Twice is once.

    An organisation keeps its own address in the stub where it was mailed, for that one mail. The
    stub answers to no form: the same one, sent again, is a new registration.
    """
    if registration.erased_at:
        return registration
    stub = Registration(  # named one by one: what is added to a registration is not kept by itself
        mails=registration.mails,
        events=(*registration.events, Event(now, "erased", door=door)),
        version=registration.version,
        lease_until=registration.lease_until,
        reference=registration.reference,
        submission_id="",
        fingerprint="",
        registered_at=registration.registered_at,
        answers=NOBODY,
        handovers=registration.handovers,
        links_since=registration.links_since,
        admitted_at=registration.admitted_at,
        repeat_of=registration.repeat_of,
        synthetic=registration.synthetic,
        kept_at=registration.kept_at,
        times_kept=registration.times_kept,
        withdrawn_at=registration.withdrawn_at,
        erased_at=now,
    )
    left = parted(stub, "erased", now)
    mailed = {mail.receiver for mail in left.mails if mail.sendings}
    handovers = tuple(_without_words(one, one.receiver in mailed) for one in left.handovers)
    return replace(left, handovers=handovers)


def kept(registration: Registration, now: datetime) -> Registration:
    """She wants it kept for another term; the same registration when that is not possible."""
    if not registration.may_be_kept(now):
        return registration
    event = Event(now, "kept", door=VOLUNTEER_PAGE)
    return replace(
        registration,
        kept_at=now,
        times_kept=registration.times_kept + 1,
        events=(*registration.events, event),
    )


def warned(registration: Registration, now: datetime) -> Registration:
    """She is told that it expires: once for the day on which it now does."""
    return queued(registration, WARNING, VOLUNTEER, now, about=registration.expiry_date)


def _without_words(handover: Handover, was_mailed: bool) -> Handover:
    """Without what somebody typed: it may be about her."""
    partner = handover.partner
    if partner:
        partner = Partner(UNNAMED, partner.email if was_mailed else "")
    acts = tuple(replace(act, note="") for act in handover.acts)
    return replace(handover, acts=acts, partner=partner)
