"""
`film.json`: what was made, from what, and how long it is.

The site reads it for lengths and sizes, so that it needs no encoder. The fingerprint tells whether
the finished film still is the film of its storyboard: it is taken from what is drawn and said and
from the settings of the encoder, not from the code. So a comment or a new version of the encoder
changes nothing, and a colour, a letter or a curve does.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from media import fonts
from media.films import captions
from media.films.frames import LAYOUTS, Film
from media.films.storyboard import Storyboard
from media.films.timing import FPS, Slot, slots, voice_files

FILE = "film.json"

FILM, SQUARE = "film.mp4", "vierkant.mp4"
POSTERS = ("poster.avif", "poster.webp", "poster.jpg")
CAPTIONS, TEXT = "ondertitels.vtt", "tekst.txt"
FINISHED = (FILM, SQUARE, *POSTERS, CAPTIONS, TEXT)

MOST_BYTES_A_MINUTE = 1_500_000

VIDEO = (
    *("-c:v", "libx264", "-preset", "slow"),
    *("-profile:v", "high", "-level:v", "4.0", "-g", "250"),
    # In any two seconds: nothing stalls on a slow line.
    *("-maxrate", "600k", "-bufsize", "1200k"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    # The number of threads changes the bytes.
    *("-threads", "1", "-flags:v", "+bitexact"),
)
CRFS = (23, 26, 29)
"""x264's quality, best first; the first that is small enough is taken. A voice needs a quarter."""
AUDIO = ("-c:a", "aac", "-b:a", "48k", "-ac", "1", "-ar", "48000", "-flags:a", "+bitexact")
FILTER = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"

POSTER_AT = 0.3
"""Seconds before the end of the first scene."""
POSTER_QUALITY = {".avif": 62, ".webp": 82, ".jpg": 84}

# Every tenth frame: a curve or a colour that changes shows in one of them, in seconds.
_EVERY = 10


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    A finished film. `voices` has the seconds of each scene's recording (null: read, not heard),
    `starts` the second at which each scene starts, `files` the bytes of each finished file.
    """

    fingerprint: str
    seconds: float
    voices: tuple[float | None, ...]
    starts: tuple[float, ...]
    files: dict[str, int]

    @property
    def has_voice(self) -> bool:
        """Whether there is anything to hear."""
        return any(voice is not None for voice in self.voices)


def load(folder: Path) -> Record:
    """
    The record beside a storyboard.
    """
    return msgspec.json.decode((folder / FILE).read_bytes(), type=Record)


def save(folder: Path, record: Record) -> None:
    """
    Readable, as it is kept in git.
    """
    encoded = msgspec.json.format(msgspec.json.encode(record), indent=2)
    (folder / FILE).write_bytes(encoded + b"\n")


def fingerprint(folder: Path, storyboard: Storyboard, voices: Sequence[float | None]) -> str:
    """
    Of everything that the film is made of. `voices` are the lengths that the recordings had when
    they were measured; their bytes count too, so another recording is another film.
    """
    times = slots(storyboard.scenes, voices)
    digest = hashlib.sha256()

    def take(*parts: Any) -> None:
        for part in parts:
            data = part if isinstance(part, bytes) else str(part).encode()
            digest.update(len(data).to_bytes(8, "big") + data)

    take(VIDEO, CRFS, AUDIO, FILTER, FPS, POSTER_AT, sorted(POSTER_QUALITY.items()))
    take(*(file.read_bytes() for file in fonts.ALL))
    take(*texts(storyboard, times).values())
    for layout in LAYOUTS:
        film = Film(storyboard, times, layout)
        take(*(film.svg(frame / FPS) for frame in range(0, frames(times), _EVERY)))
    for file in voice_files(folder, storyboard.scenes):
        take(file.read_bytes() if file else b"")
    return digest.hexdigest()


def frames(times: Sequence[Slot]) -> int:
    """
    The number of pictures in a film.
    """
    return round(times[-1].end * FPS)


def texts(storyboard: Storyboard, times: Sequence[Slot]) -> dict[str, str]:
    """
    The files that are only words, by name.
    """
    return {
        CAPTIONS: captions.webvtt(captions.cues(storyboard, times)),
        TEXT: captions.plain_text(storyboard),
    }
