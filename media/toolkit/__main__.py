"""
Makes the toolkit's files, or the posters of municipalities.

    python -m media.toolkit                     every file of the toolkit that is not current
    python -m media.toolkit --all               every file
    python -m media.toolkit posters [SLUG …]    build/posters/<slug>.pdf; all when none is named
"""

import json
import sys
from time import perf_counter

from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.site import municipality_path
from media.toolkit import sheets
from media.toolkit.catalogue import OUTPUTS, digest, recorded
from media.toolkit.makers import MAKERS
from media.toolkit.places import CONTENT, POSTERS, RECORD, ROOT


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def make_all(*, again: bool) -> None:
    """Make what is stale, take away what no item has any more, and write down what was made of."""
    known = recorded() if RECORD.exists() and not again else {}
    record = {}
    for output in OUTPUTS:
        sources = output.fingerprint()
        now = output.path.read_bytes() if output.path.exists() else b""
        if known.get(output.key) != {"sources": sources, "file": digest(now)}:
            now = MAKERS[output.key]()
            output.path.parent.mkdir(parents=True, exist_ok=True)
            output.path.write_bytes(now)
            _say(f"{output.path.relative_to(ROOT)}  {len(now) / 1000:.1f} kB")
        record[output.key] = {"sources": sources, "file": digest(now)}
    for path in CONTENT.glob("*/*"):
        if f"{path.parent.name}/{path.name}" not in record:
            path.unlink()
            _say(f"{path.relative_to(ROOT)}  removed")
    RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def make_posters(slugs: list[str]) -> None:
    """A poster for each municipality named, or for all: its own name, and the way to its page."""
    known = {municipality.slug: municipality for municipality in MUNICIPALITIES}
    if unknown := [slug for slug in slugs if slug not in known]:
        sys.exit(f"no municipality has the slug {', '.join(unknown)}")
    POSTERS.mkdir(parents=True, exist_ok=True)
    start = perf_counter()
    for slug in slugs or known:
        poster = sheets.poster(known[slug].name, municipality_path(slug))
        (POSTERS / f"{slug}.pdf").write_bytes(poster)
    count = len(slugs or known)
    _say(f"{count} in {POSTERS.relative_to(ROOT)}, {perf_counter() - start:.1f} s")


def main(arguments: list[str]) -> None:
    match arguments:
        case ["posters", *slugs]:
            make_posters(slugs)
        case []:
            make_all(again=False)
        case ["--all"]:
            make_all(again=True)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
