"""Our own themes: surfaces in shades of one hue, values bright, labels dim, one accent for the next thing to do."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="mitto",
    dark=True,
    primary="#7d9ec7",
    secondary="#5f7593",
    accent="#5ec8f2",
    foreground="#d5dde9",
    background="#0f141d",
    surface="#171f2c",
    panel="#222d3f",
    success="#7fce9b",
    warning="#e6bd6f",
    error="#f08a86",
    variables={
        "border": "#5ec8f2",
        "border-blurred": "#2b384c",
        "block-cursor-background": "#26405a",
        "block-cursor-foreground": "#eef4fb",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#1d2c3f",
        "block-hover-background": "#1c2839",
        "input-cursor-background": "#5ec8f2",
        "input-cursor-foreground": "#0f141d",
        "input-cursor-text-style": "none",
        "input-selection-background": "#2c5777",
        "input-selection-foreground": "#eef4fb",
        "footer-background": "#0f141d",
        "footer-item-background": "#0f141d",
        "footer-key-background": "#0f141d",
        "footer-key-foreground": "#5ec8f2",
        "footer-description-background": "#0f141d",
        "footer-description-foreground": "#93a3ba",
        "scrollbar": "#2b384c",
        "scrollbar-hover": "#3a4a63",
        "scrollbar-active": "#5ec8f2",
        "scrollbar-background": "#171f2c",
        "scrollbar-background-hover": "#171f2c",
        "scrollbar-background-active": "#171f2c",
        "scrollbar-corner-color": "#171f2c",
        "button-color-foreground": "#0f141d",
        "button-focus-text-style": "bold",
    },
)

LIGHT: Final = Theme(
    name="mitto-light",
    dark=False,
    primary="#3d5f8a",
    secondary="#7b8da6",
    accent="#0b6fa8",
    foreground="#1d2633",
    background="#f4f6f9",
    surface="#fbfcfd",
    panel="#e6ebf2",
    success="#1f7a43",
    warning="#8a5a00",
    error="#b3322d",
    variables={
        "border": "#0b6fa8",
        "border-blurred": "#c3cddb",
        "block-cursor-background": "#cfe3f2",
        "block-cursor-foreground": "#101722",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#dde6f0",
        "block-hover-background": "#e3ebf4",
        "input-cursor-background": "#0b6fa8",
        "input-cursor-foreground": "#fbfcfd",
        "input-cursor-text-style": "none",
        "input-selection-background": "#b9d8ee",
        "input-selection-foreground": "#101722",
        "footer-background": "#f4f6f9",
        "footer-item-background": "#f4f6f9",
        "footer-key-background": "#f4f6f9",
        "footer-key-foreground": "#0b6fa8",
        "footer-description-background": "#f4f6f9",
        "footer-description-foreground": "#56657a",
        "scrollbar": "#c3cddb",
        "scrollbar-hover": "#a9b7c9",
        "scrollbar-active": "#0b6fa8",
        "scrollbar-background": "#fbfcfd",
        "scrollbar-background-hover": "#fbfcfd",
        "scrollbar-background-active": "#fbfcfd",
        "scrollbar-corner-color": "#fbfcfd",
        "button-color-foreground": "#fbfcfd",
        "button-focus-text-style": "bold",
    },
)

OWN: Final = (DARK, LIGHT)
DEFAULT: Final = DARK.name

# Colours for Content, by meaning. They are the theme's variables, so every theme has them.
DIM: Final = "$foreground-muted"
FAINT: Final = "$foreground-disabled"
ACCENT: Final = "$text-accent"
GOOD: Final = "$text-success"
WARN: Final = "$text-warning"
BAD: Final = "$text-error"
