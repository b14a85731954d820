"""
One build of the site, in a process that a warm one forks.

Everything that is not ours is imported once, in the process that forks (`WARM`): that is a quarter
of a build. What is ours is imported in each fork, so an edit of a plugin or of the domain counts.
"""

import hashlib
import logging
import multiprocessing
import os
import sys
import traceback
from collections.abc import Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, FileSystemBytecodeCache

WARM = (
    "infra.site_dev.build",
    "pelican",
    "pelican.generators",
    "pyromark",
    "msgspec",
    "yaml",
    "jinja2",
    "email_validator",
    "phonenumbers",
)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(list(WARM))


def started(output: Path, log: Path) -> ForkServerProcess:
    """A build on its way, of the tree that is the working directory; it ends with 0 when it did."""
    process = _context.Process(target=_build, args=(output, log), daemon=True)
    process.start()
    return process


def _build(output: Path, log: Path) -> None:
    with log.open("w", encoding="utf-8") as said:
        os.dup2(said.fileno(), sys.stdout.fileno())
        os.dup2(said.fileno(), sys.stderr.fileno())
    # Python looks at whole seconds: a second edit within one would run the first one's bytecode.
    sys.dont_write_bytecode = True
    try:
        _run_pelican(output)
    except Exception as error:
        # Pelican would tell a hundred lines of Jinja and of itself.
        print(*_ours(error), f"{type(error).__name__}: {error}", sep="\n")
        sys.exit(1)


def _run_pelican(output: Path) -> None:
    """
    As `make site` does.

    Raises whatever stops a build, and RuntimeError after a warning.
    """
    import pelican  # noqa: PLC0415 the server has no need of it
    from pelican import log  # noqa: PLC0415

    handler = logging.StreamHandler(sys.stdout)
    log.init(level=logging.WARNING, fatal="warnings", handler=handler)  # type: ignore[no-untyped-call]
    arguments = pelican.parse_arguments(["-s", "pelicanconf.py", "-o", str(output)])  # type: ignore[no-untyped-call]
    site, settings = pelican.get_instance(arguments)  # type: ignore[no-untyped-call]
    options = settings["JINJA_ENVIRONMENT"]
    options["bytecode_cache"] = _compiled_templates(output.parent, options)
    site.run()


def _compiled_templates(work: Path, options: dict[str, Any]) -> BytecodeCache:
    """
    What Jinja made of the templates in earlier builds: to compile them is a fifth of a build.

    Jinja knows them by their content, but not by the options that they were compiled with.
    """
    name = hashlib.sha256(repr(sorted(options.items())).encode()).hexdigest()
    folder = work / "templates" / name
    folder.mkdir(parents=True, exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


def _ours(error: Exception) -> Iterator[str]:
    """The places in our own files that the error came through, outermost first."""
    here = f"{Path.cwd()}/"
    for frame in traceback.extract_tb(error.__traceback__):
        file = os.path.relpath(frame.filename)
        if str(Path(file).absolute()).startswith(here) and not file.startswith((".venv", "infra/")):
            yield f"{file}:{frame.lineno}: {frame.line}"
