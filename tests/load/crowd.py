"""
The people of a load run: who they are, where they want to be a buddy, and how they behave.

Drawn with a fixed seed, so that two runs have the same people.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.municipalities import MUNICIPALITIES, Municipality, neighbours

SEED = 20261123
ELSEWHERE = (0.87, 0.10, 0.03)
"""Which part asks for one municipality, for two, for three."""
JSON = 0.6
"""Which part sends JSON, as the page with a script does; the others send a plain form."""
WITHOUT_ID = 0.1
"""Which part of the plain forms comes from a browser without JavaScript, and has no id."""
DOUBLE_CLICK = 0.025
"""Which part sends the same twice at once."""
SENT_AGAIN = 0.025
"""Which part sends the same again later, as by going back in the browser."""
IMPATIENT = 0.02
"""Which part breaks off, and tries again with the same form."""


@dataclass(frozen=True)
class Person:
    """Somebody with a form, filled in."""

    form: dict[str, Any]
    is_json: bool
    municipalities: tuple[Municipality, ...] = field(repr=False)
    double_clicks: bool
    sends_again: bool
    is_impatient: bool

    @property
    def mails(self) -> int:
        """One to each municipality, and one to herself."""
        return len(self.municipalities) + 1


def crowd(count: int) -> Iterator[Person]:
    """As many people, spread as the population is."""
    drawn = random.Random(SEED)
    population = [one.population_2020 for one in MUNICIPALITIES]
    homes = drawn.choices(MUNICIPALITIES, population, k=count)
    for number, home in enumerate(homes):
        yield _person(number, home, drawn)


def _person(number: int, home: Municipality, drawn: random.Random) -> Person:
    [asked] = drawn.choices((1, 2, 3), ELSEWHERE)
    near = neighbours(home)
    wanted = (home, *drawn.sample(near, min(asked - 1, len(near))))
    is_json = drawn.random() < JSON
    has_id = is_json or drawn.random() >= WITHOUT_ID
    habit = drawn.random()
    return Person(
        form={
            "name": f"Griet {'Peeters' if number % 3 else 'D’Hondt-Ó Sé'}",
            "email": f"griet-{number}@example.com",
            "phone": "0470 12 34 56" if number % 4 else "",
            "postcode": drawn.choice(home.postcodes),
            "municipality": [one.nis_code for one in wanted],
            "about": "Ik woon hier al dertig jaar. " * (number % 8),
            "consent": "yes",
            **(
                {"submission_id": str(uuid.UUID(int=drawn.getrandbits(128), version=4))}
                if has_id
                else {}
            ),
        },
        is_json=is_json,
        municipalities=wanted,
        double_clicks=habit < DOUBLE_CLICK,
        sends_again=DOUBLE_CLICK <= habit < DOUBLE_CLICK + SENT_AGAIN,
        is_impatient=DOUBLE_CLICK + SENT_AGAIN <= habit < DOUBLE_CLICK + SENT_AGAIN + IMPATIENT,
    )
