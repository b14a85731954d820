"""
Erased on the running system: nothing of her is left in the table, the queues and the logs. What
the desks show then, and their files, is in tests/backend/test_traces.py.
"""

import json
import os
import re
import subprocess
import sys
import uuid
import zlib
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import requests

from chalicelib.intake import FORM
from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]
HERE = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}


def table(stack: Stack) -> list[dict[str, Any]]:
    """Every item, as DynamoDB writes it."""
    pages = stack.aws("dynamodb").get_paginator("scan").paginate(TableName="mijnbuddy-local")
    return [item for page in pages for item in page["Items"]]


def whole(stack: Stack) -> str:
    """The table as text, with what is compressed in it unpacked."""
    items = table(stack)
    return json.dumps(items, ensure_ascii=False, default=lambda it: zlib.decompress(it).decode())


def stored(stack: Stack) -> str:
    """Every file in the buckets, but for the functions' own code; earlier versions too."""
    client = stack.aws("s3")
    names = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
    return "".join(
        client.get_object(Bucket=name, Key=one["Key"], VersionId=one["VersionId"])["Body"]
        .read()
        .decode(errors="replace")
        for name in names
        if name != "mijnbuddy-local-code"
        for one in client.list_object_versions(Bucket=name).get("Versions", [])
    )


def ledger(stack: Stack, reference: str) -> dict[str, Any]:
    """What the ledger has of one registration, by key."""
    return {
        item["sk"]["S"]: item
        for item in table(stack)
        if item["pk"]["S"].startswith("LEDGER#") and item["reference"]["S"] == reference
    }


def settled(stack: Stack, reference: str) -> bool:
    """Whether both mails were delivered, nobody works on it, and the ledger has all of it."""
    (one,) = [item for item in stack.items() if item["reference"]["S"] == reference]
    delivered = json.dumps(one["events"]).count('"delivered"')
    told = len(ledger(stack, reference))
    return delivered == 2 and "lease_until" not in one and told == len(one["events"]["L"])


def erase(stack: Stack, reference: str) -> Any:
    """As the agency's desk does when she asks by phone."""
    answer = subprocess.run(
        [
            str(Path(sys.executable).parent / "mijnbuddy"),
            "--local",
            "erase",
            reference,
            "--json",
        ],
        env={**os.environ, "LOCAL_DIR": str(stack.directory)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(answer.stdout)


def queued(stack: Stack) -> list[str]:
    """What is in the queues, those of what failed among them."""
    client = stack.aws("sqs")
    urls = client.list_queues(QueueNamePrefix="mijnbuddy-local")["QueueUrls"]
    assert [] != [url for url in urls if url.endswith("-failures")]
    return [
        message["Body"]
        for url in urls
        for message in client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0
        ).get("Messages", [])
    ]


def logged(stack: Stack) -> str:
    """What every part wrote, and what the functions wrote to CloudWatch."""
    client = stack.aws("logs")
    (group,) = client.describe_log_groups(logGroupNamePrefix="/aws/lambda/mijnbuddy-local")[
        "logGroups"
    ]
    pages = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
    streamed = [event["message"] for page in pages for event in page["events"]]
    assert streamed
    files = [*(stack.directory / "log").iterdir(), stack.directory / "output"]
    return "".join([*streamed, *(file.read_text() for file in files)])


def found_in(text: str, traces: list[str]) -> list[str]:
    return [trace for trace in traces if trace.casefold() in text.casefold()]


def test_erased(stack: Stack, form: Form) -> None:
    """
    Signed up, forwarded, contacted with a note, erased: the whole table, every log and every queue
    have no trace of what she or the municipality typed, the ledger stands as it stood, the
    municipality is asked to delete its copy, and she can sign up again. What was in mailboxes
    already is out of reach.
    """
    mark = uuid.uuid4().hex[:12]
    posted = form(
        name=f"Wilhelmien Kanarie{mark[:4]}",
        email=f"kanarie-{mark}@example.com",
        phone="0471 65 43 21",
        about=f"Ik fluit als een {mark}.",
        postcode="9308",
    )
    address = sha256(posted["email"].encode()).hexdigest()
    words = [
        "Wilhelmien",
        f"Kanarie{mark[:4]}",
        f"kanarie-{mark}",
        mark,
        "71654321",
        "71 65 43",
        address,
    ]
    reference = stack.post(posted).headers["Location"].rpartition("=")[2]
    to_aalst, _ = stack.wait_for_mails(posted["email"], 2)
    (link,) = set(re.findall(rf"{stack.url}/gemeente/kandidaat/\S+", to_aalst["text"]))
    note = {"act": "contacted", "seen": "0", "note": f"Piept als {mark}"}
    assert (
        303
        == requests.post(link, note, headers=HERE, timeout=30, allow_redirects=False).status_code
    )
    eventually(lambda: settled(stack, reference))
    before = ledger(stack, reference)
    typed = [words[0], words[2], mark, "71654321", address]
    assert typed == found_in(whole(stack), typed)

    (told,) = erase(stack, reference)
    try:
        assert ("erased", ["41002"]) == (told["outcome"], told["told"])
        assert [] == found_in(whole(stack), words)
        stack.move_clock(timedelta(minutes=1))
        *_, asked = stack.wait_for_mails(reference, 3)
        assert ["buddy+aalst@aalst.example"] == asked["to"]
        assert [] == found_in(json.dumps(asked, ensure_ascii=False), words)
        assert 2 == len(stack.mails(posted["email"]))

        def erasure_is_told() -> bool:
            return "erased" in {item["what"]["S"] for item in ledger(stack, reference).values()}

        eventually(erasure_is_told)
        after = ledger(stack, reference)
        assert before == {key: after[key] for key in before}
        assert [] == found_in(whole(stack), words)
        assert [] == found_in(logged(stack), words)
        assert [] == found_in(" ".join(queued(stack)), words)
        stack.run("Publish")
        assert "10000" in (files := stored(stack))
        assert [] == found_in(files, words)
        assert 410 == requests.get(link, timeout=30).status_code
        again = stack.post(posted).headers["Location"].rpartition("=")[2]
        assert again != reference
        assert 4 == len(stack.wait_for_mails(posted["email"], 4))
    finally:  # the other tests look for a person in every item
        key = {"pk": {"S": f"REGISTRATION#{reference}"}, "sk": {"S": "REGISTRATION"}}
        stack.aws("dynamodb").delete_item(TableName="mijnbuddy-local", Key=key)
