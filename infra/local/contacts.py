"""Give every municipality a placeholder address, so that a registration has somewhere to go, and
let one officer in at the agency's desk.

Loaded by the command line tool that the agency's desk uses, against the local AWS; the same
variables in LOCAL_DIR/env let a person use that tool.
"""

import csv
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from chalicelib.domain.municipalities import MUNICIPALITIES
from infra.local.failure import CannotRunError
from infra.local.settings import ACCESS_KEY, REGION, SECRET_KEY, Settings

OFFICER = ("beheer", "beheer@mijnbuddy.example", "manage")
"""Who may sign in at the agency's desk, to try it out: a link is mailed to that address."""

# Next to the Python that runs us: whether or not its environment is activated.
PROGRAMS = Path(sys.executable).parent


def load_placeholders(settings: Settings, table_name: str) -> None:
    """Import the placeholders and an officer, unless the table has addresses already."""
    variables = cli_environment(settings, table_name)
    write_environment(settings.env_file, variables)
    if json.loads(_mijnbuddy("contacts", "list", "--json", variables=variables)):
        return
    addresses = settings.aws_dir / "placeholders.csv"
    write_placeholders(addresses)
    # Confirmed without a code: 304 mails would hide the ones that a developer looks for.
    _mijnbuddy(
        *("contacts", "import", str(addresses)),
        *("--confirm-placeholders", "--who", "make run"),
        variables=variables,
    )
    _mijnbuddy("officers", "add", *OFFICER, "--who", "make run", variables=variables)


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


def write_placeholders(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("nis_code", "email"))
        rows.writerows((m.nis_code, f"buddy+{m.slug}@{m.slug}.example") for m in MUNICIPALITIES)


def _mijnbuddy(*arguments: str, variables: Mapping[str, str]) -> str:
    command = [str(PROGRAMS / "mijnbuddy"), *arguments]
    done = subprocess.run(
        command, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise CannotRunError(f"`mijnbuddy {' '.join(arguments)}` failed:\n{said}")
    return done.stdout
