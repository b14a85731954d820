"""Asking the contact addresses for a code, and taking it."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from chalicelib import bootstrap, contact_form
from chalicelib.composing import Composer
from chalicelib.confirming import (
    KIND,
    CodeComposer,
    ask,
    confirm,
    keep_current,
)
from chalicelib.domain.contact_code import ADVICE, Entered, Outcome, code_of
from chalicelib.domain.contacts import (
    BOUNCING,
    CODE_TERM,
    CONFIRMED,
    UNCONFIRMED,
    Contact,
    asked,
    confirmed,
    placed,
    replaced,
    retired,
)
from chalicelib.domain.notice import Notice
from chalicelib.emails import Email, Letters, mime
from chalicelib.failures import NotNeededError
from chalicelib.forward import Desk, forward
from chalicelib.pages import Pages
from chalicelib.web import Answer, Request
from tests.backend.fakes import Clock, FakeMailer, FakeStore
from tests.backend.samples import AALST, AGENCY, LINKS, NOW, SENDER, SITE_URL
from tests.language.plain import MEAN, problems
from tests.language.texts import Text

KEY = b"k" * 64
DAY = timedelta(days=1)
FORM = {"content-type": "application/x-www-form-urlencoded"}


def keys() -> tuple[bytes, ...]:
    return (KEY, b"o" * 64)


def real(order: int = 1, nis_code: str = AALST) -> Contact:
    return placed((nis_code, order), f"buddy{order}@aalst.be", "griet", NOW, what="imported")


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def one(store: FakeStore) -> Contact:
    """An address that was asked just now."""
    return ask(real(), "griet", store, NOW)


def code(contact: Contact, asked_at: datetime = NOW) -> str:
    return str(code_of(contact, asked_at, KEY))


def kept(store: FakeStore, key: str = "41002-1") -> Contact:
    contact = store.contact(key)
    assert contact
    return contact


class TestAsk:
    def test_asked(self, store: FakeStore, one: Contact) -> None:
        """
        That it is asked stands in the contact, and a mail is due at once.
        """
        (notice,) = store.notices.values()

        assert (NOW,) == kept(store).requests
        assert (KIND, "41002-1", NOW, NOW) == (
            notice.kind,
            notice.mails[0].receiver,
            notice.created_at,
            notice.due_at,
        )
        assert one == kept(store)

    def test_twice_on_a_day(self, store: FakeStore, one: Contact) -> None:
        """
        Asked again an hour later, another mail goes out.
        """
        ask(one, "jan", store, NOW + timedelta(hours=1))

        assert 2 == len(store.notices)


class TestKeepCurrent:
    def test_reminder(self, store: FakeStore, one: Contact) -> None:
        """
        After a week it is asked again, once, however often the schedule runs.
        """
        runs = [keep_current(store, NOW + days * DAY)["asked"] for days in (0, 6, 7, 7, 8)]

        assert [0, 0, 1, 0, 0] == runs
        assert 2 == len(store.notices)
        assert "schedule" == kept(store).changes[-1].who

    def test_no_more_than_three(self, store: FakeStore, one: Contact) -> None:
        """
        Without an answer it is asked three times, in a year of days.
        """
        for day in range(365):
            keep_current(store, NOW + day * DAY)

        assert 3 == len(store.notices)

    def test_two_years(self, store: FakeStore, one: Contact) -> None:
        """
        Confirmed each time it is asked, it is asked once a year and never lapses.
        """
        contact, counts = one, {"asked": 0, "lapsed": 0}
        for day in range(2 * 365):
            now = NOW + day * DAY
            done = keep_current(store, now)
            counts = {name: counts[name] + done[name] for name in counts}
            contact = kept(store)
            if contact.unanswered:
                store.save_contact(confirmed(contact, "code", now))

        assert {"asked": 2, "lapsed": 0} == counts

    def test_lapse(self, store: FakeStore, one: Contact) -> None:
        """
        Thirty days after a year without an answer it counts no longer; that is done once.
        """
        store.save_contact(confirmed(one, "code", NOW))
        days = [day for day in range(500) if keep_current(store, NOW + day * DAY)["lapsed"]]

        assert [395] == days
        assert (UNCONFIRMED, "lapsed") == (kept(store).state, kept(store).changes[-1].what)
        assert 4 == len(store.notices)

    def test_mended(self, store: FakeStore) -> None:
        """
        A crash between the contact and its mail is mended by the next run, once.
        """
        store.save_contact(asked(real(), "griet", NOW))

        assert 1 == keep_current(store, NOW + DAY)["mended"]
        assert 0 == keep_current(store, NOW + DAY)["mended"]
        assert [NOW] == [notice.created_at for notice in store.notices.values()]

    def test_too_old_to_mend(self, store: FakeStore) -> None:
        """
        A code that could not be entered any more is not mailed.
        """
        store.save_contact(asked(real(), "griet", NOW))
        keep_current(store, NOW + CODE_TERM)

        assert [NOW + CODE_TERM] == [notice.created_at for notice in store.notices.values()]

    def test_somebody_else(self, store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        One that somebody writes meanwhile is left for the next run; the others are asked.
        """
        first, second = ask(real(), "griet", store, NOW), ask(real(2), "griet", store, NOW)
        store.save_contact(retired(first, "jan", NOW))
        monkeypatch.setattr(store, "all_contacts", lambda: iter([first, second]))

        assert 1 == keep_current(store, NOW + 7 * DAY)["asked"]
        assert "retired" == kept(store).changes[-1].what


class TestConfirm:
    def test_confirmed(self, store: FakeStore, one: Contact) -> None:
        """
        The code confirms its address, whose owner is told; a second time it was done already.
        """
        first = confirm(code(one).lower(), store, keys, NOW + DAY)
        version = kept(store).version
        second = confirm(code(one), store, keys, NOW + 2 * DAY)

        assert Entered(Outcome.CONFIRMED, "Aalst") == first
        assert Entered(Outcome.ALREADY, "Aalst") == second
        assert (CONFIRMED, NOW + DAY, version) == (
            kept(store).state,
            kept(store).confirmed_at,
            kept(store).version,
        )

    def test_no_oracle(self, store: FakeStore, one: Contact) -> None:
        """
        A wrong code and one of an address that is not there get the same answer.
        """
        wrong = confirm("41002-1-3333-3333", store, keys, NOW)
        unknown = confirm("44021-1-3333-3333", store, keys, NOW)

        assert wrong == unknown == Entered(Outcome.WRONG)
        assert 1 == kept(store).wrong_codes
        assert store.contact("44021-1") is None

    def test_unreadable(self, store: FakeStore) -> None:
        """
        What can't be a code is not looked up.
        """
        assert confirm("onzin", store, keys, NOW) is None

    def test_two_at_once(
        self, store: FakeStore, one: Contact, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Of two who enter it at once one confirms, the other learns that it was done.
        """
        read, stale = store.contact, iter([one])
        store.save_contact(confirmed(one, "code", NOW))
        monkeypatch.setattr(store, "contact", lambda key: next(stale, None) or read(key))

        assert Entered(Outcome.ALREADY, "Aalst") == confirm(code(one), store, keys, NOW)

    def test_wrong_at_once(
        self, store: FakeStore, one: Contact, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Of many wrong codes at once none goes uncounted.
        """
        read, stale = store.contact, iter([one, one])
        monkeypatch.setattr(store, "contact", lambda key: next(stale, None) or read(key))
        for _ in range(2):
            confirm("41002-1-3333-3333", store, keys, NOW)

        assert 2 == kept(store).wrong_codes

    def test_on_the_table(self, aws: None) -> None:
        """
        On the real table: asked, mailed, confirmed, with the moments to the microsecond.
        """
        table, now = bootstrap.store(), NOW + timedelta(microseconds=123_456)
        asked_one = ask(real(), "griet", table, now)
        (notice_id,) = table.due(now)
        notice = table.outbox(notice_id, now)

        assert isinstance(notice, Notice)
        assert (now,) == asked_one.requests
        assert now == notice.created_at
        typed = code(asked_one, now)
        assert Entered(Outcome.CONFIRMED, "Aalst") == confirm(typed, table, keys, now)
        assert [CONFIRMED] == [contact.state for contact in table.all_contacts()]


class TestMail:
    @pytest.fixture
    def compose(self, store: FakeStore) -> CodeComposer:
        return CodeComposer(store, Letters(SITE_URL, AGENCY), AGENCY, keys)

    @staticmethod
    def last(store: FakeStore) -> Notice:
        return list(store.notices.values())[-1]

    def mail(self, store: FakeStore, compose: CodeComposer, now: datetime = NOW) -> Email:
        notice = self.last(store)
        return compose(notice, notice.mails[0], now)

    def test_says(self, store: FakeStore, one: Contact, compose: CodeComposer) -> None:
        """
        The code, where to enter it and until when, to the address, with answers to the agency.
        """
        email = self.mail(store, compose)

        assert ("buddy1@aalst.be", AGENCY, "41002-1") == (email.to, email.reply_to, email.route)
        for part in (email.text, email.html):
            assert code(one) in part
            assert f"{SITE_URL}/gemeente/bevestigen/" in part
            assert "maandag 7 december 2026" in part
            assert "Aalst" in part
        assert code(one) not in email.subject
        assert "?" not in "".join(line for line in email.text.splitlines() if "://" in line)

    def test_wire(self, store: FakeStore, one: Contact, compose: CodeComposer) -> None:
        """
        On the wire its headers are whole, in lines that are not too long.
        """
        raw = mime(self.mail(store, compose), SENDER, NOW)
        message: Any = message_from_bytes(raw, policy=SMTP)

        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert message["Message-ID"].strip().startswith(f"<{self.last(store).id}")
        assert message["Message-ID"].strip().endswith("@mijnbuddy.example>")

    def test_same_words(self, store: FakeStore, one: Contact, compose: CodeComposer) -> None:
        """
        The plain text says what the HTML says.
        """
        email = self.mail(store, compose)
        html = " ".join(BeautifulSoup(email.html, "html.parser").get_text(" ").split())
        sentences = [line.strip() for line in email.text.splitlines() if line.strip().endswith(".")]

        assert 8 < len(sentences)
        assert [] == [
            one
            for one in sentences
            if not one.startswith("Voor Aalst") and one.split(". ")[0].rstrip(".") not in html
        ]

    @pytest.mark.parametrize("nis_code", [AALST, "02000"])
    @pytest.mark.parametrize("again", [False, True])
    def test_plain(
        self, store: FakeStore, compose: CodeComposer, nis_code: str, again: bool
    ) -> None:
        """
        Its sentences are short and plain, as those of the site.
        """
        contact = ask(real(nis_code=nis_code), "griet", store, NOW)
        if again:
            contact = store.save_contact(confirmed(contact, "code", NOW))
            ask(contact, "schedule", store, NOW + DAY)
        email = self.mail(store, compose, NOW + DAY)
        said = Text("mail", tuple(line for line in email.text.splitlines() if line.strip()))

        assert [] == list(problems(said))
        assert said.mean <= MEAN

    def test_reminder(self, store: FakeStore, one: Contact, compose: CodeComposer) -> None:
        """
        A reminder says so; its code is another one.
        """
        ask(one, "schedule", store, NOW + 7 * DAY)
        email = self.mail(store, compose, NOW + 7 * DAY)

        assert email.subject.startswith("Herinnering: ")
        assert code(one, NOW + 7 * DAY) in email.text
        assert code(one) not in email.text

    def test_yearly(self, store: FakeStore, one: Contact, compose: CodeComposer) -> None:
        """
        After a year it asks whether the address is still right.
        """
        contact = store.save_contact(confirmed(one, "code", NOW))
        ask(contact, "schedule", store, NOW + 335 * DAY)
        email = self.mail(store, compose, NOW + 335 * DAY)

        assert "Klopt dit contactadres voor Aalst nog?" == email.subject
        assert "een jaar geleden" in email.text

    def test_region(self, store: FakeStore, compose: CodeComposer) -> None:
        """
        A region's address hears what it is for.
        """
        ask(real(nis_code="02000"), "griet", store, NOW)
        email = self.mail(store, compose)

        assert "Bevestig het contactadres voor Vlaanderen" == email.subject
        assert "Werkt geen enkel adres van die gemeente?" in email.text

    def test_bouncing(self, store: FakeStore, one: Contact, compose: CodeComposer) -> None:
        """
        A bouncing address that is asked gets its code: that is how it is repaired.
        """
        contact = store.save_contact(replace(one, state=BOUNCING))
        ask(contact, "jan", store, NOW + DAY)

        assert code(contact, NOW + DAY) in self.mail(store, compose, NOW + DAY).text

    @pytest.mark.parametrize("what", ["retired", "replaced", "confirmed", "old", "gone"])
    def test_not_needed(
        self, store: FakeStore, one: Contact, compose: CodeComposer, what: str
    ) -> None:
        """
        No mail goes to an address that is retired, another one, confirmed or gone, nor too late.
        """
        now = NOW + CODE_TERM if what == "old" else NOW + DAY
        following = {
            "retired": retired(one, "jan", now),
            "replaced": replaced(one, "new@aalst.be", "jan", now),
            "confirmed": confirmed(one, "code", now),
        }
        if what in following:
            store.save_contact(following[what])
        notice = self.last(store)
        mail = replace(notice.mails[0], receiver="44021-1") if what == "gone" else notice.mails[0]

        with pytest.raises(NotNeededError):
            compose(notice, mail, now)

    def test_dropped(self, store: FakeStore, one: Contact, compose: CodeComposer) -> None:
        """
        What is not needed any more is dropped, not tried again, and waits for nobody.
        """
        store.save_contact(retired(one, "jan", NOW))
        mailer, clock = FakeMailer(), Clock(NOW + DAY)
        composer = Composer(store, Letters(SITE_URL, AGENCY), AGENCY, {KIND: compose}, LINKS)
        forward(self.last(store), Desk(store, mailer, composer, clock, wall=clock))
        (mail,) = self.last(store).mails

        assert [] == mailer.sent
        assert ("dropped", "no-longer-asked", None) == (mail.status, mail.reason, mail.next_at)

    def test_wired(self, aws: None) -> None:
        """
        The functions know who writes these mails.
        """
        table = bootstrap.store()
        ask(real(), "griet", table, NOW)
        (notice_id,) = table.due(NOW)
        notice = table.outbox(notice_id, NOW)

        assert isinstance(notice, Notice)
        assert KIND in bootstrap._composer()._notices


class TestPage:
    PAGES = Pages(SITE_URL)

    def post(self, typed: str, entered: Entered | None, **headers: str) -> Answer:
        body = urlencode({"code": typed}).encode()
        return contact_form.entered(
            Request({**FORM, **headers}, body), lambda _: entered, self.PAGES
        )

    @staticmethod
    def soup(answer: Answer) -> Any:
        return BeautifulSoup(answer.body, "html.parser")

    def test_form(self) -> None:
        """
        One field and a button, that work without JavaScript; kept by nobody, found by nobody.
        """
        answer = contact_form.shown(self.PAGES)
        page = self.soup(answer)

        assert (200, "no-store") == (answer.status, answer.headers["Cache-Control"])
        assert "noindex" == page.find("meta", attrs={"name": "robots"})["content"]
        assert page.find("meta", attrs={"name": "description"})["content"]
        assert ("post", "/gemeente/bevestigen/") == (page.form["method"], page.form["action"])
        assert ["code"] == [field["name"] for field in page.form("input")]
        assert page.find("label", attrs={"for": "code"})
        assert 1 == len(page.form("button"))

    def test_confirmed(self) -> None:
        """
        Who confirmed reads for whom, and what happens now.
        """
        answer = self.post("x", Entered(Outcome.CONFIRMED, "Aalst"))

        assert (200, "no-store") == (answer.status, answer.headers["Cache-Control"])
        assert "voor Aalst is bevestigd" in self.soup(answer).main.get_text()

    def test_already(self) -> None:
        """
        Who enters it again reads that nothing more is to be done.
        """
        answer = self.post("x", Entered(Outcome.ALREADY, "Aalst"))

        assert 200 == answer.status
        assert "al bevestigd" in self.soup(answer).h1.get_text()

    @pytest.mark.parametrize("outcome", ADVICE)
    def test_refused(self, outcome: Outcome) -> None:
        """
        Whatever is wrong, the page says what to do, keeps what was typed and leads to the field.
        """
        answer = self.post("41002-1-3333-3333", Entered(outcome))
        page = self.soup(answer)

        assert (422, "no-store") == (answer.status, answer.headers["Cache-Control"])
        assert page.title.get_text().startswith("Fout: ")
        assert ADVICE[outcome] in page.find(id="code-error").get_text()
        assert "#code" == page.find(class_="error-summary").a["href"]
        assert "41002-1-3333-3333" == page.find(id="code")["value"]

    @pytest.mark.parametrize(
        ("typed", "told"),
        [("", "Vul de code uit onze mail in."), ("  ", "Vul de code uit"), ("onzin", "hele code")],
    )
    def test_unreadable(self, typed: str, told: str) -> None:
        """
        Nothing, or what can't be a code, is told apart: that helps, and gives nothing away.
        """
        answer = self.post(typed, None)

        assert 422 == answer.status
        assert told in self.soup(answer).find(id="code-error").get_text()

    def test_hostile(self) -> None:
        """
        What was typed is shown as text.
        """
        typed = '"><script>alert(1)</script>{{ 7 * 7 }}\x00'
        page = self.soup(self.post(typed, None))

        assert [] == page.main("script")
        assert typed.rstrip("\x00") == page.find(id="code")["value"]

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"content-type": "application/json"}, 415),
            ({"content-type": "text/plain", "accept": "text/html"}, 415),
        ],
    )
    def test_not_ours(self, headers: dict[str, str], status: int) -> None:
        """
        A form of another site, or what is no form, enters nothing.
        """
        entered: list[str] = []
        answer = contact_form.entered(
            Request({**FORM, **headers}, b"code=x"),
            entered.append,
            self.PAGES,
        )

        assert (status, []) == (answer.status, entered)

    def test_without_a_field(self) -> None:
        """
        A body without the field is as one that was left empty.
        """
        answer = contact_form.entered(Request(FORM, b"x=1"), lambda _: None, self.PAGES)

        assert 422 == answer.status
