"""
`python -m infra.deploy WHAT STAGE`: make deploy, make rollback, make destroy; `address` is for the
build of the site.

Asks before anything changes; CONFIRM=yes in the environment answers for a pipeline. Leaving data
behind is never answered so, nor is destroying: there the name of the stage is typed, and for
production a word more.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra import smoke
from infra.deploy import stages, terminal
from infra.deploy.account import Open, signed_in
from infra.deploy.deployment import Built, Deployment
from infra.deploy.failure import DeployError
from infra.deploy.stacks import Question
from infra.deploy.stages import Stage
from infra.parameters import PRODUCTION

YES = "YES"
ANSWER = "CONFIRM"
EXTRA_WORD = "production"
Read = Callable[[str], str]


@dataclass(frozen=True)
class Order:
    """What was typed, and how more can be asked: of who typed it, and of AWS."""

    stage: Stage
    built: Built
    read: Read
    open_client: Open


def main(arguments: Sequence[str], read: Read = input) -> int:
    options = _parser().parse_args(arguments)

    def done(open_client: Open) -> int:
        stage = stages.read(options.stage)
        built = Built(options.backend, options.site)
        return COMMANDS[options.what](Order(stage, built, read, open_client))

    return terminal.run(done)


def _deploy(order: Order) -> int:
    stage, built = order.stage, order.built
    # Before we sign in: what is wrong with the file needs no account.
    stages.check(stage, built.template("sam.json"), built.template("global.json"))
    deployment = _deployment(order)
    outputs = deployment.deploy(built)
    if not stage.site:
        print(
            f"The site is on https://{outputs['DistributionDomain']}: write that in "
            f"infra/stages/{stage.name}.yaml as SiteUrl and deploy again, so that mails lead there."
        )
        return 0
    red = smoke.run(deployment.account, stage)
    if any(one.is_of_visitors for one in red):
        try:
            deployment.show_before()
            print(
                "Visitors get errors, so they see the site of before again. The functions are the "
                f"new ones: `make rollback STAGE={stage.name}` takes them back too.",
                file=sys.stderr,
            )
        except DeployError as error:
            print(f"Visitors get errors. {error}", file=sys.stderr)
        return 1
    return 0


def _rollback(order: Order) -> int:
    deployment = _deployment(order)
    deployment.rollback()
    red = smoke.run(deployment.account, order.stage) if order.stage.site else []
    return 1 if any(one.is_of_visitors for one in red) else 0


def _destroy(order: Order) -> int:
    stage, deployment = order.stage, _deployment(order)
    if not deployment.is_there:
        raise DeployError(
            f"{deployment.account.lacks(stage.stack)}: nothing was taken away. "
            "Is it in another account? Then sign in there."
        )
    print(
        f"This takes {stage.stack} away from account {deployment.account.number}: the site, the "
        "functions, the key that links are signed with. Links in mails stop working for good. The "
        "table, its copies, the log and the site's buckets stay: docs/runbook.md tells how to end."
    )
    if _typed(f"Type the name of the stage, {stage.name}: ", order.read) != stage.name:
        raise DeployError("Nothing was changed.")
    if stage.name == PRODUCTION and _typed("And which word more? ", order.read) != EXTRA_WORD:
        raise DeployError("Nothing was changed. docs/runbook.md has the word.")
    kept = deployment.destroy(order.built.template("sam.json"))
    print("Gone. This stays, and costs:", *kept, sep="\n  ")
    return 0


def _address(order: Order) -> int:
    """For the build of the site; empty where it is at the root of whatever host."""
    print(order.stage.site)
    return 0


COMMANDS: dict[str, Callable[[Order], int]] = {
    "address": _address,
    "deploy": _deploy,
    "rollback": _rollback,
    "destroy": _destroy,
}


def _deployment(order: Order) -> Deployment:
    account = signed_in(order.stage.region, order.open_client)
    return Deployment(order.stage, account, lambda question: _agrees(question, order.read))


def _agrees(question: Question, read: Read) -> bool:
    if os.environ.get(ANSWER) == "yes":
        if not question.is_of_loss:
            print(f"{question.text} {ANSWER}=yes")
            return True
        print(f"{ANSWER}=yes does not answer for data that would be left behind.")
    return _typed(f"{question.text} Type {YES}: ", read) == YES


def _typed(question: str, read: Read) -> str:
    """The answer; "" where nobody is there to type, or who is there presses Ctrl-C."""
    try:
        return read(question).strip()
    except (EOFError, KeyboardInterrupt):
        print()  # what is said next is not part of the question
        return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    add = parser.add_argument
    add("what", choices=COMMANDS)
    add("stage", help=", ".join(stages.STAGES))
    add("--backend", type=Path, default=Path("build/backend"), help="the package (%(default)s)")
    add("--site", type=Path, default=Path("build/site"), help="the built site (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
