"""`dead-letters`, on queues and a table in memory."""

import json
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.queues import (
    DEAD_LETTERS,
    MAIL_EVENT_FAILURES,
    MAIL_EVENTS,
    SCHEDULE_FAILURES,
    STREAM_FAILURES,
    Queues,
)
from mijnbuddy import cli
from tests.backend import aws as aws_in_memory
from tests.backend.samples import NOW, registration
from tests.backend.ses_events import event

BOUNCE = event(
    "Bounce", "2026-11-23T09:31:02.345Z", bounceType="Permanent", bounceSubType="General"
)


@pytest.fixture
def sqs(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    bootstrap.queues.cache_clear()
    client = boto3.client("sqs", region_name=aws_in_memory.REGION)
    for name in (MAIL_EVENTS, *DEAD_LETTERS):
        client.create_queue(QueueName=f"{aws_in_memory.TABLE}-{name}")
    put(client, MAIL_EVENT_FAILURES, BOUNCE)
    put(client, STREAM_FAILURES, "{}")
    yield client
    bootstrap.queues.cache_clear()


def put(sqs: Any, queue: str, body: str) -> None:
    url = sqs.get_queue_url(QueueName=f"{aws_in_memory.TABLE}-{queue}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=body)


def waiting(sqs: Any, queue: str) -> int:
    url = sqs.get_queue_url(QueueName=f"{aws_in_memory.TABLE}-{queue}")["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def run(*words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, ["dead-letters", *words])
    assert exit_code == result.exit_code, result.output
    return result


def test_list(sqs: Any) -> None:
    """
    What is there is shown, without a person, and stays.
    """
    first, second = (json.loads(run("list", "--json").stdout) for _ in range(2))

    assert first == second
    assert [MAIL_EVENT_FAILURES, STREAM_FAILURES] == [one["queue"] for one in first]
    assert ("MB-7K3F-9Q4D forwarding 41002", "bounced") == (first[0]["about"], first[0]["outcome"])
    assert "@" not in json.dumps(first)


def test_dry_run(sqs: Any) -> None:
    """
    A dry run says what would be done and does nothing.
    """
    told = json.loads(run("requeue", "--dry-run", "--json").stdout)

    assert ({MAIL_EVENT_FAILURES: 1, STREAM_FAILURES: 1}, {}) == (told["found"], told["requeued"])
    assert (1, 0) == (waiting(sqs, MAIL_EVENT_FAILURES), waiting(sqs, MAIL_EVENTS))


def test_requeue(sqs: Any) -> None:
    """
    An event goes back to its queue; what the stream failed at is repaired from the table. Twice is
    once.
    """
    bootstrap.store().add(registration())
    run("requeue")
    run("requeue")

    assert (0, 1) == (waiting(sqs, MAIL_EVENT_FAILURES), waiting(sqs, MAIL_EVENTS))
    assert 0 == waiting(sqs, STREAM_FAILURES)
    assert 2 == len(list(bootstrap.store().ledger("2026-11-23")))


def test_crash(sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A crash between sending back and deleting loses nothing: the event comes twice at most.
    """
    with monkeypatch.context() as broken:
        broken.setattr(Queues, "delete", lambda *_: 1 / 0)
        CliRunner().invoke(cli, ["dead-letters", "requeue"])
    assert 1 == waiting(sqs, MAIL_EVENTS)
    assert 2 == bootstrap.queues().count()


def test_schedules(sqs: Any) -> None:
    """
    A run of a schedule that failed is not done again: the next run did more. It is only deleted.
    """
    put(sqs, SCHEDULE_FAILURES, "{}")
    run("requeue")

    assert 0 == waiting(sqs, SCHEDULE_FAILURES)
    assert 1 == waiting(sqs, MAIL_EVENTS)
