"""The code that shows that somebody reads a mailbox."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contact_code import (
    MAX_TYPED,
    Code,
    CodeForm,
    Outcome,
    code_of,
    enter,
    is_open,
    read_code,
)
from chalicelib.domain.contacts import (
    BOUNCING,
    CODE_TERM,
    CONFIRMED,
    MAX_WRONG_CODES,
    UNCONFIRMED,
    Contact,
    asked,
    bounced,
    lapsed,
    placed,
    replaced,
    retired,
)
from chalicelib.domain.reference import ALPHABET
from tests.backend.samples import AALST, NOW

KEY, OLD_KEY = b"k" * 64, b"o" * 64
KEYS = (KEY, OLD_KEY)
WRONG = Code("41002-1", "33333333")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def one() -> Contact:
    """An address that was asked just now."""
    return asked(placed((AALST, 1), "b@aalst.be", "griet", NOW, what="imported"), "griet", NOW)


class TestCode:
    def test_written(self, one: Contact) -> None:
        """
        A code shows its contact and eight letters in two groups, none of which looks like another.
        """
        place, first, second = str(code_of(one, NOW, KEY)).rsplit("-", 2)

        assert ("41002-1", 4, 4) == (place, len(first), len(second))
        assert set(first + second) <= set(ALPHABET)

    def test_another_code(self, one: Contact) -> None:
        """
        Another address, place, moment or key gives other letters; the same gives the same.
        """
        others = [
            code_of(replace(one, email="c@aalst.be"), NOW, KEY),
            code_of(replace(one, order=2), NOW, KEY),
            code_of(one, NOW + timedelta(microseconds=1), KEY),
            code_of(one, NOW, OLD_KEY),
        ]

        assert code_of(one, NOW, KEY) == code_of(one, NOW, KEY)
        assert 5 == len({code_of(one, NOW, KEY).letters, *(other.letters for other in others)})

    @pytest.mark.parametrize(
        "text",
        [
            "41002-1-7K3F-9Q4D",
            "41002-1-7k3f-9q4d",
            " 4100217k3f9q4d\n",
            "41002 1 7K3F 9Q4D",
            "41002\u20111\u20137K3F\u20149Q4D",
            "41002_1.7K3F,9Q4D;",
        ],
    )
    def test_read(self, text: str) -> None:
        """
        A code is read however it was typed.
        """
        assert Code("41002-1", "7K3F9Q4D") == read_code(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "41002-1",
            "7K3F-9Q4D",
            "41002-0-7K3F-9Q4D",
            "41002-1-7K3F-9Q4D-3",
            "41002-1-OOOO-OOOO",
            "MB-7K3F-9Q4D",
            "٤١٠٠٢-1-7K3F-9Q4D",
            "x" * 10_000,
        ],
    )
    def test_unreadable(self, text: str) -> None:
        """
        What can't be a code is none.
        """
        assert read_code(text) is None

    @given(st.text(max_size=3 * MAX_TYPED))
    def test_any_text(self, text: str) -> None:
        """
        Whatever is typed is read or not, and can be shown again.
        """
        read_code(text)

        assert CodeForm(text).value("code").isprintable()
        assert len(CodeForm(text).value("code")) <= MAX_TYPED


class TestEnter:
    def test_confirmed(self, one: Contact) -> None:
        """
        The right code confirms the address.
        """
        outcome, following = enter(one, code_of(one, NOW, KEY), KEYS, NOW + DAY)

        assert Outcome.CONFIRMED == outcome
        assert (CONFIRMED, NOW + DAY) == (following.state, following.confirmed_at)
        assert "code" == following.changes[-1].who

    def test_key_rotated(self, one: Contact) -> None:
        """
        A code that was signed with the previous key is still right.
        """
        assert Outcome.CONFIRMED == enter(one, code_of(one, NOW, OLD_KEY), KEYS, NOW)[0]

    def test_again(self, one: Contact) -> None:
        """
        Entered again it changes nothing, and says that it was done.
        """
        code = code_of(one, NOW, KEY)
        following = enter(one, code, KEYS, NOW + DAY)[1]

        assert (Outcome.ALREADY, following) == enter(following, code, KEYS, NOW + 2 * DAY)

    def test_used(self, one: Contact) -> None:
        """
        A code that was entered once does not repair an address that bounced, or lapsed, since.
        """
        code = code_of(one, NOW, KEY)
        used = enter(one, code, KEYS, NOW)[1]
        bouncing = bounced(used, NOW + DAY, "no-mailbox", NOW + DAY)
        old = lapsed(used, "schedule", NOW + 400 * DAY)

        assert (Outcome.USED, bouncing) == enter(bouncing, code, KEYS, NOW + 2 * DAY)
        assert (Outcome.USED, old) == enter(old, code, KEYS, NOW + 400 * DAY)

    def test_new_request_repairs(self, one: Contact) -> None:
        """
        A bouncing address works again with the code that was asked for since.
        """
        bouncing = asked(bounced(one, NOW, "no-mailbox", NOW), "jan", NOW + DAY)
        assert BOUNCING == bouncing.state
        outcome, following = enter(bouncing, code_of(bouncing, NOW + DAY, KEY), KEYS, NOW + 2 * DAY)

        assert (Outcome.CONFIRMED, CONFIRMED) == (outcome, following.state)

    @pytest.mark.parametrize(
        ("later", "expected"),
        [
            (CODE_TERM - timedelta(microseconds=1), Outcome.CONFIRMED),
            (CODE_TERM, Outcome.EXPIRED),
        ],
    )
    def test_term(self, one: Contact, later: timedelta, expected: Outcome) -> None:
        """
        A code works for two weeks.
        """
        assert expected == enter(one, code_of(one, NOW, KEY), KEYS, NOW + later)[0]

    def test_reminder(self, one: Contact) -> None:
        """
        After a reminder the first code still works; once one was entered, the other is spent.
        """
        both = asked(one, "schedule", NOW + 7 * DAY)
        first, second = code_of(both, NOW, KEY), code_of(both, NOW + 7 * DAY, KEY)
        outcome, following = enter(both, first, KEYS, NOW + 8 * DAY)

        assert Outcome.CONFIRMED == outcome
        assert (Outcome.ALREADY, following) == enter(following, second, KEYS, NOW + 9 * DAY)

    def test_wrong(self, one: Contact) -> None:
        """
        A wrong code is counted, and nothing else changes.
        """
        outcome, following = enter(one, WRONG, KEYS, NOW)

        assert (Outcome.WRONG, 1) == (outcome, following.wrong_codes)
        assert (UNCONFIRMED, one.requests) == (following.state, following.requests)

    def test_too_many(self, one: Contact) -> None:
        """
        After five wrong ones the right one is wrong, too, and nothing is written any more.
        """
        tried = one
        for number in range(MAX_WRONG_CODES):
            tried = enter(tried, WRONG, KEYS, NOW + number * MINUTE)[1]

        assert MAX_WRONG_CODES == tried.wrong_codes
        assert (Outcome.WRONG, tried) == enter(tried, code_of(one, NOW, KEY), KEYS, NOW + DAY)
        assert (Outcome.WRONG, tried) == enter(tried, WRONG, KEYS, NOW + DAY)

    def test_asked_after_too_many(self, one: Contact) -> None:
        """
        A new request starts the count anew.
        """
        tried = one
        for _ in range(MAX_WRONG_CODES):
            tried = enter(tried, WRONG, KEYS, NOW)[1]
        again = asked(tried, "jan", NOW + DAY)

        assert 0 == again.wrong_codes
        assert Outcome.CONFIRMED == enter(again, code_of(again, NOW + DAY, KEY), KEYS, NOW + DAY)[0]

    def test_never_asked(self) -> None:
        """
        At an address that nobody asked, every code is wrong and none is counted.
        """
        one = placed((AALST, 1), "b@aalst.be", "griet", NOW, what="imported")

        assert (Outcome.WRONG, one) == enter(one, code_of(one, NOW, KEY), KEYS, NOW)

    def test_another_address(self, one: Contact) -> None:
        """
        The code of the address that was there before is wrong.
        """
        code = code_of(one, NOW, KEY)
        other = asked(replaced(one, "new@aalst.be", "jan", NOW + DAY), "jan", NOW + DAY)

        assert Outcome.WRONG == enter(other, code, KEYS, NOW + DAY)[0]

    def test_retired(self, one: Contact) -> None:
        """
        A retired address can't be confirmed.
        """
        gone = retired(one, "jan", NOW)

        assert (Outcome.WRONG, gone) == enter(gone, code_of(one, NOW, KEY), KEYS, NOW)


def test_open(one: Contact) -> None:
    """
    A request is open until it is answered, too old, or the address is another one.
    """
    answered = enter(one, code_of(one, NOW, KEY), KEYS, NOW)[1]

    assert is_open(one, NOW, NOW)
    assert not is_open(one, NOW, NOW + CODE_TERM)
    assert not is_open(one, NOW - DAY, NOW)
    assert not is_open(answered, NOW, NOW)
    assert not is_open(retired(one, "jan", NOW), NOW, NOW)
    assert not is_open(replaced(one, "n@aalst.be", "jan", NOW + DAY), NOW, NOW + DAY)
