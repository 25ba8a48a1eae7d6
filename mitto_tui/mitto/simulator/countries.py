"""What reports and usage say about a number's country. Networks and prices are plausible, not Mitto's.

Countries that share a code are counted as the largest (1 as the United States, 7 as Russia, 44 as the United Kingdom).
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Country(NamedTuple):
    """``alpha3`` by ISO 3166-1; ``price`` for one message part in ten-thousandths of the account's currency."""

    alpha3: str
    mcc: str
    mnc: str
    price: int


UNKNOWN: Final = Country("XXX", "", "", 500)
"""Any other country: XXX is in the range that ISO 3166-1 leaves to its users."""

_TABLE: Final = """
1 USA 310 260 80
7 RUS 250 01 420
20 EGY 602 01 610
27 ZAF 655 01 210
30 GRC 202 01 480
31 NLD 204 08 790
32 BEL 206 01 820
33 FRA 208 01 520
34 ESP 214 07 430
36 HUN 216 30 610
39 ITA 222 01 560
40 ROU 226 01 470
41 CHE 228 01 540
43 AUT 232 01 690
44 GBR 234 10 370
45 DNK 238 01 380
46 SWE 240 01 490
47 NOR 242 01 510
48 POL 260 01 250
49 DEU 262 01 750
52 MEX 334 020 290
55 BRA 724 05 260
57 COL 732 101 60
60 MYS 502 12 430
61 AUS 505 01 420
62 IDN 510 10 980
63 PHL 515 02 310
65 SGP 525 01 370
66 THA 520 03 150
81 JPN 440 10 660
82 KOR 450 05 220
84 VNM 452 04 590
86 CHN 460 00 310
90 TUR 286 01 80
91 IND 404 10 110
234 NGA 621 30 540
254 KEN 639 02 390
351 PRT 268 01 330
353 IRL 272 01 620
358 FIN 244 05 680
370 LTU 246 02 300
371 LVA 247 01 570
372 EST 248 01 610
380 UKR 255 01 790
385 HRV 219 01 640
386 SVN 293 41 590
420 CZE 230 01 480
421 SVK 231 01 610
852 HKG 454 00 450
886 TWN 466 92 390
966 SAU 420 01 480
971 ARE 424 02 260
972 ISR 425 01 180
"""

_BY_PREFIX: Final = {
    prefix: Country(alpha3, mcc, mnc, int(price))
    for prefix, alpha3, mcc, mnc, price in (line.split() for line in _TABLE.strip().splitlines())
}


def country_of(digits: str) -> Country:
    """The country of an international number, digits only. ``UNKNOWN`` where it is not in the table."""
    for length in (2, 3, 1):
        country = _BY_PREFIX.get(digits[:length])
        if country is not None:
            return country
    return UNKNOWN
