"""
For how many people a registration surely finds its way: the share of the population whose
municipality has a confirmed contact address.

The population is that of 1 January 2020, the latest that our data have (`data/README.md`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain.contacts import CONFIRMED, Contact
from chalicelib.domain.municipalities import MUNICIPALITIES, Municipality

POPULATION_OF = "2020-01-01"


@dataclass(frozen=True)
class Coverage:
    """Counts of municipalities and of their people; `covered` are those that we surely reach."""

    municipalities: int
    covered_municipalities: int
    population: int
    covered_population: int

    @property
    def share(self) -> float:
        """Of the population, 0 to 1."""
        return self.covered_population / self.population if self.population else 0.0


def coverage(
    contacts: Iterable[Contact], municipalities: Sequence[Municipality] = MUNICIPALITIES
) -> Coverage:
    """A region's address confirms nothing for its municipalities: there nobody was asked."""
    confirmed = {contact.nis_code for contact in contacts if contact.state == CONFIRMED}
    covered = [one for one in municipalities if one.nis_code in confirmed]
    return Coverage(
        municipalities=len(municipalities),
        covered_municipalities=len(covered),
        population=sum(one.population_2020 for one in municipalities),
        covered_population=sum(one.population_2020 for one in covered),
    )
