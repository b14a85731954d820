"""
`make deploy` from nothing to a delivered mail, on a local AWS of its own: its change sets, its
bucket, its key-value store. tests/infra/test_edge_functions.py has what CloudFront does with them.
"""

import json
import shutil
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from infra import releases
from infra.deploy import stages
from infra.deploy.account import signed_in
from infra.deploy.deployment import Built, Deployment
from infra.deploy.failure import DeployError
from infra.deploy.stacks import HAS_DATA
from infra.local import local_aws
from infra.local.contacts import load_placeholders
from infra.local.deployment import LEFT_OUT, OUTPUTS_LEFT_OUT
from infra.local.mailbox import Mailbox
from infra.local.settings import ACCESS_KEY, SECRET_KEY, Settings, read_settings
from tests.chain.conftest import filled_in
from tests.stack import eventually, free_port

FIRST, SECOND = "Word buddy", "Word nu buddy"


@dataclass
class Rig:
    """A local AWS, what is built, and what the deployment said."""

    settings: Settings
    built: Built
    said: list[str]

    def deployment(self, *, agrees: bool = True) -> Deployment:
        stage = replace(stages.read("dev"), system={"SiteUrl": "https://proef.mijnbuddy.example"})
        return Deployment(
            stage,
            signed_in(stage.region, self.open),
            ask=lambda _: agrees,
            say=self.said.append,
            pause=0.2,
            settle=0,
        )

    def open(self, service: str, region: str) -> Any:
        client = boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=self.settings.aws_endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(s3={"addressing_style": "path"}),
        )
        if service == "cloudfront-keyvaluestore":
            # AWS has a host for each account, below the endpoint; this machine has one name.
            client.meta.events.register("before-send", self._to_this_machine)
        return client

    def _to_this_machine(self, request: AWSPreparedRequest, **_: object) -> None:
        request.url = request.url.replace("//000000000000.", "//")

    def visible(self, path: str) -> str:
        """What CloudFront would fetch for that path: of the release that is switched on."""
        deployment = self.deployment()
        site = deployment.site(deployment.system.outputs())
        key = f"{releases.RELEASES}/{site.current()}{path}"
        body: bytes = site.s3.get_object(Bucket=site.bucket, Key=key)["Body"].read()
        return body.decode()

    def resources(self) -> dict[tuple[str, str], str]:
        """What the stack is made of: physical names with their kinds, and the name in it."""
        cloudformation = self.open("cloudformation", "eu-central-1")
        found = cloudformation.describe_stack_resources(StackName="mijnbuddy-dev")
        return {
            (one["PhysicalResourceId"], one["ResourceType"]): one["LogicalResourceId"]
            for one in found["StackResources"]
        }

    def code_of(self, function: str, resources: dict[tuple[str, str], str]) -> str:
        """The key of the code that a function runs: the digest of its zip."""
        ((name, _),) = [key for key, logical in resources.items() if logical == function]
        client = self.open("lambda", "eu-central-1")
        digest = client.get_function_configuration(FunctionName=name)["CodeSha256"]
        return f"{b64decode(digest).hex()}.zip"

    def deploy(self) -> list[str]:
        """What one deployment said."""
        self.said.clear()
        self.deployment().deploy(self.built)
        return list(self.said)


def a_site(folder: Path, title: str) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "index.html").write_text(f"<h1>{title}</h1>")
    (folder / "404.html").write_text("<h1>Deze pagina bestaat niet</h1>")
    (folder / "storing.html").write_text("<h1>Even niet</h1>")
    return folder


def a_package(folder: Path) -> Path:
    """What `make package` made, without what the local AWS does not know."""
    folder.mkdir()
    made = Path("build/backend")
    template = json.loads((made / "sam.json").read_text())
    for section, left_out in (("Resources", LEFT_OUT), ("Outputs", OUTPUTS_LEFT_OUT)):
        template[section] = {
            name: one
            for name, one in template[section].items()
            if name not in left_out and one.get("Type") not in left_out
        }
    (folder / "sam.json").write_text(json.dumps(template))
    shutil.copy(made / "global.json", folder)
    shutil.copy(made / "deployment.zip", folder)
    return folder


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("deploy")
    ports = {"PORT": str(free_port()), "AWS_PORT": str(free_port())}
    settings = read_settings([], ports | {"LOCAL_DIR": str(folder / "local")})
    settings.log_dir.mkdir(parents=True)
    built = Built(a_package(folder / "backend"), a_site(folder / "site", FIRST))
    aws = local_aws.start(settings)
    yield Rig(settings, built, [])
    aws.stop()


@pytest.fixture(scope="module")
def deployed(rig: Rig) -> list[str]:
    return rig.deploy()


def test_nothing_unasked(rig: Rig) -> None:
    """
    Who does not agree has what would be made on the screen, and an account as it was.
    """
    deployment = rig.deployment(agrees=False)
    with pytest.raises(DeployError, match="Nothing was changed"):
        deployment.deploy(rig.built)

    assert any("Add     Table" in line for line in rig.said)
    assert deployment.system.described() is None


def test_delivered(rig: Rig, deployed: list[str]) -> None:
    """
    From nothing: once it is deployed, somebody signs up and her municipality has the mail.
    """
    outputs = rig.deployment().system.outputs()
    load_placeholders(rig.settings, outputs["TableName"])
    form: dict[str, Any] = filled_in()
    path = f"/restapis/{outputs['RestAPIId']}/api/_user_request_/api/registrations"
    answer = requests.post(
        rig.settings.aws_endpoint + path, data=form, allow_redirects=False, timeout=60
    )

    assert 303 == answer.status_code, answer.text
    mails = Mailbox(rig.settings.mail_dir)
    eventually(lambda: [one for one in mails.mails() if form["email"] in one.json])


def test_shown(rig: Rig, deployed: list[str]) -> None:
    """
    Its site is the one that visitors see, and what needs no release stands beside it.
    """
    deployment = rig.deployment()
    site = deployment.site(deployment.system.outputs())
    standing = site.s3.get_object(Bucket=site.bucket, Key="standing/404.html")

    assert FIRST in rig.visible("/index.html")
    assert {"status": "404"} == standing["Metadata"]
    assert "text/html; charset=utf-8" == standing["ContentType"]
    assert "public, max-age=0, must-revalidate" == standing["CacheControl"]


def test_again(rig: Rig, deployed: list[str]) -> None:
    """
    The same once more changes nothing: no change set, no upload, no switch, no history.
    """
    before = rig.deployment().code.history()
    said = rig.deploy()

    assert "mijnbuddy-dev: nothing changes." in said
    assert any("0 uploaded; 0 new paths" in line for line in said)
    assert any("visitors see it already" in line for line in said)
    assert before == rig.deployment().code.history()


def test_only_what_changed(rig: Rig, deployed: list[str]) -> None:
    """
    Another site leaves the stack alone. Other code goes to the functions, and nothing that has
    data changes, or is called otherwise. Going back has the code of before, then its page.
    """
    a_site(rig.built.site, SECOND)
    said = rig.deploy()
    assert "mijnbuddy-dev: nothing changes." in said
    assert SECOND in rig.visible("/index.html")

    with zipfile.ZipFile(rig.built.backend / "deployment.zip", "a") as code:
        code.writestr("note.txt", "another version")
    before = rig.resources()
    said = rig.deploy()
    after = rig.resources()
    # CloudFormation names what refers to a function too: it can't know that its name stays.
    kinds = {line.split("(")[1].split(")")[0] for line in said if line.startswith("  ")}
    assert {"AWS::Lambda::Function"} == kinds & {"AWS::Lambda::Function", *HAS_DATA}, said
    assert {"AWS::ApiGateway::Deployment"} >= {kind for _, kind in set(before) ^ set(after)}
    assert rig.code_of("Forward", after) == rig.deployment().code.history()[0].code

    rig.deployment().rollback()
    assert rig.code_of("Forward", after) == rig.deployment().code.history()[0].code
    assert SECOND in rig.visible("/index.html")
    rig.deployment().rollback()
    assert FIRST in rig.visible("/index.html")
    with pytest.raises(DeployError, match="no deployment before"):
        rig.deployment().rollback()


def test_taken_away(rig: Rig, deployed: list[str]) -> None:
    """
    Taken away, the table and the copies are still there, and are said; what is deployed after it
    would take them in, with who is in the table.
    """
    template = rig.built.template("sam.json")
    deployment = rig.deployment()
    table = deployment.system.outputs()["TableName"]
    kept = deployment.destroy(template)

    assert {"Table (AWS::DynamoDB::Table)", "BackupVault (AWS::Backup::BackupVault)"} <= set(kept)
    assert deployment.system.described() is None
    dynamodb = deployment.account.client("dynamodb")
    there = dynamodb.scan(TableName=table)["Count"]
    assert there

    # Up to the answer: the local AWS then finds the names of the buckets taken, imported or not.
    again = rig.deployment(agrees=False)
    with pytest.raises(DeployError, match="Nothing was changed"):
        again.deploy(rig.built)
    assert "The table mijnbuddy-dev is there from before: the new stack takes it in." in rig.said
    imported = {line.split()[1] for line in rig.said if line.startswith("  Import")}
    assert {"Table", "SiteBucket", "PublishedBucket"} == imported
    assert there == dynamodb.scan(TableName=table)["Count"]
