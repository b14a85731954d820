"""
What `make deploy`, `make rollback` and `make destroy` do, step by step; `__main__` is how they are
asked for.

The order of a deployment: what is wrong with the parameters, and whether there is room; the stack
in us-east-1; the stack of the system; the site, unseen; the switch. Each can be done again: what is
so already is left. A firewall that is switched off goes last: CloudFront must let go of it first.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import room, stages
from infra.deploy.account import EVERYWHERE, Account
from infra.deploy.buckets import Bucket
from infra.deploy.code_bucket import CodeBucket, Deployed
from infra.deploy.failure import DeployError
from infra.deploy.site import SETTLE, Site
from infra.deploy.stacks import Ask, Say, Stack
from infra.deploy.stages import Stage

FUNCTION = "AWS::Serverless::Function"
NAMES = {"TableName", "BucketName", "BackupVaultName", "LogGroupName"}
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
        # Before anybody asks whether there is a stack: what failed is none.
        self.system.clear_failed()
        is_new = self.system.described() is None
        if is_new:
            values = stages.with_defaults(system, stages.values(self.stage, {}))
            room.require(self.account, system, values)
        given = self._given_everywhere()
        wanted = stages.still_wanted(self.stage, given)
        goes = given != wanted
        if not goes:
            wanted = self._deploy_everywhere(everywhere)
        self.code.make()
        code = self.code.put(built.code, "zip")
        named = with_names(system, self.stage.name, self.account.number)
        template = self.code.put(with_code_at(named, self.code.uri(code)), "json")
        parameters = stages.values(self.stage, wanted)
        self.system.change(
            {"TemplateURL": self.code.url(template)},
            parameters,
            self.ask,
            takes_in=is_new and self._left_behind(),
        )
        outputs = self.system.outputs()
        site = self.site(outputs)
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        begun = Deployed(now, template, parameters, site.current(), code, is_whole=False)
        before = self._remember_begun(begun)
        release = site.upload(built.site)
        site.switch(release)
        kept = self._remember(replace(begun, release=release, is_whole=True), before)
        site.remove_others(one.release for one in kept)
        if goes:
            self._deploy_everywhere(everywhere)
        return outputs

    def _given_everywhere(self) -> dict[str, str]:
        """What the stack in us-east-1 gives to the system as it is now."""
        if self.stage.everywhere is None or self.everywhere.described() is None:
            return {}
        return stages.given(self.everywhere.outputs())

    def _deploy_everywhere(self, template: Mapping[str, Any]) -> dict[str, str]:
        if self.stage.everywhere is None:
            return {}
        self.everywhere.clear_failed()
        body = json.dumps(template, ensure_ascii=False)
        values = stages.global_values(self.stage)
        self.everywhere.change({"TemplateBody": body}, values, self.ask)
        return stages.given(self.everywhere.outputs())

    def _remember_begun(self, begun: Deployed) -> list[Deployed]:
        """
        Write down that the stack is another one by now, so that going back is going back to the
        one before it, also when the site fails; the deployments before this one.
        """
        before = [one for one in self.code.history() if one.is_whole]
        if not before or before[0].stack != begun.stack:
            self.code.remember([begun, *before])
        return before

    def _remember(self, done: Deployed, before: Sequence[Deployed]) -> list[Deployed]:
        """Write down what was done, unless it is as before; what was kept."""
        last = before[0] if before else None
        same = last and (last.stack, last.release) == (done.stack, done.release)
        return self.code.remember(before if same else [done, *before])

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
        stays as it is, and so does the firewall. Again goes back one more. Raises DeployError.
        """
        history = self.code.history()
        if len(history) < 2:  # noqa: PLR2004 (this one, and the one to go back to)
            raise DeployError("There is no deployment before this one to go back to.")
        before = history[1]
        self.say(f"Back to the deployment of {before.at}, site {before.release}.")
        outputs = self.system.outputs()
        parameters = self._with_firewall_of_now(before.parameters)
        self.system.change({"TemplateURL": self.code.url(before.template)}, parameters, self.ask)
        self.site(outputs).switch(before.release)
        self.code.remember([replace(before, parameters=parameters), *history[2:]])
        return outputs

    def _with_firewall_of_now(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """The stack in us-east-1 is not gone back with: its firewall of then may be gone."""
        if self.stage.everywhere is None:
            return dict(parameters)
        given = stages.still_wanted(self.stage, self._given_everywhere())
        others = {name: one for name, one in parameters.items() if name != stages.FIREWALL}
        return others | {name: one for name, one in given.items() if name == stages.FIREWALL}

    def show_before(self) -> None:
        """Show visitors the site of the deployment before this one, and change nothing else."""
        history = self.code.history()
        if len(history) < 2 or history[1].release == history[0].release:  # noqa: PLR2004
            raise DeployError("The site before this one is the same, or there was none.")
        self.site(self.system.outputs()).switch(history[1].release)

    # -- away

    @property
    def is_there(self) -> bool:
        """Whether there is anything to take away: what broke halfway can be ended, too."""
        stacks = (self.system, self.everywhere)
        return any(one.described() is not None for one in stacks) or self.code.is_there

    def destroy(self, template: Mapping[str, Any]) -> list[str]:
        """
        Take the stage away; what stays by its DeletionPolicy, a line each. Raises DeployError.

        The files that officers asked for go first: they are of persons, and a bucket that is not
        empty is not deleted.
        """
        exports = f"{self.stage.stack}-exports-{self.account.number}"
        Bucket(self.account.client("s3"), exports).empty()
        self.system.delete()
        self.everywhere.delete()
        self.code.remove()
        return [
            f"{name} ({one['Type']})"
            for name, one in template["Resources"].items()
            if one.get("DeletionPolicy") in RETAINED
        ]


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
