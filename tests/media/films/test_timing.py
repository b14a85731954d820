"""How long scenes last, with and without a voice."""

from pathlib import Path

import pytest

from media.films.storyboard import Scene
from media.films.timing import BREATH, LINGER, SHORTEST, VOICE_STARTS, slots, voice_files


def scene(words: int) -> Scene:
    return Scene(title="Titel", words="woord " * (words - 2) + "en uit.", picture="walk", alt="–")


def test_reading() -> None:
    """
    A scene to read lasts 1.5 seconds and a second for each 2.2 words, title included.
    """
    first, *_ = slots([scene(21), scene(5)])

    assert 11.5 == pytest.approx(first.seconds, abs=0.04)


def test_shortest() -> None:
    """
    Even a few words stay four seconds.
    """
    assert SHORTEST == slots([scene(2), scene(2)])[0].seconds


def test_voice() -> None:
    """
    With a voice, a scene is as long as the recording, and what follows moves along.
    """
    first, second, last = slots([scene(21), scene(5), scene(5)], [3.0, None, 6.0])

    assert first.seconds == pytest.approx(VOICE_STARTS + 3 + BREATH, abs=0.02)
    assert second.start == first.end
    assert last.seconds == pytest.approx(VOICE_STARTS + 6 + BREATH + LINGER, abs=0.02)


def test_on_frames() -> None:
    """
    Every scene starts where the one before ends, on a whole frame of 1/25 second.
    """
    found = slots([scene(count) for count in range(3, 12)])

    assert [slot.start for slot in found[1:]] == pytest.approx([slot.end for slot in found[:-1]])
    assert all(round(slot.start * 25) == pytest.approx(slot.start * 25) for slot in found)


def test_finds_voices(tmp_path: Path) -> None:
    """
    A recording belongs to the scene of its number; other files don't count.
    """
    (tmp_path / "voice").mkdir()
    for name in ("2.wav", "3.m4a", "1.txt"):
        (tmp_path / "voice" / name).touch()
    found = voice_files(tmp_path, [scene(5)] * 3)

    assert [None, "2.wav", "3.m4a"] == [file and file.name for file in found]
