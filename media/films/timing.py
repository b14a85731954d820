"""How long a scene lasts: as long as its voice, or as long as it takes to read."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from media.films.storyboard import Scene

FPS = 25

# Our own choice, as no source gives one for people who still learn the language: subtitles for
# adults run at about 2.5 to 3 words a second, so slower than that.
WORDS_A_SECOND = 2.2
# The camera arrives and the text comes in: nobody reads yet.
ARRIVING = 1.5
SHORTEST = 4.0
# The last picture stays a little, to take down the address.
LINGER = 1.5

# A voice starts when the text is there, and takes breath before the next picture.
VOICE_STARTS = 1.2
BREATH = 0.8

VOICE_KINDS = (".wav", ".mp3", ".m4a")


class Slot(msgspec.Struct, frozen=True):
    """The place of one scene in the film, in seconds."""

    start: float
    seconds: float

    @property
    def end(self) -> float:
        """The second at which the next scene starts."""
        return self.start + self.seconds


def reading_time(scene: Scene) -> float:
    """
    Seconds for a slow reader to read title and words.
    """
    count = len(f"{scene.title} {scene.words}".split())
    return max(SHORTEST, ARRIVING + count / WORDS_A_SECOND)


def slots(scenes: Sequence[Scene], voices: Sequence[float | None] = ()) -> list[Slot]:
    """
    One slot for each scene, on whole frames. `voices` has the seconds of each scene's recording,
    None where there is none: a scene without a voice in a film that has some is read.
    """
    found: list[Slot] = []
    start = 0.0
    for number, scene in enumerate(scenes):
        voice = voices[number] if number < len(voices) else None
        seconds = reading_time(scene) if voice is None else VOICE_STARTS + voice + BREATH
        if number == len(scenes) - 1:
            seconds += LINGER
        seconds = round(seconds * FPS) / FPS
        found.append(Slot(start=round(start, 2), seconds=round(seconds, 2)))
        start += seconds
    return found


def voice_files(folder: Path, scenes: Sequence[Scene]) -> list[Path | None]:
    """
    The recording of each scene, counted from 1: `voice/1.wav`, `voice/2.m4a`, …
    """
    return [
        next(
            (
                file
                for kind in VOICE_KINDS
                if (file := folder / "voice" / f"{number}{kind}").is_file()
            ),
            None,
        )
        for number, _ in enumerate(scenes, start=1)
    ]
