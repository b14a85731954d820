"""What an author is told when the front matter is not right."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from publishing.front_matter import (
    Consent,
    Event,
    FrontMatterError,
    Page,
    Source,
    Story,
    ToolkitItem,
    decode,
    sources,
    split,
)

FILE = Path("site/content/verhalen/koffie.md")
PAGE = "title: Contact\ndescription: Zo bereik je ons met een vraag.\n"
STORY = """
title: Koffie op woensdag
summary: Elke woensdag drinken ze samen koffie.
quote: We vergeten de tijd.
who: Een buddy en een nieuwkomer
municipality: aalst
theme: taal
published: 2026-11-23
portrait: koffie.svg
portrait_alt: Twee mensen aan een tafel
"""
CONSENT = "consent: {by: Griet en Samira, given: 2026-01-10, until: 2027-01-10}\n"
EVENT = """
title: Buddywerk werkt
summary: Een studiedag over buddy's in Gent.
starts: 2020-01-28
organiser: IN-Gent
"""


def test_page() -> None:
    """
    What is not said has its default.
    """
    page = decode(PAGE, Page, FILE)

    assert Page(title="Contact", description="Zo bereik je ons met een vraag.") == page
    assert "page" == page.template


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Page, "title: Contact", "missing required field `description`"),
        (Page, PAGE + "tilte: x", "unknown field `tilte`"),
        (Page, PAGE.replace("Contact", "C" * 81), "length <= 80 - at `$.title`"),
        (Page, PAGE + "path: contact", "at `$.path`"),
        (Page, PAGE + "path: /a/../b/", "at `$.path`"),
        (Page, PAGE + "contents: misschien", "at `$.contents`"),
        (Page, "- een lijst", "Expected `object`"),
        (Page, "title: [", "expected"),
        (Story, STORY, "consent: "),
        (Story, STORY + CONSENT + "example: true", "consent: "),
        (Story, STORY + CONSENT.replace("2027-01-10", "2025-01-10"), "consent.until: "),
        (Story, STORY + CONSENT.replace("2027-01-10", "2027-02-30"), "at `$.consent.until`"),
        (Story, STORY.replace("aalst", "alast") + CONSENT, "municipality: no municipality"),
        (Story, STORY.replace("taal", "koken") + CONSENT, "at `$.theme`"),
        (Story, STORY.replace("koffie.svg", "../koffie.svg") + CONSENT, "at `$.portrait`"),
        (Event, EVENT + "ends: 2020-01-27", "ends: "),
        (Event, EVENT + "url: javascript:alert(1)", "at `$.url`"),
        (dict[str, Source], "een: {title: Een boek, publisher: X}", "publisher"),
    ],
)
def test_problem(kind: type[Any], text: str, said: str) -> None:
    """
    The message names the file, and the field.
    """
    with pytest.raises(FrontMatterError) as caught:
        decode(text, kind, FILE)

    assert str(caught.value).startswith(f"{FILE}: ")
    assert said in str(caught.value)


def test_words_stay_words() -> None:
    """
    YAML's own guesses don't count: «no» is a word, and so is a number.
    """
    page = decode(PAGE.replace("Contact", "1804") + "heading: no", Page, FILE)

    assert ("1804", "no") == (page.title, page.heading)


@pytest.mark.parametrize(
    ("day", "shown"),
    [("2026-01-09", False), ("2026-01-10", True), ("2027-01-10", True), ("2027-01-11", False)],
)
def test_consent(day: str, shown: bool) -> None:
    """
    A story is shown from the day on which the consent was given up to its last day.
    """
    story = decode(STORY + CONSENT, Story, FILE)

    assert isinstance(story.consent, Consent)
    assert shown == story.may_be_shown(date.fromisoformat(day))


def test_example() -> None:
    """
    An example needs nobody's consent and does not run out.
    """
    assert decode(STORY + "example: true", Story, FILE).may_be_shown(date(2099, 1, 1))


def test_past_event() -> None:
    """
    An event is past from the day after its last one.
    """
    event = decode(EVENT + "ends: 2020-01-29", Event, FILE)

    assert [False, False, True] == [event.is_past(date(2020, 1, day)) for day in (28, 29, 30)]


def test_preview_is_described() -> None:
    """
    A preview without a description is refused.
    """
    item = """
title: Affiche
summary: Hang ze aan het raam.
kind: affiche
audience: Gemeenten
order: 1
licence: CC BY 4.0
preview: affiche.webp
"""
    with pytest.raises(FrontMatterError, match="preview_alt"):
        decode(item, ToolkitItem, FILE)


@pytest.mark.parametrize(
    "text", ["Geen kop", "---\ntitle: x\n", "title: x\n---\n", " ---\nx\n---\n"]
)
def test_split_needs_marks(text: str) -> None:
    """
    A text without its two lines of dashes is refused.
    """
    with pytest.raises(FrontMatterError, match="between two lines"):
        split(text, FILE)


def test_split_keeps_a_rule() -> None:
    """
    A line of dashes in the text is the text's.
    """
    assert ("title: x", "boven\n\n---\n\nonder\n") == split(
        "---\ntitle: x\n---\nboven\n\n---\n\nonder\n", FILE
    )


def test_the_sources_are_right() -> None:
    """
    Our own list of sources can be read.
    """
    assert "vraag-48" in sources(Path("site/data/sources.yaml"))
