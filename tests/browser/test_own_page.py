"""Her own page on a telephone, without JavaScript: what she sees, corrects and ends."""

import re
import uuid

from playwright.sync_api import Browser, expect

from tests.stack import Stack


def test_without_javascript(stack: Stack, browser: Browser) -> None:
    """
    At 360 px and without JavaScript she finds how it stands, corrects her number with an error on
    the way, pauses, comes back, and withdraws after she was asked twice.
    """
    email = f"griet-{uuid.uuid4().hex}@example.com"
    form = {"name": "Griet Peeters", "email": email, "postcode": "9300", "consent": "yes"}
    assert 303 == stack.post(form).status_code
    mails = stack.wait_for_mails(email, 2)
    (confirmation,) = [mail for mail in mails if mail["to"] == [email]]
    (link,) = set(re.findall(rf"{stack.url}/mijn/aanmelding/\S+", confirmation["text"]))
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(link)
    news = page.get_by_role("status")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dag Griet")
    expect(page.get_by_text("We stuurden je aanmelding op")).to_be_visible()
    for hidden in ("Peeters", email):
        expect(page.get_by_text(hidden)).to_have_count(0)

    page.locator("summary", has_text="Mijn telefoonnummer verbeteren").click()
    page.get_by_label("Je nieuwe telefoonnummer").fill("12")
    page.get_by_role("button", name="Bewaar het nummer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Je nieuwe telefoonnummer").fill("0470 99 88 77")
    page.get_by_role("button", name="Bewaar het nummer").click()
    expect(news).to_contain_text("We pasten je telefoonnummer aan.")
    expect(page.get_by_text("0470 99 88 77")).to_have_count(0)

    page.locator("summary", has_text="Even niet").click()
    page.get_by_role("button", name="Ik kan even niet").click()
    expect(page.get_by_text("Je pauzeert sinds")).to_be_visible()
    page.get_by_role("button", name="Ik kan weer").click()
    expect(news).to_contain_text("Fijn dat je er weer bent!")

    page.locator("summary", has_text="Mijn aanmelding intrekken").click()
    page.get_by_role("button", name="Trek mijn aanmelding in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Weet je het zeker?")
    page.get_by_role("link", name="Nee, terug naar mijn pagina").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dag Griet")
    page.locator("summary", has_text="Mijn aanmelding intrekken").click()
    page.get_by_role("button", name="Trek mijn aanmelding in").click()
    page.get_by_role("button", name="Ja, trek mijn aanmelding in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je trok je aanmelding in")
    expect(page.get_by_text("Griet")).to_have_count(0)
    context.close()
