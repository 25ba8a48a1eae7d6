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
NEVER: Final = -2

_ROOTS: Final = (
    (NEVER, "fax|faks|pager|iban", "imei|iccid"),
    (
        OTHER,
        "geburt|birth|consent|opt in|opt out|verified|verifiziert|country code|landesvorwahl|area code"
        "|e mail|email|hash",
        "date|datum|fecha|id|ids|url|label|type|typ|tipo|extension|ext|status|calls|at",
    ),
    (
        MOBILE,
        "(?<!im)(?<!auto)mobil|movil|mobiel|mobitel|handy|cellular|cellulare|celular|cellphone|cell phone|smartphone"
        "|portable|natel|msisdn|komork|matkapuhelin|kannykka|farsim|gsm|whats ?app|мобил|мобіл|сотов|κινητ|موبايل"
        "|موبایل|جوال|محمول|همراه|נייד|携帯|手机|手機|휴대|핸드폰|มือถือ|di dong|मोबाइल|cep tel|cep no",
        "cell|cel|mob|моб|nomor hp|no hp|telefon kom",
    ),
    (
        PHONE,
        "phone|telefon|telefoon|telefono|telefone|telephone|rufnummer|rufnr|fernsprech|puhelin|telefonsz|talrun"
        "|telefonas|telepon|simu|телефон|τηλεφων|هاتف|تلفن|תלפון|טלפון|電話|电话|전화|연락처|โทรศัพท์|เบอร์โทร"
        "|dien thoai|फ़ोन|फोन",
        "tel|tels|telp|telnr|telno|tlf|telf|tfn|tfno|fon|fone|fono|ph|sms|тел|talr|טל",
    ),
    (
        OTHER,
        "postleit|postal|postcode|zipcode|kunde|customer|client|klant|kunden|asiakas|ugyfel|musteri|bestell|order|commande"
        "|pedido|bestelling|auftrag|beleg|invoice|rechnung|factur|fattura|faktura|konto|account|compte|cuenta"
        "|mitglied|member|adherent|socio|vertrag|contract|contrat|policy|police|polizza|steuer|fiscal|tax|vat"
        "|versicherung|insurance|sozial|social|personal|employee|matric|matrik|passport|reisepass|ausweis|licen[cs]e"
        "|kennzeichen|serial|serie|reference|referenz|referencia|hausn|zimmer|house|room|street|artikel|article|product"
        "|produkt|barcode|tracking|sendung|shipment|ticket|vorgang|aktenz|kimlik|заказ|договор|счет|клиент|会员|訂單"
        "|订单|客户|お客様|العميل|الطلب|anzahl|quantity|amount|betrag",
        "plz|zip|cap|cp|case|kdnr|kd|lfd|row|ean|gtin|isbn|sku|ssn|siret|siren|nif|cif|dni|cpf|cnpj|nip|pesel"
        "|regon|ico|dic|ust|inn|инн|огрн|афм|line|vorwahl",
    ),
    (
        PERHAPS,
        "number|nummer|numero|numer|numar|nomor|номер|αριθμ|recipient|empfanger|empfaenger|destinat|contact|kontakt"
        "|連絡先|番号|号码|號碼|번호|رقم|מספר|recapito|landline|festnetz|durchwahl",
        "no|nr|num|to|dest|dst|szam",
    ),
)
"""The first group that has a word of the header decides: a phone type is no number, a customer's phone is one, and a
customer's number is no telephone number."""
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
    """MOBILE, PHONE, PERHAPS, UNKNOWN, OTHER for what has numbers that are hardly telephone numbers, or NEVER."""
    header = header[:80]
    words = _NO_WORD.sub(" ", _folded(_CAMEL.sub(" ", header)))
    for value, pattern in _PATTERNS:
        if pattern.search(words):
            return value
    return UNKNOWN
