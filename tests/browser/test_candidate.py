"""What a civil servant does between two calls: from the link in the mail, with one press."""

import re
import uuid

from playwright.sync_api import Page, expect

from tests.stack import Stack


def test_buttons(stack: Stack, page: Page) -> None:
    """
    Contacted, taken back, not now without and with a reason, and handed on: each is one press and
    tells what was done; of the candidate only the first name is seen.
    """
    email = f"griet-{uuid.uuid4().hex}@example.com"
    form = {"name": "Griet Peeters", "email": email, "postcode": "9300", "consent": "yes"}
    assert 303 == stack.post(form).status_code
    to_aalst = stack.wait_for_mails(email, 2)[0]
    (link,) = set(re.findall(rf"{stack.url}/gemeente/kandidaat/\S+", to_aalst["text"]))
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Griet wil buddy worden")
    for hidden in ("Peeters", email):
        expect(page.get_by_text(hidden)).to_have_count(0)

    news = page.get_by_role("status")
    page.get_by_role("button", name="Gecontacteerd").click()
    expect(page).to_have_url(link)
    expect(news).to_have_text("Genoteerd: Gecontacteerd.")
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(news).to_have_text("Ongedaan gemaakt: Gecontacteerd.")

    part = page.locator("details", has=page.get_by_text("Nu niet", exact=True)).last
    part.locator("summary").click()
    part.get_by_role("button", name="Nu niet").click()
    expect(page).to_have_title(re.compile(r"^Fout: "))
    page.get_by_role("radio", name="Er is nu niemand die bij deze kandidaat past").check()
    page.get_by_role("button", name="Nu niet").click()
    expect(news).to_contain_text("Genoteerd: Nu niet: Er is nu niemand")

    page.locator("summary", has_text="Doorgeven aan een andere gemeente").click()
    page.get_by_label("Een andere gemeente?").fill("9420")
    page.get_by_role("button", name="Doorgeven aan een andere gemeente").click()
    expect(news).to_have_text("Genoteerd: Doorgegeven aan Erpe-Mere.")
    page.locator("summary", has_text="Deze link intrekken").click()
    page.get_by_role("button", name="Trek de link in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("De link is ingetrokken")
    answer = page.goto(link)
    assert answer is not None
    assert 410 == answer.status
