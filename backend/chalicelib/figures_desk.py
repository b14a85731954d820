"""
The figures at the agency's desk: the report of any date and the answer to question 48, as a page
and as the files that the command line makes, to the byte.

No person is in them, so that whoever may sign in may see them, and no entry is left.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from chalicelib import reporting
from chalicelib.agency_desk import Gate, Inside
from chalicelib.agency_pages import AgencyPages
from chalicelib.document_files import FORMATS, TEXTS, written
from chalicelib.domain import answer
from chalicelib.domain.calendar import BRUSSELS, date_in_words, local_date, read_day
from chalicelib.domain.document import Document, Heading, Quote, Table, shown
from chalicelib.domain.figures import FIRST_DAY
from chalicelib.domain.form import FieldError
from chalicelib.domain.report import (
    BY_REASON,
    BY_STATUS,
    DOWNLOAD,
    MUNICIPALITY,
    NOW,
    PROVINCE,
    SOURCE,
    THEN,
    WEEK,
    Known,
    Question,
    report,
)
from chalicelib.domain.session import READ
from chalicelib.domain.site import DESK_FIGURES
from chalicelib.reporting import NOT_BEFORE, TO_COME, TOO_EARLY, UnanswerableError
from chalicelib.web import Answer, download, page

REPORT, ANSWER = "rapport", "antwoord"
KINDS = {REPORT: tuple(FORMATS), ANSWER: TEXTS}
"""What can be asked, and as which files it is handed out."""

GROUPS = {
    "": "Alles samen",
    MUNICIPALITY: "Gemeente",
    PROVINCE: "Provincie",
    SOURCE: "Campagne",
    BY_STATUS: "Hoe het met hen staat",
    BY_REASON: "Reden van weigeren",
    WEEK: "Week",
    DOWNLOAD: "Bestand van de toolkit",
}
PLACES = {THEN: "Zoals ze die dag waren", NOW: "Zoals ze vandaag zijn"}
FORMAT_WORDS = {
    "md": "Tekst (Markdown)",
    "csv": "Tabel (CSV)",
    "xlsx": "Excel (XLSX)",
    "json": "Voor programma’s (JSON)",
    "html": "Webpagina (HTML)",
}

DAY, SINCE, BY, WHICH, WHAT = "dag", "vergelijk", "per", "gemeenten", "wat"
"""What a page's address asks, by name."""
NO_DAY = {
    DAY: "Vul een dag in, zoals 2-11-2022.",
    SINCE: "Vul een vroegere dag in, zoals 1-10-2022. Of laat dit leeg.",
}
UNANSWERABLE = {
    TO_COME: (DAY, "Die dag moet nog komen. Kies vandaag of vroeger."),
    TOO_EARLY: (DAY, f"Kies een dag vanaf {date_in_words(FIRST_DAY)}. Toen begon de site."),
    NOT_BEFORE: (SINCE, "Kies om te vergelijken een vroegere dag."),
}
NO_FILE = "Zo’n bestand hebben we niet. Kies er een uit de lijst bij de cijfers."


@dataclass(frozen=True)
class Asked:
    """What an address asks, as far as it can be understood."""

    typed: Mapping[str, str]
    question: Question | None
    errors: tuple[FieldError, ...] = ()

    @property
    def what(self) -> str:
        return self.typed[WHAT]

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in self.typed.items() if value})

    def error(self, name: str) -> str:
        return next((one.message for one in self.errors if one.field == name), "")


@dataclass(frozen=True)
class File:
    """A file to fetch; `digest` is the SHA-256 of its bytes."""

    words: str
    href: str
    digest: str


class FiguresDesk:
    """One request for figures."""

    def __init__(self, gate: Gate, store: reporting.Store, now: datetime) -> None:
        self._gate = gate
        self._store = store
        self._now = now

    def page(self, query: Mapping[str, str]) -> Answer:
        def view(inside: Inside) -> Answer:
            pages = inside.pages
            asked = read(query, self._now)
            if asked.question is None:
                return page(422, figures_page(pages, asked, None, self._now))
            made = self._document(asked.what, asked.question)
            return page(200, figures_page(pages, asked, made, self._now))

        return self._gate.shown_inside(READ, view)

    def file(self, name: str, query: Mapping[str, str]) -> Answer:
        """A file, by its name: `rapport.csv`."""

        def view(inside: Inside) -> Answer:
            pages = inside.pages
            what, _, kind = name.partition(".")
            if kind not in KINDS.get(what, ()):
                return page(404, pages.notice_page("Dit vonden we niet", NO_FILE))
            asked = read({**query, WHAT: what}, self._now)
            if asked.question is None:
                return page(422, figures_page(pages, asked, None, self._now))
            document, _ = self._document(what, asked.question)
            day = asked.question.as_of.isoformat()
            content = written(document, kind)
            return download(f"{what}-{day}.{kind}", content)

        return self._gate.shown_inside(READ, view)

    def _document(self, what: str, question: Question) -> tuple[Document, Known]:
        known = reporting.figures(question, self._store, self._now)
        made = answer.answer if what == ANSWER else report
        return made(question, known), known


def read(query: Mapping[str, str], now: datetime) -> Asked:
    """
    The question that an address asks: without anything in it, the report of today. A choice that
    is not in the list counts as the first one; a day that is none, or that can't be answered, is
    told.
    """
    typed = {
        DAY: query.get(DAY, "") or local_date(now).isoformat(),
        SINCE: query.get(SINCE, ""),
        BY: _one_of(query.get(BY, ""), GROUPS),
        WHICH: _one_of(query.get(WHICH, ""), PLACES),
        WHAT: _one_of(query.get(WHAT, ""), KINDS),
    }
    if typed[WHAT] == ANSWER:
        typed |= {SINCE: "", BY: "", WHICH: THEN}  # its form is given
    day, since = read_day(typed[DAY]), read_day(typed[SINCE])
    errors = tuple(
        FieldError(name, NO_DAY[name])
        for name, understood in ((DAY, day), (SINCE, since))
        if typed[name] and understood is None
    )
    typed |= {DAY: _written(day), SINCE: _written(since)}
    if errors or day is None:
        return Asked(typed, None, errors)
    try:
        asked = reporting.answerable(Question(day, since, typed[BY], typed[WHICH]), now)
    except UnanswerableError as error:
        return Asked(typed, None, (FieldError(*UNANSWERABLE[error.code]),))
    return Asked(typed, asked)


def figures_page(
    pages: AgencyPages, asked: Asked, made: tuple[Document, Known] | None, now: datetime
) -> str:
    """The page: what can be asked, and the document where there is one."""
    document, known = made or (None, None)
    return pages.render_inside(
        "agency-figures",
        DESK_FIGURES,
        asked=asked,
        errors=[(error, error.field) for error in asked.errors],
        groups=GROUPS,
        places=PLACES,
        document=document,
        is_final=known is not None and known.is_final,
        files=[*_files(pages, asked, document)] if document else [],
        made_at=f"{now.astimezone(BRUSSELS):%d/%m/%Y %H.%M}",
        is_table=lambda part: isinstance(part, Table),
        is_heading=lambda part: isinstance(part, Heading),
        is_quote=lambda part: isinstance(part, Quote),
        shown_rows=lambda table: [[shown(cell) for cell in row] for row in table.rows],
    )


def _files(pages: AgencyPages, asked: Asked, document: Document) -> Iterator[File]:
    for kind in KINDS[asked.what]:
        digest = hashlib.sha256(written(document, kind)).hexdigest()
        href = pages.url(f"{DESK_FIGURES}{asked.what}.{kind}?{asked.query}")
        yield File(FORMAT_WORDS[kind], href, digest)


def _one_of(given: str, choices: Mapping[str, object]) -> str:
    return given if given in choices else next(iter(choices))


def _written(day: date | None) -> str:
    """As the browser's own field shows it: nothing when it is no day."""
    return day.isoformat() if day else ""
