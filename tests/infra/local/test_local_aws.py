"""How the local AWS is started and stopped."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local import local_aws
from infra.local.failure import CannotRunError
from infra.local.local_aws import LocalAws
from infra.local.settings import Settings


def test_environment(settings: Settings) -> None:
    """The functions get nothing of the developer's own: no profile, proxy or path."""
    mine = {
        "PATH": "/bin",
        "AWS_PROFILE": "work",
        "https_proxy": "http://proxy.example",
        "PYTHONPATH": "x",
    }
    environment = local_aws.environment(settings, mine)

    assert "/bin" == environment["PATH"]
    assert not set(mine) - {"PATH"} & set(environment)
    assert environment["GATEWAY_PORT"] == str(settings.aws_port)


def test_endpoint_of_the_functions(settings: Settings) -> None:
    """The functions use another address for AWS only when one was asked for."""
    between = replace(settings, functions_aws_endpoint="http://127.0.0.1:9999")

    assert "AWS_ENDPOINT_URL" not in local_aws.environment(settings, {})
    assert "http://127.0.0.1:9999" == local_aws.environment(between, {})["AWS_ENDPOINT_URL"]


def test_ses_events(settings: Settings) -> None:
    """The local SES tells of its mails, unless that was switched off."""
    silent = replace(settings, has_ses_events=False)

    assert "1" == local_aws.environment(settings, {})["MIJNBUDDY_SES_EVENTS"]
    assert "0" == local_aws.environment(silent, {})["MIJNBUDDY_SES_EVENTS"]


def test_rewind(tmp_path: Path) -> None:
    """After a restart every stream is read from its start; the rest of the state stays."""
    state = {
        "__ministack_format__": 2,
        "payload": {
            "esms": {"x": 1},
            "dynamodb_stream_positions": {
                "__account_region_scoped__": True,
                "data": {"000000000000\0eu-central-1\0'796f'": 608},
            },
        },
    }
    (tmp_path / "lambda.json").write_text(json.dumps(state), encoding="utf-8")
    local_aws.rewind_streams(tmp_path)

    rewound = json.loads((tmp_path / "lambda.json").read_text(encoding="utf-8"))
    positions = rewound["payload"]["dynamodb_stream_positions"]
    assert {"000000000000\0eu-central-1\0'796f'": 0} == positions["data"]
    assert positions["__account_region_scoped__"]
    assert {"x": 1} == rewound["payload"]["esms"]


def test_rewind_nothing(tmp_path: Path) -> None:
    """A first start has no state to rewind."""
    local_aws.rewind_streams(tmp_path)


def test_does_not_start(settings: Settings) -> None:
    """An AWS that ends at once is reported with the log that says why."""
    settings.log_dir.mkdir()
    broken = replace(settings, aws_python=Path("/bin/false"))
    with pytest.raises(CannotRunError, match=r"ended by itself .*aws\.log"):
        local_aws.start(broken)


def test_stop_leaves_nobody(tmp_path: Path) -> None:
    """A function that is still at work ends with the AWS that started it."""
    started = tmp_path / "started"
    function = f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(60)"
    parent = (
        "import subprocess, sys, time;"
        f"subprocess.Popen([sys.executable, '-c', {function!r}]); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 10
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    aws = LocalAws(process, tmp_path / "aws.log")
    aws.stop()

    assert aws.has_ended
    assert process.stdout
    # Only at its end do both processes let go of the pipe.
    assert b"" == process.stdout.read()
    process.stdout.close()
