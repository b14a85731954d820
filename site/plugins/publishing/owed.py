"""
What the pages that a public service owes its visitors are made of: who answers for the site, the
terms of what is kept, and what the accessibility checker found. And `security.txt` (RFC 9116).
"""

from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

from chalicelib.domain.retention import RULES
from chalicelib.domain.site import CONTACT
from publishing import front_matter
from publishing.front_matter import Audit, Publisher, T

SECURITY = ".well-known/security.txt"


class SecurityGenerator(Generator):
    """Writes `security.txt`."""

    def generate_output(self, _writer: Any) -> None:
        site = self.settings["ORIGIN"] and self.settings["ORIGIN"] + self.settings["BASE"]
        target = Path(self.output_path, SECURITY)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(security(self.context["publisher"], site), encoding="utf-8")


def security(publisher: Publisher, site: str) -> str:
    """The text of the file; `site` is the full address of the site, or "" when it is not known."""
    lines = [
        f"Contact: mailto:{publisher.security.email.text}",
        f"Expires: {publisher.security_expires.isoformat()}T00:00:00Z",
        "Preferred-Languages: nl, en",
    ]
    if site:
        lines += [f"Canonical: {site}/{SECURITY}", f"Policy: {site}{CONTACT}"]
    return "\n".join(lines) + "\n"


@front_matter.ends_the_build()
def provide(generators: list[Any]) -> None:
    """Put the facts in the context that all generators share."""
    context = generators[0].context
    data = Path(context["SOURCES"]).parent
    context["publisher"] = _read(data / "publisher.yaml", Publisher)
    context["audit"] = _read(data / "accessibility.json", Audit)
    context["known_sources"] = front_matter.sources(Path(context["SOURCES"]))
    context["RETENTION"] = RULES


def _read(file: Path, kind: type[T]) -> T:
    return front_matter.decode(file.read_text(encoding="utf-8"), kind, file)


def register() -> None:
    signals.all_generators_finalized.connect(provide)
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return SecurityGenerator
