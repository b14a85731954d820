"""
`make deploy` from nothing to a delivered mail, on a local AWS of its own: both stacks, their
change sets, the bucket, the key-value store. Then its table is lost and restored.
tests/infra/test_edge_functions.py has what CloudFront does with what is deployed.
"""

import csv
import json
import re
import shutil
import zipfile
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from chalicelib.intake import FORM
from chalicelib.store import Store
from infra import releases
from infra.deploy import stages
from infra.deploy.account import EVERYWHERE, signed_in
from infra.deploy.deployment import Built, Deployment
from infra.deploy.failure import DeployError
from infra.deploy.stacks import HAS_DATA, Ask, Stack
from infra.local import local_aws
from infra.local.contacts import cli_environment, load_placeholders
from infra.local.deployment import LEFT_OUT, OUTPUTS_LEFT_OUT
from infra.local.mailbox import Mail, Mailbox
from infra.local.settings import ACCESS_KEY, REGION, SECRET_KEY, Settings, read_settings
from tests.backend.samples import project_posted, registration
from tests.chain.conftest import filled_in
from tests.chain.drill import Hands
from tests.stack import eventually, free_port

SITE, OTHER = "proef.mijnbuddy.example", "test.mijnbuddy.example"
HERE = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
FIRST, SECOND = "Word buddy", "Word nu buddy"


@dataclass
class Rig:
    """A local AWS, what is built, and what the deployment said."""

    settings: Settings
    built: Built
    said: list[str]

    def deployment(self, ask: Ask = lambda _: True) -> Deployment:
        stage = replace(
            stages.read("dev"),
            system={"SiteUrl": f"https://{SITE}", "OtherHost": OTHER},
            everywhere={"Firewall": "yes"},
        )
        return Deployment(
            stage,
            signed_in(stage.region, self.open),
            ask=ask,
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

    def hands(self) -> Hands:
        """Those of who restores it."""
        outputs = self.deployment().system.outputs()
        return Hands(
            lambda service: self.open(service, REGION),
            cli_environment(self.settings, outputs["TableName"]),
            {logical: name for (name, _), logical in self.resources().items()},
            "dev",
            outputs["TableName"],
        )

    def remake_table(self) -> None:
        """
        The table is gone; CloudFormation makes it of the template again. The local AWS does so with
        any change of it, AWS with a change set that takes back what drifted.
        """
        template = self.built.template("sam.json")
        template["Resources"]["Table"]["Properties"]["Tags"] = [{"Key": "made", "Value": "again"}]
        (self.built.backend / "sam.json").write_text(json.dumps(template))
        self.deploy()

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

    def ask(self, path: str, form: Mapping[str, Any] | None = None) -> requests.Response:
        """A page, or a form that is posted, as CloudFront passes it on to the API."""
        api = self.deployment().system.outputs()["RestAPIId"]
        return requests.request(
            "GET" if form is None else "POST",
            f"{self.settings.aws_endpoint}/restapis/{api}/api/_user_request_{path}",
            data=form,
            headers={} if form is None else HERE,
            allow_redirects=False,
            timeout=60,
        )

    def mails(self, address: str) -> list[Mail]:
        """Those with that address in them, to whomever."""
        return [one for one in Mailbox(self.settings.mail_dir).mails() if address in one.json]

    def press(self, address: str, page: str, **values: str) -> None:
        """A button of the page to which a link in a mail to her leads."""
        (link,) = {
            found
            for mail in self.mails(address)
            if mail.to == (address,)
            for found in re.findall(rf"/mijn/{page}/\S+", mail.text or "")
        }
        seen = re.search(r'name="seen" value="(\d+)"', self.ask(link).text)
        answer = self.ask(link, values | ({"seen": seen[1]} if seen else {}))
        assert answer.status_code < HTTPStatus.BAD_REQUEST, answer.text

    def signs_up(self) -> str:
        """
        Somebody does; her address, once she and her municipality have their mail and SES told so.
        A function that begins while its code is changed waits for minutes, here.
        """
        form: dict[str, Any] = filled_in()
        answer = self.ask("/api/registrations", form)
        assert 303 == answer.status_code, answer.text
        eventually(lambda: len(self.mails(form["email"])) > 1)
        eventually(self.hands().is_settled)
        return str(form["email"])

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
    deployment = rig.deployment(ask=lambda _: False)
    with pytest.raises(DeployError, match="Nothing was changed"):
        deployment.deploy(rig.built)

    assert any("Add     Certificate" in line for line in rig.said)
    assert deployment.everywhere.described() is None
    assert deployment.system.described() is None


def test_both_stacks(rig: Rig, deployed: list[str]) -> None:
    """
    First the certificate and the firewall, in us-east-1; what they are called goes on to the
    system, which shows its site under its own hosts, and behind them.
    """
    (certificate,) = rig.open("acm", EVERYWHERE).list_certificates()["CertificateSummaryList"]
    firewalls = rig.open("wafv2", EVERYWHERE).list_web_acls(Scope="CLOUDFRONT")["WebACLs"]
    distribution = rig.deployment().system.outputs()["DistributionId"]
    shown = rig.open("cloudfront", EVERYWHERE).get_distribution_config(Id=distribution)
    config = shown["DistributionConfig"]

    assert next(line for line in deployed if "changes" in line).startswith("mijnbuddy-dev-global:")
    assert any("Add     Table" in line for line in deployed)
    assert SITE == certificate["DomainName"]
    assert certificate["CertificateArn"] == config["ViewerCertificate"]["ACMCertificateArn"]
    assert [config["WebACLId"]] == [one["ARN"] for one in firewalls]
    assert {SITE, OTHER} == set(config["Aliases"]["Items"])


def test_only_in_its_region(rig: Rig) -> None:
    """
    CloudFront takes certificates of one region only: another refuses that stack before it begins.
    """
    elsewhere = Stack(rig.open("cloudformation", "eu-central-1"), "elsewhere", say=rig.said.append)
    with pytest.raises(DeployError, match="us-east-1 only"):
        elsewhere.change(
            {"TemplateBody": (rig.built.backend / "global.json").read_text()},
            {"SiteHost": SITE},
            ask=lambda _: True,
        )


def test_delivered(rig: Rig, deployed: list[str]) -> None:
    """
    From nothing: once it is deployed, somebody signs up and her municipality has the mail.
    """
    outputs = rig.deployment().system.outputs()
    load_placeholders(rig.settings, outputs["TableName"])

    assert rig.signs_up()


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


def test_restored(rig: Rig, deployed: list[str], tmp_path: Path) -> None:
    """
    The drill of the runbook: the table is copied, lives on, is destroyed, is made of the template
    again, and is filled from the copy. Then who left has left again, the figures are those of
    before to the byte, and who signs up next is forwarded.
    """
    hands = rig.hands()
    chosen = datetime.now(UTC)
    old = registration(1, chosen - timedelta(days=5), email="lang-geleden@example.com")
    Store(hands.open_client("dynamodb"), hands.table).add(old)
    leaves, goes = rig.signs_up(), rig.signs_up()
    told = project_posted()
    (teller,) = told["email"]
    assert HTTPStatus.SEE_OTHER == rig.ask("/api/suggestions", told).status_code
    eventually(lambda: rig.mails(teller))
    hands.run("Repair")
    hands.run("Count")
    copy = hands.copied()

    rig.press(leaves, "aanmelding", action="withdraw", sure="yes")
    rig.press(goes, "aanmelding", action="erase", sure="yes")
    rig.press(teller, "melding", do="erase")
    everybody = 3
    eventually(lambda: len(hands.who_left(chosen)["events"]) == everybody)
    hands.run("Sweep")
    before, asked_for, mails = hands.report(chosen), hands.described(), len(rig.mails(goes))

    lines = csv.DictReader(before.splitlines(), delimiter=";")
    (here,) = [line for line in lines if "Oost-Vlaanderen" in line.values()]
    assert ("1", "1") == (here["Zelf gestopt"], here["Gewist op vraag"])

    hands.destroy()
    hands.restore_beside(copy)
    rig.remake_table()
    assert asked_for == hands.described()
    for function in ("Forward", "Sweep"):
        hands.throttle(function)
    file, left = tmp_path / "copy.jsonl.gz", tmp_path / "left.json"
    hands.move("export", file, hands.restored)
    hands.move("import", file)
    assert goes in hands.everything()
    assert teller in hands.everything()

    left.write_text(json.dumps(hands.who_left(chosen), indent=4))
    again = json.loads(hands.mijnbuddy("retention", "again", str(left), "--json"))
    assert ["erased", "erased", "withdrawn"] == sorted(one["outcome"] for one in again)
    hands.run("Repair")
    checked = json.loads(hands.mijnbuddy("figures", "check", "--json"))
    assert ([], True) == (checked["differences"], checked["days"] > 0)
    for function in ("Forward", "Sweep"):
        hands.switch_on(function, rig.built.template("sam.json"))
    hands.run("Sweep")
    assert goes not in hands.everything()
    assert teller not in hands.everything()
    assert mails == len(rig.mails(goes))
    assert before == hands.report(chosen)
    assert rig.signs_up()


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
    assert deployment.everywhere.described() is None
    dynamodb = deployment.account.client("dynamodb")
    there = dynamodb.scan(TableName=table)["Count"]
    assert there

    # Up to the answer: the local AWS then finds the names of the buckets taken, imported or not.
    again = rig.deployment(ask=lambda question: "global" in question.text)
    with pytest.raises(DeployError, match="Nothing was changed"):
        again.deploy(rig.built)
    assert "The table mijnbuddy-dev is there from before: the new stack takes it in." in rig.said
    imported = {line.split()[1] for line in rig.said if line.startswith("  Import")}
    assert {"Table", "SiteBucket", "PublishedBucket", "Logs"} == imported
    assert there == dynamodb.scan(TableName=table)["Count"]
