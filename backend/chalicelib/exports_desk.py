"""
Files with many registrations at the agency's desk, for who manages: asking for one, and fetching
it. Making it takes minutes, which is not this function's work (exporting.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib import exporting
from chalicelib.agency_desk import Gate, Inside
from chalicelib.domain.calendar import BRUSSELS, read_day
from chalicelib.domain.export import (
    ASKED,
    FAILED,
    KINDS,
    PROVINCES,
    READY,
    REMOVED,
    STATES,
    WRITING,
    Choice,
    Export,
    UnusableChoiceError,
    read_choice,
)
from chalicelib.domain.municipalities import by_province
from chalicelib.domain.retention import EXPORT_REQUEST_TERM, EXPORT_TERM, in_words
from chalicelib.domain.session import MANAGE
from chalicelib.domain.site import DESK_EXPORTS
from chalicelib.exporting import TooManyError, until_in_words
from chalicelib.web import Answer, page, see_other

FIELDS = ("kind", "place", "province", "state", "first", "last")
"""What is posted, by name."""
NOTHING_TYPED: Mapping[str, str] = dict.fromkeys(FIELDS, "")
MAX_TYPED = 40  # characters that are shown again
NOTHING = "We deden niets."
UNUSABLE = {
    "kind": f"{NOTHING} Kies Excel of CSV.",
    "municipality": f"{NOTHING} Kies de gemeente uit de lijst.",
    "province": f"{NOTHING} Kies de provincie uit de lijst.",
    "state": f"{NOTHING} Kies de stand uit de lijst.",
    "day": f"{NOTHING} Vul een dag in, zoals 2-11-2022.",
    "period": f"{NOTHING} De laatste dag komt voor de eerste. Draai ze om.",
}
TOO_MANY = (
    f"{NOTHING} Er wachten al {exporting.MAX_OPEN} bestanden. "
    "Wacht tot er een klaar is, en vraag het opnieuw."
)
GONE = (
    "Dit bestand is er niet (meer). We wissen elk bestand na "
    f"{in_words(EXPORT_TERM)}. Vraag het opnieuw bij «Bestanden»."
)
STATE_WORDS = {
    ASKED: "wacht",
    WRITING: "wordt gemaakt",
    READY: "staat klaar",
    REMOVED: "gewist",
    FAILED: "mislukt. Vraag het opnieuw.",
}
KILO = 1000


@dataclass(frozen=True)
class ShownExport:
    """A file in words; `href` is where it is fetched, "" where it is not (any more)."""

    what: str
    officer: str
    asked: str
    state: str
    until: str
    size: str
    count: int
    href: str


class ExportsDesk:
    """One request about such files."""

    def __init__(self, gate: Gate, store: exporting.Asked, now: datetime) -> None:
        self._gate = gate
        self._store = store
        self._now = now

    def page(self) -> Answer:
        """What can be asked, and what was asked lately."""
        return self._gate.shown_inside(MANAGE, self._page)

    def asked(self) -> Answer:
        """The button: a file is asked for."""

        def done(inside: Inside) -> Answer:
            typed = {name: inside.said(name)[:MAX_TYPED] for name in FIELDS}
            try:
                exporting.ask(_choice(typed), inside.who, self._store, self._now)
            except UnusableChoiceError as error:
                return self._page(inside, typed, 422, UNUSABLE[error.field])
            except TooManyError:
                return self._page(inside, typed, 409, TOO_MANY)
            return see_other(inside.pages.url(DESK_EXPORTS))

        return self._gate.done_inside(MANAGE, done)

    def file(self, id_: str, files: Callable[[], exporting.Links]) -> Answer:
        """On to the file itself, by an address that works for minutes; an entry says who got it."""

        def shown(inside: Inside) -> Answer:
            link = exporting.fetch(id_, inside.who, self._store, files(), self._now)
            if link is None:
                return page(404, inside.pages.notice_page("Dit vonden we niet", GONE))
            return see_other(link)

        return self._gate.shown_inside(MANAGE, shown)

    def _page(
        self,
        inside: Inside,
        typed: Mapping[str, str] = NOTHING_TYPED,
        status: int = 200,
        told: str = "",
    ) -> Answer:
        known = sorted(self._store.exports(self._now), key=lambda one: one.asked_at, reverse=True)
        html = inside.pages.render_inside(
            "agency-exports",
            DESK_EXPORTS,
            typed={**typed, "first": _as_field(typed["first"]), "last": _as_field(typed["last"])},
            told=told,
            kinds=list(KINDS.items()),
            places=_places(),
            provinces=[(name, name) for name in PROVINCES],
            states=list(STATES.items()),
            exports=[_shown(one, self._now, inside.pages.url) for one in known],
            waits=any(one.is_open for one in known),
            term=in_words(EXPORT_TERM),
            listed_for=in_words(EXPORT_REQUEST_TERM),
        )
        return page(status, html)


def _choice(typed: Mapping[str, str]) -> Choice:
    """Raises `UnusableChoiceError`."""
    return read_choice(
        typed["kind"],
        typed["place"],
        typed["province"],
        typed["state"],
        (_day(typed["first"]), _day(typed["last"])),
    )


def _day(text: str) -> date | None:
    day = read_day(text) if text else None
    if text and day is None:
        raise UnusableChoiceError("day")
    return day


def _as_field(text: str) -> str:
    """A day that was typed, as a field for a day can show it: nothing when it is no day."""
    day = read_day(text)
    return day.isoformat() if day else ""


def _places() -> Sequence[tuple[str, str]]:
    everyone = [one for those in by_province().values() for one in those]
    return sorted(((one.nis_code, one.name) for one in everyone), key=lambda place: place[1])


def _shown(one: Export, now: datetime, url: Callable[[str], str]) -> ShownExport:
    state = one.state(now)
    is_ready = state == READY
    return ShownExport(
        what=one.choice.in_words(),
        officer=one.officer,
        asked=f"{one.asked_at.astimezone(BRUSSELS):%d/%m/%Y %H.%M}",
        state=STATE_WORDS[state],
        until=until_in_words(one) if is_ready else "",
        size=_size(one.size),
        count=one.count,
        href=url(f"{DESK_EXPORTS}{one.id}/") if is_ready else "",
    )


def _size(size: int) -> str:
    """«12 kB», «3,4 MB»."""
    if size < KILO * KILO:
        return f"{max(1, round(size / KILO))} kB"
    return f"{size / KILO / KILO:.1f} MB".replace(".", ",")
