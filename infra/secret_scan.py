"""
Looks for secrets in every file of the project that is in git, or about to be.

`python -m infra.secret_scan` (in `make lint`) prints where something looks like one, never the
thing itself. What is known to be none says so on its line: `# pragma: allowlist secret`.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

# Digests that tell whether a file changed: random to look at, and public.
DIGESTS = r"--hash=sha256:|\"integrity\": \"sha512-|\"(fingerprint|file|sources)\": \"[0-9a-f]+\""

_HEURISTICS = (
    "is_indirect_reference",
    "is_lock_file",
    "is_not_alphanumeric_string",
    "is_potential_uuid",
    "is_prefixed_with_dollar_sign",
    "is_sequential_string",
    "is_swagger_file",
    "is_templated_secret",
)


@dataclass(frozen=True)
class Finding:
    """Where something looks like a secret, and of which kind."""

    file: str
    line: int
    kind: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}"


def find(files: Iterable[Path]) -> Iterator[Finding]:
    """What looks like a secret. Nothing is sent anywhere to find out whether it works."""
    secrets = SecretsCollection()
    with transient_settings(_settings()):
        secrets.scan_files(*map(str, files), num_processors=os.cpu_count())
    for _, secret in sorted(secrets, key=lambda found: (found[0], found[1].line_number)):
        yield Finding(secret.filename, secret.line_number, secret.type)


def files_in_git() -> list[Path]:
    """What is in git, and what would be with the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [file for name in listed.split("\0") if name and (file := Path(name)).is_file()]


def main() -> int:
    findings = list(find(files_in_git()))
    for finding in findings:
        print(finding, file=sys.stderr)
    return bool(findings)


def _settings() -> dict[str, object]:
    plugins: Mapping[str, type] = get_mapping_from_secret_type_to_class()
    return {
        "plugins_used": [{"name": plugin.__name__} for plugin in plugins.values()],
        # Without `…ignored_due_to_verification_policies`: that offers what it finds to its owner.
        "filters_used": [
            {"path": "detect_secrets.filters.allowlist.is_line_allowlisted"},
            *({"path": f"detect_secrets.filters.heuristic.{name}"} for name in _HEURISTICS),
            {
                "path": "detect_secrets.filters.regex.should_exclude_line",
                "pattern": [DIGESTS],
            },
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
