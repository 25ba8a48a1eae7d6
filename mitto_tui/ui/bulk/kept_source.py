"""How a list was read when it was checked, as it is kept with the campaign: to read its file in the same way again."""

from __future__ import annotations

from collections.abc import Mapping

from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.model import Choices
from mitto_tui.workspace.lists import NumberChoices


def choices_of(source: Mapping[str, object]) -> Choices:
    """How the file is read: encoding, delimiter, header, sheet."""
    encoding, delimiter, header, sheet = (source.get(name) for name in ("encoding", "delimiter", "header", "sheet"))
    text = source.get("style") is not None
    return Choices(
        encoding=encoding if text and isinstance(encoding, str) and encoding else None,
        delimiter=delimiter if text and isinstance(delimiter, str) else None,
        header=header if isinstance(header, bool) and source.get("format") != "vcf" else None,
        sheet=sheet if isinstance(sheet, str) and sheet else None,
    )


def numbers_of(source: Mapping[str, object]) -> NumberChoices:
    """How its numbers are read."""
    column, country, refuse = source.get("phone_column"), source.get("country"), source.get("refuse")
    try:
        bare = Bare(str(source.get("bare")))
    except ValueError:
        bare = Bare.AUTO
    return NumberChoices(
        column if isinstance(column, int) else None,
        country if isinstance(country, str) else "",
        bare,
        frozenset(map(str, refuse)) if isinstance(refuse, list) else frozenset(),
        source.get("take_all") is True,
    )
