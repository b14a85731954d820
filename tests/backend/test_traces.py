"""
After an erasure nobody finds her any more: whoever looks, behind every door, in every file, in the
whole table, in the mails that follow and in the logs. And what was counted stays as it was.
"""

import io
import json
import logging
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from chalice.test import Client

import app as entry_points
from chalicelib import bootstrap, officers
from chalicelib.domain.following import acted, agreed, proposed
from chalicelib.domain.handover import CONTACTED, DESK, LINK, UNDO_TERM, Act, Partner
from chalicelib.domain.ledger import Entry
from chalicelib.domain.outbox import DELIVERED, Fact, heard
from chalicelib.domain.registration import VOLUNTEER, Registration
from chalicelib.domain.reply import AFTER_FOUR_WEEKS
from chalicelib.domain.session import AGENCY, MANAGE, MUNICIPALITY, began, cookie_of
from chalicelib.domain.site import CARD_OF
from chalicelib.domain.status import delivery_of
from chalicelib.forward import sweep
from chalicelib.names import index
from chalicelib.own_link import ERASED
from chalicelib.previews import Previews
from chalicelib.projection import project
from tests.backend import aws as aws_in_memory
from tests.backend import steps
from tests.backend.fakes import Clock
from tests.backend.samples import AALST, GENT, contact, registration

BACKEND = Path(__file__).parents[2] / "backend"
FORM = "application/x-www-form-urlencoded"
OFFICER = "kijker"
TYPED = ("zwaantje", "kanarie", "470654321", "0470 65", "fluit", "slordig", "vogelhuis", "veder")
"""A part of all that she typed, and the municipalities about her; in any case of letters."""
PARTNER = Partner("Vogelhuis", "brug@partner.example")
"""Its address stays as long as the stub: it must be asked to delete, too."""


@pytest.fixture
def client(aws: None) -> Iterator[Client]:
    store = bootstrap.store()
    for nis_code, email in ((AALST, "buddy@aalst.example"), (GENT, "buddy@gent.example")):
        store.save_contact(contact(nis_code, email))
    officers.add(OFFICER, "kijker@agentschap.be", MANAGE, store, who="test", now=_ago(days=9))
    with Client(entry_points.app, project_dir=str(BACKEND)) as client:
        yield client


def test_nobody_finds_her(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """
    Registered in two places, mailed, contacted with a note, proposed to an organisation, about to
    have another address; then she presses the button.
    """
    caplog.set_level(logging.INFO, "chalicelib")
    one = _life()
    before, figures = _seen(client, one), _figures()
    own = urlsplit(bootstrap.links().own(one)).path
    posted = {"action": "erase", "sure": "yes", "seen": str(_seen_steps(before["own"]))}
    answer = _post(client, own, posted)
    assert ERASED in answer.body.decode()
    mailed = len(aws_in_memory.mails())
    stub = _kept(one)
    _derive(one, stub)
    sweep(bootstrap.desk(Clock(datetime.now(UTC) + timedelta(minutes=2))), lambda: True)
    _derive(stub, _kept(one))
    after = _seen(client, one)

    found = {where: _traces(text) for where, text in before.items()}
    assert not [where for where, traces in found.items() if not traces]
    assert {} == {where: traces for where, text in after.items() if (traces := _traces(text))}
    for receiver in ("buddy@aalst.example", "buddy@gent.example", PARTNER.email):
        told = [mail for mail in aws_in_memory.mails()[mailed:] if mail["To"] == receiver]
        assert [[]] == [_traces(_whole(mail)) for mail in told]
    assert all(_traces(_whole(mail)) for mail in aws_in_memory.mails()[:mailed])
    assert [] == _traces(str([vars(record) for record in caplog.records]))
    assert [] == [record for record in caplog.records if record.levelno > logging.INFO]
    assert figures == _figures(until=one.events[-1].at)
    assert figures["delivered"] == 3


def test_samples() -> None:
    """
    The mails that the agency's desk shows are made of samples: they need nobody.
    """
    previews = Previews("https://www.mijnbuddy.example", "desk@mijnbuddy.example", _ago(days=0))

    assert [] == [one.code for one in previews.all() if _traces(str(one))]


def _life() -> Registration:
    store = bootstrap.store()
    one = registration(
        now=_ago(days=2),
        name="Zwaantje Kanarie",
        email="kanarie@example.be",
        phone="0470 65 43 21",
        about="Ik fluit graag.",
        municipality=[AALST, GENT],
    )
    one = replace(one, admitted_at=_ago(days=2))
    for number, receiver in enumerate((AALST, GENT, VOLUNTEER)):
        message, sent_at = f"message-{number}", _ago(days=1, hours=20)
        one = steps.sent(one, receiver, message, sent_at)
        delivered = Fact(_ago(days=1, hours=19), DELIVERED)
        one = heard(one, steps.receipt(one, receiver, delivered, message, sent_at))
    one = acted(one, AALST, Act(_ago(days=1), CONTACTED, DESK, note="Zwaantje is slordig"))
    one = proposed(one, GENT, PARTNER, Act(_ago(hours=9), "handed-on", LINK, note="slordig"))
    one = agreed(one, "partner-1", _ago(hours=8) + UNDO_TERM)
    one = replace(one, new_email="veder@example.be", new_email_at=_ago(hours=5))
    store.add(one)
    _derive(None, one)
    sweep(bootstrap.desk(Clock(_ago(hours=1))), lambda: True)  # the organisation has its mail
    return _kept(one)


def _derive(before: Registration | None, after: Registration) -> None:
    """What the stream makes of a change."""
    store, now = bootstrap.store(), datetime.now(UTC)
    project(before, after, store)
    index(before, after, bootstrap.signing_keys()[0], store, now)


def _seen(client: Client, one: Registration) -> dict[str, str]:
    """Whatever anybody can find, by where it is."""
    links = bootstrap.links()
    officer = {"Cookie": _cookie(AGENCY, OFFICER, MANAGE)}
    municipal = {nis: {"Cookie": _cookie(MUNICIPALITY, f"{nis}-1", "")} for nis in (AALST, GENT)}
    place = f"/beheer/aanmelding/{one.reference}"
    pages: dict[str, tuple[str, dict[str, str]]] = {
        "own": (urlsplit(links.own(one)).path, {}),
        "data": (urlsplit(links.own_data(one, datetime.now(UTC))).path, {}),
        "question": (urlsplit(links.question(one, AFTER_FOUR_WEEKS)).path, {}),
        "link": (urlsplit(links.candidate(one, AALST)).path, {}),
        "agency": (place, officer),
        "agency, hand-over": (f"{place}/{AALST}", officer),
        "agency, organisation": (f"{place}/partner-1", officer),
    }
    for nis, cookie in municipal.items():
        pages |= {
            f"list of {nis}": ("/gemeente/kandidaten?stand=alle", cookie),
            f"CSV of {nis}": ("/gemeente/kandidaten.csv?stand=alle", cookie),
            f"XLSX of {nis}": ("/gemeente/kandidaten.xlsx?stand=alle", cookie),
            f"candidate of {nis}": (f"/gemeente/kandidaten/{one.reference}", cookie),
            f"card of {nis}": (f"/gemeente/kandidaten/{one.reference}{CARD_OF}", cookie),
        }
    shown = {
        where: _text(client.http.get(path, headers=headers))
        for where, (path, headers) in pages.items()
    }
    # What an officer types stands in the field again: by her family name her first name is found.
    by_name = _post(client, "/beheer/zoeken", {"q": "kanarie"}, officer)
    shown["agency, search"] = _text(by_name).lower().replace("kanarie", "")
    shown["table"] = json.dumps(aws_in_memory.items(), ensure_ascii=False)
    return shown


def _text(answer: Any) -> str:
    body = answer.body
    if not body.startswith(b"PK"):
        return str(body.decode())
    with zipfile.ZipFile(io.BytesIO(body)) as workbook:
        return " ".join(workbook.read(part).decode() for part in workbook.namelist())


def _whole(mail: EmailMessage) -> str:
    parts = (part.get_content() for part in mail.walk() if not part.is_multipart())
    return " ".join(map(str, (*mail.values(), *parts)))


def _post(
    client: Client, path: str, posted: dict[str, str], headers: dict[str, str] | None = None
) -> Any:
    more = {"Content-Type": FORM, "Accept": "text/html", **(headers or {})}
    return client.http.post(path, headers=more, body=urlencode(posted).encode())


def _cookie(desk: str, subject: str, role: str) -> str:
    secret, session = began(desk, subject, role, datetime.now(UTC))
    bootstrap.store().save_session(session)
    return f"{cookie_of(desk)}={secret}"


def _figures(until: datetime | None = None) -> dict[str, Any]:
    """What was counted of what happened up to then: all that figures are made of."""
    store, now = bootstrap.store(), datetime.now(UTC)
    entries: list[Entry] = [
        entry
        for back in range(4)
        for entry in store.ledger((now - timedelta(days=back)).date().isoformat())
        if until is None or entry.event.at <= until
    ]
    counted = Counter((one.event.what, one.event.receiver, one.event.why) for one in entries)
    moment = _ago(days=0).replace(minute=0, second=0, microsecond=0)
    return {
        "counted": counted,
        "delivered": sum(number for key, number in counted.items() if key[0] == DELIVERED),
        "delivery": delivery_of(iter(entries), moment),
    }


def _traces(text: str) -> list[str]:
    return [trace for trace in TYPED if trace in text.casefold()]


def _kept(one: Registration) -> Registration:
    found = bootstrap.store().get(one.reference, datetime.now(UTC))
    assert found
    return found


def _ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def _seen_steps(page: str) -> int:
    return int(page.partition('name="seen" value="')[2].partition('"')[0])
