"""A municipality's desk as somebody there uses it, in Chromium, with JavaScript and without."""

import re
import uuid

from playwright.sync_api import Page, expect

from tests.stack import Stack, eventually

PLACES = iter((("ninove", "9400"), ("geraardsbergen", "9500")))
"""A mailbox gets one link in ten minutes: each run is of another municipality."""


def test_desk(stack: Stack, page: Page) -> None:
    """
    From the address, by the link in the mail, to the list, a candidate, a button, and out again.
    """
    name = f"Griet {uuid.uuid4().hex[:6].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    email = f"{uuid.uuid4().hex}@example.com"
    place, postcode = next(PLACES)
    form = {"name": name, "email": email, "postcode": postcode, "consent": "yes"}
    assert 303 == stack.post(form).status_code
    before = len(stack.mails("/gemeente/aanmelden/"))
    page.goto(f"{stack.url}/gemeente/")
    page.get_by_label("E-mailadres van de mailbox").fill(f"buddy+{place}@{place}.example")
    page.get_by_role("button", name="Mail me een link").click()
    expect(page.get_by_role("heading", name="Kijk in de mailbox")).to_be_visible()

    mail = stack.wait_for_mails("/gemeente/aanmelden/", before + 1)[-1]
    (link,) = set(re.findall(r"http\S+/gemeente/aanmelden/\S+", mail["text"]))
    page.goto(link)
    page.get_by_role("button", name="Open de pagina").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Kandidaten voor {place.title()}")
    eventually(lambda: page.reload() and page.get_by_role("link", name=name).count())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("link", name=email)).to_have_attribute("href", re.compile("^mailto:"))
    page.get_by_role("button", name="Gecontacteerd").click()
    expect(page.get_by_text("Genoteerd: Gecontacteerd.")).to_be_visible()

    page.get_by_role("button", name="Afmelden").click()
    page.goto(f"{stack.url}/gemeente/kandidaten/")
    expect(page.get_by_text(name)).to_have_count(0)
    expect(page.get_by_role("button", name="Mail me een link")).to_be_visible()
