"""
What people press when a registration was mailed: a civil servant behind the link of her mail and at
her desk, the volunteer on her own page, an officer of the agency.

As a person would: who gets an error page presses again, with the form that was on the screen.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus

import requests

from chalicelib.domain.municipalities import neighbours
from chalicelib.domain.own import steps
from chalicelib.domain.registration import FORWARDING, Registration
from chalicelib.domain.rerouting import decisions
from chalicelib.domain.session import AGENCY, MUNICIPALITY
from chalicelib.domain.site import (
    AWAY,
    CANDIDATES,
    CANDIDATES_XLSX,
    DESK_REGISTRATION,
    DESK_SEARCH,
    MUNICIPALITY_DESK,
    WORK_LIST,
)
from chalicelib.intake import FORM
from chalicelib.links import Links
from chalicelib.signing_in import KIND as SIGN_IN
from chalicelib.signing_in import ONE_MAIL_IN
from infra.local.contacts import OFFICER
from tests.faults.life import PATIENCE, Life, Press
from tests.faults.plan import Way

TRIES = 8
HERE = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
NO_MORE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
"""What a page says when what was pressed before had its effect: she is no longer there."""
PARTNER = "partner-1"

Step = Callable[[], object]


class Hands:
    """
    The people around one registration. `find` reads it as it is in the table now; who got an error
    while `is_enough` presses again at `finish`.
    """

    def __init__(
        self,
        api: str,
        links: Links,
        find: Callable[[Life], Registration | None],
        life: Life,
        is_enough: Callable[[], bool],
    ) -> None:
        self._api = api
        self._links = links
        self._find = find
        self._life = life
        self._is_enough = is_enough
        self._last: Callable[[], requests.Response] | None = None
        self._cookie: Mapping[str, str] = {}

    def finish(self) -> None:
        """Press again what gave an error, now that it is healed."""
        if self._last:
            self._last()

    def steps(self, way: Way) -> Sequence[Step]:
        """Everything that is pressed on this way, one after the other."""
        which = f"{self._life.reference}|{FORWARDING}|{self._here}|"
        today = datetime.now(UTC).date()
        days = {"first": today.isoformat(), "last": (today + timedelta(days=1)).isoformat()}
        ways: Mapping[Way, Sequence[Step]] = {
            Way.LINK: (
                partial(self._acts, "contacted", "contacted"),
                partial(self._acts, "undo", "undone"),
                partial(self._acts, "handed-on", "handed-on", to=self._neighbour),
            ),
            Way.DESK: (
                self._ask,
                partial(self._sign_in, MUNICIPALITY, f"{self._here}-1"),
                partial(self._look, CANDIDATES),
                partial(self._look, CANDIDATES_XLSX),
                partial(self._look, f"{CANDIDATES}{self._life.reference}", "opened"),
                partial(self._post, AWAY, **days),
            ),
            Way.OWN: (
                partial(self._wishes, "agree", "agreed", receiver=PARTNER),
                partial(self._wishes, "correct-phone", "corrected", phone="0479 98 76 54"),
                partial(self._wishes, "add", "added", municipality=self._neighbour),
            ),
            Way.ERASED: self.leaving,
            Way.AGENCY: (
                partial(self._sign_in, AGENCY, OFFICER[0]),
                partial(self._look, WORK_LIST),
                partial(self._post, DESK_SEARCH, q=self._life.name),
                partial(self._decides, "", "requeued", do="resend", which=which),
                partial(
                    self._decides, f"/{self._here}", "rerouted", act="reroute", to=self._neighbour
                ),
                partial(self._decides, "", "refused", do="refuse", why="no-place"),
            ),
        }
        return ways[way]

    @property
    def leaving(self) -> Sequence[Step]:
        """First withdrawn, then erased."""
        return (
            partial(self._wishes, "withdraw", "withdrawn", sure="yes"),
            partial(self._wishes, "erase", "erased", sure="yes"),
        )

    def _ask(self) -> None:
        """For a link to the desk, with the mailbox of the municipality."""
        slug, asked_at = self._life.municipality.slug, datetime.now(UTC).timestamp()
        self._post(MUNICIPALITY_DESK, email=f"buddy+{slug}@{slug}.example")
        number = int(asked_at // ONE_MAIL_IN.total_seconds())
        self._life.notices |= {f"{SIGN_IN}.{MUNICIPALITY}.{self._here}-1.{number}"}

    @property
    def _here(self) -> str:
        return self._life.municipality.nis_code

    @property
    def _neighbour(self) -> str:
        return neighbours(self._life.municipality)[0].nis_code

    def _acts(self, act: str, event: str, **more: str) -> None:
        """A button behind the link of the municipality's mail."""
        one = self._known()
        handover = one.handover(self._here)
        seen = str(handover.changes if handover else 0)
        self._post(self._links.candidate(one, self._here), event, act=act, seen=seen, **more)

    def _wishes(self, action: str, event: str, **more: str) -> None:
        """A button of her own page."""
        one = self._known()
        self._post(self._links.own(one), event, action=action, seen=str(steps(one)), **more)

    def _decides(self, page: str, event: str, **values: str) -> None:
        """A button at the agency's desk."""
        path = f"{DESK_REGISTRATION}{self._life.reference}{page}"
        self._post(path, event, decided=str(decisions(self._known())), **values)

    def _sign_in(self, desk: str, subject: str) -> None:
        """By the button of the mailed link. Where that was used without us, we ask a new one."""
        for _ in range(TRIES):
            link = self._links.sign_in(desk, subject, datetime.now(UTC))
            self._look(link)
            if self._last:
                return
            answer = self._until_done("POST", Press(link, may_be_gone=True), {})
            if "Set-Cookie" in answer.headers:
                self._cookie = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}
            if self._cookie or self._last:
                return
            time.sleep(1.1)  # a token has whole seconds: the same one is used

    def _look(self, path: str, event: str = "") -> None:
        self._until_done("GET", Press(path, event), None)

    def _post(self, path: str, event: str = "", **values: str) -> None:
        self._until_done("POST", Press(path, event), values)

    def _until_done(
        self, method: str, press: Press, values: Mapping[str, str] | None
    ) -> requests.Response:
        """Until it is done, or until that makes no sense any more."""
        had = self._count(press.event)
        self._life.pressed.append(press)
        self._last = partial(self._again, method, press, values, had)
        return self._last()

    def _again(
        self, method: str, press: Press, values: Mapping[str, str] | None, had: int
    ) -> requests.Response:
        for _ in range(TRIES):
            answer = requests.request(
                method,
                f"{self._api}{press.path.rstrip('/')}",
                data=values,
                headers={**({} if values is None else HERE), **self._cookie},
                allow_redirects=False,
                timeout=PATIENCE,
            )
            status = answer.status_code
            has_effect = self._count(press.event) > had
            if status in NO_MORE and press.told and (press.may_be_gone or has_effect):
                status = HTTPStatus.OK  # it was done the time before, and nobody heard so
            press.told.append((status, has_effect or not press.event))
            if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                self._last = None
                break
            if self._is_enough():
                break
            time.sleep(0.2)
        return answer

    def _count(self, event: str) -> int:
        one = self._find(self._life) if event else None
        return sum(known.what == event for known in one.events) if one else 0

    def _known(self) -> Registration:
        one = self._find(self._life)
        assert one is not None
        return one
