"""What the command line says where AWS refuses, or does not answer."""

import sys
from pathlib import Path

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import bootstrap
from commands.aws_errors import BY_HAND, in_words
from mijnbuddy import main

RUNBOOK = Path(__file__).parents[3] / "docs" / "runbook.md"
PRIVATE = "arn:aws:sts::111122223333:assumed-role/operator/jan.peeters@vlaanderen.be AKIAEXAMPLE"


def refusal(code: str, operation: str = "Query") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": PRIVATE}}, operation)


@pytest.mark.parametrize(
    ("error", "what_to_do"),
    [
        (exceptions.NoRegionError(), "Set AWS_DEFAULT_REGION"),
        (exceptions.NoCredentialsError(), BY_HAND),
        (exceptions.ProfileNotFound(profile=PRIVATE), BY_HAND),
        (exceptions.CredentialRetrievalError(provider="sso", error_msg=PRIVATE), BY_HAND),
        (exceptions.SSOTokenLoadError(error_msg=PRIVATE), BY_HAND),
        (refusal("ExpiredTokenException"), BY_HAND),
        (refusal("UnrecognizedClientException"), BY_HAND),
        (refusal("AccessDenied", "AssumeRole"), BY_HAND),
        (refusal("AccessDeniedException"), "docs/security.md"),
        (refusal("ResourceNotFoundException"), "TABLE_NAME"),
        (refusal("InternalServerError"), "Do it again"),
        (exceptions.ParamValidationError(report=PRIVATE), "Do it again"),
    ],
)
def test_what_to_do(error: BotoCoreError | ClientError, what_to_do: str) -> None:
    """
    Each is told by its name, with what to do, and nothing of what AWS wrote of whom.
    """
    told = in_words(error)

    assert told.startswith("AWS says: ")
    assert what_to_do in told
    assert [] == [word for word in PRIVATE.split() if word in told]


@pytest.mark.parametrize(
    ("address", "what_to_do"),
    [
        ("http://127.0.0.1:4566/", "is `make run` running?"),
        ("https://exports.s3.amazonaws.com/jan?X-Amz-Signature=1", "is AWS_DEFAULT_REGION right?"),
    ],
)
def test_nothing_answers(address: str, what_to_do: str) -> None:
    """
    Where nothing answers: by its host alone, ours or that of AWS.
    """
    host = address[: address.index("/", 8)]
    errors = (exceptions.EndpointConnectionError, exceptions.ReadTimeoutError)

    for told in (in_words(error(endpoint_url=address)) for error in errors):
        assert f"Nothing answers at {host}: " in told
        assert what_to_do in told
        assert "jan" not in told


def test_no_traceback(
    aws: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A command without a region ends with 1, what to do, and nothing more.
    """
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    bootstrap._session.cache_clear()  # a command begins without what another test read
    monkeypatch.setattr(sys, "argv", ["mijnbuddy", "contacts", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()

    assert 1 == ended.value.code
    assert ("", ["AWS says: NoRegionError. Set AWS_DEFAULT_REGION, such as eu-central-1."]) == (
        told.out,
        told.err.splitlines(),
    )


def test_by_hand() -> None:
    """
    What it leads to is in the runbook.
    """
    _, _, chapter = BY_HAND.partition("docs/runbook.md, ")

    assert f"\n## {chapter.strip('«».')}\n" in RUNBOOK.read_text()
