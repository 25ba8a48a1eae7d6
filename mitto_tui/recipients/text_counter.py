"""Counting the texts of a list: what ``sms.segments.count`` says, at the speed that a million rows need.

Most texts of a list are GSM without a character that costs two septets, and a whole batch of them is told by one look
at all its characters: the length is then enough. Every other text is counted by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from mitto_tui.sms import gsm
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import MessageType, Options, check_message, count_as, udh_bytes
from mitto_tui.sms.segments import MAX_SEGMENTS, Encoding, count

_MOST_LENGTHS: Final = 2_048
"""Characters up to which the answer is kept by length; longer texts are rare."""
_NOBODY: Final = "491713920000"
_ANY_SENDER: Final = "MITTO SMS"


class Counted(NamedTuple):
    """What a text costs. ``error`` is a stable word on why it can't be sent, or empty; then the rest is None and 0."""

    encoding: Encoding | None
    segments: int
    error: str = ""


class TextCounter:
    """Counts texts for one kind of message. Raises InvalidInput where ``options`` can't be sent with any text."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._udh = udh_bytes(options.udh)
        self._detects_gsm = options.type in (MessageType.AUTO, MessageType.MITTO, MessageType.GSM)
        check_message(_ANY_SENDER, _NOBODY, "00" if options.type is MessageType.BINARY else "0", options)
        self._answers: dict[tuple[Encoding | None, int, str], Counted] = {}
        self.by_id: dict[int, Counted] = {}
        """All answers given so far, by their ``id``: hashing an enum's member a million times takes half a second."""
        self.refused = False
        """Whether any answer so far was an error: where not, nobody has to look."""
        self._by_length: list[Counted] = []

    def count_many(self, texts: Sequence[str], characters: str | None = None) -> list[Counted]:
        """Each text's count, in order; equal answers are the same object, which this counter keeps.

        ``characters`` has every character of the texts at least once; looking at those alone is quicker.
        """
        if self._detects_gsm and texts:
            every = "".join(texts) if characters is None else characters
            stream = gsm.marked_stream(every)
            if stream is not None and len(stream) == len(every):
                lengths = list(map(len, texts))
                if min(lengths) and max(lengths) < _MOST_LENGTHS:
                    self._learn_to(max(lengths))
                    known = self._by_length
                    return [known[length] for length in lengths]
        return list(map(self.count, texts))

    def count(self, text: str) -> Counted:
        """One text."""
        if self._detects_gsm and text:
            stream = gsm.marked_stream(text)
            if stream is not None and len(stream) == len(text) < _MOST_LENGTHS:
                self._learn_to(len(text))
                return self._by_length[len(text)]
        counted = count_as(text, self._options.type, self._udh)
        if not text:
            return self._answer(None, 0, "empty_text")
        if counted.error is not None:
            return self._answer(None, 0, counted.error.value)
        if counted.segments > MAX_SEGMENTS:
            return self._answer(None, 0, "too_long")
        if counted.encoding is Encoding.UNICODE and _has_half_a_pair(text):
            return self._answer(None, 0, "half_a_pair")
        return self._answer(counted.encoding, counted.segments)

    def why(self, text: str) -> str:
        """Why ``text`` can't be sent, as a sentence; empty where it can."""
        try:
            check_message(_ANY_SENDER, _NOBODY, text, self._options)
        except InvalidInput as error:
            return str(error)
        return ""

    def _learn_to(self, length: int) -> None:
        while len(self._by_length) <= length:
            counted = count("0" * len(self._by_length), "gsm", self._udh)
            error = counted.error.value if counted.error else "too_long" if counted.segments > MAX_SEGMENTS else ""
            answer = self._answer(None, 0, error) if error else self._answer(Encoding.GSM, counted.segments)
            self._by_length.append(answer)

    def _answer(self, encoding: Encoding | None, segments: int, error: str = "") -> Counted:
        self.refused = self.refused or bool(error)
        answer = self._answers.setdefault((encoding, segments, error), Counted(encoding, segments, error))
        self.by_id[id(answer)] = answer
        return answer


def _has_half_a_pair(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
