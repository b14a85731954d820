"""`python -m infra.local`: deploy what was built to a local AWS and serve it, until Ctrl-C."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from infra.local import local_aws, state
from infra.local.api_proxy import Api, ApiPaths
from infra.local.contacts import load_placeholders
from infra.local.deployment import PATH_STYLE, Deployment, client, deploy
from infra.local.dev_routes import dev_application
from infra.local.events import Events
from infra.local.failure import CannotRunError
from infra.local.front_door import front_door
from infra.local.local_aws import LocalAws
from infra.local.mailbox import Mailbox
from infra.local.published import Published
from infra.local.settings import HOST, Settings, read_settings

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    for stop in STOPS:
        signal.signal(stop, signal.default_int_handler)
    try:
        run(read_settings(arguments, os.environ))
    except KeyboardInterrupt:
        return 0
    except CannotRunError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(settings: Settings) -> None:
    """Start everything, serve until told to stop, and stop everything."""
    require_built(settings)
    state.require_free_ports(settings)
    with state.claimed(settings):
        if settings.is_fresh:
            state.forget(settings)
        log_to(settings.log_dir)
        with local_aws.running(settings) as aws:
            deployment = deploy(settings)
            load_placeholders(settings, deployment.table_name)
            asyncio.run(serve(settings, deployment, aws))


def require_built(settings: Settings) -> None:
    for path in (settings.site, settings.template, settings.code, settings.aws_python):
        if not path.exists():
            raise CannotRunError(f"{path} is not there: `make run` makes it")


def log_to(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=folder / "front-door.log",
        encoding="utf-8",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    # botocore tells at this level where it found its credentials, at every start.
    logging.getLogger("botocore").setLevel(logging.WARNING)


async def serve(settings: Settings, deployment: Deployment, aws: LocalAws) -> None:
    """Answer on the one port, until told to stop or until the local AWS is gone."""
    stopped = asyncio.Event()
    for stop in STOPS:
        asyncio.get_running_loop().add_signal_handler(stop, stopped.set)

    paths = ApiPaths(deployment.template.api_paths)
    dev = dev_application(Mailbox(settings.mail_dir), Events(deployment, settings))
    published = Published(client("s3", settings, PATH_STYLE), deployment.published_bucket)
    async with Api(settings.aws_endpoint + deployment.api_path, paths) as api:
        runner = web.AppRunner(
            front_door(settings.site, api, dev, published), access_log=None, shutdown_timeout=5
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, settings.port).start()
            print(welcome(settings), flush=True)
            await until_end(stopped, aws)
        finally:
            await runner.cleanup()


async def until_end(stopped: asyncio.Event, aws: LocalAws) -> None:
    while not stopped.is_set():
        if aws.has_ended:
            raise aws.failure()
        try:
            await asyncio.wait_for(stopped.wait(), timeout=0.5)
        except TimeoutError:
            continue


def welcome(settings: Settings) -> str:
    return f"""
Site       {settings.url}/
Mailbox    {settings.url}/dev/mail/
Tools      {settings.url}/dev/
Local AWS  {settings.aws_endpoint}
Logs       {settings.log_dir}
CLI        . {settings.env_file}; mijnbuddy --help
Data       {settings.local_dir} (FRESH=1 starts empty)

Ctrl-C stops all of it.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
