"""What SES tells of a mail, on the running system: from the topic to the registration."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]

QUEUE, FAILURES = "mijnbuddy-local-mail-events", "mijnbuddy-local-mail-event-failures"


def sendings(stack: Stack, reference: str, receiver: str) -> list[dict[str, Any]]:
    """The copies of the mail to a receiver that SES took, as the table has them."""
    (item,) = [item for item in stack.items() if item["reference"]["S"] == reference]
    (mail,) = [one["M"] for one in item["mails"]["L"] if one["M"]["receiver"]["S"] == receiver]
    return [one["M"] for one in mail.get("sendings", {"L": []})["L"]]


def facts(copy: dict[str, Any]) -> list[dict[str, Any]]:
    """What SES told of it; nothing yet is left out of the table."""
    return [fact["M"] for fact in copy.get("facts", {"L": []})["L"]]


def told(stack: Stack, reference: str, receiver: str, *wanted: str) -> dict[str, Any]:
    """The one copy of that mail, as soon as SES told all that is wanted of it."""

    def heard() -> dict[str, Any]:
        copies = sendings(stack, reference, receiver)
        known = {fact["what"]["S"] for copy in copies for fact in facts(copy)}
        return copies[0] if set(wanted) <= known else {}

    return eventually(heard)


def sign_up(stack: Stack, form: Form, **changes: str) -> str:
    reference: str = stack.post(form(**changes)).headers["Location"].rpartition("=")[2]
    return reference


def test_delivered(stack: Stack, form: Form) -> None:
    """
    Both mails of a registration are known to be delivered, each by its own message id.
    """
    reference = sign_up(stack, form)

    for receiver in ("41002", "volunteer"):
        copy = told(stack, reference, receiver, "delivered")
        assert copy["message_id"]["S"] in {mail["id"] for mail in stack.mails(reference)}


def test_volunteer_bounces(stack: Stack, form: Form) -> None:
    """
    An address that does not exist comes back as a bounce with its reason, and has no mailbox.
    """
    address = f"griet-{uuid.uuid4().hex[:8]}@bounce.example"
    reference = sign_up(stack, form, email=address)

    copy = told(stack, reference, "volunteer", "bounced")
    assert ["no-mailbox"] == [fact["why"]["S"] for fact in facts(copy)]
    assert not [mail for mail in stack.mails(reference) if address in mail["to"]]


def test_out_of_office(stack: Stack, form: Form) -> None:
    """
    An automatic reply is kept beside the delivery that came before it.
    """
    address = f"ooto+{uuid.uuid4().hex[:8]}@simulator.amazonses.com"

    reference = sign_up(stack, form, email=address)

    assert told(stack, reference, "volunteer", "delivered", "bounced")


def test_unreadable(stack: Stack, form: Form) -> None:
    """
    An event that can't be read is kept whole after a few tries, and holds up no other.
    """
    poison = json.dumps({"eventType": "Delivery", "mail": uuid.uuid4().hex})
    sqs = stack.aws("sqs")
    failures = sqs.get_queue_url(QueueName=FAILURES)["QueueUrl"]

    def kept() -> bool:
        answer = sqs.receive_message(QueueUrl=failures, MaxNumberOfMessages=10, VisibilityTimeout=0)
        found = [one for one in answer.get("Messages", []) if one["Body"] == poison]
        for one in found:  # the stack is not ours alone
            sqs.delete_message(QueueUrl=failures, ReceiptHandle=one["ReceiptHandle"])
        return bool(found)

    with soon_again(stack):
        requests.post(f"{stack.url}/dev/ses-events", data=poison, timeout=30)
        reference = sign_up(stack, form)
        told(stack, reference, "volunteer", "delivered")
        eventually(kept, seconds=60)


@contextmanager
def soon_again(stack: Stack) -> Iterator[None]:
    """Offer what failed again after two seconds, not after three minutes."""
    sqs = stack.aws("sqs")
    queue = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "2"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=attributes["Attributes"])
