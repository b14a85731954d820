"""
`python -m infra.site_dev`: build the site, serve it, and do so again after each edit.

The watcher is never away: what changes during a build is waiting when the build ends.
"""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from aiohttp import web
from watchfiles import Change, DefaultFilter, awatch

from infra.local.failure import CannotRunError
from infra.local.settings import HOST, read_settings
from infra.site_dev.server import Site, application, keep_building

# Relative to the working directory: the tree that is built.
WORK = Path("build/dev")
FOLDERS = (Path("site"), Path("media"), Path("backend/chalicelib"))
SETTINGS = Path("pelicanconf.py")
QUIET = 50  # milliseconds: a «save all» is one edit


def main() -> int:
    try:
        asyncio.run(run(read_settings((), os.environ).port))
    except CannotRunError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def run(port: int) -> None:
    """
    Serve and follow until told to stop.

    Raises CannotRunError for a port that is taken.
    """
    stopped = asyncio.Event()
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(stop, stopped.set)
    site, edited = Site(WORK), asyncio.Queue[Collection[str]]()
    runner = web.AppRunner(application(site), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await _listen(runner, port)
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        print(welcome(port), flush=True)
        work = [
            asyncio.create_task(_watch(FOLDERS, DefaultFilter(), edited)),
            asyncio.create_task(_watch((Path(),), _is_settings, edited)),
            asyncio.create_task(keep_building(site, edited)),
        ]
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait([waiting, *work], return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            if task.done():  # they have no end of their own
                task.result()
            task.cancel()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        raise CannotRunError(f"Port {port} is taken: choose another with PORT=8010") from error


def _is_settings(_: Change, path: str) -> bool:
    return Path(path).name == SETTINGS.name


async def _watch(
    paths: tuple[Path, ...],
    wanted: Callable[[Change, str], bool],
    edited: asyncio.Queue[Collection[str]],
) -> None:
    # A folder without those below it: an editor puts a new file in the place of the old one.
    is_whole = Path() not in paths
    async for changes in awatch(*paths, watch_filter=wanted, step=QUIET, recursive=is_whole):
        await edited.put({os.path.relpath(path) for _, path in changes})


def welcome(port: int) -> str:
    return f"""
Site  http://{HOST}:{port}/

It follows every edit of {", ".join(map(str, FOLDERS))} and {SETTINGS}.
Not here, because the API makes them (`make run` has them): /zoek/, /bedankt/ and what a form sends.
Ctrl-C stops it.
"""


if __name__ == "__main__":
    sys.exit(main())
