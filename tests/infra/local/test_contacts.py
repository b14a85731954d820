"""The placeholder addresses of the municipalities."""

import subprocess

from infra.local.contacts import cli_environment, placeholders, write_environment
from infra.local.settings import Settings


def test_placeholders() -> None:
    """Every municipality has an address, and none of them exists."""
    rows = {row.nis_code: row.email for row in placeholders()}

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
