"""
Whether an address looks like one colleague's: mails to it go unread when she is ill or leaves.

A hint for the desk, never a decision: only a name in two words (`jan.peeters@`, `j.peeters@`) of
which none is a word of an office counts as a person's. What we can't tell, we call a role's.
"""

import re

# Short words as a whole, the others by their beginning: `dienst` stands for dienstverlening, too.
WORDS = frozenset(
    ("balie", "cel", "info", "mail", "ocmw", "post", "punt", "stad", "taal", "team", "thuis")
)
BEGINNINGS = (
    *("admin", "algeme", "beleid", "buddy", "burgerz", "centrum", "contact", "dienst", "divers"),
    *("gelijke", "gemeente", "inburger", "integrat", "loket", "maatje", "maatschap", "nieuwkom"),
    *("onthaal", "participat", "project", "samenl", "secretariaat", "sociaal", "sociale"),
    *("vrijwill", "welkom", "welzijn", "werking"),
)


def looks_personal(email: str) -> bool:
    """Whether the part before the @ is made of two or more words, none of them an office's."""
    words = re.split(r"[._]", email.partition("@")[0].partition("+")[0].casefold())
    are_names = all(re.fullmatch(r"[^\W\d_]+(?:['-][^\W\d_]+)*", word) for word in words)
    return len(words) > 1 and are_names and not any(map(_is_of_an_office, words))


def _is_of_an_office(word: str) -> bool:
    return word in WORDS or word.startswith(BEGINNINGS)
