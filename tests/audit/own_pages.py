"""The pages behind the links in a volunteer's mails, in each state that she can meet."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain import leaving, wish
from chalicelib.domain.following import acted, declined, handed_on, proposed
from chalicelib.domain.handover import AGENCY_DESK, LINK, VOLUNTEER_PAGE, Act, Partner
from chalicelib.domain.outbox import DELIVERED, Fact, Receipt, heard, sent
from chalicelib.domain.own import email_asked, paused, questions_stopped, replied, taken_away
from chalicelib.domain.recent import Recent
from chalicelib.domain.registration import (
    FORWARDING,
    QUARANTINE,
    STEP_UP,
    Registration,
    held,
)
from chalicelib.domain.reply import QUESTIONS
from chalicelib.domain.rerouting import refused_for
from chalicelib.domain.wish import InvalidWishError, read
from chalicelib.granting import Asked
from chalicelib.own_link import ADDRESS_GONE, DATA_GONE, DONE, ERASED, GONE, NOT_DONE
from chalicelib.own_pages import OwnPages
from chalicelib.pages import Pages
from chalicelib.takeout import takeout
from tests.backend.samples import AALST, GENT, LINKS, NOW, mail_to, registration

LATER = NOW + timedelta(hours=2)
NEXT_MONTH = NOW + timedelta(days=30)


def examples(pages: Pages) -> dict[str, str]:
    """By name, which starts with the template."""
    own = OwnPages(pages)
    new, there = registration(), _delivered()
    brug = Partner("De Brug", "brug@partner.example")
    asked = proposed(there, AALST, brug, Act(NOW, "handed-on", LINK))
    on = handed_on(there, AALST, Act(NOW, "handed-on", LINK, to="31005"))
    not_now = acted(there, AALST, Act(NOW, "not-now", LINK, why="no-match", note="<b>Nota</b>"))
    away = leaving.withdrawn(there, VOLUNTEER_PAGE, NOW)
    moving = email_asked(there, "nieuw@example.be", NOW)
    states: dict[str, tuple[Registration, datetime]] = {
        "new": (new, NOW),
        "delivered": (there, LATER),
        "late": (there, NEXT_MONTH),
        "asked": (asked, LATER),
        "declined": (declined(asked, "partner-1", LATER), LATER),
        "handed-on": (on, LATER),
        "not-now": (not_now, LATER),
        "duo": (acted(there, AALST, Act(NOW, "duo", LINK)), LATER),
        "paused": (paused(there, NOW), LATER),
        "taken-away": (taken_away(there, GENT, NOW), LATER),
        "new-address": (moving, LATER),
        "without-questions": (questions_stopped(there, NOW), LATER),
        "held": (held(new, QUARANTINE, "honeypot", NOW), LATER),
        "to-confirm": (held(new, STEP_UP, "too-fast", NOW), LATER),
        "refused": (refused_for(new, "other", AGENCY_DESK, NOW), LATER),
        "repeat": (replace(new, repeat_of="MB-7K3F-9Q4D"), LATER),
        "nearly-gone": (new, new.expires_at - timedelta(days=1)),
    }
    shown = {f"own-{name}": own.own_page(one, at) for name, (one, at) in states.items()}
    for number, told in enumerate((*DONE.values(), *NOT_DONE.values())):
        shown[f"own-told-{number}"] = own.own_page(there, LATER, told=told)
    for action, field in ((wish.PHONE, "phone"), (wish.EMAIL, "email"), (wish.ADD, "municipality")):
        try:
            read({"action": [action], field: ["<b>"]})
        except InvalidWishError as error:
            page = own.own_page(there, LATER, form=error.form, action=error.action)
            shown[f"own-wrong-{action}"] = page
    for action in wish.LEAVING:
        shown[f"own-sure-{action}"] = own.sure_page(there, action)
    for code, question in QUESTIONS.items():
        shown[f"question-{code}"] = own.question_page(Asked(there, code), LINKS.own(there))
        for said, _ in question.answers:
            answered = Asked(replied(there, code, said, NOW), code)
            shown[f"question-{code}-{said}"] = own.question_page(answered, LINKS.own(there))
    known = replied(replace(not_now, new_email="nieuw@example.be"), "4w", "no", NOW)
    return shown | {
        "own-left": own.left_page(away),
        "own-left-told": own.left_page(away, DONE[wish.DATA]),
        "own-data": own.data_page(known, takeout(known, Recent("x"))),
        "new-address": own.new_address_page(),
        "own-gone": own.notice_page("Deze link werkt niet meer", GONE),
        "own-data-gone": own.notice_page("Deze link werkt niet meer", DATA_GONE),
        "new-address-gone": own.notice_page("Deze link werkt niet meer", ADDRESS_GONE),
        "own-erased": own.notice_page("Alles is gewist", ERASED),
        "own-new-link": own.notice_page("Kijk in je mailbox", DONE[wish.NEW_LINK]),
    }


def _delivered() -> Registration:
    """Two municipalities, of which the first has our mail."""
    one = registration(name="Anaïs D’Hondt", municipality=[AALST, GENT])
    one = sent(one, mail_to(one), "message", f"{AALST}-1", NOW)
    fact = Fact(NOW, DELIVERED)
    return heard(one, Receipt(one.id, FORWARDING, AALST, f"{AALST}-1", "message", NOW, fact))
