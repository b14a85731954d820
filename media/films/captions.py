"""The words of a film as captions (WebVTT) and as a text to read instead of it."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from media.films.storyboard import Scene, Storyboard
from media.films.timing import VOICE_STARTS, Slot

LINE = 37
"""Letters in a line of captions: the custom of subtitles, and it fits a telephone."""
LINES = 2

# Two cues never touch, so that a player shows that something changed.
GAP = 0.08


class Cue(msgspec.Struct, frozen=True):
    """What is shown from `start` to `end`, in seconds."""

    start: float
    end: float
    lines: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """One scene of the transcript."""

    title: str
    words: str
    alt: str


def cues(storyboard: Storyboard, slots: Sequence[Slot]) -> list[Cue]:
    """
    The words of every scene, while they are in the picture: long enough is up to the slot.
    """
    return [
        cue
        for scene, slot in zip(storyboard.scenes, slots, strict=True)
        for cue in _scene_cues(scene, slot)
    ]


def _scene_cues(scene: Scene, slot: Slot) -> Iterator[Cue]:
    blocks = list(_blocks(scene.words))
    letters = sum(len(" ".join(block)) for block in blocks)
    start = slot.start + VOICE_STARTS
    room = slot.end - start
    for block in blocks:
        end = start + room * len(" ".join(block)) / letters
        yield Cue(start=round(start, 3), end=round(end - GAP, 3), lines=block)
        start = end


def _blocks(words: str) -> Iterator[tuple[str, ...]]:
    """
    Sentences together as long as they fit; a sentence that doesn't fit alone is broken.
    """
    waiting = ""
    for sentence in re.split(r"(?<=[.!?])\s+", words):
        together = f"{waiting} {sentence}".strip()
        if waiting and len(_lines(together)) > LINES:
            yield from _cut(waiting)
            waiting = sentence
        else:
            waiting = together
    yield from _cut(waiting)


def _cut(text: str) -> Iterator[tuple[str, ...]]:
    lines = _lines(text)
    for at in range(0, len(lines), LINES):
        yield tuple(lines[at : at + LINES])


def _lines(text: str) -> list[str]:
    """
    The fewest lines, as equally long as they get: a long line above one word reads badly.
    """
    fewest = len(_fill(text, LINE))
    width = next(width for width in range(1, LINE + 1) if len(_fill(text, width)) <= fewest)
    return _fill(text, width)


def _fill(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        elif lines and len(word) > width:
            lines.append(word)
        else:
            lines.append(word)
    return lines


def webvtt(found: Sequence[Cue]) -> str:
    """
    The file for `<track kind="captions" srclang="nl">`.
    """
    parts = ["WEBVTT\n"]
    for number, cue in enumerate(found, start=1):
        text = "\n".join(cue.lines)
        parts.append(f"{number}\n{_clock(cue.start)} --> {_clock(cue.end)}\n{text}\n")
    return "\n".join(parts)


def _clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def transcript(storyboard: Storyboard) -> list[Part]:
    """
    All that the film says and shows, for a page.
    """
    return [
        Part(title=scene.title, words=scene.words, alt=scene.alt) for scene in storyboard.scenes
    ]


def plain_text(storyboard: Storyboard) -> str:
    """
    The transcript as a file of its own.
    """
    label = f"{storyboard.label}. " if storyboard.label else ""
    head = f"{storyboard.title}\n\n{label}{storyboard.summary}\nVoor: {storyboard.audience}\n"
    scenes = "\n".join(
        f"{part.title}\n{part.words}\n[beeld: {part.alt}]\n" for part in transcript(storyboard)
    )
    return f"{head}\n{scenes}\nLicentie: {storyboard.licence}\n"
