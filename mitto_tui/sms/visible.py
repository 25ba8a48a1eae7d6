"""Untrusted text made visible: what would steer a terminal is shown as a sign instead.

Control characters become their Unicode pictures (ESC is ␛), and characters that reorder or hide text (bidirectional
overrides and isolates, zero-width characters, the byte order mark, tags, lone surrogates, variation selectors that
select nothing) become their code point in angle brackets (⟨U+202E⟩). Everything else stays what it is.
"""

from __future__ import annotations

import re
from typing import Final

# Controls, line and paragraph separators, surrogates, and Unicode's Default_Ignorable_Code_Point but for the variation
# selectors.
HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    "\U000e01f0-\U000e0fff]"
)
"""What steers, reorders or hides: one such character."""
# One selector chooses the look of the character before it. A row of them shows nothing at all and can carry any text.
_SELECTORS: Final = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
_ZERO_WIDTH_JOINER: Final = "\u200d"


def visible(text: str, *, keep: str = "") -> str:
    """``text`` with everything that steers, reorders or hides made visible; ``keep`` lists characters to let through.

    Pass ``keep="\\n"`` where line breaks are to break lines. The zero-width joiner is kept between emoji, where it
    joins them, and shown elsewhere.
    """

    def show(found: re.Match[str]) -> str:
        char = found[0]
        if char in keep:
            return char
        if char == _ZERO_WIDTH_JOINER and _joins_emoji(text, found.start()):
            return char
        return _sign(char)

    return _SELECTORS.sub(_show_selectors, HIDDEN.sub(show, text))


def _sign(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"⟨U+{code:04X}⟩"


def _show_selectors(found: re.Match[str]) -> str:
    row = found[0]
    return row[0] + "".join(map(_sign, row[1:]))


def _joins_emoji(text: str, index: int) -> bool:
    before, after = text[max(index - 1, 0) : index], text[index + 1 : index + 2]
    return (_is_emoji(before) or before == "\ufe0f") and _is_emoji(after)


def _is_emoji(char: str) -> bool:
    """Close enough: every emoji that takes part in a joined sequence is in these blocks."""
    return "\u2190" <= char <= "\u2bff" or "\U0001f000" <= char <= "\U0001faff"


def one_line(text: str, limit: int | None = None) -> str:
    """``text`` visible on one line: line breaks shown as ⏎, cut to ``limit`` characters with an ellipsis."""
    if limit is not None:
        # Long enough to know that it is cut (two characters may become one ⏎), short enough to be quick on a megabyte.
        text = text[: 2 * max(limit, 0) + 2]
    line = visible(text.replace("\r\n", "⏎").replace("\n", "⏎").replace("\r", "⏎"))
    if limit is None or len(line) <= limit:
        return line
    return line[: limit - 1].rstrip(_ZERO_WIDTH_JOINER) + "…" if limit > 0 else ""
