"""
What is in the zip and what builds the site: `make sbom` writes it for machines (CycloneDX, in
build/sbom) and for people (docs/licences.md).

The zip is asked itself, by the metadata in it: not what should be there, but what goes to AWS. The
tools are what the lock file names, as they are installed here. The same zip gives the same bytes.
"""

import hashlib
import json
import re
import sys
import tomllib
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
ZIP = ROOT / "build" / "backend" / "deployment.zip"
LOCK = ROOT / "requirements.lock"
FOLDER = ROOT / "build" / "sbom"
DOCUMENT = ROOT / "docs" / "licences.md"
BEGIN, END = "<!-- written by make sbom -->", "<!-- end -->"

PACKED_BY_ITSELF = ("chalice",)
"""In the zip without metadata of their own: their version is the installed one's."""
GPL = re.compile(r"\bA?L?GPL|GNU .*General Public", re.IGNORECASE)
"""Licences that ask for more than naming whoever shares a work: none may be in the zip."""
UNSAID = "niet gekend: its package does not say"
LONGEST = 60
"""Characters of a name; what is longer is the text of the licence itself."""


@dataclass(frozen=True, order=True)
class Part:
    """A package and its licence, as the package says it."""

    name: str
    version: str
    licence: str


def in_zip(path: Path = ZIP) -> list[Part]:
    """What goes to AWS, by the metadata in the zip."""
    with zipfile.ZipFile(path) as packed:
        found = [
            _part(BytesParser().parsebytes(packed.read(name)))
            for name in packed.namelist()
            if name.endswith(".dist-info/METADATA")
        ]
    return sorted([*found, *map(_installed, PACKED_BY_ITSELF)])


def folders(path: Path = ZIP) -> set[str]:
    """The packages and modules at the top of the zip: what it has, whatever metadata says."""
    with zipfile.ZipFile(path) as packed:
        tops = {name.partition("/")[0] for name in packed.namelist()}
    return {top for top in tops if not top.endswith((".dist-info", ".data", "__pycache__"))}


def tools(lock: Path = LOCK) -> list[Part]:
    """What builds, checks and deploys: what the lock names, where it is for this machine."""
    return sorted(_here(re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(), re.MULTILINE)))


def _here(names: Iterable[str]) -> Iterator[Part]:
    for name in names:
        try:
            yield _installed(name)
        except PackageNotFoundError:  # for another system, or another Python
            continue


def _installed(name: str) -> Part:
    text = distribution(name).read_text("METADATA") or ""
    return _part(BytesParser().parsebytes(text.encode()))


def _part(metadata: Message) -> Part:
    return Part(str(metadata["Name"]).lower(), str(metadata["Version"]), licence(metadata))


def licence(metadata: Message) -> str:
    """The licence in the package's own words: an expression, else its classifiers, else a name."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    found = [
        one.rpartition(" :: ")[2]
        for one in metadata.get_all("Classifier", [])
        if one.startswith("License :: ") and not one.endswith(":: OSI Approved")
    ]
    if found:
        return " OR ".join(found)
    name = " ".join(str(metadata.get("License") or "").split())
    return name if 0 < len(name) <= LONGEST else UNSAID


def forbidden(parts: Iterable[Part]) -> list[Part]:
    """Those that may not be in the zip."""
    return [one for one in parts if GPL.search(one.licence) or one.licence == UNSAID]


def bom(name: str, version: str, digest: str, parts: Sequence[Part]) -> str:
    """A CycloneDX document; the same parts give the same text."""
    subject = Component(
        name=name,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=f"{name}@{version}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )
    components = [
        Component(
            name=one.name,
            version=one.version,
            type=ComponentType.LIBRARY,
            bom_ref=f"{one.name}@{one.version}",
            purl=PackageURL("pypi", name=one.name, version=one.version),
            licenses=[DisjunctiveLicense(name=one.licence)],
        )
        for one in parts
    ]
    document = Bom(components=components, serial_number=uuid.uuid5(uuid.NAMESPACE_OID, digest))
    document.metadata.component = subject
    document.register_dependency(subject, components)
    found = json.loads(JsonV1Dot6(document).output_as_string())
    del found["metadata"]["timestamp"]  # the only thing in it that differs each time
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def written(text: str, packed: Sequence[Part], used: Sequence[Part]) -> str:
    """The document with its tables made anew. Raises ValueError where they have no place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT.name} has no place between {BEGIN} and {END}")
    tables = [f"## In the zip\n\n{_table(packed)}", f"## Tools\n\n{_table(used)}"]
    return "\n\n".join([before + begin, *tables, end + after])


def _table(parts: Iterable[Part]) -> str:
    rows = [f"| {one.name} | {one.version} | {one.licence} |" for one in parts]
    return "\n".join(["| package | version | licence |", "| --- | --- | --- |", *rows])


def main() -> int:
    packed, used = in_zip(), tools()
    if found := forbidden(packed):
        for one in found:
            print(f"{one.name} must not be in the zip: {one.licence}", file=sys.stderr)
        return 1
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, subject, parts in (("zip", ZIP, packed), ("tools", LOCK, used)):
        digest = hashlib.sha256(subject.read_bytes()).hexdigest()
        (FOLDER / f"{name}.cdx.json").write_text(bom(f"mijnbuddy-{name}", version, digest, parts))
    DOCUMENT.write_text(written(DOCUMENT.read_text(), packed, used))
    print(f"{FOLDER.relative_to(ROOT)}: {len(packed)} packages in the zip, {len(used)} tools")
    return 0


if __name__ == "__main__":
    sys.exit(main())
