"""
All of a table into a file, and back: `make export STAGE=… FILE=…`, `make import STAGE=… FILE=…`.

For three things (docs/runbook.md): after a restore, moving to another region, the end of service.
For who deploys, not for `mijnbuddy`: that role may not write every kind of item.

The file has everybody in it, and is only readable by who made it. A line is an item as DynamoDB
writes it. Putting back adds what is missing, and leaves what is there: what happened since the copy
was made is newer than the copy.
"""

import argparse
import base64
import gzip
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from infra.deploy import stages, terminal
from infra.deploy.account import Open, signed_in
from infra.deploy.failure import DeployError

BATCH = 1000
WRITERS = 8
PRIVATE = 0o600

Item = Mapping[str, Any]


def export(dynamodb: Any, table: str, file: Path) -> int:
    """Write all items of a table into a new file; how many. Raises FileExistsError."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as raw, gzip.open(raw, "wt", encoding="utf-8") as lines:
            return _write(dynamodb, table, lines)
    except BaseException:
        file.unlink()  # a part of a table looks like all of it
        raise


def _write(dynamodb: Any, table: str, lines: TextIO) -> int:
    count = 0
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            lines.write(json.dumps(item, default=_written, ensure_ascii=False) + "\n")
            count += 1
    return count


def put_back(dynamodb: Any, table: str, file: Path) -> tuple[int, int]:
    """Add what is missing of a file to a table: how many were added, how many were there."""

    def add(item: Item) -> bool:
        try:
            dynamodb.put_item(
                TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    added = count = 0
    with gzip.open(file, "rt", encoding="utf-8") as lines, ThreadPoolExecutor(WRITERS) as pool:
        items = (json.loads(line, object_hook=_read) for line in lines)
        while some := list(islice(items, BATCH)):
            count += len(some)
            added += sum(pool.map(add, some))
    return added, count - added


def _written(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def _read(found: dict[str, Any]) -> Any:
    return base64.b64decode(found["base64"]) if set(found) == {"base64"} else found


def main(arguments: Sequence[str], open_client: Open | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.table", description=__doc__)
    parser.add_argument("what", choices=("export", "import"))
    parser.add_argument("stage", help=", ".join(stages.STAGES))
    parser.add_argument("file", help="a new one to export to, or one to import")
    parser.add_argument("--table", default="", help="another one, such as a restored copy")
    options = parser.parse_args(arguments)

    def moved(open_client: Open) -> int:
        stage = stages.read(options.stage)
        if not options.file:
            example = f"make {options.what} STAGE={stage.name} FILE=copy.jsonl.gz"
            raise DeployError(f"Say which file: {example}")
        dynamodb = signed_in(stage.region, open_client).client("dynamodb")
        table = options.table or stage.stack
        for line in _done(options.what, dynamodb, table, Path(options.file)):
            print(line)
        return 0

    return terminal.run(moved, open_client)


def _done(what: str, dynamodb: Any, table: str, file: Path) -> Iterator[str]:
    if what == "export":
        yield f"{export(dynamodb, table, file)} items of {table} are in {file}."
        yield "Everybody is in it: encrypt it, and delete it when it has served."
        return
    added, there = put_back(dynamodb, table, file)
    yield f"{table}: {added} items added, {there} were there and stay as they are."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
