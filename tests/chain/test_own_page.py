"""A volunteer and her own page, by the links in the mails, on the running system."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests

from chalicelib.intake import FORM
from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]
HERE = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
GENT = "44021"


def link_in(stack: Stack, mail: dict[str, Any], page: str) -> str:
    (link,) = set(re.findall(rf"{stack.url}/mijn/{page}/\S+", mail["text"]))
    return str(link)


def press(link: str, **values: str) -> requests.Response:
    """A button of a page, with what goes along with it."""
    page = requests.get(link, timeout=30).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    carried = {"seen": seen[1]} if seen else {}
    return requests.post(
        link, data=carried | values, headers=HERE, allow_redirects=False, timeout=30
    )


def to(stack: Stack, address: str, count: int) -> dict[str, Any]:
    """The last of so many mails to an address."""

    def there() -> list[dict[str, Any]]:
        found = [mail for mail in stack.mails() if mail["to"] == [address]]
        return found if len(found) >= count else []

    return eventually(there)[-1]


def test_from_sign_up_to_erased(stack: Stack, form: Form) -> None:
    """
    From the confirmation to her page: one municipality more is mailed, a new address is hers by its
    own button and is not mailed her data in that week, and erased she is gone from the table.
    """
    posted = form(name="Wijziging Testpersoon", about="Een zin die nergens mag blijven.")
    email = posted["email"]
    assert 303 == stack.post(posted).status_code
    own = link_in(stack, to(stack, email, 1), "aanmelding")
    page = requests.get(own, timeout=30).text
    assert "Dag Wijziging" in page
    for hidden in (email, "0470", "Testpersoon", "Een zin die"):
        assert hidden not in page

    assert 303 == press(own, action="add", municipality=GENT).status_code
    new = f"nieuw-{email}"
    assert 303 == press(own, action="correct-email", email=new).status_code
    stack.move_clock(timedelta(minutes=1))  # the sweep sends what the buttons bring about
    assert [] != [m for m in stack.mails("Testpersoon") if m["to"] == ["buddy+gent@gent.example"]]

    assert "ander e-mailadres" in to(stack, email, 2)["subject"]
    button = link_in(stack, to(stack, new, 1), "adres")
    moved = press(button)
    assert 303 == moved.status_code
    stack.move_clock(timedelta(minutes=2))
    assert 410 == requests.get(own, timeout=30).status_code
    own = link_in(stack, to(stack, new, 2), "aanmelding")
    assert own == moved.headers["Location"]
    eventually(lambda: len([m for m in stack.mails() if "Nieuwe gegevens" in m["subject"]]) >= 2)

    refused = press(own, action="data")
    assert (409, 2) == (refused.status_code, len([m for m in stack.mails() if m["to"] == [new]]))
    assert "Weet je het zeker?" in press(own, action="erase").text
    assert "Alles is gewist" in press(own, action="erase", sure="yes").text
    kept = json.dumps(stack.items())
    for value in (email, new, "Testpersoon", "nergens mag blijven"):
        assert value not in kept
    assert 410 == requests.get(own, timeout=30).status_code
