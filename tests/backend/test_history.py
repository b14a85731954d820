"""
Three years of registrations, and the figures of fifty days in them, counted twice: by our own way,
and here, from the story of each life, by code that shares nothing with it.
"""

import csv
import json
import tracemalloc
import zlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from chalicelib import counting, domain, reporting
from chalicelib.domain import outbox
from chalicelib.domain.figures import Sheet, Tally, days
from chalicelib.domain.following import acted, handed_on, undone
from chalicelib.domain.form import Answers
from chalicelib.domain.handover import CONTACTED, DUO, HANDED_ON, LINK, NOT_NOW, Act
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.ledger import Entry, ending, entries
from chalicelib.domain.outbox import DELIVERED, Fact, Receipt
from chalicelib.domain.registration import (
    FORWARDING,
    QUARANTINE,
    Registration,
    admitted,
    held,
    register,
    unheld,
)
from chalicelib.domain.report import MUNICIPALITY, NOW, THEN, Question, report
from chalicelib.domain.rerouting import refused_for, rerouted
from chalicelib.domain.waiting import escalated
from chalicelib.projection import project
from tests.backend.fakes import FakeStore
from tests.backend.samples import registration

BRUSSELS = ZoneInfo("Europe/Brussels")
BEGIN = datetime(2022, 9, 22, 6, 0, tzinfo=UTC)
END = datetime(2025, 9, 21, 22, 30, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DATA = Path(domain.__file__).parent / "data"
MERGED = {"11056": "46030", "23023": "23106", "23024": "23106", "44012": "44086", "46014": "46029"}
"""Of 1 January 2025: Zwijndrecht came from another province, Lokeren kept its name."""
STAYED = ("11002", "44021", "41002", "24062", "71016", "31005", "21004", "21015", "34022", "24094")
POSTCODES = ("9300", "9000", "2000", "1999", "3000")  # 1999 is nobody's
CAMPAIGNS = ("", "", "infoavond", "krant")


@dataclass(frozen=True)
class Scene:
    """What happened: known on `day` (Brussels), at `at`, in a place, and to or why."""

    day: date
    at: datetime
    what: str
    place: str = ""
    more: str = ""


@dataclass
class Life:
    """A registration, and its story as it was told while it happened."""

    one: Registration
    story: list[Scene]
    now: datetime
    random: Random

    def after(self, longest: timedelta, shortest: timedelta = MINUTE) -> None:
        self.now += shortest + self.random.random() * (longest - shortest)

    def tell(self, what: str, place: str = "", more: str = "") -> None:
        self.story.append(Scene(self.now.astimezone(BRUSSELS).date(), self.now, what, place, more))

    def mail(self, place: str) -> None:
        """SES took it; what became of it we may hear days later, or never."""
        mail = self.one.mail(FORWARDING, place)
        assert mail
        if mail.sendings:
            return
        self.after(2 * MINUTE)
        name = f"message-{place}"
        self.one = outbox.sent(self.one, mail, name, f"{place}-1", self.now)
        self.tell("sent", place)
        if self.random.random() < 0.95:
            sent_at, fact = self.now, Fact(self.now + MINUTE, DELIVERED)
            self.after(6 * DAY if self.random.random() < 0.1 else 3 * MINUTE)
            told = Receipt(
                *(self.one.id, FORWARDING, place, f"{place}-1", name, sent_at, fact),
                noted_at=self.now,
            )
            self.one = outbox.heard(self.one, told)
            self.tell("delivered", place)

    def act(self, place: str, what: str, within: timedelta) -> None:
        self.after(within)
        handover = self.one.handover(place)
        late = handover and self.one.late_at(handover)
        if late and late <= self.now:
            now, self.now = self.now, max(late, self.story[-1].at)
            self.one = escalated(self.one, self.now)
            self.tell("late")
            self.now = max(now, self.now)
        self.one = acted(self.one, place, Act(self.now, what, LINK))
        self.tell(what, place)

    def undo(self, place: str) -> None:
        self.after(30 * MINUTE)
        self.one = undone(self.one, place, LINK, self.now)
        self.tell("undone", place)


def answers(place: str, random: Random) -> Answers:
    return Answers(
        *("Iemand", "iemand@example.be", "", random.choice(POSTCODES), (place,), "", "yes"),
        random.choice(CAMPAIGNS),
    )


def place_on(day: date, random: Random) -> str:
    """A municipality as it was called on that day."""
    place = random.choice([*STAYED, *MERGED, *MERGED])
    return MERGED.get(place, place) if day.year >= 2025 else place


def lived(number: int, random: Random) -> Life:
    """A life in which things happen as they do, at moments that any of them may fall on."""
    start = BEGIN + random.random() * (END - BEGIN)
    day = start.astimezone(BRUSSELS).date()
    place, other = place_on(day, random), place_on(day, random)
    one = register(answers(place, random), f"MB-{number:08}", f"{number}", start)
    whence = next(event.why for event in one.events if event.what == "queued")
    life = Life(one, [], start, random)
    life.tell("registered", place, whence)
    kind = random.random()
    if kind < 0.03:
        life.after(2 * DAY)
        life.one = admitted(life.one, repeat_of="MB-7K3F-9Q3D", confirm=False, now=life.now)
        life.tell("repeated")
        return life
    if kind < 0.08:
        life.one = held(life.one, QUARANTINE, "honeypot", life.now)
        life.tell("held")
        life.after(20 * DAY)
        if kind < 0.05:
            life.one = refused_for(life.one, "not-real", LINK, life.now)
            life.tell("refused", more="not-real")
            return life
        life.one = unheld(life.one, "desk", life.now)
        life.tell("released")
    life.mail(place)
    happen(life, place, other if other != place else "35013")
    return life


def happen(life: Life, place: str, other: str) -> None:
    """What the municipality did, what the agency did, and what she did herself."""
    random = life.random
    kinds = (called, refused_now, passed_on, moved, refused_by_us, nothing)
    (kind,) = random.choices(kinds, (45, 10, 10, 7, 6, 22))
    kind(life, place, other)
    if kind is not refused_by_us and random.random() < 0.08:
        life.after(200 * DAY)
        life.one = withdrawn(life.one, LINK, life.now)
        life.tell("withdrawn")
    if random.random() < 0.06:
        life.after(25 * DAY)
        life.one = erased(life.one, LINK, life.now)
        life.tell("erased")


def called(life: Life, place: str, other: str) -> None:
    life.act(place, CONTACTED, 30 * DAY)
    if life.random.random() < 0.1:
        life.undo(place)
    elif life.random.random() < 0.3:
        life.act(place, DUO, 60 * DAY)


def refused_now(life: Life, place: str, other: str) -> None:
    life.act(place, NOT_NOW, 30 * DAY)


def passed_on(life: Life, place: str, other: str) -> None:
    life.after(5 * DAY)
    life.one = handed_on(life.one, place, Act(life.now, HANDED_ON, LINK, to=other))
    life.tell("handed-on", place, other)
    if life.random.random() < 0.4:
        life.undo(place)
        life.act(place, NOT_NOW, 20 * DAY)
    else:
        life.after(2 * DAY, HOUR)
        life.mail(other)
        life.act(other, life.random.choice((CONTACTED, DUO)), 30 * DAY)


def moved(life: Life, place: str, other: str) -> None:
    life.act(place, CONTACTED, 5 * DAY)
    for loses, gets in ((place, other), (other, place))[: life.random.choice((1, 1, 2))]:
        life.after(5 * DAY)
        life.one = rerouted(life.one, loses, gets, LINK, life.now)
        life.tell("rerouted", loses, gets)
        if gets == other:
            life.mail(other)


def refused_by_us(life: Life, place: str, other: str) -> None:
    life.after(20 * DAY)
    why = life.random.choice(("too-far", "too-young"))
    life.one = refused_for(life.one, why, LINK, life.now)
    life.tell("refused", more=why)


def nothing(life: Life, place: str, other: str) -> None:
    """Nobody ever says what was done."""


class Packed(FakeStore):
    """Keeps its figures as bytes, as a table does: reading them costs memory."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes: dict[date, tuple[bytes, bytes]] = {}

    def save_sheet(self, sheet: Sheet) -> None:
        adds, total = (
            zlib.compress(json.dumps(vars(one)).encode(), 1) for one in (sheet.adds, sheet.total)
        )
        self._bytes[sheet.day] = adds, total

    def sheet(self, day: date) -> Sheet | None:
        kept = self._bytes.get(day)
        return Sheet(day, *map(_unpacked, kept)) if kept else None

    def total(self, day: date) -> Tally | None:
        kept = self._bytes.get(day)
        return _unpacked(kept[1]) if kept else None

    def day_figures(self, first: date, last: date) -> Iterator[tuple[date, Tally]]:
        found = [day for day in sorted(self._bytes) if first <= day <= last]
        return ((day, _unpacked(self._bytes[day][0])) for day in found)


def _unpacked(kept: bytes) -> Tally:
    return Tally(**json.loads(zlib.decompress(kept)))


@dataclass
class History:
    """The lives, and the table in which they are counted."""

    store: Packed = field(default_factory=Packed)
    lives: list[Life] = field(default_factory=list)


def history(count: int) -> History:
    """
    Lives up to `END`, whose entries come as they became known; the stream misses some, and the
    repair finds them when their days are long final. Among them are tests of our own.
    """
    random = Random(48)
    made = History()
    told: list[Entry] = []
    for number in range(count):
        life = lived(number, random)
        those = list(entries(life.one))
        if life.one.expires_at < END:
            those.append(ending(life.one))
            life.now = life.one.expires_at
            life.tell("expired")
        told += [entry for entry in those if entry.event.known_at < END]
        made.lives.append(life)
    for number in range(20):
        test = registration(number, BEGIN + number * DAY)
        project(None, replace(test, synthetic=True), made.store)
    told.sort(key=lambda entry: entry.event.known_at)
    missed = {random.randrange(len(told) * 3 // 4, len(told)) for _ in range(30)}
    until, step = BEGIN, 100 * DAY
    for number, entry in enumerate(told):
        while entry.event.known_at >= until + step:
            until += step
            _run(made.store, until)
        if number not in missed:
            made.store.append(entry)
    _run(made.store, END)
    for number in sorted(missed):
        made.store.append(told[number])
        counting.reopen(made.store, told[number].event.known_at.astimezone(BRUSSELS).date())
    _run(made.store, END)
    return made


def _run(store: Packed, now: datetime) -> None:
    counting.repaired(store, now)
    counting.count(store, now)


@pytest.fixture(scope="module")
def large() -> History:
    return history(25_000)


@pytest.fixture(scope="module")
def dates() -> list[date]:
    """Fifty days: the first, the last that is final, and around the merger and the clock."""
    chosen = {
        *(date(2022, 9, 22), date(2022, 11, 2), date(2025, 9, 20)),
        *(date(2024, 12, 31), date(2025, 1, 1), date(2023, 3, 26), date(2024, 10, 27)),
    }
    random = Random(50)
    while len(chosen) < 50:
        chosen.add(date(2022, 9, 22) + random.randrange(1095) * DAY)
    return sorted(chosen)


# -- the second way: from the stories, without anything of course.py, figures.py or counting.py


@cache
def _free() -> frozenset[date]:
    with (DATA / "holidays.csv").open() as file:
        return frozenset(date.fromisoformat(row["date"]) for row in csv.DictReader(file))


@cache
def _deadline(day: date) -> datetime:
    left = 10
    while left:
        day += DAY
        if day.weekday() not in {5, 6} and day not in _free():
            left -= 1
    return datetime.combine(day, time(17), BRUSSELS)


def naive(story: list[Scene]) -> dict[str, int]:
    """What a story counts for, read from its begin to its end each time."""
    words = [scene.what for scene in story]
    if "repeated" in words:
        return {"repeats": 1}
    first = story[0]
    began = next((one.at for one in story if one.what == "released"), first.at)
    stays: list[tuple[str, list[Scene]]] = [(first.place, [])]  # the last of a place is the one
    has_her = {first.place}
    for scene in story:
        mine = [acts for place, acts in stays if place == scene.place]
        if scene.what in {"contacted", "duo", "not-now", "handed-on"}:
            mine[-1].append(scene)
        if scene.what in {"handed-on", "rerouted"} and scene.more not in has_her:
            stays.append((scene.more, []))
            has_her.add(scene.more)
        if scene.what == "rerouted":
            has_her.discard(scene.place)
        if scene.what == "undone":
            undone = mine[-1].pop()
            has_her.discard(undone.more)
    all_acts = [act for _, acts in stays for act in acts]
    contacts = [act for act in all_acts if act.what in {"contacted", "duo"}]
    told = {
        "registered": 1,
        "forwarded": "sent" in words,
        "delivered": "delivered" in words,
        "opened": bool(all_acts),
        "contacted": bool(contacts),
        "judged": bool(contacts) or "late" in words,
        "in-time": any(act.at <= _deadline(began.astimezone(BRUSSELS).date()) for act in contacts),
        "duos": len({place for place, acts in stays for act in acts if act.what == "duo"}),
        "handed-on": sum(act.what == "handed-on" for act in all_acts),
        "elsewhere": first.more == "elsewhere",
        "home-unknown": first.more == "home-unknown",
        "refused": "refused" in words,
        "withdrawn": "withdrawn" in words,
        "erased": "erased" in words,
        "expired": "expired" in words and "erased" not in words,
        **{f"refused:{scene.more}": 1 for scene in story if scene.what == "refused"},
    }
    now = {place: acts[-1].what if acts else "" for place, acts in stays if place in has_her}
    told[f"status:{_standing(words, set(now.values()) - {'handed-on'})}"] = 1
    return {name: int(count) for name, count in told.items() if count}


def _standing(words: list[str], now: set[str]) -> str:
    for end in ("erased", "withdrawn", "refused", "expired"):
        if end in words:
            return end
    if "held" in words and "released" not in words:
        return "held"
    for what in ("duo", "contacted"):
        if what in now:
            return what
    if now == {"not-now"}:
        return "not-now"
    if "delivered" in words:
        return "delivered"
    return "under-way" if "sent" in words else "new"


Naive = dict[tuple[str, str], Counter[str]]


def counted(lives: list[Life], dates: list[date]) -> list[Naive]:
    """For each day, what there was by place and campaign."""
    found: list[Naive] = [defaultdict(Counter) for _ in dates]
    for life in lives:
        key = (life.story[0].place, life.one.events[0].why)
        known = [scene.day for scene in life.story]
        before, counts = 0, {}
        for number, day in enumerate(dates):
            length = bisect_right(known, day)
            if length != before:
                before, counts = length, naive(life.story[:length])
            if length:
                found[number][key].update(counts)
    return found


def summed(naive: Naive, part: int) -> dict[str, dict[str, int]]:
    """By place (0) or by campaign (1)."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, counts in naive.items():
        sums[key[part]].update(counts)
    return {key: dict(counts) for key, counts in sums.items()}


def test_stories(large: History) -> None:
    """
    Enough of everything happened; what we knew of a life came in its order.
    """
    words = Counter(scene.what for life in large.lives for scene in life.story)

    assert 25_000 == words["registered"]
    assert min(words.values()) >= 200, words
    assert all(
        life.story == sorted(life.story, key=lambda scene: scene.day) for life in large.lives
    )


def test_fifty_days(large: History, dates: list[date]) -> None:
    """
    In all, by place and by campaign, each figure of fifty past days is as counted from the stories.
    """
    for day, expected in zip(dates, counted(large.lives, dates), strict=True):
        total, is_final = counting.total_on(large.store, day)

        assert total, day
        assert is_final, day
        assert summed(expected, 0) == total.places, day
        assert summed(expected, 1) == total.sources, day
        assert sum((counts for counts in expected.values()), Counter()) == total.total, day


@pytest.mark.parametrize("which", [THEN, NOW])
def test_municipalities(large: History, dates: list[date], which: str) -> None:
    """
    The report of each day adds up by municipality, as these were then, and as they are today.
    """
    for day in dates:
        question = Question(day, by=MUNICIPALITY, places=which, known_by=day)
        known = reporting.figures(question, large.store, END)
        (table,) = (one for one in report(question, known).tables if one.name == MUNICIPALITY)
        shown = {row[1]: row[3] for row in table.rows}
        merged = MERGED if which == NOW or day.year >= 2025 else {}
        expected: Counter[str] = Counter()
        for life in large.lives:
            known_days = {scene.what: scene.day for scene in life.story}
            is_repeat = known_days.get("repeated", date.max) <= day
            if known_days["registered"] <= day and not is_repeat:
                place = life.story[0].place
                expected[merged.get(place, place)] += 1

        assert expected == Counter(shown), day


def test_recount(large: History) -> None:
    """
    The running totals are what a full recount gives, for each of the days.
    """
    final = list(days(date(2022, 9, 22), date(2025, 9, 20)))

    assert final == list(counting.recount(large.store))


def test_memory(large: History) -> None:
    """
    A report takes no more memory where many more registered: less than two bytes for each of them,
    as larger numbers have more digits.
    """
    small = history(2_500)

    assert peak(large.store) - peak(small.store) < 2 * 22_500


def peak(store: Packed) -> int:
    """The most bytes that a report needs, with each week of a year."""
    tracemalloc.start()
    for by in (MUNICIPALITY, "week"):
        question = Question(date(2025, 9, 1), date(2024, 9, 1), by, known_by=date(2025, 9, 1))
        report(question, reporting.figures(question, store, END))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most
