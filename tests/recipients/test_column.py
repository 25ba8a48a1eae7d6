"""A column of numbers: each cell as one number is read alone, and bare ones as their column has it."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mitto_tui.recipients import plans
from mitto_tui.recipients.column import ColumnReader
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.numbers import read_number
from mitto_tui.recipients.patterns import Pattern, PatternError
from mitto_tui.recipients.verdicts import OTHER_LINES, CellReading, Change, Lean, Reason, Status
from mitto_tui.recipients.vote import Vote, survey
from tests.recipients.samples import REGIONS, notations

MOBILE = "491725551234"
READER = ColumnReader("DE")


@pytest.mark.parametrize(
    ("cell", "changes"),
    [
        ("+491725551234", ()),
        ("+49 172 555-1234", ()),
        ("'+491725551234", ()),
        ("\u202a+49\u00a0172\u20115551234\u202c", ()),
        ("tel:+49-172-5551234", ()),
        ("TEL:172-555-1234;phone-context=+49", ()),
        ('="+491725551234"', ()),
        ("＋４９１７２５５５１２３４", ()),
        ("00491725551234", (Change.IDD,)),
        ("+49 (0) 172 5551234", (Change.TRUNK_ZERO,)),
        ("0049 (0)172 5551234", (Change.IDD, Change.TRUNK_ZERO)),
        ("0172 5551234", (Change.NATIONAL,)),
        ("(0172) 555-1234", (Change.NATIONAL,)),
        ("0172/5551234", (Change.NATIONAL,)),
        ("0172.555.1234", (Change.NATIONAL,)),
        ("'01725551234", (Change.NATIONAL,)),
        ("٠١٧٢٥٥٥١٢٣٤", (Change.NATIONAL,)),
        ("1725551234", (Change.NATIONAL,)),
        ("491725551234", (Change.CARRIES_CODE,)),
        ("491725551234.0", (Change.DECIMALS, Change.CARRIES_CODE)),
        ("491725551234,00", (Change.DECIMALS, Change.CARRIES_CODE)),
        ("+491725551234.0", (Change.DECIMALS,)),
        ("+491725551234,00 ", (Change.DECIMALS,)),
        ("+49 172 5551234.0", (Change.DECIMALS,)),
        ("00491725551234.0", (Change.DECIMALS, Change.IDD)),
        ("01725551234.0", (Change.DECIMALS, Change.NATIONAL)),
        ("٤٩١٧٢٥٥٥١٢٣٤٫٠", (Change.DECIMALS, Change.CARRIES_CODE)),
        ("4.91725551234E+11", (Change.DECIMALS, Change.CARRIES_CODE)),
    ],
)
def test_every_notation_of_a_mobile_number(cell: str, changes: tuple[Change, ...]) -> None:
    reading = READER.read(cell)
    assert (reading.digits, reading.status, reading.region, reading.line) == (MOBILE, Status.OK, "DE", "mobile")
    assert (reading.changes, reading.reason, reading.sentence) == (changes, Reason.NONE, "")
    assert bool(reading.change) == bool(changes)


@pytest.mark.parametrize("cell", ["+436641234070", "+43664123407.0", "06641234070", "0664123407.0", "0664.123407.0"])
def test_a_spreadsheets_decimals_never_reach_somebody_else(cell: str) -> None:
    """In Austria a number with one more digit exists, too: in a column, read many at once, as by itself."""
    reader = ColumnReader("AT")
    expected = "436641234070" if "." not in cell or cell.count(".") == 2 else "43664123407"
    assert reader.read(cell).digits == expected
    assert [reading.digits for reading in reader.read_many(["+43664123408", cell])] == ["43664123408", expected]


def test_what_was_changed_is_said() -> None:
    cells = ["0172 5551234", "00491725551234", MOBILE, "12125550123", "+49 (0)172 5551234", f"{MOBILE}.0"]
    assert [reading.change for reading in READER.read_many(cells)] == [
        "national number of Germany",
        "00 became +",
        "already carries 49",
        "already carries 1",
        "the 0 after +49 was dropped",
        "a spreadsheet's decimals were dropped; already carries 49",
    ]
    assert ColumnReader("US").read("011 49 172 5551234").change == "the prefix dialled for abroad became +"


@pytest.mark.parametrize(
    ("cell", "reason", "words"),
    [
        ("", Reason.EMPTY, "no number in this row"),
        (" \u00a0\u200b", Reason.EMPTY, "no number"),
        ("4.91725E+11", Reason.LOST_DIGITS, "format the column as text"),
        ("4,91725E+11", Reason.LOST_DIGITS, "format the column as text"),
        ("0172-CALLME", Reason.LETTERS, "letters"),
        ("Anna", Reason.NOT_A_NUMBER, "not a telephone number"),
        ("[/foo]", Reason.NOT_A_NUMBER, "not a telephone number"),
        ("+49 30 1234567 ext. 5", Reason.EXTENSION, "extension"),
        ("tel:+4930123456;ext=5", Reason.EXTENSION, "extension"),
        ("0172 5551234#12", Reason.EXTENSION, "extension"),
        ("+49172", Reason.TOO_SHORT, "at least 7 digits"),
        ("+4917255512345678", Reason.TOO_LONG, "at most 15 digits"),
        ("+0172555123", Reason.CODE_ZERO, "No country code begins with 0"),
        ("0172 555", Reason.NOT_IN_COUNTRY, "not a number in Germany"),
        ("172555123", Reason.NOT_IN_COUNTRY, "not a number in Germany"),
        ("110", Reason.SHORT_NUMBER, "short number of Germany"),
        ("030 1234567 / 8901234", Reason.SEVERAL, "several numbers"),
        ("5551234/5551235", Reason.SEVERAL, "several numbers"),
        ("+4917139\n20002", Reason.SEVERAL, "several numbers"),
        ("\U0001d7d8172", Reason.NOT_IN_COUNTRY, "not a number in Germany"),
        ("²²²²²²²²", Reason.NOT_A_NUMBER, "not a telephone number"),
        ("9" * 5_000, Reason.NOT_A_NUMBER, "not a telephone number"),
        ("1" + " " * 300_000 + "x", Reason.NOT_A_NUMBER, "not a telephone number"),
        ("1\u200b" * 100_000 + ";", Reason.NOT_A_NUMBER, "not a telephone number"),
        ("\ud800172", Reason.NOT_A_NUMBER, "not a telephone number"),
    ],
)
def test_what_is_no_number_is_refused_with_a_reason(cell: str, reason: Reason, words: str) -> None:
    reading = READER.read(cell)
    assert (reading.status, reading.reason, reading.digits) == (Status.INVALID, reason, "")
    assert words in reading.sentence


@pytest.mark.parametrize("cell", ["0172 5551234", "1725551234", "172555"])
def test_a_national_number_without_a_country_asks_for_one(cell: str) -> None:
    reading = ColumnReader().read(cell)
    assert (reading.status, reading.reason) == (Status.INVALID, Reason.NO_COUNTRY)
    assert "which country" in reading.sentence


@pytest.mark.parametrize(
    ("cell", "line"),
    [("+49 30 1234567", "landline"), ("0900 1123456", "premium-rate"), ("+49 800 1234567", "toll-free")],
)
def test_other_lines_are_warned_about_and_refused_on_request(cell: str, line: str) -> None:
    warned = READER.read(cell)
    assert (warned.status, warned.reason, warned.line) == (Status.OK, Reason.LINE, line)
    assert f"{line} number" in warned.sentence
    refused = ColumnReader("DE", refuse=OTHER_LINES).read(cell)
    assert (refused.status, refused.reason, refused.digits) == (Status.INVALID, Reason.LINE_REFUSED, "")
    assert f"{line} number" in refused.sentence
    assert ColumnReader("DE", refuse=OTHER_LINES).read(MOBILE).status is Status.OK


@pytest.mark.parametrize(
    ("cell", "others"),
    [
        ("0172 5551234 ::: 030 1234567", ("49301234567",)),
        ("030 1234567;0172 5551234", ("49301234567",)),
        ("030 1234567\n0172 5551234", ("49301234567",)),
        ("0172 5551234/0171 5551234", ("491715551234",)),
        ("0172 5551234, +49 171 5551234", ("491715551234",)),
        ("491725551234;491715551234; 030 1234567", ("491715551234", "49301234567")),
        ("0172 5551234 ::: 0172 55", ("0172 55",)),
        ("0172 5551234 ::: +49 172 5551234", ()),
    ],
)
def test_of_several_numbers_the_first_mobile_is_used_and_the_others_named(cell: str, others: tuple[str, ...]) -> None:
    reading = READER.read(cell)
    assert (reading.digits, reading.others) == (MOBILE, others)
    assert ("also holds" in reading.sentence) == bool(others)
    taken = [one.digits for one in READER.read_all(cell)]
    assert MOBILE in taken
    assert len(taken) == max(len(others) + 1, 2)


def test_of_several_landlines_the_first_is_used() -> None:
    reading = READER.read("030 1234567 ::: 040 1234567")
    assert (reading.digits, reading.others, reading.reason) == ("49301234567", ("49401234567",), Reason.LINE)
    assert reading.change.endswith("the first of several")


def test_a_zero_in_brackets_is_dropped_where_nobody_dials_it() -> None:
    assert READER.read("+34 (0)612 345 678").digits == "34612345678"
    assert READER.read_many(["+34 (0)612 345 678", MOBILE])[0].digits == "34612345678"
    assert READER.read("+39 (0)6 1234 5678").digits == "390612345678"


# What a spreadsheet leaves of +49 172…; a German mobile number that is an American one; an unknown American one.
TRAP, BOTH, UNSURE = MOBILE, "15123456789", "15555550101"


def test_mittos_own_notation_is_never_a_landline() -> None:
    for cell in (TRAP, f"{TRAP}.0"):
        assert READER.read(cell).digits == MOBILE
        assert READER.read_many([cell])[0].digits == MOBILE


def test_what_can_be_read_both_ways_stays_open() -> None:
    reading = READER.read(BOTH)
    assert (reading.status, reading.reason, reading.digits) == (Status.AMBIGUOUS, Reason.TWO_MEANINGS, "")
    assert reading.others == ("15123456789", "4915123456789")
    assert "+1 512-345-6789 or +49 1512 3456789" in reading.sentence
    assert READER.read(UNSURE).reason is Reason.PLAN_UNSURE


@pytest.mark.parametrize(
    ("neighbours", "digits"),
    [
        ([TRAP] * 50, {BOTH: BOTH, UNSURE: "", TRAP: TRAP, "1725551234": MOBILE}),
        (["1725551234"] * 50, {BOTH: "49" + BOTH, UNSURE: "49" + UNSURE, TRAP: TRAP, "1725551234": MOBILE}),
        (["1725551234", TRAP] * 50, {BOTH: "", UNSURE: "", TRAP: TRAP, "1725551234": MOBILE}),
    ],
)
def test_the_column_settles_only_what_a_number_leaves_open(neighbours: list[str], digits: dict[str, str]) -> None:
    reader = ColumnReader("DE", vote=survey(neighbours, "DE"))
    assert {cell: reader.read(cell).digits for cell in digits} == digits


def test_a_person_overrules_the_vote_but_not_into_a_stranger() -> None:
    national = ColumnReader("DE", bare=Bare.NATIONAL, vote=survey([TRAP] * 50, "DE"))
    with_code = ColumnReader("DE", bare=Bare.WITH_CODE, vote=survey(["1725551234"] * 50, "DE"))
    assert national.read(BOTH).digits == "4915123456789"
    assert with_code.read(BOTH).digits == "15123456789"
    assert with_code.read(UNSURE).digits == ""
    for reader, cell in ((national, TRAP), (with_code, "1725551234")):
        reading = reader.read(cell)
        assert (reading.status, reading.reason) == (Status.AMBIGUOUS, Reason.TOLD_OTHERWISE)
        assert "begin with +" in reading.sentence
    assert national.read("+491725551234").digits == with_code.read("0172 5551234").digits == MOBILE


def test_a_number_in_no_plan_is_mittos_to_judge() -> None:
    reading = READER.read("+1 555 555 0101")
    assert (reading.digits, reading.reason) == ("15555550101", Reason.NOT_IN_PLAN)
    assert "the United States" in reading.sentence
    assert ColumnReader().read("15555550101").digits == "15555550101"


def test_a_number_for_fiction_is_known_as_one() -> None:
    fiction = ("+44 7700 900123", "447700900123", "491713920042", "0171 39200 42", "1713920042", "+49 (0)171 3920042")
    assert {READER.read(cell).reason for cell in fiction} == {Reason.FICTION}
    assert {READER.read(cell).reason for cell in ("447911123456", "0171 3920142")} == {Reason.NONE}


def agrees(cell: str, country: str, reading: CellReading) -> bool:
    """With ``read_number``, but for what it doesn't know: columns, several numbers, spreadsheets' decimals."""
    alone = read_number(cell, country)
    if reading.digits == alone.digits:
        same = (reading.region, reading.line) == (alone.region, alone.line)
        return same and (not reading.digits or bool(reading.sentence) == bool(alone.warning))
    if alone.digits and reading.verdict.lean is Lean.NEITHER:
        return reading.status is Status.INVALID and "not in" in alone.warning
    if "(0)" in cell:
        return Change.TRUNK_ZERO in reading.changes and "not in" in alone.warning
    return Change.DECIMALS in reading.changes


@pytest.mark.parametrize("country", ["", "DE", "US", "GB", "IT", "BR", "RU", "AR", "XX"])
def test_a_column_reads_each_cell_as_one_number_is_read(country: str) -> None:
    chance = random.Random(country)
    home = [country] if country in REGIONS else []
    cells = [cell for region in chance.sample(REGIONS, 7) + home for cell in notations(region, chance)]
    reader = ColumnReader(country)
    readings = reader.read_many(cells)
    disagreeing = [
        (cell, reading) for cell, reading in zip(cells, readings, strict=True) if not agrees(cell, country, reading)
    ]
    assert disagreeing == []
    assert readings == [reader.read(cell) for cell in cells] == ColumnReader(country).read_many(cells)


@given(st.text("0123456789", max_size=17), st.sampled_from(["", "+", "00", "0"]), st.sampled_from(["", "DE", "US"]))
def test_digits_are_read_as_one_number_is_read(digits: str, begin: str, country: str) -> None:
    assert agrees(begin + digits, country, ColumnReader(country).read(begin + digits))


CELLS = st.one_of(
    st.text(max_size=30),
    st.text("0123456789+ -/;,.:E()'\n\u00a0\u0661xt", max_size=40),
    st.sampled_from(["0172 5551234", MOBILE, f"{MOBILE}.0", "+1 212 555 0123", "(0171) 555-1234", "06.12.34.56.00"]),
)


@given(st.lists(CELLS, max_size=6), st.sampled_from(["DE", ""]))
@example(["0172 5551234\n", "+491725551234"], "DE")
@example(["0172٥٥٥١٢٣٤"], "DE")
@example(["0172555123²"], "DE")
@example(["49+1725551234", "++491725551234"], "DE")
def test_no_cell_raises_and_a_batch_reads_as_its_cells_do(cells: list[str], country: str) -> None:
    reader = ColumnReader(country)
    reader.read_many(["0172 5551234", MOBILE, "+1 212 555 0123"])  # so that much is known already
    readings = reader.read_many(cells)
    assert readings == [ColumnReader(country).read(cell) for cell in cells]
    for reading in readings:
        assert (reading.status is Status.OK) == bool(reading.digits)
        assert bool(reading.sentence) or reading.status is Status.OK
        if reading.digits:
            assert reading.digits.isascii()
            assert reading.digits.isdigit()
            assert 7 <= len(reading.digits) <= 15


def test_a_plan_in_an_unknown_language_is_asked_number_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def understand_nothing(text: str) -> Pattern:
        raise PatternError(text)

    cells = ["+352 628 123 456", "628 123 456", "+35227123456"]
    expected = ColumnReader("LU").read_many(cells)
    plans.calling_code.cache_clear()
    monkeypatch.setattr(plans, "parse", understand_nothing)
    assert ColumnReader("LU").read_many(cells) == expected
    plans.calling_code.cache_clear()


def test_millions_of_different_beginnings_do_not_fill_the_memory() -> None:
    chance = random.Random(1)
    reader = ColumnReader("DE")
    reader._remembered = 50_000
    reader.read_many([f"+{chance.randrange(10**9, 10**12)}" for _ in range(20)])
    assert reader._remembered < 200


def test_votes_of_batches_add_up() -> None:
    cells = [TRAP, BOTH, "1725551234", "12125550123", "4911", "0172 5551234", "+491725551234", "172555123", "n/a"] * 3
    whole = survey(cells, "de")
    assert whole == survey(cells[:7], "DE") + survey(cells[7:], "DE")
    assert whole == Vote("DE", rows=27, with_code=6, own_code=3, national=3, both=3, neither=3)
    assert whole.bare == 15
    with pytest.raises(ValueError, match="two countries"):
        _ = whole + survey([], "US")


@pytest.mark.parametrize(
    ("vote", "decision"),
    [
        (Vote("DE"), Lean.NONE),
        (Vote("DE", with_code=2), Lean.NONE),
        (Vote("DE", with_code=3), Lean.WITH_CODE),
        (Vote("DE", national=3), Lean.NATIONAL),
        (Vote("DE", with_code=1_000, national=50), Lean.WITH_CODE),
        (Vote("DE", with_code=1_000, national=51), Lean.NONE),
        (Vote("DE", national=40, with_code=2, both=800), Lean.NATIONAL),
        (Vote("DE", national=39, both=800), Lean.NONE),
    ],
)
def test_a_vote_needs_voices_a_majority_and_a_share(vote: Vote, decision: Lean) -> None:
    assert vote.decision is decision


@pytest.mark.parametrize(
    ("cells", "bare", "sentence"),
    [
        (["0172 5551234", "+491725551234"], Bare.AUTO, ""),
        ([TRAP] * 1_204, Bare.AUTO, "1,204 numbers already carry 49."),
        ([TRAP], Bare.AUTO, "1 number already carries 49."),
        (
            [TRAP] * 30 + ["12125550123"] + [BOTH] * 2,
            Bare.AUTO,
            "31 numbers already carry their country code (30 of them 49); "
            "2 can be read both ways and are read with the country code.",
        ),
        (
            ["1725551234"] * 2 + [BOTH],
            Bare.AUTO,
            "2 are national numbers of Germany; 1 can be read both ways and is left out until you say which.",
        ),
        (
            ["1725551234"] * 2 + [BOTH],
            Bare.NATIONAL,
            "2 are national numbers of Germany; 1 can be read both ways and is read as national.",
        ),
        (["172555123"], Bare.AUTO, "1 fits neither way."),
        ([TRAP], Bare.NATIONAL, "1 number already carries 49, though you say otherwise."),
        (["1725551234"] * 2, Bare.WITH_CODE, "2 are national numbers of Germany, though you say otherwise."),
    ],
)
def test_a_vote_says_what_was_found_and_what_follows(cells: list[str], bare: Bare, sentence: str) -> None:
    assert survey(cells, "DE").sentence(bare) == sentence


@pytest.mark.parametrize("bare", [Bare.AUTO, Bare.NATIONAL])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_vote_never_calls_national_what_is_left_open(count: int, bare: Bare) -> None:
    """With + before it, such a number is in no plan of Turkey's that we know; but it has the length of one."""
    cells = ["9002345675", "9002345605", "9002345602"][:count]
    vote = survey(cells, "US")
    readings = ColumnReader("US", bare=bare, vote=vote).read_many(cells)
    left_open = count < 3 and bare is Bare.AUTO
    assert {reading.status for reading in readings} == {Status.AMBIGUOUS if left_open else Status.OK}
    are = "are" if count > 1 else "is"
    kind = "national numbers" if count > 1 else "a national number"
    settled, unsettled = f"{count} {are} {kind}", f"{count} may be {kind}"
    assert vote.sentence(bare) == (
        f"{unsettled} of the United States and {are} left out until you say which."
        if left_open
        else f"{settled} of the United States."
    )
