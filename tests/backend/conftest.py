"""What the tests of the backend share: fakes, and AWS in memory."""

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.composing import Composer
from chalicelib.emails import Letters
from chalicelib.forward import Desk
from tests.backend import aws as aws_in_memory
from tests.backend.fakes import Clock, FakeMailer, FakePages, FakeStore
from tests.backend.samples import AGENCY, LINKS, NOW, SENDER, SITE_URL, contact


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def store() -> FakeStore:
    """A table that knows where Aalst receives its mails."""
    store = FakeStore()
    store.save_contact(contact())
    return store


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def pages() -> FakePages:
    return FakePages()


@pytest.fixture
def letters() -> Letters:
    return Letters(SITE_URL, AGENCY)


@pytest.fixture
def desk(store: FakeStore, mailer: FakeMailer, letters: Letters, clock: Clock) -> Desk:
    return Desk(store, mailer, Composer(store, letters, AGENCY, {}, LINKS), clock, wall=clock)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory, with our table and a verified sender; the environment of the functions."""
    environment = {
        "AWS_DEFAULT_REGION": aws_in_memory.REGION,
        "TABLE_NAME": aws_in_memory.TABLE,
        "SITE_URL": f"{SITE_URL}/",
        "SENDER_ADDRESS": SENDER,
        "AGENCY_ADDRESS": AGENCY,
        "CONFIGURATION_SET": "mijnbuddy-test",
        "PUBLISHED_BUCKET": aws_in_memory.PUBLISHED,
        "EXPORTS_BUCKET": aws_in_memory.EXPORTS,
        "DIVERT_TO": "",
        # What whoever runs the tests has on this machine is none of theirs.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws(), patch("boto3.DEFAULT_SESSION", aws_in_memory.session()):
        _forget()
        aws_in_memory.create_table()
        monkeypatch.setenv("SIGNING_KEY_ARN", aws_in_memory.create_signing_key())
        aws_in_memory.sesv2().create_email_identity(EmailIdentity=SENDER.partition("@")[2])
        yield
    _forget()


def _forget() -> None:
    """What bootstrap keeps for a warm function belongs to one test."""
    for made in (
        bootstrap.settings,
        bootstrap.store,
        bootstrap.registrations,
        bootstrap._dynamodb,
        bootstrap.pages,
        bootstrap._composer,
        bootstrap.links,
        bootstrap._mailer,
        bootstrap.exports_bucket,
        bootstrap.published_bucket,
        bootstrap._signing_keys,
    ):
        made.cache_clear()
