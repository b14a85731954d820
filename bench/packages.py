"""
The code of our function and of the rivals, unpacked as Lambda has it.

A rival is packed as its own tool does it: Chalice by `chalice package`, the others from their
wheels, as `sam build` does. None of these ships bytecode: Python compiles at every cold start, as
nobody may write in `/var/task`. So each is there a second time, `compiled`, as somebody would pack
it who knows that.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.runs import BuildError

ROOT = Path(__file__).parents[1]
RIVALS = Path(__file__).parent / "rivals"
BUILT = ROOT / "build/bench"
OURS = ROOT / "build/backend/deployment.zip"
WORK = RIVALS / "registrations.py"


@dataclass(frozen=True)
class Rival:
    """A framework doing the same job; `folder` has its handler and its locked dependencies."""

    name: str
    folder: str
    handler: str = "app.handler"


BARE = Rival("bare boto3", "bare")
CHALICE = Rival("Chalice + boto3", "chalice", "app.app")
POWERTOOLS = Rival("Powertools + boto3", "powertools")
FLASK = Rival("Flask + apig-wsgi + boto3", "flask")
FASTAPI = Rival("FastAPI + Mangum + boto3", "fastapi")
ALL = (BARE, CHALICE, POWERTOOLS, FLASK, FASTAPI)


@dataclass(frozen=True)
class Package:
    """Unpacked code, and how large it was as a zip (bytes)."""

    name: str
    folder: Path
    handler: str
    zipped: int


def ours() -> Package:
    """
    The zip that goes to AWS.

    Raises BuildError where it was not made.
    """
    if not OURS.exists():
        raise BuildError("there is no package of ours: run `make package`")
    folder = BUILT / "ours"
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(OURS) as archive:
        archive.extractall(folder)
    return Package("mijnbuddy", folder, "app.app", OURS.stat().st_size)


def shipped(rival: Rival) -> Package:
    """As its tool packs it."""
    pack = _chalice if rival is CHALICE else _wheels
    return _made(rival, rival.name, BUILT / rival.folder, lambda folder: pack(rival, folder))


def compiled(rival: Rival) -> Package:
    """The same with the bytecode of all of it."""
    source = shipped(rival).folder

    def pack(folder: Path) -> None:
        shutil.copytree(source, folder)
        unchecked = ("--invalidation-mode", "unchecked-hash")
        _run(sys.executable, "-I", "-m", "compileall", "-q", *unchecked, folder)

    name = f"{rival.name}, compiled"
    return _made(rival, name, source.with_name(f"{source.name}-compiled"), pack)


def _made(rival: Rival, name: str, folder: Path, pack: Callable[[Path], None]) -> Package:
    """What `pack` puts into the folder, made again only when something of the rival changed."""
    mark = folder.with_suffix(".made")
    digest = _digest(rival)
    made = mark.read_text().split() if mark.exists() else []
    if made[:1] != [digest]:
        mark.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        pack(folder)
        made = [digest, str(_zipped(folder))]
        mark.write_text(" ".join(made))
    return Package(name, folder, rival.handler, int(made[1]))


def _digest(rival: Rival) -> str:
    files = [WORK, *sorted((RIVALS / rival.folder).rglob("*"))]
    content = b"".join(file.read_bytes() for file in files if file.is_file())
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def _chalice(rival: Rival, folder: Path) -> None:
    project = folder.with_name(f"{folder.name}-project")
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(RIVALS / rival.folder, project)
    (project / "vendor").mkdir()
    shutil.copy(WORK, project / "vendor")
    out = project / "out"
    _run(Path(sys.executable).with_name("chalice"), "--project-dir", project, "package", out)
    with zipfile.ZipFile(out / "deployment.zip") as archive:
        archive.extractall(folder)


def _wheels(rival: Rival, folder: Path) -> None:
    lock = RIVALS / rival.folder / "requirements.txt"
    _run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--require-hashes", "--no-compile", "--only-binary", ":all:"),
        *("--target", folder, "-r", lock),
    )
    shutil.copy(RIVALS / rival.folder / "app.py", folder)
    shutil.copy(WORK, folder)


def _zipped(folder: Path) -> int:
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(folder))
    size = archive.stat().st_size
    archive.unlink()
    return size


def _run(*command: str | Path) -> None:
    # Chalice wants to know a region, also where it asks AWS nothing.
    there = os.environ | {"AWS_DEFAULT_REGION": "eu-central-1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=there)
    if done.returncode:
        raise BuildError(f"{command[0]} failed:\n{done.stderr[-2000:]}")
