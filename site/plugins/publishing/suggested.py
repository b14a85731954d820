"""
What people told us of projects, and an officer accepted, as claims in the files of the inventory:
a change to look through (`git diff`) before it is published.

Each of them is a source of its own, of the kind `melding`, with the reference and without the
person; what it says is *onzeker*. Written once: what somebody edited or took away since stays so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from chalicelib.domain.calendar import local_date
from chalicelib.domain.municipalities import find_municipality, fold, slug
from chalicelib.domain.suggestion import Suggestion
from chalicelib.domain.suggestion_form import ProjectAnswers
from publishing import front_matter, inventory
from publishing.claims import Project
from publishing.front_matter import FrontMatterError

LONGEST_NAME = 60
"""Characters of a file's name (`Slug`)."""

WIDTH = 1000
"""Characters of a line: a claim stays on one, so that a change of it is a change of one line."""

Claims = dict[str, list[dict[str, Any]]]
"""What a file has: its fields, each with claims."""


class Outcome(Enum):
    """
    What became of a suggestion: its claims are written now; they stand there as they were written;
    somebody edited them, or took them away, since; or it can't be written, and a person must.
    """

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    EDITED = "edited"
    TAKEN_AWAY = "taken away"
    BY_HAND = "by hand"


@dataclass(frozen=True)
class Exported:
    """`path` is the file that has it, below the folder of the site; `why` is of `BY_HAND`."""

    reference: str
    outcome: Outcome
    path: str = ""
    why: str = ""


class NotWrittenError(Exception):
    """It can't be written by itself; the message says why."""


def export(accepted: Iterable[Suggestion], site: Path, until: int) -> Iterator[Exported]:
    """
    Write what was accepted into the files below `site`, oldest first; `until` is the last year of
    the overview. Doing it again writes nothing.
    """
    files = Files(site, until)
    for one in sorted(accepted, key=lambda one: (one.decided_at or one.registered_at, one.id)):
        yield files.export(one)


def source_key(one: Suggestion) -> str:
    """What the sources call it: `melding-7k3f-9q4d`."""
    return f"melding-{one.reference.partition('-')[2].lower()}"


def claims_of(one: Suggestion) -> Claims:
    """What it says, field by field, in the order of the inventory; never who said it."""
    answers, key = one.answers, source_key(one)
    website = f"Website, volgens de melder: {answers.link}" if answers.link else ""
    about = " ".join(answers.about.split())
    stands_in = f"Dit staat, volgens de melder, in: {answers.found}" if answers.found else ""
    told: dict[str, list[dict[str, Any]]] = {
        "names": [{"value": answers.project, "note": "" if about else website}],
        "about": [{"value": about, "note": website}],
        "organisers": [{"value": answers.organiser}],
        "areas": [{"value": answers.region}],
        "places": [{"value": find_municipality(code).slug} for code in answers.municipality],
        "domains": [{"value": domain} for domain in answers.domain],
        "starts": [{"value": answers.since}],
        "duos": [_duos(answers, stands_in)],
    }
    return {
        field: [_claim(one, key) for one in claims if one["value"]]
        for field, claims in told.items()
        if any(one["value"] for one in claims)
    }


def _duos(answers: ProjectAnswers, note: str) -> dict[str, Any]:
    return {"value": int(answers.duos or 0), "when": answers.duos_year, "note": note}


def _claim(said: dict[str, Any], key: str) -> dict[str, Any]:
    given = {name: value for name, value in said.items() if value}
    return {"value": given.pop("value"), "source": key, "certainty": "onzeker", **given}


class Files:
    """The files of the inventory, and the list of sources."""

    def __init__(self, site: Path, until: int) -> None:
        self._site = site
        self._content = site / "content"
        self._sources = site / "data" / "sources.yaml"
        self._until = until

    def export(self, one: Suggestion) -> Exported:
        key, expected = source_key(one), claims_of(one)
        there = {file: found for file in self._files() if (found := self._claims(file, key))}
        is_known = key in front_matter.sources(self._sources)
        if is_known and not there:
            return Exported(one.reference, Outcome.TAKEN_AWAY)
        if is_known:
            file, found = next(iter(there.items()))
            is_same = len(there) == 1 and _is_same(found, expected)
            return self._told(one, Outcome.UNCHANGED if is_same else Outcome.EDITED, file)
        if there:  # the last run ended between the two files
            self._add_source(one)
            return self._told(one, Outcome.WRITTEN, next(iter(there)))
        try:
            return self._told(one, Outcome.WRITTEN, self._write(one, expected))
        except NotWrittenError as error:
            return Exported(one.reference, Outcome.BY_HAND, why=str(error))

    def _write(self, one: Suggestion, claims: Claims) -> Path:
        """
        Both files, and a look whether the site can be built with them: if not, they are as they
        were. Raises `NotWrittenError`.
        """
        file = self._file_of(one)
        before = file.read_text(encoding="utf-8") if file.exists() else None
        sources = self._sources.read_text(encoding="utf-8")
        file.write_text(added(before, claims), encoding="utf-8")
        self._add_source(one)
        try:
            known = front_matter.sources(self._sources)
            inventory.read(self._content, known, self._until)
        except FrontMatterError as error:
            self._sources.write_text(sources, encoding="utf-8")
            if before is None:
                file.unlink()
            else:
                file.write_text(before, encoding="utf-8")
            raise NotWrittenError(f"the site can't be built with it: {error}") from error
        return file

    def _file_of(self, one: Suggestion) -> Path:
        """The file of the project that it is about, or a new one."""
        if one.belongs_to:
            file = self._path(one.belongs_to)
            if not file.exists():
                raise NotWrittenError(f"the inventory has no project «{one.belongs_to}»")
            return file
        places = [find_municipality(code).slug for code in one.answers.municipality]
        name = slug(one.answers.project).strip("-")
        for free in (name, "-".join((name, *places[:1]))) if name else ():
            programme = self._content / "programmas" / f"{free}.yaml"
            is_taken = free in inventory.TAKEN or programme.exists() or self._path(free).exists()
            if free and len(free) <= LONGEST_NAME and not is_taken:
                return self._path(free)
        raise NotWrittenError(f"no name is free for «{one.answers.project}»: see «{name}»")

    def _add_source(self, one: Suggestion) -> None:
        entry = {
            source_key(one): {
                "title": f"Melding {one.reference} op deze site",
                "publisher": "een bezoeker van deze site",
                "date": local_date(one.registered_at),
                "kind": "melding",
            }
        }
        text = self._sources.read_text(encoding="utf-8")
        self._sources.write_text(f"{text.rstrip()}\n{_dumped(entry)}", encoding="utf-8")

    def _files(self) -> Iterator[Path]:
        yield from sorted((self._content / "projecten").glob("*.yaml"))

    def _path(self, name: str) -> Path:
        return self._content / "projecten" / f"{name}.yaml"

    def _claims(self, file: Path, key: str) -> list[tuple[str, Any]]:
        """What a file has of one source."""
        item = front_matter.decode(file.read_text(encoding="utf-8"), Project, file)
        return [(field, claim) for field, claim in item.claims() if claim.source == key]

    def _told(self, one: Suggestion, outcome: Outcome, file: Path) -> Exported:
        return Exported(one.reference, outcome, file.relative_to(self._site).as_posix())


def _is_same(found: list[tuple[str, Any]], expected: Claims) -> bool:
    """Whether the claims are those that were written; a name that was there already was not."""
    item = front_matter.decode(_dumped(expected), Project, Path("expected"))
    wanted = list(item.claims())
    unnamed = [one for one in wanted if one[0] != "names"]
    return found in (wanted, unnamed)


def added(before: str | None, claims: Claims) -> str:
    """
    The text of a file with claims added at the end of each field, and all that was there as it was.

    Raises `NotWrittenError` where that can't be, as for a file with remarks.
    """
    if before is None:
        return _dumped(claims)
    there: Claims = yaml.safe_load(before)
    if _dumped(there) != before:
        raise NotWrittenError("the file is laid out by hand")
    names = {fold(one["value"]) for one in there.get("names", ())}
    new = [one for one in claims.get("names", ()) if fold(one["value"]) not in names]
    added = {**claims, "names": new}
    fields = [name for name in Project.LABELS if name in there or added.get(name)]
    return _dumped({name: [*there.get(name, ()), *added.get(name, ())] for name in fields})


def _dumped(document: dict[str, Any]) -> str:
    """As every file of the inventory is laid out."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=WIDTH)
    return text
