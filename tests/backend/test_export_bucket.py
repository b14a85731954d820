"""The bucket of the exports, in S3 (moto)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from chalicelib import bootstrap
from chalicelib.export_bucket import LINK_SECONDS, PIECE, ExportBucket
from chalicelib.failures import IncompleteFileError
from tests.backend import aws as aws_in_memory

BUCKET = aws_in_memory.EXPORTS


@pytest.fixture
def s3(aws: None) -> Any:
    return aws_in_memory.create_exports()


@pytest.fixture
def bucket(s3: Any) -> ExportBucket:
    return bootstrap.exports_bucket()


def file_of(tmp_path: Path, size: int) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    return path


def test_pieces(tmp_path: Path, s3: Any, bucket: ExportBucket) -> None:
    """
    A large file goes in pieces, and comes back whole, as what it is.
    """
    path = file_of(tmp_path, PIECE * 2 + 5)
    bucket.keep(path, "key.csv", "text/csv; charset=utf-8")
    kept = s3.get_object(Bucket=BUCKET, Key="key.csv")

    assert path.read_bytes() == kept["Body"].read()
    assert "text/csv; charset=utf-8" == kept["ContentType"]
    assert kept["ETag"].endswith('-3"')  # as S3 marks what came in three pieces


def test_incomplete(
    tmp_path: Path, bucket: ExportBucket, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What answered that it has the file, and has it not whole, is not believed.
    """
    s3.put_object(Bucket=BUCKET, Key="key.csv", Body=b"half")
    monkeypatch.setattr(bucket._client, "put_object", lambda **_: None)

    with pytest.raises(IncompleteFileError):
        bucket.keep(file_of(tmp_path, 10), "key.csv", "text/csv")


def test_broken_off(
    tmp_path: Path, bucket: ExportBucket, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Where a piece does not arrive, those that did are thrown away, and what went wrong is told.
    """
    really, calls = bucket._client.upload_part, []

    def broken(**call: Any) -> Any:
        calls.append(call)
        if len(calls) == 2:
            raise ConnectionError
        return really(**call)

    monkeypatch.setattr(bucket._client, "upload_part", broken)

    with pytest.raises(ConnectionError):
        bucket.keep(file_of(tmp_path, PIECE + 1), "key.csv", "text/csv")

    assert 2 == len(calls)
    assert not s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads")


def test_link(tmp_path: Path, bucket: ExportBucket) -> None:
    """
    Whoever has the address fetches the file without more, under its name; it works for minutes.
    """
    bucket.keep(file_of(tmp_path, 10), "key.csv", "text/csv")
    link = bucket.link("key.csv", "aanmeldingen-2026-11-23.csv")
    query = parse_qs(urlsplit(link).query)

    assert b"x" * 10 == requests.get(link, timeout=10).content
    assert [str(LINK_SECONDS)] == query["X-Amz-Expires"]
    assert ["AWS4-HMAC-SHA256"] == query["X-Amz-Algorithm"]
    assert ['attachment; filename="aanmeldingen-2026-11-23.csv"'] == (
        query["response-content-disposition"]
    )


def test_remove(tmp_path: Path, s3: Any, bucket: ExportBucket) -> None:
    """
    What is deleted is gone; deleting it twice is as good.
    """
    bucket.keep(file_of(tmp_path, 10), "key.csv", "text/csv")
    bucket.remove("key.csv")
    bucket.remove("key.csv")

    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=BUCKET, Key="key.csv")
