"""
The reckoning of the costs: nothing unknown is added up, nothing is without a source, and what it
takes from elsewhere is so there. What is counted in calls: tests/backend/test_costs.py.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.domain.retention import BACKUP_TERM
from infra import costs
from infra.costs import Line, Month, Price
from tests.browser.chromium import launched
from tests.built_site import Site
from tests.infra.edge_functions import code_of, request
from tests.site import test_weight as weight

OURS = Price("key", 1.0, 1, is_ours=True, source="AWS", read="2026-09-26", region="eu-central-1")
THEIRS = Price("write", 0.625, 1e6, is_ours=False, source="AWS", read="2025", region="us-east-1")
FREE = Price("read", 0.0, 1, is_ours=True, source="AWS", read="2026-09-17", region="global")
NOBODYS = Price("GB", None, 1, is_ours=False, source="", read="", region="")


def test_document() -> None:
    """
    docs/costs.md is what `make costs` writes of this template and these prices.
    """
    text = costs.DOCUMENT.read_text(encoding="utf-8")

    assert costs.written(text, costs.built()) == text


def test_sources() -> None:
    """
    Each price has a region, a day and a source, or is not known.
    """
    for one in costs.prices().values():
        assert (one.usd is None) == (not one.source) == (not one.read) == (not one.region), one.name


@pytest.mark.parametrize(
    ("line", "usd", "is_certain"),
    [
        (Line("x", OURS, 3), 3.0, True),
        (Line("x", OURS, 3, is_assumed=True), 3.0, False),
        (Line("x", THEIRS, 2e6), 1.25, False),
        (Line("x", NOBODYS, 3), None, False),
        (Line("x", OURS, None), None, False),
        (Line("x", OURS, 0), 0.0, True),
        (Line("x", FREE, None), 0.0, True),
    ],
)
def test_line(line: Line, usd: float | None, is_certain: bool) -> None:
    """
    Known are prices of ours with a counted quantity; what is not known is not nothing.
    """
    assert (usd, is_certain) == (line.usd, line.is_certain)


def test_every_price() -> None:
    """
    Each price is used, so that a thing that is paid for can't be left out by a change of its name.
    """
    used = {line.price.name for line in costs.lines(costs.built(), 1)}

    assert set(costs.prices()) == used


def test_unknown_is_said() -> None:
    """
    What nobody knows prints as that, in every column and below the sums, and is in no sum.
    """
    table = costs.table(costs.built())
    unknown = [one.name for one in costs.lines(costs.built(), 500) if one.usd is None]

    assert unknown
    assert f"In no sum, as it is {costs.UNKNOWN}: {', '.join(unknown)}." in table
    for name in unknown:
        assert f"| {name} " + f"| {costs.UNKNOWN} " * len(costs.SCENARIOS) in table


def cells(row: str) -> list[float]:
    return [float(one.replace(",", "")) for one in row.split("|")[2:-1]]


def test_sums() -> None:
    """
    Known and order of size make the whole, euros come first, and are dollars at the rate.
    """
    rows = [one for one in costs.table(costs.built()).splitlines() if one.startswith("| ")]
    in_euros, in_dollars = ([cells(row) for row in rows[start : start + 3]] for start in (2, 7))
    rate = costs._euros()["rate"]

    assert rows[0].startswith("| € a month")
    for known, rough, both in (in_euros, in_dollars):
        assert pytest.approx(both, abs=0.011) == [a + b for a, b in zip(known, rough, strict=True)]
    assert pytest.approx(in_euros[2], abs=0.011) == [one * rate for one in in_dollars[2]]


def test_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without a rate, euros are not known.
    """
    monkeypatch.setattr(costs, "_euros", lambda: {"rate": None})

    assert f"**together** {f'| {costs.UNKNOWN} ' * 4}|" in costs.table(costs.built())


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        ("rate(1 minute)", 43_200),
        ("rate(15 minutes)", 2_880),
        ("rate(1 hour)", 720),
        ("rate(1 day)", 30),
        ("cron(0 6,7 ? * MON-FRI *)", 300 / 7),
    ],
)
def test_schedule(schedule: str, times: float) -> None:
    """
    How often a schedule runs in a month of thirty days.
    """
    assert pytest.approx(times) == costs._times(schedule)


def test_unreadable_schedule() -> None:
    """
    A schedule that we can't read is an error, not nothing.
    """
    with pytest.raises(ValueError, match="how often"):
        costs._times("cron(0 0 1 * ? *)")


def test_memory() -> None:
    """
    A run is paid for by the memory of its function: one with twice as much costs twice as much.
    """
    kind = "AWS::Serverless::Function"
    month = Month(
        {
            "Small": {"Type": kind, "Properties": {"MemorySize": 512}},
            "Large": {"Type": kind, "Properties": {"MemorySize": 1024}},
        }
    )

    small, large, both = (
        month.gigabyte_seconds(each)
        for each in ({"Small": 10.0}, {"Large": 10.0}, {"Small": 10.0, "Large": 10.0})
    )
    assert pytest.approx(10 * costs.SECONDS) == large
    assert pytest.approx(large / 2) == small
    assert pytest.approx(large + small) == both


def test_runs() -> None:
    """
    Every function runs by the clock or for a registration, and the probe's hourly registration
    wakes them too.
    """
    month, by_clock = Month(costs.built()), costs.clock(costs.built())

    assert set(month.idle) == set(costs.RUNS) | set(by_clock)
    assert set(costs.CLOCK) == set(by_clock)
    assert 43_200 == month.idle["Export"] == month.idle["Sweep"]
    assert 720 == month.idle["APIHandler"] == month.idle["Probe"]


def test_grows() -> None:
    """
    What stands there whoever comes does not grow; the rest grows with each registration.
    """
    few, many = (
        {one.name: one.quantity or 0 for one in costs.lines(costs.built(), count)}
        for count in (0, 1_000_000)
    )
    stays = {"alarm", "dashboard", "metric of our own", "key", "secret", "firewall"}
    stays |= {"rule of the firewall", "GB of files in S3", "request that writes to S3"}
    stays |= {one.name for one in costs.lines(costs.built(), 1) if one.usd in {0, None}}

    assert stays == {name for name in few if few[name] == many[name]}
    assert 2_000_000 == many["mail"] - few["mail"]


def test_template() -> None:
    """
    A whole copy of the table each night, kept as long as we reckon; a maximum of concurrency at
    the queue, for which AWS polls with five; what CloudFront runs for a page, and for the API.
    """
    resources = costs.built()
    (rule,) = resources["BackupPlan"]["Properties"]["BackupPlan"]["BackupPlanRule"]
    (source,) = resources["Receipts"]["Properties"]["Events"].values()
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    page, api = config["DefaultCacheBehavior"], config["CacheBehaviors"][0]

    assert "cron(0 2 * * ? *)" == rule["ScheduleExpression"]
    assert BACKUP_TERM.days == rule["Lifecycle"]["DeleteAfterDays"]
    assert source["Properties"]["ScalingConfig"]["MaximumConcurrency"]
    assert (2, 1) == tuple(len(one["FunctionAssociations"]) for one in (page, api))


def test_site(site: Site) -> None:
    """
    The site weighs what we reckon with, or nearly: as stored, a page, a film, what a page needs.
    """
    files = [len(content) for content in site.files.values()]
    films = [len(content) for name, content in site.files.items() if name.endswith(".mp4")]

    assert pytest.approx(sum(files), rel=0.2) == costs.SITE_BYTES
    assert pytest.approx(len(files), rel=0.2) == costs.SITE_FILES
    assert pytest.approx(max(films), rel=0.2) == costs.FILM_BYTES
    assert weight.PAGE == costs.PAGE_BYTES


def test_home(site: Site) -> None:
    """
    The home page fetches as many files as we reckon with, and no more bytes; the stylesheet's are
    in those of the page.
    """
    home = site.page("/")
    wanted = {one["href"] for one in home.select("link[rel=stylesheet], link[rel=icon]")}
    wanted |= {one["src"] for one in home.select("img[src], script[src]")}
    wanted |= {one["poster"] for one in home.select("video[poster]")}
    sizes = {name: len(site.files[name.lstrip("/").partition("?")[0]]) for name in wanted}

    assert costs.FILES == len(sizes)
    assert sum(size for name, size in sizes.items() if ".css" not in name) <= costs.FILES_BYTES


COUNT = """async ([code, store, asked]) => {
  let count = 0;
  const get = async (key) => {
    count += 1;
    if (!Object.hasOwn(store, key)) throw new Error('KeyNotFound');
    return store[key];
  };
  const handler = new Function('cf', code + '; return handler;')({ kvs: () => ({ get }) });
  await handler({ request: asked });
  return count;
}"""


def test_key_reads() -> None:
    """
    How often a request of a page asks the key-value store.
    """
    template: Mapping[str, Any] = {"Resources": costs.built()}
    code = code_of(template, "RouteSite").replace("import cf from 'cloudfront';", "")
    store = {"release": "x", "x/": "."}

    with launched() as browser:
        page = browser.new_page()
        assert costs.KEY_READS == page.evaluate(COUNT, [code, store, request("/")])
