"""Serve what the functions published, as CloudFront does: from its bucket, and else from the site.

In production `/cijfers/*` has two origins: where the bucket has nothing, the site has the page of
before anything was published, and the pages below it that are always its own.
"""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from infra.local.static_site import METHODS

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

PREFIX = "/cijfers/"


class Published:
    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def answer(self, request: web.Request) -> web.Response | None:
        """None where nothing is published at this path."""
        if request.method not in METHODS or not request.path.startswith(PREFIX):
            return None
        return await asyncio.to_thread(self._read, request.path, request.if_none_match)

    def _read(self, path: str, known: "tuple[object, ...] | None") -> web.Response | None:
        key = path.removeprefix("/") + ("index.html" if path.endswith("/") else "")
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        headers = _headers(found)
        if headers[hdrs.ETAG] in {f'"{getattr(one, "value", "")}"' for one in known or ()}:
            return web.Response(status=304, headers=headers)
        return web.Response(body=found["Body"].read(), headers=headers)


def _headers(found: "GetObjectOutputTypeDef") -> dict[str, str]:
    return {
        hdrs.CONTENT_TYPE: found["ContentType"],
        hdrs.CACHE_CONTROL: found["CacheControl"],
        hdrs.ETAG: found["ETag"],
    }
