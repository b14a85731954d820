"""What looks odd, on the running system: nobody refused, nobody flooded, nothing lost."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests

from chalicelib.intake import FORM
from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]


def kept(stack: Stack, email: str) -> dict[str, Any]:
    """The registration of an address."""
    (one,) = [item for item in stack.items() if item["answers"]["M"]["email"]["S"] == email]
    return one


def api_address(stack: Stack) -> str:
    """The API behind the front door: only here can a test come from anywhere."""
    (api,) = stack.aws("apigateway").get_rest_apis()["items"]
    address: str = f"http://127.0.0.1:{stack.aws_port}/restapis/{api['id']}/api/_user_request_"
    return address


def press(link: str) -> requests.Response:
    """As a browser does with a form that has a button only."""
    headers = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
    return requests.post(link, headers=headers, allow_redirects=False, timeout=30)


class TestStepUp:
    def test_forged(self, stack: Stack, form: Form) -> None:
        """
        Whose token is not ours gets one mail with a link; opening that ten times changes nothing;
        its button sends the registration on, and a second time is the same.
        """
        token = requests.get(f"{stack.url}/api/token", timeout=30).json()
        posted = form(token=f"{token}x")

        assert 303 == stack.post(posted).status_code
        (asked,) = stack.wait_for_mails(posted["email"], 1)
        assert [posted["email"]] == asked["to"]
        (link,) = set(re.findall(rf"{stack.url}/mijn/bevestigen/\S+", asked["text"]))
        assert posted["name"] not in asked["text"] + asked["html"] + asked["subject"]
        eventually(lambda: "delivered" in str(kept(stack, posted["email"])["events"]))
        before = kept(stack, posted["email"])
        for method in ["GET", "HEAD"] * 10:
            answer = requests.request(method, link, timeout=30)
            assert 200 == answer.status_code
            assert "no-store" == answer.headers["Cache-Control"]
            assert "no-referrer" == answer.headers["Referrer-Policy"]
        assert before == kept(stack, posted["email"])
        assert 1 == len(stack.mails(posted["email"]))

        pressed = [press(link) for _ in range(2)]
        reference = before["reference"]["S"]
        assert [f"/bedankt/?ref={reference}"] * 2 == [one.headers["Location"] for one in pressed]
        stack.move_clock(timedelta())
        mails = stack.wait_for_mails(posted["email"], 3)
        assert ["buddy+aalst@aalst.example", posted["email"]] == [one["to"][0] for one in mails[1:]]
        assert 410 == requests.get(link, timeout=30).status_code

    def test_no_such_link(self, stack: Stack) -> None:
        """
        A link that never was one gets a friendly page, whatever is done with it.
        """
        for path in ("/mijn/bevestigen/x", "/beheer/aanmelden/x"):
            for answer in (requests.get(stack.url + path, timeout=30), press(stack.url + path)):
                assert 410 == answer.status_code
                assert "Deze link werkt niet meer" in answer.text


def test_honeypot(stack: Stack, form: Form) -> None:
    """
    What fills in the trap is answered as anything else, and is kept for the desk; no mail goes out.
    """
    posted = form(website="https://www.example.com")

    assert 303 == stack.post(posted).status_code
    eventually(lambda: "hold" in kept(stack, posted["email"]))
    assert {"S": "quarantine"} == kept(stack, posted["email"])["hold"]
    assert [] == stack.mails(posted["email"])


def test_one_network(stack: Stack, form: Form) -> None:
    """
    Many from one network are asked to confirm, whatever addresses they send along; who comes from
    elsewhere is not.
    """
    address, batch = api_address(stack), uuid.uuid4().hex
    for number in range(13):
        visitor = "192.0.2.7" if number < 12 else "192.0.2.8"
        answer = requests.post(
            f"{address}/api/registrations",
            data=form(email=f"{batch}-{number}@example.com"),
            headers={"X-Forwarded-For": f"198.51.100.{number}, {visitor}"},
            allow_redirects=False,
            timeout=60,
        )
        assert 303 == answer.status_code

    def judged() -> list[dict[str, Any]]:
        return [i for i in stack.items() if batch in str(i["answers"]) and "admitted_at" in i]

    eventually(lambda: len(judged()) == 13, seconds=60)
    held = [one for one in judged() if "hold" in one]
    assert 2 == len(held)
    assert {"step-up"} == {one["hold"]["S"] for one in held}
    assert f"{batch}-12@example.com" not in {one["answers"]["M"]["email"]["S"] for one in held}
    assert [] == [one for one in judged() if "network" in one]
    told = str(stack.items("NETWORK"))
    assert "192.0.2" not in told
