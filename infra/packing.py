"""
Leaves out of the Lambda zip what no function ever reads.

`python -m infra.packing FILE` (in `make package`) rewrites the zip that Chalice made: smaller, and
from the same files always the same bytes, in whichever order the disk gave them to Chalice. A
smaller zip starts sooner and leaves room for what we write ourselves.
"""

import sys
import zipfile
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

LEFT_OUT = (
    # Asks for the mail servers of an address. email-validator imports it only then, and we never
    # let it: a visitor must not wait for somebody else's name server.
    "dns/*",
    "dnspython-*",
    # Emergency and other short numbers, a file for each country, read when somebody asks for one.
    "phonenumbers/shortdata/region_*",
    # All time zones but ours.
    "tzdata/*",
    # For type checkers, and for who would uninstall.
    "*.pyi",
    "*/py.typed",
    "*.dist-info/RECORD",
)
# Whatever is above. Licences and METADATA stay: scanners of a Lambda read there what it runs.
KEPT = (
    "tzdata/__init__.py",
    "tzdata/zoneinfo/__init__.py",
    "tzdata/zoneinfo/Europe/__init__.py",
    "tzdata/zoneinfo/Europe/Brussels",
)


def is_wanted(name: str) -> bool:
    """Whether the file of that name in the zip is read by a function."""
    return name in KEPT or not any(fnmatchcase(name, pattern) for pattern in LEFT_OUT)


def repack(path: Path) -> None:
    """Rewrite the zip in place with the files that are wanted, in the order of their names."""
    repacked = path.with_suffix(".repacked")
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(repacked, "w") as smaller:
        for file in sorted(packed.infolist(), key=lambda file: file.filename):
            if is_wanted(file.filename):
                # Chalice gives every file the same date, so the entry may be taken over.
                smaller.writestr(file, packed.read(file), zipfile.ZIP_DEFLATED, compresslevel=9)
    repacked.replace(path)


def main(arguments: Sequence[str]) -> None:
    (path,) = arguments
    repack(Path(path))


if __name__ == "__main__":
    main(sys.argv[1:])
