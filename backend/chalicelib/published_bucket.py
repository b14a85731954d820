"""The published files in S3, by their address on the site; CloudFront gives them to visitors."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REVALIDATE = "public, max-age=0, must-revalidate"
"""As every page of the site: who asks again learns whether it changed."""


class PublishedBucket:
    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def put(self, path: str, text: str, content_type: str) -> None:
        """Written whole or not at all; what was there stays as an earlier version."""
        self._client.put_object(
            Bucket=self._name,
            Key=path.removeprefix("/"),
            Body=text.encode(),
            ContentType=content_type,
            CacheControl=REVALIDATE,
        )
