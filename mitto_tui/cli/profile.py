"""``mitto-tui profile``: accounts in the configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mitto_tui.cli import profile_settings
from mitto_tui.cli.context import JsonFlag, globals_of
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, pairs, say, table

if TYPE_CHECKING:
    from pathlib import Path

    from mitto_tui.settings.config import Config
    from mitto_tui.settings.profiles import Profile

app = typer.Typer(help="Accounts: host, sender, country, limits, prices.", rich_markup_mode=None)

app.command("set", context_settings={"ignore_unknown_options": True})(profile_settings.set_)  # a value may be -1
app.command("unset")(profile_settings.unset)

Name = Annotated[str, typer.Argument(metavar="NAME")]


@app.command("list")
def list_(context: typer.Context, as_json: JsonFlag = False) -> int:
    """List the profiles; the active one is marked."""
    from mitto_tui.settings.config import find_profile

    config = _config()
    active = find_profile(config, globals_of(context).chosen).name
    if as_json:
        emit([{**as_dict(profile), "active": profile.name == active} for profile in config.profiles.values()])
        return Exit.DONE
    table(
        [
            (
                "*" if profile.name == active else "",
                profile.name,
                _host(profile),
                profile.sender or "",
                profile.country or "",
            )
            for profile in config.profiles.values()
        ],
        header=("", "name", "host", "sender", "country"),
    )
    return Exit.DONE


@app.command("show")
def show(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    as_json: JsonFlag = False,
) -> int:
    """Show a profile's settings; the active one's where none is named."""
    from mitto_tui.settings.config import find_profile

    found = find_profile(_config(), name or globals_of(context).chosen)
    if as_json:
        emit(as_dict(found))
    else:
        pairs({"name": found.name, **profile_settings.words(found)})
    return Exit.DONE


@app.command("add")
def add(
    name: Name,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="A URL, or a preset's name.", metavar="URL")
    ] = None,
    sender: Annotated[str | None, typer.Option("--from", help="The usual sender.", metavar="ID")] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="For national numbers, such as DE.", metavar="XX")
    ] = None,
    timeout: Annotated[float | None, typer.Option("--timeout", help="Seconds for a request.", metavar="S")] = None,
    format: Annotated[str | None, typer.Option("--format", help="json or xml.")] = None,  # noqa: A002
    callback: Annotated[
        str | None, typer.Option("--callback", help="Where delivery reports go.", metavar="URL")
    ] = None,
    use: Annotated[bool, typer.Option("--use", help="Make it the active one.")] = False,
) -> int:
    """Add a profile."""
    from mitto_tui.settings.config_edit import add_profile, use_profile

    values: dict[str, Any] = {
        "base_url": base_url,
        "sender": sender,
        "country": country,
        "timeout": timeout,
        "format": format,
        "callback": callback,
    }
    add_profile(_file(), name, {key: value for key, value in values.items() if value is not None})
    if use:
        use_profile(_file(), name)
    say(f"The profile {name} is there. mitto-tui --profile {name} key set gives it its key.")
    return Exit.DONE


@app.command("use")
def use_(name: Name) -> int:
    """Make a profile the active one."""
    from mitto_tui.settings.config_edit import use_profile

    use_profile(_file(), name)
    say(f"{name} is the active profile now.")
    return Exit.DONE


@app.command("remove")
def remove(name: Name) -> int:
    """Remove a profile from the configuration. Its history stays, and so does its key: see key delete."""
    from mitto_tui.settings.config_edit import remove_profile

    remove_profile(_file(), name)
    say(f"The profile {name} is gone from the configuration; its history and its key are still there.")
    return Exit.DONE


def as_dict(profile: Profile) -> dict[str, Any]:
    """A profile as JSON; there is no secret in it. Prices are exact, and therefore text."""
    from mitto_tui.ui.price_list import price_text

    return {
        "name": profile.name,
        "base_url": profile.base_url,
        "sender": profile.sender,
        "country": profile.country,
        "timeout": profile.timeout,
        "connect_timeout": profile.connect_timeout,
        "format": profile.format,
        "tracking": profile.tracking,
        "callback": profile.callback,
        "max_in_flight": profile.limits.max_in_flight,
        "rate": profile.limits.rate,
        "chunk": profile.limits.chunk,
        "max_rejected": profile.limits.max_rejected,
        "max_segments": profile.max_segments,
        "retention_days": profile.retention_days,
        "receiver": {
            "host": profile.receiver.host,
            "port": profile.receiver.port,
            "public_url": profile.receiver.public_url,
            "fields": dict(profile.receiver.fields),
        },
        "lists": {"refuse": sorted(profile.lists.refuse), "all_numbers": profile.lists.all_numbers},
        "prices": {
            "currency": profile.prices.currency,
            "per_segment": {country: price_text(price) for country, price in profile.prices.per_segment.items()},
        },
    }


def _host(profile: Profile) -> str:
    return "the simulator" if profile.is_sandbox else profile.base_url


def _file() -> Path:
    from mitto_tui.settings.paths import find_paths

    return find_paths().config_file


def _config() -> Config:
    from mitto_tui.settings.config import load_config

    config = load_config(_file())
    for problem in config.problems:
        say(str(problem))
    return config
