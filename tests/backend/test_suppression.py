"""SES's list of addresses to which it sends nothing (moto has none: botocore's stubber)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.suppression import ComplainedError, Suppression

ADDRESS = "buddy@aalst.be"


@pytest.fixture
def ses() -> Iterator[tuple[Suppression, Stubber]]:
    client = boto3.client(
        "sesv2", region_name="eu-central-1", aws_access_key_id="-", aws_secret_access_key="-"
    )
    with Stubber(client) as stubber:
        yield Suppression(client), stubber


def on_the_list(stubber: Stubber, reason: str) -> None:
    stubber.add_response(
        "get_suppressed_destination",
        {
            "SuppressedDestination": {
                "EmailAddress": ADDRESS,
                "Reason": reason,
                "LastUpdateTime": datetime(2026, 11, 23, tzinfo=UTC),
            }
        },
        {"EmailAddress": ADDRESS},
    )


def test_bounced(ses: tuple[Suppression, Stubber]) -> None:
    """
    An address that bounced comes off the list.
    """
    suppression, stubber = ses
    on_the_list(stubber, "BOUNCE")
    stubber.add_response("delete_suppressed_destination", {}, {"EmailAddress": ADDRESS})

    assert suppression.lift(ADDRESS)
    stubber.assert_no_pending_responses()


def test_complained(ses: tuple[Suppression, Stubber]) -> None:
    """
    One that called us spam stays on it.
    """
    suppression, stubber = ses
    on_the_list(stubber, "COMPLAINT")

    with pytest.raises(ComplainedError):
        suppression.lift(ADDRESS)


def test_not_there(ses: tuple[Suppression, Stubber]) -> None:
    """
    One that is not on it is no error: somebody took it off before.
    """
    suppression, stubber = ses
    stubber.add_client_error(
        "get_suppressed_destination", "NotFoundException", http_status_code=404
    )

    assert not suppression.lift(ADDRESS)


def test_does_not_answer(ses: tuple[Suppression, Stubber]) -> None:
    """
    What SES does not answer is not taken for done.
    """
    suppression, stubber = ses
    stubber.add_client_error("get_suppressed_destination", "TooManyRequestsException")

    with pytest.raises(ClientError):
        suppression.lift(ADDRESS)
