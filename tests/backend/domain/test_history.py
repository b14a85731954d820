"""Each code that is kept of a registration has words: a new one fails here first."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import chalicelib
from chalicelib.domain import clearing, outbox
from chalicelib.domain.deed import DOORS, STATES
from chalicelib.domain.following import acted
from chalicelib.domain.handover import ACTS, AGENCY_DESK, LINK, NOT_NOW, Act
from chalicelib.domain.handover import DOORS as ALL_DOORS
from chalicelib.domain.handover import REASONS as NOT_NOW_REASONS
from chalicelib.domain.history import (
    EVENTS,
    LEGEND,
    MAIL_STATES,
    MAILS,
    REASONS,
    event_in_words,
    mail_in_words,
    reason_in_words,
    receiver_in_words,
    state_of,
)
from chalicelib.domain.outbox import BOUNCES, Event
from chalicelib.domain.registration import UNREACHABLE
from chalicelib.domain.rerouting import REFUSALS, refused_for, rerouted, undone
from chalicelib.domain.standing import KIND_REASONS
from chalicelib.domain.suspicion import BUSY_ADDRESS, HOLDS, NOT_CONFIRMED, WORDS
from tests.backend.samples import AALST, GENT, NOW, registration
from tests.backend.steps import sent
from tests.corpus.mails import LETTERS_OF

MODULES = [
    importlib.import_module(".".join(file.relative_to(root).with_suffix("").parts))
    for root in [Path(chalicelib.__file__).parent.parent]
    for file in sorted((root / "chalicelib").rglob("*.py"))
    if "templates" not in file.parts
]
NOTICES = {"digest", "incident", "contact-code", "sign-in", "reminder", "export"}
"""The mails that are not about one registration: nobody sees those in a history."""
NOTICE_REASONS = {"no-longer-asked", "nothing-waits", "too-late"}
"""Why a mail was not needed that is not about a registration."""


def codes(function: str, place: int, name: str) -> Iterator[tuple[str, str]]:
    """
    Each text that some call of a function has as its argument `place` (or `name`), with where that
    is; what is not known before it runs is left out.
    """
    for module in MODULES:
        tree = ast.parse(Path(str(module.__file__)).read_text())
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if _name(call.func) != function:
                continue
            by_name = [one.value for one in call.keywords if one.arg == name]
            given = call.args[place : place + 1] or by_name
            for value in (text for one in given for text in _texts(one, module)):
                yield value, f"{module.__name__}:{call.lineno}"


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _texts(value: ast.expr, module: ModuleType) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.Name) and isinstance(found := vars(module).get(value.id), str):
        yield found
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body, module)
        yield from _texts(value.orelse, module)


def without_words(found: Iterator[tuple[str, str]], known: object) -> list[tuple[str, str]]:
    pairs = set(found)
    assert pairs, "the search finds nothing any more"
    return sorted(pair for pair in pairs if pair[0] and pair[0] not in known)  # type: ignore[operator]


def test_events() -> None:
    """
    Whatever happens to a registration has words.
    """
    assert [] == without_words(codes("Event", 1, "what"), EVENTS)
    assert [] == without_words(codes("_stepped", 1, "what"), EVENTS)
    assert set(ACTS) | {outbox.DELIVERED, outbox.BOUNCED, outbox.COMPLAINED} <= set(EVENTS)
    assert len(EVENTS) == len(set(EVENTS.values()))


def test_reasons() -> None:
    """
    Why a mail was dropped, waits or came back has words; so has why a municipality, a machine or
    the agency said no.
    """
    found = (
        *codes("dropped", 2, "reason"),
        *codes("handed_over", 2, "reason"),
        *codes("without_mail", 2, "reason"),
        *codes("_without", 2, "reason"),
        *codes("unheld", 1, "why"),
        *codes("NotNeededError", 0, "reason"),
    )
    assert [] == [
        pair for pair in without_words(iter(found), REASONS) if pair[0] not in NOTICE_REASONS
    ]
    assert set(BOUNCES) | set(clearing.HANDLED) <= set(REASONS)
    assert {*HOLDS, NOT_CONFIRMED, UNREACHABLE, BUSY_ADDRESS} == set(WORDS)
    assert set(NOT_NOW_REASONS) == set(KIND_REASONS)
    assert all(one.words for one in REFUSALS.values())


def test_mails() -> None:
    """
    Each kind of mail about a registration has words of its own, and so has each way it can stand.
    """
    assert set(LETTERS_OF) - NOTICES <= set(MAILS)
    assert [] == without_words(codes("queued", 1, "kind"), MAILS)
    assert len(MAILS) == len(set(MAILS.values()))
    assert len(MAIL_STATES) == len(set(MAIL_STATES.values()))
    assert set(ALL_DOORS) == set(DOORS)
    assert {"", *ACTS} == set(STATES)


def test_event_in_words() -> None:
    """
    What happened is told with the place, the mail, the reason and the door, and without a code.
    """
    one = sent(registration(), AALST, "m-1", NOW)
    one = acted(one, AALST, Act(NOW, NOT_NOW, LINK, why="no-match"))
    one = rerouted(one, AALST, GENT, AGENCY_DESK, NOW)
    one = undone(one, AGENCY_DESK, NOW)
    one = refused_for(one, "too-far", AGENCY_DESK, NOW)
    told = [event_in_words(one, event, "jou") for event in one.events]

    for line in (
        ("Mail vertrokken", "De aanmelding voor Aalst"),
        ("Nu niet", "Aalst, Er is nu niemand die bij deze kandidaat past, via de link in de mail"),
        ("Naar een andere gemeente gebracht", "Aalst, naar Gent, door mijnbuddy"),
        ("Teruggenomen", "Aalst, «Naar een andere gemeente gebracht», door mijnbuddy"),
        ("Geweigerd", "Is te ver weg om iemand te ontmoeten, door mijnbuddy"),
        ("Mail klaargezet", "De mail aan jou dat een andere gemeente belt"),
    ):
        assert line in told


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Event(NOW, "registered", why="zomer"), ("Aangemeld", "zomer")),
        (Event(NOW, "queued", GENT, "elsewhere", "forwarding"), "Een andere gemeente dan die"),
        (Event(NOW, "held", why="honeypot"), "Een veld dat mensen niet zien, was ingevuld"),
        (Event(NOW, "released", why="confirmed"), "Bevestigd met de knop in een mail"),
        (Event(NOW, "answered", why="4w-no"), "«Heeft iemand je gebeld of gemaild?» Nee, niemand"),
        (Event(NOW, "added", GENT, AALST), "Gent, in plaats van Aalst"),
        (Event(NOW, "corrected", why="phone", door="volunteer"), "Telefoonnummer, door de kand"),
        (Event(NOW, "postponed", GENT, "Throttling", "forwarding"), "lukte niet (Throttling)"),
        (Event(NOW, "dropped", GENT, "phoned", "forwarding"), "Met een telefoontje"),
        (Event(NOW, "something-new"), "Iets anders"),
    ],
)
def test_one_event(event: Event, line: str | tuple[str, str]) -> None:
    """
    A code is read by what happened: a question, a place, a fault of the mail service.
    """
    told = event_in_words(registration(), event, "jou")

    assert line == told if isinstance(line, tuple) else line in " ".join(told)


def test_state_of() -> None:
    """
    A mail that is under way for long says so.
    """
    one = sent(registration(), AALST, "m-1", NOW).mails[0]
    fact = outbox.Fact(NOW, outbox.DELAYED)
    late = replace(one, sendings=(replace(one.sendings[0], facts=(fact,)),))

    assert ("vertrokken, nog niets gehoord", "onderweg, het duurt langer") == (
        state_of(one),
        state_of(late),
    )


def test_names() -> None:
    """
    Who gets a mail is named, she as the page calls her; what is no code has no words.
    """
    one = registration()

    assert ["jou", "het nieuwe adres", "Aalst"] == [
        receiver_in_words(one, receiver, "jou") for receiver in ("volunteer", "new-address", AALST)
    ]
    assert "Een mail aan jou" == mail_in_words("unheard-of", "jou")
    assert ["", "De maildienst weigert ze (MessageRejected)."] == [
        reason_in_words(code) for code in ("", "MessageRejected")
    ]


def test_legend() -> None:
    """
    The file with all that we know explains its codes; no explanation is empty.
    """
    assert {"events.what", "events.door", "mails.kind", "mails.status"} < set(LEGEND)
    assert all(words for codes_ in LEGEND.values() for words in codes_.values())
