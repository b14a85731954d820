"""
The pages behind the links in a volunteer's mails. Only the page with all that we know of her shows
her phone, e-mail address and message.
"""

from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain import wish
from chalicelib.domain.calendar import BRUSSELS, in_words, local_date
from chalicelib.domain.deed import DOORS, STATES
from chalicelib.domain.form import MAX_MUNICIPALITIES, FieldError, Form
from chalicelib.domain.handover import REASONS
from chalicelib.domain.history import (
    event_in_words,
    mail_in_words,
    reason_in_words,
    receiver_in_words,
    state_of,
)
from chalicelib.domain.own import own_places, steps
from chalicelib.domain.registration import Registration
from chalicelib.domain.reply import QUESTIONS, YES
from chalicelib.domain.rerouting import as_told
from chalicelib.domain.site import HOME, Link
from chalicelib.domain.standing import standing
from chalicelib.domain.suspicion import WORDS as SUSPICIONS
from chalicelib.domain.wording import first_name
from chalicelib.granting import Asked, is_open

TO_THE_START = Link("Naar de startpagina", HOME)


class Pages(Protocol):
    @property
    def origin(self) -> str: ...
    def url(self, path: str) -> str: ...
    def render(self, name: str, here: str, **values: Any) -> str: ...


class OwnPages:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    @property
    def origin(self) -> str:
        return self._pages.origin

    def url(self, path: str) -> str:
        return self._pages.url(path)

    def own_page(
        self,
        registration: Registration,
        now: datetime,
        *,
        told: str = "",
        form: Form = wish.NOT_POSTED,
        action: str = "",
    ) -> str:
        """
        Where it stands and what she can do; `form` has what was wrong with the button `action`,
        `told` what became of the last one.
        """
        registration = as_told(registration, now)
        own = own_places(registration)
        kept_until = registration.may_be_kept(now) and registration.expires_at
        return self._pages.render(
            "own",
            "",
            reference=registration.reference,
            first_name=first_name(registration.answers.name),
            registered_on=_day(registration.registered_at),
            standing=standing(registration, now),
            is_open=is_open(registration),
            may_see=not registration.hold,
            is_paused=bool(registration.paused_at),
            wants_address=bool(registration.new_email),
            has_phone=bool(registration.answers.phone),
            is_asked=not registration.no_questions_at,
            kept_until=_day(kept_until) if kept_until else "",
            own=[(one.receiver, registration.called(one.receiver)) for one in own],
            is_full=len(own) >= MAX_MUNICIPALITIES,
            fields={
                wish.EMAIL: wish.EMAIL_FIELD,
                wish.PHONE: wish.PHONE_FIELD,
                wish.ADD: wish.MUNICIPALITY_FIELD,
            },
            seen=steps(registration),
            told=told,
            form=form,
            action=action,
            errors=[(error, _target(error)) for error in form.errors],
        )

    def sure_page(self, registration: Registration, action: str) -> str:
        """Does she really want to leave?"""
        return self._pages.render("own-sure", "", action=action, seen=steps(registration))

    def left_page(self, registration: Registration, told: str = "") -> str:
        """She withdrew: nothing of her is shown, and she can still have it all erased."""
        left_at = registration.withdrawn_at or registration.registered_at
        return self._pages.render(
            "own-left",
            "",
            left_on=_day(left_at),
            kept_until=_day(registration.expires_at),
            seen=steps(registration),
            told=told,
        )

    def question_page(self, asked: Asked, link: str, told: str = "") -> str:
        """One question with its buttons; or what she answered, and what happens now."""
        registration = asked.registration
        reply = next((one for one in registration.replies if one.question == asked.question), None)
        question = QUESTIONS[asked.question]
        answer = reply.answer if reply else ""
        return self._pages.render(
            "question",
            "",
            question=question,
            first_name=first_name(registration.answers.name),
            said=dict(question.answers).get(answer, ""),
            is_good=answer == YES,
            tells_of_silence=reply is not None and reply.tells_of_silence,
            is_asked=not registration.no_questions_at,
            seen=steps(registration),
            link=link,
            told=told,
        )

    def new_address_page(self) -> str:
        """The button of a new address, and nothing that anybody typed."""
        return self._pages.render("new-address", "")

    def data_page(self, registration: Registration, known: dict[str, Any]) -> str:
        """All that we know of her, in words; the codes of our computers are in the file."""
        answers = registration.answers
        return self._pages.render(
            "own-data",
            "",
            reference=registration.reference,
            registered_on=_day(registration.registered_at),
            kept_until=_day(registration.expires_at),
            facts=[*answers.shown(), ("Campagne", answers.source or "geen")],
            about=answers.about,
            new_email=registration.new_email,
            places=[
                (
                    registration.called(one.receiver),
                    one.partner.email if one.partner else "",
                    _day(one.since),
                    [
                        (
                            STATES[act.what],
                            _when(act.at),
                            DOORS[act.door],
                            REASONS.get(act.why, ""),
                            act.note,
                            bool(act.undone_at),
                        )
                        for act in one.acts
                    ],
                )
                for one in registration.handovers
            ],
            mails=[
                (
                    mail_in_words(mail.kind, receiver_in_words(registration, mail.receiver, "jou")),
                    _when(mail.sent_at or mail.queued_at),
                    state_of(mail),
                    reason_in_words(mail.reason),
                )
                for mail in registration.mails
            ],
            replies=[
                (QUESTIONS[one.question].text, dict(QUESTIONS[one.question].answers)[one.answer])
                for one in registration.replies
            ],
            events=[
                (_when(event.at), *event_in_words(registration, event, "jou"))
                for event in registration.events
            ],
            others=_others(registration, known),
        )

    def notice_page(self, title: str, text: str) -> str:
        """One message, and the way to the site."""
        return self._pages.render("notice", "", title=title, text=text, link=TO_THE_START)


def _others(registration: Registration, known: dict[str, Any]) -> list[tuple[str, str]]:
    """What stands nowhere else on the page with all that we know of her."""
    moments = (
        ("Tegengehouden sinds", registration.held_at),
        ("Verlengd op", registration.kept_at),
        ("Pauze sinds", registration.paused_at),
        ("Weer beschikbaar sinds", registration.resumed_at),
        ("Geen vragen meer sinds", registration.no_questions_at),
        ("Oudere links werken niet meer sinds", registration.links_since),
        ("Ingetrokken op", registration.withdrawn_at),
    )
    rows = [(label, _when(at)) for label, at in moments if at]
    signals = [SUSPICIONS[one] for one in registration.signals if one in SUSPICIONS]
    if signals:
        rows.append(("Wat ons opviel", " ".join(signals)))
    if registration.repeat_of:
        rows.append(("Herhaling van", registration.repeat_of))
    if known["recent_requests"]:
        rows.append(("Bij je e-mailadres", "dat je je de laatste twee dagen aanmeldde"))
    rows.append(("Code van je formulier", registration.submission_id))
    rows.append(("Code van je antwoorden", registration.fingerprint))
    return rows


def _target(error: FieldError) -> str:
    """The element to go to: the field, or the top of what she can do."""
    return error.field if error.field in {"email", "phone", "municipality"} else "wijzigen"


def _day(moment: datetime) -> str:
    return in_words(local_date(moment))


def _when(moment: datetime) -> str:
    return f"{_day(moment)} om {moment.astimezone(BRUSSELS):%-H.%M} uur"
