"""
What AWS refused, in words: its code, and what to do. Not its own text: that may repeat a name, an
address or a key.
"""

from urllib.parse import urlsplit

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

BY_HAND = "Sign in: docs/runbook.md, «Who may do what by hand»."
REGION = "Set AWS_DEFAULT_REGION, such as eu-central-1."
RIGHTS = "Who you signed in as may not do this: docs/security.md has what OperatorRole may."
NAMES = "There is no such thing here: look at TABLE_NAME and AWS_DEFAULT_REGION."
AGAIN = "Do it again; where it stays so, show this line to who looks after the system."

NO_REGION = (exceptions.NoRegionError, exceptions.InvalidRegionError)
NOT_SIGNED_IN = (
    exceptions.CredentialRetrievalError,
    exceptions.LoginError,
    exceptions.NoAuthTokenError,
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.ProfileNotFound,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
)
BY_CODE = {
    **dict.fromkeys(
        (
            *("ExpiredToken", "ExpiredTokenException", "RequestExpired"),
            *("InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"),
            *("InvalidSignatureException", "SignatureDoesNotMatch"),
        ),
        BY_HAND,
    ),
    **dict.fromkeys(("AccessDenied", "AccessDeniedException"), RIGHTS),
    **dict.fromkeys(
        (
            *("ResourceNotFoundException", "NoSuchBucket"),
            *("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
        ),
        NAMES,
    ),
}


def in_words(error: BotoCoreError | ClientError) -> str:
    """One line for who typed the command."""
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        # A role that can't be taken on: mostly the second factor is missing.
        help_ = BY_HAND if error.operation_name == "AssumeRole" else BY_CODE.get(code, AGAIN)
        return f"AWS says: {code}, to {error.operation_name}. {help_}"
    return f"AWS says: {type(error).__name__}. {_help(error)}"


def _help(error: BotoCoreError) -> str:
    if isinstance(error, NO_REGION):
        return REGION
    if isinstance(error, NOT_SIGNED_IN):
        return BY_HAND
    address = urlsplit(str(error.kwargs.get("endpoint_url", "")))
    if not address.hostname:
        return AGAIN
    is_ours = address.hostname in {"localhost", "127.0.0.1", "::1"}
    question = (
        "is `make run` running?" if is_ours else "are you online, is AWS_DEFAULT_REGION right?"
    )
    return f"Nothing answers at {address.scheme}://{address.netloc.rpartition('@')[2]}: {question}"
