"""
A release of the site: below its own name in the bucket, its paths in the key-value store, and then
the one key that makes all visitors see it (infra/releases.py, docs/decisions/0027).

Nothing of an earlier release is touched, so going back is writing that key again.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from infra import releases
from infra.deploy.buckets import Bucket, batches
from infra.deploy.failure import DeployError

AT_ONCE = 50
"""
Keys that one request may change, or list: by itself, listing gives 10 (quotas of CloudFront
KeyValueStore, ListKeys, read in November 2026).
"""
LARGEST_KEY = 512
LARGEST_STORE = 5_000_000
SETTLE = 20.0
"""
Seconds between the last path and the switch. AWS says that a key is everywhere «within a few
seconds», not in which order: a place that saw the switch first would have no pages.
"""
UPLOADS = 8
STANDING = "standing"


class Paths:
    """
    The key-value store, read once. Each change names the version that it builds on: who else
    deploys at this moment is refused, not overwritten.
    """

    def __init__(self, store: Any, arn: str) -> None:
        self._store, self._arn = store, arn
        # Before the keys: what somebody writes meanwhile makes our first change fail.
        self._version: str = store.describe_key_value_store(KvsARN=arn)["ETag"]
        pages = store.get_paginator("list_keys").paginate(
            KvsARN=arn, PaginationConfig={"PageSize": AT_ONCE}
        )
        self.keys: dict[str, str] = {
            one["Key"]: one["Value"] for page in pages for one in page.get("Items", [])
        }

    def write(self, put: Mapping[str, str], delete: Sequence[str] = ()) -> None:
        self._version = self._store.update_keys(
            KvsARN=self._arn,
            IfMatch=self._version,
            Puts=[{"Key": key, "Value": value} for key, value in put.items()],
            Deletes=[{"Key": key} for key in delete],
        )["ETag"]
        self.keys.update(put)
        for key in delete:
            del self.keys[key]


@dataclass(frozen=True)
class Site:
    """Where a stage keeps its site: a bucket, and a key-value store."""

    s3: Any
    store: Any
    bucket: str
    arn: str
    say: Callable[[str], None] = print
    settle: float = SETTLE
    sleep: Callable[[float], None] = field(default=time.sleep)

    def current(self) -> str:
        """The release that visitors see, "" before the first."""
        return self._paths.keys.get(releases.SWITCH, "")

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self.store, self.arn)

    @property
    def _bucket(self) -> Bucket:
        return Bucket(self.s3, self.bucket)

    def upload(self, folder: Path) -> str:
        """Bring a built site there, without showing it; its name. What is there already stays."""
        paths = dict(releases.public_paths(folder))
        files = {path: file for path, file in paths.items() if not path.endswith("/")}
        name = name_of(files)
        prefix = f"{releases.RELEASES}/{name}"
        there = self._bucket.digests(prefix + "/")
        new = [(prefix + path, path, file) for path, file in files.items()]
        new = [one for one in new if one[0] not in there]
        standing = self._bucket.digests(STANDING + "/")
        new += [
            (STANDING + path, path, file)
            for path, file in files.items()
            if releases.stands(path) and standing.get(STANDING + path) != _digest(file)
        ]
        with ThreadPoolExecutor(UPLOADS) as pool:
            list(pool.map(lambda one: self._put(*one), new))
        added = self._add(releases.store_keys(name, folder))
        self.say(f"Site {name}: {len(files)} files, {len(new)} uploaded; {added} new paths.")
        return name

    def switch(self, name: str) -> None:
        """Let all visitors see that release. Raises DeployError for one that is not there."""
        if not any(key.startswith(f"{name}/") for key in self._paths.keys):
            raise DeployError(f"There is no release {name} of the site any more.")
        if self.current() == name:
            self.say(f"Site {name}: visitors see it already.")
            return
        self.sleep(self.settle)
        self._paths.write({releases.SWITCH: name})
        self.say(f"Site {name}: visitors see it now.")

    def remove_others(self, kept: Iterable[str]) -> None:
        """Delete the releases that are neither in `kept` nor shown."""
        names = {*kept, self.current()}
        paths = [
            key for key in self._paths.keys if "/" in key and key.partition("/")[0] not in names
        ]
        # First the paths: what has none is not asked for.
        for some in batches(sorted(paths), AT_ONCE):
            self._paths.write({}, some)
        there = self._bucket.digests(f"{releases.RELEASES}/")
        gone = [key for key in there if key.split("/")[1] not in names]
        self._bucket.delete(gone)
        if gone:
            self.say(f"Removed {len({key.split('/')[1] for key in gone})} older releases.")

    def _put(self, key: str, path: str, file: Path) -> None:
        headers = releases.object_headers(file)
        self.s3.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=file.read_bytes(),
            ContentType=headers["Content-Type"],
            CacheControl=headers["Cache-Control"],
            Metadata=releases.metadata(path),
        )

    def _add(self, wanted: Mapping[str, str]) -> int:
        there = self._paths.keys
        if long := [key for key in wanted if len(key.encode()) > LARGEST_KEY]:
            raise DeployError(f"CloudFront takes no path as long as {long[0]}")
        size = sum(len((key + value).encode()) for key, value in {**there, **wanted}.items())
        if size > LARGEST_STORE:
            raise DeployError(f"The paths of all releases are {size} bytes: keep fewer releases.")
        new = {key: value for key, value in wanted.items() if there.get(key) != value}
        for some in batches(sorted(new), AT_ONCE):
            self._paths.write({key: new[key] for key in some})
        return len(new)


def name_of(files: Mapping[str, Path]) -> str:
    """A release is called after what is in it: the same site is the same release."""
    digest = hashlib.sha256()
    for path in sorted(files):
        headers = releases.object_headers(files[path])
        digest.update(f"{path}\0{sorted(headers.items())}\0".encode())
        digest.update(hashlib.sha256(files[path].read_bytes()).digest())
    return digest.hexdigest()[:12]


def _digest(file: Path) -> str:
    """What S3 calls the ETag of a file that was put at once and is encrypted by S3 itself."""
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
