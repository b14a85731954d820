"""What is put together from the environment."""

import os

import pytest
from botocore.exceptions import ClientError

from chalicelib import bootstrap
from tests.backend.aws import secrets
from tests.backend.samples import NOW, registration

pytestmark = pytest.mark.usefixtures("aws")


class TestSigningKeys:
    def test_never_rotated(self) -> None:
        """
        A new secret is the one key.
        """
        assert [b"k" * 64] == list(bootstrap.signing_keys())

    def test_rotated(self) -> None:
        """
        After a rotation the new key is the first, and the previous one is still there.
        """
        secrets().put_secret_value(SecretId=os.environ["SIGNING_KEY_ARN"], SecretString="n" * 64)

        assert [b"n" * 64, b"k" * 64] == list(bootstrap.signing_keys())

    def test_kept(self) -> None:
        """
        A warm function asks once, and again when the keys it knows are old.
        """
        this_time, next_time = 1, 2
        before = list(bootstrap._signing_keys(this_time))
        secrets().put_secret_value(SecretId=os.environ["SIGNING_KEY_ARN"], SecretString="n" * 64)

        assert [b"k" * 64] == before == list(bootstrap._signing_keys(this_time))
        assert [b"n" * 64, b"k" * 64] == list(bootstrap._signing_keys(next_time))

    def test_no_current_key(self) -> None:
        """
        A secret that is not there is a fault, and no key of which there is none.
        """
        secrets().delete_secret(
            SecretId=os.environ["SIGNING_KEY_ARN"], ForceDeleteWithoutRecovery=True
        )

        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            bootstrap.signing_keys()[0]


def test_one_client() -> None:
    """
    The registrations and the rest of the table share connections, and see the same.
    """
    bootstrap.registrations().add(registration())

    assert registration() == bootstrap.store().get(registration().reference, NOW)
    assert bootstrap.registrations()._client is bootstrap.store()._client
