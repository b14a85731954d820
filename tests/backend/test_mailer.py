"""The mailer: what it asks of SES, and how it tells that SES did not."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import ANY, Stubber

from chalicelib.emails import Letters
from chalicelib.failures import DeliveryFailedError
from chalicelib.mailer import Mailer, diverted
from tests.backend.aws import sesv2
from tests.backend.samples import AGENCY, LINKS, NOW, SENDER, SITE_URL, registration

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

EMAIL = Letters(SITE_URL, AGENCY).confirmation(registration(), LINKS.own(registration()))


class Recorder:
    """SES, which keeps what it was asked."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def send_email(self, **request: Any) -> dict[str, str]:
        self.calls.append(request)
        return {"MessageId": "1"}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> "SESV2Client":
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return sesv2()


@pytest.fixture
def ses(client: "SESV2Client") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def mailer(client: "SESV2Client") -> Mailer:
    return Mailer(client, SENDER, "mijnbuddy-test")


def test_request(mailer: Mailer, ses: Stubber) -> None:
    """
    The raw mail goes to one receiver, under our configuration set, with tags that find it again.
    """
    ses.add_response(
        "send_email",
        {"MessageId": "0100-42"},
        {
            "FromEmailAddress": SENDER,
            "Destination": {"ToAddresses": ["anais@example.be"]},
            "Content": ANY,
            "ConfigurationSetName": "mijnbuddy-test",
            "EmailTags": [
                {"Name": "reference", "Value": registration().reference},
                {"Name": "mail", "Value": "confirmation"},
                {"Name": "receiver", "Value": "volunteer"},
                {"Name": "route", "Value": "volunteer"},
            ],
        },
    )

    assert "0100-42" == mailer.send(EMAIL, NOW)


@pytest.mark.parametrize(
    "code",
    [
        "TooManyRequestsException",
        "LimitExceededException",
        "MessageRejected",
        "AccountSuspendedException",
        "SendingPausedException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",
        "BadRequestException",
        "InternalFailure",
    ],
)
def test_refused(mailer: Mailer, ses: Stubber, code: str) -> None:
    """
    A refusal of SES gives SES's own code as the reason, and keeps the cause.
    """
    ses.add_client_error("send_email", code, "to anais@example.be")

    with pytest.raises(DeliveryFailedError) as failed:
        mailer.send(EMAIL, NOW)
    assert code == failed.value.reason == str(failed.value)
    assert failed.value.__cause__


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (EndpointConnectionError(endpoint_url="https://ses"), "EndpointConnectionError"),
        (ReadTimeoutError(endpoint_url="https://ses"), "ReadTimeoutError"),
    ],
)
def test_no_answer(error: BotoCoreError, reason: str) -> None:
    """
    A network that fails gives the kind of failure as the reason.
    """

    class Unreachable:
        def send_email(self, **_: Any) -> None:
            raise error

    unreachable: Any = Unreachable()
    with pytest.raises(DeliveryFailedError) as failed:
        Mailer(unreachable, SENDER, "set").send(EMAIL, NOW)
    assert reason == failed.value.reason


def test_one_receiver() -> None:
    """
    The mail's own header and SES's destination name the same, single receiver.
    """
    recorder: Any = Recorder()
    Mailer(recorder, SENDER, "set").send(EMAIL, NOW)
    message = message_from_bytes(recorder.calls[0]["Content"]["Raw"]["Data"], policy=SMTP)

    assert 1 == len(recorder.calls)
    assert {"Raw"} == set(recorder.calls[0]["Content"])
    assert [str(message["To"])] == recorder.calls[0]["Destination"]["ToAddresses"]


class TestDiverted:
    TRY = "proef@agentschap.example"

    def test_sent(self) -> None:
        """
        In a stage for trying, the one mailbox gets the mail and its answers: the address of who it
        was for stands nowhere in the head. Its tags stay, so that what becomes of it is known.
        """
        recorder: Any = Recorder()
        Mailer(recorder, SENDER, "set", self.TRY).send(EMAIL, NOW)
        message = message_from_bytes(recorder.calls[0]["Content"]["Raw"]["Data"], policy=SMTP)

        assert [self.TRY] == recorder.calls[0]["Destination"]["ToAddresses"]
        assert [self.TRY] * 2 == [str(message["To"]), str(message["Reply-To"])]
        assert EMAIL.to not in str(list(message.items()))
        assert f"[voor vrijwilliger] {EMAIL.subject}" == str(message["Subject"])
        assert {"Name": "receiver", "Value": "volunteer"} in recorder.calls[0]["EmailTags"]

    @pytest.mark.parametrize(
        ("receiver", "place"),
        [
            ("41002", "Aalst"),
            ("41002-1", "Aalst"),
            ("agency", "agentschap"),
            ("armentekort", "armentekort"),
        ],
    )
    def test_place(self, receiver: str, place: str) -> None:
        """
        The subject says for which place a mail was, not for whom.
        """
        mail = replace(EMAIL, receiver=receiver, subject="Een kandidaat")

        assert f"[voor {place}] Een kandidaat" == diverted(mail, self.TRY).subject

    def test_simulator(self) -> None:
        """
        Our own test mails go on to SES's simulator: it reaches nobody.
        """
        mail = replace(EMAIL, to="success+1@simulator.amazonses.com")

        assert mail == diverted(mail, self.TRY)

    def test_not_diverted(self) -> None:
        """
        Without such a mailbox, each mail goes to its receiver as it is.
        """
        recorder: Any = Recorder()
        Mailer(recorder, SENDER, "set", "").send(EMAIL, NOW)
        message = message_from_bytes(recorder.calls[0]["Content"]["Raw"]["Data"], policy=SMTP)

        assert (EMAIL.to, EMAIL.subject) == (str(message["To"]), str(message["Subject"]))
