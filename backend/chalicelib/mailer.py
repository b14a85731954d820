"""Sends mails through SES (version 2 of its API), as raw MIME."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.municipalities import UnknownMunicipalityError, find_municipality
from chalicelib.domain.probe import SIMULATOR
from chalicelib.domain.registration import AGENCY, VOLUNTEER
from chalicelib.emails import Email, mime
from chalicelib.failures import DeliveryFailedError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class Mailer:
    """
    `client` is an SESv2 client that tries once: a retry of its own could send a mail twice
    unseen. Its time-outs stay below `domain.registration.LEASE`. With `divert_to`, every mail goes
    to that mailbox: nobody gets one from a stage for trying.
    """

    def __init__(
        self, client: "SESV2Client", sender: str, configuration_set: str, divert_to: str = ""
    ) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set
        self._divert_to = divert_to

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
        if self._divert_to:
            email = diverted(email, self._divert_to)
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


def diverted(email: Email, to: str) -> Email:
    """
    The mail for another mailbox: the subject says for which place it was, and not for whom; who
    answers it reaches that mailbox, too. What goes to SES's mailbox simulator stays: it reaches
    nobody, and what the simulator does is what is tried.
    """
    if email.to.endswith(f"@{SIMULATOR}"):
        return email
    subject = f"[voor {_place(email.receiver)}] {email.subject}"
    return replace(email, to=to, reply_to=to, subject=subject)


def _place(receiver: str) -> str:
    if receiver in _ROLES:
        return _ROLES[receiver]
    try:
        return find_municipality(receiver.partition("-")[0]).name  # «41002-1» is its first address
    except UnknownMunicipalityError:
        return receiver  # the key of an organisation


_ROLES = {VOLUNTEER: "vrijwilliger", AGENCY: "agentschap"}
