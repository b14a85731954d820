"""
The bucket where the exports are, private and for a day: files are written in pieces, and handed out
by an address that works for minutes.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.failures import IncompleteFileError

if TYPE_CHECKING:
    from boto3.s3.transfer import TransferConfig  # noqa: TID251 (its type, no client)
    from mypy_boto3_s3 import S3Client

LINK_SECONDS = 120
"""How long an address works: a browser follows it at once, and a slow one may try again."""


class ExportBucket:
    """`client` is an S3 client; `transfer` says how large the pieces are."""

    def __init__(self, client: "S3Client", name: str, transfer: "TransferConfig") -> None:
        self._client = client
        self._name = name
        self._transfer = transfer

    def keep(self, path: Path, key: str, content_type: str) -> None:
        """
        Put a file there, one piece at a time, in the place of what has that key.

        Raises `IncompleteFileError` where not all of it arrived, and whatever the client raises.
        """
        self._client.upload_file(
            str(path),
            self._name,
            key,
            ExtraArgs={"ContentType": content_type},
            Config=self._transfer,
        )
        # botocore takes any answer with status 200 for a success, as a proxy's page.
        kept = self._client.head_object(Bucket=self._name, Key=key)["ContentLength"]
        if kept != path.stat().st_size:
            raise IncompleteFileError

    def link(self, key: str, file_name: str) -> str:
        """An address where anybody who has it fetches the file, under that name, for minutes."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._name,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{file_name}"',
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=LINK_SECONDS,
        )

    def remove(self, key: str) -> None:
        """Delete a file; one that is not there is as good as deleted."""
        self._client.delete_object(Bucket=self._name, Key=key)
