"""What headers of lists are called in many languages: is this a column of telephone numbers?

Words are matched without regard to case and accents. Long ones are found inside compounds (Mobiltelefonnummer), short
ones only alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

MOBILE: Final = 3
PHONE: Final = 2
PERHAPS: Final = 1
UNKNOWN: Final = 0
OTHER: Final = -1

_ROOTS: Final = (
    (
        OTHER,
        "telefax|geburt|birth|postleit|postal|postcode|zipcode|kunden|customer|client id|bestell|order|invoice|rechnung"
        "|iban|konto|account|email|e mail|consent|opt in|verified|country code|landesvorwahl",
        "fax|plz|zip|cap|cp|mail|date|datum|fecha|id|url|label|type|typ|extension|ext",
    ),
    (
        MOBILE,
        "mobil|movil|mobiel|mobitel|handy|cellular|cellulare|celular|cellphone|cell phone|smartphone|portable|natel"
        "|msisdn|komork|matkapuhelin|kannykka|farsim|gsm|whats ?app|мобил|сотов|κινητ|موبايل|موبایل|جوال|محمول|همراه"
        "|נייד|携帯|手机|手機|휴대|핸드폰|มือถือ|di dong|मोबाइल|cep tel|cep no",
        "cell|cel|mob",
    ),
    (
        PHONE,
        "phone|telefon|telefoon|telefono|telefone|telephone|rufnummer|fernsprech|puhelin|telefonsz|talrun|telefonas"
        "|telepon|simu|телефон|τηλεφων|هاتف|تلفن|תלפון|טלפון|電話|电话|전화|โทรศัพท์|dien thoai|फ़ोन|फोन",
        "tel|tels|tlf|telf|tfn|tfno|fon|fone|fono|fone|ph|sms|тел|sim",
    ),
    (
        PERHAPS,
        "number|nummer|numero|numer|numar|nomor|номер|αριθμ|recipient|empfanger|empfaenger|destinat|contact|kontakt"
        "|番号|号码|號碼|번호|رقم|מספר",
        "no|nr|num|to|dest|szam",
    ),
)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
# \w has no vowel signs: those of India and Thailand stay.
_NO_WORD: Final = re.compile("(?:[^\\w\u0900-\u0dff\u0e00-\u0eff]|_)+")


_ACCENT: Final = re.compile("[\u0300-\u036f]")


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d").replace("ł", "l").replace("ø", "o")
    return unicodedata.normalize("NFC", _ACCENT.sub("", decomposed))


_PATTERNS: Final = tuple(
    (value, re.compile(f"{_folded(roots)}|\\b(?:{_folded(alone)})\\b")) for value, roots, alone in _ROOTS
)


@lru_cache(maxsize=1024)
def rank(header: str) -> int:
    """MOBILE, PHONE, PERHAPS, UNKNOWN, or OTHER for what has numbers that are no telephone numbers."""
    header = header[:80]
    words = _NO_WORD.sub(" ", _folded(_CAMEL.sub(" ", header)))
    for value, pattern in _PATTERNS:
        if pattern.search(words):
            return value
    return UNKNOWN
