"""
The answer to written question 48 in the Flemish Parliament, with the figures of any date.

It has the form of the minister's answer. What is policy and can't be told from figures says so,
with what the source said then: Schriftelijke vraag nr. 48 (26 oktober 2022) van Chris Janssens, en
het antwoord van Bart Somers, Vlaams minister van Binnenlands Bestuur, Bestuurszaken, Inburgering en
Gelijke Kansen. Nothing of that is ours.
"""

from collections.abc import Iterable, Iterator

from chalicelib.domain.calendar import date_in_words
from chalicelib.domain.course import (
    ARRIVED,
    DUOS,
    FORWARDED,
    IN_TIME,
    JUDGED,
    PASSED_ON,
    REACHED,
    REFUSED,
    REGISTERED,
    REPEATS,
    WITHDRAWN,
)
from chalicelib.domain.document import (
    UNKNOWN,
    Document,
    Heading,
    Part,
    Quote,
    Share,
    Table,
    Text,
    number,
    share,
)
from chalicelib.domain.figures import Counts
from chalicelib.domain.registration import ELSEWHERE, HOME_UNKNOWN
from chalicelib.domain.report import PROVISIONAL, Known, Question, external_parts, reasons, sources

NOT_FROM_FIGURES = "Niet uit de cijfers te halen"
SOURCE = "het antwoord op vraag nr. 48 van 26 oktober 2022"

ASKED = """\
Hoeveel buddy’s hoopt de minister hier concreet mee te bereiken? Hoeveel schreven zich al in? \
Werden bepaalde buddy’s al geweigerd door het AGII? Zo ja, waarom?
Wat is het profiel van de buddy’s? Graag een overzicht van hoeveel mannen/vrouwen zich inschreven, \
alsook hun leeftijd
Beperken de activiteiten van een buddy zich tot het lokaal bestuur waar deze ingeschreven is, of \
kan hij ook elders ‘geplaatst’ worden, wanneer hij dat als optie aangeeft?
Zal men bij een tekort aan buddy’s inburgeraars aanmanen om vrijwilligerswerk/een stage te kiezen, \
of werkt men in dezen met wachtlijsten voor buddy’s?
Op welke manier wordt het initiatief precies bekendgemaakt? Werd daarvoor extra budget vrijgemaakt?\
""".splitlines()
"""As the member of parliament asked, on 26 October 2022."""

SAID = {
    "goal": "In totaal zou ik graag 10.000 buddies willen bereiken. Op dit ogenblik lopen er al 28 "
    "proeftuinen, die samen met andere initiatieven een 2.000-tal buddies inzetten.",
    "others": "Buddies kunnen zich dus ook aanmelden bij de lokale besturen en daarnaast ook bij "
    "andere organisaities zoals Duo for a Job, Refu Interim, FMDO, …",
    "profile": "Deze gegevens worden bij inschrijving niet gevraagd aan de kandidaat-buddy.",
    "elsewhere": "De kandidaat-buddy kan zich zeker ook in een andere gemeente engageren, wanneer "
    "men dat verkiest.",
    "waiting": "Inburgeraars zullen vanaf 1 januari 2023 (inwerkingtreding decretale bepalingen "
    "vierde pijler binnen inburgering) de verantwoordelijkheid hebben om zelf een "
    "participatie-initiatief te zoeken dat aansluit bij hun interesses en noden.",
    "known": "De oproep naar buddies werd geflankeerd door een communicatie naar lokale besturen "
    "via een nieuwsbrief en de website van het Agentschap Integratie en Inburgering. Er werd "
    "hiervoor geen extra budget vrijgemaakt.",
}
"""As the minister answered, to the letter."""


def answer(question: Question, known: Known) -> Document:
    total = known.total.total if known.total else None
    answers = (
        _how_many(question, known, total),
        (Text("Die gegevens kunnen we niet geven: we vragen ze niet."), *_said("profile")),
        _elsewhere(total),
        _policy("of er wachtlijsten zijn", "waiting"),
        _made_known(known),
    )
    parts: list[Part] = [] if known.is_final else [Text(PROVISIONAL)]
    for number_of, (asked, those) in enumerate(zip(ASKED, answers, strict=True), start=1):
        parts += [Heading(f"Vraag {number_of}"), Quote(asked), *those]
    return Document(
        f"Antwoord op vraag nr. 48, met de cijfers op datum van {date_in_words(question.as_of)}",
        tuple(parts),
        {"as_of": question.as_of.isoformat(), "is_final": known.is_final},
    )


def _how_many(question: Question, known: Known, total: Counts | None) -> Iterator[Part]:
    yield from _policy("het doel", "goal")
    yield Text(" ".join(_registered(f"Op datum van {date_in_words(question.as_of)}", total)))
    if total is not None:
        yield Text(" ".join(_what_became(total)))
        if total.get(REFUSED):
            rows = tuple(reasons(total))
            yield Table("reason", "Waarom geweigerd", ("Reden", "Aantal"), rows)
    yield Text("Gemeenten en anderen werven ook zelf.")
    yield from _said("others")
    yield from external_parts(question, known.externals)


def _registered(on: str, total: Counts | None) -> Iterator[str]:
    if total is None:
        yield f"{on} is het aantal aanmeldingen via de website mijnbuddy.be {UNKNOWN}."
        yield f"Of er kandidaten geweigerd werden, is {UNKNOWN}."
        return
    registered, refused = total.get(REGISTERED, 0), total.get(REFUSED, 0)
    happened = (
        "is er 1 aanmelding" if registered == 1 else f"zijn er {number(registered)} aanmeldingen"
    )
    yield f"{on} {happened} gebeurd van kandidaat-buddy’s via de website mijnbuddy.be."
    by_us = "door het Agentschap tot op die datum"
    if not refused:
        yield f"Er werden {by_us} geen kandidaten geweigerd."
    elif refused == 1:
        yield f"Er werd {by_us} 1 kandidaat geweigerd."
    else:
        yield f"Er werden {by_us} {number(refused)} kandidaten geweigerd."


def _what_became(total: Counts) -> Iterator[str]:
    counts = {
        name: number(total.get(name, 0))
        for name in (FORWARDED, ARRIVED, REACHED, DUOS, WITHDRAWN, REPEATS)
    }
    yield f"Doorgestuurd naar een gemeente: {counts[FORWARDED]}. Aangekomen: {counts[ARRIVED]}."
    in_time = share(Share(total.get(IN_TIME, 0), total.get(JUDGED, 0)))
    yield f"Gecontacteerd: {counts[REACHED]}. Binnen 10 werkdagen: {in_time}."
    yield f"Duo’s: {counts[DUOS]}. Zelf gestopt: {counts[WITHDRAWN]}."
    yield f"Herhalingen tellen daarin niet mee: dat zijn er {counts[REPEATS]}."


def _elsewhere(total: Counts | None) -> Iterable[Part]:
    elsewhere, unknown, passed = (
        number(None if total is None else total.get(name, 0))
        for name in (ELSEWHERE, HOME_UNKNOWN, PASSED_ON)
    )
    yield from _policy("wat mag", "elsewhere")
    yield Text(
        f"Koos voor een andere gemeente dan de eigen: {elsewhere}. Eigen gemeente niet gekend: "
        f"{unknown}. Doorgegeven aan een andere gemeente of organisatie: {passed}."
    )


def _made_known(known: Known) -> Iterable[Part]:
    yield from _policy("hoe de oproep bekendgemaakt werd, en met welk budget", "known")
    if known.total is None:
        yield Text(f"Via welke campagne kandidaten kwamen, is {UNKNOWN}.")
        return
    yield Table(
        "source",
        "Via welke campagne kandidaten zich aanmeldden",
        ("Campagne", "Aanmeldingen"),
        tuple(sources(known.total)),
    )
    yield Text("Zonder code: van die kandidaten weten we niet hoe ze de oproep kenden.")


def _policy(what: str, said: str) -> Iterator[Part]:
    yield Text(f"{NOT_FROM_FIGURES}: {what}.")
    yield from _said(said)


def _said(what: str) -> Iterator[Part]:
    yield Text(f"Dit staat in {SOURCE}:")
    yield Quote(SAID[what])
