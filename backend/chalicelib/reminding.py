"""
Reminding the municipalities: one mail with the candidates that nobody there opened yet, at most
once in five working days, however many wait.

Who waits is found by one query of a sparse index, in which a candidate stands until somebody opens
her: no walk through the table, and nothing to remember. That a municipality was reminded shows in
the notice of that day, whose key makes it one; so a run that is repeated, skipped or made twice at
once leaves one mail. Whom it names is looked up when it goes out: who was opened meanwhile is not
in it.

What else follows from waiting needs no run of its own: it is a moment of the registration, and the
sweep takes it (`domain/waiting.py`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.acting import told_state
from chalicelib.domain.calendar import (
    BRUSSELS,
    in_words,
    is_working_day,
    local_date,
    promised_by,
    working_days_between,
)
from chalicelib.domain.candidates import Candidate
from chalicelib.domain.contacts import Receiver
from chalicelib.domain.municipalities import find_municipality
from chalicelib.domain.notice import Notice, notice
from chalicelib.domain.outbox import Mail, Outbox
from chalicelib.domain.patience import REMIND_AFTER, is_for_a_reminder, near
from chalicelib.domain.registration import REMINDER, Registration
from chalicelib.domain.site import MUNICIPALITY_DESK
from chalicelib.domain.vacation import Vacation
from chalicelib.domain.wording import first_name
from chalicelib.emails import DIVERSIONS, Email, Letters
from chalicelib.failures import NotNeededError
from chalicelib.logs import Log

log = Log(__name__)

FROM_HOUR = 8  # in Brussels: it is there when the desk begins
MAX_NAMED = 30  # in one mail; of the rest it tells how many
LOOK_BACK = timedelta(days=120)
"""Longer than any reminder is due after: twenty working days, and the longest vacation."""


class Store(Protocol):
    def unopened(self, since: datetime, now: datetime) -> Iterable[tuple[str, datetime]]: ...
    def outbox(self, id_: str, now: datetime) -> Outbox | None: ...
    def add_notice(self, notice: Notice) -> bool: ...
    def vacation(self, nis_code: str) -> Vacation | None: ...


class Registrations(Protocol):
    def candidates(self, receiver: str, now: datetime) -> Iterable[Candidate]: ...
    def get(self, reference: str, now: datetime) -> Registration | None: ...


@dataclass(frozen=True)
class Waiting:
    """A candidate as the mail names her: her first name, and no more of a person."""

    reference: str
    first_name: str
    waits: str
    promised_by: str
    is_late: bool
    came_back: str
    link: str


def remind(store: Store, now: datetime) -> int:
    """
    Make today's reminders, on a working day from eight in the morning; returns how many are new.

    Run again it makes those that are not there.
    """
    local = now.astimezone(BRUSSELS)
    if not is_working_day(local.date()) or local.hour < FROM_HOUR:
        return 0
    waiting: dict[str, list[datetime]] = defaultdict(list)
    for receiver, since in store.unopened(now - LOOK_BACK, now):
        waiting[receiver].append(since)
    made = 0
    for receiver, moments in waiting.items():
        if not _is_time(receiver, moments, store, local.date()):
            continue
        if _was_reminded(receiver, store, local.date(), now):
            continue
        reminder = notice(REMINDER, _key(receiver, local.date()), receiver, now)
        if store.add_notice(reminder):
            log.info("reminder made", reference=reminder.id)
            made += 1
    return made


class ReminderComposer:
    """Writes the mail: whom it names, and where it goes, is as things are when it goes out."""

    def __init__(
        self,
        store: Registrations,
        letters: Letters,
        agency: str,
        receiver_of: Callable[[Mail], Receiver],
        link: Callable[[Registration, str], str],
    ) -> None:
        self._store = store
        self._letters = letters
        self._agency = agency
        self._receiver_of = receiver_of
        self._link = link

    def __call__(self, notice: Notice, mail: Mail, now: datetime) -> Email:
        """Raises `NotNeededError` when nobody waits any more, `NobodyLeftError` as any mail."""
        rows = [row for row in self._store.candidates(mail.receiver, now) if row.unopened_since]
        rows.sort(key=lambda row: row.since)
        waiting = list(self._named(rows, mail.receiver, now))
        if not waiting:
            raise NotNeededError("nobody-waits")
        receiver = self._receiver_of(mail)
        more = max(0, len(rows) - MAX_NAMED)
        return self._letters.written(
            REMINDER,
            notice.id,
            receiver=mail.receiver,
            route=receiver.route,
            to=receiver.email,
            reply_to=self._agency,
            facts={
                "place": find_municipality(mail.receiver).name,
                "diversion": DIVERSIONS.get(receiver.diverted, ""),
                "candidates": waiting,
                "more": more,
                "count": len(waiting) + more,
                "desk": MUNICIPALITY_DESK,
                "every": REMIND_AFTER,
            },
        )

    def _named(self, rows: Sequence[Candidate], receiver: str, now: datetime) -> Iterator[Waiting]:
        """Those that wait longest, as they are now: a row may be a moment behind."""
        for row in rows[:MAX_NAMED]:
            one = self._store.get(row.reference, now)
            handover = one.handover(receiver) if one else None
            if one and handover and one.unopened_since(handover):
                since, today = local_date(one.waits_since(handover)), local_date(now)
                last = promised_by(one.waits_since(handover))
                yield Waiting(
                    reference=one.reference,
                    first_name=first_name(one.answers.name),
                    waits=_waits(since, today),
                    promised_by=in_words(last),
                    is_late=last < today,
                    came_back=told_state(one, handover) if handover.came_back else "",
                    link=self._link(one, receiver),
                )


def _is_time(receiver: str, moments: Iterable[datetime], store: Store, today: date) -> bool:
    """Whether somebody waits long enough, and somebody is there to read it."""
    vacation = store.vacation(find_municipality(receiver).nis_code)
    if vacation and vacation.covers(today):
        return False
    back = vacation.last if vacation and vacation.is_over(today) else None
    return any(is_for_a_reminder(since, today, back) for since in moments)


def _was_reminded(receiver: str, store: Store, today: date, now: datetime) -> bool:
    """Whether a mail went out, or will, on a day near to this one."""
    for day in near(today):
        found = store.outbox(f"{REMINDER}.{_key(receiver, day)}", now)
        if found and not all(mail.dropped_at and not mail.sendings for mail in found.mails):
            return True
    return False


def _key(receiver: str, day: date) -> str:
    return f"{receiver}.{day.isoformat()}"


def _waits(since: date, today: date) -> str:
    """«sinds maandag 23 november 2026, 5 werkdagen»."""
    days = working_days_between(since, today)
    if not days:
        return f"sinds {in_words(since)}"
    return f"sinds {in_words(since)}, {days} {'werkdag' if days == 1 else 'werkdagen'}"
