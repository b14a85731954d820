"""The placeholder addresses of the municipalities."""

import csv
import subprocess
from pathlib import Path

from infra.local.contacts import cli_environment, write_environment, write_placeholders
from infra.local.settings import Settings


def test_placeholders(tmp_path: Path) -> None:
    """Every municipality has an address, and none of them exists."""
    write_placeholders(tmp_path / "contacts.csv")
    with (tmp_path / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["nis_code"]: row["email"] for row in csv.DictReader(file)}

    assert 304 == len(rows)
    assert "buddy+aalst@aalst.example" == rows["41002"]
    assert all(address.endswith(".example") for address in rows.values())


def test_environment_file(settings: Settings) -> None:
    """A shell that reads the file has what the command line tool needs."""
    settings.local_dir.mkdir()
    write_environment(settings.env_file, cli_environment(settings, "table-$1"))
    shown = subprocess.run(
        ["sh", "-c", f". '{settings.env_file}'; echo $AWS_ENDPOINT_URL; echo $TABLE_NAME"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert [settings.aws_endpoint, "table-$1"] == shown.stdout.split()
