"""The terms: in words for the page, and the same in the software and in the infrastructure."""

from datetime import timedelta

import pytest

from chalicelib.domain import retention
from chalicelib.domain.recent import KEPT, WINDOW
from chalicelib.domain.retention import RULES, in_words
from tests.backend.aws import template
from tests.backend.samples import NOW, registration


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (timedelta(days=365), "1 jaar"),
        (timedelta(days=730), "2 jaar"),
        (timedelta(days=30), "30 dagen"),
        (timedelta(hours=48), "48 uur"),
        (timedelta(hours=1), "1 uur"),
    ],
)
def test_words(term: timedelta, words: str) -> None:
    """
    A term is told in the largest unit that fits.
    """
    assert words == in_words(term)


def test_no_words() -> None:
    """
    A term that the page can't tell exactly is refused.
    """
    with pytest.raises(ValueError, match="whole number of hours"):
        in_words(timedelta(minutes=90))


def test_told() -> None:
    """
    Every kind of data says what, why, on what ground, how long and how it ends.
    """
    for rule in RULES:
        assert all((rule.what, rule.why, rule.basis, rule.kept, rule.how)), rule
    assert "1 jaar na je aanmelding" == RULES[0].kept
    assert "Blijft bewaard" == RULES[-1].kept


def test_registration() -> None:
    """
    A registration expires a term after it was made.
    """
    assert NOW + retention.REGISTRATION_TERM == registration().expires_at


def test_recent() -> None:
    """
    What an address asked is kept long enough to know a repeat that reaches us a day late.
    """
    assert retention.RECENT_TERM == KEPT
    assert 2 * WINDOW <= KEPT


@pytest.mark.parametrize("queue", ["MailEvents", "MailEventFailures"])
def test_mail_events(queue: str) -> None:
    """
    The queues keep what SES tells of an address as long as the page says.
    """
    seconds = template()["Resources"][queue]["Properties"]["MessageRetentionPeriod"]

    assert retention.MAIL_EVENT_TERM == timedelta(seconds=seconds)


def test_backup() -> None:
    """
    The template keeps backups as long as the page says.
    """
    table = template()["Resources"]["Table"]["Properties"]
    days = table["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"]

    assert retention.BACKUP_TERM == timedelta(days=days)
