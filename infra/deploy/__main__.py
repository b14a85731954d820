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
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra import smoke
from infra.deploy import stages
from infra.deploy.account import signed_in
from infra.deploy.deployment import Built, Deployment
from infra.deploy.failure import DeployError
from infra.deploy.stacks import Question
from infra.deploy.stages import Stage
from infra.parameters import PRODUCTION

YES = "YES"
ANSWER = "CONFIRM"
EXTRA_WORD = "production"
Read = Callable[[str], str]


def main(arguments: Sequence[str], read: Read = input) -> int:
    options = _parser().parse_args(arguments)
    try:
        stage = stages.read(options.stage)
        return COMMANDS[options.what](stage, options.backend, options.site, read)
    except DeployError as error:
        print(error, file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        # AWS's own words: they name what was asked, never a key.
        print(f"AWS says: {error}", file=sys.stderr)
    return 1


def _deploy(stage: Stage, backend: Path, site: Path, read: Read) -> int:
    built = Built(backend, site)
    # Before we sign in: what is wrong with the file needs no account.
    stages.check(stage, built.template("sam.json"), built.template("global.json"))
    deployment = _deployment(stage, read)
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


def _rollback(stage: Stage, backend: Path, site: Path, read: Read) -> int:  # noqa: ARG001
    deployment = _deployment(stage, read)
    deployment.rollback()
    red = smoke.run(deployment.account, stage) if stage.site else []
    return 1 if any(one.is_of_visitors for one in red) else 0


def _destroy(stage: Stage, backend: Path, site: Path, read: Read) -> int:
    deployment = _deployment(stage, read)
    print(
        f"This takes {stage.stack} away from account {deployment.account.number}: the site, the "
        "functions, the key that links are signed with. Links in mails stop working for good. The "
        "table, its copies, the log and the site's buckets stay: docs/runbook.md tells how to end."
    )
    if read(f"Type the name of the stage, {stage.name}: ").strip() != stage.name:
        raise DeployError("Nothing was changed.")
    if stage.name == PRODUCTION and read("And which word more? ").strip() != EXTRA_WORD:
        raise DeployError("Nothing was changed. docs/runbook.md has the word.")
    kept = deployment.destroy(Built(backend, site).template("sam.json"))
    print("Gone. This stays, and costs:", *kept, sep="\n  ")
    return 0


def _address(stage: Stage, backend: Path, site: Path, read: Read) -> int:  # noqa: ARG001
    """For the build of the site; empty where it is at the root of whatever host."""
    print(stage.site)
    return 0


COMMANDS: dict[str, Callable[[Stage, Path, Path, Read], int]] = {
    "address": _address,
    "deploy": _deploy,
    "rollback": _rollback,
    "destroy": _destroy,
}


def _deployment(stage: Stage, read: Read) -> Deployment:
    return Deployment(stage, signed_in(stage.region), lambda question: _agrees(question, read))


def _agrees(question: Question, read: Read) -> bool:
    if os.environ.get(ANSWER) == "yes":
        if not question.is_of_loss:
            print(f"{question.text} {ANSWER}=yes")
            return True
        print(f"{ANSWER}=yes does not answer for data that would be left behind.")
    try:
        return read(f"{question.text} Type {YES}: ").strip() == YES
    except EOFError:  # nobody is there to type
        return False


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
