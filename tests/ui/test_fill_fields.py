"""Filling in a template's fields: what is inserted is what is shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.template import parse
from mitto_tui.ui.screens.fill_fields import FillFields, filled, needs_no_filling
from tests.ui.rooms import screen_text, until
from tests.ui.shelves import BareApp, bare, picture
from tests.ui.writing import HOSTILE, STEERING

TEXT = "Dear {name|customer}, your order {order number} is ready at {shop}. Bring {{ID}}; {ORDER-NUMBER} is on it."


@pytest.mark.parametrize(
    ("text", "inserted"),
    [
        ("Thank you!", "Thank you!"),
        ("Bring {{ID}}", "Bring {ID}"),
        ("{name}", None),
        ("{name|}", None),
        ('{"a": 1', '{"a": 1'),
        ("a } b {{", "a } b {{"),
    ],
)
def test_what_has_no_field_is_inserted_at_once(text: str, inserted: str | None) -> None:
    assert needs_no_filling(text) == inserted


_PIECES = st.sampled_from(["{a}", "{b|x}", "{B}", "{a|}", "{{", "}}", "text ", "€"])


@given(st.lists(_PIECES, max_size=8), st.text("xyz{}", min_size=1), st.text("xyz{}", min_size=1))
def test_with_everything_filled_in_it_is_what_a_campaign_would_send(pieces: list[str], a: str, b: str) -> None:
    template = parse("".join(pieces))
    values = {"a": a, "b": b}
    assert "".join(text for text, _ in filled(template, values)) == template.render(values)


@given(st.lists(_PIECES, max_size=8))
def test_with_nothing_filled_in_only_fallbacks_take_a_place(pieces: list[str]) -> None:
    expected = "".join({"{b|x}": "x", "{a|}": "", "{{": "{", "}}": "}"}.get(piece, piece) for piece in pieces)
    assert "".join(text for text, _ in filled(parse("".join(pieces)), {"a": " "})) == expected


async def test_enter_leads_through_the_fields_and_inserts() -> None:
    screen = FillFields("Order", TEXT, {"name": "Jürgen", "shop": ""})
    async with bare(screen) as (app, pilot):
        shown = " ".join(screen_text(pilot).replace("│", "").split())
        assert "Dear Jürgen, your order {order number} is ready at {shop}." in shown
        assert "{order number}, {shop} stay in the text" in shown
        await pilot.press("4", "7", "enter")
        await until(pilot, lambda: "{shop} stays in the text" in screen_text(pilot))
        assert "1 part" in screen_text(pilot)
        await pilot.press("z", "enter")
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == ["Dear Jürgen, your order 47 is ready at z. Bring {ID}; 47 is on it."]


async def test_the_other_ways_out() -> None:
    as_shown = "Dear customer, your order x is ready at {shop}. Bring {ID}; x is on it."
    async with bare(FillFields("Order", TEXT)) as (app, pilot):
        for key in ("ctrl+t", "ctrl+s", "escape"):
            await pilot.press("enter", "x", key)
            await until(pilot, lambda: not isinstance(app.screen, FillFields))
            app.ask(FillFields("Order", TEXT))
            await until(pilot, lambda: isinstance(app.screen, FillFields) and app.screen.focused is not None)
        assert app.answers == [TEXT, as_shown, None]


async def test_names_and_values_are_literal() -> None:
    names = ["".join(char for char in found if char not in "{}|\r\n") for found in HOSTILE]
    text = " ".join(f"{{{name}|{name}}}" for name in names)
    known = {field.key: HOSTILE[number] for number, field in enumerate(parse(text).fields) if number % 2}
    async with bare(FillFields(text, text, known), size=(100, 40)) as (_, pilot):
        shown = screen_text(pilot)
        assert not STEERING - {"\n"} & set(shown)
        assert shown.count("[bold red]not bold[/]") >= 2


def test_filling_in(snap_compare: Any) -> None:
    screen = FillFields("Order ready", TEXT, {"order number": "4711", "ordernumber": "4711"})
    assert snap_compare(BareApp(), terminal_size=(80, 24), run_before=picture(screen))
