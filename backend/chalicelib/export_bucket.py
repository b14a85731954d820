"""
The bucket where the exports are, private and for a day: files are written in pieces, and handed out
by an address that works for minutes.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.failures import IncompleteFileError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PIECE = 8 * 1024 * 1024
"""Bytes of a file that are under way at once; S3 takes 10,000 pieces of 5 MB or more."""

LINK_SECONDS = 120
"""How long an address works: a browser follows it at once, and a slow one may try again."""


class ExportBucket:
    """`client` is an S3 client of botocore: boto3's transfers are not in the zip."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def keep(self, path: Path, key: str, content_type: str) -> None:
        """
        Put a file there in the place of what has that key, one piece at a time, so that the memory
        does not grow with the file.

        Raises `IncompleteFileError` where not all of it arrived, and whatever the client raises.
        """
        size = path.stat().st_size
        if size <= PIECE:
            self._client.put_object(
                Bucket=self._name, Key=key, Body=path.read_bytes(), ContentType=content_type
            )
        else:
            self._keep_in_pieces(path, key, content_type)
        # botocore takes any answer with status 200 for a success, as a proxy's page.
        if self._client.head_object(Bucket=self._name, Key=key)["ContentLength"] != size:
            raise IncompleteFileError

    def _keep_in_pieces(self, path: Path, key: str, content_type: str) -> None:
        # The checksum of each piece goes along when they are put together: what S3 then has is
        # what we read.
        upload = self._client.create_multipart_upload(
            Bucket=self._name, Key=key, ContentType=content_type, ChecksumAlgorithm="CRC32"
        )["UploadId"]
        pieces: list[CompletedPartTypeDef] = []
        try:
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    number = len(pieces) + 1
                    answer = self._client.upload_part(
                        Bucket=self._name,
                        Key=key,
                        UploadId=upload,
                        PartNumber=number,
                        Body=piece,
                        ChecksumAlgorithm="CRC32",
                    )
                    pieces.append(
                        {
                            "PartNumber": number,
                            "ETag": answer["ETag"],
                            "ChecksumCRC32": answer["ChecksumCRC32"],
                        }
                    )
            self._client.complete_multipart_upload(
                Bucket=self._name, Key=key, UploadId=upload, MultipartUpload={"Parts": pieces}
            )
        except Exception:
            # The pieces would stay, unseen, until the rule of the bucket deletes them.
            with suppress(Exception):
                self._client.abort_multipart_upload(Bucket=self._name, Key=key, UploadId=upload)
            raise

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
