"""
A page for every film: what is said in it, and its files to take along. The storyboards and the
records of the finished films are the source; no encoder is needed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

from chalicelib.domain.site import FILMS
from media.films import record, storyboard
from media.films.captions import Part, transcript
from media.films.frames import WIDE
from media.films.record import Record
from media.films.storyboard import Storyboard, StoryboardError
from publishing import front_matter
from publishing.front_matter import File, FrontMatterError

FOLDER = "films"
FIRST = "wat-doet-een-buddy"
"""The film that says what it is all about: it comes first, and stands on the home page."""
POSTER = "poster.webp"
DOWNLOADS = (
    File(file=record.FILM, what="De film"),
    File(file=record.SQUARE, what="De film in een vierkant, voor sociale media"),
    File(file=record.CAPTIONS, what="De ondertitels"),
    File(file=record.TEXT, what="De uitgeschreven tekst"),
)


@dataclass(frozen=True)
class Film:
    """A finished film, as a page shows it."""

    storyboard: Storyboard
    record: Record

    @property
    def slug(self) -> str:
        return self.storyboard.slug

    @property
    def path(self) -> str:
        """The address of its page; its files lie below it."""
        return f"{FILMS}{self.slug}/"

    @property
    def video(self) -> str:
        return self.path + record.FILM

    @property
    def poster(self) -> str:
        return self.path + POSTER

    @property
    def captions(self) -> str:
        return self.path + record.CAPTIONS

    @property
    def width(self) -> int:
        return WIDE.width

    @property
    def height(self) -> int:
        return WIDE.height

    @property
    def length(self) -> str:
        """How long it lasts, in words."""
        minutes, seconds = divmod(round(self.record.seconds), 60)
        parts = [f"{minutes} min"] if minutes else []
        return " ".join([*parts, f"{seconds} s"] if seconds or not parts else parts)

    @property
    def duration(self) -> str:
        """How long it lasts, in ISO 8601."""
        minutes, seconds = divmod(round(self.record.seconds), 60)
        return f"PT{minutes}M{seconds}S"

    @property
    def downloads(self) -> tuple[File, ...]:
        """What can be taken along, from below its page."""
        return DOWNLOADS

    @property
    def transcript(self) -> list[Part]:
        return transcript(self.storyboard)


def films(folder: Path) -> list[Film]:
    """
    The finished films in a folder: a storyboard without a record isn't a film yet.

    Raises FrontMatterError.
    """
    try:
        boards = storyboard.load_all(folder)
    except StoryboardError as error:
        raise FrontMatterError(str(error)) from error
    found = [
        Film(board, record.load(folder / board.slug))
        for board in boards
        if (folder / board.slug / record.FILE).is_file()
    ]
    return sorted(found, key=lambda film: film.slug != FIRST)


@front_matter.ends_the_build()
def collect(generators: list[Any]) -> None:
    """Give every template the films."""
    context = generators[0].context
    context["films"] = films(Path(context["PATH"], FOLDER))


class FilmGenerator(Generator):
    """Writes the pages of the films."""

    def generate_output(self, writer: Any) -> None:
        template = self.env.get_template("film.html")
        for film in self.context["films"]:
            writer.write_file(
                f"{film.path.strip('/')}/index.html",
                template,
                self.context,
                film=film,
                here=film.path,
                url=film.path,
            )


def register() -> None:
    signals.all_generators_finalized.connect(collect)
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return FilmGenerator
