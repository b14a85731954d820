"""The pages and the two doorbells that exist on a developer's machine only."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from bs4 import BeautifulSoup

from infra.local.api_proxy import Api, ApiPaths
from infra.local.dev_routes import dev_application
from infra.local.events import Run, scheduled_event
from infra.local.front_door import front_door
from infra.local.mailbox import Mailbox
from infra.local.outbox import RawMail

Browser = TestClient[web.Request, web.Application]
PAGE = "/dev/mail/0c1d@email.amazonses.com/"


class FakeEvents:
    """Remembers what was made to happen."""

    def __init__(self) -> None:
        self.published: list[str] = []
        self.moments: list[datetime] = []
        self.has_failed = False

    def publish_ses_event(self, message: str) -> str:
        self.published.append(message)
        return "m-1"

    def run_schedules(self, now: datetime) -> list[Run]:
        self.moments.append(now)
        return [Run("Sweep", {"forwarded": 2}, has_failed=self.has_failed)]


@pytest.fixture
def events() -> FakeEvents:
    return FakeEvents()


@asynccontextmanager
async def dev(mail_dir: Path, events: FakeEvents | None = None) -> AsyncIterator[Browser]:
    pages = dev_application(Mailbox(mail_dir), events or FakeEvents())
    async with (
        Api("http://127.0.0.1:1", ApiPaths([])) as api,
        TestClient(TestServer(front_door(Path("nowhere"), api, pages))) as browser,
    ):
        yield browser


async def soup(browser: Browser, path: str) -> BeautifulSoup:
    answer = await browser.get(path)

    assert (answer.status, answer.charset) == (200, "utf-8")
    return BeautifulSoup(await answer.text(), "html.parser")


def test_mail_json(mail_dir: Path, kept_mail: Path) -> None:
    """The mails are there as JSON, in UTF-8."""

    async def check() -> None:
        async with dev(mail_dir) as browser:
            answer = await browser.get("/dev/mail.json")
            [mail] = await answer.json()

            assert "application/json; charset=utf-8" == answer.headers["Content-Type"]
            assert ["buddy+aalst@aalst.example"] == mail["to"]
            assert "Zoë".encode() in await answer.read()

    asyncio.run(check())


def test_no_mails(mail_dir: Path) -> None:
    """An empty mailbox is an empty list, and a page that says so."""

    async def check() -> None:
        async with dev(mail_dir) as browser:
            assert [] == await (await browser.get("/dev/mail.json")).json()
            assert "nog geen mail" in (await soup(browser, "/dev/mail/")).text

    asyncio.run(check())


def test_list(mail_dir: Path, message: EmailMessage) -> None:
    """The mailbox shows a hundred mails at a time, the newest first."""
    for number in range(101):
        del message["Subject"]
        message["Subject"] = f"Mail {number}"
        RawMail(message.as_bytes(), []).keep(mail_dir, message_id=f"{number}@ses")

    async def check() -> None:
        async with dev(mail_dir) as browser:
            newest = [a.text for a in (await soup(browser, "/dev/mail/")).select("li a")]
            oldest = [a.text for a in (await soup(browser, "/dev/mail/?pagina=2")).select("li a")]

            assert (len(newest), newest[0], newest[-1]) == (100, "Mail 100", "Mail 1")
            assert ["Mail 0"] == oldest

    asyncio.run(check())


def test_page(mail_dir: Path, kept_mail: Path) -> None:
    """A mail's page shows its headers and both bodies, and every link on it works."""

    async def check() -> None:
        async with dev(mail_dir) as browser:
            listed = await soup(browser, "/dev/mail/")
            [link] = listed.select("li a")
            page = await soup(browser, str(link["href"]))
            [frame] = page.select("iframe[sandbox]")
            shown = await browser.get(str(frame["src"]))
            targets = [str(a["href"]) for a in page.select("main a")] + ["/dev/style.css"]
            statuses = [(await browser.get(target)).status for target in targets]

            assert "X-Mijnbuddy-Reference" in page.text
            assert "Zoë wil buddy worden." in page.text
            assert "<p>Zoë wil <b>buddy</b> worden.</p>" in await shown.text()
            assert set(statuses) == {200}

    asyncio.run(check())


def test_downloads(mail_dir: Path, kept_mail: Path, message: EmailMessage) -> None:
    """The mail and its attachments can be had as they were sent, and are never shown as a page."""

    async def check() -> None:
        async with dev(mail_dir) as browser:
            mail = await browser.get(f"{PAGE}mail.eml")
            attachment = await browser.get(f"{PAGE}attachments/1")

            assert await mail.read() == message.as_bytes()
            assert "message/rfc822" == mail.content_type
            assert b"BEGIN:VCARD\r\nEND:VCARD\r\n" == await attachment.read()
            assert attachment.content_disposition
            assert "attachment" == attachment.content_disposition.type
            assert "Zoë D'Hondt.vcf" == attachment.content_disposition.filename

    asyncio.run(check())


@pytest.mark.parametrize(
    "path", ["/dev/mail/unknown/", f"{PAGE}attachments/2", f"{PAGE}attachments/x", "/dev/x"]
)
def test_not_there(mail_dir: Path, kept_mail: Path, path: str) -> None:
    """What is not in the mailbox is not found."""

    async def check() -> None:
        async with dev(mail_dir) as browser:
            assert 404 == (await browser.get(path)).status

    asyncio.run(check())


def test_hostile_mail(mail_dir: Path) -> None:
    """Nothing in a mail becomes part of the mailbox's own pages, and its HTML can run nothing."""
    attack = "<script>alert(1)</script>"
    message = EmailMessage()
    message["From"] = f'"{attack}" <a@a.example>'
    message["Subject"] = attack
    message["X-Header"] = attack
    message.set_content(attack)
    message.add_alternative(attack, subtype="html")
    message.add_attachment(attack, filename=f"{attack}.txt")
    RawMail(message.as_bytes(), []).keep(mail_dir, message_id="0c1d@email.amazonses.com")

    async def check() -> None:
        async with dev(mail_dir) as browser:
            for path in ("/dev/mail/", PAGE):
                answer = await browser.get(path)
                page = BeautifulSoup(await answer.text(), "html.parser")

                assert attack in page.text
                assert [] == page.select("script")
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
            shown = await browser.get(f"{PAGE}html")

            assert shown.headers["Content-Security-Policy"].startswith("sandbox ")
            assert "allow-scripts" not in shown.headers["Content-Security-Policy"]

    asyncio.run(check())


def test_index(mail_dir: Path, kept_mail: Path) -> None:
    """There is a page that says what there is."""

    async def check() -> None:
        async with dev(mail_dir) as browser:
            page = await soup(browser, "/dev/")

            assert "1 mail verstuurd" in page.text
            assert {"/dev/mail/", "/dev/mail.json"} <= {str(a["href"]) for a in page.select("a")}

    asyncio.run(check())


def test_ses_event(mail_dir: Path, events: FakeEvents) -> None:
    """An SES event is published to the letter."""

    async def check() -> None:
        async with dev(mail_dir, events) as browser:
            body = '{"eventType": "Bounce",  "é": 1}'
            answer = await browser.post("/dev/ses-events", data=body.encode())

            assert 202 == answer.status
            assert {"message_id": "m-1"} == await answer.json()
            assert [body] == events.published

    asyncio.run(check())


@pytest.mark.parametrize("body", [b"", b"eventType=Bounce", b"\xff"])
def test_no_ses_event(mail_dir: Path, events: FakeEvents, body: bytes) -> None:
    """What is not JSON is not published."""

    async def check() -> None:
        async with dev(mail_dir, events) as browser:
            answer = await browser.post("/dev/ses-events", data=body)

            assert 400 == answer.status
            assert [] == events.published

    asyncio.run(check())


def test_clock(mail_dir: Path, events: FakeEvents) -> None:
    """Everything scheduled runs as if it were that moment, and says what it did."""

    async def check() -> None:
        async with dev(mail_dir, events) as browser:
            answer = await browser.post("/dev/clock", json={"now": "2026-03-01T09:00:00+01:00"})
            content = await answer.json()

            assert 200 == answer.status
            assert [{"function": "Sweep", "result": {"forwarded": 2}}] == content["functions"]
            assert [datetime(2026, 3, 1, 8, tzinfo=UTC)] == events.moments

    asyncio.run(check())


def test_clock_of_a_broken_function(mail_dir: Path, events: FakeEvents) -> None:
    """A function that raised makes it a 502, with its error."""
    events.has_failed = True

    async def check() -> None:
        async with dev(mail_dir, events) as browser:
            answer = await browser.post("/dev/clock", json={"now": "2026-03-01T09:00:00Z"})

            assert 502 == answer.status
            assert {"forwarded": 2} == (await answer.json())["functions"][0]["error"]

    asyncio.run(check())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Stuur JSON"),
        (b"[]", "Stuur JSON"),
        (b"{}", "Stuur JSON"),
        (b"\xff", "Stuur JSON"),
        (b'{"now": 5}', "Stuur JSON"),
        (b'{"now": "straks"}', "Stuur JSON"),
        (b'{"now": "2026-03-01T09:00:00"}', "tijdzone"),
    ],
)
def test_no_moment(mail_dir: Path, events: FakeEvents, body: bytes, said: str) -> None:
    """What is not a moment runs nothing, and the answer says what would be one."""

    async def check() -> None:
        async with dev(mail_dir, events) as browser:
            answer = await browser.post("/dev/clock", data=body)

            assert 400 == answer.status
            assert said in (await answer.json())["message"]
            assert [] == events.moments

    asyncio.run(check())


def test_scheduled_event() -> None:
    """The event is the one that EventBridge sends, in UTC and whole seconds."""
    now = datetime.fromisoformat("2026-03-01T09:00:00.750+01:00")
    event = scheduled_event("sweep-rule", now)

    assert "2026-03-01T08:00:00Z" == event["time"]
    assert "Scheduled Event" == event["detail-type"]
    assert "aws.events" == event["source"]
    assert ["arn:aws:events:eu-central-1:000000000000:rule/sweep-rule"] == event["resources"]
    assert json.loads(json.dumps(event)) == event
