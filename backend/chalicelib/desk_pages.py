"""The pages inside a municipality's desk: its list, one candidate, and when nobody is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.acting import acting_on
from chalicelib.desk_rows import Row, row_of
from chalicelib.domain.calendar import in_words, local_date
from chalicelib.domain.candidate_list import (
    AGE,
    ALL,
    CHOICES,
    LAST,
    NEW,
    STATE,
    WAITING,
    Choice,
    Sheet,
)
from chalicelib.domain.deed import NOT_POSTED, STATES, DeedForm
from chalicelib.domain.form import FieldError
from chalicelib.domain.municipalities import Municipality
from chalicelib.domain.site import (
    AWAY,
    CANDIDATES,
    CANDIDATES_CSV,
    CANDIDATES_XLSX,
    CARD_OF,
    MUNICIPALITY_DESK,
    SIGN_OUT,
    Link,
)
from chalicelib.domain.vacation import MAX_DAYS, Vacation
from chalicelib.entrance import Rendering
from chalicelib.handling import Case

CHOICE_WORDS = {
    **{name: STATES[act] for name, act in CHOICES.items()},
    WAITING: "Wacht op jullie",
    NEW: "Nog niets gemeld",
    ALL: "Alle kandidaten",
}
ORDER_WORDS = {AGE: "Langst bij ons", LAST: "Laatst gewijzigd", STATE: "Volgens stand"}
TO_THE_LIST = Link("Naar je kandidaten", CANDIDATES)


@dataclass(frozen=True)
class AwayForm:
    """What was typed about a vacation, to be shown again, and what is wrong with it."""

    first: str = ""
    last: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[FieldError, str]]:
        """What is wrong, and the element to go to."""
        return [(FieldError(name, message), name) for name, message in self.errors.items()]


@dataclass(frozen=True)
class Way:
    """A link of the list: what it says, where it leads, and whether it is where somebody is."""

    text: str
    href: str
    is_here: bool


class DeskPages:
    def __init__(self, pages: Rendering) -> None:
        self._pages = pages

    @property
    def origin(self) -> str:
        return self._pages.origin

    def url(self, path: str) -> str:
        return self._pages.url(path)

    def list_page(
        self,
        municipality: Municipality,
        sheet: Sheet,
        people: Sequence[Row],
        away: Vacation | None,
    ) -> str:
        """One page of the list, with the ways to the others."""
        wanted = sheet.choice
        return self._render(
            "desk-list",
            CANDIDATES,
            municipality,
            people=people,
            title=CHOICE_WORDS[wanted.state],
            is_usual=wanted.state == WAITING,
            counts=[
                (Way(words, self._to(wanted.with_(state=state)), state == wanted.state), count)
                for state, words in CHOICE_WORDS.items()
                if (count := sheet.counts[state]) or state in {WAITING, ALL, wanted.state}
            ],
            orders=[
                Way(words, self._to(wanted.with_(order=order)), order == wanted.order)
                for order, words in ORDER_WORDS.items()
            ],
            total=sheet.total,
            every=sheet.counts[ALL],
            page=wanted.page,
            pages=sheet.pages,
            before=self._to(wanted.with_(page=wanted.page - 1)) if wanted.page > 1 else "",
            after=self._to(wanted.with_(page=wanted.page + 1)) if wanted.page < sheet.pages else "",
            csv=self._to(wanted.with_(), CANDIDATES_CSV),
            xlsx=self._to(wanted.with_(), CANDIDATES_XLSX),
            away=away,
        )

    def candidate_page(
        self,
        municipality: Municipality,
        case: Case,
        now: datetime,
        form: DeedForm = NOT_POSTED,
        told: str = "",
    ) -> str:
        """
        One candidate with all that she told us; `form` has what was wrong with the button that was
        pressed, `told` why nothing was done.
        """
        one, here = case.registration, case.handover
        return self._render(
            "desk-candidate",
            "",
            municipality,
            row=row_of(one, here, now),
            card=f"{CANDIDATES}{one.reference}{CARD_OF}",
            asked_for=one.answers.municipalities,
            registered_on=in_words(local_date(one.registered_at)),
            acting=acting_on(case, now, form),
            told=told,
        )

    def away_page(
        self, municipality: Municipality, away: Vacation | None, form: AwayForm | None = None
    ) -> str:
        """The form to say when nobody is there; with the notice that counts now."""
        if form is None and away:
            form = AwayForm(away.first.isoformat(), away.last.isoformat())
        return self._render(
            "desk-away",
            AWAY,
            municipality,
            away=away,
            form=form or AwayForm(),
            max_days=MAX_DAYS,
        )

    def notice_page(self, title: str, text: str) -> str:
        return self._pages.render("notice", "", title=title, text=text, link=TO_THE_LIST)

    def _to(self, choice: Choice, path: str = CANDIDATES) -> str:
        query = choice.query
        return self._pages.url(path) + (f"?{query}" if query else "")

    def _render(self, name: str, here: str, municipality: Municipality, **values: object) -> str:
        return self._pages.render(
            name,
            here,
            municipality=municipality,
            ways=(Link("Kandidaten", CANDIDATES), Link("Afwezig", AWAY)),
            sign_out=f"{MUNICIPALITY_DESK}{SIGN_OUT}",
            list_path=CANDIDATES,
            away_path=AWAY,
            in_words=in_words,
            **values,
        )
