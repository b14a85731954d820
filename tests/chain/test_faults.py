"""
What goes wrong on the way, on the running system: nothing is lost, and little is doubled.

A choice of what `make faults` does with every call and every fault.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.fault_proxy import Fault, Mode
from tests.faults.plan import Round, Step, Way
from tests.faults.rig import Rig
from tests.faults.verdict import judge
from tests.stack import eventually

Form = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A system of its own, whose functions reach AWS through a proxy that can fail."""
    with Rig(tmp_path_factory.mktemp("broken")).running() as running:
        yield running


API = Step(Way.STREAM, "APIHandler", "PutItem", "REGISTRATION", 1)
CLAIM = Step(Way.STREAM, "Forward", "PutItem", "REGISTRATION", 1)
TO_MUNICIPALITY = Step(Way.STREAM, "Forward", "SendEmail", "", 1)
WRITTEN_DOWN = Step(Way.STREAM, "Forward", "PutItem", "REGISTRATION", 2, follows_mail=True)
LEDGER = Step(Way.STREAM, "Project", "PutItem", "LEDGER", 1)
RECEIPT = Step(Way.STREAM, "Receipts", "PutItem", "REGISTRATION", 1)
SWEPT = Step(Way.SWEEP, "Sweep", "PutItem", "REGISTRATION", 1)
SENT_BY_SWEEP = Step(Way.SWEEP, "Sweep", "SendEmail", "", 1)

# What leaves a lease behind comes first: it runs out meanwhile.
CHOSEN = (
    Round(SENT_BY_SWEEP, Mode.KILLED_AFTER),
    Round(SWEPT, Mode.BROKEN),
    Round(WRITTEN_DOWN, Mode.KILLED_BEFORE),
    Round(TO_MUNICIPALITY, Mode.LOST),
    Round(TO_MUNICIPALITY, Mode.FAILING),
    Round(CLAIM, Mode.THROTTLED),
    Round(LEDGER, Mode.KILLED_BEFORE),
    Round(RECEIPT, Mode.TRUNCATED),
    Round(API, Mode.HTML),
    Round(API, Mode.LOST),
    Round(API, Mode.MALFORMED),
    Round(API, Mode.KILLED_AFTER),
)


def test_everything_ends(rig: Rig) -> None:
    """
    One fault for each of a dozen registrations, at another call: each is stored once, its mails
    end, a mail goes out twice only where SES leaves no choice, and success is told of what is
    stored only.
    """
    for one in CHOSEN:
        assert rig.run(one), f"the call did not come: {one}"
    rig.settle()

    outcomes = list(judge(rig))

    assert len(CHOSEN) == len(outcomes)
    assert [] == [(str(one.round), one.problems) for one in outcomes if one.problems]


def test_mail_fails(rig: Rig, form: Form) -> None:
    """
    While SES refuses, a registration waits with reason, count and next moment; then it goes out.
    """
    posted = form()

    def record() -> dict[str, Any]:
        return next(item for item in rig.stack.items() if posted["email"] in json.dumps(item))

    def waiting() -> list[dict[str, Any]]:
        mails = [one["M"] for one in record()["mails"]["L"]]
        return mails if all("reason" in mail for mail in mails) else []

    with rig.proxy.failing(Fault(Mode.THROTTLED, "SendEmail")):
        assert 303 == rig.stack.post(posted).status_code
        for mail in eventually(waiting):
            assert "TooManyRequestsException" == mail["reason"]["S"]
            assert {"N": "1"} == mail["attempts"]
            assert mail["next_at"]["S"] > mail["queued_at"]["S"]
        assert [] == rig.stack.mails(posted["email"])

    rig.run_scheduled("Sweep", timedelta(minutes=5))

    rig.stack.wait_for_mails(posted["email"], 2)
    eventually(lambda: not any("next_at" in one["M"] for one in record()["mails"]["L"]))


def test_write_fails(rig: Rig, form: Form) -> None:
    """
    When the table can't be written the visitor is told, keeps her answers, and can try again.
    """
    posted = form(submission_id=str(uuid.uuid4()))

    with rig.proxy.failing(Fault(Mode.FAILING, "PutItem")):
        answer = rig.stack.post(posted)

    assert 503 == answer.status_code
    assert "Retry-After" in answer.headers
    assert posted["email"] in answer.text
    assert 303 == rig.stack.post(posted).status_code
    rig.stack.wait_for_mails(posted["email"], 2)


def test_without_the_stream(rig: Rig, form: Form) -> None:
    """
    With the stream switched off the sweep alone mails everything, once.
    """
    rig.switch(on=False)
    batch = uuid.uuid4().hex
    forms = [form(email=f"{batch}-{number}@example.com") for number in range(10)]
    with ThreadPoolExecutor(5) as clients:
        answers = list(clients.map(rig.stack.post, forms))

    rig.run_scheduled("Sweep", timedelta(seconds=1))

    mails = rig.stack.wait_for_mails(batch, 20)
    rig.switch(on=True)
    references = {answer.headers["Location"].rpartition("=")[2] for answer in answers}
    assert references == {mail["headers"]["X-Mijnbuddy-Reference"] for mail in mails}
    assert 20 == len(rig.stack.mails(batch))
