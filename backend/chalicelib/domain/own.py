"""
What a volunteer does on her own page, as steps of her registration.

Whoever has one of our mails to her can open that page, and people forward mails. So it shows
nothing that the mail does not, and what it can do harms little: a new e-mail address counts once
its own mailbox answers, what she told us is only mailed to her, and mails are counted. She
leaves by `leaving`, and answers about an organisation by `following`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.candidates import is_shown
from chalicelib.domain.following import MAX_HANDOVERS, NotHereError, TooManyHandoversError
from chalicelib.domain.form import MAX_MUNICIPALITIES
from chalicelib.domain.handover import VOLUNTEER_PAGE, Handover
from chalicelib.domain.outbox import Event, Mail, dropped, queued, requeued
from chalicelib.domain.registration import (
    ADDRESS_CHANGE,
    CONFIRMATION,
    CONSENT,
    CORRECTION,
    FORWARDING,
    HANDED_ON,
    NEW_ADDRESS,
    OWN_DATA,
    OWN_LINK,
    PHONE_INSTEAD,
    UNCONFIRMED,
    VOLUNTEER,
    WITHDRAWAL,
    Registration,
)
from chalicelib.domain.reply import QUESTIONS, Reply

NEW_ADDRESS_TERM = timedelta(days=7)
"""How long the button of a new address works."""
NEW_ADDRESS_REST = timedelta(days=7)
"""
How long after a new address became hers we don't mail what we know of her: time for whoever reads
the old one, and was told, to say that it was not she.
"""
MAX_MAILS_A_DAY = 3  # of one kind, that somebody asks for on her page
MAX_MAILS = 20  # of one kind: an item has a size
MAX_STEPS = 100  # she needs a handful
MAX_CHANGED_REPLIES = 5

EMAIL, PHONE = "email", "phone"


class TooOftenError(ValueError):
    """More of this was asked than anybody needs: a person must help."""


class TooSoonError(ValueError):
    """Her e-mail address is another one since a few days only."""


class TooManyMunicipalitiesError(ValueError):
    """She has as many as the form allows: one must go first."""


class KnownMunicipalityError(ValueError):
    """This municipality has her registration, or had it and gave it back."""


class LastPlaceError(ValueError):
    """Nobody would have her registration: then she should withdraw it."""


def steps(registration: Registration) -> int:
    """How often she did something on her page: it never falls, so a form can carry it."""
    return sum(event.door == VOLUNTEER_PAGE for event in registration.events)


def own_places(registration: Registration) -> tuple[Handover, ...]:
    """The municipalities that she chose herself, and did not take away."""
    return tuple(
        one
        for one in registration.handovers
        if not one.ended_at and not one.handed_on_by and one.partner is None
    )


def open_places(registration: Registration) -> tuple[Handover, ...]:
    """Wherever her registration is, or is going."""
    return tuple(
        one
        for one in registration.handovers
        if not one.ended_at and not one.declined_at and (one.partner is None or one.agreed_at)
    )


def moved_at(registration: Registration) -> datetime | None:
    """When her e-mail address last became another one."""
    moments = [
        event.at for event in registration.events if (event.what, event.why) == ("corrected", EMAIL)
    ]
    return max(moments, default=None)


def phone_corrected(registration: Registration, phone: str, now: datetime) -> Registration:
    """Another telephone number, or none (""); who has the old one is told."""
    if phone == registration.answers.phone:
        return registration
    answers = replace(registration.answers, phone=phone)
    following = _stepped(replace(registration, answers=answers), "corrected", now, why=PHONE)
    return _told_of_correction(following, now)


def email_asked(registration: Registration, email: str, now: datetime) -> Registration:
    """
    She wants another e-mail address: that one gets a button, the one of now is told. The same
    registration where it is hers already.

    Raises `TooOftenError`.
    """
    if email == registration.answers.email:
        return registration
    following = replace(registration, new_email=email, new_email_at=now)
    following = _stepped(following, "address-asked", now)
    for mail in registration.mails:
        if mail.kind == NEW_ADDRESS and mail.must_be_sent:
            following = dropped(following, mail, "another-address", now)
    following = _mailed(following, NEW_ADDRESS, UNCONFIRMED, now)
    return queued(following, ADDRESS_CHANGE, VOLUNTEER, now, about=_stamp(now))


def email_confirmed(registration: Registration, now: datetime) -> Registration:
    """
    Whoever reads the mails of the new address pressed its button: now it is hers. Links of before
    are void; a new one is mailed, and who has the old address is told. Twice is once.
    """
    if not registration.new_email:
        return registration
    answers = replace(registration.answers, email=registration.new_email)
    following = replace(
        registration, answers=answers, new_email="", new_email_at=None, links_since=now
    )
    following = _stepped(following, "corrected", now, why=EMAIL)
    for mail in registration.mails:
        following = _with_working_address(following, mail, now)
    following = queued(following, OWN_LINK, VOLUNTEER, now, about=_stamp(now))
    return _told_of_correction(following, now)


def email_kept(registration: Registration, now: datetime) -> Registration:
    """She does not want another address after all: its button is void."""
    if not registration.new_email:
        return registration
    following = replace(registration, new_email="", new_email_at=None)
    for mail in registration.mails:
        if mail.kind == NEW_ADDRESS and mail.must_be_sent:
            following = dropped(following, mail, "not-wanted", now)
    return _stepped(following, "address-kept", now)


def moved_to(
    registration: Registration, nis_code: str, instead_of: str, now: datetime
) -> Registration:
    """
    She wants to be a buddy in one municipality more, or in the place of another one: it is mailed
    at once.

    Raises `KnownMunicipalityError`, `TooManyMunicipalitiesError`, `TooManyHandoversError`, and
    `NotHereError` where `instead_of` is none of hers.
    """
    known = registration.handover(nis_code)
    if known and not known.ended_at:
        raise KnownMunicipalityError
    if instead_of:
        registration = _without(registration, instead_of, now)
    if len(own_places(registration)) >= MAX_MUNICIPALITIES:
        raise TooManyMunicipalitiesError
    if known is None and len(registration.handovers) >= MAX_HANDOVERS:
        raise TooManyHandoversError
    others = tuple(one for one in registration.handovers if one is not known)
    following = replace(registration, handovers=(*others, Handover(nis_code, now)))
    following = _with_wish(following)
    following = _stepped(following, "added", now, receiver=nis_code, why=instead_of)
    return _forwarded_again(following, nis_code, now)


def taken_away(registration: Registration, receiver: str, now: datetime) -> Registration:
    """
    One place less; it is told when it was mailed. Twice is once.

    Raises `NotHereError`, and `LastPlaceError` when no other place has her.
    """
    here = registration.handover(receiver)
    if here and here.ended_at:
        return registration
    if not any(one.receiver != receiver for one in open_places(registration)):
        raise LastPlaceError
    following = _with_wish(_without(registration, receiver, now))
    return _stepped(following, "taken-away", now, receiver=receiver)


def paused(registration: Registration, now: datetime) -> Registration:
    """She can't be a buddy for a while: nobody is asked to contact her. Twice is once."""
    if registration.paused_at:
        return registration
    return _stepped(replace(registration, paused_at=now), "paused", now)


def resumed(registration: Registration, now: datetime) -> Registration:
    """She can again: what waited goes out, and the ten working days begin again."""
    if not registration.paused_at:
        return registration
    return _stepped(replace(registration, paused_at=None, resumed_at=now), "resumed", now)


def link_renewed(registration: Registration, now: datetime) -> Registration:
    """All links to her page are void; a new one is mailed to her. Raises `TooOftenError`."""
    following = _stepped(replace(registration, links_since=now), "link-renewed", now)
    return _mailed(following, OWN_LINK, VOLUNTEER, now)


def data_asked(registration: Registration, now: datetime) -> Registration:
    """She wants to see all that we know of her. Raises `TooOftenError`, and `TooSoonError`."""
    since = moved_at(registration)
    if since and now - since < NEW_ADDRESS_REST:
        raise TooSoonError
    return _mailed(_stepped(registration, "data-asked", now), OWN_DATA, VOLUNTEER, now)


def questions_stopped(registration: Registration, now: datetime) -> Registration:
    """She wants none of our questions. Twice is once."""
    if registration.no_questions_at:
        return registration
    return _stepped(replace(registration, no_questions_at=now), "questions-stopped", now)


def questions_wanted(registration: Registration, now: datetime) -> Registration:
    if not registration.no_questions_at:
        return registration
    return _stepped(replace(registration, no_questions_at=None), "questions-wanted", now)


def replied(registration: Registration, code: str, answer: str, now: datetime) -> Registration:
    """
    Her answer to one of our questions, in the place of what she said before. The same registration
    when she says it again.

    Raises LookupError for what is no answer to it, and `TooOftenError`.
    """
    if answer not in dict(QUESTIONS[code].answers):
        raise LookupError(answer)
    before = next((one for one in registration.replies if one.question == code), None)
    if before and before.answer == answer:
        return registration
    earlier = [e for e in registration.events if e.what == "answered" and e.why.startswith(code)]
    if len(earlier) > MAX_CHANGED_REPLIES:
        raise TooOftenError
    others = tuple(one for one in registration.replies if one is not before)
    following = replace(registration, replies=(*others, Reply(code, answer, now)))
    return _stepped(following, "answered", now, why=f"{code}-{answer}")


def heeded(
    registration: Registration, code: str, why: str, door: str, now: datetime
) -> Registration:
    """A person dealt with her answer that nobody contacted her; `why` tells how, as a code."""
    replies = tuple(
        replace(one, handled_at=now) if one.question == code and one.tells_of_silence else one
        for one in registration.replies
    )
    if replies == registration.replies:
        return registration
    event = Event(now, "heeded", VOLUNTEER, why, door=door)
    return replace(registration, replies=replies, events=(*registration.events, event))


def _stepped(
    registration: Registration, what: str, now: datetime, *, receiver: str = "", why: str = ""
) -> Registration:
    """With the event of what she did. Raises `TooOftenError`."""
    if steps(registration) >= MAX_STEPS:
        raise TooOftenError
    event = Event(now, what, receiver, why, door=VOLUNTEER_PAGE)
    return replace(registration, events=(*registration.events, event))


def _mailed(registration: Registration, kind: str, receiver: str, now: datetime) -> Registration:
    """With one mail that she asked for; raises `TooOftenError` when it is one too many."""
    sent = [mail for mail in registration.mails if mail.kind == kind]
    today = [mail for mail in sent if now - mail.queued_at < timedelta(days=1)]
    if len(today) >= MAX_MAILS_A_DAY or len(sent) >= MAX_MAILS:
        raise TooOftenError
    return queued(registration, kind, receiver, now, about=_stamp(now))


def _told_of_correction(registration: Registration, now: datetime) -> Registration:
    """Each place that has what she wrote before is mailed what counts now."""
    for handover in registration.handovers:
        mail = registration.mail(FORWARDING, handover.receiver)
        if mail and mail.sendings and is_shown(registration, handover):
            registration = queued(
                registration, CORRECTION, handover.receiver, now, about=_stamp(now)
            )
    return registration


def _with_working_address(registration: Registration, mail: Mail, now: datetime) -> Registration:
    """What came back from her old address: the confirmation goes to the new one, the rest rests."""
    is_back = bool(mail.bounced) and not mail.arrived and not mail.dropped_at
    if mail.receiver != VOLUNTEER or not is_back:
        return registration
    if mail.kind == CONFIRMATION:
        return requeued(registration, mail, now)
    return dropped(registration, mail, "corrected", now)


def _without(registration: Registration, receiver: str, now: datetime) -> Registration:
    """
    Without one place; what was to go there stays here, and it is told when it was mailed.

    Raises `NotHereError`.
    """
    here = registration.handover(receiver)
    if here is None or here.ended_at:
        raise NotHereError(receiver)
    was_mailed = any(mail.receiver == receiver and mail.sendings for mail in registration.mails)
    for mail in registration.mails:
        to_there = mail.receiver == receiver
        about_there = mail.kind in {HANDED_ON, CONSENT} and mail.about == receiver
        if (
            (to_there or about_there)
            and not mail.dropped_at
            and (mail.next_at or mail.attention_at)
        ):
            registration = dropped(registration, mail, "taken-away", now)
    handovers = tuple(
        replace(one, ended_at=now) if one is here else one for one in registration.handovers
    )
    following = replace(registration, handovers=handovers)
    return (
        queued(following, WITHDRAWAL, receiver, now, about=_stamp(now)) if was_mailed else following
    )


def _with_wish(registration: Registration) -> Registration:
    """Her answers say where she wants to be a buddy now; never nowhere."""
    chosen = tuple(one.receiver for one in own_places(registration))
    others = tuple(one.receiver for one in open_places(registration) if one.partner is None)
    municipality = chosen or others or registration.answers.municipality
    return replace(registration, answers=replace(registration.answers, municipality=municipality))


def _forwarded_again(registration: Registration, nis_code: str, now: datetime) -> Registration:
    """To a place that never had her, or that she took away before."""
    for mail in registration.mails:
        goes_there = mail.receiver == nis_code and mail.must_be_sent
        if goes_there and mail.kind in {WITHDRAWAL, PHONE_INSTEAD}:
            registration = dropped(registration, mail, "chosen-again", now)
    known = registration.mail(FORWARDING, nis_code)
    if known is None or not known.sendings:
        return queued(registration, FORWARDING, nis_code, now, again=True)
    alive = replace(known, dropped_at=None)
    mails = tuple(alive if one is known else one for one in registration.mails)
    return requeued(replace(registration, mails=mails), alive, now)


def _stamp(now: datetime) -> str:
    """What tells one mail of a kind from another: its moment, as a code."""
    return f"{now:%Y%m%dT%H%M%S%f}"
