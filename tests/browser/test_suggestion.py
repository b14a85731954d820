"""Telling of a buddy project on a phone, with JavaScript and without."""

import re
import uuid

from playwright.sync_api import Page, expect

from tests.browser.visiting import SIDEWAYS
from tests.stack import Stack

TO_US = re.compile("Stuur naar ons")


def test_suggestion(stack: Stack, page: Page) -> None:
    """
    From a project's page to the form; its errors come back together, each with a way to its field;
    filled in, it arrives, and the sender gets a mail.
    """
    email = f"melder-{uuid.uuid4().hex}@example.com"
    page.goto(f"{stack.url}/projecten/compagnons/")
    page.get_by_role("link", name="Zeg het ons").click()
    expect(page).to_have_url(re.compile(r"/projecten/meld/\?project=compagnons$"))
    scripted = page.evaluate("document.currentScript === null && !!window.onpageshow")
    expect(page.locator("#existing")).to_have_value("compagnons" if scripted else "")
    assert [] == page.evaluate(SIDEWAYS)

    page.locator("[name=project]").fill("Compagnons")
    page.get_by_role("button", name=TO_US).click()
    expect(page).to_have_title(re.compile(r"^Fout: "))
    expect(page.locator("[name=project]")).to_have_value("Compagnons")
    page.get_by_role("alert").get_by_role("link", name="Vul je e-mailadres in.").click()
    expect(page.locator("[name=email]")).to_be_focused()
    assert [] == page.evaluate(SIDEWAYS)

    page.locator("[name=name]").fill("Mieke Melder")
    page.locator("[name=email]").fill(email)
    page.get_by_label("Eenzaamheid").check()
    page.get_by_role("checkbox", name=re.compile("op de site zetten")).check()
    page.get_by_role("button", name=TO_US).click()

    expect(page).to_have_url(re.compile(r"/bedankt/\?ref=MP-"))
    (mail,) = stack.wait_for_mails(email, 1)
    assert "is aangekomen" in mail["subject"]
    kept = next(one for one in stack.items("SUGGESTION") if email in str(one))
    assert ("compagnons" if scripted else "") == kept["answers"]["M"].get("existing", {"S": ""})[
        "S"
    ]
