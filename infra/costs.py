"""
What the system costs a month: nobody there, and 500, 10,000 and 1,000,000 registrations.

`make costs` writes docs/costs.md. Quantities are counted: in the template (alarms, keys, schedules)
and in a test that takes one registration the whole way (tests/backend/test_costs.py). Prices are in
infra/prices.yaml, each with its region, its day and its source. Three sums that are never mixed:
prices of our region; those of another one, and durations that we did not measure on AWS, as an
order of size; and what nobody knows, which is in neither and is said.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PRICES = HERE / "prices.yaml"
DOCUMENT = HERE.parent / "docs" / "costs.md"
TEMPLATE = HERE.parent / "build" / "backend" / "sam.json"
BEGIN, END = "<!-- written by make costs -->", "<!-- end -->"

SCENARIOS = (0, 500, 10_000, 1_000_000)
"""Registrations a month."""
MINUTES = 30 * 24 * 60
"""Of a month; AWS bills one of 730 hours, which is 1.4 per cent more."""

COUNTED: Mapping[str, int] = {"writes": 34, "reads": 4, "mails": 2, "changes": 6}
"""
What one registration of one municipality asks of the table (in units of 1 KB written and 4 KB read)
and of SES, and how often its record changes; tests/backend/test_costs.py counts it.
"""
REQUESTS = 2
"""To the API: the form, and the page that thanks."""
RUNS = REQUESTS + 1 + COUNTED["changes"] + COUNTED["mails"]
"""
Of functions: the requests, `forward`, `project` for each change, `receipts` for each mail. That is
the most: a batch takes several at once when many sign up.
"""

# Assumed, not measured on AWS: what follows from these is in the order of size only.
SECONDS = 0.2
"""How long a function runs. Our own part is 4 ms (docs/benchmarks.md), AWS is the rest."""
GIGABYTES = 0.75
"""Of memory: between the 512 MB and the 1,024 MB of infra/template.yaml."""
LOGGED_BYTES = 400
"""That a run leaves in the log: a line of ours, and Lambda's own report."""
ASSUMED = ("GB-second of a function (arm64)", "GB of logs taken in")

UNKNOWN = "niet gekend"
RATES = {"minute": 1, "hour": 60, "day": 24 * 60}


@dataclass(frozen=True)
class Price:
    """`usd` is None where nobody found it. `is_ours` tells whether it is one of our region."""

    name: str
    usd: float | None
    per: float
    is_ours: bool
    source: str
    read: str
    region: str


@dataclass(frozen=True)
class Line:
    """A thing that is paid for, how many in a month, and for what price; None is not known."""

    price: Price
    quantity: float | None
    is_assumed: bool = False

    @property
    def usd(self) -> float | None:
        if self.price.usd is None or self.quantity is None:
            return None
        return self.price.usd * self.quantity / self.price.per

    @property
    def is_certain(self) -> bool:
        return self.usd is not None and self.price.is_ours and not self.is_assumed


def prices(file: Path = PRICES) -> dict[str, Price]:
    """Raises KeyError for a price that has no region, day or source."""
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {name: _price(name, one, found["region"]) for name, one in found["prices"].items()}


def _price(name: str, one: Mapping[str, Any], region: str) -> Price:
    if one["usd"] is None:
        return Price(name, None, 1, is_ours=False, source="", read="", region="")
    return Price(
        name,
        float(one["usd"]),
        float(one["per"]),
        is_ours=one["region"] == region,
        source=one["source"],
        read=str(one["read"]),
        region=one["region"],
    )


def runs_by_schedule(template: Mapping[str, Any]) -> float:
    """How often functions run in a month by the clock, also when nobody is there."""
    return sum(
        _times(event["Properties"]["Schedule"])
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Serverless::Function"
        for event in one["Properties"].get("Events", {}).values()
        if event["Type"] == "Schedule"
    )


def _times(schedule: str) -> float:
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule):
        return MINUTES / (int(rate[1]) * RATES[rate[2]])
    if cron := re.fullmatch(r"cron\([\d,]+ ([\d,]+) \? \* MON-FRI \*\)", schedule):
        return len(cron[1].split(",")) * 30 * 5 / 7
    raise ValueError(f"how often is {schedule}?")


def lines(template: Mapping[str, Any], registrations: int) -> Iterator[Line]:
    """Everything that is paid for in a month with so many registrations."""
    known = prices()
    kinds = [one["Type"] for one in template["Resources"].values()]
    by_schedule = runs_by_schedule(template)
    runs = by_schedule + RUNS * registrations
    quantities: dict[str, float | None] = {
        "alarm": kinds.count("AWS::CloudWatch::Alarm"),
        "dashboard": kinds.count("AWS::CloudWatch::Dashboard"),
        "key": kinds.count("AWS::KMS::Key"),
        "secret": kinds.count("AWS::SecretsManager::Secret"),
        "API request": REQUESTS * registrations,
        "run of a function": runs,
        "GB-second of a function (arm64)": runs * SECONDS * GIGABYTES,
        "write unit of the table": COUNTED["writes"] * registrations,
        "read unit of the table": COUNTED["reads"] * registrations,
        "mail": COUNTED["mails"] * registrations,
        "GB of logs taken in": runs * LOGGED_BYTES / 1e9,
    }
    for name, price in known.items():
        yield Line(price, quantities.get(name), is_assumed=name in ASSUMED)


def table(template: Mapping[str, Any]) -> str:
    """The sums and the lines, as Markdown."""
    found = [list(lines(template, count)) for count in SCENARIOS]
    head = "| | nobody | " + " | ".join(f"{count:,}" for count in SCENARIOS[1:]) + " |"
    rule = "| --- " + "| ---: " * len(SCENARIOS) + "|"
    certain = [_sum(one for one in some if one.is_certain) for some in found]
    rough = [
        _sum(one for one in some if one.usd is not None and not one.is_certain) for some in found
    ]
    sums = [
        head.replace("| |", "| US dollars a month, registrations: |"),
        rule,
        _row("**known: prices of our region, counted quantities**", certain),
        _row("order of size: prices of another region, durations assumed", rough),
        _row("the rest: see below", [UNKNOWN] * len(SCENARIOS)),
    ]
    each = [head.replace("| |", "| what, in US dollars a month |"), rule]
    for row in zip(*found, strict=True):
        name = row[0].price.name + ("" if row[0].is_certain or row[0].usd is None else " *")
        each.append(_row(name, [_shown(one.usd) for one in row]))
    return "\n".join([*sums, "", *each, "", "\\* order of size only."])


def _sum(some: Iterator[Line]) -> str:
    return _shown(sum(one.usd or 0 for one in some))


def _shown(usd: float | None) -> str:
    return UNKNOWN if usd is None else f"{usd:,.2f}"


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def sources() -> str:
    """Each price with its region, its day and its source, as Markdown."""
    rows = ["| price | US dollars | region | read | source |", "| --- | ---: | --- | --- | --- |"]
    for one in prices().values():
        if one.usd is None:
            rows.append(f"| {one.name} | {UNKNOWN} | | | |")
            continue
        amount = f"{one.usd:.10f}".rstrip("0").rstrip(".")
        each = f" for {one.per:,.0f}" if one.per != 1 else ""
        rows.append(f"| {one.name} | {amount}{each} | {one.region} | {one.read} | {one.source} |")
    return "\n".join(rows)


def euros() -> str:
    """What a dollar is in euros, or that nobody wrote it down."""
    found = yaml.safe_load(PRICES.read_text(encoding="utf-8"))["euros"]
    if found["rate"] is None:
        return f"In euros: {UNKNOWN}. AWS bills in dollars; put the rate of the day in the file."
    return f"A dollar is {found['rate']} euro ({found['source']}, {found['read']})."


def written(text: str, template: Mapping[str, Any]) -> str:
    """The document with its tables made anew. Raises ValueError where they have no place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT.name} has no place between {BEGIN} and {END}")
    made = "\n\n".join([table(template), euros(), sources()])
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main() -> int:
    template = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), template), encoding="utf-8")
    print(table(template))
    return 0


if __name__ == "__main__":
    sys.exit(main())
