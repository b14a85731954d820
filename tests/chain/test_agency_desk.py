"""An officer signs in by mail, finds what waits and acts on it, through the deployed system."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests

from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]

OFFICER = "beheer@mijnbuddy.example"
WORTEGEM = "45061"  # no other test mails to it
GENT = "44021"


def test_by_mail(stack: Stack, form: Form) -> None:
    """
    A link is mailed to an officer's address only; inside she finds somebody by name, which is
    written down, and takes her to another municipality, which is mailed; the other one is told.
    """
    one = form(postcode="9790", municipality=WORTEGEM, name="Ûrsula Zoekmij")
    reference = stack.post(one).headers["Location"].rpartition("=")[2]
    stack.wait_for_mails(reference, 2)
    for address in ("griet@example.com", OFFICER, OFFICER):
        answer = requests.post(f"{stack.url}/beheer/", data={"email": address}, timeout=60)
        assert 200 == answer.status_code
    (mail,) = stack.wait_for_mails(f'"to": ["{OFFICER}"]', 1)
    (link,) = set(re.findall(r"http\S+/beheer/aanmelden/\S+", mail["text"]))
    asked = {"Content-Type": "application/x-www-form-urlencoded"}
    assert 200 == requests.get(link, timeout=60).status_code
    opened = requests.post(link, headers=asked, allow_redirects=False, timeout=60)
    cookie = {"Cookie": opened.headers["Set-Cookie"].partition(";")[0]}
    assert f"{stack.url}/beheer/werklijst/" == stack.url + opened.headers["Location"]

    def get(path: str) -> str:
        return requests.get(f"{stack.url}{path}", headers=cookie, timeout=60).text

    def post(path: str, **posted: str) -> requests.Response:
        return requests.post(
            f"{stack.url}{path}",
            data=posted,
            headers=cookie,
            allow_redirects=False,  # it would leave the cookie behind
            timeout=60,
        )

    assert "Werklijst" in get("/beheer/werklijst/")
    eventually(lambda: reference in post("/beheer/zoeken/", q="zoekmij ursula").text)
    place = f"/beheer/aanmelding/{reference}/{WORTEGEM}/"
    assert "Ûrsula Zoekmij" in get(place)
    assert 303 == post(place, act="reroute", to=GENT, decided="0").status_code
    page = get(f"/beheer/aanmelding/{reference}/")
    assert "Naar een andere gemeente gebracht" in page
    assert reference in get("/beheer/inzage/")
    assert "Voorbeeld. Deze persoon is verzonnen." in get("/beheer/mails/forwarding/")
    stack.move_clock(timedelta(minutes=61))  # no mail goes out while it can be undone
    told = stack.wait_for_mails(reference, 5)[2:]
    assert {"buddy+gent@gent.example", "buddy+wortegem-petegem@wortegem-petegem.example"} < {
        to for mail in told for to in mail["to"]
    }
    assert reference not in requests.get(f"{stack.url}{place}", timeout=60).text
