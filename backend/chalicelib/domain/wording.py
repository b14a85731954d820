"""Small turns of Dutch that more than one text needs."""

from collections.abc import Iterable


def listed(items: Iterable[object], last: str = "en") -> str:
    """«Aalst», «Aalst en Gent», «Aalst, Gent en Brugge»; "" for nothing."""
    *those, final = [str(item) for item in items] or [""]
    return f"{', '.join(those)} {last} {final}" if those else final


def thousands(number: int) -> str:
    """«10.000»: with a point between the thousands."""
    return f"{number:,}".replace(",", ".")
