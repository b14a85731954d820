"""
What a stage is given: `infra/stages/STAGE.yaml`, checked against the templates before anything is
asked of AWS.

`system` has parameters of build/backend/sam.json. `everywhere` has those of build/backend/
global.json; where it stands, that stack is made too, and its certificate and firewall become
parameters of the system. docs/parameters.md tells what each is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from infra import parameters
from infra.deploy.failure import DeployError

FOLDER = Path(__file__).parents[1] / "stages"
STAGES = ("dev", "staging", "prod")
KEYS = {"region", "system", "everywhere"}
SHARED = ("OtherHost", "HostedZoneId")
"""What the stack in us-east-1 is given as well; its SiteHost is the host of SiteUrl."""
SITE_HOST = "SiteHost"
FOLLOWING = ("Stage", SITE_HOST, *SHARED)
FIREWALL = "WebAclArn"
OF_OUTPUTS = ("CertificateArn", FIREWALL)
"""Outputs of the stack in us-east-1 that are parameters of the system."""

Template = Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    """`everywhere` is None for a stage without a certificate and a firewall."""

    name: str
    region: str
    system: Mapping[str, str]
    everywhere: Mapping[str, str] | None

    @property
    def stack(self) -> str:
        return f"mijnbuddy-{self.name}"

    @property
    def global_stack(self) -> str:
        return f"mijnbuddy-{self.name}-global"

    @property
    def code_bucket(self) -> str:
        """The beginning of its name; the number of the account follows."""
        return f"mijnbuddy-{self.name}-code"

    @property
    def site(self) -> str:
        """The address that visitors use; "" where none was given."""
        return self.system.get("SiteUrl", "")


def read(name: str, folder: Path = FOLDER) -> Stage:
    """The stage of that name. Raises DeployError for what is not a stage."""
    if name not in STAGES:
        raise DeployError(f"STAGE is one of {', '.join(STAGES)}, not {name or 'nothing'}.")
    file = folder / f"{name}.yaml"
    if not file.is_file():
        raise DeployError(f"{file} is not there: copy one of its neighbours.")
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or set(found) - KEYS:
        raise DeployError(f"{file.name}: it has {', '.join(sorted(KEYS))}, and nothing else.")
    if not isinstance(found.get("region"), str):
        raise DeployError(f"{file.name}: say in which region, such as eu-central-1.")
    return Stage(
        name=name,
        region=found["region"],
        system=_texts(found.get("system"), f"{file.name}: system"),
        everywhere=(
            _texts(found["everywhere"], f"{file.name}: everywhere")
            if "everywhere" in found
            else None
        ),
    )


def _texts(section: object, where: str) -> dict[str, str]:
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise DeployError(f"{where}: give names with values.")
    found = {}
    for name, value in section.items():
        # YAML reads `yes` as true and 0012 as 10: what goes to AWS must be what stands there.
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise DeployError(f"{where}.{name}: put it between quotes.")
        found[str(name)] = str(value)
    return found


def check(stage: Stage, system: Template, everywhere: Template) -> None:
    """Raises DeployError with all that is wrong, a line each, before AWS is asked anything."""
    found = [*_unknown(stage.system, system, "system")]
    if "Stage" in stage.system:
        found.append("system.Stage: it is the name of the file")
    if stage.everywhere is not None:
        found += _unknown(stage.everywhere, everywhere, "everywhere")
        found += [
            f"everywhere.{name}: it follows from the system's"
            for name in FOLLOWING
            if name in stage.everywhere
        ]
        if not stage.site:
            found.append("system.SiteUrl: a certificate is for a host")
        found += _unfit_everywhere(stage, everywhere)
    elif stage.name == parameters.PRODUCTION and not stage.system.get("CertificateArn"):
        found.append("everywhere: production has a domain of its own, and so a certificate")
    given = with_defaults(system, values(stage, {}))
    found += parameters.complaints(stage.name, given, system["Parameters"])
    if found:
        raise DeployError("\n".join([f"Not deployed. infra/stages/{stage.name}.yaml:", *found]))


def _unfit_everywhere(stage: Stage, template: Template) -> list[str]:
    """What is shared with the system is not looked at twice, but the host has a form of its own."""
    own = {name: one for name, one in (stage.everywhere or {}).items() if name not in FOLLOWING}
    host = urlsplit(stage.site).hostname
    values = {**own, **({SITE_HOST: host} if host else {})}
    return [f"{name}: {why}" for name, why in parameters.unfit(values, template["Parameters"])]


def _unknown(given: Mapping[str, str], template: Template, where: str) -> list[str]:
    known = template["Parameters"]
    return [f"{where}.{name}: there is no such parameter" for name in given if name not in known]


def with_defaults(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """The values of all parameters of a template."""
    defaults = {
        name: str(one["Default"])
        for name, one in template["Parameters"].items()
        if "Default" in one
    }
    return defaults | dict(given)


def given(outputs: Mapping[str, str]) -> dict[str, str]:
    """What the stack in us-east-1 gives to the system."""
    return {name: outputs[name] for name in OF_OUTPUTS if outputs.get(name)}


def still_wanted(stage: Stage, given: Mapping[str, str]) -> dict[str, str]:
    """Of that, what the stage has not switched off."""
    has_firewall = (stage.everywhere or {}).get("Firewall") == "yes"
    return {name: one for name, one in given.items() if name != FIREWALL or has_firewall}


def values(stage: Stage, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the system; `given` by the stack in us-east-1."""
    return {"Stage": stage.name, **stage.system, **given}


def global_values(stage: Stage) -> dict[str, str]:
    """The parameters of the stack in us-east-1."""
    shared = {name: stage.system[name] for name in SHARED if name in stage.system}
    host = urlsplit(stage.site).hostname or ""
    return {"Stage": stage.name, SITE_HOST: host, **shared, **(stage.everywhere or {})}
