"""
What our functions and commands ask of AWS only now and then: at the end of an incident, in a
vacation, when two act at once. `tests/rights` watches, so that a role may not do more than this and
what the other tests do, and not less: a call that its policies do not allow is refused here too.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from botocore.stub import Stubber
from bs4 import BeautifulSoup
from chalice.test import Client
from typer.testing import CliRunner

import app as entry_points
from chalicelib import bootstrap, confirming, export_bucket, exporting, names, officers, probing
from chalicelib.domain import export as exports
from chalicelib.domain import outbox, probe
from chalicelib.domain import suggestion as suggestions
from chalicelib.domain.calendar import is_working_day, local_date
from chalicelib.domain.incidents import NOTICE, PROBE, SILENCE, STUCK, Incident
from chalicelib.domain.ledger import Entry, entries
from chalicelib.domain.notice import Notice, notice
from chalicelib.domain.outbox import Event
from chalicelib.domain.recent import Verdict
from chalicelib.domain.registration import REMINDER, Circumstances, Registration, admitted, register
from chalicelib.domain.session import AGENCY, MANAGE, MUNICIPALITY, began, cookie_of
from chalicelib.domain.vacation import Vacation
from chalicelib.mailer import Mailer
from chalicelib.projection import project
from chalicelib.queues import DEAD_LETTERS, MAIL_EVENTS, SCHEDULE_FAILURES
from chalicelib.store import Store
from chalicelib.suppression import Suppression
from mijnbuddy import cli
from tests.backend import aws as aws_in_memory
from tests.backend import samples
from tests.backend.functions import FORM, Context, Functions
from tests.backend.samples import AALST, GENT, contact, registration
from tests.backend.ses_events import event as ses_event

BACKEND = Path(__file__).parents[2] / "backend"
HOUR = timedelta(hours=1)
OUTBOXES = ("REGISTRATION", "SUGGESTION", "NOTICE")


@pytest.fixture
def store(aws: None) -> Store:
    store = bootstrap.store()
    store.save_contact(contact())
    return store


@pytest.fixture
def client(aws: None) -> Iterator[Client]:
    with Client(entry_points.app, project_dir=str(BACKEND)) as client:
        yield client


def now(**later: float) -> datetime:
    return datetime.now(UTC) + timedelta(**later)


def working_day() -> datetime:
    """At nine or ten in Brussels, on the first working day to come."""
    days = (now(days=number).replace(hour=8) for number in count(1))
    return next(day for day in days if is_working_day(day.date()))


def run(client: Client, name: str, at: datetime | None = None) -> Any:
    """A scheduled function, at some moment."""
    event = client.events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
    event["time"] = f"{at or now(seconds=2):%Y-%m-%dT%H:%M:%SZ}"
    function: Any = getattr(entry_points, name)
    return function(event, Context())


def forwarded(client: Client, way: str) -> None:
    """Whatever is due, by the stream or by the sweep."""
    if way == "stream":
        functions = Functions(client)
        items = [one for one in aws_in_memory.items() if one["sk"]["S"] in OUTBOXES]
        woken = functions.stream("forward", *map(functions.record, items))
        assert {"batchItemFailures": []} == woken
    else:
        run(client, "sweep")


def command(*words: str) -> Any:
    result = CliRunner().invoke(cli, words)
    assert 0 == result.exit_code, result.output
    return result


def press(client: Client, path: str, cookie: str = "", **fields: str | list[str]) -> int:
    headers = {"Content-Type": FORM, "Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    body = urlencode(fields, doseq=True).encode()
    answer = client.http.post(path, headers=headers | {"Cookie": cookie}, body=body)
    status: int = answer.status_code
    return status


def signed_in(store: Store, desk: str, subject: str, role: str) -> str:
    secret, session = began(desk, subject, role, now())
    store.save_session(session)
    return f"{cookie_of(desk)}={secret}"


def create_queues() -> Any:
    sqs = boto3.client("sqs", region_name=aws_in_memory.REGION)
    for name in (MAIL_EVENTS, *DEAD_LETTERS):
        sqs.create_queue(QueueName=f"{aws_in_memory.TABLE}-{name}")
    return sqs


def judged(store: Store, client: Client, *numbers: int) -> list[Registration]:
    """Registrations of one person, elsewhere each time, of which the address is remembered."""
    places = (AALST, GENT)
    new = [registration(one, now(), municipality=[places[one - 1]]) for one in numbers]
    for one in new:
        store.add(one)
    run(client, "sweep")
    return new


@pytest.fixture
def over(store: Store) -> Callable[[str], None]:
    """An incident that lasted until now."""

    def opened(kind: str) -> None:
        store.save_incident(Incident(kind, now() - 2 * HOUR, since=now() - 3 * HOUR, why="why"))
        first = Incident(kind, now() - 2 * HOUR).first_key
        store.add_notice(notice(NOTICE, first, "agency", now() - 2 * HOUR))

    return opened


def is_told(store: Store, kind: str) -> bool:
    incident = store.incident(kind)
    return incident.told and not incident.is_open


def test_silence_is_over(client: Client, store: Store, over: Callable[[str], None]) -> None:
    """
    Somebody registers again: that it is over is noted, and the mail about its beginning withdrawn.
    """
    over(SILENCE)
    store.append(Entry("MB-7K3F-9Q4D", 1, Event(now(), "registered")))
    run(client, "watch")

    assert is_told(store, SILENCE)


def test_probe_is_over(
    client: Client, store: Store, over: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The probe arrives again.
    """
    over(PROBE)
    at = now(seconds=2)
    stored = register(samples.answers(), probe.reference(at), "", at, Circumstances(synthetic=True))
    store.add(stored)
    monkeypatch.setattr(probing, "poster", lambda _: lambda _: 303)

    assert {"wrong": ""} == run(client, "probe", at)
    assert is_told(store, PROBE)


def test_stuck_is_over(client: Client, store: Store, over: Callable[[str], None]) -> None:
    """
    The repair gives a mail that has no next step one, writes a name under the key of today, and
    notes that nothing is stuck any more on the day after.
    """
    one = admitted(registration(1, now()), repeat_of="", confirm=True, now=now())
    store.add(replace(one, mails=tuple(replace(mail, next_at=None) for mail in one.mails)))
    names.index(None, one, b"a key of before the rotation", store, now())
    first = run(client, "repair")
    second = run(client, "repair")

    assert (1, 0) == (first["stuck"], second["stuck"])
    assert is_told(store, STUCK)


def test_contact_is_asked(client: Client, store: Store) -> None:
    """
    An address is asked again by the daily run, a year after it was confirmed.
    """
    store.save_contact(replace(contact(GENT, "buddy@stad.gent"), since=now()))

    assert 1 == run(client, "contacts", now(days=350))["asked"]


@pytest.mark.parametrize("way", ["stream", "sweep"])
def test_notices(client: Client, store: Store, over: Callable[[str], None], way: str) -> None:
    """
    Whichever wakes first writes every kind of mail that is not about one registration.
    """
    one = registration(1, now() - 9 * HOUR)
    one = outbox.handed_over(one, samples.mail_to(one), "came-back-from-all", now())
    store.add(one)
    project(None, one, store)
    officers.add("kijker", "kijker@agentschap.be", MANAGE, store, who="test", now=now() - HOUR)
    confirming.ask(contact(GENT, "buddy@stad.gent", state="unconfirmed"), "test", store, now())
    over(SILENCE)
    made: tuple[Notice, ...] = (
        notice(REMINDER, f"{AALST}.{local_date(now())}", AALST, now()),
        notice("digest", local_date(now()).isoformat(), "agency", now()),
        notice("sign-in", f"{AGENCY}.1", "kijker", now()),
        notice("sign-in", f"{MUNICIPALITY}.1", f"{AALST}-1", now()),
    )
    for notice_ in made:
        store.add_notice(notice_)
    forwarded(client, way)

    assert {"kijker@agentschap.be", samples.AGENCY} <= {
        str(mail["To"]) for mail in aws_in_memory.mails()
    }


@pytest.mark.parametrize("way", ["stream", "sweep"])
def test_vacation(client: Client, store: Store, way: str) -> None:
    """
    Who waits longer than we promised is told that nobody is there.
    """
    today = local_date(now())
    one = registration(1, now(days=-40))
    one = admitted(one, repeat_of="", confirm=True, now=now(days=-40))
    store.add(one)
    store.save_vacation(Vacation(AALST, today, today + timedelta(days=9), now(), f"{AALST}-1"))
    forwarded(client, way)
    forwarded(client, way)

    assert any("hoorde je al iets" in str(mail["Subject"]) for mail in aws_in_memory.mails())


@pytest.mark.parametrize("way", ["stream", "sweep"])
def test_two_at_once(
    client: Client, store: Store, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What somebody else writes while a mail goes out is read again, and not lost, of a registration,
    a suggestion and a notice: nobody is mailed twice. So is what is known of an address: who comes
    twice at once counts once.
    """
    first, second = (
        register(
            samples.answers(email="anais@example.be"),
            registration(number).reference,
            "",
            now(minutes=-number),
            Circumstances(network="digest"),
        )
        for number in (1, 2)
    )
    for one in (first, second):
        store.add(one)
    told = samples.suggestion(1, now())
    store.add_suggestion(told)
    asked = notice("sign-in", f"{MUNICIPALITY}.1", f"{AALST}-1", now())
    store.add_notice(asked)
    really = Mailer.send
    written: dict[str, Event] = {}

    def meanwhile(mailer: Mailer, email: Any, at: datetime) -> str:
        sent = really(mailer, email, at)
        current = store.outbox(email.reference, now())
        assert current
        if email.reference not in written:
            written[email.reference] = Event(now(), "looked")
            events = (*current.events, written[email.reference])
            store.save(replace(current, events=events))
        return sent

    monkeypatch.setattr(Mailer, "send", meanwhile)
    forwarded(client, way)
    registrations = {one.reference: store.get(one.reference, now()) for one in (first, second)}
    repeated = {one.repeat_of for one in registrations.values() if one} - {""}

    assert len(repeated) == 1
    assert written.keys() == {*registrations} & repeated | {told.reference, asked.id}
    for id_, event in written.items():
        kept = store.outbox(id_, now())
        assert kept
        assert event in kept.events
        assert {1} == {len(mail.sendings) for mail in kept.mails}


def test_erased_at_the_door(client: Client, store: Store) -> None:
    """
    She erases one of two registrations, then the other: her address is forgotten with the last.
    """
    for one in judged(store, client, 1, 2):
        own = urlsplit(bootstrap.links().own(one)).path
        page = client.http.get(own).body.decode()
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        assert 200 == press(client, own, action="erase", sure="yes", seen=seen)

    assert not [one for one in aws_in_memory.items() if one["sk"]["S"] == "RECENT"]


def test_erased_by_command(client: Client, store: Store) -> None:
    """
    The same by command.
    """
    for one in judged(store, client, 1, 2):
        command("erase", one.reference)

    assert not [one for one in aws_in_memory.items() if one["sk"]["S"] == "RECENT"]


def test_at_the_desks(client: Client, store: Store) -> None:
    """
    A municipality says when it is away; the agency takes on a colleague, and sends a notice again.
    """
    officers.add("baas", "baas@agentschap.be", MANAGE, store, who="test", now=now() - HOUR)
    agency = signed_in(store, AGENCY, "baas", MANAGE)
    town = signed_in(store, MUNICIPALITY, f"{AALST}-1", "")
    stuck = notice("digest", "2026-11-23", "agency", now())
    store.add_notice(stuck)
    (mail,) = stuck.mails
    store.save(outbox.handed_over(replace(stuck, version=1), mail, "no-receipt", now()))
    today = local_date(now()).isoformat()
    colleague = {"do": "add", "id": "griet", "email": "griet@agentschap.be", "role": MANAGE}
    which = f"{stuck.id}|{mail.kind}|{mail.receiver}|{mail.about}"

    assert 303 == press(client, "/gemeente/afwezig", town, first=today, last=today)
    assert 303 == press(client, "/beheer/medewerkers", agency, **colleague)
    assert press(client, "/beheer/opnieuw", agency, which=which) < 400


@pytest.mark.parametrize("way", ["stream", "sweep"])
def test_suggestion(client: Client, store: Store, way: str) -> None:
    """
    Who tells of a project is mailed, whichever wakes first; what SES tells of that mail is kept.
    """
    assert 303 == press(client, "/api/suggestions", "", **samples.project_posted())
    forwarded(client, way)
    (told,) = store.suggestions(now())
    (mail,) = told.mails
    (sent,) = mail.sendings
    event = ses_event(
        "Delivery",
        f"{now():%Y-%m-%dT%H:%M:%S.000Z}",
        reference=told.reference,
        mail=mail.kind,
        receiver=mail.receiver,
        route=sent.route,
        message_id=sent.message_id,
    )
    Functions(client).queue("receipts", event)
    (kept,) = store.suggestions(now())

    assert "delivered" in {one.what for one in kept.events}


def test_suggestion_waits(client: Client, store: Store) -> None:
    """
    A suggestion of which the mail was not sent is measured, got going again by the repair, and
    stands in the mail about what waits; an officer reads and decides, its sender erases.
    """
    one = samples.suggestion(1, now(minutes=-90))
    one = suggestions.judged(one, Verdict("", confirm=True), now(minutes=-90))
    store.add_suggestion(one)
    bootstrap.queues.cache_clear()
    create_queues()
    run(client, "measure")
    bootstrap.queues.cache_clear()
    status = store.status()
    current = store.suggestion(one.reference, now())
    assert current
    stuck = tuple(replace(mail, next_at=None) for mail in current.mails)
    store.save(replace(current, mails=stuck))
    repaired = run(client, "repair")
    made = run(client, "digest", working_day())
    officers.add("griet", "griet@agentschap.be", MANAGE, store, who="test", now=now())
    officer = signed_in(store, AGENCY, "griet", MANAGE)
    page = f"/beheer/melding/{one.reference}"
    seen = client.http.get(page, headers={"Cookie": officer}).body.decode()
    decided = press(client, page, officer, do="accept", decided="0")
    link = urlsplit(bootstrap.links().suggestion(one)).path

    assert status
    assert status.oldest_unsent_at
    assert 1 == repaired["stuck"]
    assert {"made": True} == made
    assert "Mieke Melder" in seen
    assert decided < 400
    assert 200 == press(client, link, do="erase")


def test_file(client: Client, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A file that can't be put together from its pieces leaves none behind, and is made by a later
    run; who asked for it fetches it, and a day later it is gone.
    """
    s3 = aws_in_memory.create_exports()
    store.add(registration(1, now()))
    officers.add("baas", "baas@agentschap.be", MANAGE, store, who="test", now=now())
    officer = signed_in(store, AGENCY, "baas", MANAGE)
    assert 303 == press(client, "/beheer/bestanden", officer, kind="xlsx")
    with monkeypatch.context() as small:
        small.setattr(export_bucket, "PIECE", 1000)  # S3 wants 5 MB: it refuses
        with pytest.raises(entry_points.FunctionFailedError):
            run(client, "export")
    left = s3.list_multipart_uploads(Bucket=aws_in_memory.EXPORTS).get("Uploads", [])
    made = run(client, "export", now(minutes=3))
    (one,) = store.exports(now())
    page = client.http.get("/beheer/bestanden", headers={"Cookie": officer}).body.decode()
    got = client.http.get(f"/beheer/bestanden/{one.id}", headers={"Cookie": officer})
    removed = run(client, "export", now(hours=25))

    assert [] == left
    assert (1, 1) == (made["made"], made["told"])
    assert one.id in page
    assert 303 == got.status_code
    assert 1 == removed["removed"]


@pytest.mark.parametrize("way", ["stream", "sweep"])
def test_file_is_there(client: Client, store: Store, way: str) -> None:
    """
    Whichever wakes first mails that a file is there.
    """
    officers.add("baas", "baas@agentschap.be", MANAGE, store, who="test", now=now())
    asked = exports.asked(exports.Choice(exports.CSV), "baas", now())
    one = store.save_export(exports.made(store.save_export(asked), 1, 10, now()))
    store.add_notice(notice(exporting.KIND, one.id, "baas", now()))
    forwarded(client, way)

    assert {"baas@agentschap.be"} == {str(mail["To"]) for mail in aws_in_memory.mails()}


def registered_before(store: Store, *days: int) -> None:
    """Somebody registered, and fetched a file that is gone by now, so many days ago."""
    for number, back in enumerate(days, start=1):
        at = now(days=-back)
        for entry in entries(registration(number, at)):
            store.append(entry)
        store.count_download("/toolkit/gone.pdf", local_date(at))


def test_figures_at_the_desk(client: Client, store: Store) -> None:
    """
    The report at the desk reads the figures of final days, of a day before and by download, and
    what others counted.
    """
    registered_before(store, 6, 2)
    run(client, "repair")
    run(client, "count")
    officers.add("kijker", "kijker@agentschap.be", MANAGE, store, who="test", now=now())
    officer = {"Cookie": signed_in(store, AGENCY, "kijker", MANAGE)}
    day, before = (local_date(now(days=-back)).isoformat() for back in (0, 4))

    def shown(by: str) -> dict[str, list[str]]:
        address = f"/beheer/cijfers?dag={day}&vergelijk={before}&per={by}"
        page = BeautifulSoup(client.http.get(address, headers=officer).body, "html.parser")
        rows = ([cell.text for cell in row.select("th, td")] for row in page.select("tr"))
        return {first: others for first, *others in rows}

    weeks = [row for name, row in shown("week").items() if re.match(r"\d{4}-W\d\d", name)]

    assert ["2", "1", "1"] == shown("download")["Aanmeldingen, zonder herhalingen"]
    assert ["2", "1", "1"] == shown("download")["/toolkit/gone.pdf"]
    assert 1 == sum(int(row[2]) for row in weeks)


def cells_of(table: str, name: str) -> list[str]:
    """What stands behind a name, in a table as Markdown."""
    (row,) = [row for row in table.splitlines() if row.startswith(f"| {name} ")]
    return [cell.strip() for cell in row.strip("|").split("|")][1:]


class TestCommands:
    def test_erase_suggestion(self, client: Client, store: Store) -> None:
        """
        Who told of a project is forgotten by command.
        """
        one = suggestions.judged(samples.suggestion(1, now()), Verdict("", confirm=True), now())
        store.add_suggestion(one)
        command("projects", "erase", one.reference)
        (kept,) = store.suggestions(now())

        assert not kept.answers.email

    def test_downloads(self, client: Client, store: Store) -> None:
        """
        A report by download reads how often each file was fetched, also one that is gone.
        """
        today = local_date(now())
        store.count_download("/toolkit/gone.pdf", today)
        shown = command("report", "--as-of", today.isoformat(), "--by", "download").stdout

        assert ["1"] == cells_of(shown, "/toolkit/gone.pdf")

    def test_search(self, client: Client, store: Store) -> None:
        """
        A name is found with the signing key.
        """
        one = registration(1, now())
        store.add(one)
        names.index(None, one, bootstrap.signing_keys()[0], store, now())

        bootstrap._signing_keys.cache_clear()  # a command begins without

        assert one.reference in command("search", "hondt").stdout

    def test_unsuppress(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        An address is taken off SES's list (moto has none: botocore's stubber).
        """
        ses = boto3.client("sesv2", region_name=aws_in_memory.REGION)
        on_it = {"EmailAddress": "a@b.be", "Reason": "BOUNCE", "LastUpdateTime": now()}
        with Stubber(ses) as stubber:
            stubber.add_response("get_suppressed_destination", {"SuppressedDestination": on_it})
            stubber.add_response("delete_suppressed_destination", {})
            monkeypatch.setattr(bootstrap, "suppression", lambda: Suppression(ses))
            command("contacts", "ask", AALST, "1", "--unsuppress")

            stubber.assert_no_pending_responses()

    def test_dead_letters(
        self, store: Store, over: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        What a schedule failed at is looked at, then done anew: with that, nothing is stuck.
        """
        bootstrap.queues.cache_clear()
        sqs = create_queues()
        url = sqs.get_queue_url(QueueName=f"{aws_in_memory.TABLE}-{SCHEDULE_FAILURES}")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="{}")
        over(STUCK)
        looked = json.loads(command("dead-letters", "requeue", "--dry-run", "--json").stdout)
        done = json.loads(command("dead-letters", "requeue", "--json").stdout)
        bootstrap.queues.cache_clear()

        assert {SCHEDULE_FAILURES: 1} == looked["found"] == done["requeued"]
        assert is_told(store, STUCK)

    def test_figures(self, client: Client, store: Store) -> None:
        """
        A report by week reads the figures of final days.
        """
        registered_before(store, 6, 2)
        run(client, "repair")
        run(client, "count")
        day, before = (local_date(now(days=-back)).isoformat() for back in (0, 4))
        shown = command("report", "--as-of", day, "--since", before, "--by", "week").stdout

        assert ["2", "1", "1"] == cells_of(shown, "Aanmeldingen, zonder herhalingen")
