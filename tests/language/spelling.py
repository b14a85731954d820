"""
Checks the spelling of what visitors read, with hunspell's Dutch dictionary and our own list of
words (`make audit`).

Names of municipalities and places are right as the reference data has them, and names of projects
and sources as those who made them wrote them.
"""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

from chalicelib.domain.municipalities import ATTRIBUTION, MUNICIPALITIES, all_localities
from publishing.claims import KINDS
from tests.audit.pages import SITE
from tests.built_site import ROOT
from tests.language.texts import Places, all_texts

DICTIONARY = "nl"
OWN = Path(__file__).with_name("woorden.txt")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_ADDRESS = re.compile(r"\S*(?:@|://|\w\.\w)\S*|M[BP]-[0-9A-Z]{4}-[0-9A-Z]{4}|\b[0-9a-f]{32,}\b")
"""What is not spelt: addresses, references, and digests."""


def names() -> Iterator[str]:
    """What is spelt as its owner spells it."""
    yield ATTRIBUTION
    for one in MUNICIPALITIES:
        yield from (one.name, *(former.name for former in one.formers))
    yield from (one.name for one in all_localities())
    for folder in KINDS:
        for file in sorted((ROOT / "site/content" / folder).glob("*.yaml")):
            record = yaml.safe_load(file.read_text(encoding="utf-8"))
            for field in ("names", "areas", "organisers", "authors"):
                yield from (claim["value"] for claim in record.get(field, ()))
    sources = yaml.safe_load((ROOT / "site/data/sources.yaml").read_text(encoding="utf-8"))
    for source in sources.values():
        yield from (source["title"], source["publisher"])


def spelt(text: str) -> list[str]:
    """The words of a text, with the apostrophe that the dictionary knows."""
    plain = _ADDRESS.sub(" ", text.replace("\u00ad", ""))  # a soft hyphen only says where to break
    return [word.replace("’", "'") for word in _WORD.findall(plain)]


def unknown(words: set[str]) -> set[str]:
    """Those that neither the dictionary nor our list has."""
    own = [line for line in OWN.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    ours = {word for text in (*own, *names()) for word in spelt(text)}
    with tempfile.NamedTemporaryFile("w", suffix=".dic", encoding="utf-8") as personal:
        personal.write("\n".join(sorted(ours)))
        personal.flush()
        found = subprocess.run(
            ["hunspell", "-i", "utf-8", "-d", DICTIONARY, "-p", personal.name, "-l"],
            input="\n".join(sorted(words)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return set(found.stdout.split()) - ours


def main() -> int:
    where: dict[str, tuple[str, str]] = {}
    counted: dict[str, int] = defaultdict(int)
    for text in all_texts(SITE):
        for sentence in text.sentences:
            for word in spelt(sentence):
                where.setdefault(word, (sentence, text.where))
                counted[word] += 1
    places = Places(SITE)
    wrong = sorted(unknown(set(where)), key=str.casefold)
    for word in wrong:
        sentence, address = where[word]
        more = f" and {counted[word] - 1} more" if counted[word] > 1 else ""
        print(f"{word}: {places.of(sentence, address)}{more}: «{sentence}»")
    print(f"Spelling: {len(wrong)} of {len(where)} words unknown: mend them, or add to {OWN.name}")
    return 1 if wrong or not where else 0


if __name__ == "__main__":
    sys.exit(main())
