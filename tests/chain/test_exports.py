"""An officer asks for a file with registrations, is mailed, and fetches it: the deployed system."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests

from chalicelib.domain.session import MANAGE
from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]

TORHOUT = "31033"  # no other test mails to it


def test_by_mail(stack: Stack, form: Form) -> None:
    """
    The file that she asked for has who registered there; a day later it is gone.
    """
    answer = stack.post(form(postcode="8820", municipality=TORHOUT, name="Wannes Bestand"))
    reference = answer.headers["Location"].rpartition("=")[2]
    desk, cookie = f"{stack.url}/beheer/bestanden/", stack.officer("files", MANAGE)

    asked = requests.post(
        desk,
        data={"kind": "csv", "place": TORHOUT},
        headers=cookie,
        allow_redirects=False,  # it would leave the cookie behind
        timeout=60,
    )
    stack.move_clock(timedelta())  # no later: the mail is then due at once
    (mail,) = stack.wait_for_mails('"to": ["files@agentschap.example"]', 1)
    page = requests.get(desk, headers=cookie, timeout=60).text
    (path,) = set(re.findall(r'href="(/beheer/bestanden/[0-9a-f]+/)"', page))
    link = requests.get(f"{stack.url}{path}", headers=cookie, allow_redirects=False, timeout=60)
    file = requests.get(link.headers["Location"], timeout=60)
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))

    assert 303 == asked.status_code
    assert "Je bestand staat klaar" in mail["subject"]
    assert "Wannes" not in mail["text"]
    assert [(reference, "Wannes Bestand")] == [(line["Referentie"], line["Naam"]) for line in lines]
    assert "attachment" in file.headers["Content-Disposition"]

    def kept() -> list[str]:
        buckets = [one["Name"] for one in stack.aws("s3").list_buckets()["Buckets"]]
        (bucket,) = [name for name in buckets if "exports" in name]
        found = stack.aws("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
        return [one["Key"] for one in found]

    assert 1 == len(kept())
    stack.move_clock(timedelta(hours=25))
    eventually(lambda: not kept())
