"""Everything random in a run, from one seed.

What happens to a message is drawn from the seed, its number and how often that number was asked for, so that a run
repeats even where requests in flight overtake each other. Only ids and latencies come in the order of arrival.
"""

from __future__ import annotations

import hashlib
import random
import secrets
import struct
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from mitto_tui.mitto.simulator.scenario import Delay

_REMEMBERED_NUMBERS: Final = 65_536
_FLOATS: Final = struct.Struct(">16I")


class Draw:
    """Up to sixteen even numbers in [0, 1), always the same for one key."""

    __slots__ = ("_numbers",)

    def __init__(self, key: str) -> None:
        digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=_FLOATS.size).digest()
        self._numbers: Iterator[int] = iter(_FLOATS.unpack(digest))

    def number(self) -> float:
        return next(self._numbers) / 4_294_967_296

    def hit(self, share: float) -> bool:
        """True in ``share`` of all draws. Always takes one number, so that a changed share moves no later draw."""
        return self.number() < share

    def between(self, least: float, most: float) -> float:
        return least + (most - least) * self.number()


class Chance:
    """The source of a run. ``seed`` is the one given, or one of its own that repeats the run when given again."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = secrets.randbits(32) if seed is None else seed
        # Streams of their own, so that nothing depends on how answers and reports interleave.
        self._ids = random.Random(f"ids {self.seed}")
        self._strays = random.Random(f"strays {self.seed}")
        self._latencies = random.Random(f"latencies {self.seed}")
        self._seen: OrderedDict[str, int] = OrderedDict()

    def new_id(self) -> str:
        """A UUID of version 4 with dashes."""
        return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    def stray_id(self) -> str:
        """The id of no message at all."""
        return str(uuid.UUID(int=self._strays.getrandbits(128), version=4))

    def latency(self, delay: Delay) -> float:
        return self._latencies.uniform(*delay) if isinstance(delay, tuple) else delay

    def seen(self, number: str) -> int:
        """Count one more request for ``number``: 1 at first. Forgets the longest unseen of very many numbers."""
        times = self._seen.get(number, 0) + 1
        self._seen[number] = times
        if times > 1:
            self._seen.move_to_end(number)
        elif len(self._seen) > _REMEMBERED_NUMBERS:
            self._seen.popitem(last=False)
        return times

    def draw(self, number: str, time: int, about: str) -> Draw:
        """What chance says ``about`` the ``time``-th request for ``number``."""
        return Draw(f"{self.seed} {about} {time} {number}")
