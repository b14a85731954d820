"""What SES tells of a mail after it took it, published on the topic as SES does.

MiniStack keeps a configuration set's event destinations and publishes nothing. This makes the
events, in the form of
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html, and hands
them to MiniStack's own SNS, so that each subscription gets them as it would any message.

It runs inside `.venv-aws`, which has botocore too.
"""

import asyncio
import json
import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.asgi import Application, request
from infra.local.settings import ACCESS_KEY, REGION, SECRET_KEY
from infra.local.simulator import Fate, Step, fate

# Between one thing and the next that becomes of a mail. In AWS it takes seconds, or days.
IN_TRANSIT = timedelta(milliseconds=200)

# As a configuration set's destination asks for it, and the word that the event itself uses.
TYPES = {
    "SEND": "Send",
    "DELIVERY": "Delivery",
    "DELIVERY_DELAY": "DeliveryDelay",
    "BOUNCE": "Bounce",
    "COMPLAINT": "Complaint",
}

MayPublish = Callable[[str, str], bool]
"""Whether SES may publish on a topic, for a configuration set."""

log = logging.getLogger(__name__)


class UnpublishedError(Exception):
    """MiniStack did not do as asked; names what was asked and its answer, never a mail."""


@dataclass(frozen=True)
class Taken:
    """A mail that SES took: what its events repeat of it."""

    message_id: str
    at: datetime
    content: bytes
    sender: str
    recipients: Sequence[str]
    configuration_set: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Destination:
    """A topic, and the events that go there, such as `Bounce`."""

    topic: str
    types: frozenset[str]

    @property
    def account(self) -> str:
        return self.topic.split(":")[4]


class SesEvents:
    """Publishes in the background: whoever sends a mail neither waits for it nor hears of it.

    What was not published when MiniStack stops is lost.
    """

    def __init__(
        self, aws: Application, may_publish: MayPublish, in_transit: timedelta = IN_TRANSIT
    ) -> None:
        self._aws = aws
        self._may_publish = may_publish
        self._in_transit = in_transit
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, mail: Taken) -> None:
        """Publish what becomes of this mail, each event at its time."""
        if not mail.configuration_set:
            return
        task = asyncio.create_task(self._tell_all(mail))
        self._tasks.add(task)  # the loop itself holds a task only weakly
        task.add_done_callback(self._tasks.discard)

    async def finished(self) -> None:
        """Wait until everything told so far is published."""
        await asyncio.gather(*self._tasks)

    async def _tell_all(self, mail: Taken) -> None:
        try:
            destinations = await self._destinations(mail.configuration_set)
            await self._publish(send(mail), destinations, mail)
            fates: dict[Fate, list[str]] = defaultdict(list)
            for address in mail.recipients:
                fates[fate(address)].append(address)
            await asyncio.gather(*(self._happen(mail, *one, destinations) for one in fates.items()))
        except Exception as error:  # nothing here may reach the sender, and no address a log
            log.error(
                "no event of a mail: %s",
                error if isinstance(error, UnpublishedError) else type(error),
            )

    async def _happen(
        self, mail: Taken, steps: Fate, recipients: list[str], destinations: list[Destination]
    ) -> None:
        for step in steps:
            await asyncio.sleep(self._in_transit.total_seconds())
            event = EVENTS[step](mail, recipients, datetime.now(UTC))
            await self._publish(event, destinations, mail)

    async def _destinations(self, configuration_set: str) -> list[Destination]:
        path = (
            f"/v2/email/configuration-sets/{quote(configuration_set, safe='')}/event-destinations"
        )
        answer = json.loads(await self._ask("ses", "GET", path))
        return [
            Destination(
                one["SnsDestination"]["TopicArn"],
                frozenset(TYPES[kind] for kind in one["MatchingEventTypes"] if kind in TYPES),
            )
            for one in answer["EventDestinations"]
            if one["Enabled"] and one.get("SnsDestination")
        ]

    async def _publish(
        self, event: Mapping[str, Any], destinations: list[Destination], mail: Taken
    ) -> None:
        for destination in destinations:
            if event["eventType"] not in destination.types:
                continue
            if not self._may_publish(destination.topic, mail.configuration_set):
                raise UnpublishedError("the policy of the topic does not let SES in")
            message = {**event, "mail": repeated(mail, destination.account)}
            form = {
                "Action": "Publish",
                "TopicArn": destination.topic,
                "Subject": "Amazon SES Email Event Notification",
                "Message": json.dumps(message, ensure_ascii=False),
            }
            await self._ask("sns", "POST", "/", urlencode(form).encode())

    async def _ask(self, service: str, method: str, path: str, body: bytes = b"") -> bytes:
        host = f"{service}.{REGION}.amazonaws.com"
        asked = AWSRequest(
            method,
            f"https://{host}{path}",
            headers={
                "host": host,
                "content-type": "application/x-www-form-urlencoded",
                "content-length": str(len(body)),
            },
            data=body,
        )
        SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), service, REGION).add_auth(asked)
        headers = {name.lower(): value for name, value in asked.headers.items()}
        status, content = await request(self._aws, method, path, headers, body)
        if status != HTTPStatus.OK:
            raise UnpublishedError(f"{service} {method}: {status}")
        return content


def repeated(mail: Taken, account: str) -> dict[str, Any]:
    """What each event repeats of its mail: the subject and the addresses too, as in AWS."""
    headers = BytesHeaderParser(policy=policy.compat32).parsebytes(mail.content)
    domain = parseaddr(mail.sender)[1].rpartition("@")[2]
    common = {"from": "From", "replyTo": "Reply-To", "to": "To"}
    return {
        "timestamp": moment(mail.at),
        "source": mail.sender,
        "sourceArn": f"arn:aws:ses:{REGION}:{account}:identity/{domain}",
        "sendingAccountId": account,
        "messageId": mail.message_id,
        "destination": list(mail.recipients),
        "headersTruncated": False,
        "headers": [{"name": name, "value": str(value)} for name, value in headers.items()],
        "commonHeaders": {
            key: [str(value) for value in headers.get_all(name, [])]
            for key, name in common.items()
            if name in headers
        }
        | {
            "messageId": mail.message_id,
            "subject": str(make_header(decode_header(str(headers.get("Subject", ""))))),
        },
        "tags": {
            "ses:operation": ["SendEmail"],
            "ses:configuration-set": [mail.configuration_set],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": [domain],
            "ses:caller-identity": ["local"],
            **{name: [value] for name, value in mail.tags.items()},
        },
    }


def send(_: Taken) -> dict[str, Any]:
    return {"eventType": "Send", "send": {}}


def delivery(mail: Taken, recipients: list[str], at: datetime) -> dict[str, Any]:
    return {
        "eventType": "Delivery",
        "delivery": {
            "timestamp": moment(at),
            "processingTimeMillis": round((at - mail.at) / timedelta(milliseconds=1)),
            "recipients": recipients,
            "smtpResponse": "250 2.6.0 Message received",
            "remoteMtaIp": "127.0.0.1",
            "reportingMTA": f"a8-96.smtp-out.{REGION}.amazonses.com",
        },
    }


def delay(_: Taken, recipients: list[str], at: datetime) -> dict[str, Any]:
    return {
        "eventType": "DeliveryDelay",
        "deliveryDelay": {
            "timestamp": moment(at),
            "delayType": "TransientCommunicationFailure",
            "expirationTime": moment(at + timedelta(hours=14)),
            "delayedRecipients": [
                {
                    "emailAddress": address,
                    "status": "4.4.1",
                    "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host",
                }
                for address in recipients
            ],
        },
    }


@dataclass(frozen=True)
class Bounce:
    """A kind of bounce, as https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
    lists them; an automatic reply has neither a status nor a server that reports it.
    """

    kind: str
    subtype: str
    status: str = ""
    diagnostic: str = ""

    def __call__(self, _: Taken, recipients: list[str], at: datetime) -> dict[str, Any]:
        about = {"action": "failed", "status": self.status, "diagnosticCode": self.diagnostic}
        report = {"reportingMTA": f"dsn; a8-96.smtp-out.{REGION}.amazonses.com"}
        return {
            "eventType": "Bounce",
            "bounce": {
                "feedbackId": str(uuid.uuid4()),
                "bounceType": self.kind,
                "bounceSubType": self.subtype,
                "bouncedRecipients": [
                    {"emailAddress": address, **(about if self.status else {})}
                    for address in recipients
                ],
                "timestamp": moment(at),
                **(report if self.status else {}),
            },
        }


def complaint(mail: Taken, recipients: list[str], at: datetime) -> dict[str, Any]:
    return {
        "eventType": "Complaint",
        "complaint": {
            "feedbackId": str(uuid.uuid4()),
            "complaintSubType": None,
            "complainedRecipients": [{"emailAddress": address} for address in recipients],
            "timestamp": moment(at),
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
            "arrivalDate": moment(mail.at),
        },
    }


EVENTS: Mapping[Step, Callable[[Taken, list[str], datetime], dict[str, Any]]] = {
    Step.DELIVERED: delivery,
    Step.DELAYED: delay,
    Step.UNKNOWN_USER: Bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"),
    Step.MAILBOX_FULL: Bounce("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 mailbox full"),
    Step.SUPPRESSED: Bounce(
        "Permanent",
        "Suppressed",
        "5.1.1",
        "Amazon SES has suppressed sending to this address because it has a recent history of "
        "bouncing as an invalid address.",
    ),
    Step.AUTO_REPLY: Bounce("Transient", "General"),
    Step.COMPLAINT: complaint,
}


def moment(at: datetime) -> str:
    """As SES writes it: UTC, with milliseconds and a Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
