"""Mitto's hosts by name, for ``base_url`` in a profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mitto_tui.sms.urls import DEFAULT_BASE_URL


@dataclass(frozen=True, slots=True)
class Preset:
    """A host of Mitto's. ``name`` is what a profile may say instead of ``base_url``'s URL; ``label`` is for people."""

    name: str
    base_url: str
    label: str


PRESETS: Final = (
    Preset("mitto", DEFAULT_BASE_URL, "Mitto"),
    Preset("nearest", "https://rest.mittoapi.net", "Mitto, the nearest"),
    Preset("frankfurt", "https://rest-fra.mittoapi.net", "Frankfurt"),
    Preset("singapore", "https://rest-sg.mittoapi.net", "Singapore"),
    Preset("hong-kong", "https://rest-hk.mittoapi.net", "Hong Kong"),
    Preset("united-states", "https://rest-us.mittoapi.net", "United States"),
)
"""Hosts from Mitto's documentation: the getting-started page's first, then the reference page's."""

_BY_NAME: Final = {preset.name: preset for preset in PRESETS}


def preset_named(name: str) -> Preset | None:
    """The preset of that name; case, spaces and underscores don't matter."""
    return _BY_NAME.get(name.strip().lower().replace(" ", "-").replace("_", "-"))


def preset_of(base_url: str) -> Preset | None:
    """The preset that ``base_url`` is, or None."""
    return next((preset for preset in PRESETS if preset.base_url == base_url), None)
