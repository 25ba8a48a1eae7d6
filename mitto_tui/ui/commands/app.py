"""What can be done everywhere."""

from __future__ import annotations

from mitto_tui.ui.commands.base import Command


class ShowCompose(Command):
    id = "app.compose"
    key = "f2"
    label = "Compose"
    title = "Go to Compose"
    help = "Write and send a message."
    priority = False


class ShowBulk(Command):
    id = "app.bulk"
    key = "f3"
    label = "Bulk"
    title = "Go to Bulk"
    help = "One message for a list of recipients."
    priority = False


class ShowHistory(Command):
    id = "app.history"
    key = "f4"
    label = "History"
    title = "Go to History"
    help = "See what was sent and what became of it."
    priority = False


class ShowSettings(Command):
    id = "app.settings"
    key = "f5"
    label = "Settings"
    title = "Go to Settings"
    help = "Accounts, the API key and how this program looks."
    priority = False


class Help(Command):
    id = "app.help"
    key = "f1"
    label = "Help"
    title = "Help on what is focused"
    help = "What the focused field is for, and every key that works here."
    footer = True
    priority = False


class Palette(Command):
    id = "app.command_palette"
    key = "ctrl+p"
    label = "Palette"
    title = "Find a command"
    help = "Everything that can be done now, by name."
    footer = True


class Jump(Command):
    id = "app.jump"
    key = "ctrl+g"
    label = "Jump"
    title = "Jump to a field"
    help = "Shows a letter on every field; press it to go there."


class Mask(Command):
    id = "app.mask"
    key = "f12,alt+m"
    label = "Mask"
    title = "Mask or show phone numbers"
    help = "Shows dots for the digits of phone numbers, for sharing a screen."
    priority = False


class OptOuts(Command):
    id = "app.opt_outs"
    key = "alt+o"
    label = "Opt-outs"
    title = "See who has opted out"
    help = "Numbers that must not be written to: look them up, add and remove them, read them from a file."
    priority = False


class ChangeTheme(Command):
    id = "app.change_theme"
    key = ""
    label = "Theme"
    title = "Change the theme"
    help = "Try the themes; the choice lasts until the program ends. Settings can keep it."


class Quit(Command):
    id = "app.quit"
    key = "ctrl+q,f10"
    label = "Quit"
    title = "Quit"
    help = "Leave. What you were writing is kept, and messages under way are waited for."


COMMANDS = (ShowCompose, ShowBulk, ShowHistory, ShowSettings, Help, Palette, Jump, Mask, OptOuts, ChangeTheme, Quit)
