"""Which single-byte encoding a sample has, by the letters that languages use.

A wrong encoding turns a language's letters into signs, or into a mixture of letters that no language has. So each
encoding is judged by the best of its languages: what share of what is not ASCII belongs to that language's alphabet or
to usual punctuation, less for capitals amid a word and for words of two scripts.
"""

from __future__ import annotations

import re
from typing import Final

_PUNCTUATION: Final = frozenset("‘’‚“”„–—…•€£§°«»·¡¿№©®™ºª´ \u200e\u200f")

_WESTERN: Final = (
    "äöüß",
    "àâæçéèêëîïôœùûüÿ",
    "áéíñóúü",
    "áâãàçéêíóôõúü",
    "àèéìíòóù",
    "åäöé",
    "æøåéöä",
    "éëïóöü",
    "áðéíóúýþæö",
    "äöüàâçéèêëîïôœùû",  # Switzerland
)
_CENTRAL: Final = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "ćčđšž")
_CYRILLIC: Final = (
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "абвгдђежзијклљмнњопрстћуфхцчџш",
)

_ALPHABETS: Final[dict[str, tuple[str, ...]]] = {
    # In the order of preference where two explain the sample equally well.
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "cp1251": _CYRILLIC,
    "cp1254": ("çğıöşüâîûİ",),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
    "cp1255": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),
    "cp1256": ("ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئةىپچژگ،؟",),
    "cp874": ("".join(map(chr, range(0x0E01, 0x0E3B))) + "".join(map(chr, range(0x0E3F, 0x0E5C))),),
    "koi8-r": _CYRILLIC[:1],
    "iso8859-2": _CENTRAL,
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
    "cp852": _CENTRAL,
    "cp866": _CYRILLIC[:1],
}
_MIXTURES: Final = {
    "cp1252": frozenset("".join(_WESTERN) + "".join(_WESTERN).upper()) | _PUNCTUATION,
    "cp1250": frozenset("".join(_CENTRAL) + "".join(_CENTRAL).upper() + "äöüßéëÄÖÜÉË") | _PUNCTUATION,
}
"""Lists of names hold several languages: all of a code page's letters count, but for less than those of one."""
_OF_A_MIXTURE: Final = 0.93
_LANGUAGES: Final = {
    codec: tuple(frozenset(letters + letters.upper()) | _PUNCTUATION for letters in alphabets)
    for codec, alphabets in _ALPHABETS.items()
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_CASELESS: Final = frozenset({"cp1255", "cp1256", "cp874"})
_WITH_CAPITALS: Final = frozenset({"cp1251", "cp1253", "koi8-r", "cp866"})
_OTHER_SCRIPTS: Final = _CASELESS | _WITH_CAPITALS
_LONE_THAI_MARK: Final = re.compile("(?<![ก-ฮ\u0e31\u0e34-\u0e3a])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
"""A vowel or tone sign with no consonant to stand on. Thai fills its code page so fully that anything decodes."""
_GLUED_SIGN: Final = re.compile(r"[£§°·©®™ª´€¹²³¼½¾¶¬¤¦](?=[^\W\d_])(?!Hz|C\b|F\b)")
"""A sign that stands for no letter, right before one: £ukasz is Łukasz."""
_OF_A_GLUED_SIGN: Final = 5
"""One of them says more than several letters, which many encodings have in common."""
_ASCII_LETTER: Final = re.compile("[A-Za-z]")
_UNCERTAIN: Final = 0.02
"""Less of a lead than this leaves it to the order of preference."""


def best_single_byte(sample: bytes, seen: set[int]) -> str:
    """The codec that explains ``sample`` best; ``seen`` are all bytes of the file, which it must be able to decode."""
    everything = bytes(sorted(byte for byte in seen if byte >= 0x80))
    winner, highest = "cp1252", float("-inf")
    for codec in _LANGUAGES:
        if not _decodes(everything, codec):
            continue
        score = _score(sample.decode(codec, "replace"), codec)
        if score > highest + _UNCERTAIN:
            winner, highest = codec, score
    return winner


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _score(text: str, codec: str) -> float:
    foreign = [char for char in text if not char.isascii()]
    if not foreign:
        return 0.0
    share = max(sum(char in letters for char in foreign) for letters in _LANGUAGES[codec]) / len(foreign)
    if codec in _MIXTURES:
        share = max(share, _OF_A_MIXTURE * sum(char in _MIXTURES[codec] for char in foreign) / len(foreign))
    share -= _OF_A_GLUED_SIGN * len(_GLUED_SIGN.findall(text)) / len(foreign)
    if codec == "cp874":
        share -= len(_LONE_THAI_MARK.findall(text)) / len(foreign)
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if not words:
        return share
    if codec in _OTHER_SCRIPTS:  # nobody writes half a word in another script
        share -= sum(_ASCII_LETTER.search(word) is not None for word in words) / len(words)
    if codec in _CASELESS:
        return share
    # Müller and MÜLLER, not mÜLLER; and in a script with capitals, names have some.
    odd = sum(not (word.islower() or word.isupper() or word[1:].islower() or _is_inner(word)) for word in words)
    lower = codec in _WITH_CAPITALS and not any(char.isupper() for char in foreign)
    return share - 0.5 * odd / len(words) - (0.3 if lower else 0.0)


def _is_inner(word: str) -> bool:
    """McÉwan, JeanPaul: capitals that begin a part of a word, at least two letters each."""
    return re.fullmatch(r"(?:[A-ZÀ-ÖØ-Þ][^\WA-ZÀ-ÖØ-Þ]+)+", word) is not None
