"""A municipality signs in by mail and works on its candidates, through the deployed system."""

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import requests

from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]

MAILBOX = "buddy+wachtebeke@wachtebeke.example"  # merged into Lochristi
DESK = "buddy+lochristi@lochristi.example"


def test_by_mail(stack: Stack, form: Form) -> None:
    """
    An address that we know is mailed a link, which opens the list once; there somebody acts, and
    keeps it as a workbook. Without the cookie nothing of it is shown.
    """
    one = form(postcode="9080", email="griet-desk@example.com")
    reference = stack.post(one).headers["Location"].rpartition("=")[2]
    asked = {"Content-Type": "application/x-www-form-urlencoded"}
    for address in (MAILBOX, "griet@example.com", DESK, DESK):
        answer = requests.post(f"{stack.url}/gemeente/", data={"email": address}, timeout=60)
        assert 200 == answer.status_code

    def mailed(*addresses: str) -> list[dict[str, Any]]:
        found = stack.mails("/gemeente/aanmelden/")
        return [mail for mail in found if set(addresses) & set(mail["to"])]

    (mail,) = eventually(lambda: mailed(DESK))
    (link,) = set(re.findall(r"http\S+/gemeente/aanmelden/\S+", mail["text"]))
    for _ in range(3):
        assert 200 == requests.get(link, timeout=60).status_code
    opened = requests.post(link, headers=asked, allow_redirects=False, timeout=60)
    assert 303 == opened.status_code
    assert 410 == requests.post(link, headers=asked, timeout=60).status_code

    # `requests` sends a cookie that is Secure over HTTPS only; Chromium takes loopback for safe.
    cookie = {"Cookie": opened.headers["Set-Cookie"].partition(";")[0]}
    inside = f"{stack.url}{opened.headers['Location']}"

    def listed() -> str:
        return requests.get(inside, headers=cookie, timeout=60).text

    eventually(lambda: reference in listed())
    assert reference not in requests.get(inside, timeout=60).text
    page = requests.get(f"{inside}{reference}", headers=cookie, timeout=60).text
    (seen,) = set(re.findall(r'name="seen" value="(\d+)"', page))
    acted = requests.post(
        f"{inside}{reference}",
        data={"act": "contacted", "seen": seen, "note": "Gebeld."},
        headers=cookie,
        allow_redirects=False,  # it would leave the cookie behind
        timeout=60,
    )
    assert 303 == acted.status_code
    page = requests.get(f"{inside}{reference}", headers=cookie, timeout=60).text
    assert "Genoteerd: Gecontacteerd." in page

    kept = requests.get(f"{inside.rstrip('/')}.xlsx?stand=alle", headers=cookie, timeout=60)
    assert "kandidaten-lochristi-" in kept.headers["Content-Disposition"]
    rows = list(openpyxl.load_workbook(io.BytesIO(kept.content)).active.values)
    assert [reference, one["name"], "Gecontacteerd"] == [
        value for row in rows if row[0] == reference for value in row[:3]
    ]
    assert [[DESK]] == [mail["to"] for mail in mailed(MAILBOX, "griet@example.com", DESK)]
