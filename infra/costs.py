"""
What the system costs a month: nobody there, and 500, 10,000 and 1,000,000 registrations.

`make costs` writes docs/costs.md. Quantities are counted: in the template (alarms, keys, schedules)
and in tests that take one registration the whole way and run each schedule once
(tests/backend/test_costs.py). Prices are in infra/prices.yaml, each with its region, its day and
its source. Three sums that are never mixed: counted quantities at prices of our region; an order of
size, for prices of another one and for what was assumed, each under its name below; and what nobody
knows, which is in neither and is said.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from chalicelib.domain.retention import BACKUP_TERM, LOG_TERM, OPEN
from infra.deploy.code_bucket import KEPT

HERE = Path(__file__).parent
PRICES = HERE / "prices.yaml"
DOCUMENT = HERE.parent / "docs" / "costs.md"
TEMPLATES = tuple(HERE.parent / "build" / "backend" / name for name in ("sam.json", "global.json"))
BEGIN, END = "<!-- written by make costs -->", "<!-- end -->"

SCENARIOS = (0, 500, 10_000, 1_000_000)
"""Registrations a month."""
DAYS = 30
MINUTES = DAYS * 24 * 60
"""Of a month; AWS bills one of 730 hours, which is 1.4 per cent more."""
GB = 1e9
READ_UNIT = 4096
"""Bytes."""

# Counted by tests/backend/test_costs.py.
COUNTED: Mapping[str, int] = {"writes": 32, "reads": 3, "mails": 2, "changes": 6}
"""
What one registration of one municipality asks of the table (in units of 1 KB written and 4 KB read)
and of SES, and how often its record changes: from the form to two mails that arrived, and its end.
"""
LEFT_BYTES, LEDGER_BYTES = 5566, 1832
"""What it leaves in the table, with DynamoDB's 100 bytes an item and the indexes; its ledger."""
CLOCK: Mapping[str, Mapping[str, float]] = {
    "Contacts": {"reads": 9},
    "Count": {"reads": 4, "writes": 2, "ledger days": 2},
    "Digest": {"reads": 52.5, "ledger days": 29},
    "Export": {"reads": 2},
    "Measure": {"reads": 19.5, "writes": 1, "ledger days": 4, "questions": 3},
    "Probe": {"reads": 5, "writes": 16, "mails": 2, "changes": 6},
    "Publish": {"reads": 13, "ledger days": 4, "files": 5, "bytes": 18_000},
    "Remind": {"reads": 0.5},
    "Repair": {"reads": 52, "writes": 1, "scans": 5},
    "Sweep": {"reads": 0.5},
    "Watch": {"reads": 31, "ledger days": 29},
}
"""
What one run of each schedule asks while nobody registers, with a contact for each municipality:
units of the table, `scans` of all of it, `ledger days` that it reads, requests to SQS, files that
it writes. The probe's is all that follows from the registration that it posts.
"""

REQUESTS = 2
"""To the API: the form, and the page that thanks; the probe does not look at that."""
RUNS: Mapping[str, float] = {
    "APIHandler": REQUESTS,
    "Forward": 1,
    "Project": COUNTED["changes"] + 1,
    "Receipts": COUNTED["mails"],
}
"""
Of functions, for one registration: each request, each change and its end, each mail. That is the
most: a batch takes several at once when many sign up.
"""
PROBE_RUNS: Mapping[str, float] = {
    **RUNS,
    "APIHandler": 1,
    "Project": CLOCK["Probe"]["changes"] + 1,
    "Receipts": CLOCK["Probe"]["mails"],
}

# Assumed, or measured elsewhere than on AWS: what follows from these is in the order of size only.
SECONDS = 0.2
"""How long a function runs. Our own part is 4 ms (docs/benchmarks.md), AWS is the rest."""
LOGGED_BYTES = 400
"""That a run leaves in the log: a line of ours, and Lambda's own report."""
STANDING = OPEN.length / timedelta(days=DAYS)
"""
Months of registrations that stand at the same time: each as long as one that nobody ends
(`retention.OPEN`), after a first year. The ledger stays for ever; this is the first year of it.
"""
PASSES = 1
"""The repair reads the ledger and the lists as well: no more than one scan of all."""
LATER_MAILS = 3
"""To each volunteer, at most: two questions how it went, and the warning before she is deleted."""
POLLS = 5 * MINUTES * 3
"""
Of an empty queue: Lambda polls with five at once where a maximum of concurrency is set (Lambda
Developer Guide, "Configuring scaling behavior for SQS event source mappings", read in November
2026), 20 seconds each, which AWS does not write down; others count 15 a minute
(github.com/getlift/lift/issues/132).
"""
VISITORS = 20
"""Who come to the site, for each who registers. A guess: put in what the campaign expects."""
PAGES = 5
"""That each of them looks at."""
FILES, FILES_BYTES = 5, 30_000
"""And fetches besides, once: what the home page needs. Of the stylesheet the bytes are below."""
PAGE_BYTES = 14_000
"""The most that a page with its stylesheet may weigh (tests/site/test_weight.py)."""
WATCHED, FILM_BYTES = 0.1, 1_500_000
"""Films that each of them watches, and what one weighs."""
KEY_READS = 3
"""Of the key-value store, for a request of a page or a file (infra/functions/route.js)."""
RELEASES = 4
"""New ones of the site, in a month. What is no longer kept stays a month as earlier version."""
SITE_BYTES, SITE_FILES = 32_000_000, 680
"""Of one release."""

UNKNOWN = "niet gekend"
EVERYWHERE = ("global", "Europe")
"""What CloudFront and its firewall cost us: they have no regions."""
RATES = {"minute": 1, "hour": 60, "day": 24 * 60}

Resources = Mapping[str, Any]


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
class Thing:
    """
    What is paid for: how many in a month in which nobody registers, and for each registration; by
    which price, where it is not called the same. None is not known.
    """

    name: str
    idle: float | None
    each: float = 0
    is_assumed: bool = False
    price: str = ""

    def quantity(self, registrations: int) -> float | None:
        return None if self.idle is None else self.idle + self.each * registrations


@dataclass(frozen=True)
class Line:
    """A thing, how many in a month, and for what price; None is not known."""

    name: str
    price: Price
    quantity: float | None
    is_assumed: bool = False

    @property
    def usd(self) -> float | None:
        if self.price.usd == 0:
            return 0.0  # however many
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
        is_ours=one["region"] in (region, *EVERYWHERE),
        source=one["source"],
        read=str(one["read"]),
        region=one["region"],
    )


def built() -> Resources:
    """What both stacks have, with a firewall: production has one (infra/stages/prod.yaml)."""
    read = (json.loads(file.read_text(encoding="utf-8"))["Resources"] for file in TEMPLATES)
    return {name: one for resources in read for name, one in resources.items()}


@dataclass(frozen=True)
class Month:
    """The runs of all functions: by the clock, and for each registration."""

    resources: Resources

    @cached_property
    def idle(self) -> dict[str, float]:
        by_clock = clock(self.resources)
        return {
            name: by_clock.get(name, 0) + by_clock["Probe"] * PROBE_RUNS.get(name, 0)
            for name in _functions(self.resources)
        }

    def asked(self, unit: str) -> float:
        """What the schedules ask of AWS in a month (`CLOCK`)."""
        by_clock = clock(self.resources)
        return sum(by_clock[name] * units.get(unit, 0) for name, units in CLOCK.items())

    def gigabyte_seconds(self, runs: Mapping[str, float]) -> float:
        """Of so many runs of each: a run is paid for by the memory that its function is given."""
        megabytes: dict[str, int] = {
            name: self.resources[name]["Properties"]["MemorySize"] for name in runs
        }
        return SECONDS * sum(times * megabytes[name] / 1024 for name, times in runs.items())


def clock(resources: Resources) -> dict[str, float]:
    """How often each function that has a schedule runs in a month."""
    schedules = {
        name: list(function["Properties"].get("Events", {}).values())
        for name, function in _functions(resources).items()
    }
    times = {
        name: sum(
            _times(one["Properties"]["Schedule"]) for one in some if one["Type"] == "Schedule"
        )
        for name, some in schedules.items()
    }
    return {name: count for name, count in times.items() if count}


def _functions(resources: Resources) -> dict[str, Any]:
    return {
        name: one for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"
    }


def _times(schedule: str) -> float:
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule):
        return MINUTES / (int(rate[1]) * RATES[rate[2]])
    if cron := re.fullmatch(r"cron\([\d,]+ ([\d,]+) \? \* MON-FRI \*\)", schedule):
        return len(cron[1].split(",")) * DAYS * 5 / 7
    raise ValueError(f"how often is {schedule}?")


def things(resources: Resources) -> Iterator[Thing]:
    """Everything that is paid for: nobody there, and for each registration (`Thing`)."""
    month, kinds = Month(resources), [one["Type"] for one in resources.values()]
    probes = clock(resources)["Probe"]  # our own registration of each hour, without a visitor
    idle_runs, each_runs = sum(month.idle.values()), sum(RUNS.values())
    stored = LEFT_BYTES * STANDING / GB
    copies = BACKUP_TERM.days  # of AWS Backup: each night a whole one
    scans = month.asked("scans") + clock(resources)["Repair"] * PASSES
    ledger = month.asked("ledger days") / DAYS * LEDGER_BYTES
    fetched = VISITORS * (PAGES + FILES)
    seen = VISITORS * (PAGES * PAGE_BYTES + FILES_BYTES + WATCHED * FILM_BYTES) / GB
    logged, logs = LOGGED_BYTES / GB, LOG_TERM / timedelta(days=DAYS)
    files = ((KEPT + RELEASES) * SITE_BYTES + month.asked("bytes")) / GB
    uploaded = month.asked("files") + RELEASES * SITE_FILES
    seconds = month.gigabyte_seconds(month.idle), month.gigabyte_seconds(RUNS)
    reread = (ledger + scans * LEFT_BYTES * STANDING) / READ_UNIT

    yield Thing("alarm", kinds.count("AWS::CloudWatch::Alarm"))
    yield Thing("dashboard", kinds.count("AWS::CloudWatch::Dashboard"))
    yield Thing("metric of our own", kinds.count("AWS::Logs::MetricFilter"))
    yield Thing("key", kinds.count("AWS::KMS::Key"))
    yield Thing("secret", kinds.count("AWS::SecretsManager::Secret"))
    yield Thing("firewall", kinds.count("AWS::WAFv2::WebACL"))
    yield Thing("rule of the firewall", len(resources["WebAcl"]["Properties"]["Rules"]))

    yield Thing("API request", probes, REQUESTS)
    yield Thing("run of a function", idle_runs, each_runs)
    yield Thing("write unit of the table", month.asked("writes"), COUNTED["writes"])
    yield Thing("read unit of the table", month.asked("reads"), COUNTED["reads"])
    yield Thing("event of a mail by SNS and SQS", month.asked("mails"), COUNTED["mails"])
    yield Thing("read of the stream of the table", 0)
    yield Thing("mail", month.asked("mails"), COUNTED["mails"])  # at a price of elsewhere

    yield _assumed("mail later in the year", 0, LATER_MAILS, "mail")
    yield _assumed("GB-second of a function (arm64)", *seconds)
    yield _assumed("GB of logs taken in", idle_runs * logged, each_runs * logged)
    yield _assumed("GB of logs kept", idle_runs * logged * logs, each_runs * logged * logs)
    yield _assumed("read again by the clock", 0, reread, "read unit of the table")
    yield _assumed("GB of the table, with its copies", 0, stored)  # and a MB that is always there
    yield _assumed("GB of copies by AWS Backup", 0, copies * stored)
    yield _assumed("request to SQS", POLLS + month.asked("questions"), 2 * COUNTED["mails"])
    yield _assumed("GB of files in S3", files)  # what officers ask for lives a day
    yield _assumed("request that writes to S3", uploaded)
    yield _assumed("request to CloudFront", probes, fetched + REQUESTS)
    yield _assumed("GB from CloudFront to Europe", 0, seen)
    yield _assumed("run of a function of CloudFront", probes, 2 * fetched + REQUESTS)
    yield _assumed("read of the key-value store", 0, KEY_READS * fetched)
    yield _assumed("request to the firewall", probes, fetched + REQUESTS)
    # Nobody knows what AWS keeps: pages at its edges, data keys in its services, warm functions.
    yield Thing("request that reads from S3", None)
    yield Thing("request to KMS", None)
    yield Thing("request to Secrets Manager", None)


def _assumed(name: str, idle: float, each: float = 0, price: str = "") -> Thing:
    return Thing(name, idle, each, is_assumed=True, price=price)


def lines(resources: Resources, registrations: int) -> list[Line]:
    """What is paid for in a month with so many registrations. Raises KeyError without a price."""
    known = prices()
    return [
        Line(one.name, known[one.price or one.name], one.quantity(registrations), one.is_assumed)
        for one in things(resources)
    ]


def table(resources: Resources) -> str:
    """The sums in euros and in dollars, what is in none, and the lines, as Markdown."""
    found = [lines(resources, count) for count in SCENARIOS]
    certain = [_sum(one for one in some if one.is_certain) for some in found]
    rough = [_sum(one for one in some if not one.is_certain) for some in found]
    both = [one + other for one, other in zip(certain, rough, strict=True)]
    parts = []
    for currency, rate in (("€", _euros()["rate"]), ("US dollars", 1)):
        sums = [[rate and one * rate for one in some] for some in (certain, rough, both)]
        rows = (
            _row("**known**: counted quantities, prices of our region", sums[0]),
            _row("order of size: assumed, or a price of elsewhere", sums[1]),
            _row("**together**", sums[2]),
        )
        parts.append("\n".join([*_head(f"{currency} a month, registrations:"), *rows]))
    unknown = ", ".join(one.name for one in found[0] if one.usd is None)
    parts += [f"In no sum, as it is {UNKNOWN}: {unknown}.", _rate()]
    each = _head("what, in US dollars a month")
    for row in zip(*found, strict=True):
        name = row[0].name + ("" if row[0].is_certain or row[0].usd is None else " *")
        each.append(_row(name, [one.usd for one in row]))
    return "\n\n".join([*parts, "\n".join(each), "\\* order of size only."])


def _sum(some: Iterator[Line]) -> float:
    return sum(one.usd or 0 for one in some)


def _head(first: str) -> list[str]:
    names = ["nobody", *(f"{count:,}" for count in SCENARIOS[1:])]
    return [f"| {first} | {' | '.join(names)} |", "| --- " + "| ---: " * len(names) + "|"]


def _row(name: str, cells: Sequence[float | None]) -> str:
    shown = (UNKNOWN if one is None else f"{one:,.2f}" for one in cells)
    return f"| {name} | {' | '.join(shown)} |"


def _euros() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(PRICES.read_text(encoding="utf-8"))["euros"]
    return found


def _rate() -> str:
    """What a dollar is in euros, or that nobody wrote it down."""
    found = _euros()
    if found["rate"] is None:
        return f"In euros: {UNKNOWN}. AWS bills in dollars; put the rate of the day in the file."
    return (
        f"AWS bills in dollars. One is {found['rate']} euro ({found['source']}, {found['read']})."
    )


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


def written(text: str, resources: Resources) -> str:
    """The document with its tables made anew. Raises ValueError where they have no place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT.name} has no place between {BEGIN} and {END}")
    made = "\n\n".join([table(resources), sources()])
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main() -> int:
    resources = built()
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), resources), encoding="utf-8")
    print(table(resources))
    return 0


if __name__ == "__main__":
    sys.exit(main())
