"""The agency's desk as an officer uses it, in Chromium on a phone, without JavaScript too."""

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.stack import Stack, eventually


def fits(page: Page) -> bool:
    page.wait_for_load_state()  # without its stylesheet hardly anything fits
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_desk(stack: Stack, page: Page) -> None:
    """
    From the address, by the link, to the work list; by name to a registration, where a button acts;
    to a mail as it looks; and out again.
    """
    email = officer(stack)
    name = f"Zoek {uuid.uuid4().hex.translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    form = {"name": name, "email": f"{uuid.uuid4().hex}@example.com", "consent": "yes"}
    reference = stack.post({**form, "postcode": "9860"}).headers["Location"].rpartition("=")[2]
    page.goto(f"{stack.url}/beheer/")
    page.get_by_label("Je e-mailadres bij ons").fill(email)
    page.get_by_role("button", name="Mail me een link").click()
    (mail,) = stack.wait_for_mails(email, 1)
    (link,) = set(re.findall(r"http\S+/beheer/aanmelden/\S+", mail["text"]))
    page.goto(link)
    page.get_by_role("button", name="Open de pagina").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Werklijst")
    assert fits(page)

    page.get_by_role("link", name="Zoeken").click()

    def found() -> int:
        page.get_by_label("Referentie, gemeente of naam").fill(name.upper())
        page.get_by_role("button", name="Zoek", exact=True).click()
        return page.get_by_role("link", name=name).count()

    eventually(found)
    assert name not in page.url
    assert fits(page)
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Aanmelding {reference}")
    assert fits(page)
    page.get_by_role("link", name="Oosterzele").click()
    page.get_by_role("button", name="Gecontacteerd").click()
    expect(page.get_by_text("Genoteerd: Gecontacteerd.")).to_be_visible()
    assert fits(page)

    page.get_by_role("link", name="Mails", exact=True).click()
    page.get_by_role("link", name="De aanmelding voor een gemeente").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Voorbeeld Verzonnen wil buddy worden in Aalst")).to_be_visible()
    expect(frame.locator("body")).to_have_css("background-color", "rgb(253, 249, 242)")
    assert fits(page)

    page.get_by_role("button", name="Afmelden").click()
    page.goto(f"{stack.url}/beheer/aanmelding/{reference}/")
    expect(page.get_by_text(name)).to_have_count(0)
    expect(page.get_by_role("button", name="Mail me een link")).to_be_visible()


def officer(stack: Stack) -> str:
    """The address of a new one: a mailbox gets one link in ten minutes."""
    id_ = f"an-{uuid.uuid4().hex[:8]}"
    email = f"{id_}@agentschap.example"
    subprocess.run(
        [
            *(str(Path(sys.executable).parent / "mijnbuddy"), "--local"),
            *("officers", "add", id_, email, "handle", "--who", "test"),
        ],
        env={**os.environ, "LOCAL_DIR": str(stack.directory)},
        check=True,
    )
    return email
