"""What can be done in the settings."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class SetKey(Command):
    id = "settings.set_key"
    key = "f6"
    label = "Set key"
    title = "Set the API key"
    help = "Takes the key and puts it into the system's keyring. It is never shown."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_have_key)


class TestKey(Command):
    id = "settings.test_key"
    key = "f7"
    label = "Test key"
    title = "Test the API key"
    help = "Makes a test call with the key of the account in use: nothing is delivered or charged."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_test_key)


class DeleteKey(Command):
    id = "settings.delete_key"
    key = ""
    label = "Delete key"
    title = "Delete the API key from the keyring"
    help = "Asks first. Messages can't be sent until there is a key again."

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_delete_key)


class AddAccount(Command):
    id = "settings.add_account"
    key = "f8"
    label = "Add account"
    title = "Add an account"
    help = "A new profile with its own host, sender and key."
    footer = True


class UseAccount(Command):
    id = "settings.use_account"
    key = "f9"
    label = "Use account"
    title = "Use the account that is shown"
    help = "Sends from it and shows its history, now and when the program starts again."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_use_account)


COMMANDS = (SetKey, TestKey, DeleteKey, AddAccount, UseAccount)
