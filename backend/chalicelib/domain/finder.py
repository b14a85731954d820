"""
Finds a municipality from whatever somebody types: a postcode, a municipality, a deelgemeente, a
former municipality or a French name, in any case, with or without accents.

Apart from `municipalities` because searching is the need of the site's finder, and of who hands a
candidate on: the form and the mails work with NIS codes.
"""

from dataclasses import dataclass
from functools import cache, cached_property

from chalicelib.domain.municipalities import (
    MUNICIPALITIES,
    Municipality,
    all_localities,
    find_municipality,
    fold,
)

MAX_QUERY = 60  # characters: longer than the longest place name with its postcode
MAX_FOUND = 12  # more would be a list to read, not an answer


@dataclass(frozen=True)
class Place:
    """
    A municipality under one of the names or postcodes it is looked for by.

    `name` is that name or postcode as people write it; the same as the municipality's own name,
    or another («Erembodegem», «Bruxelles», «9308», «Borgloon»).
    """

    municipality: Municipality
    name: str

    @cached_property
    def key(self) -> str:
        return fold(self.name)

    @property
    def label(self) -> str:
        """«Aalst», «9300 Aalst», or «Aalst (Sint-Truiden)» for a name that is not its own."""
        if self.key == fold(self.municipality.name):
            return self.municipality.name
        if self.name.isdecimal():
            return f"{self.name} {self.municipality.name}"
        return f"{self.name} ({self.municipality.name})"


@cache
def places() -> tuple[Place, ...]:
    """Every name and postcode that leads to a municipality, once each; own names first."""
    found: dict[tuple[str, str], Place] = {}

    def add(municipality: Municipality, *names: str) -> None:
        for name in filter(None, names):
            place = Place(municipality, name)
            found.setdefault((place.key, municipality.nis_code), place)

    for municipality in MUNICIPALITIES:
        add(municipality, municipality.name)
    for municipality in MUNICIPALITIES:
        add(municipality, municipality.name_fr)
        add(municipality, *(former.name for former in municipality.formers))
    for locality in all_localities():
        municipality = find_municipality(locality.nis_code)
        add(municipality, locality.name, *locality.aliases, locality.postcode)
    for place in tuple(found.values()):
        if place.name.startswith("Sint-"):
            add(place.municipality, place.name.replace("Sint-", "St-"))
    return tuple(found.values())


def find(query: str) -> tuple[Place, ...]:
    """
    The places that `query` can mean, one per municipality, at most `MAX_FOUND`.

    Exact names and postcodes win over beginnings of names: «Aalst» gives Aalst and the Aalst of
    Sint-Truiden, not Aalter. None, when nothing fits: the visitor then chooses from the list.
    """
    wanted = fold(query[:MAX_QUERY])
    if not wanted:
        return ()
    exact = _named(wanted)
    return _one_each(exact or [place for place in places() if place.key.startswith(wanted)])


def only(query: str) -> Municipality | None:
    """
    The one municipality that `query` names in full. None for a part of a name, or a name or
    postcode of several: then somebody must choose.
    """
    found = _one_each(_named(fold(query[:MAX_QUERY])))
    return found[0].municipality if len(found) == 1 else None


def _named(wanted: str) -> list[Place]:
    """The places that are called that, or have that postcode, also before a name («9300 Aalst»)."""
    readings = {wanted, wanted.partition(" ")[0]} if wanted[:4].isdecimal() else {wanted}
    return [place for place in places() if place.key in readings]


def _one_each(found: list[Place]) -> tuple[Place, ...]:
    first: dict[str, Place] = {}
    for place in found:
        first.setdefault(place.municipality.nis_code, place)
    return tuple(first.values())[:MAX_FOUND]
