"""
Makes the templates that go to AWS: `python -m infra.assemble FOLDER` (in `make package`).

Chalice has merged `infra/template.yaml` into its own template: functions, schedules, API. Beside
that come the fragments of `infra/templates`, then what is code or data elsewhere (`infra.edge`),
then what watches over all of it (`infra.watch`). A fragment only adds: a name that is there already
is an error, so no setting can be changed from two places. The stack of us-east-1
(`infra/global.yaml`) becomes a second file.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

from infra import edge, watch

HERE = Path(__file__).parent
FRAGMENTS = HERE / "templates"
GLOBAL = HERE / "global.yaml"

LARGEST = 1_000_000
"""Bytes that CloudFormation takes from S3, by its quotas; in a request, 51,200."""


class TwiceError(ValueError):
    """A fragment defines what is there already."""


def add(template: dict[str, Any], fragment: Mapping[str, Any], source: str) -> None:
    """Put the sections of a fragment into the template. Raises TwiceError."""
    for section, things in fragment.items():
        there = template.setdefault(section, {})
        for name, thing in things.items():
            if name in there:
                raise TwiceError(f"{source}: {section}.{name} is there already")
            there[name] = thing


def system(packaged: Mapping[str, Any]) -> dict[str, Any]:
    """The template of the system, of what Chalice packaged. Raises TwiceError."""
    template = {section: _copied(things) for section, things in packaged.items()}
    for file in sorted(FRAGMENTS.glob("*.yaml")):
        add(template, read(file), file.name)
    add(template, {"Resources": edge.resources()}, "infra/edge.py")
    add(template, {"Resources": watch.resources(template)}, "infra/watch.py")
    return template


def everywhere() -> dict[str, Any]:
    """The template of the stack in us-east-1."""
    template = read(GLOBAL)
    firewall = template["Resources"]["WebAcl"]["Properties"]
    firewall["CustomResponseBodies"] = {"later": {"ContentType": "TEXT_HTML", "Content": edge.BODY}}
    for rule in firewall["Rules"]:
        rule["Action"]["Block"] = {"CustomResponse": edge.refusal()}
    return template


def read(file: Path) -> dict[str, Any]:
    """A template in YAML, with CloudFormation's short forms written out."""
    text = file.read_text(encoding="utf-8")
    found: dict[str, Any] = YAMLTemplateSerializer().load_template(text, str(file))
    return found


def _copied(things: Any) -> Any:
    return dict(things) if isinstance(things, dict) else things


def main(arguments: Sequence[str]) -> None:
    (folder,) = map(Path, arguments)
    packaged = folder / "sam.yaml"
    # JSON: Chalice's YAML has aliases, which CloudFormation does not read.
    for name, template in (("sam.json", system(read(packaged))), ("global.json", everywhere())):
        text = json.dumps(template, ensure_ascii=False, indent=1)
        if len(text.encode()) > LARGEST:
            raise ValueError(f"{name} has more than {LARGEST} bytes")
        (folder / name).write_text(text, encoding="utf-8")
    packaged.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
