"""
What plain Dutch is here, as far as a machine can see it.

`python -m tests.language.plain` tells of every page how long its sentences are, and how many of
them are in the passive.
"""

import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.built_site import build
from tests.language.sentences import words
from tests.language.texts import Text, all_texts, without_names

LONGEST = 25  # words in a sentence
MEAN = 13  # words in a sentence, over a page
JARGON = Path(__file__).with_name("jargon.txt")

_PASSIVE = re.compile(
    r"\b(?:wordt?|worden|werd(?:en)?)\b(?=.*\b(?:ge|be|ver|ont|her|\w+ge)\w+(?:d|t|en)\b)"
    r"|\b(?:ge|be|ver|ont|her)\w+(?:d|t|en)\b (?:wordt|worden|werd(?:en)?)\b",
    re.IGNORECASE,
)


class Jargon(NamedTuple):
    """A word that many readers don't know, and what to write instead."""

    word: str
    instead: str


class Problem(NamedTuple):
    """A sentence to write anew, and what to do about it."""

    where: str
    sentence: str
    advice: str


@cache
def jargon() -> dict[re.Pattern[str], Jargon]:
    """Each word to avoid, as a pattern: * stands for any ending, … for a few words between."""
    found = {}
    for line in JARGON.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, instead = (part.strip() for part in line.partition("→"))
            pattern = re.escape(word).replace(r"\*", r"\w*").replace("…", r"(?:[\w’-]+\s+){0,5}?")
            pattern = re.sub(r"\\ \(\?:", r"\\s+(?:", pattern).replace(r"\ ", r"\s+")
            pattern = pattern.replace(r"{0,5}?\s+", "{0,5}?")
            found[re.compile(rf"(?<![\w-]){pattern}(?![\w])", re.IGNORECASE)] = Jargon(
                word, instead
            )
    return found


def problems(text: Text) -> Iterator[Problem]:
    """What is wrong with the sentences of a text."""
    for sentence in text.sentences:
        plain = without_names(sentence)
        if (count := len(words(plain))) > LONGEST:
            advice = f"{count} words: make it two sentences (at most {LONGEST})"
            yield Problem(text.where, sentence, advice)
        for pattern, (word, instead) in jargon().items():
            if pattern.search(plain):
                yield Problem(text.where, sentence, f"«{word}»: write «{instead}»")


def is_passive(sentence: str) -> bool:
    """Whether it says what is done instead of who does it, as far as its words show."""
    return bool(_PASSIVE.search(sentence))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = build(Path(folder) / "site")
        told = [one for one in all_texts(site) if one.whole]
        of_template = {address for address, origin in site.origins.items() if not origin.source}
        told = [one for one in told if one.where not in of_template]
        for text in sorted(told, key=lambda one: -one.mean):
            passive = sum(map(is_passive, text.whole)) / len(text.whole)
            longest = max(len(words(one)) for one in text.sentences)
            print(
                f"{text.mean:5.1f} words a sentence, longest {longest:2}, {passive:4.0%} passive, "
                f"{len(text.whole):3} sentences  {text.where}"
            )


if __name__ == "__main__":
    main()
