"""What a stage may be given, before AWS is asked anything."""

import json
import re
from pathlib import Path

import pytest
import yaml

from infra.deploy import stages
from infra.deploy.failure import DeployError
from tests.infra import built

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


def given(folder: Path, content: object, name: str = "prod") -> stages.Stage:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content))
    return stages.read(name, folder)


def refusal(stage: stages.Stage) -> str:
    """What is said of a stage that is not deployed; "" for one that may be."""
    try:
        stages.check(stage, built.read(), built.read("global.json"))
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


@pytest.mark.parametrize(
    ("section", "name", "value", "said"),
    [
        ("system", "SiteUrl", "https://www.mijnbuddy.be/", "without a slash at the end"),
        ("system", "SiteUrl", "www.mijnbuddy.be", "https:// and the host"),
        ("system", "OtherHost", "https://mijnbuddy.be", "pattern"),
        ("system", "MonthlyBudget", "0", "at least 1"),
        ("everywhere", "Firewall", "on", "yes, no"),
        ("everywhere", "SignInsInFiveMinutes", "9", "at least 10"),
    ],
)
def test_unfit(tmp_path: Path, section: str, name: str, value: str, said: str) -> None:
    """
    What CloudFormation would refuse in either template is said before, once, with what is expected.
    """
    content = json.loads(json.dumps(REAL))
    content[section][name] = value

    for stage in stages.STAGES:
        (line,) = refusal(given(tmp_path, content, stage)).splitlines()[1:]
        assert line.startswith(f"{name}: {value} ")
        assert said in line


def test_host(tmp_path: Path) -> None:
    """
    The host that follows from SiteUrl fits too, where the other template asks more of it.
    """
    content = json.loads(json.dumps(REAL))
    content["system"]["SiteUrl"] = "https://mijn_buddy.be"

    assert "SiteHost: mijn_buddy.be is not as expected: Host" in refusal(given(tmp_path, content))


def test_no_host(tmp_path: Path) -> None:
    """
    A certificate without a host is refused.
    """
    content = json.loads(json.dumps(REAL))
    del content["system"]["SiteUrl"]

    assert "system.SiteUrl: a certificate is for a host" in refusal(given(tmp_path, content, "dev"))


@pytest.mark.parametrize("stage", stages.STAGES)
def test_commented(stage: str) -> None:
    """
    What is commented out in a stage's file is a parameter of the section that it stands in.
    """
    text = (stages.FOLDER / f"{stage}.yaml").read_text(encoding="utf-8")
    with_all = yaml.safe_load(re.sub(r"^  # (?=\w+: )", "  ", text, flags=re.MULTILINE))
    known = {"system": "sam.json", "everywhere": "global.json"}

    for section in known.keys() & with_all.keys():
        assert with_all[section].keys() <= built.read(known[section])["Parameters"].keys()
    assert ("HostedZoneId" in with_all["system"]) == (stage == "prod")


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
