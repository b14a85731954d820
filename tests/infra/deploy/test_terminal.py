"""What every command that is typed does alike: whose AWS it speaks to, and what a failure says."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    ProfileNotFound,
    UnauthorizedSSOTokenError,
)

from infra import smoke, table
from infra.deploy import __main__ as command
from infra.deploy import terminal
from infra.deploy.failure import DeployError

COMMANDS: dict[str, Callable[[], int]] = {
    "address": lambda: command.main(["address", "dev"]),  # what `make deploy` begins with
    "deploy": lambda: command.main(["deploy", "prod"]),  # and not what is wrong with its file
    "rollback": lambda: command.main(["rollback", "dev"]),
    "destroy": lambda: command.main(["destroy", "dev"]),
    "smoke": lambda: smoke.main(["dev"]),
    "export": lambda: table.main(["export", "dev", ""]),
    "import": lambda: table.main(["import", "dev", ""]),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_local_aws(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A terminal that speaks to the local AWS deploys nothing, and hears why before anything else.
    """
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    assert 1 == COMMANDS[name]()
    said = capsys.readouterr()
    assert "" == said.out
    assert (
        "AWS_ENDPOINT_URL is set, so this terminal speaks to the local AWS: open another one.\n"
        == said.err
    )


def a_refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetCallerIdentity")


@pytest.mark.parametrize(
    ("error", "is_signed_out"),
    [
        (NoCredentialsError(), True),
        (UnauthorizedSSOTokenError(), True),
        (ProfileNotFound(profile="x"), True),
        (a_refusal("ExpiredToken"), True),
        (a_refusal("InvalidClientTokenId"), True),
        (a_refusal("AccessDenied"), False),
        (ConnectTimeoutError(endpoint_url="x"), False),
    ],
)
def test_signed_out(
    error: Exception,
    is_signed_out: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """
    AWS's own words, and where to sign in for who did not.
    """
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)

    def asks(_: object) -> int:
        raise error

    assert 1 == terminal.run(asks)
    said = capsys.readouterr().err
    assert said.startswith(f"AWS says: {error}")
    assert is_signed_out == ("Sign in first: docs/runbook.md, First deployment, step 1." in said)


def test_stopped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Clients that were given are used, whatever the terminal says; why it stopped is told.
    """
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    given: list[Any] = []

    def stops(open_client: Any) -> int:
        given.append(open_client)
        raise DeployError("Nothing was changed.")

    assert 1 == terminal.run(stops, the_clients := lambda *_: None)
    assert [the_clients] == given
    assert "Nothing was changed.\n" == capsys.readouterr().err
