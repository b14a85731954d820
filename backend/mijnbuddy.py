"""
The command line of the agency's desk: `mijnbuddy --help`.

Works on the table named by `TABLE_NAME`, with the AWS settings of the environment; `--local`
takes both from the running `make run`. The commands are in `commands/`.
"""

import sys
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from commands import (
    candidates,
    contacts,
    dead_letters,
    exports,
    external,
    figures,
    ledger,
    mails,
    officers,
    projects,
    quarantine,
    retention,
    state,
)
from commands.aws_errors import in_words
from commands.console import take_local_environment, told

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="The desk of mijnbuddy.")
cli.add_typer(mails.commands)
cli.add_typer(candidates.commands)
cli.add_typer(state.commands)
cli.add_typer(exports.commands)
cli.add_typer(contacts.commands, name="contacts")
cli.add_typer(dead_letters.commands, name="dead-letters")
cli.add_typer(figures.reports)
cli.add_typer(figures.commands, name="figures")
cli.add_typer(external.commands, name="external")
cli.add_typer(ledger.commands, name="ledger")
cli.add_typer(quarantine.commands, name="quarantine")
cli.add_typer(officers.commands, name="officers")
cli.add_typer(projects.commands, name="projects")
cli.add_typer(retention.leaving)
cli.add_typer(retention.commands, name="retention")


@cli.callback()
def choose(
    local: Annotated[bool, typer.Option("--local", help="Use the running `make run`.")] = False,
) -> None:
    if local:
        take_local_environment()


def main() -> None:
    try:
        cli()
    except (BotoCoreError, ClientError) as error:
        told.print(in_words(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
