"""Our functions under AWS's own runtime client: each kind of event that Lambda hands them."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest

from chalicelib import exporting, officers
from chalicelib.content_types import CONTENT_TYPES
from chalicelib.domain.export import XLSX, Choice
from chalicelib.domain.session import MANAGE
from tests.backend.samples import contact, posted
from tests.backend.ses_events import event as ses_event
from tests.runtime.conftest import EXPORTS, PYTHON, Lambda
from tests.runtime_api import FunctionError, request

MAIL = re.compile(r"^To: (.+)$", re.MULTILINE)


def registered(functions: Lambda, **changes: str) -> str:
    """The reference of a registration that was posted to the API."""
    event = request("POST", "/api/registrations", urlencode(posted(**changes), doseq=True))
    (answer,) = functions.call("APIHandler", event)

    assert 303 == answer["statusCode"]
    return str(answer["headers"]["Location"]).partition("?ref=")[2]


def stream(image: dict[str, Any]) -> dict[str, Any]:
    """A new item as the table's stream tells it."""
    record = {
        "eventID": "7de3041dd709b024af6f29e4fa13d34c",  # pragma: allowlist secret
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795426200,
            "Keys": {"pk": image["pk"], "sk": image["sk"]},
            "NewImage": image,
            "SequenceNumber": "4421584500000000017450439091",
            "SizeBytes": 1234,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:000000000000:table/x/stream/y",
    }
    return {"Records": [record]}


def schedule(at: datetime) -> dict[str, Any]:
    """EventBridge's event of a rule that runs by the clock."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:000000000000:rule/sweep"],
        "detail": {},
    }


def queue(body: str) -> dict[str, Any]:
    """A batch of SQS with one message."""
    record = {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",  # pragma: allowlist secret
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795426200000"},
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",  # pragma: allowlist secret
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:mail-events",
        "awsRegion": "eu-central-1",
    }
    return {"Records": [record]}


def receivers(functions: Lambda, reference: str) -> set[str]:
    return {MAIL.findall(mail)[0] for mail in functions.mails if reference in mail}


def test_empty_environment() -> None:
    """
    Beside the zip there is AWS's runtime client only: nothing of what we need is found by luck.
    """
    listed = subprocess.run(
        (PYTHON, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"),
        capture_output=True, check=True,
    )  # fmt: skip

    found = {one["name"] for one in json.loads(listed.stdout)}
    assert {"awslambdaric", "simplejson", "snapshot-restore-py", "pip"} == found


def test_request(functions: Lambda) -> None:
    """
    A form that API Gateway hands on is stored, and answered with the way to the page of thanks.
    """
    reference = registered(functions, email="request@example.com")

    image = functions.image(reference)
    assert "request@example.com" == image["answers"]["M"]["email"]["S"]


def test_refused(functions: Lambda) -> None:
    """
    A form that is wrong gets the page with its errors, from the templates in the zip; the next
    request of the same process, too.
    """
    wrong = request("POST", "/api/registrations", urlencode({"name": "Griet"}))
    answers = functions.call("APIHandler", wrong, wrong)

    assert [422, 422] == [answer["statusCode"] for answer in answers]
    assert "Er is een probleem" in answers[1]["body"]


def test_stream(functions: Lambda) -> None:
    """
    A registration that the stream tells is mailed to the municipality and to the volunteer.
    """
    reference = registered(functions, email="stream@example.com")
    (answer,) = functions.call("Forward", stream(functions.image(reference)))

    assert {"batchItemFailures": []} == answer
    assert {"stream@example.com", contact().email} == receivers(functions, reference)


def test_schedule(functions: Lambda) -> None:
    """
    What the stream did not tell is found by the sweep, at the moment that its event tells.
    """
    reference = registered(functions, email="schedule@example.com")
    (answer,) = functions.call("Sweep", schedule(datetime.now(UTC) + timedelta(minutes=1)))

    assert answer["due"] >= 1
    assert "schedule@example.com" in receivers(functions, reference)


def test_queue(functions: Lambda) -> None:
    """
    An event of SES that the queue brings is written down with its registration.
    """
    reference = registered(functions, email="queue@example.com")
    functions.call("Forward", stream(functions.image(reference)))
    told = ses_event("Delivery", "2026-11-23T09:30:02.000Z", reference=reference)
    (answer,) = functions.call("Receipts", queue(told))

    assert {"batchItemFailures": []} == answer
    assert "delivered" in json.dumps(functions.image(reference))


def test_file(functions: Lambda) -> None:
    """
    The workbook that an officer asked for is made by what is in the zip, and put into the bucket.
    """
    now = datetime.now(UTC)
    officers.add("baas", "baas@agentschap.be", MANAGE, functions.store, who="test", now=now)
    reference = registered(functions, email="file@example.com")
    one = exporting.ask(Choice(XLSX), "baas", functions.store, now)
    (answer,) = functions.call("Export", schedule(now))
    kept = functions.aws("s3").get_object(Bucket=EXPORTS, Key=one.key)
    sheet = openpyxl.load_workbook(BytesIO(kept["Body"].read())).active

    assert {"removed": 0, "made": 1, "told": 1} == answer
    assert CONTENT_TYPES[XLSX] == kept["ContentType"]
    assert reference in {cell.value for row in sheet.iter_rows() for cell in row}


def test_failure(functions: Lambda) -> None:
    """
    A function that fails tells Lambda the type of the fault, and not its text: it may quote
    somebody.
    """
    event = {**schedule(datetime.now(UTC)), "time": "Griet Peeters"}

    with pytest.raises(FunctionError, match="FunctionFailedError") as failure:
        functions.call("Sweep", event)

    assert "Griet" not in str(failure.value)
