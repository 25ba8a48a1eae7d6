"""The form of the step "Columns": everything that was detected of a list, each to be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from mitto_tui.recipients.countries import country_name
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.charsets import CHOICES
from mitto_tui.recipients.readers.model import Choices, Detected
from mitto_tui.recipients.vote import Vote
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.ui.bulk import columns_words as words
from mitto_tui.ui.bulk.columns_words import AUTO, OTHER
from mitto_tui.ui.price_list import read_country
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.widgets.chooser import Chooser, Item
from mitto_tui.ui.widgets.field import Field
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.workspace.lists import NumberChoices, OpenedList

_PREFIX: Final = "auto: "
_LONGEST_COUNTRY: Final = 40
_COUNTRY_ADVICE: Final = "Write its two letters, such as DE or GB, or leave it empty."


class ColumnsForm(Horizontal):
    """Shows how a list is read, and says what a person wants instead."""

    @dataclass
    class Wanted(Message):
        """A person wants something else. ``name`` is a field of Choices or NumberChoices."""

        form: ColumnsForm
        name: str
        value: Any

    LABELS: ClassVar[dict[str, str]] = {
        "delimiter": "Delimiter",
        "other": "Character",
        "encoding": "Encoding",
        "header": "Header",
        "sheet": "Sheet",
        "take_all": "In a cell",
        "phone_column": "Numbers in",
        "country": "Country",
        "bare": "Without +",
        "refuse": "Refuse",
    }
    _LEFT: ClassVar = ("delimiter", "other", "encoding", "header", "sheet", "take_all")
    _RIGHT: ClassVar = ("phone_column", "country", "bare", "refuse")

    def __init__(self) -> None:
        super().__init__(id="columns-form", classes="panel")
        self.border_title = "How it is read"
        self._delimiter = Chooser[str](id="columns-delimiter")
        self._other = LiteralInput(id="columns-other", placeholder="one character", max_length=1)
        self._encoding = Chooser[str](id="columns-encoding")
        self._header = Chooser[str](id="columns-header")
        self._sheet = Chooser[str](id="columns-sheet")
        self._take_all = Chooser[bool](id="columns-take-all")
        self._phone = Chooser[int](id="columns-phone")
        self._country = LiteralInput(id="columns-country", placeholder="none", max_length=_LONGEST_COUNTRY)
        self._bare = Chooser[Bare](id="columns-bare")
        self._refuse = Chooser[frozenset[str]](id="columns-refuse")
        controls: tuple[Widget, ...] = (
            *(self._delimiter, self._other, self._encoding, self._header, self._sheet, self._take_all),
            *(self._phone, self._country, self._bare, self._refuse),
        )
        names = (*self._LEFT, *self._RIGHT)
        self._fields = {
            name: Field(self.LABELS[name], control, id=f"columns-{name}-row".replace("_", "-"))
            for name, control in zip(names, controls, strict=True)
        }
        self._country_before = ""
        self._auto: dict[str, Item[str]] = {}
        self._source: object = None

    def compose(self) -> ComposeResult:
        for side in (self._LEFT, self._RIGHT):
            with Vertical():
                for name in side:
                    yield self._fields[name]

    # -- what is shown ------------------------------------------------------------------------------------------------

    def show(self, opened: OpenedList, numbers: NumberChoices, vote: Vote | None, hide: Callable[[str], str]) -> None:
        """Show how a list is read; ``hide`` makes a name as it may be shown."""
        if opened.source is not self._source:
            self._source, self._auto = opened.source, {}
        found, chosen = opened.detected, opened.choices
        delimited = words.is_delimited(found)
        self._show_reading(found, chosen)
        self._show_sheet(found, chosen, hide)
        self._show_numbers(opened, numbers, vote, hide)
        shown = {
            "delimiter": delimited,
            "other": delimited and self._delimiter.value == OTHER,
            "encoding": delimited and bool(found.encoding),
            "header": found.format != "vcf",
            "sheet": len(found.sheets) > 1,
        }
        for name, field in self._fields.items():
            field.display = shown.get(name, True)

    def _items(self, name: str, chosen: object, found: Item[str], others: list[Item[str]]) -> list[Item[str]]:
        """What can be chosen, with what is detected first, as far as it is known."""
        if chosen is None:
            self._auto[name] = found
        return [self._auto.get(name, Item(AUTO, "auto")), *others]

    def _show_reading(self, found: Detected, chosen: Choices) -> None:
        known = chosen.delimiter is None or chosen.delimiter in words.DELIMITERS
        others = [Item(f"={sign}", word) for sign, word in words.DELIMITERS.items()]
        own = words.delimiter_word(found.delimiter) if not known else "another…"
        others.append(Item(OTHER, own, full="another character…"))
        auto = Item(AUTO, words.delimiter_word(found.delimiter), _PREFIX)
        value = AUTO if chosen.delimiter is None else f"={chosen.delimiter}" if known else OTHER
        self._delimiter.offer(self._items("delimiter", chosen.delimiter, auto, others), value)
        self._quietly(self._other, found.delimiter if not known else "")

        guess = "" if found.encoding_sure else "guess"
        auto = Item(AUTO, words.encoding_word(found.encoding), _PREFIX, guess)
        named = dict(CHOICES)
        if chosen.encoding is not None:
            named.setdefault(found.encoding, words.encoding_word(found.encoding))
        others = [Item(codec, words.encoding_word(codec), full=full) for codec, full in named.items()]
        value = AUTO if chosen.encoding is None else found.encoding
        self._encoding.offer(self._items("encoding", chosen.encoding, auto, others), value)

        auto = Item(AUTO, _yes(found.header), _PREFIX)
        others = [Item(_yes(yes), _yes(yes), full=full) for yes, full in _HEADERS.items()]
        value = AUTO if chosen.header is None else _yes(found.header)
        self._header.offer(self._items("header", chosen.header, auto, others), value)

    def _show_sheet(self, found: Detected, chosen: Choices, hide: Callable[[str], str]) -> None:
        auto = Item(AUTO, hide(found.sheet), _PREFIX)
        others = [Item(f"={name}", hide(name)) for name in found.sheets]
        self._sheet.offer(
            self._items("sheet", chosen.sheet, auto, others), AUTO if chosen.sheet is None else f"={found.sheet}"
        )

    def _show_numbers(
        self, opened: OpenedList, numbers: NumberChoices, vote: Vote | None, hide: Callable[[str], str]
    ) -> None:
        guess = opened.guess
        columns = [
            Item(
                index,
                hide(name),
                _PREFIX if index == guess.index else "",
                "has numbers too" if index in guess.others else "",
            )
            for index, name in enumerate(opened.columns)
        ]
        self._phone.offer(columns, numbers.phone_column)
        self._show_country(numbers.country)
        is_bare = vote is not None and vote.bare > 0
        decided = words.lean_word(vote.decision) if vote is not None and is_bare else "there are none"
        others = [Item(bare, word) for bare, word in words.BARE_WORDS.items()]
        self._bare.offer([Item(Bare.AUTO, decided, _PREFIX), *others], numbers.bare)
        self._fields["bare"].set_class(not is_bare and numbers.bare is Bare.AUTO, "-idle")
        several = [Item(False, "first mobile number"), Item(True, "all numbers")]
        self._take_all.offer(several, numbers.take_all)
        refused = [Item(lines, word) for lines, word in words.refusals(numbers.refuse).items()]
        self._refuse.offer(refused, numbers.refuse)

    def _show_country(self, country: str) -> None:
        typed = self._readable_country()
        # What somebody is still typing stays, as long as the list is read as it was before.
        if country != (self._country_before if typed is None else typed):
            self._quietly(self._country, country)
            self._country_before = country
        elif not self._country.has_focus:
            self._country_before = country
        self._say_country()

    def forget_typed(self) -> None:
        """Let the country be what the list is read with, whatever was typed."""
        if self._readable_country() is None:
            self._quietly(self._country, self._country_before)
            self._say_country()

    def _quietly(self, field: Input, value: str) -> None:
        if field.value != value:
            with field.prevent(Input.Changed):
                field.value = value

    # -- what is said -------------------------------------------------------------------------------------------------

    def mark(self, name: str | None) -> None:
        """Mark the field that a complaint is about, or none."""
        for each, field in self._fields.items():
            field.set_class(each == name, "-wrong")

    @property
    def focused_name(self) -> str:
        """The name of the field that has the focus, or an empty string."""
        return next((name for name, field in self._fields.items() if field.control.has_focus), "")

    @property
    def country_problem(self) -> str:
        """What is wrong with the country that stands there, or an empty string."""
        try:
            self._read_country()
        except InvalidInput as problem:
            return f"{problem.message} {_COUNTRY_ADVICE}"
        return ""

    def focus_phone(self) -> None:
        """Go to the column with the numbers."""
        self._phone.focus()

    # -- what is wanted -----------------------------------------------------------------------------------------------

    @on(Chooser.Changed)
    def _chosen(self, event: Chooser.Changed) -> None:
        event.stop()
        chooser = event.chooser
        name = next(name for name, field in self._fields.items() if field.control is chooser)
        value: Any = chooser.value
        if name in ("delimiter", "encoding", "header", "sheet"):
            if value == OTHER:
                self._fields["other"].display = True
                self._other.focus()
                return
            self._fields["other"].display &= name != "delimiter"
            value = None if value == AUTO else value.removeprefix("=")
            value = value == "yes" if name == "header" and value is not None else value
        self.post_message(self.Wanted(self, name, value))

    @on(Input.Changed, "#columns-other")
    def _typed_delimiter(self, event: Input.Changed) -> None:
        event.stop()
        if event.value:
            self.post_message(self.Wanted(self, "delimiter", event.value))

    @on(Input.Changed, "#columns-country")
    def _typed_country(self, event: Input.Changed) -> None:
        event.stop()
        self._say_country()
        country = self._readable_country()
        # What is no country yet may become one: until then the list stays as it was before this was typed.
        self.post_message(self.Wanted(self, "country", self._country_before if country is None else country))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        country = self._readable_country()
        if event.widget is self._country and country is not None:
            self._country_before = country

    def _read_country(self) -> str:
        text = self._country.value.strip()
        return read_country(text) if text else ""

    def _readable_country(self) -> str | None:
        try:
            return self._read_country()
        except InvalidInput:
            return None

    def _say_country(self) -> None:
        country = self._readable_country()
        if country is None:
            self._fields["country"].say(Content.styled("not known", BAD))
        else:
            self._fields["country"].say(
                Content.styled(country_name(country) if country else "numbers with + only", DIM)
            )


_HEADERS: Final = {True: "yes: the first row has the names", False: "no: the first row has data"}


def _yes(yes: bool) -> str:
    return "yes" if yes else "no"
