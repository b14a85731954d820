"""The main job on the running system: from a posted form to two mails."""

import json
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]


class TestSignUp:
    def test_reaches_both(self, stack: Stack, form: Form) -> None:
        """
        A plain form for postcode 9300 is answered with 303, is one item in the table, and gives
        one mail to Aalst, whose Reply-To is the volunteer, and one to the volunteer.
        """
        posted = form()

        answer = stack.post(posted)

        assert 303 == answer.status_code
        reference = answer.headers["Location"].removeprefix("/bedankt/?ref=")
        mails = stack.wait_for_mails(posted["email"], 2)
        assert [["buddy+aalst@aalst.example"], [posted["email"]]] == [mail["to"] for mail in mails]
        to_aalst, to_volunteer = mails
        assert [posted["email"]] == to_aalst["reply_to"]
        assert f"Nieuwe kandidaat-buddy in Aalst ({reference})" == to_aalst["subject"]
        assert reference == to_aalst["headers"]["X-Mijnbuddy-Reference"]
        assert [f"{reference}.vcf"] == [one["filename"] for one in to_aalst["attachments"]]
        assert "Ik woon hier al dertig jaar." in to_aalst["text"]
        assert "Ik woon hier al dertig jaar." in to_aalst["html"]
        assert "auto-generated" == to_volunteer["headers"]["Auto-Submitted"]
        assert "dertig jaar" not in to_volunteer["text"] + to_volunteer["html"]
        kept = [item for item in stack.items() if item["reference"]["S"] == reference]
        assert [posted["email"]] == [item["answers"]["M"]["email"]["S"] for item in kept]

    def test_shows_the_reference(self, stack: Stack, form: Form) -> None:
        """
        The page after the form shows the reference, without JavaScript.
        """
        location = stack.post(form()).headers["Location"]

        page = requests.get(stack.url + location, timeout=30)

        assert 200 == page.status_code
        assert location.rpartition("=")[2] in page.text

    def test_json(self, stack: Stack, form: Form) -> None:
        """
        JSON is answered with 201, the reference and where it goes.
        """
        answer = requests.post(
            f"{stack.url}/api/registrations",
            json=form(municipality=["41002", "44021"]),
            timeout=30,
        )

        assert 201 == answer.status_code
        assert [
            {"nis_code": "41002", "municipality": "Aalst"},
            {"nis_code": "44021", "municipality": "Gent"},
        ] == answer.json()["forwardings"]

    def test_merged_municipality(self, stack: Stack, form: Form) -> None:
        """
        Postcode 3840, once Borgloon, goes to Tongeren-Borgloon.
        """
        posted = form(postcode="3840")

        stack.post(posted)

        to_municipality = stack.wait_for_mails(posted["email"], 2)[0]
        assert ["buddy+tongeren-borgloon@tongeren-borgloon.example"] == to_municipality["to"]

    @pytest.mark.parametrize(
        "name", ["Anaïs D’Hondt-Ó Sé", "李小龙", "Şükrü", "محمد", "Nguyễn Thị Ánh", "Madonna"]
    )
    def test_unusual_names(self, stack: Stack, form: Form, name: str) -> None:
        """
        Names as people have them arrive unharmed in text and HTML.
        """
        posted = form(name=name)

        assert 303 == stack.post(posted).status_code
        to_aalst, to_volunteer = stack.wait_for_mails(posted["email"], 2)
        assert name in to_aalst["text"]
        assert name in to_aalst["html"]
        assert name in to_volunteer["text"]


class TestRefusals:
    def test_shared_postcode(self, stack: Stack, form: Form) -> None:
        """
        Postcode 1040 asks which municipality, and keeps what was typed.
        """
        answer = stack.post(form(postcode="1040", name="Jan Janssens"))

        assert 422 == answer.status_code
        assert "Fout: " in answer.text
        assert "Er is een probleem" in answer.text
        assert "Etterbeek" in answer.text
        assert 'value="Jan Janssens"' in answer.text

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"name": ""}, 422),
            ({"name": "x" * 101}, 422),
            ({"name": "Griet\r\nBcc: x@example.com"}, 422),
            ({"name": "Griet\x00"}, 422),
            ({"name": "<script>alert(1)</script>"}, 422),
            ({"name": "Griet 😀"}, 422),
            ({"name": "Griet \u202egro.elpmaxe"}, 422),
            ({"email": "geen adres"}, 422),
            ({"about": "x" * 1001}, 422),
            ({"about": "x" * 1_000_000}, 413),
            ({"consent": "no"}, 422),
            ({"municipality": ["41002", "44021", "11002", "23088"]}, 422),
            ({"onbekend": "veld"}, 422),
        ],
    )
    def test_plain_form(
        self, stack: Stack, form: Form, changes: dict[str, Any], status: int
    ) -> None:
        """
        What can't be kept is refused with a page, and leaves nothing behind.
        """
        marker = f"weg-{uuid.uuid4().hex}@example.com"

        answer = stack.post(form(**({"email": marker} | changes)))

        assert status == answer.status_code
        assert answer.headers["Content-Type"].startswith("text/html")
        assert not [item for item in stack.items() if marker in json.dumps(item)]
        assert [] == stack.mails(marker)

    @pytest.mark.parametrize(
        ("body", "content_type", "status"),
        [
            (b"{", "application/json", 400),
            (b"[" * 5000, "application/json", 400),
            (b'{"name": NaN}', "application/json", 400),
            (b"", "application/json", 400),
            (b"null", "application/json", 400),
            (b'{"name": {"first": "Griet"}}', "application/json", 422),
            (b'{"name": "\\ud800"}', "application/json", 422),
            (b"\xff\xfe", "application/json; charset=utf-16", 400),
            (b"<xml/>", "text/xml", 415),
            (b"name=Griet", "", 415),
            (b"name=%ff", "application/x-www-form-urlencoded", 400),
        ],
    )
    def test_body(self, stack: Stack, body: bytes, content_type: str, status: int) -> None:
        """
        A body that can't be read is refused with the status that says why.
        """
        answer = requests.post(
            f"{stack.url}/api/registrations",
            data=body,
            headers={"Content-Type": content_type},
            timeout=30,
        )

        assert status == answer.status_code


class TestAtOnce:
    def test_two_hundred(self, stack: Stack, form: Form) -> None:
        """
        200 registrations by 20 clients: 200 references and 200 × 2 mails, none twice.
        """
        batch = uuid.uuid4().hex
        forms = [form(email=f"{batch}-{number}@example.com") for number in range(200)]
        before = stack.mail_count()

        with ThreadPoolExecutor(20) as clients:
            answers = list(clients.map(stack.post, forms))

        references = {answer.headers["Location"].rpartition("=")[2] for answer in answers}
        assert 200 == len(references)
        # Cheap to ask, but mails of others may be among them.
        eventually(lambda: stack.mail_count() >= before + 400, seconds=120)
        mails = stack.wait_for_mails(batch, 400)
        counted = Counter((m["headers"]["X-Mijnbuddy-Reference"], m["to"][0]) for m in mails)
        assert 400 == len(mails) == len(counted)
        assert references == {reference for reference, _ in counted}

    @pytest.mark.parametrize("submission_id", [str(uuid.uuid4()), ""], ids=["script", "plain"])
    def test_the_same_twenty_times(self, stack: Stack, form: Form, submission_id: str) -> None:
        """
        The same form 20 times at once is one registration with two mails, with and without an id.
        """
        posted = form(submission_id=submission_id)

        with ThreadPoolExecutor(20) as clients:
            answers = list(clients.map(stack.post, [posted] * 20))

        assert 1 == len({answer.headers["Location"] for answer in answers})
        assert {303} == {answer.status_code for answer in answers}
        stack.wait_for_mails(posted["email"], 2)
        stack.set_stream("Forward", enabled=True)
        assert 1 == len([item for item in stack.items() if posted["email"] in json.dumps(item)])
        assert 2 == len(stack.mails(posted["email"]))

    def test_other_content(self, stack: Stack, form: Form) -> None:
        """
        The same id with other answers is a conflict; the first is kept.
        """
        first = form(submission_id=str(uuid.uuid4()))
        stack.post(first)

        answer = stack.post(first | {"name": "Iemand Anders"})

        assert 409 == answer.status_code
        kept = [item for item in stack.items() if first["email"] in json.dumps(item)]
        assert ["Griet Peeters"] == [item["answers"]["M"]["name"]["S"] for item in kept]

    def test_repeat(self, stack: Stack, form: Form) -> None:
        """
        The same person for the same municipality under another id is kept, marked, not mailed.
        """
        first = form(submission_id=str(uuid.uuid4()))
        original = stack.post(first).headers["Location"].rpartition("=")[2]
        stack.wait_for_mails(first["email"], 2)

        stack.post(first | {"submission_id": str(uuid.uuid4()), "about": ""})

        def marked() -> list[str]:
            return [
                item["repeat_of"]["S"]
                for item in stack.items()
                if first["email"] in json.dumps(item) and "repeat_of" in item
            ]

        assert [original] == eventually(marked)
        assert 2 == len(stack.mails(first["email"]))


class TestHealth:
    def test_answers(self, stack: Stack) -> None:
        """
        The health address says ok while the table answers.
        """
        answer = requests.get(f"{stack.url}/api/health", timeout=30)

        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


class TestLedger:
    def test_is_written(self, stack: Stack, form: Form) -> None:
        """
        What happened to a registration is in the ledger, without the person.
        """
        posted = form()
        reference = stack.post(posted).headers["Location"].rpartition("=")[2]

        def entries() -> list[dict[str, Any]]:
            pages = (
                stack.aws("dynamodb")
                .get_paginator("scan")
                .paginate(
                    TableName="mijnbuddy-local",
                    FilterExpression="begins_with(pk, :ledger) AND #reference = :reference",
                    ExpressionAttributeNames={"#reference": "reference"},
                    ExpressionAttributeValues={
                        ":ledger": {"S": "LEDGER#"},
                        ":reference": {"S": reference},
                    },
                )
            )
            found = [item for page in pages for item in page["Items"]]
            return found if len(found) >= 6 else []

        found = sorted(eventually(entries), key=lambda item: item["sk"]["S"])
        told = [item["what"]["S"] for item in found]
        assert ["registered", "queued", "sent"] == told[:3]
        assert ["delivered", "delivered", "sent"] == sorted(told[3:])
        assert posted["email"] not in json.dumps(found)


class TestLogs:
    def test_no_person(self, stack: Stack, form: Form) -> None:
        """
        Whatever is logged by any part names the reference, never the person.
        """
        posted = form(name="Zwaantje Kanarie", email=f"kanarie-{uuid.uuid4().hex}@example.com")
        reference = stack.post(posted).headers["Location"].rpartition("=")[2]
        stack.wait_for_mails(posted["email"], 2)

        logs = stack.directory / "log"

        def everything() -> str:
            text = "".join(file.read_text() for file in logs.iterdir())
            sent = [line for line in text.splitlines() if '"event": "sent"' in line]
            return text if sum(reference in line for line in sent) == 2 else ""

        text = eventually(everything)
        for trace in ("Zwaantje", "Kanarie", "kanarie-", "0470 12 34 56", "+32470123456", "dertig"):
            assert trace not in text
