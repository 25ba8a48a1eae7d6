"""Which encoding a text has.

Marks and UTF-8 are certain: the whole file is checked, which takes a tenth of the time of reading it. What is left is
a guess. charset-normalizer tells scripts and multi-byte encodings apart well, but Western from Central European and
Baltic letters hardly better than by chance on a list of names (it reads French as Windows-1250 and Polish as
Windows-1252), so among single-byte encodings the letters that each language really uses decide (``alphabets``).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from mitto_tui.recipients.readers.model import ListProblem
from mitto_tui.recipients.readers.sources import Source, blocks

CHOICES: Final = {
    "utf-8": "UTF-8",
    "windows-1252": "Western European (Windows-1252)",
    "windows-1250": "Central European (Windows-1250)",
    "windows-1251": "Cyrillic (Windows-1251)",
    "windows-1253": "Greek (Windows-1253)",
    "windows-1254": "Turkish (Windows-1254)",
    "windows-1255": "Hebrew (Windows-1255)",
    "windows-1256": "Arabic (Windows-1256)",
    "windows-1257": "Baltic (Windows-1257)",
    "windows-1258": "Vietnamese (Windows-1258)",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "iso-8859-1": "Western European (ISO 8859-1)",
    "iso-8859-2": "Central European (ISO 8859-2)",
    "iso-8859-15": "Western European with euro (ISO 8859-15)",
    "koi8-r": "Russian (KOI8-R)",
    "cp866": "Russian (DOS 866)",
    "mac-roman": "Western European (Macintosh)",
    "cp850": "Western European (DOS 850)",
    "cp852": "Central European (DOS 852)",
    "cp437": "English (DOS 437)",
    "cp932": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "euc_kr": "Korean (EUC)",
    "cp874": "Thai (Windows-874)",
}
"""Codec names to choose from, with words for people. Any other text encoding that Python knows is taken as well."""

SAMPLE: Final = 64 * 1024
"""Bytes that a guess looks at: the lines that have anything but ASCII, from the first one on."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MULTI_BYTE: Final = ("shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr")
_SINGLE_BYTE: Final = (*(f"cp{page}" for page in range(1250, 1258)), "cp874", "koi8_r", "mac_roman", "cp850", "cp437")
_NOT_FOR_FILES: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Codecs of text that no file is written in, and that can't be read piece by piece."""
_FOREIGN_LINE: Final = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*[\r\n]*")


_KNOWN: Final = {codecs.lookup(name).name: name for name in CHOICES}
"""One of CHOICES for every way to write it: cp1252 is windows-1252."""


@dataclass(frozen=True, slots=True)
class Charset:
    """A codec and the length of the byte order mark before the text. ``sure`` is False for a guess."""

    codec: str
    sure: bool
    mark: int = 0
    note: str = ""

    @property
    def name(self) -> str:
        """The codec as it is shown and chosen, and to write with: it keeps the mark of UTF-8."""
        return (
            "utf-8-sig"
            if self.codec == "utf-8" and self.mark
            else _KNOWN.get(codecs.lookup(self.codec).name, self.codec)
        )


def charset_of(source: Source, chosen: str | None = None) -> Charset:
    """The encoding of ``source``, or the ``chosen`` one. Raises ListProblem for an unknown name."""
    start = next(blocks(source), b"")
    marked = next(((mark, codec) for mark, codec in _BOMS if start.startswith(mark)), None)
    if chosen is not None:
        return _chosen(chosen, marked)
    if source.pasted:
        return Charset("utf-8", True)
    if marked is not None:
        return Charset(marked[1], True, len(marked[0]))
    wide = _wide(start[:SAMPLE])
    if wide is not None:
        return Charset(wide, False)
    return _scanned(source)


def _chosen(name: str, marked: tuple[bytes, str] | None) -> Charset:
    try:
        info = codecs.lookup(name.strip())
        is_text = info._is_text_encoding and info.name not in _NOT_FOR_FILES
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise ListProblem(
            f"There is no text encoding called {name[:40]!r}.", "Use a name such as utf-8, windows-1252 or utf-16-le."
        )
    codec = {"utf-8-sig": "utf-8"}.get(info.name, info.name)
    if codec in ("utf-16", "utf-32"):  # which way round, the mark says; without one, the order of most machines
        family = marked[1] if marked is not None and marked[1].startswith(codec) else f"{codec}-le"
        codec = family
    mark = len(marked[0]) if marked is not None and marked[1] == codec else 0
    return Charset(codec, True, mark)


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: zeros stand at every other place and (almost) nowhere else."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    for codec, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if half and zeros * 10 >= half and others * 100 <= zeros:
            try:
                text = codecs.getincrementaldecoder(codec)().decode(start)
            except UnicodeDecodeError:
                continue
            if text.count("\x00") * 100 <= len(text):
                return codec
    return None


def _scanned(source: Source) -> Charset:
    decoder = codecs.getincrementaldecoder("utf-8")()
    ascii_only, valid = True, True
    sample = bytearray()
    seen = set[int]()
    for block in blocks(source, size=1024 * 1024):
        if block.isascii() and not decoder.getstate()[0]:
            continue
        ascii_only = False
        if valid:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                valid = False
        if len(sample) < SAMPLE:
            for line in _FOREIGN_LINE.finditer(block):
                sample += line[0]
                if len(sample) >= SAMPLE:
                    break
        if not valid:
            seen.update(block)
    if valid and not decoder.getstate()[0]:
        return Charset("utf-8", True)
    if ascii_only:  # cannot be: kept so that a change above can't make it a guess
        return Charset("utf-8", True)
    return _guessed(bytes(sample[: 2 * SAMPLE]), seen)


def _guessed(sample: bytes, seen: set[int]) -> Charset:
    text = sample.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    foreign = sum(not char.isascii() for char in text) - damaged
    if foreign >= 3 * damaged:
        return Charset("utf-8", False, note="It is UTF-8 but for some damaged characters, shown as \ufffd.")

    from charset_normalizer import from_bytes

    from mitto_tui.recipients.readers.alphabets import best_single_byte

    best = from_bytes(sample, cp_isolation=[*_MULTI_BYTE, *_SINGLE_BYTE]).best()
    if best is not None and best.encoding in _MULTI_BYTE:
        return Charset("cp932" if best.encoding == "shift_jis" else best.encoding, False)
    return Charset(best_single_byte(sample, seen), False)
