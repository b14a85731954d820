"""
How long what is kept, and why: the one table behind the software and the privacy statement.

The items of the DynamoDB table take their expiry from here (a registration's follows from its
status, `Registration.term`), so does the daily clean-up; `infra/template.yaml` is tested against
it, and the page about privacy shows it: change a term, and all of them follow or fail. Every
attribute that the table keeps stands under `fields` of a rule. The terms are proposals: the DPO of
the agency has to confirm them (docs/decisions/0019-retention.md).
"""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.session import SESSION_TERM

REGISTRATION_TERM = timedelta(days=365)
SHORT_TERM = timedelta(days=30)
"""Of what has served: long enough to answer who asks what became of it, no longer."""
NOT_NOW_TERM = timedelta(days=270)  # she is asked after six months whether it came to something
HELD_TERM = timedelta(days=90)  # nobody decided, and she did not confirm
WARNED_BEFORE = timedelta(days=14)
MAX_KEPT = 2
"""How often she may have it kept for another term: after three years she signs up again."""

RECENT_TERM = timedelta(hours=48)  # twice a day: a registration may reach us a day late
NETWORK_TERM = timedelta(hours=48)  # as late; the digest itself is another one each day
VIEW_TERM = timedelta(days=365)
EXPORT_TERM = timedelta(hours=24)  # a working day to fetch it; longer it would be a second table
EXPORT_REQUEST_TERM = timedelta(days=7)  # holds no person: what was asked, and what became of it
SYNTHETIC_TERM = timedelta(days=7)  # our own tests: nobody’s data
VACATION_TERM = timedelta(days=30)  # a reminder that comes late can still be explained
NOTICE_TERM = timedelta(days=30)  # holds no person: which mail went to which mailbox of an office
MAIL_EVENT_TERM = timedelta(days=14)  # as long as a queue can: a fault of ours must lose none
STREAM_TERM = timedelta(hours=24)  # DynamoDB's own: a stream can't be given another one
BACKUP_TERM = timedelta(days=7)
LOG_TERM = timedelta(days=30)

PUBLIC_TASK = "Taak van algemeen belang"
"""GDPR art. 6.1.e; the DPO of the agency has to confirm it."""


@dataclass(frozen=True)
class Rule:
    """
    One kind of data that is kept. `what`, `why`, `since` and `how` are words for the visitor.

    `name` is how the ledger calls it when it was deleted by this rule. `since` is what the term
    counts from, or until when it is kept where `term` is None; `how` tells what makes it end, or
    why it needs no end. `fields` are the attributes that the table keeps under it, as
    `registration.answers.name`: a test finds every stored one here.
    """

    name: str
    what: str
    why: str
    term: timedelta | None
    since: str
    how: str
    basis: str = PUBLIC_TASK
    fields: tuple[str, ...] = ()

    @property
    def kept(self) -> str:
        """How long, in words."""
        return f"{in_words(self.term)} {self.since}" if self.term else self.since

    @property
    def length(self) -> timedelta:
        """The term of a rule that has one; raises ValueError for another."""
        if self.term is None:
            raise ValueError(f"{self.name} has no term")
        return self.term


def _of(item: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{item}.{name}" for name in names)


_MAILS = (
    *_of("mails", "kind", "receiver", "about", "queued_at", "next_at", "attempts", "reason"),
    *_of("mails", "failing_since", "dropped_at", "attention_at", "requeued_at"),
    *_of("mails.sendings", "message_id", "route", "sent_at"),
    *_of("mails.sendings.facts", "at", "what", "why"),
    *_of("events", "at", "what", "receiver", "why", "mail", "door", "noted_at"),
    *("version", "lease_until", "due", "due_at", "at_once", "work", "work_at"),
    "expires_at",
)
"""What became of mails, and what happened: no person is in it."""

_STUB = (
    *_of("registration", *_MAILS),
    *_of("registration", "reference", "registered_at", "admitted_at", "repeat_of"),
    *_of("registration", "links_since", "synthetic"),
    *_of("registration", "kept_at", "times_kept", "withdrawn_at", "erased_at"),
    *_of("registration.handovers", "receiver", "since", "handed_on_by", "agreed_at"),
    *_of("registration.handovers", "declined_at", "lapsed_at", "links_since", "ended_at"),
    *_of("registration.handovers", "late_since"),
    *_of("registration.handovers.partner", "name", "email"),
    *_of("registration.handovers.acts", "at", "what", "door", "why", "to", "undone_at"),
)
_REGISTRATION = (
    *_STUB,
    *_of("registration", "submission_id", "fingerprint", "hold", "held_at"),
    *_of("registration.answers", "name", "email", "phone", "postcode", "municipality"),
    *_of("registration.answers", "about", "consent", "source"),
    "registration.handovers.acts.note",
    *_of("registration", "new_email", "new_email_at", "paused_at", "resumed_at"),
    "registration.no_questions_at",
    *_of("registration.replies", "question", "answer", "at", "handled_at"),
)

_PROJECT = (
    *_of("suggestion", *_MAILS),
    *_of("suggestion", "reference", "registered_at", "admitted_at", "repeat_of", "decision"),
    *_of("suggestion", "decided_at", "why", "belongs_to", "sender_erased_at", "erased_at"),
    *_of("suggestion", "hold", "held_at"),
    *_of("suggestion.answers", "existing", "project", "organiser", "municipality", "region"),
    *_of("suggestion.answers", "domain", "about", "since", "link", "duos", "duos_year", "found"),
    *_of("suggestion.answers", "consent"),
)
"""What somebody told us of a project, and what became of it."""

_SENDER = (
    *_of("suggestion", "submission_id", "fingerprint"),
    *_of("suggestion.answers", "name", "email", "remark"),
)
_SUGGESTION = (*_PROJECT, *_SENDER)

OPEN = Rule(
    name="open",
    what="Je aanmelding: wat je invulde, je referentie, welke mails we stuurden en wat je gemeente "
    "ermee deed",
    why="Je in contact brengen met je gemeente",
    term=REGISTRATION_TERM,
    since="na de laatste stap van jou of je gemeente",
    how="We mailen je 14 dagen vooraf. Je kan je aanmelding dan nog twee keer verlengen. "
    "Doe je niets? Dan wissen we ze.",
    fields=_REGISTRATION,
)
DUO = Rule(
    name="duo",
    what="Je aanmelding als je een duo vormt",
    why="Je vragen hoe het loopt",
    term=REGISTRATION_TERM,
    since="na de laatste stap van jou of je gemeente",
    how="We wissen ze vanzelf.",
    fields=_REGISTRATION,
)
NOT_NOW = Rule(
    name="not-now",
    what="Je aanmelding als je gemeente zegt: nu niet",
    why="Je later toch in contact brengen met je gemeente",
    term=NOT_NOW_TERM,
    since="na de laatste stap van jou of je gemeente",
    how="Kan je nog buddy worden? Dan mailen we je 14 dagen vooraf. "
    "Je kan je aanmelding dan nog verlengen.",
    fields=_REGISTRATION,
)
WITHDRAWN = Rule(
    name="withdrawn",
    what="Je aanmelding als je geen buddy meer wil worden",
    why="Nagaan dat je gemeente het weet",
    term=SHORT_TERM,
    since="nadat je dat liet weten",
    how="We wissen ze vanzelf. Vroeger kan ook: vraag het ons.",
    fields=_REGISTRATION,
)
HELD = Rule(
    name="held",
    what="Een aanmelding of melding die nog niet bevestigd of nagekeken is",
    why="Nagaan of ze echt is",
    term=HELD_TERM,
    since="nadat er iets opviel",
    how="We wissen ze vanzelf.",
    fields=(*_REGISTRATION, *_SUGGESTION),
)
REFUSED = Rule(
    name="refused",
    what="Een aanmelding die we weigerden",
    why="Je antwoorden als je vraagt waarom",
    term=SHORT_TERM,
    since="na de weigering",
    how="We wissen ze vanzelf.",
    fields=_REGISTRATION,
)
REPEAT = Rule(
    name="repeat",
    what="Een tweede aanmelding met dezelfde vraag",
    why="Je antwoorden als je vraagt wat ermee gebeurde",
    term=SHORT_TERM,
    since="na die aanmelding",
    how="We wissen ze vanzelf.",
    fields=_REGISTRATION,
)
ERASED = Rule(
    name="erased",
    what="Je referentie, nadat we je gegevens wisten. En wie je gegevens kreeg",
    why="Iedereen vragen om zijn kopie te wissen",
    term=SHORT_TERM,
    since="na het wissen",
    how="Er staat niets over jou in. We wissen ze vanzelf.",
    fields=_STUB,
)
SYNTHETIC = Rule(
    name="synthetic",
    what="Een aanmelding die we zelf verzinnen om onze site te testen",
    why="Elk uur nagaan of alles werkt",
    term=SYNTHETIC_TERM,
    since="na de test",
    how="Er staat niemand in. We wissen ze vanzelf.",
    fields=_REGISTRATION,
)

SUGGESTED = Rule(
    name="suggestion",
    what="Een buddyproject dat je meldde: wat je invulde, je naam en je e-mailadres",
    why="Nakijken of het in onze lijst kan, en je vertellen wat we beslissen",
    term=REGISTRATION_TERM,
    since="nadat je het meldde",
    how="Meestal beslissen we vroeger. Dan gelden de regels hieronder.",
    fields=_SUGGESTION,
)
SUGGESTION_SENDER = Rule(
    name="suggestion-sender",
    what="Je naam en e-mailadres, als je project in de lijst komt",
    why="Je antwoorden als je iets vraagt over onze beslissing",
    term=SHORT_TERM,
    since="na onze beslissing",
    how="We wissen ze vanzelf. Met de link in onze mails wis je ze zelf vroeger.",
    fields=_SENDER,
)
SUGGESTION_ACCEPTED = Rule(
    name="suggestion-accepted",
    what="Wat je over een project schreef, als het in de lijst komt",
    why="Het in de lijst zetten",
    term=REGISTRATION_TERM,
    since="na onze beslissing",
    how="Je naam staat er niet bij. In de lijst op de site blijft het staan.",
    fields=_PROJECT,
)
SUGGESTION_ENDED = Rule(
    name="suggestion-ended",
    what="Een project dat niet in de lijst komt, of een melding die je wiste",
    why="Je antwoorden als je vraagt waarom",
    term=SHORT_TERM,
    since="nadat we dat beslisten of jij wiste",
    how="Wiste je ze zelf? Dan blijft alleen de referentie over.",
    fields=_SUGGESTION,
)

RULES = (
    OPEN,
    DUO,
    NOT_NOW,
    WITHDRAWN,
    HELD,
    REFUSED,
    REPEAT,
    ERASED,
    SYNTHETIC,
    SUGGESTED,
    SUGGESTION_SENDER,
    SUGGESTION_ACCEPTED,
    SUGGESTION_ENDED,
    Rule(
        name="list",
        what="Je referentie in de lijst van je gemeente, en hoe het er staat",
        why="Je gemeente tonen wie er wacht",
        term=None,
        since="Zo lang als je aanmelding",
        how="We wissen ze samen met je aanmelding.",
        fields=(
            *_of("candidate", "receiver", "reference", "registered_at", "since", "state"),
            *_of("candidate", "state_at", "waits", "is_gone", "unopened_since"),
            *_of("candidate", "due", "due_at", "expires_at", "version"),
        ),
    ),
    Rule(
        name="recent",
        what="Een code die we maken van je e-mailadres, met je laatste aanmeldingen",
        why="Dubbele aanmeldingen herkennen, zodat niemand te veel mails krijgt",
        term=RECENT_TERM,
        since="na je laatste aanmelding",
        how="De databank wist ze vanzelf.",
        fields=(
            *_of("recent", "address", "version", "expires_at"),
            *_of("recent.requests", "reference", "wish", "registered_at", "seen_at"),
            *_of("recent.requests", "confirmed", "mails", "why"),
        ),
    ),
    Rule(
        name="network",
        what="Een code die we maken van je internetadres, elke dag een andere",
        why="Zien of er heel veel aanmeldingen van één plek komen",
        term=NETWORK_TERM,
        since="na de laatste aanmelding van die plek",
        how="Het internetadres zelf bewaren we niet. De databank wist de code vanzelf.",
        fields=(
            *_of("network", "network", "version", "expires_at"),
            *_of("network.visits", "reference", "at", "why", "is_fast"),
            "registration.network",  # until it is judged, within a minute
            "suggestion.network",
        ),
    ),
    Rule(
        name="signals",
        what="Wat ons opviel aan hoe het formulier werd verstuurd, bijvoorbeeld heel snel",
        why="Computers herkennen die het formulier invullen",
        term=None,
        since="Zo lang als je aanmelding of melding",
        how="De databank wist het samen met je aanmelding of melding.",
        fields=("registration.signals", "suggestion.signals"),
    ),
    Rule(
        name="contact",
        what="Het mailadres van je gemeente waar je aanmelding naartoe gaat",
        why="Weten waar we je aanmelding naartoe sturen",
        term=None,
        since="Zolang je gemeente het gebruikt",
        how="We vragen elk jaar of het adres nog klopt.",
        fields=(
            *_of("contact", "nis_code", "email", "order", "state", "since", "confirmed_at"),
            *_of("contact", "version"),
            *_of("contact.changes", "at", "who", "what"),
        ),
    ),
    Rule(
        name="vacation",
        what="Wanneer er niemand is bij je gemeente, zoals die dat zelf zegt",
        why="Je gemeente dan geen herinnering sturen",
        term=VACATION_TERM,
        since="na de laatste dag",
        how="Er staat geen kandidaat in. De databank wist het vanzelf.",
        fields=_of(
            "vacation", "nis_code", "first", "last", "set_at", "by", "version", "expires_at"
        ),
    ),
    Rule(
        name="notice",
        what="Welke mails we naar gemeenten en naar onszelf stuurden",
        why="Zien of die mails aankomen",
        term=NOTICE_TERM,
        since="na de mail",
        how="Er staat geen kandidaat in. De databank wist ze vanzelf.",
        fields=(*_of("notice", *_MAILS), *_of("notice", "kind", "key", "created_at")),
    ),
    Rule(
        name="session",
        what="Dat iemand van je gemeente of van ons is ingelogd",
        why="Alleen wie mag, kan bij je gegevens",
        term=SESSION_TERM,
        since="na het inloggen",
        how="De databank wist het vanzelf.",
        fields=(
            *_of("session", "key", "desk", "subject", "role", "began_at", "expires_at"),
            "used.used_by",
            "used.expires_at",
        ),
    ),
    Rule(
        name="name",
        what="Een code die we maken van elk woord van je naam, met je referentie",
        why="Je aanmelding vinden als je ons belt",
        term=None,
        since="Zo lang als je aanmelding",
        how="Wie de code ziet, kent je naam niet. We wissen ze samen met je aanmelding.",
        fields=_of(
            "name", "digest", "reference", "registered_at", "is_gone", "expires_at", "version"
        ),
    ),
    Rule(
        name="officer",
        what="Het e-mailadres van onze medewerkers, en wat ze mogen",
        why="Alleen wie mag, kan bij je gegevens",
        term=None,
        since="Zolang iemand bij ons werkt",
        how="Daarna blijft alleen een korte naam, zodat we weten wie wat deed.",
        fields=(
            *_of("roster.officers", "id", "email", "role", "since", "removed_at"),
            *_of("roster.officers.changes", "at", "who", "what"),
            "roster.version",
        ),
    ),
    Rule(
        name="view",
        what="Welke medewerker van ons je aanmelding bekeek of in een bestand opvroeg, en wanneer",
        why="Nagaan of iemand keek die dat niet moest doen",
        term=VIEW_TERM,
        since="na het bekijken",
        how="Je referentie staat erin, je naam niet. De databank wist het vanzelf.",
        fields=_of("view", "at", "officer", "what", "reference", "about", "count", "expires_at"),
    ),
    Rule(
        name="export",
        what="Een bestand met aanmeldingen dat een medewerker van ons opvroeg",
        why="Nagaan hoe het met de aanmeldingen loopt",
        term=EXPORT_TERM,
        since="nadat het bestand klaar is",
        how="We wissen het bestand vanzelf. Alleen wie collega’s beheert, kan het openen.",
    ),
    Rule(
        name="export-request",
        what="Welke medewerker van ons zo’n bestand vroeg, en van welke gemeente of periode",
        why="Het bestand maken, en het op tijd wissen",
        term=EXPORT_REQUEST_TERM,
        since="na de vraag",
        how="Er staat geen kandidaat in. De databank wist het vanzelf.",
        fields=(
            *_of("export", "id", "officer", "asked_at", "attempts", "lease_until", "count"),
            *_of("export", "size", "made_at", "failed_at", "removed_at", "told_at", "version"),
            *_of("export.choice", "kind", "place", "province", "state", "first", "last"),
            "export.expires_at",
        ),
    ),
    Rule(
        name="mail-event",
        what="Een melding of een mail aankwam, met het e-mailadres",
        why="Zien of je mail aankomt, en iets anders proberen als dat niet lukt",
        term=MAIL_EVENT_TERM,
        since="na de melding",
        how="We wissen ze zodra we ze verwerkten. Lukt dat niet, dan verdwijnt ze vanzelf.",
    ),
    Rule(
        name="stream",
        what="Een tijdelijke kopie van elke wijziging in de databank",
        why="Je mails meteen versturen",
        term=STREAM_TERM,
        since="na de wijziging",
        how="De kopie verdwijnt vanzelf.",
    ),
    Rule(
        name="backup",
        what="Een reservekopie van de databank",
        why="De databank herstellen na een fout",
        term=BACKUP_TERM,
        since="na het wissen",
        how="Oudere kopieën verdwijnen vanzelf.",
    ),
    Rule(
        name="log",
        what="Een technisch logboek: tijdstip, referentie van je aanmelding, gemeente en fout",
        why="Fouten vinden en oplossen",
        term=LOG_TERM,
        since="na het tijdstip",
        how="Oudere regels verdwijnen vanzelf.",
    ),
    Rule(
        name="external",
        what="Hoeveel kandidaten zich bij een gemeente of organisatie zelf aanmeldden",
        why="Die cijfers naast de onze zetten",
        term=None,
        since="Blijft bewaard",
        how="Er staat geen kandidaat in, wel wie van ons het cijfer opschreef.",
        fields=_of(
            "external",
            *("source", "organisation", "nis_code", "day", "count", "note", "recorded_at", "who"),
        ),
    ),
    Rule(
        name="downloads",
        what="Hoe vaak een bestand van de toolkit per dag gedownload werd",
        why="Weten wat gemeenten gebruiken",
        term=None,
        since="Blijft bewaard",
        how="We houden niet bij wie het deed.",
        fields=_of("downloads", "path", "days"),
    ),
    Rule(
        name="ledger",
        what="Wat er gebeurde: tijdstip, gemeente, campagne en de referentie van de aanmelding",
        why="Cijfers maken en nagaan of alles goed verloopt",
        term=None,
        since="Blijft bewaard",
        how="Er staat geen naam, adres of telefoonnummer in.",
        fields=(
            *_of("entry", "reference", "number", "at", "what", "receiver", "why", "mail", "door"),
            *_of("entry", "noted_at", "place", "source", "adds"),
            *_of("figures", "tally", "through", "repaired_at", "version"),
            *_of("incident", "kind", "opened_at", "closed_at", "since", "why", "told", "version"),
            "status.status",
        ),
    ),
)


def in_words(term: timedelta) -> str:
    """
    A term as a visitor reads it: «1 jaar», «30 dagen», «48 uur».

    Raises ValueError for one that is no whole number of hours.
    """
    for unit, word, at_least in (
        (timedelta(days=365), "jaar", 1),
        (timedelta(days=1), "dagen", 3),
        (timedelta(hours=1), "uur", 1),
    ):
        count, rest = divmod(term, unit)
        if not rest and count >= at_least:
            return f"{count} {word}"
    raise ValueError(f"not a whole number of hours: {term}")
