"""
What `make deploy`, `make rollback` and `make destroy` do, step by step; `__main__` is how they are
asked for.

The order of a deployment: what is wrong with the parameters; the stack in us-east-1; the stack of
the system; the site, unseen; the switch. Each can be done again: what is so already is left.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import stages
from infra.deploy.account import EVERYWHERE, Account
from infra.deploy.code_bucket import CodeBucket, Deployed
from infra.deploy.failure import DeployError
from infra.deploy.site import SETTLE, Site
from infra.deploy.stacks import Ask, Say, Stack
from infra.deploy.stages import Stage

FUNCTION = "AWS::Serverless::Function"
NAMES = {"TableName", "BucketName", "BackupVaultName"}
RETAINED = ("Retain", "RetainExceptOnCreate")


@dataclass(frozen=True)
class Built:
    """What `make package` and `make site` made."""

    backend: Path
    site: Path

    def template(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.backend / name).read_text(encoding="utf-8"))
        return found

    @property
    def code(self) -> bytes:
        return (self.backend / "deployment.zip").read_bytes()


@dataclass(frozen=True)
class Deployment:
    """A stage in an account. `pause` and `settle` are seconds of waiting (stacks, site)."""

    stage: Stage
    account: Account
    ask: Ask
    say: Say = print
    pause: float = 5
    settle: float = SETTLE

    @property
    def code(self) -> CodeBucket:
        return CodeBucket(self.account, f"{self.stage.code_bucket}-{self.account.number}")

    @property
    def system(self) -> Stack:
        return self._stack(self.stage.stack, self.account.region)

    @property
    def everywhere(self) -> Stack:
        return self._stack(self.stage.global_stack, EVERYWHERE)

    def _stack(self, name: str, region: str) -> Stack:
        client = self.account.client("cloudformation", region)
        return Stack(client, name, say=self.say, pause=self.pause)

    def site(self, outputs: Mapping[str, str]) -> Site:
        return Site(
            self.account.client("s3"),
            # One endpoint for all of the world, and signatures that hold everywhere.
            self.account.client("cloudfront-keyvaluestore", EVERYWHERE),
            outputs["SiteBucketName"],
            outputs["ReleasesArn"],
            say=self.say,
            settle=self.settle,
        )

    # -- deploy

    def deploy(self, built: Built) -> dict[str, str]:
        """Bring the stage to what was built; the outputs of its stack. Raises DeployError."""
        system, everywhere = built.template("sam.json"), built.template("global.json")
        stages.check(self.stage, system, everywhere)
        of_everywhere = self._deploy_everywhere(everywhere)
        self.code.make()
        code = self.code.put(built.code, "zip")
        named = with_names(system, self.stage.name, self.account.number)
        template = self.code.put(with_code_at(named, self.code.uri(code)), "json")
        parameters = stages.values(self.stage, of_everywhere)
        self.system.change(
            {"TemplateURL": self.code.url(template)},
            parameters,
            self.ask,
            takes_in=self.system.described() is None and self._left_behind(),
        )
        outputs = self.system.outputs()
        site = self.site(outputs)
        release = site.upload(built.site)
        site.switch(release)
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._remember(Deployed(now, template, parameters, release, code), site)
        return outputs

    def _deploy_everywhere(self, template: Mapping[str, Any]) -> dict[str, str]:
        if self.stage.everywhere is None:
            return {}
        body = json.dumps(template, ensure_ascii=False)
        values = stages.global_values(self.stage)
        self.everywhere.change({"TemplateBody": body}, values, self.ask)
        return self.everywhere.outputs()

    def _remember(self, done: Deployed, site: Site) -> None:
        before = self.code.history()
        same = bool(before) and (before[0].template, before[0].parameters, before[0].release) == (
            done.template,
            done.parameters,
            done.release,
        )
        kept = self.code.remember(before if same else [done, *before])
        site.remove_others(one.release for one in kept)

    def _left_behind(self) -> bool:
        """
        Whether an earlier stack of this name left its table here, which the new one then takes in.
        Only then is CloudFormation told so: it looks at every named thing for it.
        """
        dynamodb = self.account.client("dynamodb")
        try:
            dynamodb.describe_table(TableName=self.stage.stack)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return False
            raise
        self.say(f"The table {self.stage.stack} is there from before: the new stack takes it in.")
        return True

    # -- back

    def rollback(self) -> dict[str, str]:
        """
        Go back to the deployment before this one: code, settings and site. What is in the table
        stays as it is. Again goes back one more. Raises DeployError.
        """
        history = self.code.history()
        if len(history) < 2:  # noqa: PLR2004 (this one, and the one to go back to)
            raise DeployError("There is no deployment before this one to go back to.")
        before = history[1]
        self.say(f"Back to the deployment of {before.at}, site {before.release}.")
        outputs = self.system.outputs()
        self.system.change(
            {"TemplateURL": self.code.url(before.template)}, before.parameters, self.ask
        )
        self.site(outputs).switch(before.release)
        self.code.remember(history[1:])
        return outputs

    def show_before(self) -> None:
        """Show visitors the site of the deployment before this one, and change nothing else."""
        history = self.code.history()
        if len(history) < 2 or history[1].release == history[0].release:  # noqa: PLR2004
            raise DeployError("The site before this one is the same, or there was none.")
        self.site(self.system.outputs()).switch(history[1].release)

    # -- away

    def destroy(self, template: Mapping[str, Any]) -> list[str]:
        """
        Take the stage away; what stays by its DeletionPolicy, a line each. Raises DeployError.

        The files that officers asked for go first: they are of persons, and a bucket that is not
        empty is not deleted.
        """
        exports = f"{self.stage.stack}-exports-{self.account.number}"
        self._empty(exports)
        self.system.delete()
        self.everywhere.delete()
        self.code.remove()
        return [
            f"{name} ({one['Type']})"
            for name, one in template["Resources"].items()
            if one.get("DeletionPolicy") in RETAINED
        ]

    def _empty(self, bucket: str) -> None:
        s3 = self.account.client("s3")
        try:
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return
            raise
        for key in keys:
            s3.delete_object(Bucket=bucket, Key=key)


def with_names(template: Mapping[str, Any], stage: str, account: str) -> dict[str, Any]:
    """
    The template with the names written out of what outlives a stack. CloudFormation takes in what
    an earlier stack left behind only where its name is a plain text.
    """
    made: dict[str, Any] = json.loads(json.dumps(template))
    for one in made["Resources"].values():
        if one.get("DeletionPolicy") in RETAINED:
            for name in NAMES & set(one["Properties"]):
                text = one["Properties"][name]["Fn::Sub"]
                text = text.replace("${Stage}", stage).replace("${AWS::AccountId}", account)
                one["Properties"][name] = text
    return made


def with_code_at(template: Mapping[str, Any], uri: str) -> bytes:
    """The template as it goes to AWS: each function's code is at that address."""
    packaged: dict[str, Any] = json.loads(json.dumps(template))
    for one in packaged["Resources"].values():
        if one["Type"] == FUNCTION:
            one["Properties"]["CodeUri"] = uri
    return json.dumps(packaged, ensure_ascii=False, sort_keys=True).encode()
