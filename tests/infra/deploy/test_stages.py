"""What a stage may be given, before AWS is asked anything."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.deploy import stages
from infra.deploy.failure import DeployError

REAL = {
    "region": "eu-central-1",
    "system": {
        "SiteUrl": "https://www.mijnbuddy.be",
        "OtherHost": "mijnbuddy.be",
        "SenderDomain": "mijnbuddy.be",
        "AgencyAddress": "desk@mijnbuddy.be",
    },
    "everywhere": {"Firewall": "yes"},
}


def template(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("build/backend", name).read_text())
    return found


def given(folder: Path, content: object, name: str = "prod") -> stages.Stage:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content))
    return stages.read(name, folder)


def refusal(stage: stages.Stage) -> str:
    """What is said of a stage that is not deployed; "" for one that may be."""
    try:
        stages.check(stage, template("sam.json"), template("global.json"))
    except DeployError as error:
        return str(error)
    return ""


def test_real(tmp_path: Path) -> None:
    """
    Production with real values may be deployed.
    """
    assert "" == refusal(given(tmp_path, REAL))


def test_for_trying() -> None:
    """
    The stage for trying in the repository may be deployed as it is.
    """
    assert "" == refusal(stages.read("dev"))


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_example(name: str) -> None:
    """
    What has a domain is an example in the repository: all that must be filled in is said at once.
    """
    stage = stages.read(name)
    said = refusal(stage)

    assert {"SiteUrl", "SenderDomain", "AgencyAddress"} <= set(stage.system)
    for given_name, value in stage.system.items():
        assert ".example" in value
        assert f"{given_name}: " in said


@pytest.mark.parametrize(
    ("section", "name", "value", "said"),
    [
        ("system", "SenderDomian", "mijnbuddy.be", "there is no such parameter"),
        ("system", "Stage", "dev", "it is the name of the file"),
        ("everywhere", "SiteHost", "www.mijnbuddy.be", "it follows from the system's"),
        ("everywhere", "Certificate", "x", "there is no such parameter"),
    ],
)
def test_unknown(tmp_path: Path, section: str, name: str, value: str, said: str) -> None:
    """
    A name that no template has is refused, and so is what another place says.
    """
    content = json.loads(json.dumps(REAL))
    content[section][name] = value

    assert f"{section}.{name}: {said}" in refusal(given(tmp_path, content))


def test_no_certificate(tmp_path: Path) -> None:
    """
    Production without a certificate is refused before AWS would.
    """
    content = {name: one for name, one in REAL.items() if name != "everywhere"}

    assert "production has a domain of its own" in refusal(given(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a list", "nothing else"),
        ({"system": {}}, "say in which region"),
        ({"region": "eu-central-1", "password": "x"}, "nothing else"),
        ({"region": "eu-central-1", "system": {"Firewall": True}}, "between quotes"),
        ({"region": "eu-central-1", "system": ["SiteUrl"]}, "names with values"),
    ],
)
def test_malformed(tmp_path: Path, content: object, said: str) -> None:
    """
    A file that says something else than it seems to is refused.
    """
    with pytest.raises(DeployError, match=said):
        given(tmp_path, content)


@pytest.mark.parametrize("name", ["", "production", "../prod"])
def test_no_stage(name: str) -> None:
    """
    Three stages, and no other.
    """
    with pytest.raises(DeployError, match="STAGE is one of dev, staging, prod"):
        stages.read(name)


def test_parameters(tmp_path: Path) -> None:
    """
    The stack in us-east-1 is given the host and the zone of the system, which is given what came
    of it.
    """
    stage = given(tmp_path, REAL)
    outputs = {"CertificateArn": "arn:of-a-certificate", "WebAclArn": "arn:of-a-firewall"}

    assert {
        "Stage": "prod",
        "SiteHost": "www.mijnbuddy.be",
        "OtherHost": "mijnbuddy.be",
        "Firewall": "yes",
    } == stages.global_values(stage)
    assert outputs == stages.given({**outputs, "Another": "thing"})
    assert outputs == {
        name: value for name, value in stages.values(stage, outputs).items() if name in outputs
    }


@pytest.mark.parametrize(
    ("firewall", "wanted"), [("yes", {"CertificateArn", "WebAclArn"}), ("no", {"CertificateArn"})]
)
def test_still_wanted(tmp_path: Path, firewall: str, wanted: set[str]) -> None:
    """
    A firewall that is switched off is still there, and no longer wanted.
    """
    stage = given(tmp_path, REAL | {"everywhere": {"Firewall": firewall}})
    there = {"CertificateArn": "arn:of-a-certificate", "WebAclArn": "arn:of-a-firewall"}

    assert wanted == set(stages.still_wanted(stage, there))
