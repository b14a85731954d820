"""Serve the built site as CloudFront serves it from its bucket.

Every request reads from disk, so a rebuilt site shows at once.
"""

import mimetypes
import re
from dataclasses import dataclass
from http import HTTPStatus
from os.path import isfile
from pathlib import Path

from aiohttp import hdrs, web

from chalicelib.domain.site import moved_pages

METHODS = ("GET", "HEAD")
REVALIDATE = "public, max-age=0, must-revalidate"
FOR_EVER = "public, max-age=31536000, immutable"
# A name with a hash of the content in it, such as main.3f2a91c0.css, never means anything else.
FINGERPRINTED = re.compile(r"\.[0-9a-f]{8,64}\.[a-z0-9]+$")
WELL_KNOWN = ".well-known"

_MOVED = moved_pages()

# Not the tables of this machine: a type must not depend on what is installed here.
_types = mimetypes.MimeTypes(filenames=())
for _type, _extension in (
    ("application/manifest+json", ".webmanifest"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    ("application/rss+xml", ".rss"),
    ("application/atom+xml", ".atom"),
    ("font/woff2", ".woff2"),
    ("image/avif", ".avif"),
    ("image/webp", ".webp"),
    ("image/x-icon", ".ico"),
    ("application/xml", ".xml"),
    ("application/yaml", ".yaml"),
    ("text/calendar", ".ics"),
    ("text/javascript", ".js"),
    ("text/markdown", ".md"),
    ("text/vcard", ".vcf"),
    ("text/vtt", ".vtt"),
):
    _types.add_type(_type, _extension)


@dataclass(frozen=True)
class Found:
    """A path leads to a file, or to the same path with a slash, or to neither."""

    file: Path | None = None
    needs_slash: bool = False


def find(site: Path, path: str) -> Found:
    """What a decoded URL path means: `/x/` is x/index.html and `/x` is better written `/x/`."""
    *folders, name = path.removeprefix("/").split("/")
    segments = [*folders, name or "index.html"]
    if not all(_is_public(segment, is_first=place == 0) for place, segment in enumerate(segments)):
        return Found()
    wanted = site.joinpath(*segments)
    # A link in the site could lead out of it.
    if not wanted.resolve().is_relative_to(site.resolve()):
        return Found()
    # Not Path.is_file: that fails on a name that is too long for a file.
    if isfile(wanted):  # noqa: PTH113
        return Found(file=wanted)
    return Found(needs_slash=isfile(wanted / "index.html"))  # noqa: PTH113


def _is_public(segment: str, *, is_first: bool) -> bool:
    if "\0" in segment or "\\" in segment:
        return False
    return segment != "" and (not segment.startswith(".") or (is_first and segment == WELL_KNOWN))


def content_type(path: Path) -> str:
    kind = _types.guess_type(path.name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind.endswith(("json", "xml"))
    return f"{kind}; charset=utf-8" if is_text else kind


def holds(request: web.Request, site: Path) -> bool:
    """Whether the site has what is asked to be read."""
    return request.method in METHODS and find(site, request.path).file is not None


async def serve(request: web.Request, site: Path) -> web.StreamResponse:
    if request.method not in METHODS:
        raise web.HTTPMethodNotAllowed(request.method, METHODS)
    found = find(site, request.path)
    # The site has a page there, for hosts that can't lead on by themselves.
    elsewhere = _MOVED.get(request.path) or _MOVED.get(f"{request.path}/")
    if elsewhere or found.needs_slash:
        location = elsewhere or request.rel_url.raw_path + "/"
        query = request.rel_url.raw_query_string
        raise web.HTTPMovedPermanently(f"{location}?{query}" if query else location)
    if found.file:
        return web.FileResponse(found.file, headers=file_headers(found.file))
    return _not_found(site)


def file_headers(path: Path) -> dict[str, str]:
    is_fingerprinted = FINGERPRINTED.search(path.name)
    return {
        hdrs.CONTENT_TYPE: content_type(path),
        hdrs.CACHE_CONTROL: FOR_EVER if is_fingerprinted else REVALIDATE,
    }


def _not_found(site: Path) -> web.Response:
    page = site / "404.html"
    # Not a FileResponse: that would answer 304 to a browser that knows the page.
    return web.Response(
        status=HTTPStatus.NOT_FOUND,
        body=page.read_bytes() if page.is_file() else b"Deze pagina bestaat niet.",
        headers={hdrs.CONTENT_TYPE: content_type(page), hdrs.CACHE_CONTROL: REVALIDATE},
    )
