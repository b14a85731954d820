"""
Puts the real things together: the one place that reads the environment and opens AWS clients.

Everything is made on first use and kept: Chalice imports `app.py` while packaging, without any
of these settings, and a warm function should not open a client twice.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from chalicelib import answers
from chalicelib.pages import Pages
from chalicelib.registrations import Registrations
from chalicelib.signing_keys import PREVIOUS, SigningKeys

if TYPE_CHECKING:
    from botocore.config import Config

    from chalicelib.export_bucket import ExportBucket
    from chalicelib.forward import Clock, Desk
    from chalicelib.links import Links
    from chalicelib.published_bucket import PublishedBucket
    from chalicelib.queues import Queues
    from chalicelib.store import Store

KEYS_KEPT = timedelta(minutes=5)

PATIENT = {"mode": "standard", "max_attempts": 4}
"""How botocore tries again where doing a thing twice does no harm."""


@dataclass(frozen=True)
class Settings:
    """
    The environment of the functions, as `infra/template.yaml` sets it.

    `sender` and `agency` are addresses: the mails' From, and the agency's mailbox. `site_url` has
    no slash at its end. `divert_to` is the mailbox that gets every mail of a stage for trying, ""
    where each goes to its receiver.
    """

    site_url: str
    sender: str
    agency: str
    configuration_set: str
    divert_to: str

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(
            site_url=os.environ["SITE_URL"].rstrip("/"),
            sender=os.environ["SENDER_ADDRESS"],
            agency=os.environ["AGENCY_ADDRESS"],
            configuration_set=os.environ["CONFIGURATION_SET"],
            divert_to=os.environ["DIVERT_TO"],
        )


@cache
def settings() -> Settings:
    return Settings.from_environment()


@cache
def registrations() -> Registrations:
    """The registrations in the table, for who needs nothing else of it."""
    return Registrations(_dynamodb(), os.environ["TABLE_NAME"])


@cache
def store() -> "Store":
    """The table; the only setting that the command line needs."""
    from chalicelib.store import Store

    return Store(_dynamodb(), os.environ["TABLE_NAME"])


@cache
def _dynamodb() -> Any:
    return _client("dynamodb", connect_timeout=2, read_timeout=5, retries=PATIENT)


@cache
def pages() -> Pages:
    return Pages(settings().site_url)


def desk(clock: "Clock") -> "Desk":
    """What forwarding needs, at the time that `clock` tells."""
    from chalicelib.forward import Desk

    return Desk(store(), _mailer(), _composer(), clock, wall=now)


@cache
def _composer() -> Any:
    from chalicelib import digest
    from chalicelib.alarm import AlarmComposer
    from chalicelib.composing import Composer, NoticeComposer, receiver_of
    from chalicelib.confirming import KIND, CodeComposer
    from chalicelib.domain import incidents, session
    from chalicelib.domain.registration import REMINDER
    from chalicelib.emails import Letters
    from chalicelib.exporting import KIND as EXPORT
    from chalicelib.exporting import ExportComposer
    from chalicelib.mailboxes import Mailboxes
    from chalicelib.officers import Officers
    from chalicelib.reminding import ReminderComposer
    from chalicelib.signing_in import KIND as SIGN_IN
    from chalicelib.signing_in import LinkComposer, Members

    letters = Letters(settings().site_url, settings().agency)
    members: dict[str, Members] = {
        session.MUNICIPALITY: Mailboxes(store()),
        session.AGENCY: Officers(store()),
    }
    notices: dict[str, NoticeComposer] = {
        KIND: CodeComposer(store(), letters, settings().agency, signing_keys),
        digest.KIND: digest.DigestComposer(
            store(), letters, settings().agency, settings().site_url
        ),
        incidents.NOTICE: AlarmComposer(store(), letters, settings().agency),
        REMINDER: ReminderComposer(
            store(),
            letters,
            settings().agency,
            lambda mail: receiver_of(mail, store(), settings().agency),
            lambda one, place: links().candidate(one, place),
        ),
        SIGN_IN: LinkComposer(members, letters, settings().agency, links().sign_in),
        EXPORT: ExportComposer(store(), members[session.AGENCY], letters, settings().agency),
    }
    return Composer(store(), letters, settings().agency, notices=notices, links=links())


@cache
def published_bucket() -> "PublishedBucket":
    """Where the figures are published."""
    from chalicelib.published_bucket import PublishedBucket

    return PublishedBucket(_s3(read_timeout=10), os.environ["PUBLISHED_BUCKET"])


@cache
def queues() -> "Queues":
    """The queues of dead letters, beside the table: their names begin as its name does."""
    from chalicelib.queues import Queues

    client = _client("sqs", connect_timeout=2, read_timeout=5, retries=PATIENT)
    return Queues(client, os.environ["TABLE_NAME"])


@cache
def exports_bucket() -> "ExportBucket":
    """Where the files are that officers asked for."""
    from chalicelib.export_bucket import ExportBucket

    return ExportBucket(_s3(read_timeout=30), os.environ["EXPORTS_BUCKET"])


def probe_token(at: datetime) -> str:
    """What tells our own API that a registration is a probe."""
    from chalicelib.domain.tokens import PROBE, sign

    return sign(PROBE, "", signing_keys()[0], at)


@cache
def links() -> "Links":
    """The links for the volunteer and for the municipalities: `links().own(registration)`."""
    from chalicelib.links import Links

    return Links(settings().site_url, signing_keys)


@cache
def _mailer() -> Any:
    from chalicelib.mailer import Mailer

    # Tries once: SES has no idempotency, so only the record may decide to send again. The
    # time-outs together stay far below the lease.
    client = _client("sesv2", connect_timeout=3, read_timeout=30, retries={"total_max_attempts": 1})
    known = settings()
    return Mailer(client, known.sender, known.configuration_set, known.divert_to)


def suppression() -> Any:
    """What SES refuses to send to; for the command line, no function may change it."""
    from chalicelib.suppression import Suppression

    return Suppression(_client("sesv2"))


def signing_keys() -> SigningKeys:
    """
    What links and tokens are signed with: the current key, then the previous one if there is one.
    Each is read when somebody comes to it.

    Sign with the first and accept what any of them signed, so that a rotation breaks no link. A
    warm function knows a new key within `KEYS_KEPT`.
    """
    return _signing_keys(int(monotonic() / KEYS_KEPT.total_seconds()))


@lru_cache(maxsize=1)
def _signing_keys(_: int) -> SigningKeys:
    """The argument changes when it is time to ask again."""
    # The command line has no setting but the table: the name of the secret begins as the table's.
    secret = os.environ.get("SIGNING_KEY_ARN") or f"{os.environ['TABLE_NAME']}-signing-key"
    # Soon given up: a volunteer waits for it, and her registration is kept without it, too.
    client = _client(
        "secretsmanager", connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2}
    )

    def key(stage: str) -> bytes | None:
        try:
            answer = client.get_secret_value(SecretId=secret, VersionStage=stage)
        except client.exceptions.ResourceNotFoundException:
            if stage == PREVIOUS:  # it was never rotated
                return None
            raise
        return bytes(answer["SecretString"], "ascii")

    return SigningKeys(key)


def _client(service: str, **config: Any) -> Any:
    """A client of a service that answers in JSON."""
    from botocore.config import Config

    client = _open(service, Config(**config))
    client.meta.events.register("before-parse", answers.require_answer)
    return client


def _s3(read_timeout: float) -> Any:
    """A client of S3, which answers in XML; signed as a link that ends in minutes needs."""
    from botocore.config import Config

    retries: Any = PATIENT
    config = Config(
        signature_version="s3v4", connect_timeout=2, read_timeout=read_timeout, retries=retries
    )
    return _open("s3", config)


def _open(service: str, config: "Config") -> Any:
    client: Any = _session().create_client(service, config=config)
    return client


@cache
def _session() -> Any:
    """
    One for all clients: it keeps what it read of AWS's models. botocore's, as boto3 around it would
    double the time of a cold start; it comes in our zip (docs/decisions/0026-cold-start.md).
    """
    from botocore.session import get_session

    return get_session()


def function_name() -> str:
    """The function that this process runs, "" outside of Lambda."""
    return os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")


def now() -> datetime:
    return datetime.now(UTC)


def ticking(start: datetime) -> "Clock":
    """
    A clock that stands at `start` and runs: scheduled work takes its time from the event.

    An event that comes late, as when Lambda tries again, does not turn time back.
    """
    start, began = max(start, now()), monotonic()
    return lambda: start + timedelta(seconds=monotonic() - began)
