"""
A release of the site: below its own name in the bucket, its paths in the key-value store, and then
the one key that makes all visitors see it (infra/releases.py, docs/decisions/0027).

Nothing of an earlier release is touched, so going back is writing that key again.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from infra import releases
from infra.deploy.failure import DeployError

AT_ONCE = 50
"""Keys that one request may change (quotas of CloudFront KeyValueStore, read in November 2026)."""
LARGEST_KEY = 512
LARGEST_STORE = 5_000_000
SETTLE = 20.0
"""
Seconds between the last path and the switch. AWS says that a key is everywhere «within a few
seconds», not in which order: a place that saw the switch first would have no pages.
"""
UPLOADS = 8
STANDING = "standing"


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
        return self._keys().get(releases.SWITCH, "")

    def upload(self, folder: Path) -> str:
        """Bring a built site there, without showing it; its name. What is there already stays."""
        paths = dict(releases.public_paths(folder))
        files = {path: file for path, file in paths.items() if not path.endswith("/")}
        name = name_of(files)
        prefix = f"{releases.RELEASES}/{name}"
        there = self._there(prefix + "/")
        new = [(prefix + path, path, file) for path, file in files.items()]
        new = [one for one in new if one[0] not in there]
        standing = self._there(STANDING + "/")
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
        keys = self._keys()
        if not any(key.startswith(f"{name}/") for key in keys):
            raise DeployError(f"There is no release {name} of the site any more.")
        if keys.get(releases.SWITCH) == name:
            self.say(f"Site {name}: visitors see it already.")
            return
        self.sleep(self.settle)
        self._write({releases.SWITCH: name}, ())
        self.say(f"Site {name}: visitors see it now.")

    def remove_others(self, kept: Iterable[str]) -> None:
        """Delete the releases that are neither in `kept` nor shown."""
        names = {*kept, self.current()}
        keys = [key for key in self._keys() if "/" in key and key.partition("/")[0] not in names]
        # First the paths: what has none is not asked for.
        for some in _batches(sorted(keys), AT_ONCE):
            self._write({}, some)
        gone = [
            key for key in self._there(f"{releases.RELEASES}/") if key.split("/")[1] not in names
        ]
        for some in _batches(gone, 1000):
            self.s3.delete_objects(
                Bucket=self.bucket,
                Delete={"Objects": [{"Key": key} for key in some], "Quiet": True},
            )
        if gone:
            self.say(f"Removed {len({key.split('/')[1] for key in gone})} older releases.")

    def _there(self, prefix: str) -> dict[str, str]:
        """The keys of the bucket below a prefix, with their digests."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return {
            one["Key"]: one["ETag"].strip('"') for page in pages for one in page.get("Contents", [])
        }

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

    def _keys(self) -> dict[str, str]:
        pages = self.store.get_paginator("list_keys").paginate(KvsARN=self.arn)
        return {one["Key"]: one["Value"] for page in pages for one in page.get("Items", [])}

    def _add(self, wanted: Mapping[str, str]) -> int:
        there = self._keys()
        if long := [key for key in wanted if len(key.encode()) > LARGEST_KEY]:
            raise DeployError(f"CloudFront takes no path as long as {long[0]}")
        size = sum(len((key + value).encode()) for key, value in {**there, **wanted}.items())
        if size > LARGEST_STORE:
            raise DeployError(f"The paths of all releases are {size} bytes: keep fewer releases.")
        new = {key: value for key, value in wanted.items() if there.get(key) != value}
        for some in _batches(sorted(new), AT_ONCE):
            self._write({key: new[key] for key in some}, ())
        return len(new)

    def _write(self, put: Mapping[str, str], delete: Sequence[str]) -> None:
        # By its version: who else deploys at this moment is refused, not overwritten.
        version = self.store.describe_key_value_store(KvsARN=self.arn)["ETag"]
        self.store.update_keys(
            KvsARN=self.arn,
            IfMatch=version,
            Puts=[{"Key": key, "Value": value} for key, value in put.items()],
            Deletes=[{"Key": key} for key in delete],
        )


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


def _batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
