"""
Every code that is kept of a registration, in words: what happened to it, why, through which door,
and how its mails stand. One list for the agency's desk, its digest and the volunteer's own page,
so the words are about nobody in particular.

What a municipality did has its words in `deed` and `handover`, why somebody was held in
`suspicion`, why somebody was refused in `rerouting`: those are used here, not repeated.
"""

from chalicelib.domain import suggestion
from chalicelib.domain.clearing import HANDLED
from chalicelib.domain.deed import DOORS, STATES
from chalicelib.domain.handover import NOT_NOW
from chalicelib.domain.handover import REASONS as NOT_NOW_REASONS
from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    DELAYED,
    DELIVERED,
    LASTING,
    MAILBOX_FULL,
    NO_MAILBOX,
    NO_RECEIPT,
    REJECTED,
    SUPPRESSED,
    TEMPORARY,
    UNCLEAR,
    Event,
    Mail,
)
from chalicelib.domain.own import EMAIL, PHONE
from chalicelib.domain.registration import (
    ADDRESS_CHANGE,
    CONFIRMATION,
    CONSENT,
    CORRECTION,
    DECLINED,
    DELAY,
    ERASURE,
    FORWARDING,
    HANDED_ON,
    LATE,
    NEW_ADDRESS,
    OWN_DATA,
    OWN_LINK,
    PHONE_INSTEAD,
    QUESTION,
    REFUSAL,
    REFUSED_EVENT,
    REGRET,
    RELEASED,
    REMINDER,
    REROUTED,
    STEP_UP,
    TAKEN_BACK,
    UNDONE,
    UNREACHABLE,
    VOLUNTEER,
    WARNING,
    WITHDRAWAL,
    Registration,
)
from chalicelib.domain.registration import UNCONFIRMED as NEW_ADDRESS_OF
from chalicelib.domain.reply import QUESTIONS
from chalicelib.domain.rerouting import REFUSALS
from chalicelib.domain.suspicion import WORDS as SUSPICIONS
from chalicelib.domain.waiting import TOGETHER

EVENTS = {
    "registered": "Aangemeld",
    "queued": "Mail klaargezet",
    "sent": "Mail vertrokken",
    DELIVERED: "Mail aangekomen",
    BOUNCED: "Mail kwam terug",
    COMPLAINED: "Mail ongewenst genoemd",
    "postponed": "Versturen lukte niet, later opnieuw",
    "dropped": "Mail niet (meer) nodig",
    "handed-over": "Mail wacht op een medewerker",
    "requeued": "Mail opnieuw klaargezet",
    "repeated": "Herhaling van een andere aanmelding",
    "held": "Tegengehouden om na te kijken",
    RELEASED: "Doorgelaten",
    REFUSED_EVENT: "Geweigerd",
    REROUTED: "Naar een andere gemeente gebracht",
    "suggested": "Project gemeld",
    suggestion.ACCEPTED: "Komt in de lijst",
    suggestion.ASKED: "Iets gevraagd",
    suggestion.SENDER_ERASED: "Naam en e-mailadres gewist",
    "escalated": "Te lang zonder contact",
    "answered": "Vraag beantwoord",
    "heeded": "Antwoord opgevolgd",
    UNDONE: "Teruggenomen",
    "revoked": "Link ingetrokken",
    "agreed": "Ja gezegd tegen een organisatie",
    "declined": "Nee gezegd tegen een organisatie",
    "returned": "Terug bij wie de aanmelding doorgaf",
    "lapsed": "Geen antwoord over een organisatie",
    "withdrawn": "Aanmelding ingetrokken",
    "erased": "Gegevens gewist",
    "expired": "Bewaard tot het einde van de termijn",
    "kept": "Aanmelding verlengd",
    "corrected": "Gegevens verbeterd",
    "address-asked": "Ander e-mailadres gevraagd",
    "address-kept": "Toch hetzelfde e-mailadres gehouden",
    "added": "Gemeente gekozen",
    "taken-away": "Gemeente weggehaald",
    "paused": "Pauze begonnen",
    "resumed": "Pauze gestopt",
    "link-renewed": "Nieuwe link gevraagd",
    "data-asked": "Eigen gegevens opgevraagd",
    "questions-stopped": "Geen vragen meer gewenst",
    "questions-wanted": "Weer vragen gewenst",
    **{what: words for what, words in STATES.items() if what},
}
"""What happened, by the code of an `Event`."""

MAILS = {
    FORWARDING: "De aanmelding voor {}",
    PHONE_INSTEAD: "De vraag aan {} om te bellen",
    CONFIRMATION: "De bevestiging aan {}",
    DELAY: "De mail aan {} dat het langer duurt",
    STEP_UP: "De vraag aan {} om te bevestigen",
    HANDED_ON: "De mail aan {} dat iemand anders belt",
    DECLINED: "De mail aan {} over het nee tegen een organisatie",
    CONSENT: "De vraag aan {} of een organisatie mag bellen",
    OWN_LINK: "De mail aan {} met een nieuwe link",
    OWN_DATA: "De mail aan {} met de link naar alle gegevens",
    NEW_ADDRESS: "De mail aan {} met een knop om dat te bevestigen",
    ADDRESS_CHANGE: "De mail aan {} over een nieuw e-mailadres",
    CORRECTION: "De verbeterde gegevens voor {}",
    WARNING: "De mail aan {} dat we de gegevens wissen",
    WITHDRAWAL: "De mail aan {} dat de aanmelding wegvalt",
    ERASURE: "De vraag aan {} om de gegevens te wissen",
    LATE: "De mail aan {} dat er nog geen contact was",
    QUESTION: "De vraag aan {} hoe het ging",
    REGRET: "De mail aan {} dat het nu niet lukt",
    REMINDER: "De herinnering aan {}",
    TAKEN_BACK: "De mail aan {} om niet meer te bellen",
    REROUTED: "De mail aan {} dat een andere gemeente belt",
    REFUSAL: "De mail aan {} dat het niet doorgaat",
    suggestion.RECEIVED: "De bevestiging aan {} van een melding",
    suggestion.CONFIRM_FIRST: "De vraag aan {} om een melding te bevestigen",
    suggestion.ASKING: "De vraag aan {} over een melding",
    suggestion.ACCEPTANCE: "De mail aan {} dat een melding in de lijst komt",
    suggestion.REJECTION: "De mail aan {} dat een melding niet in de lijst komt",
}
"""Which mail, by its kind, with a place for whom it is to."""

MAIL_STATES = {
    "queued": "vertrekt nog",
    "sent": "vertrokken, nog niets gehoord",
    DELAYED: "onderweg, het duurt langer",
    DELIVERED: "aangekomen",
    BOUNCED: "kwam terug",
    COMPLAINED: "ongewenst genoemd",
    "attention": "wacht op een medewerker",
    "dropped": "niet (meer) nodig",
}
"""How a mail stands, by `Mail.status`."""

REASONS = {
    NO_RECEIPT: "We weten niet of ze aankwam.",
    COMPLAINED: "De ontvanger noemde ze ongewenst.",
    "came-back-from-all": "Ze kwam terug van elk adres dat we kennen.",
    UNREACHABLE: "Het e-mailadres werkt niet en we hebben geen telefoonnummer.",
    NO_MAILBOX: "Het adres bestaat niet.",
    SUPPRESSED: "De maildienst stuurt niets meer naar dit adres.",
    REJECTED: "De ontvanger weigerde ze.",
    MAILBOX_FULL: "De mailbox was vol.",
    TEMPORARY: "Het lukte even niet bij de ontvanger.",
    UNCLEAR: "De ontvanger zei niet waarom.",
    "elsewhere": "Een andere gemeente dan die van de woonplaats",
    "confirmed": "Bevestigd met de knop in een mail",
    "desk": "Na nazicht door een medewerker",
    "repeat": "Het was een herhaling.",
    "enough-confirmations": "Dit adres kreeg vandaag al genoeg bevestigingen.",
    "superseded": "Een nieuwere mail zegt hetzelfde, of meer.",
    "settled": "Het was al geregeld.",
    "taken-up": "Iemand nam intussen contact op.",
    "no-questions": "Er zijn geen vragen meer gewenst.",
    "kept": "De aanmelding werd verlengd.",
    "nobody-waits": "Er wachtte niemand meer.",
    "another-address": "Er kwam een ander adres.",
    "not-wanted": "Het nieuwe adres was toch niet nodig.",
    "corrected": "Er zijn nieuwere gegevens.",
    "taken-away": "Deze gemeente werd weggehaald.",
    "came-back": "De mail daarvoor kwam nooit aan.",
    "chosen-again": "Deze gemeente werd opnieuw gekozen.",
    "withdrawn": "De aanmelding werd ingetrokken.",
    "erased": "De gegevens werden gewist.",
    REFUSED_EVENT: "De aanmelding werd geweigerd.",
    REROUTED: "Er belt een andere gemeente.",
    UNDONE: "De stap ervoor werd teruggenomen.",
    TOGETHER: "Het stond al in een andere mail.",
    PHONE: "Telefoonnummer",
    EMAIL: "E-mailadres",
    **HANDLED,
}
"""Why: of an event, or of how a mail stands."""


def mail_in_words(kind: str, to: str) -> str:
    """Which mail it is: «De bevestiging aan de vrijwilliger»."""
    return MAILS.get(kind, "Een mail aan {}").format(to)


def reason_in_words(code: str) -> str:
    """Why a mail stands as it does; a fault of the mail service by its code."""
    if code in REASONS or not code:
        return REASONS.get(code, "")
    if code in LASTING:
        return f"De maildienst weigert ze ({code})."
    return f"Versturen lukte niet ({code})."


def state_of(mail: Mail) -> str:
    """How a mail stands, in words."""
    last = mail.sendings[-1] if mail.sendings else None
    is_late = mail.status == "sent" and last is not None and last.outcome == DELAYED
    return MAIL_STATES[DELAYED if is_late else mail.status]


def receiver_in_words(registration: Registration, receiver: str, her: str) -> str:
    """Whom a mail is to, or what place an event is about; `her` is how she is called."""
    if receiver == NEW_ADDRESS_OF:
        return "het nieuwe adres"
    if receiver == VOLUNTEER:
        return her
    return registration.called(receiver)


def event_in_words(registration: Registration, event: Event, her: str) -> tuple[str, str]:
    """What happened, and what goes with it: where, which mail, why, through which door."""
    what = event.what
    to = receiver_in_words(registration, event.receiver, her) if event.receiver else ""
    about = mail_in_words(event.mail, to) if event.mail in MAILS else to
    parts = (about, _why(registration, event).rstrip("."), DOORS.get(event.door, ""))
    return EVENTS.get(what, "Iets anders"), ", ".join(filter(None, parts))


def _why(registration: Registration, event: Event) -> str:
    what, why = event.what, event.why
    question, _, answer = why.partition("-")
    asked = QUESTIONS.get(question)
    if what in {"registered", "repeated"}:
        return why  # a campaign, a reference
    if what == UNDONE:
        return f"«{EVENTS.get(why, 'iets anders')}»"
    if what == "answered" and asked:
        return f"«{asked.text}» {dict(asked.answers).get(answer, '')}"
    if why.isdigit() or registration.handover(why):
        way = "in plaats van" if what == "added" else "naar"
        return f"{way} {registration.called(why)}"
    refusal = REFUSALS.get(why)
    of_its_own = {
        REFUSED_EVENT: refusal.words if refusal else "",
        NOT_NOW: NOT_NOW_REASONS.get(why, ""),
        "held": SUSPICIONS.get(why, ""),
    }
    return of_its_own.get(what) or reason_in_words(why)


LEGEND = {
    "events.what": EVENTS,
    "events.door": DOORS,
    "mails.kind": {kind: words.format("…") for kind, words in MAILS.items()},
    "mails.status": MAIL_STATES,
    "handovers.state": STATES,
    "handovers.acts.why": NOT_NOW_REASONS,
    "events.why, mails.reason": {
        **REASONS,
        **SUSPICIONS,
        **{code: one.words for code, one in REFUSALS.items()},
    },
}
"""What the codes mean in the document with all that we know of her, by where they stand."""
