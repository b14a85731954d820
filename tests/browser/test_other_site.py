"""A form on another site, in Chromium: what it makes a browser send is refused."""

from playwright.sync_api import Page, expect

from tests.stack import Stack


def test_their_form(stack: Stack, page: Page) -> None:
    """
    Whoever presses a button elsewhere that posts to us is told so, and led to our own form.
    """
    page.set_content(
        f'<form action="{stack.url}/api/registrations" method="post">'
        '<input name="name" value="Griet Peeters"><input name="email" value="griet@example.com">'
        '<input name="postcode" value="9300"><input name="consent" value="yes">'
        "<button>Win een prijs</button></form>"
    )
    with page.expect_response("**/api/registrations") as posted:
        page.get_by_role("button").click()

    assert 403 == posted.value.status
    expect(page.get_by_text("Dit formulier staat op een andere site.")).to_be_visible()
    page.get_by_role("link", name="Naar het formulier").click()
    expect(page).to_have_url(f"{stack.url}/aanmelden/")
