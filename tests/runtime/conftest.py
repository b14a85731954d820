"""
The packaged zip as Lambda runs it: unpacked in an empty folder, by AWS's own runtime client in an
environment that has nothing else, with the local AWS for the table, the key and the mails.
"""

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.store import Store
from infra.local import local_aws
from infra.local.settings import ACCESS_KEY, REGION, SECRET_KEY, Settings, read_settings
from tests.backend.samples import contact
from tests.runtime_api import Function
from tests.stack import free_port

PACKAGE = Path("build/backend/deployment.zip")
TEMPLATE = Path("build/backend/sam.json")
PYTHON = Path(".venv-runtime/bin/python").absolute()
TABLE = "mijnbuddy-runtime"
EXPORTS = f"{TABLE}-exports"
SENDER = "buddy@mijnbuddy.example"
# Of the variables that the template gives a function; what is not among them is switched off.
VALUES = {
    "TABLE_NAME": TABLE,
    "SITE_URL": "https://www.mijnbuddy.example",
    "SENDER_ADDRESS": SENDER,
    "AGENCY_ADDRESS": "desk@mijnbuddy.example",
    "CONFIGURATION_SET": TABLE,
    "EXPORTS_BUCKET": EXPORTS,
    "SIGNING_KEY_ARN": f"{TABLE}-signing-key",
}


@dataclass(frozen=True)
class Lambda:
    """Our functions, each started anew for each call."""

    folder: Path
    settings: Settings
    log: Path

    def call(self, function: str, *events: object) -> list[Any]:
        """What the function with this name in the template answers, from cold, to the events."""
        template = json.loads(TEMPLATE.read_text())
        described = template["Resources"][function]["Properties"]
        parts = (template["Globals"]["Function"], described)
        names = {
            name for part in parts for name in part.get("Environment", {}).get("Variables", {})
        }
        variables = {name: VALUES.get(name, "") for name in names}
        variables["AWS_ENDPOINT_URL"] = self.settings.aws_endpoint
        runs = Function(PYTHON, self.folder, described["Handler"], variables)
        return runs.call(*events, log=self.log)

    def aws(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.settings.aws_endpoint,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )

    @property
    def store(self) -> Store:
        return Store(self.aws("dynamodb"), TABLE)

    def image(self, reference: str) -> dict[str, Any]:
        """The item of a registration, as DynamoDB writes it."""
        key = {"pk": {"S": f"REGISTRATION#{reference}"}, "sk": {"S": "REGISTRATION"}}
        item: dict[str, Any] = self.aws("dynamodb").get_item(TableName=TABLE, Key=key)["Item"]
        return item

    @property
    def mails(self) -> list[str]:
        return [mail.read_text() for mail in sorted(self.settings.mail_dir.glob("*.eml"))]


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lambda]:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(PACKAGE) as archive:
        archive.extractall(folder)
    local = tmp_path_factory.mktemp("aws")
    there = {"AWS_PORT": str(free_port()), "LOCAL_DIR": str(local), "SES_EVENTS": "off"}
    settings = read_settings([], {**os.environ, **there, "LOG_DIR": str(local / "log")})
    settings.log_dir.mkdir(parents=True)
    running = local_aws.start(settings)
    try:
        functions = Lambda(folder, settings, local / "log" / "functions.log")
        _furnish(functions)
        yield functions
    finally:
        running.stop()


def _furnish(functions: Lambda) -> None:
    """
    The table of the template, the key, a bucket, a verified sender, and where Aalst receives its
    mails.
    """
    table = json.loads(TEMPLATE.read_text())["Resources"]["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    functions.aws("dynamodb").create_table(
        TableName=TABLE, **{part: table[part] for part in wanted}
    )
    functions.aws("secretsmanager").create_secret(
        Name=f"{TABLE}-signing-key", SecretString="k" * 64
    )
    functions.aws("s3").create_bucket(
        Bucket=EXPORTS, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    functions.aws("sesv2").create_email_identity(EmailIdentity=SENDER.partition("@")[2])
    functions.aws("sesv2").create_configuration_set(ConfigurationSetName=TABLE)
    functions.store.save_contact(contact())
