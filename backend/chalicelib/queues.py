"""
The queues of dead letters: what could not be handled, and waits until somebody looks.

Of their messages only what names no person is read out: an event of SES repeats addresses and a
subject.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.domain.delivery import OfAnotherError, UnreadableEventError, read_event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MAIL_EVENTS = "mail-events"
MAIL_EVENT_FAILURES = "mail-event-failures"
STREAM_FAILURES = "stream-failures"
SCHEDULE_FAILURES = "schedule-failures"
DEAD_LETTERS = (MAIL_EVENT_FAILURES, STREAM_FAILURES, SCHEDULE_FAILURES)

HIDDEN = 120
"""Seconds for which what was read is nobody else’s: longer than handling a batch takes."""


@dataclass(frozen=True)
class DeadLetter:
    """
    A message without its content: `about` and `outcome` are codes; `""` where it tells none.

    `receipt` is what deletes it, for as long as it is hidden.
    """

    queue: str
    id: str
    since: datetime
    about: str
    outcome: str
    receipt: str
    body: str


class Queues:
    """The queues of one stage: `prefix` is what their names begin with, as the table's does."""

    def __init__(self, client: "SQSClient", prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._url = cache(self._ask_url)

    def count(self) -> int:
        """How many dead letters there are, in all queues; roughly, as SQS counts."""
        return sum(self.counts().values())

    def counts(self) -> dict[str, int]:
        return {queue: self._depth(queue) for queue in DEAD_LETTERS}

    def dead_letters(self, queue: str) -> Iterator[DeadLetter]:
        """
        The messages of a queue, each once; they stay in it, `HIDDEN` seconds out of sight.

        Ends when SQS shows nothing new: what another reader has in hand is not among them.
        """
        seen: set[str] = set()
        while True:
            answer = self._client.receive_message(
                QueueUrl=self._url(queue),
                MaxNumberOfMessages=10,
                VisibilityTimeout=HIDDEN,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
            messages = [one for one in answer.get("Messages", []) if one["MessageId"] not in seen]
            if not messages:
                return
            for message in messages:
                seen.add(message["MessageId"])
                about, outcome = _told(queue, message["Body"])
                milliseconds = int(message["Attributes"]["SentTimestamp"])
                yield DeadLetter(
                    queue=queue,
                    id=message["MessageId"],
                    since=datetime.fromtimestamp(milliseconds / 1000, UTC),
                    about=about,
                    outcome=outcome,
                    receipt=message["ReceiptHandle"],
                    body=message["Body"],
                )

    def send_back(self, letter: DeadLetter) -> None:
        """To the queue of events, to be taken in again; in its own it stays until deleted."""
        self._client.send_message(QueueUrl=self._url(MAIL_EVENTS), MessageBody=letter.body)

    def put_down(self, letter: DeadLetter) -> None:
        """It was only looked at: whoever asks next may see it."""
        self._client.change_message_visibility(
            QueueUrl=self._url(letter.queue), ReceiptHandle=letter.receipt, VisibilityTimeout=0
        )

    def delete(self, letter: DeadLetter) -> None:
        self._client.delete_message(QueueUrl=self._url(letter.queue), ReceiptHandle=letter.receipt)

    def _depth(self, queue: str) -> int:
        answer = self._client.get_queue_attributes(
            QueueUrl=self._url(queue),
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )
        return sum(map(int, answer["Attributes"].values()))

    def _ask_url(self, queue: str) -> str:
        return self._client.get_queue_url(QueueName=f"{self._prefix}-{queue}")["QueueUrl"]


def _told(queue: str, body: str) -> tuple[str, str]:
    """What a message is about, and what it tells: codes and references only."""
    if queue == MAIL_EVENT_FAILURES:
        try:
            receipt = read_event(body)
        except (UnreadableEventError, OfAnotherError):
            return "", "unreadable"
        return f"{receipt.outbox} {receipt.kind} {receipt.receiver}", receipt.fact.what
    try:
        context = json.loads(body)["requestContext"]
        function = str(context["functionArn"]).partition(":function:")[2]
        return function.partition(":")[0], str(context["condition"])
    except (ValueError, LookupError, TypeError):
        return "", "unreadable"
