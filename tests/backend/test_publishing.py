"""Publishing: the page and the files of the figures, in S3, and on the page what is known."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

from chalicelib import bootstrap, counting, publishing
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.published import Publication
from chalicelib.pages import Pages
from chalicelib.projection import project
from chalicelib.store import Store
from tests.backend import aws as aws_in_memory
from tests.backend.aws import PUBLISHED
from tests.backend.fakes import FakeStore
from tests.backend.samples import NOW, SITE_URL, registration
from tests.backend.tallies import external, published

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class FakeBucket:
    def __init__(self) -> None:
        self.files: dict[str, tuple[str, str]] = {}

    def put(self, path: str, text: str, content_type: str) -> None:
        self.files[path] = text, content_type


@pytest.fixture
def bucket(aws: None) -> "S3Client":
    return aws_in_memory.create_published()


def objects(client: "S3Client") -> Mapping[str, bytes]:
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=PUBLISHED).get("Contents", [])]
    return {key: client.get_object(Bucket=PUBLISHED, Key=key)["Body"].read() for key in keys}


def sign_up(store: Store | FakeStore, count: int, at: datetime = NOW) -> None:
    for number in range(count):
        one = registration(at.day * 100 + number, at)
        store.add(one)
        project(None, one, store)


def page(found: Publication) -> Any:
    return BeautifulSoup(publishing.page(found, Pages("")), "html.parser")


def words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def test_publish(bucket: "S3Client") -> None:
    """
    From the ledger to the bucket: the page, the table, the JSON and what describes them, of their
    kinds; and from the same moment the same bytes.
    """
    store = bootstrap.store()
    sign_up(store, 3)
    counting.count(store, NOW)
    for _ in range(2):
        publishing.publish(store, bootstrap.pages(), bootstrap.published_bucket(), NOW)
        made = objects(bucket)
    kinds = {key: bucket.head_object(Bucket=PUBLISHED, Key=key)["ContentType"] for key in made}

    assert {
        "cijfers/index.html": "text/html; charset=utf-8",
        "cijfers/figures.json": "application/json; charset=utf-8",
        "cijfers/figures.schema.json": "application/schema+json; charset=utf-8",
        "cijfers/figures.csv": "text/csv; charset=utf-8",
        "cijfers/datapackage.json": "application/json; charset=utf-8",
    } == kinds
    assert 3 == json.loads(made["cijfers/figures.json"])["registered"]
    assert "3 van de 10.000" in made["cijfers/index.html"].decode()
    assert f"{SITE_URL}/cijfers/".encode() in made["cijfers/index.html"]
    publishing.publish(store, bootstrap.pages(), bootstrap.published_bucket(), NOW)
    assert made == objects(bucket)


def test_nothing_counted() -> None:
    """
    Before anything was counted the page says that it is not known, and no zero; nothing reads the
    whole ledger to find that out.
    """
    bucket = FakeBucket()
    store = FakeStore()
    sign_up(store, 1)
    found = publishing.publish(store, Pages(""), bucket, NOW)
    html, _ = bucket.files["/cijfers/index.html"]

    assert None is found.registered
    assert "niet gekend" in html
    assert "0 van de" not in html


def test_week() -> None:
    """
    By place it is as it was at the end of last week; together it is as it is now.
    """
    store = FakeStore()
    sign_up(store, 7, NOW - timedelta(days=7))
    sign_up(store, 5)
    store.add_external(replace(external(31), recorded_at=NOW - timedelta(days=1)))
    counting.count(store, NOW)
    found = publishing.gathered(store, NOW)
    secret = {one.registered for one in found.municipalities}

    assert 12 == found.registered
    assert [7, 5] == [week.registered for week in found.weeks]
    assert {"hidden"} == secret
    assert [31] == [one.registered for one in found.others]


def test_cost() -> None:
    """
    It reads as much whether ten registered before this year or ten thousand: totals and days.
    """

    class Counted(FakeStore):
        reads = 0

        def ledger(self, day: str, what: str = "") -> Any:
            for entry in super().ledger(day, what):
                self.reads += 1
                yield entry

    reads = []
    for many in (1, 40):
        store = Counted()
        sign_up(store, many, NOW - timedelta(days=60))
        sign_up(store, 1)
        counting.repaired(store, NOW)
        counting.count(store, NOW)
        store.reads = 0
        assert many + 1 == publishing.gathered(store, NOW).registered
        reads.append(store.reads)

    assert reads[0] == reads[1] > 0


def test_page() -> None:
    """
    The page has each province and each municipality in a table, the weeks beside the curve, and
    says when it was so, how it is counted, and under which licence.
    """
    found = page(published())
    text = words(found.main)
    rows = {words(row.th): words(row.td) for row in found.select(".unfold tbody tr")}

    assert {one.name for one in MUNICIPALITIES} <= set(rows)
    assert 304 + 52 == len(found.select(".unfold tbody tr"))
    assert "23 november 2026 om 17.05 uur" in text
    assert "tot en met 22 november 2026" in text
    assert "CC BY 4.0" in text
    assert "niet getoond" in rows.values()
    assert "0" not in rows.values()
    assert "Dataset" == json.loads(found.find(type="application/ld+json").string)["@type"]


def test_map() -> None:
    """
    A municipality has a shade where its count is shown, and only there; no outline is on the page.
    """
    found = page(published())
    shaded = [use["href"].partition("#n")[2] for use in found.select(".map g use")]
    shown = [one.nis_code for one in published().municipalities if isinstance(one.registered, int)]

    assert sorted(shown) == sorted(shaded)
    assert {"/theme/map.svg"} == {use["href"].partition("#")[0] for use in found.select(".map use")}
