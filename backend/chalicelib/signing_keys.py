"""
The keys with which links and tokens are signed, read from where they are kept.

Nearly all that comes back to us was signed with the current one. So the previous one is asked for
when a signature does not hold, and not while somebody waits for a function to start.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import overload

CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"
"""The stages of a secret, as Secrets Manager names them."""


class SigningKeys(Sequence[bytes]):
    """
    The current key, then the previous one if there is one; what `read` gives for a stage is kept.
    Whoever asks meets what `read` raises, and may ask again.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[bytes, ...]: ...
    def __getitem__(self, place: int | slice) -> bytes | tuple[bytes, ...]:
        # The first alone asks for nothing else; a sequence also walks by these.
        return self._current[place] if place == 0 else self._all[place]

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _current(self) -> tuple[bytes, ...]:
        return self._of(CURRENT)

    @cached_property
    def _all(self) -> tuple[bytes, ...]:
        return self._current + self._of(PREVIOUS)

    def _of(self, stage: str) -> tuple[bytes, ...]:
        key = self._read(stage)
        return () if key is None else (key,)
