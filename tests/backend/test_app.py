"""The functions as AWS calls them, on AWS in memory: from a posted form to the mails in SES."""

import json
import logging
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.client import BaseClient
from chalice.test import Client

import app as entry_points
from chalicelib import bootstrap
from chalicelib.domain.calendar import local_date
from chalicelib.domain.following import agreed
from chalicelib.domain.outbox import handed_over
from chalicelib.domain.own import link_renewed
from chalicelib.domain.suspicion import STEP_UP_BEYOND
from chalicelib.registrations import read_registration
from chalicelib.store import Store
from tests.backend import aws as aws_in_memory
from tests.backend.functions import FORM, Functions, Record, later
from tests.backend.lines import lines, text
from tests.backend.samples import AGENCY, SITE_URL, Changes, contact, posted, registration
from tests.backend.ses_events import event

BACKEND = Path(__file__).parents[2] / "backend"
ID = "0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01"


@pytest.fixture
def functions(aws: None) -> Iterator[Functions]:
    bootstrap.store().save_contact(contact())
    with Client(entry_points.app, project_dir=str(BACKEND)) as client:
        yield Functions(client)


@pytest.fixture
def store(aws: None) -> Store:
    return bootstrap.store()


def images() -> list[Record]:
    return list(aws_in_memory.images())


def receivers() -> list[str]:
    return [str(mail["To"]) for mail in aws_in_memory.mails()]


def test_sign_up(functions: Functions) -> None:
    """
    A posted form is one item in the table, no mail yet, and a page with the reference.
    """
    answer = functions.sign_up()
    (item,) = images()
    reference = item["reference"]["S"]
    page = functions.get(f"/bedankt?ref={reference}")

    assert 303 == answer.status_code
    assert f"/bedankt/?ref={reference}" == answer.headers["Location"]
    assert (200, True) == (page.status_code, reference in page.body.decode())
    assert [] == aws_in_memory.mails()
    assert 2 == len(aws_in_memory.items())  # with the contact of Aalst


def test_one_call(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    While the volunteer waits there is one write, and no other call to AWS; a function that starts
    asks for the signing key, once.
    """
    calls: list[str] = []
    clients: Any = BaseClient
    call = clients._make_api_call

    def counted(client: Any, operation: str, parameters: Any) -> Any:
        calls.append(operation)
        return call(client, operation, parameters)

    monkeypatch.setattr(clients, "_make_api_call", counted)
    functions.sign_up()
    functions.sign_up()

    assert ["GetSecretValue", "PutItem", "PutItem"] == calls


def test_no_signing_key(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without the signing key somebody can still sign up.
    """
    monkeypatch.setenv("SIGNING_KEY_ARN", "nowhere")

    assert 303 == functions.sign_up(website="x").status_code
    assert [{"S": "honeypot"}] == images()[0]["signals"]["L"]


def test_confirm_first(functions: Functions) -> None:
    """
    Whoever changed the token is asked by a mail; looking at its link changes nothing, its button
    lets the rest go out with the next sweep. The token of the form comes from its own address.
    """
    token = json.loads(functions.get("/api/token").body)
    functions.sign_up(token=f"{token}x")
    functions.stream("forward", functions.record(images()[0]))
    (asked,) = aws_in_memory.mails()
    (plain, _) = asked.iter_parts()
    text = plain.get_content()
    (link,) = re.findall(rf"{SITE_URL}(/mijn/bevestigen/\S+)", text)
    before = aws_in_memory.items()
    for method in ["GET", "HEAD"] * 10:
        assert 200 == functions.request(method, link).status_code
    assert before == aws_in_memory.items()

    assert 303 == functions.press(link).status_code
    functions.schedule("sweep")
    assert ["anais@example.be", "buddy@aalst.example", "anais@example.be"] == receivers()
    assert 410 == functions.get(link).status_code


def candidate_link(mail: Any) -> str:
    """The path of the link to a candidate in a mail to a municipality."""
    text = mail.get_body(("plain",)).get_content()
    (link,) = set(re.findall(rf"{SITE_URL}(/gemeente/kandidaat/\S+)", text))
    return str(link)


def test_candidate(functions: Functions) -> None:
    """
    The link in a municipality's mail shows without changing; its button is written once. Handed on
    within the hour nobody is mailed; after it, the other one and she are.
    """
    functions.sign_up()
    functions.stream("forward", functions.record(images()[0]))
    link = candidate_link(aws_in_memory.mails()[0])
    before = aws_in_memory.items()
    for method in ["GET", "HEAD"] * 10:
        assert 200 == functions.request(method, link).status_code
    assert before == aws_in_memory.items()

    for _ in range(2):
        assert 303 == functions.press(link, act="contacted", seen="0").status_code
    assert 303 == functions.press(link, act="handed-on", seen="1", to="44021").status_code
    assert 409 == functions.press(link, act="duo", seen="1").status_code
    functions.schedule("sweep", later(minutes=58))
    assert 2 == len(receivers())
    functions.schedule("sweep", later(minutes=62))
    assert [AGENCY, "anais@example.be"] == receivers()[2:]  # Gent has no address here
    told = [mail["Subject"] for mail in aws_in_memory.mails()[2:]]
    assert "Kandidaat-buddy, doorgegeven door Aalst (MB-" in told[0]
    assert told[1].endswith("Gent contacteert je")
    assert 200 == functions.get(candidate_link(aws_in_memory.mails()[2])).status_code


def test_municipal_desk(functions: Functions, store: Store) -> None:
    """
    Signed in by the link of a mail, a municipality has its list, one of its candidates, and both
    as files; a workbook leaves as bytes. Nobody else has any of it.
    """
    functions.sign_up()
    functions.stream("forward", functions.record(images()[0]))
    functions.stream("project", functions.record(images()[0]))
    assert 200 == functions.press("/gemeente", email="buddy@aalst.example").status_code
    (notice,) = [item for item in aws_in_memory.items() if item["sk"]["S"] == "NOTICE"]
    functions.stream("forward", functions.record(notice))
    mail = aws_in_memory.mails()[-1]
    assert "buddy@aalst.example" == mail["To"]
    body: Any = mail.get_body(("plain",))
    (link,) = re.findall(rf"{SITE_URL}(/gemeente/aanmelden/\S+)", body.get_content())
    before = aws_in_memory.items()
    for method in ["GET", "HEAD"] * 5:
        assert 200 == functions.request(method, link).status_code
    assert before == aws_in_memory.items()

    opened = functions.press(link)
    cookie = {"Cookie": opened.headers["Set-Cookie"].partition(";")[0]}
    reference = images()[0]["reference"]["S"]
    paths = ["", ".csv", ".xlsx", f"/{reference}", f"/{reference}/kaartje.vcf"]
    answers = [functions.get(f"/gemeente/kandidaten{path}", cookie) for path in paths]
    assert [200] * 5 == [answer.status_code for answer in answers]
    assert all(b"Hondt" in answer.body for answer in answers if b"PK" != answer.body[:2])
    assert b"PK" == answers[2].body[:2]
    assert 200 == functions.get("/gemeente/afwezig", cookie).status_code
    for path in paths:
        shut = functions.get(f"/gemeente/kandidaten{path}")
        assert (403, False) == (shut.status_code, b"Hondt" in shut.body)
    assert 405 == functions.get("/gemeente/afmelden", cookie).status_code
    (kept,) = store.registrations(datetime.now(UTC))
    assert ["opened"] == [act.what for act in kept.handovers[0].acts]

    form = cookie | {"Content-Type": FORM}
    assert 303 == functions.request("POST", "/gemeente/afmelden", form).status_code
    assert 403 == functions.get("/gemeente/kandidaten", cookie).status_code


def test_body_in_base64(functions: Functions) -> None:
    """
    API Gateway hands us what was posted in Base64, as it does since files leave through it.
    """
    event = {
        "requestContext": {"resourcePath": "/gemeente", "httpMethod": "POST", "identity": {}},
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "headers": {"Content-Type": FORM},
        "stageVariables": None,
        "body": b64encode(urlencode({"email": "geen adres"}).encode()).decode(),
        "isBase64Encoded": True,
    }
    answer = entry_points.app(event, None)

    assert 422 == answer["statusCode"]
    assert 'value="geen adres"' in answer["body"]


def test_organisation(functions: Functions, store: Store) -> None:
    """
    An organisation is mailed after her yes, at its own address, with a link of its own; what comes
    back from there goes to no region: a person must look.
    """
    functions.sign_up()
    functions.stream("forward", functions.record(images()[0]))
    link = candidate_link(aws_in_memory.mails()[0])
    to = {"partner_name": "De Brug", "partner_email": "brug@partner.example"}
    assert 303 == functions.press(link, act="propose", seen="0", **to).status_code
    functions.schedule("sweep", later(minutes=62))
    assert receivers()[2:] == ["anais@example.be"]
    (asked,) = store.registrations(datetime.now(UTC))
    store.save(agreed(asked, "partner-1", later(minutes=70)))
    functions.schedule("sweep", later(minutes=71))
    *_, theirs = aws_in_memory.mails()
    assert ("brug@partner.example", "anais@example.be") == (theirs["To"], theirs["Reply-To"])
    assert 200 == functions.get(candidate_link(theirs)).status_code

    (sent,) = store.registrations(datetime.now(UTC))
    mail = sent.mail("forwarding", "partner-1")
    assert mail
    bounce = event(
        "Bounce",
        f"{later(minutes=72):%Y-%m-%dT%H:%M:%S.000Z}",
        reference=sent.reference,
        receiver="partner-1",
        route="partner-1",
        message_id=mail.sendings[0].message_id,
    )
    assert {"batchItemFailures": []} == functions.queue("receipts", bounce)
    functions.schedule("sweep", later(minutes=73))
    (kept,) = store.registrations(datetime.now(UTC))
    assert kept.work
    assert "brug@partner.example" not in receivers()[4:]


def test_same_network(functions: Functions) -> None:
    """
    Who sends many from one network is asked to confirm, whatever she says to come by.
    """
    for number in range(STEP_UP_BEYOND + 1):
        functions.sign_up(
            f"198.51.100.{number}, 192.0.2.7, 127.0.0.1",
            name=f"Persoon {number}",
            email=f"persoon-{number}@example.be",
        )
    functions.schedule("sweep")
    kept = {str(image["hold"]["S"]) if "hold" in image else "" for image in images()}

    assert {"", "step-up"} == kept


def test_json(functions: Functions) -> None:
    """
    JSON is answered in JSON.
    """
    body = json.dumps(posted(postcode="3840")).encode()
    answer = functions.post(body, "application/json", "application/json")
    (item,) = images()

    assert 201 == answer.status_code
    assert "application/json" == answer.headers["Content-Type"]
    assert answer.json_body == {
        "reference": item["reference"]["S"],
        "forwardings": [{"nis_code": "73111", "municipality": "Tongeren-Borgloon"}],
    }


def test_woken_by_the_stream(functions: Functions) -> None:
    """
    The stream's record of a new registration makes two mails, in the municipality's order.
    """
    functions.sign_up()
    (item,) = images()
    answer = functions.stream("forward", functions.record(item))
    to_aalst, to_her = aws_in_memory.mails()

    assert {"batchItemFailures": []} == answer
    assert ["buddy@aalst.example", "anais@example.be"] == receivers()
    assert ["anais@example.be", AGENCY] == [to_aalst["Reply-To"], to_her["Reply-To"]]
    assert {item["reference"]["S"]} == {
        str(mail["X-Mijnbuddy-Reference"]) for mail in (to_aalst, to_her)
    }
    (kept,) = images()
    assert ["registered", "queued", "sent", "sent"] == [
        event["M"]["what"]["S"] for event in kept["events"]["L"]
    ]


def test_woken_once(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    On its ordinary way a registration wakes the forwarder when it is new, and by nothing that is
    written about it after that.
    """
    written: list[Record] = []
    clients: Any = BaseClient
    call = clients._make_api_call

    def watched(client: Any, operation: str, parameters: Any) -> Any:
        if operation == "PutItem" and parameters["Item"]["sk"]["S"] == "REGISTRATION":
            written.append(parameters["Item"])
        return call(client, operation, parameters)

    monkeypatch.setattr(clients, "_make_api_call", watched)
    functions.sign_up()
    functions.stream("forward", functions.record(images()[0]))
    functions.queue("receipts", *(delivery(mail["M"]) for mail in images()[0]["mails"]["L"]))
    functions.press(candidate_link(aws_in_memory.mails()[0]), act="contacted", seen="0")
    functions.schedule("sweep", later(hours=2))

    assert [True] + [False] * (len(written) - 1) == ["at_once" in one for one in written]
    assert 7 <= len(written)


def test_woken_by_a_button(functions: Functions, store: Store) -> None:
    """
    What a button makes due goes out when the stream tells of it, once, and does not wait for the
    sweep; what can still be undone waits for its hour.
    """
    functions.sign_up()
    functions.stream("forward", functions.record(images()[0]))
    link = candidate_link(aws_in_memory.mails()[0])
    functions.press(link, act="handed-on", seen="0", to_name="Gent")
    assert "at_once" not in images()[0]
    (before,) = store.registrations(datetime.now(UTC))
    store.save(link_renewed(before, datetime.now(UTC)))
    (pressed,) = images()
    assert {"BOOL": True} == pressed["at_once"]

    record = functions.record(pressed, pressed)
    functions.stream("forward", record, record)
    functions.schedule("sweep")

    assert ["anais@example.be"] == receivers()[2:]
    assert "at_once" not in images()[0]


def delivery(mail: Record) -> str:
    """What SES tells of the first copy of a mail, as the table has it."""
    (copy,) = mail["sendings"]["L"]
    return event(
        "Delivery",
        "2026-11-23T09:31:02.345Z",
        reference=images()[0]["reference"]["S"],
        mail=mail["kind"]["S"],
        receiver=mail["receiver"]["S"],
        route=copy["M"]["route"]["S"],
        message_id=copy["M"]["message_id"]["S"],
    )


def test_told_by_the_queue(functions: Functions) -> None:
    """
    SES's events of a batch are taken in, twice is once; what can't be read is offered again,
    alone. Then nothing is to be done with the mails any more.
    """
    functions.sign_up()
    functions.stream("forward", functions.record(images()[0]))
    (sent,) = images()
    told = [delivery(mail["M"]) for mail in sent["mails"]["L"]]
    answer = functions.queue("receipts", told[0], "no event", *told)
    (kept,) = images()

    assert "due" in sent
    assert 1 == len(answer["batchItemFailures"])
    assert [] == [mail for mail in kept["mails"]["L"] if "next_at" in mail["M"]]
    assert ["sent", "sent", "delivered", "delivered"] == [
        one["M"]["what"]["S"] for one in kept["events"]["L"]
    ][2:]


def test_replayed(functions: Functions) -> None:
    """
    The same record again, in the same batch and in later ones, mails nobody again.
    """
    functions.sign_up()
    (item,) = images()
    record = functions.record(item)
    for _ in range(3):
        functions.stream("forward", record, record)
    functions.schedule("sweep", later(days=2))

    assert ["buddy@aalst.example", "anais@example.be"] == receivers()


def test_sent_again(functions: Functions) -> None:
    """
    The same form posted again is the same registration, also after its mails.
    """
    answers = [functions.sign_up(submission_id=ID)]
    functions.schedule("sweep")
    answers += [functions.sign_up(submission_id=ID) for _ in range(3)]
    functions.schedule("sweep", later(minutes=5))

    assert 1 == len({answer.headers["Location"] for answer in answers})
    assert 1 == len(images())
    assert 2 == len(receivers())
    assert 409 == functions.sign_up(submission_id=ID, name="Jan").status_code


def test_sweep_alone(functions: Functions) -> None:
    """
    Without the stream the sweep sends everything.
    """
    for number in range(5):
        functions.sign_up(email=f"a{number}@example.be")

    assert {"due": 5} == functions.schedule("sweep")
    assert sorted(
        ["buddy@aalst.example"] * 5 + [f"a{number}@example.be" for number in range(5)]
    ) == (sorted(receivers()))
    assert {"due": 0} == functions.schedule("sweep", later(minutes=5))


def test_ses_down(functions: Functions, store: Store) -> None:
    """
    While SES refuses, the reason and the next moment stand on the record; then it goes out.
    """
    domain = AGENCY.partition("@")[2]
    aws_in_memory.sesv2().delete_email_identity(EmailIdentity=domain)
    functions.sign_up()
    functions.schedule("sweep")
    (waiting,) = store.registrations(datetime.now(UTC))

    assert [("queued", "MessageRejected", 1)] * 2 == [
        (mail.status, mail.reason, mail.attempts) for mail in waiting.mails
    ]
    assert waiting.due_at
    aws_in_memory.sesv2().create_email_identity(EmailIdentity=domain)
    assert {"due": 0} == functions.schedule("sweep")
    assert {"due": 1} == functions.schedule("sweep", later(minutes=2))
    assert ["buddy@aalst.example", "anais@example.be"] == receivers()


def test_late_event(functions: Functions, store: Store) -> None:
    """
    A schedule that comes late, as when Lambda tries again, does not work with an old clock: its
    leases would be over before they begin.
    """
    now = datetime.now(UTC)
    one = registration(1, now - timedelta(hours=1))
    store.add(one)
    aws_in_memory.sesv2().delete_email_identity(EmailIdentity=AGENCY.partition("@")[2])
    functions.schedule("sweep", now - timedelta(minutes=5))
    kept = store.get(one.reference, now)

    assert kept
    assert kept.due_at
    assert kept.due_at > now


def test_batch(functions: Functions) -> None:
    """
    One record that can't be read does not hold up the others; it is named, to be offered again.
    """
    functions.sign_up(email="a@example.be")
    functions.sign_up(email="b@example.be")
    records = [functions.record(item) for item in images()]
    poison = functions.record({**images()[0], "answers": {"S": "?"}})
    answer = functions.stream("forward", records[0], poison, records[1])

    number = poison["dynamodb"]["SequenceNumber"]
    assert {"batchItemFailures": [{"itemIdentifier": number}]} == answer
    assert 4 == len(receivers())


def test_other_records(functions: Functions) -> None:
    """
    Contacts, erased registrations and the like wake nobody.
    """
    functions.sign_up()
    (item,) = images()
    contacts = [one for one in aws_in_memory.items() if one["pk"]["S"] == "CONTACTS"]
    records = [functions.record(one) for one in contacts] + [functions.record(None, item)]

    assert 2 == len(records)
    for name in ("forward", "project"):
        assert {"batchItemFailures": []} == functions.stream(name, *records)
    assert [] == receivers()


def test_ledger(functions: Functions, store: Store) -> None:
    """
    The stream brings every event to the ledger, once; the repair finds nothing to do.
    """
    functions.sign_up()
    (before,) = images()
    functions.schedule("sweep")
    (after,) = images()
    records = [functions.record(before), functions.record(after, before)]
    for _ in range(2):
        assert {"batchItemFailures": []} == functions.stream("project", *records)
    (kept,) = store.registrations(datetime.now(UTC))

    assert ["registered", "queued", "sent", "sent"] == [event.what for event in kept.events]
    assert [*kept.events] == [entry.event for day in days(kept) for entry in store.ledger(day)]
    assert {"missing": 0, "stuck": 0, "expired": 0} == functions.schedule("repair")


def test_deleted_by_ttl(functions: Functions, store: Store) -> None:
    """
    A registration that DynamoDB deletes at its term leaves the ledger whole, with the rule by which
    it went, once; the repair has nothing to do.
    """
    store.add(registration(now=datetime.now(UTC) - timedelta(days=365)))
    (item,) = images()
    old = read_registration(item)
    functions.stream("project", functions.record(item))
    before = list(store.ledger(old.registered_at.date().isoformat()))
    aws_in_memory.dynamodb().delete_item(
        TableName=aws_in_memory.TABLE, Key={"pk": item["pk"], "sk": item["sk"]}
    )
    service = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}
    for _ in range(2):
        answer = functions.stream("project", functions.record(None, item) | service)
        assert {"batchItemFailures": []} == answer

    assert {"missing": 0, "stuck": 0, "expired": 0} == functions.schedule("repair")
    assert ["registered", "queued"] == [entry.event.what for entry in before]
    assert before == list(store.ledger(old.registered_at.date().isoformat()))
    ((what, why),) = [
        (entry.event.what, entry.event.why)
        for entry in store.ledger(old.expires_at.date().isoformat())
    ]
    assert ("expired", "open") == (what, why)


def test_clean_up(functions: Functions, store: Store) -> None:
    """
    What has expired and is there still, the repair deletes.
    """
    store.add(registration(now=datetime.now(UTC) - timedelta(days=366)))

    assert {"missing": 0, "stuck": 0, "expired": 1} == functions.schedule("repair")
    assert [] == images()


def test_repair(functions: Functions, store: Store) -> None:
    """
    What the stream never brought, the repair does.
    """
    functions.sign_up()
    functions.schedule("sweep")

    # Four events, the row in the list of Aalst, and the four words that her name is found by.
    assert {"missing": 9, "stuck": 0, "expired": 0} == functions.schedule("repair")
    assert {"missing": 0, "stuck": 0, "expired": 0} == functions.schedule("repair")


def days(one: Any) -> list[str]:
    return sorted({event.at.date().isoformat() for event in one.events})


def test_health(functions: Functions) -> None:
    """
    Healthy while the table answers, and not when it is gone.
    """
    well = functions.get("/api/health")
    aws_in_memory.dynamodb().delete_table(TableName=aws_in_memory.TABLE)
    ill = functions.get("/api/health")

    assert (200, {"status": "ok"}) == (well.status_code, well.json_body)
    assert 503 == ill.status_code


def test_no_table(functions: Functions) -> None:
    """
    Without the table a visitor hears that it was not sent, and keeps what she typed.
    """
    aws_in_memory.dynamodb().delete_table(TableName=aws_in_memory.TABLE)
    page = functions.sign_up()
    problem = functions.post(json.dumps(posted()).encode(), "application/json")

    assert (503, 503) == (page.status_code, problem.status_code)
    assert "5" == page.headers["Retry-After"]
    assert "Anaïs D’Hondt" in page.body.decode()
    assert "text/html; charset=utf-8" == page.headers["Content-Type"]
    assert "application/problem+json" == problem.headers["Content-Type"]


def test_fault(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A fault of ours is an answer, too, and quotes nothing.
    """

    def fail(*_: object) -> None:
        raise KeyError(posted()["name"][0])

    monkeypatch.setattr("chalicelib.searching.find", fail)
    answer = functions.get("/zoek?q=aalst")

    assert 500 == answer.status_code
    assert "Er liep iets mis bij ons." in answer.body.decode()
    assert "Anaïs" not in answer.body.decode()


JSON = "application/json"
CORPUS: list[tuple[int, str, bytes]] = [
    (400, JSON, b""),
    (400, JSON, b"{"),
    (400, JSON, b"[]"),
    (400, JSON, b'{"name": NaN}'),
    (400, JSON, b'{"name": "a", "name": "b"}'),
    (400, JSON, b'\xef\xbb\xbf{"name": "Jan"}'),
    (400, "Application/JSON", b"null"),
    (413, JSON, b'{"about": "' + b"a" * 1_000_000 + b'"}'),
    (413, FORM, b"about=" + b"a" * 1_000_000),
    (422, JSON, b"{}"),
    (422, JSON, b'{"name": 1}'),
    (422, JSON, json.dumps({**posted(), "name": "\ud800"}).encode()),
    (422, JSON, json.dumps({**posted(), "\ud800": "x"}).encode()),
    (422, JSON, json.dumps({**posted(), "\ud800": 1}).encode()),
    (422, JSON, json.dumps({**posted(), "gender": "x"}).encode()),
    (422, JSON, json.dumps({**posted(), "name": "\x00"}).encode()),
    (422, FORM, b""),
    (422, FORM, urlencode({"name": "Jan\r\nBcc: x@example.be"}).encode()),
    (422, FORM, urlencode(posted(name="<b>Jan</b>"), doseq=True).encode()),
    (422, FORM, urlencode(posted(name="Jan 😀"), doseq=True).encode()),
    (422, FORM, urlencode(posted(name="Jan\u202e"), doseq=True).encode()),
    (422, FORM, urlencode(posted(name="x" * 101), doseq=True).encode()),
    (422, FORM, urlencode(posted(postcode="1040"), doseq=True).encode()),
    (400, FORM, b"name=%ff"),
    (415, "text/plain", b"name=Jan"),
    (415, "multipart/form-data; boundary=x", b"--x"),
    (415, "application/octet-stream", b"\x00\xff"),
    (415, "image/png", b"\x89PNG\xff"),
]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_refused(functions: Functions, accept: str) -> None:
    """
    Bad input gets a clear answer, never a fault; nothing is stored and nothing is sent.
    """
    answers = [functions.post(body, type_, accept) for _, type_, body in CORPUS]
    functions.schedule("sweep")

    assert [status for status, _, _ in CORPUS] == [answer.status_code for answer in answers]
    assert [] == images()
    assert [] == receivers()
    for answer in answers:
        assert "no-store" == answer.headers["Cache-Control"]
        assert answer.body.decode()


def test_deep(functions: Functions) -> None:
    """
    JSON without end is refused as any other that is no answer.
    """
    for body in (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"[" * 30_000):
        answer = functions.post(body, JSON)
        assert answer.status_code in {400, 422}


def test_other_methods(functions: Functions) -> None:
    """
    A registration is posted: who asks for that address again is led to the form.
    """
    again = functions.get("/api/registrations")

    assert (303, "/aanmelden/") == (again.status_code, again.headers["Location"])
    assert {405} == {
        functions.request(method, "/api/registrations").status_code
        for method in ("PUT", "PATCH", "DELETE")
    }
    assert [] == images()


def test_search(functions: Functions) -> None:
    """
    The search without JavaScript leads to a municipality's page, or to a choice.
    """
    one, choice = functions.get("/zoek?q=erembodegem"), functions.get("/zoek?q=1040")

    assert (303, "/word-buddy/aalst/") == (one.status_code, one.headers["Location"])
    assert (200, True) == (choice.status_code, "Etterbeek" in choice.body.decode())
    assert 200 == functions.get("/zoek").status_code


def test_download(functions: Functions) -> None:
    """
    The link to a file of the toolkit leads there, and adds one to what that file has today.
    """
    address = "/download/toolkit/affiche/affiche-a3.pdf"
    answers = [functions.request(method, address) for method in ("GET", "GET", "HEAD")]
    (found,) = bootstrap.store().downloads()

    assert {(303, "/toolkit/affiche/affiche-a3.pdf")} == {
        (one.status_code, one.headers["Location"]) for one in answers
    }
    assert "/toolkit/affiche/affiche-a3.pdf" == found.path
    assert [2] == list(found.days.values())
    assert 404 == functions.get("/download/toolkit/affiche/affiche.webp").status_code


def test_real_name(functions: Functions) -> None:
    """
    An unusual name arrives as it is, in the table and in both mails.
    """
    name = "Nguyễn Thị Ánh-D’Hondt 李"
    functions.sign_up(name=name)
    functions.schedule("sweep")
    (item,) = images()

    assert name == item["answers"]["M"]["name"]["S"]
    for mail in aws_in_memory.mails():
        body = mail.get_body(("plain",))
        assert body
        assert name in body.get_content()


def broken(client: Any, operation: str, given: Any) -> Any:
    raise RuntimeError(operation)


def test_shown_key(
    functions: Functions,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    The key that CloudFront shows comes with every request, as its Referer. No line has it, whoever
    wrote the line, and no answer: not for a page, not for what is nowhere, not when it goes wrong.
    """
    headers = {"Referer": "sleutelkanarie", "Accept": "text/html"}
    asked = [("GET", "/zoek?q=a"), ("GET", "/nergens"), ("POST", "/api/registrations")]
    with caplog.at_level(logging.DEBUG):
        answers = [functions.request(*one, headers) for one in asked]
        monkeypatch.setattr(BaseClient, "_make_api_call", broken)
        answers.append(functions.request("GET", "/api/status", headers))

    assert "ERROR" in {record.levelname for record in caplog.records}
    written = capfd.readouterr()
    told = text(caplog) + written.out + written.err
    assert "sleutelkanarie" not in told + "".join(str(vars(one)) for one in answers)


def test_log(functions: Functions, caplog: pytest.LogCaptureFixture) -> None:
    """
    Nothing of a person is logged on the whole way, not even when it goes wrong: not by us, and not
    by Lambda, which writes down whatever leaves a function.
    """
    canary: dict[str, Changes] = {
        "name": "Canarie Vogel",
        "email": "canarie@example.be",
        "phone": "0470 98 76 54",
        "about": "Canarie",
    }
    with caplog.at_level(logging.DEBUG, logger="chalicelib"):
        functions.sign_up("", **canary)
        functions.sign_up("", **canary | {"email": "canarie@"})
        functions.sign_up("", **canary | {"postcode": "canarie"})
        functions.post(b"canarie=1&canarie", "canarie/canarie")
        functions.get("/zoek?q=canarie")
        (item,) = images()
        broken = {**item, "answers": {"S": "canarie"}}
        functions.stream("forward", functions.record(broken))
        functions.stream("project", functions.record(broken))
        functions.schedule("sweep")
        aws_in_memory.dynamodb().put_item(TableName=aws_in_memory.TABLE, Item=broken)
        with pytest.raises(Exception, match=r"^AttributeError$") as left:
            functions.schedule("repair")

    assert len(caplog.records) >= 4
    assert "canarie" not in text(caplog)
    assert "98" not in "".join(line.get("why", "") for line in lines(caplog))
    assert left.value.__cause__ is None
    assert left.value.__suppress_context__


def test_status(functions: Functions) -> None:
    """
    Before anything is measured nothing is known; a queue that is not there stays unknown.
    """
    before = functions.get("/api/status")
    functions.schedule("measure")
    after = functions.get("/api/status")

    assert (200, "no-store") == (before.status_code, before.headers["Cache-Control"])
    assert ("degraded", None) == (before.json_body["status"], before.json_body["measured_at"])
    assert after.json_body["measured_at"]
    assert (0, None) == (after.json_body["waiting_for_a_person"], after.json_body["dead_letters"])


def test_count(functions: Functions) -> None:
    """
    Each run counts what there is; when the repair came to its end, the days of before are final.
    """
    functions.sign_up()
    assert {"registered": 0} == functions.schedule("count")
    functions.schedule("repair")  # what the stream would do
    assert {"registered": 1} == functions.schedule("count")
    later = datetime.now(UTC) + timedelta(days=2)
    functions.schedule("repair", later)
    functions.schedule("count", later)

    assert bootstrap.store().progress().through == local_date(later) - timedelta(days=1)


def test_publish(functions: Functions) -> None:
    """
    Who registered is counted, and published within the hour.
    """
    s3 = aws_in_memory.create_published()
    functions.sign_up()
    functions.stream("project", functions.record(images()[0]))
    functions.schedule("count")

    assert {"registered": 1} == functions.schedule("publish")
    page = s3.get_object(Bucket=aws_in_memory.PUBLISHED, Key="cijfers/index.html")["Body"].read()
    assert b"1 van de 10.000" in page


def test_digest(functions: Functions) -> None:
    """
    What waits on the morning of a working day is in one mail to the agency, however often its
    schedule runs.
    """
    functions.sign_up()
    (item,) = images()
    one = read_registration(item)
    forwarding = one.forwardings[0]
    store = bootstrap.store()
    store.save(handed_over(one, forwarding, "came-back-from-all", one.registered_at))
    monday = datetime.now(UTC).replace(hour=8, minute=0) + timedelta(days=7)
    monday -= timedelta(days=monday.weekday())
    made = [functions.schedule("digest", monday + timedelta(days=days)) for days in range(5)]
    again = [functions.schedule("digest", monday + timedelta(days=days)) for days in range(5)]
    functions.schedule("sweep", monday + timedelta(days=5))

    assert {"made": True} in made
    assert {"made": True} not in again
    subjects = [str(mail["Subject"]) for mail in aws_in_memory.mails()]
    assert 1 == len([subject for subject in subjects if "1 punt wacht op je" in subject])
    assert {"expected": None} == functions.schedule("watch", monday)


def test_remind(functions: Functions) -> None:
    """
    A candidate whom nobody opened is in one mail to her municipality, however often the schedule
    runs; ten working days on she is told, and the agency has it on its list.
    """
    functions.sign_up()
    functions.schedule("sweep")
    functions.schedule("repair")  # what the stream would do: the list of the municipality
    start = datetime.now(UTC).replace(hour=17, minute=0)
    days = [start + timedelta(days=number) for number in range(1, 12)]
    made = [functions.schedule("remind", day)["made"] for day in days for _ in range(2)]
    functions.schedule("sweep", start + timedelta(days=30))
    mails = aws_in_memory.mails()

    assert 1 == sum(made)
    assert 1 == len([mail for mail in mails if "wacht op Aalst" in str(mail["Subject"])])
    assert 1 == len([mail for mail in mails if "hoorde je al iets" in str(mail["Subject"])])
    (reference,) = [id_ for id_ in bootstrap.store().work("attention") if id_.startswith("MB-")]
    assert any(reference in str(mail["Subject"]) for mail in mails)


def test_functions_of_the_template() -> None:
    """
    Every function of the template is one of ours, and the other way round.
    """
    resources = aws_in_memory.template()["Resources"]
    limited = {
        name
        for name, resource in resources.items()
        if "Runtime" in resource.get("Properties", {}) and name != "APIHandler"
    }

    assert {source.name.title() for source in entry_points.app.event_sources} == limited
