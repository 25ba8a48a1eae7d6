"""``mitto-tui profile set`` and ``unset``: single settings of a profile, by their names in the configuration file."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import say
from mitto_tui.sms.errors import InvalidInput

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile

_PRICES: Final = "prices"
_FIELDS: Final = "receiver.fields."
_ONE_PRICE: Final = "prices.XX"
"""Stands for the price in any country XX."""
_NOT_SET: Final = "(not set)"

Name = Annotated[str, typer.Argument(metavar="NAME")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Such as sender, limits.rate or prices.DE.")]
Value = Annotated[str, typer.Argument(metavar="VALUE")]


def set_(name: Name, key: Key, value: Value) -> int:
    """Set one setting of a profile.

    KEY is base_url, sender, country, timeout, connect_timeout, format, tracking, callback, max_segments,
    retention_days, lists.refuse (such as landline,premium-rate; all; none), lists.all_numbers,
    limits.max_in_flight, limits.rate, limits.chunk, limits.max_rejected, receiver.host, receiver.port,
    receiver.public_url, prices.currency, or prices.XX for the price of one segment in the country XX;
    and what delivery reports call these: receiver.fields.id, receiver.fields.status, receiver.fields.error,
    receiver.fields.receiver, receiver.fields.reference, receiver.fields.mccmnc, receiver.fields.mcc,
    receiver.fields.mnc, receiver.fields.time.
    """
    known = _known(key, name)
    if _is_price(known):
        from mitto_tui.ui.price_list import price_text, read_country, read_price

        known = f"{_PRICES}.{read_country(known.partition('.')[2])}"
        value = price_text(read_price(value, known.partition(".")[2]))
    shown = _change(name, known, value)
    say(f"{known} of {name} is {shown} now.")
    return Exit.DONE


def unset(name: Name, key: Key) -> int:
    """Take one setting out of a profile, so that its default counts again. KEY is as for set."""
    known = _known(key, name)
    shown = _change(name, known, None)
    say(f"{known} of {name} is {'not set' if shown == _NOT_SET else f'{shown} again, its default'}.")
    return Exit.DONE


def words(profile: Profile) -> dict[str, str]:
    """Every setting of ``profile`` by its key, in words; one that the sandbox decides by itself is left out."""
    from mitto_tui.settings.schema import NOT_IN_SANDBOX, PROFILE

    paths = [*PROFILE.paths(), *(f"{_PRICES}.{country}" for country in profile.prices.per_segment)]
    return {
        path: _word(_value(profile, path))
        for path in paths
        if not (profile.is_sandbox and path.partition(".")[0] in NOT_IN_SANDBOX)
    }


def _value(profile: Profile, path: str) -> object:
    if _is_price(path):
        return profile.prices.per_segment.get(path.partition(".")[2])
    if path.startswith(_FIELDS):
        return profile.receiver.fields.get(path.removeprefix(_FIELDS))
    found: object = reduce(getattr, path.split("."), profile)
    return found


def _word(value: object) -> str:
    match value:
        case None:
            return _NOT_SET
        case bool():
            return "on" if value else "off"
        case Decimal():
            from mitto_tui.ui.price_list import price_text

            return price_text(value)
        case frozenset():
            from mitto_tui.sms.lines import lines_text

            return lines_text(value)
        case _:
            return str(value).removesuffix(".0")


def _is_price(key: str) -> bool:
    return key.startswith(f"{_PRICES}.") and key != "prices.currency"


def _known(key: str, profile: str) -> str:
    """``key`` in its normal form. Raises InvalidInput for what is no setting, with those that there are."""
    from mitto_tui.settings.problems import dotted
    from mitto_tui.settings.reading import SECRET_NAMES
    from mitto_tui.settings.schema import PROFILE
    from mitto_tui.settings.values import Unfit

    parts = tuple(key.strip().split("."))
    message = f"{dotted(parts)} is not a setting of a profile."
    if parts[-1].lower() in SECRET_NAMES:
        advice = f"The key is kept in the keyring, and never an argument: mitto-tui --profile {profile} key set"
        raise InvalidInput(key, message, advice)
    known = PROFILE.paths()
    if PROFILE.find(parts) is not None:
        try:
            return ".".join(PROFILE.normal(parts))
        except Unfit:
            advice = f"{_guess(parts)}A price is {_ONE_PRICE}, such as prices.DE."
            raise InvalidInput(key, message, advice) from None
    if parts[0] in PROFILE.tables and len(parts) == 1:
        inside = [path for path in known if path.startswith(f"{parts[0]}.")]
        raise InvalidInput(key, message, f"In it are {', '.join([*inside, *[_ONE_PRICE] * (parts[0] == _PRICES)])}.")
    raise InvalidInput(key, message, f"{_guess(parts)}Settings: {', '.join([*known, _ONE_PRICE])}.")


def _guess(parts: tuple[str, ...]) -> str:
    """Which setting was probably meant, as a question with a blank after it, or nothing."""
    from mitto_tui.settings.problems import nearest
    from mitto_tui.settings.schema import PRICES, PROFILE
    from mitto_tui.ui.price_list import read_country

    prefix = f"{_PRICES}." if parts[0] == _PRICES else ""
    known = list(PRICES.fields) if prefix else PROFILE.paths()
    word = parts[-1] if prefix else ".".join(parts)
    close = next((path for path in known if path.endswith(f".{parts[-1]}")), None) or nearest(word, known)
    if close:
        return f"Did you mean {prefix}{close}? "
    try:
        return f"Did you mean {_PRICES}.{read_country('GB' if parts[-1].upper() == 'UK' else parts[-1])}? "
    except InvalidInput:
        return ""


def _change(profile: str, key: str, value: str | None) -> str:
    """Change the file; what counts then, in words."""
    from mitto_tui.settings.config_edit import change_profile
    from mitto_tui.settings.paths import find_paths

    config = change_profile(find_paths().config_file, profile, key, value)
    for problem in config.problems:
        say(str(problem))
    changed = config.profiles.get(profile)  # none where the name that stands in the file is no profile's name
    return _word(value if changed is None else _value(changed, key))
