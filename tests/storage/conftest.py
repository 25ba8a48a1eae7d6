"""A real database file for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mitto.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with Database.open(path) as opened:
        yield opened


@pytest.fixture
def messages(database: Database) -> Messages:
    return Messages(database, "work")


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


@pytest.fixture
def reports(database: Database) -> Reports:
    return Reports(database)
