"""
Writes the Belgian public holidays that the product knows: `python -m infra.holidays`.

Run it when the last year of the file comes near; a test fails two years before it ends.
"""

import csv
import sys
from collections.abc import Iterator
from datetime import date

import holidays

FIRST, LAST = 2020, 2040


def rows(first: int, last: int) -> Iterator[tuple[date, str]]:
    """The public holidays of these years, by date, in Dutch."""
    yield from sorted(
        holidays.country_holidays("BE", years=range(first, last + 1), language="nl").items()
    )


def main() -> None:
    sheet = csv.writer(sys.stdout, lineterminator="\n")
    sheet.writerow(("date", "name"))
    sheet.writerows((day.isoformat(), name) for day, name in rows(FIRST, LAST))


if __name__ == "__main__":
    main()
