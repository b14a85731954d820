"""
The report of a date: how many registered up to and with that day, where, and what became of them.

Made of totals and days (figures.py) and of nothing else, so that the same date gives the same
report, whoever was erased since. All that depends on the day on which it is made stays out of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.domain import campaigns
from chalicelib.domain.calendar import date_in_words
from chalicelib.domain.course import (
    ARRIVED,
    DUOS,
    ERASED,
    EXPIRED,
    FORWARDED,
    IN_TIME,
    JUDGED,
    MEASURES,
    PASSED_ON,
    REACHED,
    REASON,
    REFUSED,
    REGISTERED,
    REPEATS,
    SEEN,
    STATUS,
    STATUSES,
    WITHDRAWN,
)
from chalicelib.domain.document import UNKNOWN, Cell, Document, Heading, Part, Share, Table, Text
from chalicelib.domain.downloads import FILES, Downloads, downloaded
from chalicelib.domain.external import External
from chalicelib.domain.figures import Counts, Tally
from chalicelib.domain.municipalities import (
    BRUSSELS,
    UnknownMunicipalityError,
    by_province,
    find_municipality,
    fold,
    municipality_on,
    province_on,
)
from chalicelib.domain.registration import ELSEWHERE, HOME_UNKNOWN
from chalicelib.domain.rerouting import REFUSALS

MUNICIPALITY, PROVINCE, SOURCE, BY_STATUS, BY_REASON, WEEK, DOWNLOAD = (
    "municipality",
    "province",
    "source",
    "status",
    "reason",
    "week",
    "download",
)
GROUPS = (MUNICIPALITY, PROVINCE, SOURCE, BY_STATUS, BY_REASON, WEEK, DOWNLOAD)
THEN, NOW = "then", "now"
"""The municipalities as they were on the day of the report, or as they are today."""

_SUMMARY = (
    *(REGISTERED, FORWARDED, ARRIVED, SEEN, REACHED, IN_TIME, DUOS, PASSED_ON),
    *(REFUSED, WITHDRAWN, ERASED, EXPIRED, ELSEWHERE, HOME_UNKNOWN, REPEATS),
)
_GROUPED = (
    *(REGISTERED, FORWARDED, ARRIVED, REACHED, IN_TIME, DUOS),
    *(REFUSED, WITHDRAWN, ERASED, ELSEWHERE, HOME_UNKNOWN),
)
_WEEKLY = (REGISTERED, FORWARDED, ARRIVED, REACHED, DUOS, REFUSED, WITHDRAWN, ERASED)

_REASONS = {
    **{code: refusal.words for code, refusal in REFUSALS.items()},
    "desk": "Geweigerd door het agentschap, zonder reden erbij",
}
_UNKNOWN_CODE = "?"
_PROVINCES = (*by_province(), UNKNOWN)

METHOD = (
    "Elke aanmelding telt één keer, ook die voor meer dan één gemeente.",
    "Wie zich voor dezelfde gemeente opnieuw aanmeldt, is een herhaling. Die tellen we apart.",
    "De gemeente is de eerste die de kandidaat koos.",
    "Iets telt vanaf de dag waarop wij het wisten, in de tijd van Brussel.",
    "Wat gebeurd is, blijft geteld. Dat geldt ook voor wie later stopte of gewist werd.",
    "Binnen 10 werkdagen: van wie gecontacteerd werd, of al langer dan 10 werkdagen wacht.",
    "Duo’s en doorgeven tellen we per plaats: één kandidaat kan er meer hebben.",
    "Onze eigen testen tellen nooit mee.",
)


SOURCE_METHOD = (
    "Een code komt mee met een link of QR-code. Wie het adres zelf typt, heeft er geen. "
    "Ook zonder JavaScript gaat de code verloren."
)
DOWNLOAD_METHOD = (
    "Een download telt als iemand op de link klikt. We bewaren niet wie dat is.",
    "Wie twee keer klikt, telt twee keer. Wie het bestand doorstuurt, tellen we niet.",
)


@dataclass(frozen=True)
class Question:
    """
    What is asked: figures up to and with `as_of`, compared with `since`, grouped `by` one of
    `GROUPS`. `places` is `THEN` or `NOW`; `known_by` is for the counts of others.
    """

    as_of: date
    since: date | None = None
    by: str = ""
    places: str = THEN
    known_by: date | None = None


@dataclass(frozen=True)
class Week:
    """What came in a week; the first one and the last may be cut off."""

    first: date
    last: date
    adds: Counts


@dataclass(frozen=True)
class Known:
    """
    What there is to answer it: both totals, None where it is not known; the weeks of the period;
    the counts of others; and whether nothing of it can change any more. The downloads are there
    when they are asked.
    """

    total: Tally | None
    before: Tally | None
    weeks: Sequence[Week]
    externals: Sequence[External]
    is_final: bool
    downloads: Sequence[Downloads] = ()


def report(question: Question, known: Known) -> Document:
    summary = _summary(question, known)
    if question.by:
        tables = [_grouped(question, known)]
    else:
        tables = [_statuses(question, known), _reasons(question, known)]
    return Document(
        title=f"Kandidaat-buddy’s via mijnbuddy.be, tot en met {date_in_words(question.as_of)}",
        parts=(
            *([] if known.is_final else [Text(PROVISIONAL)]),
            summary,
            *tables,
            *external_parts(question, known.externals),
            Heading("Hoe we tellen"),
            *map(Text, _method(question)),
            *map(Text, _about_unknown(question, known)),
        ),
        facts={
            "as_of": question.as_of.isoformat(),
            "since": question.since.isoformat() if question.since else None,
            "by": question.by or None,
            "municipalities": question.places,
            "known_by": question.known_by.isoformat() if question.known_by else None,
            "is_final": known.is_final,
        },
    )


def _method(question: Question) -> tuple[str, ...]:
    about_downloads = DOWNLOAD_METHOD if question.by == DOWNLOAD else ()
    about_sources = (SOURCE_METHOD,) if question.by == SOURCE else ()
    return (*METHOD, *about_sources, *about_downloads, _about_places(question))


PROVISIONAL = "Deze cijfers zijn voorlopig: ze kunnen nog veranderen."


def external_parts(question: Question, externals: Iterable[External]) -> tuple[Part, ...]:
    """The counts of others, apart: they are never added to ours."""
    rows = tuple(
        (
            one.organisation,
            one.source,
            _label(one.nis_code, question).name if one.nis_code else "Vlaanderen en Brussel",
            one.day.isoformat(),
            one.count,
            one.note,
        )
        for one in externals
    )
    title = "Aanmeldingen bij gemeenten en organisaties zelf"
    if not rows:
        return Heading(title), Text("Daarover hebben we geen cijfers: niet gekend.")
    columns = ("Waar", "Soort", "Gebied", "Op datum van", "Aantal", "Herkomst")
    return (
        Table("external", title, columns, rows),
        Text("Deze aantallen staan apart: iemand kan zich bij hen en bij ons aanmelden."),
    )


def reasons(total: Counts) -> list[tuple[str, int]]:
    """Why people were refused, in words, and how many; only what happened."""
    given = sorted(one.removeprefix(REASON) for one in total if one.startswith(REASON))
    return [(_REASONS.get(code, code), total[REASON + code]) for code in given]


def sources(total: Tally) -> list[tuple[str, int]]:
    """By which campaign people registered, in words, most first."""
    found: Counter[str] = Counter()
    for code, counts in total.sources.items():
        found[_source(code)] += counts.get(REGISTERED, 0)
    told = ((name, count) for name, count in found.items() if count)
    return sorted(told, key=lambda one: (-one[1], one[0]))


def _summary(question: Question, known: Known) -> Table:
    columns, values = _columns(question, known)
    names = {**MEASURES, IN_TIME: "Gecontacteerd binnen 10 werkdagen: aandeel"}
    rows = tuple(
        (names[measure], *(_cell(counts, measure) for counts in values)) for measure in _SUMMARY
    )
    return Table("summary", "Hoeveel", ("Wat", *columns), rows)


def _statuses(question: Question, known: Known) -> Table:
    columns, values = _columns(question, known)
    rows = tuple(
        (words, *(_cell(counts, STATUS + code) for counts in values))
        for code, words in STATUSES.items()
    )
    return Table("status", "Hoe het met hen staat", ("Stand", *columns), rows)


def _reasons(question: Question, known: Known) -> Table:
    columns, values = _columns(question, known)
    rows = tuple(
        (words, *(_cell(counts, REASON + code) for counts in values))
        for code, words in _REASONS.items()
    )
    return Table("reason", "Waarom geweigerd", ("Reden", *columns), rows)


def _columns(question: Question, known: Known) -> tuple[tuple[str, ...], tuple[Counts | None, ...]]:
    """The columns of a table with figures, and what each of them counts."""
    total = known.total.total if known.total else None
    as_of = f"Tot en met {date_in_words(question.as_of)}"
    if question.since is None:
        return (as_of,), (total,)
    before = known.before.total if known.before else None
    difference = None if total is None or before is None else _minus(total, before)
    return (
        (as_of, f"Tot en met {date_in_words(question.since)}", "Erbij"),
        (total, before, difference),
    )


def _cell(counts: Counts | None, measure: str) -> Cell:
    if counts is None:
        return None
    if measure == IN_TIME:
        whole = counts.get(JUDGED, 0)
        return Share(counts.get(IN_TIME, 0), whole) if whole > 0 else None
    return counts.get(measure, 0)


def _minus(one: Counts, other: Counts) -> Counts:
    return {key: one.get(key, 0) - other.get(key, 0) for key in {*one, *other}}


@dataclass(frozen=True, order=True)
class _Label:
    """A row of a grouped table, in its order."""

    order: str
    name: str
    more: tuple[str, ...] = ()


def _grouped(question: Question, known: Known) -> Table:
    if question.by == BY_STATUS:
        return _statuses(question, known)
    if question.by == BY_REASON:
        return _reasons(question, known)
    if question.by == WEEK:
        return _weeks(known)
    if question.by == DOWNLOAD:
        return _downloads(question, known)
    title, names, label, rows = _groups(question)
    total, before = (
        _sums(_tallied(tally, question.by), label) for tally in (known.total, known.before)
    )
    labels = sorted({*rows, *total, *before})
    titles = {**MEASURES, REGISTERED: "Aanmeldingen", IN_TIME: "Binnen 10 werkdagen: aandeel"}
    since = (f"Erbij sinds {date_in_words(question.since)}",) if question.since else ()
    is_known = known.total is not None
    return Table(
        question.by,
        title,
        (*names, *(titles[measure] for measure in _GROUPED), *since),
        tuple(
            (
                one.name,
                *one.more,
                *(_cell(total.get(one, {}) if is_known else None, each) for each in _GROUPED),
                *(_more(total.get(one, {}), before.get(one, {}), known) for _ in since),
            )
            for one in labels
        ),
    )


def _groups(
    question: Question,
) -> tuple[str, tuple[str, ...], Callable[[str], _Label], Iterable[_Label]]:
    """The title, the first columns, the row of a key, and the rows that are always there."""
    if question.by == SOURCE:
        return "Per campagne", ("Campagne",), lambda code: _Label(_source(code), _source(code)), ()
    if question.by == PROVINCE:

        def province(nis_code: str) -> _Label:
            return _province(_label(nis_code, question).more[-1])

        always = map(_province, _PROVINCES[:-1])
        return "Per provincie", ("Provincie",), province, always

    def place(nis_code: str) -> _Label:
        return _label(nis_code, question)

    return "Per gemeente", ("Gemeente", "NIS-code", "Provincie"), place, ()


def _tallied(tally: Tally | None, by: str) -> Mapping[str, Counts]:
    if tally is None:
        return {}
    return tally.sources if by == SOURCE else tally.places


def _sums(groups: Mapping[str, Counts], label: Callable[[str], _Label]) -> dict[_Label, Counts]:
    sums: dict[_Label, Counter[str]] = {}
    for key, counts in groups.items():
        sums.setdefault(label(key), Counter()).update(counts)
    return dict(sums)


def _more(total: Counts, before: Counts, known: Known) -> Cell:
    if known.total is None or known.before is None:
        return None
    return total.get(REGISTERED, 0) - before.get(REGISTERED, 0)


def weekly(days: Iterable[tuple[date, Counts]]) -> tuple[Week, ...]:
    """The weeks of a period, Monday to Sunday, from the first day that is known."""
    weeks: list[Week] = []
    for day, adds in days:
        counts = {measure: adds.get(measure, 0) for measure in _WEEKLY}
        if weeks and day.isocalendar()[:2] == weeks[-1].first.isocalendar()[:2]:
            before = weeks.pop()
            together = {name: before.adds[name] + count for name, count in counts.items()}
            weeks.append(Week(before.first, day, together))
        else:
            weeks.append(Week(day, day, counts))
    return tuple(weeks)


def _weeks(known: Known) -> Table:
    columns = ("Week", "Van", "Tot en met", *(MEASURES[measure] for measure in _WEEKLY))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{week.first:%G-W%V}",
            week.first.isoformat(),
            week.last.isoformat(),
            *(week.adds[measure] for measure in _WEEKLY),
        )
        for week in known.weeks
    )
    return Table(WEEK, "Wat er per week bij kwam", columns, rows)


def _downloads(question: Question, known: Known) -> Table:
    counts = [downloaded(known.downloads, question.as_of)]
    columns = [f"Tot en met {date_in_words(question.as_of)}"]
    if question.since:
        before = downloaded(known.downloads, question.since)
        added = _minus(counts[0], before) if counts[0] and before else None
        counts += [before, added]
        columns += [f"Tot en met {date_in_words(question.since)}", "Erbij"]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (told, *(found[path] if found else None for found in counts))
        for path, told in _files(counts[0] or {}).items()
    )
    return Table(DOWNLOAD, "Downloads van de toolkit en de films", ("Bestand", *columns), rows)


def _files(counted: Counts) -> dict[str, str]:
    """What each file is called, also one that is no longer offered."""
    offered = {path: f"{file.item}: {file.what}" for path, file in FILES.items()}
    return offered | {path: path for path in sorted(counted) if path not in offered}


def _label(nis_code: str, question: Question) -> _Label:
    """A municipality, as it was on the day of the report or as it is today."""
    try:
        if question.places == THEN:
            place = municipality_on(nis_code, question.as_of)
            province = province_on(nis_code, question.as_of)
        else:
            today = find_municipality(nis_code)
            place, province = today, today.province
    except UnknownMunicipalityError:
        return _Label("~", UNKNOWN, (nis_code or _UNKNOWN_CODE, UNKNOWN))
    return _Label(f"{fold(place.name)} {place.nis_code}", place.name, (place.nis_code, province))


def _province(name: str) -> _Label:
    return _Label(f"{_PROVINCES.index(name):02}", name)


def _source(code: str) -> str:
    """In words; whatever is not in our list is told together, as anybody can make up a code."""
    return campaigns.words(code) or ("Andere codes" if code else "Zonder code")


def _about_places(question: Question) -> str:
    which = "van die dag" if question.places == THEN else "van vandaag, na de fusies"
    return f"De gemeenten zijn die {which}. {BRUSSELS} staat tussen de provincies."


def _about_unknown(question: Question, known: Known) -> Iterable[str]:
    if known.total is None:
        yield f"Van {date_in_words(question.as_of)} hebben we geen cijfers."
    if question.since and known.before is None:
        yield f"Van {date_in_words(question.since)} hebben we geen cijfers."
