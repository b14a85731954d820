"""The commands as they are typed: what is asked, what is answered without asking."""

from dataclasses import replace
from typing import Any

import pytest

from infra import smoke
from infra.deploy import __main__ as command
from infra.deploy import stages
from infra.deploy.account import Account
from infra.deploy.stacks import Question

OF_VISITORS = next(one for one in smoke.CHECKS if one.is_of_visitors)
VISITORS = smoke.Result(OF_VISITORS, smoke.RED, "503")
SILENCE = smoke.Result(OF_VISITORS, smoke.RED, "could not be asked", is_answer=False)
TO_DO = smoke.Result(next(one for one in smoke.CHECKS if not one.is_of_visitors), smoke.RED)


class Deployment:
    """Does nothing, and remembers what it was asked."""

    def __init__(self, *_: Any) -> None:
        self.asked: list[str] = []
        self.account = Account("000000000000", "eu-central-1", lambda *_: None)
        self.is_there = True

    def deploy(self, built: object) -> dict[str, str]:
        self.asked.append("deploy")
        return {"DistributionDomain": "d1.cloudfront.example"}

    def show_before(self) -> None:
        self.asked.append("show before")

    def destroy(self, template: object) -> list[str]:
        self.asked.append("destroy")
        return ["Table (AWS::DynamoDB::Table)"]


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    one = Deployment()
    monkeypatch.setattr(command, "_deployment", lambda *_: one)
    return one


def typed(*words: str) -> Any:
    answers = iter(words)
    return lambda _: next(answers)


def closed(_: str) -> str:
    """Nobody is there to type."""
    raise EOFError


def stopped(_: str) -> str:
    """Ctrl-C."""
    raise KeyboardInterrupt


def test_production_is_an_example(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Production as it is in the repository is refused before anybody signs in.
    """
    assert 1 == command.main(["deploy", "prod"])
    assert [] == deployment.asked
    assert "www.mijnbuddy.example is an example" in capsys.readouterr().err


def test_no_address_yet(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A stage without a domain is told its address, to be written down.
    """
    assert 0 == command.main(["deploy", "dev"])
    assert "https://d1.cloudfront.example" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("red", "code", "asked"),
    [
        ([], 0, ["deploy"]),
        ([TO_DO], 0, ["deploy"]),
        ([TO_DO, SILENCE], 0, ["deploy"]),
        ([TO_DO, VISITORS], 1, ["deploy", "show before"]),
    ],
)
def test_smoke(
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    red: list[Any],
    code: int,
    asked: list[str],
) -> None:
    """
    Where visitors get errors they see the site of before again; what is still to do is only said,
    and so is that nobody answered: that may be the network of who deploys.
    """
    trying = replace(stages.read("dev"), system={"SiteUrl": "https://d1.cloudfront.example"})
    monkeypatch.setattr(stages, "read", lambda _: trying)
    monkeypatch.setattr(smoke, "run", lambda *_: red)

    assert code == command.main(["deploy", "dev"])
    assert asked == deployment.asked


@pytest.mark.parametrize(
    ("stage", "words", "is_done"),
    [
        ("dev", ["dev"], True),
        ("dev", ["YES"], False),
        ("dev", [""], False),
        ("prod", ["prod", "production"], True),
        ("prod", ["prod", "prod"], False),
    ],
)
def test_destroy(
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    words: list[str],
    is_done: bool,
) -> None:
    """
    Taking a stage away asks for its name, production for a word more, and no variable answers that.
    """
    monkeypatch.setenv("CONFIRM", "yes")

    assert (0 if is_done else 1) == command.main(["destroy", stage], typed(*words))
    assert (["destroy"] if is_done else []) == deployment.asked


@pytest.mark.parametrize("read", [closed, stopped])
def test_destroy_unanswered(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], read: Any
) -> None:
    """
    Where nobody types the name nothing is taken away, and that is said.
    """
    assert 1 == command.main(["destroy", "dev"], read)
    assert [] == deployment.asked
    assert "Nothing was changed.\n" == capsys.readouterr().err


def test_destroy_nothing(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Where there is no such stage that is said, and nothing is asked or done.
    """
    deployment.is_there = False

    assert 1 == command.main(["destroy", "dev"], lambda _: pytest.fail("asked"))
    assert [] == deployment.asked
    said = capsys.readouterr()
    assert "" == said.out
    assert (
        "There is no stack mijnbuddy-dev in eu-central-1 of account 000000000000: nothing was "
        "taken away. Is it in another account? Then sign in there.\n" == said.err
    )


@pytest.mark.parametrize(
    ("variable", "word", "agrees"),
    [("", "YES", True), ("", "yes", False), ("", "", False), ("yes", "no", True)],
)
def test_agreeing(monkeypatch: pytest.MonkeyPatch, variable: str, word: str, agrees: bool) -> None:
    """
    YES is typed, or CONFIRM=yes says it for a pipeline.
    """
    monkeypatch.setenv("CONFIRM", variable)

    assert agrees == command._agrees(Question("Do this?"), typed(word))


@pytest.mark.parametrize(("word", "agrees"), [("YES", True), ("no", False)])
def test_loss_is_typed(monkeypatch: pytest.MonkeyPatch, word: str, agrees: bool) -> None:
    """
    Where data would be left behind no variable answers: YES is typed.
    """
    monkeypatch.setenv("CONFIRM", "yes")

    assert agrees == command._agrees(Question("Do this?", is_of_loss=True), typed(word))


@pytest.mark.parametrize("read", [closed, stopped])
def test_loss_in_a_pipeline(monkeypatch: pytest.MonkeyPatch, read: Any) -> None:
    """
    Where nobody can type, nobody agrees.
    """
    monkeypatch.setenv("CONFIRM", "yes")

    assert not command._agrees(Question("Do this?", is_of_loss=True), read)
