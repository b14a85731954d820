"""The queues of dead letters, on SQS in memory."""

import json
from typing import Any

import boto3
import pytest

from chalicelib.queues import (
    MAIL_EVENT_FAILURES,
    MAIL_EVENTS,
    SCHEDULE_FAILURES,
    STREAM_FAILURES,
    Queues,
)
from tests.backend import aws as aws_in_memory
from tests.backend.ses_events import event

PREFIX = aws_in_memory.TABLE
BOUNCE = event(
    "Bounce", "2026-11-23T09:31:02.345Z", bounceType="Permanent", bounceSubType="General"
)
FAILED = json.dumps(
    {
        "requestContext": {
            "functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:mijnbuddy-Forward",
            "condition": "RetryAttemptsExhausted",
        },
        "DDBStreamBatchInfo": {"startSequenceNumber": "1"},
    }
)


@pytest.fixture
def sqs(aws: None) -> Any:
    client = boto3.client("sqs", region_name=aws_in_memory.REGION)
    for name in (MAIL_EVENTS, MAIL_EVENT_FAILURES, STREAM_FAILURES, SCHEDULE_FAILURES):
        client.create_queue(QueueName=f"{PREFIX}-{name}")
    return client


@pytest.fixture
def queues(sqs: Any) -> Queues:
    return Queues(sqs, PREFIX)


def put(sqs: Any, queue: str, body: str) -> None:
    sqs.send_message(QueueUrl=f"{url(sqs, queue)}", MessageBody=body)


def url(sqs: Any, queue: str) -> str:
    return str(sqs.get_queue_url(QueueName=f"{PREFIX}-{queue}")["QueueUrl"])


def test_count(queues: Queues, sqs: Any) -> None:
    """
    All queues together; what somebody has in hand still counts.
    """
    assert 0 == queues.count()
    put(sqs, MAIL_EVENT_FAILURES, BOUNCE)
    put(sqs, STREAM_FAILURES, FAILED)
    list(queues.dead_letters(STREAM_FAILURES))

    assert 2 == queues.count()


def test_event(queues: Queues, sqs: Any) -> None:
    """
    An event of SES tells which mail and what became of it, not whose it is.
    """
    put(sqs, MAIL_EVENT_FAILURES, BOUNCE)
    (letter,) = queues.dead_letters(MAIL_EVENT_FAILURES)

    assert "@" not in letter.about
    assert "bounced" == letter.outcome
    assert letter.about.startswith("MB-")


@pytest.mark.parametrize("body", ["{}", "no JSON: Canarie", '{"eventType": "Bounce"}', "[]"])
def test_unreadable(queues: Queues, sqs: Any, body: str) -> None:
    """
    What can't be read says so, and nothing of what it holds.
    """
    for queue in (MAIL_EVENT_FAILURES, STREAM_FAILURES):
        put(sqs, queue, body)
        (letter,) = queues.dead_letters(queue)

        assert ("", "unreadable") == (letter.about, letter.outcome)


def test_failed_function(queues: Queues, sqs: Any) -> None:
    """
    What the stream or a schedule failed at tells the function and why.
    """
    put(sqs, STREAM_FAILURES, FAILED)
    (letter,) = queues.dead_letters(STREAM_FAILURES)

    assert ("mijnbuddy-Forward", "RetryAttemptsExhausted") == (letter.about, letter.outcome)


def test_all_of_them(queues: Queues, sqs: Any) -> None:
    """
    More than one answer of SQS holds are all read, each once.
    """
    for _ in range(25):
        put(sqs, STREAM_FAILURES, FAILED)

    assert 25 == len({letter.id for letter in queues.dead_letters(STREAM_FAILURES)})


def test_only_looked_at(queues: Queues, sqs: Any) -> None:
    """
    What was put down again is there for whoever asks next.
    """
    put(sqs, STREAM_FAILURES, FAILED)
    (letter,) = queues.dead_letters(STREAM_FAILURES)
    assert [] == list(queues.dead_letters(STREAM_FAILURES))
    queues.put_down(letter)

    assert 1 == len(list(queues.dead_letters(STREAM_FAILURES)))


def test_send_back(queues: Queues, sqs: Any) -> None:
    """
    An event goes back as it came, and stays until it is deleted.
    """
    put(sqs, MAIL_EVENT_FAILURES, BOUNCE)
    (letter,) = queues.dead_letters(MAIL_EVENT_FAILURES)
    queues.send_back(letter)
    assert 1 == queues.count()
    queues.delete(letter)
    (back,) = sqs.receive_message(QueueUrl=url(sqs, MAIL_EVENTS))["Messages"]

    assert 0 == queues.count()
    assert BOUNCE == back["Body"]
