"""
Campaign codes: by which call somebody came to the form (`/aanmelden/?bron=affiche`).

The list is `data/campaigns.csv`. A municipality or organisation may add the municipality to a code
of it: `infoavond-aalst`. Anybody can type any other code: it is counted, and told as «andere
codes», so that no report ever shows words that somebody made up.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache

from chalicelib.domain.municipalities import DATA, MUNICIPALITIES

PARAMETER = "bron"
"""The parameter of an address; the script of the site knows it too."""

MAX_LENGTH = 40  # characters

MAIL = "mail"
AGAIN = "opnieuw"
"""The codes of our own links: in mails, and on the page of somebody who stopped."""


def _read() -> dict[str, str]:
    with (DATA / "campaigns.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["words"] for row in csv.DictReader(file)}


CAMPAIGNS: Mapping[str, str] = _read()
"""What each code of the list is called."""


def is_code(text: str) -> bool:
    """Whether it is written as a code, of the list or not."""
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9-]*", text))


def words(code: str) -> str:
    """What a code is called, with its municipality if it has one; "" for one that nobody gave."""
    if code in CAMPAIGNS:
        return CAMPAIGNS[code]
    kind = next((one for one in CAMPAIGNS if code.startswith(f"{one}-")), "")
    place = _places().get(code.removeprefix(f"{kind}-")) if kind else None
    return f"{CAMPAIGNS[kind]}: {place}" if place else ""


def tagged(path: str, code: str) -> str:
    """
    A path of ours with the code of a campaign. Raises KeyError for a code that is not in the list:
    what we make ourselves has one that is.
    """
    if code not in CAMPAIGNS:
        raise KeyError(code)
    return f"{path}?{PARAMETER}={code}"


def carried(path: str, code: str) -> str:
    """A path with the code that came along in the address before; without what can't be one."""
    can_be_one = is_code(code) and len(code) <= MAX_LENGTH
    return f"{path}?{PARAMETER}={code}" if can_be_one else path


@cache
def _places() -> dict[str, str]:
    """The name of each municipality by its slug, of today or from before a merger."""
    today = {one.slug: one.name for one in MUNICIPALITIES}
    return {former.slug: former.name for one in MUNICIPALITIES for former in one.formers} | today
