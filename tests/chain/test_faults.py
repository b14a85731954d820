"""What goes wrong on the way, on the running system: nothing is lost, and little is doubled."""

import json
import os
import signal
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.fault_proxy import Fault, FaultProxy
from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]

KILLS = 25
WAITING = 300


@pytest.fixture(scope="module")
def broken_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, FaultProxy]]:
    """A system of its own, whose functions reach AWS through a proxy that can fail."""
    stack = Stack(tmp_path_factory.mktemp("broken"))
    proxy = FaultProxy(stack.aws_port)
    proxy.start()
    stack.start(FUNCTIONS_AWS_ENDPOINT=proxy.url)
    yield stack, proxy
    stack.stop()
    proxy.stop()


def sign_up_many(stack: Stack, form: Form, count: int) -> tuple[str, set[str]]:
    batch = uuid.uuid4().hex
    forms = [form(email=f"{batch}-{number}@example.com") for number in range(count)]
    with ThreadPoolExecutor(10) as clients:
        answers = list(clients.map(stack.post, forms))
    return batch, {answer.headers["Location"].rpartition("=")[2] for answer in answers}


def copies(stack: Stack, batch: str) -> Counter[tuple[str, str]]:
    return Counter(
        (mail["headers"]["X-Mijnbuddy-Reference"], mail["to"][0]) for mail in stack.mails(batch)
    )


def wait_for_one_more(stack: Stack) -> None:
    sent = stack.mail_count()
    eventually(lambda: stack.mail_count() > sent, seconds=60)


def test_mail_fails(broken_stack: tuple[Stack, FaultProxy], form: Form) -> None:
    """
    While SES refuses, a registration waits with reason, count and next moment; then it goes out.
    """
    stack, proxy = broken_stack
    posted = form()

    def record() -> dict[str, Any]:
        return next(item for item in stack.items() if posted["email"] in json.dumps(item))

    def waiting() -> list[dict[str, Any]]:
        item = record()
        mails = [one["M"] for one in (*item["forwardings"]["L"], item["confirmation"])]
        return mails if all("reason" in mail for mail in mails) else []

    with proxy.failing(Fault("SendEmail", 429, "TooManyRequestsException")):
        assert 303 == stack.post(posted).status_code
        for mail in eventually(waiting):
            assert "TooManyRequestsException" == mail["reason"]["S"]
            assert {"N": "1"} == mail["attempts"]
            assert mail["next_at"]["S"] > mail["queued_at"]["S"]
        assert [] == stack.mails(posted["email"])

    stack.move_clock(timedelta(minutes=5))

    stack.wait_for_mails(posted["email"], 2)
    assert "due" not in record()


def test_write_fails(broken_stack: tuple[Stack, FaultProxy], form: Form) -> None:
    """
    When the table can't be written the visitor is told, keeps her answers, and can try again.
    """
    stack, proxy = broken_stack
    posted = form(submission_id=str(uuid.uuid4()))

    with proxy.failing(Fault("PutItem", 500, "InternalServerError")):
        answer = stack.post(posted)

    assert 503 == answer.status_code
    assert "Retry-After" in answer.headers
    assert posted["email"] in answer.text
    assert 303 == stack.post(posted).status_code
    stack.wait_for_mails(posted["email"], 2)


def test_reply_of_the_write_lost(broken_stack: tuple[Stack, FaultProxy], form: Form) -> None:
    """
    A write that arrived, but whose reply was lost, is recognised as one's own.
    """
    stack, proxy = broken_stack
    stack.set_stream("Forward", enabled=False)
    stack.set_stream("Project", enabled=False)
    posted = form()

    with proxy.failing(Fault("PutItem", lose_reply=True, times=1)):
        answer = stack.post(posted)
    stack.set_stream("Forward", enabled=True)
    stack.set_stream("Project", enabled=True)

    assert 303 == answer.status_code
    assert 1 == len([item for item in stack.items() if posted["email"] in json.dumps(item)])


def test_without_the_stream(stack: Stack, form: Form) -> None:
    """
    With the stream switched off the sweep alone mails everything, once.
    """
    stack.set_stream("Forward", enabled=False)
    before = stack.mail_count()
    batch, references = sign_up_many(stack, form, 30)

    stack.move_clock(timedelta(seconds=1))

    eventually(lambda: stack.mail_count() >= before + 60, seconds=90)
    stack.set_stream("Forward", enabled=True)
    found = copies(stack, batch)
    assert references == {reference for reference, _ in found}
    assert (60, {1}) == (len(found), set(found.values()))


def test_forwarder_killed(stack: Stack, form: Form) -> None:
    """
    300 registrations wait and the forwarder is killed 25 times while it sends: every one ends
    with its mails, with at most one extra copy per kill, all with the same reference.
    """
    stack.set_stream("Forward", enabled=False)
    before = stack.mail_count()
    batch, references = sign_up_many(stack, form, WAITING)
    stack.set_stream("Forward", enabled=True)

    for _ in range(KILLS):
        wait_for_one_more(stack)
        for pid in stack.workers("Forward"):
            os.kill(pid, signal.SIGKILL)
    # What a killed forwarder had claimed is free again after the lease: moving the clock does not
    # end a lease, as the forwarder is still at work on the others.
    stack.move_clock(timedelta(minutes=10))

    eventually(lambda: stack.mail_count() >= before + 2 * WAITING, seconds=180)
    eventually(lambda: len(copies(stack, batch)) == 2 * WAITING, seconds=180)

    counted = copies(stack, batch)
    assert references == {reference for reference, _ in counted}
    assert sum(counted.values()) - 2 * WAITING <= KILLS
