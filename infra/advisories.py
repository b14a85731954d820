"""
Asks whether anything that we depend on has a known vulnerability.

`make advisories` runs it over every lock file. An index without advisories, or a network that does
not reach them, makes pip-audit say that all is well; so it must first find what is known to be
wrong with a very old Jinja. If it can't, nothing was asked, and that is said and is an error.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

LOCKS = (
    Path("requirements.lock"),
    Path("backend/requirements.txt"),
    Path("infra/local/requirements.lock"),
    Path("media/requirements.lock"),
    Path("bench/requirements.lock"),
    Path("tests/runtime/requirements.lock"),
)
# CVE-2014-1402, CVE-2016-10745, CVE-2019-10906 and more: this will always be known.
KNOWN = "jinja2==2.4.1 --hash=sha256:" + "0" * 64
SERVICE = "osv"  # the database of PyPA and GitHub; an index that mirrors PyPI may not have it

NO_ANSWER = "The advisories can't be reached from here: nothing was checked."


def main(command: Sequence[str] = (sys.executable, "-m", "pip_audit")) -> int:
    """0 if nothing is known against the lock files, 1 otherwise, or if we can't know."""
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder, "canary.txt")
        canary.write_text(f"{KNOWN}\n")
        if not _finds_something(_audit(command, canary, quiet=True)):
            print(NO_ANSWER, file=sys.stderr)
            return 1
    results = [_audit(command, lock) for lock in LOCKS]
    return int(any(result.returncode for result in results))


def _finds_something(result: subprocess.CompletedProcess[str]) -> bool:
    """Whether vulnerabilities were found, and not only that it went wrong."""
    return result.returncode != 0 and "jinja2" in result.stdout


def _audit(
    command: Sequence[str], lock: Path, *, quiet: bool = False
) -> subprocess.CompletedProcess[str]:
    if not quiet:
        print(f"{lock}:", flush=True)
    return subprocess.run(
        [
            *command,
            *("--vulnerability-service", SERVICE),
            *("--requirement", str(lock)),
            *("--require-hashes", "--disable-pip", "--strict", "--progress-spinner", "off"),
        ],
        check=False,
        capture_output=quiet,
        text=True,
    )


if __name__ == "__main__":
    sys.exit(main())
