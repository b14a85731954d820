"""
The closed loop, walked once from end to end in Chromium on a phone: what a volunteer, two
municipalities and their mailboxes see of one registration.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from chalicelib.domain.patience import asked_from
from chalicelib.domain.reply import AFTER_FOUR_WEEKS
from tests.browser.visiting import SIDEWAYS
from tests.stack import Stack, eventually

PLACES = iter((("Aalst", "9300", "Erpe-Mere"), ("Ninove", "9400", "Geraardsbergen")))
"""A mailbox gets one link in ten minutes: each run is of another municipality and its neighbour."""

Mail = dict[str, Any]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Apart: here the clock goes on by weeks, for everybody who signed up."""
    running = Stack(tmp_path_factory.mktemp("walked"))
    running.start()
    yield running
    running.stop()


def test_from_sign_up_to_erased(stack: Stack, page: Page) -> None:
    """
    She signs up; her municipality opens the link, and contacts her from its desk; it hands her on;
    the next one makes a duo; she answers our question, withdraws, and is erased. Whoever should
    know is told, and behind a link that was mailed nobody sees more of her than her first name.
    """
    place, postcode, neighbour = next(PLACES)
    email = f"griet-{uuid.uuid4().hex}@example.com"

    reference = sign_up(stack, page, place, postcode, email)
    to_place, to_her = stack.wait_for_mails(email, 2)
    assert [[mailbox(place)], [email]] == [to_place["to"], to_her["to"]]
    assert all(reference in mail["subject"] for mail in (to_place, to_her))
    candidate, own = link(to_place, "gemeente/kandidaat"), link(to_her, "mijn/aanmelding")
    follow(page, candidate, "Griet wil buddy worden")
    press(page, "Gezien, ik volg dit op", "Genoteerd: ")

    contact_from_desk(stack, page, place, email)
    follow(page, own, "Dag Griet")
    expect(section(page, place)).to_contain_text("we namen contact op.")

    follow(page, candidate, "Griet wil buddy worden")
    page.locator("summary", has_text="Doorgeven aan een andere gemeente").click()
    page.get_by_label("Een andere gemeente?").fill(neighbour)
    press(page, "Doorgeven aan een andere gemeente", f"Genoteerd: Doorgegeven aan {neighbour}.")
    stack.move_clock(timedelta(minutes=65))  # an hour long it could be taken back
    to_neighbour, to_her = stack.wait_for_mails(email, 4)[2:]
    assert [[mailbox(neighbour)], [email]] == [to_neighbour["to"], to_her["to"]]
    assert f"{place} geeft je aanmelding als buddy door aan {neighbour}." in to_her["text"]

    next_candidate = link(to_neighbour, "gemeente/kandidaat")
    follow(page, next_candidate, "Griet wil buddy worden")
    expect(page.get_by_text(f"{neighbour}, doorgegeven door {place}")).to_be_visible()
    press(page, "Duo gevormd", "Genoteerd: Duo gevormd.")

    now = datetime.now(UTC)
    stack.move_clock(asked_from(now, AFTER_FOUR_WEEKS) - now + timedelta(minutes=1))
    (asked,) = mailed(stack, reference, "Eén vraag over je aanmelding", 1)
    follow(page, link(asked, "mijn/vraag"), "Heeft iemand je gebeld of gemaild?")
    press(page, "Ja", "Je antwoord: Ja.")

    both = sorted([mailbox(place), mailbox(neighbour)])
    follow(page, own, "Dag Griet")
    page.locator("summary", has_text="Mijn aanmelding intrekken").click()
    press(page, "Trek mijn aanmelding in")
    press(page, "Ja, trek mijn aanmelding in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Je trok je aanmelding in")
    stack.move_clock(timedelta(minutes=1))
    assert both == receivers(mailed(stack, reference, "wil geen buddy meer worden", 2))

    press(page, "Wis al mijn gegevens")
    press(page, "Ja, wis alles")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alles is gewist")
    stack.move_clock(timedelta(minutes=1))
    to_erase = mailed(stack, reference, "wis de gegevens", 2)
    assert both == receivers(to_erase)
    assert [] == [mail for mail in to_erase if "Griet" in str(mail) or email in str(mail)]
    for dead in (own, candidate, next_candidate, link(asked, "mijn/vraag")):
        follow(page, dead, "Deze link werkt niet meer", status=410)
        expect(page.get_by_role("main").get_by_role("link")).not_to_have_count(0)


def sign_up(stack: Stack, page: Page, place: str, postcode: str, email: str) -> str:
    """From the home page to a reference."""
    page.goto(f"{stack.url}/")
    page.get_by_label(re.compile("postcode", re.IGNORECASE)).fill(postcode)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{stack.url}/word-buddy/{place.lower()}/")
    answers = {
        "name": "Griet Peeters",
        "email": email,
        "phone": "0470 12 34 56",
        "postcode": postcode,
    }
    for name, answer in answers.items():
        page.locator(f"[name={name}]").fill(answer)
    page.get_by_role("checkbox", name=re.compile("18 jaar")).check()
    press(page, "Meld je aan")
    expect(page).to_have_url(re.compile(r"/bedankt/\?ref=MB-"))
    reference = page.url.rpartition("=")[2]
    expect(page.get_by_text(reference).first).to_be_visible()
    return reference


def contact_from_desk(stack: Stack, page: Page, place: str, email: str) -> None:
    """
    By the link that is mailed to the municipality's mailbox, to the list, to the candidate; and out
    again: then the address of her page shows nobody.
    """
    page.goto(f"{stack.url}/gemeente/")
    page.get_by_label("E-mailadres van de mailbox").fill(mailbox(place))
    press(page, "Mail me een link")

    def links() -> list[Mail]:
        found = stack.mails("/gemeente/aanmelden/")
        return [mail for mail in found if mail["to"] == [mailbox(place)]]

    follow(page, link(eventually(links)[0], "gemeente/aanmelden"), f"{place}: ga verder")
    press(page, "Open de pagina")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Kandidaten voor {place}")
    eventually(lambda: page.reload() and page.get_by_role("link", name="Griet Peeters").count())

    page.get_by_role("link", name="Griet Peeters").click()
    expect(page.get_by_role("link", name=email)).to_have_attribute("href", re.compile("^mailto:"))
    expect(page.get_by_role("link", name="0470 12 34 56")).to_have_attribute(
        "href", "tel:+32470123456"
    )
    press(page, "Gecontacteerd", "Genoteerd: Gecontacteerd.")
    expect(page.locator(".acts__step")).to_contain_text(
        ["via de pagina van de gemeente", "via de link in de mail"]
    )
    inside = page.url
    press(page, "Afmelden")
    page.goto(inside)
    expect(page.get_by_role("button", name="Mail me een link")).to_be_visible()
    expect(page.get_by_text("Peeters")).to_have_count(0)


def follow(page: Page, address: str, heading: str, status: int = 200) -> None:
    """Open a link that was mailed: whoever has the mail sees no more than her first name."""
    answer = page.goto(address)
    assert answer is not None
    assert status == answer.status
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for hidden in ("Peeters", "0470", "@example.com"):
        expect(page.get_by_role("main").get_by_text(hidden)).to_have_count(0)
    assert [] == page.evaluate(SIDEWAYS)


def press(page: Page, name: str, told: str = "") -> None:
    """A button; what it leads to tells what was done, and fits on the phone."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()
    if told:
        expect(page.get_by_role("status")).to_contain_text(told)
    assert [] == page.evaluate(SIDEWAYS)


def section(page: Page, place: str) -> Locator:
    """What her page tells of one municipality."""
    return page.get_by_role("region", name=place, exact=True)


def mailbox(place: str) -> str:
    return f"buddy+{place.lower()}@{place.lower()}.example"


def link(mail: Mail, path: str) -> str:
    (found,) = set(re.findall(rf"http\S+/{path}/\S+", mail["text"]))
    return str(found)


def mailed(stack: Stack, reference: str, subject: str, count: int) -> list[Mail]:
    """The mails about her with these words in their subject, as soon as there are so many."""

    def there() -> list[Mail]:
        found = [mail for mail in stack.mails(reference) if subject in mail["subject"]]
        return found if len(found) >= count else []

    return eventually(there)


def receivers(mails: list[Mail]) -> list[str]:
    return sorted(address for mail in mails for address in mail["to"])
