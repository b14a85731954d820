"""
SES's suppression list: the addresses of our account to which it sends nothing any more.

An address comes on it by itself after a permanent bounce or a complaint. It must come off before a
code can reach a mailbox that was repaired.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class ComplainedError(Exception):
    """Somebody there called us spam: a person must speak with them before anything is sent."""


class Suppression:
    """`client` is an SESv2 client, with the rights of whoever runs the command line."""

    def __init__(self, client: "SESV2Client") -> None:
        self._client = client

    def lift(self, email: str) -> bool:
        """
        Let SES send to an address again; False when it did all along.

        Raises `ComplainedError`, and what SES raises when it does not answer.
        """
        try:
            found = self._client.get_suppressed_destination(EmailAddress=email)
            if found["SuppressedDestination"]["Reason"] == "COMPLAINT":
                raise ComplainedError
            self._client.delete_suppressed_destination(EmailAddress=email)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NotFoundException":
                return False
            raise
        return True
