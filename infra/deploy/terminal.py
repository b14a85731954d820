"""
What every command that is typed does alike: it speaks to AWS and nowhere else, and says why it
stops, in words for who typed it.
"""

import os
import sys
from collections.abc import Callable

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.account import Open, of_this_machine
from infra.deploy.failure import DeployError

ENDPOINT = "AWS_ENDPOINT_URL"
SIGN_IN = "Sign in first: docs/runbook.md, First deployment, step 1."
SIGNED_OUT = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.ProfileNotFound,
    exceptions.SSOError,
    exceptions.LoginError,
)
NOT_KNOWN = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"}
"""What AWS calls a sign-in that is over, or that it does not know (STS, Common errors)."""


def run(command: Callable[[Open], int], open_client: Open | None = None) -> int:
    """
    Do what was typed with clients of AWS, or with those of `open_client`; the exit code, 1 where it
    stopped.
    """
    try:
        return command(open_client or _of_aws())
    except (BotoCoreError, ClientError) as error:
        # AWS's own words: they name what was asked, never a key.
        print(f"AWS says: {error}", file=sys.stderr)
        if _is_signed_out(error):
            print(SIGN_IN, file=sys.stderr)
    except (DeployError, OSError) as error:
        print(error, file=sys.stderr)
    return 1


def _of_aws() -> Open:
    if os.environ.get(ENDPOINT):
        raise DeployError(
            f"{ENDPOINT} is set, so this terminal speaks to the local AWS: open another one."
        )
    return of_this_machine


def _is_signed_out(error: BotoCoreError | ClientError) -> bool:
    if isinstance(error, ClientError):
        return error.response["Error"].get("Code") in NOT_KNOWN
    return isinstance(error, SIGNED_OUT)
