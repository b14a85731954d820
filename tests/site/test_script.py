"""What the script adds, in a real browser, on the built site without any server."""

import json
import mimetypes
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from chalicelib.domain.finder import find
from chalicelib.domain.form import FieldError, Form
from chalicelib.pages import Pages
from infra.local.front_door import RESPONSE_HEADERS
from tests.browser.chromium import launched
from tests.built_site import Site

HERE = "http://localhost"  # a browser trusts it as it trusts https
TOKEN = ".1795426200.c2lnbmF0dXJl"


@pytest.fixture(scope="module")
def browser_context(site: Site) -> Iterator[BrowserContext]:
    """A browser to which the built files are all there is."""
    headers = json.loads(RESPONSE_HEADERS.read_text(encoding="utf-8"))

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HERE).partition("?")[0].lstrip("/")
        if path == "api/token":
            route.fulfill(json=TOKEN, headers=headers)
            return
        file = site.folder / (path + "index.html" if path.endswith("/") or not path else path)
        if not file.is_file():
            route.fulfill(status=404, body="")
            return
        content_type = mimetypes.guess_type(file)[0] or "application/octet-stream"
        kind = {"content-type": f"{content_type}; charset=utf-8"}
        route.fulfill(body=file.read_bytes(), headers=headers | kind)

    with launched() as browser:
        context = browser.new_context(reduced_motion="reduce")
        context.route("**/*", answer)
        yield context


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page whose complaints (errors, policy violations, missing files) fail the test."""
    page = browser_context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    page.close()
    assert [] == complaints


@pytest.mark.parametrize(
    "query",
    [
        "aalst",
        "9300",
        "1040",
        "1804",
        "Borgloon",
        "bruxelles",
        "ÉTTERBEEK",
        "sint-",
        "9300 Aalst",
        "'s gr",
    ],
)
def test_finds_as_the_domain(page: Page, query: str) -> None:
    """
    The finder shows exactly what the domain's finder finds, each a link to its page.
    """
    page.goto(f"{HERE}/")
    page.get_by_label("Je postcode of gemeente").fill(query)
    page.locator(".finder__found a").first.wait_for()
    shown = page.locator(".finder__found a").evaluate_all(
        "those => those.map(one => [one.textContent, one.getAttribute('href')])"
    )

    assert [[one.label, f"/word-buddy/{one.municipality.slug}/"] for one in find(query)] == shown


def test_says_how_many(page: Page) -> None:
    """
    The number of matches is announced, also when there is none.
    """
    page.goto(f"{HERE}/word-buddy/")
    status = page.locator(".finder__status")
    for query, text in [
        ("1040", "2 gemeenten gevonden"),
        ("Parijs", "Geen gemeenten gevonden"),
        ("", ""),
    ]:
        page.get_by_label("Je postcode of gemeente").fill(query)
        page.wait_for_function(
            "text => document.querySelector('.finder__status').textContent === text", arg=text
        )
        assert text == status.text_content()


def test_keyboard(page: Page) -> None:
    """
    From the field the keyboard alone reaches a match and follows it.
    """
    page.goto(f"{HERE}/")
    page.get_by_label("Je postcode of gemeente").focus()
    page.keyboard.type("erembodegem")
    page.locator(".finder__found a").first.wait_for()
    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{HERE}/word-buddy/aalst/")


def test_submission_id(page: Page) -> None:
    """
    Each showing of the form has an id of its own, and one only.
    """
    uuids = set()
    for _ in range(2):
        page.goto(f"{HERE}/aanmelden/")
        uuids.add(page.locator("[name=submission_id]").input_value())

    assert 2 == len(uuids)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in uuids)


def test_same_submission_again(page: Page) -> None:
    """
    An id to try again stays, until the page comes back after leaving it.
    """
    given = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
    html = Pages("").registration_page(Form(errors=(FieldError("form", "Opnieuw."),)), given)
    page.route("**/again", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{HERE}/again")
    shown = page.locator("[name=submission_id]")
    assert shown.input_value() == given
    assert "fouten" == page.evaluate("document.activeElement.id")

    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert shown.input_value() != given


def test_token(page: Page) -> None:
    """
    The first touch of the form gets it a token, once; merely showing it does not.
    """
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{HERE}/aanmelden/")
    field = page.locator("[name=token]")
    expect(field).to_have_value("")
    page.get_by_label("Je naam").focus()
    expect(field).to_have_value(TOKEN)
    page.get_by_label("Je e-mailadres").focus()

    assert [f"{HERE}/api/token"] == [url for url in asked if "/api/" in url]


def test_token_of_the_first_attempt(page: Page) -> None:
    """
    A form that comes back with errors keeps the token of when it was begun.
    """
    html = Pages("").registration_page(Form({"token": (".1.first",)}))
    page.route("**/again", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{HERE}/again")
    page.get_by_label("Je naam").focus()

    expect(page.locator("[name=token]")).to_have_value(".1.first")


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 200, "content_type": "text/html", "body": "<h1>Later</h1>"},
        {"status": 200, "json": None},
    ],
)
def test_no_token(page: Page, answer: dict[str, Any]) -> None:
    """
    An answer that is no token leaves the form as it is.
    """
    page.route("**/api/token", lambda route: route.fulfill(**answer))
    page.goto(f"{HERE}/aanmelden/")
    with page.expect_response("**/api/token"):
        page.get_by_label("Je naam").focus()
    page.get_by_label("Je postcode").fill("9300")

    expect(page.locator(".field__found")).to_have_text("Aalst")
    expect(page.locator("[name=token]")).to_have_value("")


@pytest.mark.parametrize(
    ("code", "kept"),
    [("infoavond-aalst", "infoavond-aalst"), ("<b>", ""), ("A B", ""), ("x" * 41, "")],
)
def test_source(page: Page, code: str, kept: str) -> None:
    """
    The code of a campaign goes along; anything else in its place does not.
    """
    page.goto(f"{HERE}/aanmelden/?bron={code}")

    assert kept == page.locator("[name=source]").input_value()


def test_source_goes_along(page: Page) -> None:
    """
    Who comes to another page by a campaign takes its code along to the form, by any link, by the
    finder and by its button; without a code no address changes.
    """
    page.goto(f"{HERE}/verhalen/?bron=infoavond-aalst")
    page.locator("header").get_by_role("link", name="Meld je aan").click()
    assert "infoavond-aalst" == page.locator("[name=source]").input_value()

    page.goto(f"{HERE}/?bron=affiche&x=1")
    page.get_by_label("Je postcode of gemeente").fill("9300")
    found = page.locator(".finder__found a").first
    found.wait_for()
    assert "/word-buddy/aalst/?bron=affiche" == found.evaluate("a => a.pathname + a.search")
    sent = page.evaluate("new URLSearchParams(new FormData(document.forms[0])).toString()")
    assert "q=9300&bron=affiche" == sent

    page.goto(f"{HERE}/?bron=A%20B")
    assert 0 == page.locator("a[href*=bron]").count()
    assert 0 == page.locator("[name=bron]").count()


@pytest.mark.parametrize(
    ("postcode", "town"), [("9300", "Aalst"), ("B-1040", "Brussel of Etterbeek"), ("0000", "")]
)
def test_names_the_municipality(page: Page, postcode: str, town: str) -> None:
    """
    Under the postcode stands where that is.
    """
    page.goto(f"{HERE}/word-buddy/aalst/")
    page.get_by_label("Je postcode").fill(postcode)
    page.wait_for_function(
        "town => document.querySelector('.field__found').textContent === town", arg=town
    )


def test_sends_once(page: Page) -> None:
    """
    The button waits after the first press, and is there again when the page is shown anew.
    """
    page.goto(f"{HERE}/aanmelden/")
    page.evaluate(
        "document.querySelector('.form').addEventListener('submit', e => e.preventDefault())"
    )
    button = page.locator(".form .button")
    button.click()
    assert (button.text_content(), button.is_disabled()) == ("Even geduld…", True)

    page.evaluate("dispatchEvent(new Event('pageshow'))")
    assert (button.text_content(), button.is_disabled()) == ("Meld je aan", False)


@pytest.mark.parametrize("width", [320, 640, 1280])
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/word-buddy/",
        "/aanmelden/",
        "/word-buddy/aalst/",
        "/word-buddy/beveren-kruibeke-zwijndrecht/",
        "/404.html",
    ],
)
def test_fits(page: Page, address: str, width: int) -> None:
    """
    No page scrolls sideways, on the narrowest screen, at 200 % zoom of a common one, or wide.
    """
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(HERE + address)

    assert width == page.evaluate("document.documentElement.scrollWidth")
