"""What a form of her page asks, as it is posted."""

import pytest

from chalicelib.domain.wish import ACTIONS, ADD, EMAIL, PAUSE, PHONE, InvalidWishError, Wish, read


def test_read() -> None:
    """
    A button with its one answer, cleaned as the form cleans it.
    """
    posted = {"action": [PHONE], "seen": ["3"], "phone": [" 0470/99.99.99 "]}

    assert Wish(PHONE, 3, "+32470999999") == read(posted)
    assert Wish(EMAIL, 0, "new@example.be") == read(
        {"action": [EMAIL], "seen": ["0"], "email": [" new@example.be "]}
    )
    assert Wish(ADD, 1, "44021", "41002") == read(
        {"action": [ADD], "seen": ["1"], "municipality": ["44021"], "receiver": ["41002"]}
    )


@pytest.mark.parametrize("action", ["", "explode", "Withdraw", "pause\n"])
def test_no_button(action: str) -> None:
    """
    What is no button of ours is refused.
    """
    with pytest.raises(InvalidWishError) as refused:
        read({"action": [action]})

    assert ["form"] == [error.field for error in refused.value.form.errors]


@pytest.mark.parametrize(
    ("action", "field", "typed"),
    [
        (PHONE, "phone", ""),
        (PHONE, "phone", "abc"),
        (EMAIL, "email", "geen adres"),
        (EMAIL, "email", "x" * 300 + "@example.be"),
        (ADD, "municipality", ""),
        (ADD, "municipality", "99999"),
    ],
)
def test_unusable(action: str, field: str, typed: str) -> None:
    """
    What can't be used is told at its field, which shows again what was typed.
    """
    with pytest.raises(InvalidWishError) as refused:
        read({"action": [action], "seen": ["0"], field: [typed]})

    form = refused.value.form
    assert action == refused.value.action
    assert [field] == [error.field for error in form.errors]
    assert typed == form.value(field)


@pytest.mark.parametrize("seen", ["", "-1", "1e3", "٣", "12345", "x"])
def test_seen(seen: str) -> None:
    """
    A form that does not say what was shown is no form of ours.
    """
    assert None is read({"action": [PAUSE], "seen": [seen]}).seen


def test_sure() -> None:
    """
    Only «yes» is sure.
    """
    assert [False, False, True] == [
        read({"action": ["erase"], "sure": [said]}).is_sure for said in ("", "no", "yes")
    ]
    assert len(ACTIONS) == len(set(ACTIONS))
