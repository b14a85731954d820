"""
A system of its own whose calls to AWS can fail, and registrations that go through it.

A round does not wait until its registration has ended: after a crash a lease must run out first.
`settle` does, for all rounds together.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from chalicelib.domain.calendar import local_date, working_days_after
from chalicelib.domain.following import acted, proposed
from chalicelib.domain.handover import HANDED_ON, LINK, UNDO_TERM, WRONG_ADDRESS, Act, Partner
from chalicelib.domain.ledger import Entry
from chalicelib.domain.outbox import Mail, Outbox
from chalicelib.domain.registration import FORWARDING, REMINDER, Registration
from chalicelib.failures import StaleError
from chalicelib.links import Links
from chalicelib.registrations import read_registration
from chalicelib.signing_in import KIND as SIGN_IN
from chalicelib.store import Store, read_outbox
from infra.local.events import scheduled_event
from tests.fault_proxy import Call, Fault, FaultProxy, Sent
from tests.faults.hands import Hands
from tests.faults.life import Life, bounced, lives, publish
from tests.faults.plan import Round, Way
from tests.stack import HOST, Stack, eventually

TRIES = 8  # by the volunteer, with the same form
RETRIES = 4  # by botocore, for DynamoDB (bootstrap.py), with pauses of random length between
LONGEST_PAUSE = 4  # seconds
PATIENCE = 30  # seconds until a call must have come, also on a busy machine
BACK_AFTER = "15"  # seconds: longer than a fault lasts, so that nothing is given up
SOON = timedelta(seconds=1)
LATER = timedelta(hours=3)  # past every pause between two attempts
AFTER_A_MONTH = timedelta(days=31)  # longer than anything is kept of somebody who left
RUN_AGAIN = 2  # times, by Lambda, what is scheduled and fails
TABLE = "mijnbuddy-local"
STARTING = Lock()  # one system after the other: each takes all cores for it
WOKEN = {"APIHandler", "Forward", "Project", "Receipts"}
"""The functions that run by themselves; all others are scheduled."""
ENDED = {"delivered", "dropped", "bounced", "complained", "attention"}


class Rig:
    def __init__(self, directory: Path) -> None:
        self.stack = Stack(directory)
        self.proxy = FaultProxy(self.stack.aws_port)
        self.rounds: list[tuple[Round, Life, Fault]] = []
        self.lives: list[Life] = []
        self._new = lives()
        self._dynamodb = self.stack.aws("dynamodb")
        self._lambda = self.stack.aws("lambda")
        self._streams_on = True
        self._way: Way | None = None
        self._hands: Hands | None = None
        self._moved = timedelta()

    @contextmanager
    def running(self) -> Iterator["Rig"]:
        self.proxy.start()
        try:
            with STARTING:
                self.stack.start(FUNCTIONS_AWS_ENDPOINT=self.proxy.url)
            self._offer_soon_again()
            yield self
        finally:
            self.stack.stop()
            self.proxy.stop()

    def _offer_soon_again(self) -> None:
        """What a function could not take from the queue comes back in seconds, not in minutes."""
        sqs = self.stack.aws("sqs")
        queue = sqs.get_queue_url(QueueName="mijnbuddy-local-mail-events")["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": BACK_AFTER})

    def record(self, way: Way) -> tuple[str, list[Call]]:
        """One registration that goes this way while nothing fails: its reference and the calls."""
        life = self._prepare(way)
        self._quiet()
        start = len(self.proxy.calls)
        self._go(way, life, None)
        if not way.begins_delivered:
            eventually(lambda: self._has_ended(life), seconds=60)
        self._quiet()
        return life.reference, self.proxy.calls[start:]

    def run(self, one: Round) -> bool:
        """
        One registration to which this happens. Says whether it did.

        It is healed as soon as the fault did its work, and long before the registration ended.
        """
        life = self._prepare(one.step.way)
        with self.proxy.failing(one.fault(life.reference)) as fault:
            self._go(one.step.way, life, fault)
            self._until_done(fault)
        self.until_accepted(life)
        if self._hands:
            self._hands.finish()
        if not fault.hits:
            return False
        self.rounds.append((one, life, fault))
        return True

    def settle(self, seconds: float = 300) -> None:
        """Let everything end: heal, let leases run out, let the clock pass every pause."""
        self.switch(on=True)
        until = time.monotonic() + seconds
        moved = LATER
        while self.unfinished() and time.monotonic() < until:
            self._wait_for_leases()
            self.run_scheduled("Sweep", self._moved + moved)
            moved = min(moved * 2, timedelta(hours=20))
            self._quiet()
        self.run_scheduled("Repair", SOON)

    def registrations(self) -> dict[str, Registration]:
        found = map(read_registration, self.stack.items())
        return {registration.reference: registration for registration in found}

    def unfinished(self) -> list[Outbox]:
        """The registrations and notices of which a mail has not ended."""
        notices = map(read_outbox, self.stack.items("NOTICE"))
        return [one for one in (*self.registrations().values(), *notices) if not has_ended(one)]

    def sent(self, reference: str) -> list[Sent]:
        return [one for one in self.proxy.sent if one.tags["reference"] == reference]

    def ledger(self) -> list[Entry]:
        """What happened in the days of the run, and what the moved clock put on later ones."""
        first = datetime.now(UTC).date() - timedelta(days=1)
        days = (first + timedelta(days=number) for number in range(self._moved.days + 4))
        return [entry for day in days for entry in self.store.ledger(day.isoformat())]

    def everything(self) -> str:
        """The whole table, as DynamoDB writes it."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
        return json.dumps([item for page in pages for item in page["Items"]], ensure_ascii=False)

    def life(self) -> Life:
        life = next(self._new)
        self.lives.append(life)
        return life

    def _prepare(self, way: Way) -> Life:
        """What a registration that goes this way begins with."""
        self._hands = None
        self.switch(on=way is not Way.SWEEP)
        if way is Way.EXPIRED and self._way is not way:
            self.settle()  # others may expire with it: then only the ledger tells how they ended
        self._way = way
        life = self.life()
        if way.begins_delivered:
            self._post(life)
            eventually(lambda: self._has_ended(life), seconds=60)
            self._quiet()
        if way is Way.OWN:
            self._change(life, _proposed)
        elif way is Way.AGENCY:
            self._change(life, _at_a_wrong_address)
        elif way is Way.EXPIRED:
            for step in self._people(life).leaving:
                step()
            eventually(lambda: self._has_ended(life), seconds=60)
            self._quiet()
        return life

    def _change(self, life: Life, step: Callable[[Registration], Registration]) -> None:
        """What somebody did long before: the API knows no other time than now."""
        while registration := self._registration(life):
            try:
                self.store.save(step(registration))
            except StaleError:
                continue
            break
        self._quiet()

    def switch(self, *, on: bool) -> None:
        """Let the table's stream wake the functions, or not: then wait until they are done."""
        if on == self._streams_on:
            return
        for function in ("Forward", "Project"):
            self.stack.set_stream(function, enabled=on)
        self._streams_on = on
        if not on:
            self._quiet()

    def _go(self, way: Way, life: Life, fault: Fault | None) -> None:
        """Do whatever starts this way; it goes on by itself."""
        if way is Way.WAITING:
            self._wait_in_vain(life, fault)
        elif way is Way.EXPIRED:
            life.may_expire = True
            self._by_the_clock("Repair", datetime.now(UTC) + AFTER_A_MONTH)
        elif way.begins_delivered:
            self._hands = self._people(life, fault)
            for step in self._hands.steps(way):
                step()
                self._until_mailed(life, fault)
                if _is_done(fault):
                    return
        else:
            self._post(life)
        if way is Way.SWEEP:
            self.until_accepted(life)
            self._tick(fault)
        elif way is Way.BOUNCE:
            self.until_accepted(life)
            self._bounce(life, fault)

    def _wait_in_vain(self, life: Life, fault: Fault | None) -> None:
        """The fifth working day, the tenth, four weeks: nobody opens it."""
        registered = local_date(datetime.now(UTC))
        day = working_days_after(registered, 6)
        life.notices |= {f"{REMINDER}.{life.municipality.nis_code}.{day.isoformat()}"}
        self._by_the_clock("Remind", morning(day))
        self._by_the_clock("Sweep", morning(day))
        if not _is_done(fault):
            self._by_the_clock("Sweep", morning(working_days_after(registered, 24)))

    def _by_the_clock(self, function: str, moment: datetime) -> None:
        """A schedule at its moment; Lambda runs it twice again when it fails."""
        self._moved = max(self._moved, moment - datetime.now(UTC))
        event = json.dumps(scheduled_event("any", moment))
        for _ in range(1 + RUN_AGAIN):
            answers = eventually(lambda: self._invoke(function, event), seconds=300)
            if "FunctionError" not in answers:
                return

    def _until_mailed(self, life: Life, fault: Fault | None) -> None:
        """Somebody who asked for a link looks in her mailbox."""
        asked = {one for one in life.notices if one.startswith(SIGN_IN)}
        eventually(
            lambda: all(map(self.sent, asked)) or _is_done(fault) or _has_begun(fault), seconds=60
        )

    def _people(self, life: Life, fault: Fault | None = None) -> Hands:
        return Hands(self._api, self._links, self._registration, life, lambda: _is_done(fault))

    def _bounce(self, life: Life, fault: Fault | None) -> None:
        eventually(lambda: self._has_ended(life) or _is_done(fault), seconds=60)
        to_municipality = [
            one for one in self.sent(life.reference) if one.tags["mail"] == FORWARDING
        ]
        if to_municipality:
            publish(self.stack, bounced(to_municipality[0]))
            eventually(
                lambda: self._came_back(life) or _is_done(fault) or _has_begun(fault), seconds=60
            )
            self._tick(fault)

    def _tick(self, fault: Fault | None) -> None:
        """Run what is scheduled; of that only the one that is to fail, where there is one."""
        if fault is None or fault.function in WOKEN:
            self.stack.move_clock(SOON)
        else:
            self.run_scheduled(fault.function, SOON)

    def run_scheduled(self, function: str, by: timedelta) -> None:
        """Run one of the functions that run by the clock, at a moment from now."""
        event = json.dumps(scheduled_event("any", datetime.now(UTC) + by))
        eventually(lambda: self._invoke(function, event), seconds=120)

    def _invoke(self, function: str, event: str) -> dict[str, Any]:
        """Its answer; nothing when another run is at work, and it may not run twice at once."""
        try:
            answer: dict[str, Any] = self._lambda.invoke(
                FunctionName=self._names[function], Payload=event
            )
        except self._lambda.exceptions.TooManyRequestsException:
            return {}
        return answer

    @cached_property
    def store(self) -> Store:
        """The table, past the proxy."""
        return Store(self._dynamodb, TABLE)

    @cached_property
    def keys(self) -> tuple[bytes, ...]:
        """What links are signed with."""
        secret = self.stack.aws("secretsmanager").get_secret_value(SecretId=f"{TABLE}-signing-key")
        return (secret["SecretString"].encode(),)

    @cached_property
    def _links(self) -> Links:
        """Addresses without the site before them."""
        return Links("", lambda: self.keys)

    @cached_property
    def _api(self) -> str:
        """Where the API answers, without the front door."""
        [api] = self.stack.aws("apigateway").get_rest_apis()["items"]
        return f"http://{HOST}:{self.stack.aws_port}/restapis/{api['id']}/api/_user_request_"

    @cached_property
    def _names(self) -> dict[str, str]:
        """The functions as they are deployed, by their name in the template."""
        pages = self._lambda.get_paginator("list_functions").paginate()
        deployed = (one["FunctionName"] for page in pages for one in page["Functions"])
        return {name.removeprefix("mijnbuddy-local-").split("-")[0]: name for name in deployed}

    def until_accepted(self, life: Life) -> None:
        """As a patient volunteer: send the same form again until it is accepted."""
        while not life.is_accepted and len(life.told) < TRIES:
            time.sleep(0.2)
            self._post(life)

    def _post(self, life: Life) -> None:
        status = life.post(self._api)
        life.told.append((status, self._registration(life) is not None))

    def _until_done(self, fault: Fault) -> None:
        """Until the fault did what it is for, or shows that it won't."""
        patience = time.monotonic() + PATIENCE
        dealt = 0
        while not _is_done(fault) and (fault.hits > dealt or time.monotonic() < patience):
            if fault.dealt > dealt:
                dealt = fault.dealt
                patience = time.monotonic() + LONGEST_PAUSE
            time.sleep(0.05)

    def _has_ended(self, life: Life) -> bool:
        registration = self._registration(life)
        return registration is not None and has_ended(registration)

    def _came_back(self, life: Life) -> bool:
        registration = self._registration(life)
        return registration is not None and any(mail.bounced for mail in registration.mails)

    def _registration(self, life: Life) -> Registration | None:
        key = {"pk": {"S": f"REGISTRATION#{life.reference}"}, "sk": {"S": "REGISTRATION"}}
        found = self._dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True)
        return read_registration(found["Item"]) if "Item" in found else None

    def _wait_for_leases(self) -> None:
        leases = [one.lease_until for one in self.unfinished() if one.lease_until]
        for lease in leases:
            time.sleep(max(0.0, (lease - datetime.now(UTC)).total_seconds()))

    def _quiet(self) -> None:
        """Wait until no function calls for a while."""
        seen = -1
        while len(self.proxy.calls) > seen:
            seen = len(self.proxy.calls)
            time.sleep(1.2)


def has_ended(outbox: Outbox) -> bool:
    return all(_is_over(mail) for mail in outbox.mails)


def morning(day: date) -> datetime:
    """Nine or ten in Brussels, and late enough for whatever is asked on that day."""
    return datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)


def _proposed(registration: Registration) -> Registration:
    """Her municipality proposed an organisation, and can't take that back any more."""
    [here] = registration.handovers
    act = Act(datetime.now(UTC) - 2 * UNDO_TERM, HANDED_ON, LINK)
    return proposed(registration, here.receiver, Partner("Buddy vzw", "buddy@vzw.example"), act)


def _at_a_wrong_address(registration: Registration) -> Registration:
    """What was mailed reached the wrong people: then it can be sent again."""
    [here] = registration.handovers
    return acted(registration, here.receiver, Act(datetime.now(UTC), WRONG_ADDRESS, LINK))


def _is_over(mail: Mail) -> bool:
    if mail.status == "attention":
        return bool(mail.reason)
    return mail.status in ENDED and mail.next_at is None


def _has_begun(fault: Fault | None) -> bool:
    return bool(fault and fault.hits)


def _is_done(fault: Fault | None) -> bool:
    return bool(fault and fault.dealt >= min(fault.times, RETRIES))
