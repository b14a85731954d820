"""
How long what is kept, and why: the one table behind the software and the privacy statement.

The items of the DynamoDB table take their expiry from here, `infra/template.yaml` is tested
against it, and the page about privacy shows it: change a term, and all of them follow or fail.
"""

from dataclasses import dataclass
from datetime import timedelta

REGISTRATION_TERM = timedelta(days=365)
RECENT_TERM = timedelta(hours=48)  # twice a day: a registration may reach us a day late
NETWORK_TERM = timedelta(hours=48)  # as late; the digest itself is another one each day
SYNTHETIC_TERM = timedelta(days=7)  # our own tests: nobody’s data
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

    `since` is what the term counts from, or until when it is kept where `term` is None; `how`
    tells what makes it end, or why it needs no end.
    """

    what: str
    why: str
    term: timedelta | None
    since: str
    how: str
    basis: str = PUBLIC_TASK

    @property
    def kept(self) -> str:
        """How long, in words."""
        return f"{in_words(self.term)} {self.since}" if self.term else self.since


RULES = (
    Rule(
        what="Je aanmelding: wat je invulde, je referentie en welke mails we stuurden",
        why="Je in contact brengen met je gemeente",
        term=REGISTRATION_TERM,
        since="na je aanmelding",
        how="We gebruiken ze dan niet meer. De databank wist ze vanzelf.",
    ),
    Rule(
        what="Een code die we maken van je e-mailadres, met je laatste aanmeldingen",
        why="Dubbele aanmeldingen herkennen, zodat niemand te veel mails krijgt",
        term=RECENT_TERM,
        since="na je laatste aanmelding",
        how="De databank wist ze vanzelf.",
    ),
    Rule(
        what="Een code die we maken van je internetadres, elke dag een andere",
        why="Zien of er heel veel aanmeldingen van één plek komen",
        term=NETWORK_TERM,
        since="na de laatste aanmelding van die plek",
        how="Het internetadres zelf bewaren we niet. De databank wist de code vanzelf.",
    ),
    Rule(
        what="Wat ons opviel aan hoe het formulier werd verstuurd, bijvoorbeeld heel snel",
        why="Computers herkennen die het formulier invullen",
        term=REGISTRATION_TERM,
        since="na je aanmelding",
        how="De databank wist het samen met je aanmelding.",
    ),
    Rule(
        what="Een melding of een mail aankwam, met het e-mailadres",
        why="Zien of je mail aankomt, en iets anders proberen als dat niet lukt",
        term=MAIL_EVENT_TERM,
        since="na de melding",
        how="We wissen ze zodra we ze verwerkten. Lukt dat niet, dan verdwijnt ze vanzelf.",
    ),
    Rule(
        what="Een tijdelijke kopie van elke wijziging in de databank",
        why="Je mails meteen versturen",
        term=STREAM_TERM,
        since="na de wijziging",
        how="De kopie verdwijnt vanzelf.",
    ),
    Rule(
        what="Een reservekopie van de databank",
        why="De databank herstellen na een fout",
        term=BACKUP_TERM,
        since="na het wissen",
        how="Oudere kopieën verdwijnen vanzelf.",
    ),
    Rule(
        what="Een technisch logboek: tijdstip, referentie van je aanmelding, gemeente en fout",
        why="Fouten vinden en oplossen",
        term=LOG_TERM,
        since="na het tijdstip",
        how="Oudere regels verdwijnen vanzelf.",
    ),
    Rule(
        what="Wat er gebeurde: tijdstip, gemeente, campagne en de referentie van de aanmelding",
        why="Cijfers maken en nagaan of alles goed verloopt",
        term=None,
        since="Blijft bewaard",
        how="Er staat geen naam, adres of telefoonnummer in.",
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
