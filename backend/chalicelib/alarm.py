"""
The mails about an incident: one when it begins, one when it is over.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.domain import probe
from chalicelib.domain.calendar import BRUSSELS, date_in_words, local_date
from chalicelib.domain.incidents import END, PROBE, SILENCE, STUCK, Incident
from chalicelib.domain.notice import Notice
from chalicelib.domain.outbox import Mail
from chalicelib.domain.registration import AGENCY
from chalicelib.emails import Email, Letters

SUMMARIES: Mapping[str, str] = {
    SILENCE: "Er komen geen aanmeldingen meer binnen",
    PROBE: "Onze testaanmelding komt niet aan",
    STUCK: "Er waren mails zonder volgende stap",
}
"""Each kind of incident, as the agency reads it."""

_OVER: Mapping[str, str] = {
    SILENCE: "Er komen weer aanmeldingen binnen",
    PROBE: "Onze testaanmelding komt weer aan",
    STUCK: "Elke mail heeft weer een volgende stap",
}
_PROBE_FAULTS: Mapping[str, str] = {
    probe.NOT_POSTED: "De site nam het formulier niet aan. Niemand kan zich nu aanmelden.",
    probe.NOT_STORED: "De site zei dat alles goed was. Toch vinden we de aanmelding niet terug.",
    probe.NOT_DELIVERED: "De aanmelding is bewaard. De mails kwamen niet aan.",
}
_ADVICE: Mapping[str, tuple[str, ...]] = {
    SILENCE: (
        "Vul zelf het formulier in. Lukt dat niet? Bel wie de site technisch beheert.",
        "Lukt het wel? Kijk dan of een campagne stopte, of een link niet meer werkt.",
    ),
    PROBE: (
        "Vul zelf het formulier in. Kijk ook naar de toestand met: mijnbuddy status",
        "Bel wie de site technisch beheert.",
    ),
    STUCK: (
        "We planden ze opnieuw in. Je hoeft niets te doen.",
        "Dit hoort niet te gebeuren. Meld het aan wie de site technisch beheert.",
    ),
}


class Store(Protocol):
    def incident(self, kind: str) -> Incident: ...


class AlarmComposer:
    """Writes the mail that a notice asks for: its key has the kind of incident and its phase."""

    def __init__(self, store: Store, letters: Letters, agency: str) -> None:
        self._store = store
        self._letters = letters
        self._agency = agency

    def __call__(self, notice: Notice, mail: Mail, now: datetime) -> Email:  # noqa: ARG002
        kind, _, rest = notice.key.partition(".")
        is_over = rest.endswith(f".{END}")
        incident = self._store.incident(kind)
        return self._letters.written(
            notice.kind,
            notice.id,
            receiver=mail.receiver,
            route=AGENCY,
            to=self._agency,
            reply_to=self._agency,
            facts={
                "is_over": is_over,
                "title": _OVER[kind] if is_over else SUMMARIES[kind],
                "what": () if is_over else tuple(_what(incident)),
                "advice": () if is_over else _ADVICE[kind],
                "since": _in_words(incident.since or notice.created_at),
                "until": _in_words(incident.closed_at or notice.created_at),
            },
        )


def _what(incident: Incident) -> list[str]:
    match incident.kind:
        case "silence":
            return ["Op dit uur melden zich anders wel mensen aan. Nu al een tijd niemand."]
        case "probe":
            return [
                "Elk uur sturen we zelf een aanmelding door de hele site.",
                _PROBE_FAULTS.get(incident.why, "De test ging niet goed."),
            ]
        case _:
            count = incident.why
            many = "1 aanmelding" if count == "1" else f"{count} aanmeldingen"
            return [f"De dagelijkse controle vond {many} met een mail zonder volgende stap."]


def _in_words(moment: datetime) -> str:
    """«23 november 2026, 9.30 uur»."""
    local = moment.astimezone(BRUSSELS)
    return f"{date_in_words(local_date(moment))}, {local.hour}.{local.minute:02} uur"
