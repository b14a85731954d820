"""
Give every municipality a placeholder address, so that a registration has somewhere to go, and let
one officer in at the agency's desk.

By the use cases themselves: to start the command line tool for each takes longer than all else of a
start. The variables in LOCAL_DIR/env let a person use that tool.
"""

import shlex
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from chalicelib import address_book, officers
from chalicelib.address_book import Row
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.session import MANAGE
from chalicelib.store import Store
from infra.local.deployment import client
from infra.local.settings import ACCESS_KEY, REGION, SECRET_KEY, Settings

OFFICER = ("beheer", "beheer@mijnbuddy.example", MANAGE)
"""Who may sign in at the agency's desk, to try it out: a link is mailed to that address."""
WHO = "make run"

# Next to the Python that runs us: whether or not its environment is activated.
PROGRAMS = Path(sys.executable).parent


def load_placeholders(settings: Settings, table_name: str) -> None:
    """Write the placeholders and an officer, unless the table has addresses already."""
    write_environment(settings.env_file, cli_environment(settings, table_name))
    store, now = Store(client("dynamodb", settings), table_name), datetime.now(UTC)
    if any(store.all_contacts()):
        return
    # Confirmed without a code: 304 mails would hide the ones that a developer looks for.
    made = address_book.plan(placeholders(), (), WHO, now, confirm_placeholders=True)
    for contact in made.changes:
        store.save_contact(contact)
    officers.add(*OFFICER, store, who=WHO, now=now)


def cli_environment(settings: Settings, table_name: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": settings.aws_endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "TABLE_NAME": table_name,
    }


def write_environment(path: Path, variables: Mapping[str, str]) -> None:
    """Write the variables for a person's shell, with the tool itself on its path."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines.append(f'export PATH={shlex.quote(str(PROGRAMS))}:"$PATH"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def placeholders() -> Iterator[Row]:
    for line, one in enumerate(MUNICIPALITIES, start=1):
        yield Row(line, one.nis_code, f"buddy+{one.slug}@{one.slug}.example", order=1)
