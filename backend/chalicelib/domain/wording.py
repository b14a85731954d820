"""Small turns of Dutch that more than one text needs."""

from collections.abc import Iterable


def listed(items: Iterable[object], last: str = "en") -> str:
    """«Aalst», «Aalst en Gent», «Aalst, Gent en Brugge»; "" for nothing."""
    *those, final = [str(item) for item in items] or [""]
    return f"{', '.join(those)} {last} {final}" if those else final


def thousands(number: int) -> str:
    """«10.000»: with a point between the thousands."""
    return f"{number:,}".replace(",", ".")


def first_name(name: str) -> str:
    """
    The first name in a full name, as far as that can be told: its first word with a letter in it;
    of «Peeters, Griet» what is behind the comma.
    """
    before, _, behind = name.partition(",")
    behind = behind.strip()
    words = (behind if behind[:1].isupper() else before).split()
    named = [word for word in words if any(char.isalpha() for char in word)]
    return next(iter(named), name).strip(" ,()&")
