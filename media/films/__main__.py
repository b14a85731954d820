"""
Makes the films whose storyboard, voice, drawings or fonts changed since they were made.

    python -m media.films                 every film under site/content/films
    python -m media.films SLUG …          these films
    python -m media.films --all           also what is current
    python -m media.films --look SLUG …   sheets of stills in build/films, to look at
"""

import argparse
import sys
import time
from pathlib import Path

from PIL import Image

from media.films import encode, record, storyboard
from media.films.frames import LAYOUTS, Film
from media.films.storyboard import Storyboard
from media.films.timing import slots

ROOT = Path("site/content/films")
SHEETS = Path("build/films")


def main() -> None:
    """
    Reads the command line; a storyboard that is wrong ends it with one line that says where.
    """
    options = argparse.ArgumentParser(
        "python -m media.films", description="Makes the films that changed."
    )
    options.add_argument("slugs", nargs="*", metavar="SLUG")
    options.add_argument("--all", action="store_true", help="also what is current")
    options.add_argument("--look", action="store_true", help="only a sheet of stills")
    asked = options.parse_args()
    try:
        films = storyboard.load_all(ROOT)
        for film in films:
            if not asked.slugs or film.slug in asked.slugs:
                if asked.look:
                    look(film)
                else:
                    make(film, again=asked.all)
    except ValueError as error:
        sys.exit(str(error))


def make(film: Storyboard, *, again: bool) -> None:
    """
    One film, unless it is there and current.
    """
    folder = ROOT / film.slug
    if not again and is_current(folder, film):
        print(f"{film.slug}: current")  # noqa: T201 - to whoever ran it
        return
    began = time.monotonic()
    made = encode.render(folder, film)
    sizes = ", ".join(f"{name} {size // 1000} kB" for name, size in made.files.items())
    print(  # noqa: T201
        f"{film.slug}: {made.seconds:.0f} s of film in {time.monotonic() - began:.0f} s; {sizes}"
    )


def is_current(folder: Path, film: Storyboard) -> bool:
    """
    Whether the finished files are there and are of this storyboard.
    """
    try:
        made = record.load(folder)
    except (OSError, ValueError):
        return False
    if not all((folder / name).is_file() for name in record.FINISHED):
        return False
    voices = encode.measured(folder, film)
    return made.fingerprint == record.fingerprint(folder, film, voices)


def look(film: Storyboard) -> None:
    """
    The end of each scene in both shapes, small and side by side.
    """
    times = slots(film.scenes, encode.measured(ROOT / film.slug, film))
    SHEETS.mkdir(parents=True, exist_ok=True)
    for layout in LAYOUTS:
        drawn = Film(film, times, layout)
        wide, tall, columns = layout.width // 2, layout.height // 2, 3
        sheet = Image.new("RGB", (columns * wide, -(-len(times) // columns) * tall), "#888888")
        for number, slot in enumerate(times):
            still = encode.picture(drawn.svg(slot.end - record.POSTER_AT)).resize((wide, tall))
            sheet.paste(still, (number % columns * wide, number // columns * tall))
        target = SHEETS / f"{film.slug}-{layout.name}.png"
        sheet.save(target)
        print(target)  # noqa: T201


if __name__ == "__main__":
    main()
