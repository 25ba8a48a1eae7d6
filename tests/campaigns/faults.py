"""What a server may do to one request of a campaign, and what is then true of its messages, by DESIGN's own words.

The expectations are written down here from the table in docs/architecture.md, "The promise", and from what Mitto
documents, independently of the code that judges answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mitto_tui.sms.status import Status
from tests.servers import behaviours as does
from tests.servers import taking
from tests.servers.peer import Behaviour

ACCEPTED, REJECTED, IN_DOUBT = Status.ACCEPTED, Status.REJECTED, Status.IN_DOUBT


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks for."""

    numbers: Sequence[str]
    bulk: bool

    def taken(self, **more: Any) -> dict[str, Any]:
        """The fields of the answer that takes it all."""
        return taking.bulk(self.numbers, **more) if self.bulk else taking.single(self.numbers[0], **more)

    def body(self, **more: Any) -> bytes:
        return json.dumps(self.taken(**more)).encode()


@dataclass(frozen=True, slots=True)
class Fault:
    """``make`` is what the server does; ``status`` is then the messages', or each one's.

    ``again`` is whether the same numbers go out once more by themselves; ``pauses`` why the campaign pauses, or empty;
    the messages are queued then. ``slow`` is whether it takes the client's whole timeout.
    """

    make: Callable[[Asked], Behaviour]
    status: Status | Callable[[Asked], Sequence[Status]] = IN_DOUBT
    again: bool = False
    pauses: str = ""
    slow: bool = False
    early: bool = False
    """Whether it may also come before the connection stands: nothing has left then, and it goes out again."""
    only: str = ""
    """``sms`` or ``smsbulk`` where it makes sense for that one alone."""

    def statuses(self, asked: Asked) -> list[Status]:
        return [self.status] * len(asked.numbers) if isinstance(self.status, Status) else list(self.status(asked))


def whatever(behaviour: Behaviour, **more: Any) -> Fault:
    """The server does this, whatever is asked."""
    return Fault(lambda _: behaviour, **more)


def says(status: int = 200, *headers: str, **fields: Any) -> Callable[[Asked], Behaviour]:
    """The server answers with these fields."""
    return lambda _: does.answer(json.dumps(fields).encode(), status, headers=headers)


def takes(**more: Any) -> Callable[[Asked], Behaviour]:
    """The server takes it, and says so with more fields, or others."""
    return lambda asked: does.answer(asked.body(**more))


def listing(pick: Callable[[Sequence[str]], Sequence[dict[str, Any]]]) -> Callable[[Asked], Behaviour]:
    """A bulk answer that lists what ``pick`` makes of the numbers."""
    return lambda asked: does.answer(json.dumps(taking.bulk([]) | {"messages": pick(asked.numbers)}).encode())


def first_only(asked: Asked) -> Sequence[Status]:
    return [ACCEPTED, *[IN_DOUBT] * (len(asked.numbers) - 1)]


def all_but_first(asked: Asked) -> Sequence[Status]:
    return [IN_DOUBT, *[ACCEPTED] * (len(asked.numbers) - 1)]


def _without_to(number: str) -> dict[str, Any]:
    return {key: value for key, value in taking.item(number).items() if key != "to"}


_HTML = b"<!doctype html><html><body>Welcome to the hotel</body></html>"
_OTHER = "4915550000000"

FAULTS: dict[str, Fault] = {
    # Taken, in every shape that Mitto is known to say it in.
    "taken": Fault(takes(), ACCEPTED),
    "taken, then closed": Fault(lambda asked: does.answer(asked.body(), then=does.close), ACCEPTED),
    "taken, text length a string": Fault(takes(textLength=" 13"), ACCEPTED),
    "taken, ids": Fault(
        lambda asked: does.answer(
            json.dumps({"ids": [taking.id_of(number) for number in asked.numbers], "responseCode": 0}).encode()
        ),
        ACCEPTED,
    ),
    "taken, 201": Fault(lambda asked: does.answer(asked.body(), 201), ACCEPTED),
    "taken as a test": Fault(takes(test=True), ACCEPTED),
    # Refused in clear words: no second try.
    **{f"code {code}": Fault(says(responseCode=code, responseText="no"), REJECTED) for code in range(2, 10)},
    "code 8 with 400": Fault(says(400, responseCode=8), REJECTED),
    "unknown code": Fault(says(responseCode=42, responseText="quota"), REJECTED),
    # The key, or the address: nothing was taken, and nobody goes on.
    "401": Fault(says(401, message="no"), again=True, pauses="unauthorised"),
    "401 with nothing": whatever(does.answer(b"", 401), again=True, pauses="unauthorised"),
    "403 with HTML": whatever(does.answer(_HTML, 403), again=True, pauses="unauthorised"),
    # Slow down: not taken, and tried again.
    "429": whatever(does.answer(b"slow", 429), status=ACCEPTED, again=True, slow=True),
    "429, Retry-After 0": Fault(says(429, "Retry-After: 0"), ACCEPTED, again=True, slow=True),
    "429, Retry-After 1": Fault(says(429, "Retry-After: 1"), ACCEPTED, again=True, slow=True),
    # Everything else may have been taken.
    "code 1": Fault(says(responseCode=1, responseText="internal error")),
    "code 1 with 500": Fault(says(500, responseCode=1)),
    "no id": Fault(says(responseCode=0, responseText="SMS sent")),
    "no code": Fault(lambda asked: does.answer(json.dumps({"to": asked.numbers[0]}).encode())),
    "yes with 500": Fault(lambda asked: does.answer(asked.body(), 500)),
    "yes with 400": Fault(lambda asked: does.answer(asked.body(), 400)),
    "500": whatever(does.answer(b"", 500)),
    "502 with HTML": whatever(does.answer(_HTML, 502, content_type="text/html")),
    "503, Retry-After": whatever(does.answer(b"", 503, headers=("Retry-After: 1",))),
    "504": whatever(does.answer(b"", 504)),
    "404 with HTML": whatever(does.answer(_HTML, 404)),
    "HTML": whatever(does.answer(_HTML, content_type="text/html")),
    "an empty body": whatever(does.answer(b"")),
    "plain text": whatever(does.answer(b"OK")),
    "redirect": whatever(does.answer(b"", 307, headers=("Location: /elsewhere",))),
    "half a body": Fault(lambda asked: does.half(asked.body())),
    "half a body, then reset": Fault(lambda asked: does.half(asked.body(), does.reset)),
    "half a body as a whole one": Fault(lambda asked: does.answer(asked.body()[:-9])),
    "half the headers": whatever(does.sends(b"HTTP/1.1 200 OK\r\nContent-")),
    "not HTTP": whatever(does.garbage),
    "speaks first": whatever(does.speaks_first(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
    "2 MB": whatever(does.flood(2_000_000)),
    "without end": whatever(does.flood()),
    "closes": whatever(does.close),
    "resets": whatever(does.reset, early=True),
    "closes before reading": whatever(does.close_before_reading),
    "resets before reading": whatever(does.reset_before_reading, early=True),
    "closes at the first octet": whatever(does.close_at_first_octet),
    "resets at the first octet": whatever(does.reset_at_first_octet),
    "closes after reading": whatever(does.close_after_reading),
    "resets after reading": whatever(does.reset_after_reading),
    "hangs before reading": whatever(does.hang_before_reading, slow=True),
    "hangs after reading": whatever(does.hang_after_reading, slow=True),
    "hangs in the headers": whatever(does.hang_in_headers, slow=True),
    "hangs after the headers": whatever(does.hang_after_headers, slow=True),
    "hangs in the body": whatever(does.hang_mid_body, slow=True),
    "trickles": whatever(does.trickle(b" " * 99, 0.05, does.head(99)), slow=True),
    # A chunk's answer that does not fit what was asked.
    "another number in the first one's place": Fault(
        listing(lambda numbers: [taking.item(_OTHER), *map(taking.item, numbers[1:])]), all_but_first, only="smsbulk"
    ),
    "the first one alone": Fault(listing(lambda numbers: [taking.item(numbers[0])]), first_only, only="smsbulk"),
    "nobody": Fault(listing(lambda _: []), IN_DOUBT, only="smsbulk"),
    "one too many": Fault(
        listing(lambda numbers: [*map(taking.item, numbers), taking.item(_OTHER)]), ACCEPTED, only="smsbulk"
    ),
    "in another order": Fault(
        listing(lambda numbers: [*map(taking.item, reversed(numbers))]), ACCEPTED, only="smsbulk"
    ),
    "without numbers": Fault(listing(lambda numbers: [*map(_without_to, numbers)]), ACCEPTED, only="smsbulk"),
    "without numbers, one too many": Fault(
        listing(lambda numbers: [*map(_without_to, numbers), _without_to(_OTHER)]), IN_DOUBT, only="smsbulk"
    ),
}

HELPERS = {"answer", "head"}
"""Public names of the behaviours that are used all over, and are no fault by themselves."""
