"""The pages behind the link in a municipality's mail: no phone, e-mail, message or note on them."""

from datetime import datetime
from typing import Any, Protocol

from chalicelib.acting import acting_on
from chalicelib.domain.deed import NOT_POSTED, DeedForm
from chalicelib.domain.site import MUNICIPALITY_DESK, Link
from chalicelib.domain.wording import first_name
from chalicelib.handling import Case

TO_THE_DESK = Link("Naar de pagina voor gemeenten", MUNICIPALITY_DESK)


class Pages(Protocol):
    @property
    def origin(self) -> str: ...
    def url(self, path: str) -> str: ...
    def render(self, name: str, here: str, **values: Any) -> str: ...


class CandidatePages:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    @property
    def origin(self) -> str:
        return self._pages.origin

    def url(self, path: str) -> str:
        return self._pages.url(path)

    def candidate_page(
        self, case: Case, now: datetime, form: DeedForm = NOT_POSTED, told: str = ""
    ) -> str:
        """
        How it stands with a candidate, and the buttons; `form` has what was wrong with the one that
        was pressed, `told` why nothing was done.
        """
        one, here = case.registration, case.handover
        return self._pages.render(
            "candidate",
            "",
            reference=one.reference,
            first_name=first_name(one.answers.name),
            place=case.place,
            handed_on_by=one.called(here.handed_on_by) if here.handed_on_by else "",
            acting=acting_on(case, now, form),
            told=told,
        )

    def notice_page(self, title: str, text: str) -> str:
        """One message, and the way to the municipality's desk."""
        return self._pages.render("notice", "", title=title, text=text, link=TO_THE_DESK)
