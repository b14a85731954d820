"""Nobody waits in silence, on a running system of its own, with the clock moved."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.calendar import local_date, working_days_after
from chalicelib.domain.patience import late_from
from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]
Mails = list[dict[str, Any]]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Apart: here the clock goes on by weeks, for everybody who signed up."""
    running = Stack(tmp_path_factory.mktemp("reminded"))
    running.start()
    yield running
    running.stop()


def move_to(stack: Stack, moment: datetime) -> None:
    answer = stack.move_clock(moment - datetime.now(UTC))
    assert answer.ok, answer.text


def morning(day: date) -> datetime:
    """Nine or ten in the morning in Brussels."""
    return datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)


def of_kind(stack: Stack, containing: str) -> Mails:
    return [mail for mail in stack.mails() if containing in mail["subject"]]


def is_unopened(stack: Stack, email: str) -> bool:
    """Whether her mail was delivered and she stands in the list of her municipality."""
    (one,) = [item for item in stack.items() if item["answers"]["M"]["email"]["S"] == email]
    rows = stack.items(one["reference"]["S"])
    return any("unopened_since" in row for row in rows)


def test_whole(stack: Stack, form: Form) -> None:
    """
    Two who sign up and whom nobody opens: one reminder with both on the fifth working day; on the
    tenth each has one honest mail and the agency has both on its list, in its digest; after four
    weeks each has one question. Whatever runs twice, or skips days, mails once.
    """
    emails = []
    for name in ("Reminda Peeters", "Wachtara Mansour"):
        posted = form(name=name)
        assert 303 == stack.post(posted).status_code
        emails.append(str(posted["email"]))
    eventually(lambda: all(is_unopened(stack, email) for email in emails))
    now = datetime.now(UTC)
    registered = local_date(now)

    move_to(stack, morning(working_days_after(registered, 4)))
    assert [] == of_kind(stack, "wachten op Aalst")
    for _ in range(2):
        move_to(stack, morning(working_days_after(registered, 5)))
    (reminder,) = of_kind(stack, "2 kandidaat-buddy’s wachten op Aalst")
    assert ["Reminda" in reminder["text"], "Wachtara" in reminder["text"]] == [True, True]
    assert not [email for email in emails if email in str(reminder)]

    assert [] == of_kind(stack, "hoorde je al iets van Aalst?")
    move_to(stack, late_from(now) + timedelta(minutes=5))
    move_to(stack, morning(working_days_after(registered, 13)))
    told = of_kind(stack, "hoorde je al iets van Aalst?")
    assert sorted(emails) == sorted(address for mail in told for address in mail["to"])
    digests = stack.mails("Aalst nam nog geen contact op")
    assert ["desk@mijnbuddy.example"] == digests[0]["to"]
    assert not [email for email in emails if email in str(digests)]

    move_to(stack, morning(working_days_after(registered + timedelta(days=28), 1)))
    asked = of_kind(stack, "Eén vraag over je aanmelding")
    assert sorted(emails) == sorted(address for mail in asked for address in mail["to"])
    assert 2 == len(of_kind(stack, "hoorde je al iets van Aalst?"))
