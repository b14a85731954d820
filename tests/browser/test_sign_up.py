"""
Signing up as a visitor does it, in Chromium, with JavaScript and without; the usual way from the
home page is where test_walk.py begins.
"""

import re
import uuid

from playwright.sync_api import Page, expect

from tests.stack import Stack, eventually


def fill_in(page: Page, **answers: str) -> None:
    for name, answer in answers.items():
        page.locator(f"[name={name}]").first.fill(answer)
    page.get_by_role("checkbox", name=re.compile("18 jaar")).check()


def test_errors_come_back_together(stack: Stack, page: Page) -> None:
    """
    An empty form comes back with all its errors, each a link to its field; what is right stays.
    """
    page.goto(f"{stack.url}/aanmelden/")
    page.locator("[name=name]").fill("Jan Janssens")
    page.get_by_role("button", name=re.compile("buddy|aan", re.IGNORECASE)).click()

    expect(page).to_have_title(re.compile(r"^Fout: "))
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Er is een probleem")
    expect(page.locator("[name=name]")).to_have_value("Jan Janssens")
    summary.get_by_role("link", name="Vul je e-mailadres in.").click()
    expect(page.locator("[name=email]")).to_be_focused()
    expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")


def test_shared_postcode(stack: Stack, page: Page) -> None:
    """
    Postcode 1040 leads to a choice between two municipalities; then the form goes through.
    """
    email = f"jan-{uuid.uuid4().hex}@example.com"
    page.goto(f"{stack.url}/aanmelden/")
    fill_in(page, name="Jan Janssens", email=email, postcode="1040")
    page.get_by_role("button", name=re.compile("buddy|aan", re.IGNORECASE)).click()
    expect(page).to_have_title(re.compile(r"^Fout: "))

    page.get_by_role("radio", name="Etterbeek").check()
    page.get_by_role("button", name=re.compile("buddy|aan", re.IGNORECASE)).click()

    expect(page).to_have_url(re.compile(r"/bedankt/\?ref=MB-"))
    to_municipality = stack.wait_for_mails(email, 1)[0]
    assert ["buddy+etterbeek@etterbeek.example"] == to_municipality["to"]


def test_former_municipality(stack: Stack, page: Page) -> None:
    """
    The address of a former municipality leads to today's.
    """
    page.goto(f"{stack.url}/word-buddy/borgloon/")

    expect(page).to_have_url(f"{stack.url}/word-buddy/tongeren-borgloon/")


def test_not_found(stack: Stack, page: Page) -> None:
    """
    An address that is not there answers 404 with a way on.
    """
    answer = page.goto(f"{stack.url}/bestaat-niet/")

    assert answer is not None
    assert 404 == answer.status
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()


def test_finder_while_typing(stack: Stack, scripted_page: Page) -> None:
    """
    With JavaScript the finder shows the municipality while one types, and says how many.
    """
    page = scripted_page
    page.goto(f"{stack.url}/")
    page.get_by_label(re.compile("postcode", re.IGNORECASE)).press_sequentially("erembo")

    page.get_by_role("link", name=re.compile("Aalst")).first.click()

    expect(page).to_have_url(f"{stack.url}/word-buddy/aalst/")


def test_pressed_twice(stack: Stack, scripted_page: Page) -> None:
    """
    Going back and sending the same form again gives no second pair of mails.
    """
    page, email = scripted_page, f"an-{uuid.uuid4().hex}@example.com"
    for _ in range(2):
        page.goto(f"{stack.url}/aanmelden/")
        fill_in(page, name="An Peeters", email=email, postcode="9300")
        page.get_by_role("button", name=re.compile("buddy|aan", re.IGNORECASE)).click()
        expect(page).to_have_url(re.compile(r"/bedankt/\?ref=MB-"))
        stack.wait_for_mails(email, 2)

    eventually(lambda: len([i for i in stack.items() if email in str(i) and "repeat_of" in i]) == 1)
    assert 2 == len(stack.mails(email))


def test_keyboard_only(stack: Stack, page: Page) -> None:
    """
    The form can be found, filled in and sent with the keyboard alone, in the order of the page.
    """
    email = f"toetsen-{uuid.uuid4().hex}@example.com"
    answers = {"name": "Griet Peeters", "email": email, "phone": "", "postcode": "9300"}
    page.goto(f"{stack.url}/aanmelden/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")

    for name, answer in answers.items():
        page.keyboard.press("Tab")
        expect(page.locator(f"[name={name}]")).to_be_focused()
        page.keyboard.type(answer)
    for _ in range(4):  # the municipality, «Nog een gemeente?», the message, the box
        page.keyboard.press("Tab")
    expect(page.locator("[name=consent]")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/bedankt/\?ref=MB-"))
    assert [email] == stack.wait_for_mails(email, 2)[1]["to"]
