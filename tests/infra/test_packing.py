"""What is left out of the zip for Lambda, and that nothing misses it."""

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

import pytest

from infra.packing import RUNTIME, compiled, is_wanted, repack
from tests.infra.built import of_type

BUILT = Path("build/backend/deployment.zip")
LARGEST = 5_500_000
"""Bytes: a tenth above what it was when botocore came in."""

NATIVE = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe")
"""How a compiled library of Linux, Windows and macOS begins."""

LOCK = Path("backend/requirements.txt")

# Every module of ours, and what the libraries read only when somebody uses them: a time zone
# where the machine has none, addresses and numbers from here and far, a template, a workbook.
USE = """
import importlib, pkgutil, sys, zoneinfo
from datetime import UTC, datetime

zoneinfo.reset_tzpath([])
sys.path.insert(0, sys.argv[1])

import app, chalicelib, phonenumbers
from chalicelib import candidate_files, pages
from chalicelib.domain import calendar, cleaning

for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
assert 2 == calendar.BRUSSELS.utcoffset(datetime(2026, 7, 1)).seconds / 3600
assert "griet@xn--bcher-kva.example" == cleaning.email("griet@bücher.example")
for region in phonenumbers.SUPPORTED_REGIONS:
    example = phonenumbers.example_number(region)
    if phonenumbers.is_valid_number(example):
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        assert e164 == cleaning.phone(e164)
        assert cleaning.shown_phone(e164)
assert b"PK" == candidate_files.as_xlsx([], "Lijst", datetime.now(UTC))[:2]

elsewhere = {
    name.partition(".")[0]
    for name, module in sys.modules.items()
    if "site-packages" in (getattr(module, "__file__", None) or "")
}
print(*sorted(elsewhere))
"""


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The zip that goes to AWS, as Lambda unpacks it."""
    with zipfile.ZipFile(BUILT) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def pack(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), name)
    return path


@pytest.fixture
def functions(resources: dict[str, Any]) -> list[dict[str, Any]]:
    """The functions of the template that run our zip."""
    return list(of_type(resources, "AWS::Serverless::Function").values())


def test_enough(unpacked: Path) -> None:
    """
    Every module of ours, and what it takes from the libraries, is there without anything that
    only this machine has installed of them.
    """
    ours = {"chalice"} | {
        line.partition("==")[0] for line in LOCK.read_text().splitlines() if "==" in line
    }
    done = subprocess.run(
        [sys.executable, "-c", USE, str(unpacked)], capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stderr
    belongs_to = packages_distributions()
    elsewhere = {dist for name in done.stdout.split() for dist in belongs_to.get(name, [])}
    assert set() == ours & {dist.lower() for dist in elsewhere}


@pytest.mark.parametrize(
    "name",
    [
        "dns/resolver.py",
        "dnspython-2.9.2.dist-info/METADATA",
        "phonenumbers/phonenumber.pyi",
        "phonenumbers/shortdata/region_BE.py",
        "phonenumbers/py.typed",
        "markupsafe/_speedups.cpython-313-x86_64-linux-gnu.so",
        "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",
        "app.cpython-311.pyc",
        "tzdata/zoneinfo/Europe/Paris",
        "tzdata-2026.6.dist-info/RECORD",
    ],
)
def test_left_out(name: str) -> None:
    """
    What no function reads is no part of the zip.
    """
    assert not is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "app.py",
        "chalicelib/domain/data/holidays.csv",
        "phonenumbers/data/region_BE.py",
        "tzdata/zoneinfo/Europe/Brussels",
        "tzdata-2026.6.dist-info/METADATA",
        "tzdata-2026.6.dist-info/licenses/LICENSE",
    ],
)
def test_stays(name: str) -> None:
    """
    Code and data stay, and so do the licences and versions of what others wrote.
    """
    assert is_wanted(name)


def test_size() -> None:
    """
    The zip stays small: it is fetched at each cold start.
    """
    assert BUILT.stat().st_size < LARGEST


def test_any_processor(functions: list[dict[str, Any]]) -> None:
    """
    Nothing in the zip is made for one kind of processor, so it runs on the one that the template
    asks for.
    """
    with zipfile.ZipFile(BUILT) as archive:
        native = [name for name in archive.namelist() if archive.read(name).startswith(NATIVE)]

    assert [] == native
    assert {("arm64",)} == {tuple(one["Architectures"]) for one in functions}


def test_compiled() -> None:
    """
    Every module has its bytecode, and Python takes it without a look at the source; the bytecode
    is of the functions' Python, so no other one makes any.
    """
    with zipfile.ZipFile(BUILT) as archive:
        names = set(archive.namelist())
        flags = {archive.read(name)[4:8] for name in names if name.endswith(".pyc")}
    can = sys.version_info[:2] == RUNTIME

    modules = {name for name in names if name.endswith(".py")} if can else set()
    assert modules == {source_from_cache(name) for name in names if name.endswith(".pyc")}
    # Hashed (bit 0), and not checked (bit 1): PEP 552.
    assert ({(0b01).to_bytes(4, "little")} if can else set()) == flags


def test_runtime(functions: list[dict[str, Any]]) -> None:
    """
    What is compiled is for the Python that the template names.
    """
    assert {"python{}.{}".format(*RUNTIME)} == {one["Runtime"] for one in functions}


def test_compiled_same_bytes() -> None:
    """
    The same source gives the same bytecode, also where sets have an order of the day.
    """
    source = {
        "one.py": b"WANTED = {'a', 'b', 'c', 'd'}\n\n\ndef f(x):\n    return x in {'e', 'f'}\n"
    }

    assert compiled(source) == compiled(source)


def test_other_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Another Python than the functions' makes no bytecode: they could not read it.
    """
    monkeypatch.setattr("infra.packing.RUNTIME", (3, 99))

    assert {} == compiled({"one.py": b""})


def test_same_bytes(tmp_path: Path) -> None:
    """
    The same files make the same zip, in whichever order they came.
    """
    one = pack(tmp_path / "one.zip", "b.py", "dns/name.py", "a.py")
    other = pack(tmp_path / "other.zip", "a.py", "b.py")

    repack(one)
    repack(other)

    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert {"a.py": b"a.py", "b.py": b"b.py"} == {
            name: archive.read(name) for name in archive.namelist() if name.endswith(".py")
        }


def test_built_again(tmp_path: Path) -> None:
    """
    The zip that goes to AWS, packed once more in another folder, is the same to the byte.
    """
    again = tmp_path / "again.zip"
    shutil.copy(BUILT, again)
    repack(again)

    assert BUILT.read_bytes() == again.read_bytes()
