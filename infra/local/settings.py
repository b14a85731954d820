"""Where the local stack keeps what, and on which ports: read once, at the start.

The only module of `infra.local` that reads the environment and the command line.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.failure import CannotRunError

HOST = "127.0.0.1"
REGION = "eu-central-1"
ACCOUNT = "000000000000"
# What signs in as root of that account: policies bind the functions, not whoever deploys.
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105  # pragma: allowlist secret


@dataclass(frozen=True)
class Settings:
    port: int
    aws_port: int
    local_dir: Path
    log_dir: Path
    site: Path
    backend: Path
    aws_python: Path
    functions_aws_endpoint: str
    is_fresh: bool
    has_ses_events: bool = True
    requests_per_second: int | None = None  # what the template says, unless somebody asks for more

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def aws_endpoint(self) -> str:
        return f"http://{HOST}:{self.aws_port}"

    @property
    def aws_dir(self) -> Path:
        """The state of the local AWS."""
        return self.local_dir / "aws"

    @property
    def mail_dir(self) -> Path:
        return self.local_dir / "mail"

    @property
    def env_file(self) -> Path:
        """What a shell needs to use the command line tool on this stack."""
        return self.local_dir / "env"

    @property
    def template(self) -> Path:
        return self.backend / "sam.json"

    @property
    def code(self) -> Path:
        return self.backend / "deployment.zip"


def read_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    options = _parser().parse_args(arguments)
    aws_port = _port(environment, "AWS_PORT", default=8001)
    local_dir = Path(environment.get("LOCAL_DIR") or ".local").absolute()
    endpoint = environment.get("FUNCTIONS_AWS_ENDPOINT") or f"http://{HOST}:{aws_port}"
    return Settings(
        port=_port(environment, "PORT", default=8000),
        aws_port=aws_port,
        local_dir=local_dir,
        log_dir=Path(environment.get("LOG_DIR") or local_dir / "log").absolute(),
        site=options.site.absolute(),
        backend=options.backend.absolute(),
        aws_python=options.aws_python.absolute(),
        functions_aws_endpoint=endpoint,
        is_fresh=environment.get("FRESH", "") not in {"", "0"},
        has_ses_events=_is_on(environment, "SES_EVENTS"),
        requests_per_second=_maybe_number(environment, "REQUESTS_PER_SECOND"),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local",
        description="Deploy the packaged backend to a local AWS and serve it with the built site.",
    )
    add = parser.add_argument
    add("--site", type=Path, default=Path("build/site"), help="the built site (%(default)s)")
    add("--backend", type=Path, default=Path("build/backend"), help="the package (%(default)s)")
    add(
        "--aws-python",
        type=Path,
        default=Path(".venv-aws/bin/python"),
        help="a Python that has MiniStack (%(default)s)",
    )
    return parser


def _is_on(environment: Mapping[str, str], variable: str) -> bool:
    text = environment.get(variable) or "on"
    if text not in {"on", "off"}:
        raise CannotRunError(f"{variable} must be on or off: {text!r}")
    return text == "on"


def _maybe_number(environment: Mapping[str, str], variable: str) -> int | None:
    text = environment.get(variable) or ""
    if text and not (text.isascii() and text.isdigit() and int(text)):
        raise CannotRunError(f"{variable} must be a number above 0: {text!r}")
    return int(text) if text else None


def _port(environment: Mapping[str, str], variable: str, *, default: int) -> int:
    text = environment.get(variable) or str(default)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 2**16:
        raise CannotRunError(f"{variable} must be a port, from 1 to 65535: {text!r}")
    return int(text)
