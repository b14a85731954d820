"""What a run leaves for the next one, below LOCAL_DIR: claim it, or start without it."""

import errno
import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from infra.local.failure import CannotRunError
from infra.local.settings import HOST, Settings


def require_free_ports(settings: Settings) -> None:
    if settings.port == settings.aws_port:
        raise CannotRunError(f"PORT and AWS_PORT are both {settings.port}: choose two ports")
    for variable, port in (("PORT", settings.port), ("AWS_PORT", settings.aws_port)):
        if not _is_free(port):
            raise CannotRunError(
                f"Port {port} is taken; choose another: make run {variable}={port + 10}"
            )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections of the previous run that are still closing don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise CannotRunError(f"Port {port} can't be used: {error.strerror}") from error
    return True


@contextmanager
def claimed(settings: Settings) -> Iterator[None]:
    """Keep a second run, on other ports, from writing the same state."""
    settings.local_dir.mkdir(parents=True, exist_ok=True)
    with (settings.local_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRunError(
                f"Another run uses {settings.local_dir}; stop it, or set LOCAL_DIR to another"
            ) from error
        yield


def forget(settings: Settings) -> None:
    """Remove what earlier runs kept, and nothing else that may lie there. Logs stay."""
    for folder in (settings.aws_dir, settings.mail_dir):
        if folder.exists():
            shutil.rmtree(folder)
    settings.env_file.unlink(missing_ok=True)
