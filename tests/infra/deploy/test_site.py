"""A release of the site, in a bucket and a key-value store in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra import releases
from infra.deploy.site import AT_ONCE, Site
from tests.infra.deploy.in_memory import Store, a_site, an_s3

BUCKET = "site"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with an_s3(monkeypatch, BUCKET) as client:
        yield client


def site(s3: Any, store: Store) -> Site:
    return Site(s3, store, BUCKET, "arn", say=lambda _: None, settle=0)


def test_listed_once(s3: Any, tmp_path: Path) -> None:
    """
    A whole deployment lists the store once, in as large pages as CloudFront gives.
    """
    store = Store()
    one = site(s3, store)
    release = one.upload(a_site(tmp_path / "site", "Eerst"))
    one.switch(release)
    one.remove_others([release])

    assert [AT_ONCE] == store.listed
    assert release == one.current() == store.keys[releases.SWITCH]


def test_older(s3: Any, tmp_path: Path) -> None:
    """
    What is neither kept nor shown goes, from the store and from the bucket; nothing else does.
    """
    store = Store()
    names = []
    for title in ("Eerst", "Dan", "Nu"):
        one = site(s3, store)
        names.append(one.upload(a_site(tmp_path / "site", title)))
        one.switch(names[-1])
    one.remove_others(names[1:])
    left = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]

    assert not [key for key in [*store.keys, *left] if names[0] in key]
    for name in names[1:]:
        assert f"{releases.RELEASES}/{name}/index.html" in left
        assert any(key.startswith(f"{name}/") for key in store.keys)


def test_at_the_same_moment(s3: Any, tmp_path: Path) -> None:
    """
    Who deploys while somebody else does is refused, and overwrites nothing.
    """
    store = Store()
    one, other = site(s3, store), site(s3, store)
    one.current()
    release = other.upload(a_site(tmp_path / "site", "Van de ander"))
    other.switch(release)

    with pytest.raises(ClientError, match="ConflictException"):
        one.upload(a_site(tmp_path / "site", "Van ons"))
    assert release == site(s3, store).current()
