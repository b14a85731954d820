"""Sends mails through SES (version 2 of its API), as raw MIME."""

from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.emails import Email, mime
from chalicelib.failures import DeliveryFailedError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class Mailer:
    """
    `client` is an SESv2 client that tries once: a retry of its own could send a mail twice
    unseen. Its time-outs stay below `domain.registration.LEASE`.
    """

    def __init__(self, client: "SESV2Client", sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, email: Email, now: datetime) -> str:
        """
        Hand a mail to SES; returns SES's message id. That is not yet delivered.

        Raises `DeliveryFailedError` with the code of the reason.
        """
        tags = {
            "reference": email.reference,
            "mail": email.kind,
            "receiver": email.receiver,
            "route": email.route,
            "about": email.about,
        }
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [email.to]},
                Content={"Raw": {"Data": mime(email, self._sender, now)}},
                ConfigurationSetName=self._configuration_set,
                # SES repeats these in its events, so that a bounce finds its registration.
                EmailTags=[{"Name": name, "Value": value} for name, value in tags.items() if value],
            )
        except ClientError as error:
            raise DeliveryFailedError(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise DeliveryFailedError(type(error).__name__) from error
        return answer["MessageId"]
