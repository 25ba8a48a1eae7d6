"""Texts with fields: what is one, what it renders to, and what is said where that can't be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.template import (
    AmbiguousColumn,
    EmptyValue,
    Field,
    FieldPiece,
    LiteralPiece,
    MissingColumn,
    TemplateError,
    field_for,
    fields_in,
    normal,
    parse,
)

ANYTHING = st.text(st.characters() | st.sampled_from("{}|ab _-\n%"))
BRACED = st.text(alphabet="{}|ab \n%", max_size=12)
NAMES = st.text(alphabet="abAB _-ä1", min_size=1, max_size=6).filter(lambda name: normal(name) not in ("", "_", "-"))
LITERALS = st.text(st.characters(codec="utf-8") | st.sampled_from("{}%\ud83d\0"), max_size=8)
FALLBACKS = st.none() | st.text(st.characters(exclude_characters="{}"), max_size=8)
VALUES = st.text(st.characters() | st.sampled_from("{}%"), max_size=8) | st.just("{a}")


def written(literal: str) -> str:
    """``literal`` as a template has it."""
    return literal.replace("{", "{{").replace("}", "}}")


def read_plainly(text: str) -> list[tuple[str, str | None] | str] | None:
    """What ``parse`` should find, one character after the other: characters, and fields' (name, fallback). Or None."""
    found: list[tuple[str, str | None] | str] = []
    index = 0
    while index < len(text):
        here = text[index]
        if here not in "{}":
            found.append(here)
            index += 1
        elif text[index : index + 2] == here * 2:
            found.append(here)
            index += 2
        elif here == "{" and "}" in text[index:]:
            inside = text[index + 1 : text.index("}", index)]
            name, bar, fallback = inside.partition("|")
            if "{" in inside or "\n" in name or "\r" in name or not normal(name):
                return None
            found.append((name.strip(), fallback if bar else None))
            index += len(inside) + 2
        else:
            return None
    return found


def test_a_template_says_what_stands_where() -> None:
    text = "Dear { First name |customer}, {{{city}}} {FIRST_NAME|}"
    template = parse(text)
    assert template.text == text
    assert template.fields == (Field("First name", "firstname", "customer"), Field("city", "city", None))
    assert template.pieces == (
        LiteralPiece(0, 5, "Dear "),
        FieldPiece(5, 28, "First name", "firstname", "customer"),
        LiteralPiece(28, 32, ", {"),
        FieldPiece(32, 38, "city", "city", None),
        LiteralPiece(38, 41, "} "),
        FieldPiece(41, 54, "FIRST_NAME", "firstname", ""),
    )


@pytest.mark.parametrize(
    ("text", "values", "rendered"),
    [
        ("", {}, ""),
        ("100 % of {{this}} }}{{", {}, "100 % of {this} }{"),
        ("Hi {name}!", {"name": "Jürgen", "more": ""}, "Hi Jürgen!"),
        ("Hi {name}!", {" N A M E ": "  Jürgen "}, "Hi   Jürgen !"),
        ("{a}{b}{a}", {"a": "1", "b": "2"}, "121"),
        ("{name|you}", {"name": " \t\u00a0"}, "you"),
        ("{name|}", {"name": ""}, ""),
        ("{name| a|b }", {"name": ""}, " a|b "),
        ("{name|you} {name|me}", {"name": ""}, "you me"),
        ("{name}", {"name": "{name} {{ }} %s {"}, "{name} {{ }} %s {"),
        ("{name|%s}%d", {"name": ""}, "%s%d"),
        ("{a|two\nlines}", {"a": ""}, "two\nlines"),
    ],
)
def test_what_comes_out(text: str, values: dict[str, str], rendered: str) -> None:
    assert parse(text).render(values) == rendered


@pytest.mark.parametrize(
    ("text", "start", "said"),
    [
        ("Hi {name", 3, "{ at character 4 opens a field that is not closed"),
        ("Hi {name\n}", 3, "{ at character 4 opens a field that is not closed on its line"),
        ("{", 0, "{ at character 1 opens"),
        ("a } b", 2, "} at character 3 closes a field that was not opened"),
        ("{name}}", 6, "} at character 7 closes"),
        ("{{name}", 6, "} at character 7 closes"),
        ("{a{b}}", 0, "character 1 opens a field, but the next begins inside it, at character 3"),
        ("{a|{{b}}}", 0, "character 1 opens a field, but the next begins inside it, at character 4"),
        ("😀{}", 1, "field at character 2 has no name"),
        ("{ \u200b |x}", 0, "field at character 1 has no name"),
        ("x" * 12_345 + "}", 12_345, "} at character 12,346"),
    ],
)
def test_what_is_no_template_says_where(text: str, start: int, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert said in caught.value.message
    assert (caught.value.field, caught.value.start) == ("text", start)
    assert text[caught.value.start : caught.value.end] in ("{", "}", "{}", "{ \u200b |x}")
    assert "{name" in caught.value.advice
    assert isinstance(caught.value, InvalidInput)


@pytest.mark.parametrize(
    "names",
    [
        (
            "First name",
            "first_name",
            "FIRST-NAME",
            "firstName",
            " first\nname\u00a0",
            "\ufefffirst\u2011name",
            "{first|name}",
        ),
        ("Straße", "STRASSE"),
        ("Mu\u0308ller", "MÜLLER"),
        ("İsim", "isim"),
        ("_ -", "_-"),
    ],
)
def test_names_that_are_one(names: tuple[str, ...]) -> None:
    assert len({normal(name) for name in names}) == 1
    assert normal(names[0])


def test_a_key_can_be_shown() -> None:
    assert normal(" Mu\u0308ller-Stra\u00dfe") == "m\u00fcllerstrasse"


@pytest.mark.parametrize(
    ("one", "other"), [("name", "names"), ("Muller", "Müller"), ("_", "-"), ("a.b", "ab"), ("#", "")]
)
def test_names_that_are_two(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_a_missing_column_is_named_and_the_likeliest_is_offered() -> None:
    template = parse("Dear {first_nmae}, {city}")
    with pytest.raises(MissingColumn) as caught:
        template.bind(["Phone", "First name", "Last name"])
    assert caught.value.names == ("first_nmae", "city")
    assert caught.value.name == "first_nmae"
    assert caught.value.message == "There are no columns for {first_nmae}, {city}."
    assert caught.value.suggestions[0] == "First name"
    assert caught.value.advice.startswith("Did you mean {First name}")
    assert caught.value.advice.endswith("? The columns are Phone, First name, Last name.")
    with pytest.raises(MissingColumn, match=r"^There is no column for \{city\}\. There are no columns at all\.$"):
        parse("{city|home}").render({})
    with pytest.raises(MissingColumn, match=r"The only column is phone\.$"):
        parse("{city}").bind(["phone", "", " "])


def test_what_a_list_says_is_shown_visibly_and_in_short() -> None:
    columns = ["na\x1b[31mme\u202e" + "x" * 100_000, *map(str, range(20_000))]
    with pytest.raises(MissingColumn) as caught:
        parse("{na[31mme" + "x" * 100 + "}").bind(columns)
    assert caught.value.suggestions == (columns[0],)
    assert not {"\x1b", "\u202e"} & set(str(caught.value))
    assert "19,993 more" in caught.value.advice
    assert len(str(caught.value)) < 400
    with pytest.raises(EmptyValue) as empty:
        parse(field_for(columns[0])).bind(columns)([])
    assert not {"\x1b", "\u202e"} & set(str(empty.value))
    assert len(str(empty.value)) < 400


def test_two_columns_of_one_name_matter_only_where_they_are_used() -> None:
    columns = ["phone", "City", "name", "CITY "]
    assert parse("{name}").bind(columns)(["1", "2", "3", "4"]) == "3"
    with pytest.raises(AmbiguousColumn) as caught:
        parse("{name} {city|home}").bind(columns)
    assert caught.value.columns == ("City", "CITY ")
    assert caught.value.message == "{city} could mean 2 columns: City, CITY."
    with pytest.raises(AmbiguousColumn):
        parse("{a_b}").render({"ab": "1", "a b": "1"})
    with pytest.raises(MissingColumn):  # before anything else
        parse("{city} {street}").bind(columns)


@pytest.mark.parametrize("row", [["1", ""], ["1", " \n"], ["1"], [], ("1", "\u3000", "x")])
@pytest.mark.parametrize("text", ["{first name}", "{phone|0}{FIRST_NAME}{phone|0}"])
def test_an_empty_cell_without_a_fallback_names_its_column(text: str, row: list[str]) -> None:
    renderer = parse(text).bind(["phone", "First\nname"])
    with pytest.raises(EmptyValue) as caught:
        renderer(row)
    assert caught.value.name == "First\nname"
    assert caught.value.message == "First⏎name is empty here."
    assert "{First name|there}" in caught.value.advice
    assert renderer(["1", "x", "more than there are columns"]) in ("x", "1x1")


def test_rows_that_are_short_count_as_empty() -> None:
    renderer = parse("{a}-{b|B}-{c|}").bind(["a", "b", "c"])
    assert renderer(["1"]) == "1-B-"
    assert renderer(("1", "2", "3")) == "1-2-3"


def test_a_list_needs_no_field() -> None:
    assert parse("{{100 %}}").bind([])([]) == "{100 %}"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Dear {name}, {City|home} {NAME} { order no. }", ("name", "City", "order no.")),
        ("half a brace { and {name} } }", ("name",)),
        ("{a{b}", ("b",)),
        ("{{name}}", ()),
        ("{{{name}}}", ("name",)),
        ('{"name": "x", "tags": {"a": 1}}', ()),
        ("a { color: red; } {color: red} {x = 1} {}{ }{|a}{-}{...}", ()),
        ("if (x) {\n  return\n}", ()),
        ("{Name, Vorname} {Tel.:} {Kunde's Nr. (alt)}", ("Name, Vorname", "Tel.:", "Kunde's Nr. (alt)")),
        ("{1} {Größe %} ${price}", ("1", "Größe %", "price")),
        ("{\u3164}{\ud800}", ()),
    ],
)
def test_fields_that_still_stand_in_a_text(text: str, names: tuple[str, ...]) -> None:
    assert fields_in(text) == names


@pytest.mark.parametrize(
    "part", ["{", "{{", "}", "{a", "{a|", "{a:", "{ ", "{\u200b", "{a}", "{a|b}", "a", "{a\n", "{0_"]
)
def test_a_long_text_takes_no_longer_a_character(part: str) -> None:
    text = part * (50_000 // len(part))
    assert fields_in(text + "{" + "a" * 200_000 + ":b}") in ((), ("a",))
    try:
        template = parse(text)
    except TemplateError:
        return
    assert template.render({"a": "x"})


@given(ANYTHING | BRACED)
def test_any_text_is_a_template_or_says_why_not(text: str) -> None:
    names = {normal(name) for name in fields_in(text)}
    plainly = read_plainly(text)
    if plainly is None:
        with pytest.raises(TemplateError) as caught:
            parse(text)
        assert text[caught.value.start] in "{}"
        return
    template = parse(text)
    assert "".join(text[piece.start : piece.end] for piece in template.pieces) == text
    assert [field.key for field in template.fields] == list(
        dict.fromkeys(normal(part[0]) for part in plainly if isinstance(part, tuple))
    )
    said: list[tuple[str, str | None] | str] = []
    for piece in template.pieces:
        said += [(piece.name, piece.fallback)] if isinstance(piece, FieldPiece) else piece.value
    assert said == plainly
    assert names <= {field.key for field in template.fields}


@given(st.lists(st.tuples(LITERALS, NAMES, FALLBACKS), max_size=5), LITERALS, st.data())
def test_everybody_gets_their_own_values(
    parts: list[tuple[str, str, str | None]], end: str, data: st.DataObject
) -> None:
    fields = [name if fallback is None else f"{name}|{fallback}" for _, name, fallback in parts]
    text = "".join(f"{written(part[0])}{{{field}}}" for part, field in zip(parts, fields, strict=True)) + written(end)
    columns = list({normal(name): name for _, name, _ in parts}.values())
    row = [data.draw(VALUES) for _ in columns]
    cells = {normal(column): cell for column, cell in zip(columns, row, strict=True)}
    template = parse(text)

    def both(expected: str | None) -> None:
        renderers: list[Callable[[], str]] = [
            lambda: template.render({column.upper(): cell for column, cell in zip(columns, row, strict=True)}),
            lambda: template.bind(columns)(row),
            lambda: template.bind(columns)([*row, "more"]),
        ]
        for render in renderers:
            if expected is None:
                with pytest.raises(EmptyValue):
                    render()
            else:
                assert render() == expected

    wanted: list[str] = []
    for literal, name, fallback in parts:
        cell = cells[normal(name)]
        if not cell.strip() and fallback is None:
            both(None)
            return
        wanted += [literal, cell if cell.strip() or fallback is None else fallback]
    both("".join([*wanted, end]))


@given(ANYTHING)
def test_every_column_that_can_be_written_can_be_asked_for(column: str) -> None:
    assert normal(normal(column)) == normal(column)
    field = field_for(column)
    assert bool(field) == bool(normal(column))
    if field:
        assert parse(field).bind(["other column, surely", column])(["", "{x}"]) == "{x}"
