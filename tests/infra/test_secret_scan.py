"""The secret scan finds what it should, keeps it to itself, and knows what is no secret."""

import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from infra.secret_scan import Finding, find

ROOT = Path(__file__).parents[2]

# In two halves: whole, the scan would find them here.
PLANTED = {
    "AWS Access Key": "key = '" + "AKIA" + "QYLPMN5HHHFPZAM2'\n",
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n",
    "Secret Keyword": "pass" + 'word = "qwd3vR-8fLk2!zX"\n',
    "GitHub Token": "gh" + "p_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx\n",  # pragma: allowlist secret
    "Base64 High Entropy String": f"code = '{b64encode(bytes(range(99, 150))).decode()}'\n",
}


@pytest.mark.parametrize("kind", PLANTED)
def test_found(tmp_path: Path, kind: str) -> None:
    """
    A planted key is found, with the place where it stands.
    """
    planted, clean = tmp_path / "settings.py", tmp_path / "other.py"
    planted.write_text(f"# Nothing here.\n{PLANTED[kind]}")
    clean.write_text('name = "Anaïs D’Hondt"\n')

    assert Finding(str(planted), 2, kind) in set(find([clean, planted]))


@pytest.mark.parametrize(
    "line",
    [
        f"    --hash=sha256:{'0123456789abcdef' * 4} \\",
        f'  "fingerprint": "{"75c14eaab7bacc96" * 4}",',  # pragma: allowlist secret
        PLANTED["Secret Keyword"].strip() + "  # pragma: allowlist secret",
        "password = os.environ['PASSWORD']",
    ],
)
def test_no_secret(tmp_path: Path, line: str) -> None:
    """
    A digest, an exception that says so and the name of a secret are none.
    """
    file = tmp_path / "settings.py"
    file.write_text(f"{line}\n")

    assert [] == list(find([file]))


def test_the_command(tmp_path: Path) -> None:
    """
    The command fails on a file that is not in git yet, says where, and keeps the secret.
    """
    secret = PLANTED["GitHub Token"]
    (tmp_path / "notes.txt").write_text(secret)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    scan = subprocess.run(
        [sys.executable, "-m", "infra.secret_scan"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )

    assert (1, "notes.txt:1: GitHub Token\n") == (scan.returncode, scan.stderr)
    assert secret.strip() not in scan.stdout + scan.stderr
