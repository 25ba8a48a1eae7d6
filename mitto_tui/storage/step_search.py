"""The sixth step of the schema: an index for searching, and the triggers that keep it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from mitto_tui.storage.types import from_stored, to_stored

# Sequences of three characters of folded text: no words are split, no letters folded again. ``detail=none`` keeps no
# places, which would cost twice the room; ``content=''`` keeps no second copy of the text.
_VERSION_6: Final = (
    """
    CREATE VIRTUAL TABLE messages_found USING fts5 (
        words, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
    )
    """,
    """
    INSERT INTO messages_found (rowid, words)
        SELECT id, search || char(31) || recipient FROM messages ORDER BY id
    """,
)

_VERSION_6_TRIGGERS: Final = (
    """
    CREATE TRIGGER messages_found_added AFTER INSERT ON messages BEGIN
        INSERT INTO messages_found (rowid, words) VALUES (NEW.id, NEW.search || char(31) || NEW.recipient);
    END
    """,
    """
    CREATE TRIGGER messages_found_deleted AFTER DELETE ON messages BEGIN
        INSERT INTO messages_found (messages_found, rowid, words)
            VALUES ('delete', OLD.id, OLD.search || char(31) || OLD.recipient);
    END
    """,
)


def version_6(connection: Connection) -> None:
    """Make the index of what is there, and have it follow."""
    # NUL is folded to U+0001 from now on, which SQL can't do: its own replace() takes a NUL for nothing.
    with_nul = "SELECT id, search FROM messages WHERE instr(CAST(search AS BLOB), x'00') > 0"
    for message_id, search in connection.exec_driver_sql(with_nul).all():
        folded = to_stored(from_stored(search).replace("\0", "\x01"))
        connection.exec_driver_sql("UPDATE messages SET search = ? WHERE id = ?", (folded, message_id))
    for statement in _VERSION_6:
        connection.exec_driver_sql(statement)
    for trigger in _VERSION_6_TRIGGERS:
        connection.exec_driver_sql(trigger)
