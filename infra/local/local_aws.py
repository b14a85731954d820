"""Start and stop the local AWS: one MiniStack process that keeps its state between runs.

What runs inside that process is `aws.py`; what is deployed to it is `deployment.py`.
"""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.local.failure import CannotRunError
from infra.local.settings import ACCESS_KEY, HOST, REGION, SECRET_KEY, Settings

READY_WITHIN = 30.0
STOPPED_WITHIN = 30.0
REPOSITORY = Path(__file__).parents[2]


class LocalAws:
    """The running process."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def failure(self) -> CannotRunError:
        return CannotRunError(
            f"The local AWS ended by itself (exit code {self._process.returncode}); see {self._log}"
        )

    def stop(self) -> None:
        """End it, with its state saved and none of the functions' processes left behind."""
        if not self.has_ended:
            # Not SIGKILL: MiniStack saves its state on SIGTERM, and then only.
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired as error:
            raise CannotRunError(
                f"The local AWS did not stop, so this run's data are lost; see {self._log}"
            ) from error
        finally:
            # A function that is still at work outlives MiniStack. It is the same process group.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextmanager
def running(settings: Settings) -> Iterator[LocalAws]:
    """The local AWS for as long as the block lasts."""
    local_aws = start(settings)
    try:
        yield local_aws
    finally:
        # Impatience must not cost state: stopping takes a second.
        for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(stop, signal.SIG_IGN)
        local_aws.stop()


def start(settings: Settings) -> LocalAws:
    """Start MiniStack on what it kept, and wait until it answers."""
    # The unpacked code of the functions of earlier runs.
    shutil.rmtree(settings.aws_dir / "tmp", ignore_errors=True)
    for folder in (settings.aws_dir / "state", settings.aws_dir / "tmp", settings.mail_dir):
        folder.mkdir(parents=True, exist_ok=True)
    rewind_streams(settings.aws_dir / "state")
    log = settings.log_dir / "aws.log"
    command = [str(settings.aws_python), "-m", "hypercorn", "infra.local.aws:app", "--workers", "0"]
    # Longer than the front door keeps its connections, so that it never writes to a closed one.
    command += ["--bind", f"{HOST}:{settings.aws_port}", "--keep-alive", "75"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment(settings, os.environ),
            stdin=subprocess.PIPE,  # never written to: aws.py sees by it whether we live
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we stop it in order
        )
    local_aws = LocalAws(process, log)
    try:
        _wait_until_ready(local_aws, settings)
    except BaseException:
        local_aws.stop()
        raise
    return local_aws


def _wait_until_ready(local_aws: LocalAws, settings: Settings) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not _answers(settings):
        if local_aws.has_ended:
            raise local_aws.failure()
        if time.monotonic() > deadline:
            raise CannotRunError(f"The local AWS did not start in time; see {settings.log_dir}")
        time.sleep(0.05)


def _answers(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.aws_endpoint}/_ministack/health", timeout=5):  # noqa: S310
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def environment(settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """What MiniStack runs with. The functions inherit it, so it holds as little as possible.

    A developer's AWS_PROFILE, proxy or PYTHONPATH would otherwise change what the functions do.
    """
    kept = {name: inherited[name] for name in ("HOME", "PATH") if name in inherited}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        # Its own folder, so that what a killed run leaves there goes with FRESH=1.
        "TMPDIR": str(settings.aws_dir / "tmp"),
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "MINISTACK_REGION": REGION,
        "MINISTACK_HOST": HOST,
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.aws_port),
        "AUTH": "true",  # each function acts under its own role, with what its policies allow
        "IOT_MTLS_ENABLED": "0",  # opens port 8883 otherwise
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(settings.aws_dir / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.aws_dir / "s3"),
        "MIJNBUDDY_MAILS": str(settings.mail_dir),
        "MIJNBUDDY_SES_EVENTS": "1" if settings.has_ses_events else "0",
        "MIJNBUDDY_FUNCTIONS_LOG": str(settings.log_dir / "functions.log"),
        "MIJNBUDDY_CALLS": str(settings.log_dir / "calls.log"),
        **_functions_endpoint(settings),
    }


def _functions_endpoint(settings: Settings) -> dict[str, str]:
    """MiniStack hands its own AWS_ENDPOINT_URL to the functions: an address between the two."""
    if settings.functions_aws_endpoint == settings.aws_endpoint:
        return {}
    return {"AWS_ENDPOINT_URL": settings.functions_aws_endpoint}


def rewind_streams(state: Path) -> None:
    """Let the functions read the tables' streams from the start again.

    MiniStack keeps how far each function had read, but not the stream itself. After a restart a
    function would otherwise be deaf until the new stream is as long as the old one was.
    """
    path = state / "lambda.json"
    if not path.exists():
        return
    kept = json.loads(path.read_text(encoding="utf-8"))
    positions = kept["payload"]["dynamodb_stream_positions"]["data"]
    positions.update(dict.fromkeys(positions, 0))
    rewound = path.with_suffix(".rewound")
    rewound.write_text(json.dumps(kept), encoding="utf-8")
    rewound.replace(path)
