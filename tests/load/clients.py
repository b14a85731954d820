"""Fifty browsers that send forms as fast as they are answered."""

import asyncio
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from tests.load.crowd import Person

CLIENTS = 50
PATIENCE = aiohttp.ClientTimeout(total=60)
IMPATIENCE = aiohttp.ClientTimeout(total=0.1)
TRIES = 6
ACCEPTED = {HTTPStatus.SEE_OTHER, HTTPStatus.CREATED}


@dataclass
class Tally:
    """What the clients saw: how long each request took in seconds, and what was answered."""

    seconds: list[float] = field(default_factory=list)
    references: dict[str, set[str]] = field(default_factory=dict)
    """The references that each person was given, by e-mail address: one each, if all is well."""
    requests: int = 0
    retries: int = 0
    broken_off: int = 0
    repeated: int = 0
    refused: list[str] = field(default_factory=list)
    """Every answer that was no success, also where a later try was."""
    errors: list[str] = field(default_factory=list)
    """Who never succeeded."""


async def send_all(url: str, people: Iterable[Person], tally: Tally) -> float:
    """Send everybody's form; returns how many seconds it took."""
    began = time.monotonic()
    waiting = iter(people)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        await asyncio.gather(*(_client(session, url, waiting, tally) for _ in range(CLIENTS)))
    return time.monotonic() - began


async def _client(
    session: aiohttp.ClientSession, url: str, waiting: Iterator[Person], tally: Tally
) -> None:
    for person in waiting:
        if person.is_impatient:
            await _break_off(session, url, person, tally)
        if person.double_clicks:
            tally.repeated += 1
            await asyncio.gather(*(_sign_up(session, url, person, tally) for _ in range(2)))
        else:
            await _sign_up(session, url, person, tally)
        if person.sends_again:
            tally.repeated += 1
            await _sign_up(session, url, person, tally)


async def _sign_up(session: aiohttp.ClientSession, url: str, person: Person, tally: Tally) -> None:
    """Send a form until it is accepted, as the page does: the same id each time."""
    for attempt in range(TRIES):
        if attempt:
            tally.retries += 1
            await asyncio.sleep(random.uniform(0.5, 1.5) * attempt)
        try:
            began = time.monotonic()
            status, reference = await _post(session, url, person, tally, PATIENCE)
            tally.seconds.append(time.monotonic() - began)
        except (aiohttp.ClientError, TimeoutError) as error:
            tally.refused.append(type(error).__name__)
            continue
        if status in ACCEPTED:
            tally.references.setdefault(person.form["email"], set()).add(reference)
            return
        tally.refused.append(str(status))
    tally.errors.append(tally.refused[-1])


async def _break_off(
    session: aiohttp.ClientSession, url: str, person: Person, tally: Tally
) -> None:
    try:
        await _post(session, url, person, tally, IMPATIENCE)
    except (aiohttp.ClientError, TimeoutError):
        tally.broken_off += 1


async def _post(
    session: aiohttp.ClientSession,
    url: str,
    person: Person,
    tally: Tally,
    timeout: aiohttp.ClientTimeout,
) -> tuple[int, str]:
    """The status, and the reference where it is a success."""
    tally.requests += 1
    async with session.post(
        f"{url}/api/registrations",
        allow_redirects=False,
        timeout=timeout,
        json=person.form if person.is_json else None,
        data=None if person.is_json else list(_pairs(person)),
    ) as answer:
        if answer.status == HTTPStatus.CREATED:
            return answer.status, (await answer.json())["reference"]
        await answer.read()
        return answer.status, answer.headers.get("Location", "").rpartition("=")[2]


def _pairs(person: Person) -> Iterator[tuple[str, str]]:
    for name, value in person.form.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, one
