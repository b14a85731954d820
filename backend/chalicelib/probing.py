"""
The probe: posts a registration of our own and looks what became of the one before (domain/probe).

Over HTTP to the public address, as a visitor would: what stands between her and the function is
tested as well.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from chalicelib.domain import probe
from chalicelib.domain.incidents import PROBE, Trouble
from chalicelib.domain.registration import Registration
from chalicelib.domain.site import REGISTRATIONS
from chalicelib.logs import Log
from chalicelib.watching import Incidents, note

log = Log(__name__)

TIMEOUT = 20  # seconds: longer than a cold start, shorter than the gateway gives up (29)
ATTEMPTS = 3  # a visitor would try again too; the same form is stored once

Post = Callable[[dict[str, str]], int]
"""Posts a form; returns the HTTP status, 0 when nobody answered."""


class Store(Incidents, Protocol):
    def get(self, reference: str, now: datetime) -> Registration | None: ...


def probe_chain(store: Store, post: Post, token: str, now: datetime) -> str:
    """
    Post the probe of this hour and judge it and the one before; returns what is wrong, or "".

    Run twice, it is posted twice and stored once.
    """
    before = store.get(probe.reference(now - probe.EVERY), now)
    is_late = (
        before is not None
        and before.synthetic
        and now - before.registered_at > probe.PATIENCE
        and probe.took(before) is None
    )
    status = _posted(post, probe.answers(now) | {"token": token})
    stored = store.get(probe.reference(now), now)
    why, since = "", now
    if status not in {HTTPStatus.SEE_OTHER, HTTPStatus.CREATED}:
        why = probe.NOT_POSTED
    elif stored is None:
        why = probe.NOT_STORED
    elif before is not None and is_late:
        why, since = probe.NOT_DELIVERED, before.registered_at
    log.info("probed", reference=probe.reference(now), status=status, outcome=why or "ok")
    note(PROBE, Trouble(why, since) if why else None, store, now)
    return why


def _posted(post: Post, form: dict[str, str]) -> int:
    status = 0
    for _ in range(ATTEMPTS):
        status = post(form)
        if 0 < status < HTTPStatus.INTERNAL_SERVER_ERROR:
            break
    return status


class _Unfollowed(HTTPRedirectHandler):
    """The thanks page is not part of it."""

    def redirect_request(self, *_: object) -> None:
        return None


def poster(site_url: str) -> Post:
    """Posts to the public address of the site."""
    opener = build_opener(_Unfollowed)

    def post(form: dict[str, str]) -> int:
        request = Request(  # noqa: S310 (our own address, from the settings)
            f"{site_url}{REGISTRATIONS}",
            data=urlencode(form).encode(),
            headers={"User-Agent": "mijnbuddy-probe"},
        )
        try:
            with opener.open(request, timeout=TIMEOUT) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except (URLError, OSError) as error:
            log.warning("probe not answered", fault=error)
            return 0

    return post
