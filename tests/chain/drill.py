"""
The hands of who restores, as «Restore» in docs/runbook.md has them: its commands as they stand
there, and a call where it says to press a button in AWS.
"""

import json
import os
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.domain.calendar import local_date
from chalicelib.logs import AGAIN
from infra import table
from infra.local.events import scheduled_event

SEPARATELY = {
    *("CreationDateTime", "ItemCount", "TableSizeBytes", "TableId"),
    *("LatestStreamArn", "LatestStreamLabel"),
}
"""What a table has of its own, and another one made of the same template otherwise."""


@dataclass(frozen=True)
class Hands:
    """`open_client` is of a service; `environment` is that of the terminal; `functions` has the
    name of each by what the template calls it."""

    open_client: Callable[[str], Any]
    environment: Mapping[str, str]
    functions: Mapping[str, str]
    stage: str
    table: str

    @property
    def restored(self) -> str:
        return f"{self.table}-restored"

    def copied(self) -> str:
        """A copy of now, as the one of each night."""
        dynamodb = self.open_client("dynamodb")
        made = dynamodb.create_backup(TableName=self.table, BackupName=f"{self.table}-night")
        return str(made["BackupDetails"]["BackupArn"])

    def described(self) -> dict[str, Any]:
        """The table as it was asked for: keys, indexes, stream, protection."""
        found = self.open_client("dynamodb").describe_table(TableName=self.table)["Table"]
        return {name: value for name, value in found.items() if name not in SEPARATELY}

    def items(self) -> list[dict[str, Any]]:
        pages = self.open_client("dynamodb").get_paginator("scan").paginate(TableName=self.table)
        return [item for page in pages for item in page["Items"]]

    def everything(self) -> str:
        """All that is in the table, as text, with what is compressed in it unpacked."""
        return json.dumps(self.items(), default=lambda it: zlib.decompress(it).decode())

    def is_settled(self) -> bool:
        """Whether each registration has both its mails delivered, and all of it in the ledger."""
        items = self.items()
        ledger = Counter(
            one["reference"]["S"] for one in items if one["pk"]["S"].startswith("LEDGER#")
        )
        return all(
            json.dumps(one["events"]).count('"delivered"') > 1
            and ledger[one["reference"]["S"]] == len(one["events"]["L"])
            for one in items
            if one["sk"]["S"] == "REGISTRATION"
        )

    def destroy(self) -> None:
        dynamodb = self.open_client("dynamodb")
        dynamodb.update_table(TableName=self.table, DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName=self.table)

    def restore_beside(self, copy: str) -> None:
        """Without its indexes, as that is faster."""
        self.open_client("dynamodb").restore_table_from_backup(
            TargetTableName=self.restored, BackupArn=copy, GlobalSecondaryIndexOverride=[]
        )

    def throttle(self, function: str) -> None:
        self.open_client("lambda").put_function_concurrency(
            FunctionName=self.functions[function], ReservedConcurrentExecutions=0
        )

    def switch_on(self, function: str, template: Mapping[str, Any]) -> None:
        """With the room that the template gives it: two sweeps would take the same work."""
        room = template["Resources"][function]["Properties"]["ReservedConcurrentExecutions"]
        if isinstance(room, dict):
            room = template["Parameters"][room["Ref"]]["Default"]
        self.open_client("lambda").put_function_concurrency(
            FunctionName=self.functions[function], ReservedConcurrentExecutions=int(room)
        )

    def run(self, function: str) -> None:
        """The button «Test», with the event of a schedule."""
        event = json.dumps(scheduled_event(function, datetime.now(UTC)))
        client = self.open_client("lambda")
        answer = client.invoke(FunctionName=self.functions[function], Payload=event)
        assert "FunctionError" not in answer, answer["Payload"].read()

    def move(self, what: str, file: Path, of: str = "") -> None:
        """`make export` and `make import`: what the Makefile runs, in this process."""
        typed = [what, self.stage, str(file), "--table", of]
        assert 0 == table.main(typed, lambda service, _: self.open_client(service))

    def who_left(self, since: datetime) -> dict[str, Any]:
        """`aws logs filter-log-events …`: what it prints."""
        pages = self.open_client("logs").get_paginator("filter_log_events")
        found: dict[str, Any] = pages.paginate(
            logGroupName=f"/aws/lambda/{self.table}",
            startTime=int(since.timestamp() * 1000),
            filterPattern=f'"{AGAIN}"',
        ).build_full_result()
        return found

    def mijnbuddy(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "mijnbuddy"), *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stderr or done.stdout
        return done.stdout

    def report(self, day: datetime) -> str:
        options = ("--as-of", str(local_date(day)), "--by", "province", "--format", "csv")
        return self.mijnbuddy("report", *options)
