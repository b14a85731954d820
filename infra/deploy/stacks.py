"""
A stack of CloudFormation: what would change is shown first, then asked, then done and watched.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.failure import DeployError

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
NEVER_WORKED = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"}
"""CloudFormation updates no stack of which the creation failed, or was never begun."""
DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
GONE = "DELETE_COMPLETE"
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
HAS_DATA = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::Backup::BackupVault",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
}
"""What can't simply be made again: where one of these goes or is replaced, that is said loudly."""


@dataclass(frozen=True)
class Question:
    """What is asked before something changes; `is_of_loss` where data would be left behind."""

    text: str
    is_of_loss: bool = False


Ask = Callable[[Question], bool]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Change:
    """One thing that a change set would do; `replaced` is True, Conditional or nothing."""

    action: str
    name: str
    kind: str
    replaced: str = ""

    @property
    def is_loss(self) -> bool:
        gone = self.action == "Remove" or self.replaced in {"True", "Conditional"}
        return gone and self.kind in HAS_DATA

    def __str__(self) -> str:
        replaced = {"True": "  REPLACED", "Conditional": "  perhaps replaced"}.get(self.replaced)
        warned = "  <- DATA WOULD BE LEFT BEHIND" if self.is_loss else ""
        return f"  {self.action:<8}{self.name}  ({self.kind}){replaced or ''}{warned}"


@dataclass(frozen=True)
class Stack:
    """
    A stack by its name. `pause` is how many seconds to wait before looking again, `patience` after
    how many to give up looking: CloudFormation goes on by itself.
    """

    cloudformation: Any
    name: str
    say: Say = print
    pause: float = 5
    patience: float = 3600
    sleep: Callable[[float], None] = field(default=time.sleep)

    def described(self) -> Mapping[str, Any] | None:
        """The stack as it is, None when there is none."""
        try:
            (found,) = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise
        return None if found["StackStatus"] == GONE else found

    def outputs(self) -> dict[str, str]:
        """What it tells of itself. Raises DeployError when it is not there."""
        found = self.described()
        if found is None:
            raise DeployError(f"There is no stack {self.name} in this account and region.")
        return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}

    def clear_failed(self) -> None:
        """
        Remove what is left of a creation that failed: whoever asks whether there is a stack then
        hears that there is none. Raises DeployError when that fails.
        """
        found = self.described()
        if found is not None and found["StackStatus"] in NEVER_WORKED:
            self.say(f"{self.name}: what is left of a creation that failed is removed first.")
            self.delete()

    def change(
        self,
        template: Mapping[str, str],
        parameters: Mapping[str, str],
        ask: Ask,
        *,
        takes_in: bool = False,
    ) -> bool:
        """
        Bring it to a template (`TemplateBody` or `TemplateURL`); False when it is so already.
        `takes_in` takes what an earlier stack left behind, such as its table. Raises DeployError.
        """
        found = self.described()
        name = f"deploy-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        kind = "CREATE" if found is None else "UPDATE"
        try:
            made = self.cloudformation.create_change_set(
                StackName=self.name,
                ChangeSetName=name,
                ChangeSetType=kind,
                Capabilities=CAPABILITIES,
                Parameters=[
                    {"ParameterKey": one, "ParameterValue": value}
                    for one, value in sorted(parameters.items())
                ],
                **template,
                **({"ImportExistingResources": True} if takes_in else {}),
            )
        except ClientError as error:
            raise DeployError(f"{self.name}: {error.response['Error']['Message']}") from error
        changes = self._changes(made["Id"])
        if changes is None:
            self.say(f"{self.name}: nothing changes.")
            return False
        self.say(f"{self.name}: {len(changes)} changes")
        for one in changes:
            self.say(str(one))
        is_of_loss = any(one.is_loss for one in changes)
        if not ask(Question(f"Do this with {self.name}?", is_of_loss)):
            self._drop(made["Id"], kind)
            raise DeployError("Nothing was changed.")
        started = datetime.now(UTC)
        self.cloudformation.execute_change_set(ChangeSetName=made["Id"])
        self._watch(started, DONE)
        return True

    def _changes(self, change_set: str) -> list[Change] | None:
        """What would change, None for nothing. Raises DeployError where it can't be made."""
        for _ in self._times():
            found = self.cloudformation.describe_change_set(ChangeSetName=change_set)
            if found["Status"] == "CREATE_COMPLETE":
                return list(self._read(found))
            if found["Status"] == "FAILED":
                why = found.get("StatusReason", "")
                self.cloudformation.delete_change_set(ChangeSetName=change_set)
                if any(one in why for one in NO_CHANGES):
                    return None
                raise DeployError(f"{self.name}: {why}")
        raise DeployError(f"{self.name}: CloudFormation does not say what would change.")

    def _read(self, found: Mapping[str, Any]) -> Iterator[Change]:
        while True:
            for one in found["Changes"]:
                change = one["ResourceChange"]
                yield Change(
                    change["Action"],
                    change["LogicalResourceId"],
                    change["ResourceType"],
                    change.get("Replacement", "") if change["Action"] == "Modify" else "",
                )
            if "NextToken" not in found:
                return
            found = self.cloudformation.describe_change_set(
                ChangeSetName=found["ChangeSetId"], NextToken=found["NextToken"]
            )

    def _drop(self, change_set: str, kind: str) -> None:
        self.cloudformation.delete_change_set(ChangeSetName=change_set)
        if kind == "CREATE":  # an empty stack that only waited for the answer
            self.cloudformation.delete_stack(StackName=self.name)

    def delete(self) -> None:
        """Take it away; what has a DeletionPolicy stays. Raises DeployError when that fails."""
        found = self.described()
        if found is None:
            return
        started = datetime.now(UTC)
        self.cloudformation.delete_stack(StackName=found["StackId"])
        self._watch(started, set())

    def _watch(self, started: datetime, done: set[str]) -> None:
        """Until it is done (gone, where nothing is `done`), telling what fails as it does."""
        told: set[str] = set()
        for _ in self._times():
            for event in self._events(started):
                why = event.get("ResourceStatusReason", "")
                # A certificate waits until its record is made; by hand, where we have no zone.
                if event["EventId"] not in told and (
                    event["ResourceStatus"].endswith("FAILED") or "DNS Record" in why
                ):
                    self.say(f"  {event['LogicalResourceId']}: {why or event['ResourceStatus']}")
                told.add(event["EventId"])
            found = self.described()
            if found is None:
                if done:
                    raise DeployError(f"{self.name} is gone: see what failed above.")
                return
            status = found["StackStatus"]
            if status in done:
                return
            if not status.endswith("IN_PROGRESS"):
                for why in self._refusals(started):
                    self.say(f"  {why}")
                raise DeployError(f"{self.name}: {status}. The first that failed is the cause.")
        raise DeployError(f"{self.name} is still at work: look again in a while.")

    def _refusals(self, started: datetime) -> list[str]:
        """What CloudFormation refused before it made anything: no event of the stack tells it."""
        found = self.cloudformation.describe_events(StackName=self.name)["OperationEvents"]
        return [
            f"{one['LogicalResourceId']}: {one['ValidationStatusReason']}"
            for one in found
            if one.get("EventType") == "VALIDATION_ERROR"
            and one["Timestamp"] > started - timedelta(seconds=2)
        ]

    def _events(self, started: datetime) -> list[Mapping[str, Any]]:
        """Of this change, oldest first."""
        if self.described() is None:
            return []
        found = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        since = started - timedelta(seconds=2)  # CloudFormation's clock and ours may differ
        return [one for one in reversed(found) if one["Timestamp"] > since]

    def _times(self) -> Iterator[None]:
        for number in range(max(1, int(self.patience / max(self.pause, 0.01)))):
            if number:
                self.sleep(self.pause)
            yield
