"""
What stands in a file with many registrations, and writing it, one registration after the other.

Who stopped, was erased or was refused is in it without name, address and message: nobody has to
contact her, and the figures need her line only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from chalicelib.domain.calendar import local_date
from chalicelib.domain.cleaning import shown_phone
from chalicelib.domain.course import ERASED, IN_TIME, JUDGED, REFUSED, WITHDRAWN, counted, standing
from chalicelib.domain.deed import STATES as ACT_STATES
from chalicelib.domain.document import UNKNOWN
from chalicelib.domain.export import CSV, STATES, Choice, places_of
from chalicelib.domain.form import Answers
from chalicelib.domain.registration import Registration
from chalicelib.domain.rerouting import REFUSALS
from chalicelib.spreadsheet import Column, write_csv, write_xlsx


@dataclass(frozen=True)
class Line:
    """One registration, how it stands (`STATES`), and what it counts for (course.py)."""

    one: Registration
    state: str
    figures: Mapping[str, int]

    def told(self, answer: Callable[[Answers], str]) -> str:
        """Something that tells who she is; "" once nobody has to contact her."""
        is_over = self.state in {WITHDRAWN, ERASED, REFUSED}
        return "" if is_over else answer(self.one.answers)

    @property
    def places(self) -> str:
        """Who has her, and how it stands there: «Aalst (Gecontacteerd), Gent (Nieuw)»."""
        return ", ".join(
            f"{self.one.called(place.receiver)} ({ACT_STATES[place.state]})"
            for place in self.one.handovers
            if not place.ended_at
        )

    @property
    def refusal(self) -> str:
        judged = self.one.judgement
        is_refused = self.state == REFUSED and judged is not None
        return REFUSALS[judged.why].words if is_refused and judged else ""

    @property
    def in_time(self) -> str:
        """Whether she was contacted within the term; "" while the term runs."""
        if self.figures.get(IN_TIME):
            return "ja"
        return "nee" if self.figures.get(JUDGED) else ""


COLUMNS: tuple[Column[Line], ...] = (
    Column("Referentie", lambda line: line.one.reference, 15),
    Column("Aangemeld", lambda line: local_date(line.one.registered_at), 12),
    Column("Stand", lambda line: STATES[line.state], 26),
    Column("Waarom geweigerd", lambda line: line.refusal, 24),
    Column("Wil buddy zijn in", lambda line: _names(line.one), 26),
    Column("Provincie", lambda line: _provinces(line.one), 20),
    Column("Nu bij", lambda line: line.places, 34),
    Column("Doorgestuurd", lambda line: _first(one.sent_at for one in line.one.forwardings), 13),
    Column("Aangekomen", lambda line: _first(one.delivered_at for one in line.one.forwardings), 12),
    Column("Gecontacteerd", lambda line: _first(p.contacted_at for p in line.one.handovers), 14),
    Column("Binnen 10 werkdagen", lambda line: line.in_time, 20),
    Column("Kwam via", lambda line: line.one.answers.source or UNKNOWN, 16),
    Column("Naam", lambda line: line.told(lambda answers: answers.name), 28),
    Column("Telefoon", lambda line: line.told(_phone), 18),
    Column("E-mail", lambda line: line.told(lambda answers: answers.email), 30),
    Column("Postcode", lambda line: line.told(lambda answers: answers.postcode), 10),
    Column("Bericht", lambda line: line.told(lambda answers: answers.about), 60),
)


def lines(registrations: Iterable[Registration], choice: Choice) -> Iterator[Line]:
    """Those that are chosen, in the order in which they come."""
    for one in registrations:
        figures = counted(one.events)
        line = Line(one, standing(figures), figures)
        if choice.takes(one, line.state):
            yield line


def write(path: Path, registrations: Iterable[Registration], choice: Choice, now: datetime) -> int:
    """A file of those that are chosen; returns how many. Only its owner may read it."""
    path.touch(mode=0o600)
    chosen = lines(registrations, choice)
    if choice.kind == CSV:
        with path.open("w", encoding="utf-8", newline="") as file:
            return write_csv(file, COLUMNS, chosen)
    return write_xlsx(path, COLUMNS, chosen, f"Aanmeldingen {local_date(now)}", now)


def _names(one: Registration) -> str:
    return ", ".join(place.name for place in one.answers.municipalities)


def _provinces(one: Registration) -> str:
    return ", ".join(dict.fromkeys(place.province for place in places_of(one)))


def _phone(answers: Answers) -> str:
    return shown_phone(answers.phone) if answers.phone else ""


def _first(moments: Iterable[datetime | None]) -> date | None:
    first = min((moment for moment in moments if moment), default=None)
    return local_date(first) if first else None
