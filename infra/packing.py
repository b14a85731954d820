"""
Makes of the zip that Chalice packed the one that goes to AWS: smaller, and quicker to start.

`python -m infra.packing FILE` (in `make package`) rewrites it in place. What no function reads is
left out, of the models of AWS's services only that is kept which our code calls, and everything is
compiled. From the same files it makes the same bytes, in whichever order the disk gave them to
Chalice. docs/decisions/0026-cold-start.md tells why.
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from infra.models import trimmed

RUNTIME = (3, 13)
"""The functions' Python (infra/template.yaml): it reads no bytecode of another one."""

UNPACKED_AT = "/var/task"
"""Where Lambda unpacks the zip: a traceback names its files there."""

LEFT_OUT = (
    # Asks for the mail servers of an address. email-validator imports it only then, and we never
    # let it: a visitor must not wait for somebody else's name server.
    "dns/*",
    "dnspython-*",
    # Emergency and other short numbers, a file for each country, read when somebody asks for one.
    "phonenumbers/shortdata/region_*",
    # All time zones but ours, also those that python-dateutil brings.
    "tzdata/*",
    "dateutil/zoneinfo/*.tar.gz",
    # MarkupSafe's escaping in C, for one kind of processor. It has the same in Python: without
    # these, the zip runs on all of them.
    "*.so",
    "*.c",
    # A program for the command line, to take macros out of a workbook.
    "xlsxwriter-*.data/*",
    # For type checkers, and for who would uninstall.
    "*.pyi",
    "*/py.typed",
    "*.dist-info/RECORD",
    # Of whichever Python ran last where Chalice looked: ours is made below.
    "*.pyc",
)
# Whatever is above. Licences and METADATA stay: scanners of a Lambda read there what it runs.
KEPT = (
    "tzdata/__init__.py",
    "tzdata/zoneinfo/__init__.py",
    "tzdata/zoneinfo/Europe/__init__.py",
    "tzdata/zoneinfo/Europe/Brussels",
)

Files = dict[str, bytes]


def is_wanted(name: str) -> bool:
    """Whether the file of that name in the zip is read by a function."""
    return name in KEPT or not any(fnmatchcase(name, pattern) for pattern in LEFT_OUT)


def repack(path: Path) -> None:
    """Rewrite the zip in place: what is wanted, in the order of the names."""
    with zipfile.ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist() if is_wanted(name)}
    files = trimmed(files)
    files |= compiled(files)
    repacked = path.with_suffix(".repacked")
    with zipfile.ZipFile(repacked, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as smaller:
        for name, content in sorted(files.items()):
            smaller.writestr(_entry(name), content)
    repacked.replace(path)


def _entry(name: str) -> zipfile.ZipInfo:
    """The same for each build: of 1980, made on Unix, readable by whoever runs the function."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def compiled(files: Mapping[str, bytes]) -> Files:
    """
    The bytecode of every module, by its name in the zip; nothing where this is not the Python that
    the functions run on.

    Unchecked: the files of a zip are all of 1980, so their age tells nothing, and on Lambda nobody
    changes them. In a fresh process with fixed hashes, so that the same source gives the same
    bytes whatever this one did before.
    """
    if sys.version_info[:2] != RUNTIME:
        return {}
    with tempfile.TemporaryDirectory(prefix="mijnbuddy-packing-") as folder:
        for name, content in files.items():
            if name.endswith(".py"):
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        subprocess.run(
            (
                *(sys.executable, "-I", "-m", "compileall", "-q"),
                *("--invalidation-mode", "unchecked-hash", "-s", folder, "-p", UNPACKED_AT, folder),
            ),
            check=True,
            env={"PYTHONHASHSEED": "0"},
        )
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in Path(folder).rglob("*.pyc")
        }


def main(arguments: Sequence[str]) -> None:
    (path,) = arguments
    repack(Path(path))
    if sys.version_info[:2] != RUNTIME:
        wanted, here = (".".join(map(str, version[:2])) for version in (RUNTIME, sys.version_info))
        print(
            f"Packed by Python {here}: no bytecode. It works, and starts slowly: deploy with "
            f"Python {wanted}.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
