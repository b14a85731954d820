"""The finished films in git: they are there, they are current, and every browser plays them."""

from pathlib import Path

import pytest

from media.films import captions, record, storyboard
from media.films.frames import SQUARE, WIDE
from media.films.storyboard import Storyboard
from media.films.timing import slots
from tests.media.films import mp4

ROOT = Path("site/content/films")
FILMS = storyboard.load_all(ROOT)

each_film = pytest.mark.parametrize("film", FILMS, ids=lambda film: film.slug)
both_shapes = pytest.mark.parametrize("name", [record.FILM, record.SQUARE])


@each_film
def test_current(film: Storyboard) -> None:
    """
    The films show what their storyboards say now; if not: `make films`.
    """
    made = record.load(ROOT / film.slug)

    assert made.fingerprint == record.fingerprint(ROOT / film.slug, film, made.voices)


@each_film
def test_complete(film: Storyboard) -> None:
    """
    Film, square, posters, captions and text are there, as large as the record says.
    """
    folder = ROOT / film.slug
    found = {name: (folder / name).stat().st_size for name in record.FINISHED}

    assert record.load(folder).files == found


@each_film
def test_words(film: Storyboard) -> None:
    """
    Captions and text are those of the storyboard, at the times of the film.
    """
    folder = ROOT / film.slug
    times = slots(film.scenes, record.load(folder).voices)
    expected = record.texts(film, times)

    assert expected == {name: (folder / name).read_text(encoding="utf-8") for name in expected}
    assert expected[record.CAPTIONS] == captions.webvtt(captions.cues(film, times))


@both_shapes
@each_film
def test_starts_at_once(film: Storyboard, name: str) -> None:
    """
    The index comes before the pictures, so that a film starts while it is still coming in.
    """
    order = mp4.order((ROOT / film.slug / name).read_bytes())

    assert order.index("moov") < order.index("mdat")


@both_shapes
@each_film
def test_format(film: Storyboard, name: str) -> None:
    """
    H.264 at 1280 × 720, and square at 1080 × 1080.
    """
    layout = {record.FILM: WIDE, record.SQUARE: SQUARE}[name]
    found = mp4.video((ROOT / film.slug / name).read_bytes())

    assert mp4.Video("avc1", layout.width, layout.height) == found


@both_shapes
@each_film
def test_duration(film: Storyboard, name: str) -> None:
    """
    A film lasts as long as its record says, which is the time that its words take.
    """
    made = record.load(ROOT / film.slug)
    found = mp4.seconds((ROOT / film.slug / name).read_bytes())

    assert made.seconds == pytest.approx(found, abs=0.05)
    assert made.starts == tuple(slot.start for slot in slots(film.scenes, made.voices))


@each_film
def test_small(film: Storyboard) -> None:
    """
    A film takes 1.5 MB a minute at most, sound included.
    """
    made = record.load(ROOT / film.slug)

    assert made.files[record.FILM] <= record.MOST_BYTES_A_MINUTE * made.seconds / 60


@both_shapes
@each_film
def test_sound(film: Storyboard, name: str) -> None:
    """
    A film without a voice has no track for sound, so no player shows a loudspeaker for nothing.
    """
    made = record.load(ROOT / film.slug)
    expected = ["vide", "soun"] if made.has_voice else ["vide"]

    assert expected == mp4.tracks((ROOT / film.slug / name).read_bytes())


@pytest.mark.parametrize(("name", "head"), [("poster.webp", b"WEBP"), ("poster.avif", b"ftypavif")])
@each_film
def test_poster(film: Storyboard, name: str, head: bytes) -> None:
    """
    A poster is what its name says, and light enough for a telephone.
    """
    data = (ROOT / film.slug / name).read_bytes()

    assert head in data[:16]
    assert len(data) < 60_000


def test_stale(tmp_path: Path) -> None:
    """
    Another word, another recording or another colour makes another film; a note beside it doesn't.
    """
    film = FILMS[0]
    silent = [None] * len(film.scenes)
    before = record.fingerprint(tmp_path, film, silent)
    (tmp_path / "note.txt").write_text("nothing", encoding="utf-8")
    same = record.fingerprint(tmp_path, film, silent)
    (tmp_path / "voice").mkdir()
    (tmp_path / "voice" / "1.wav").write_bytes(b"one")
    first = record.fingerprint(tmp_path, film, silent)
    (tmp_path / "voice" / "1.wav").write_bytes(b"two")

    assert before == same
    assert 3 == len({before, first, record.fingerprint(tmp_path, film, silent)})
