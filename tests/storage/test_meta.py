"""Small facts of a profile."""

from __future__ import annotations

import threading

import pytest

from mitto_tui.storage.database import Database
from mitto_tui.storage.meta import Meta


@pytest.fixture
def meta(database: Database) -> Meta:
    return Meta(database)


def test_set_and_get(meta: Meta) -> None:
    assert meta.get("work", "key") is None
    meta.set("work", "key", "one \0 \ud800")
    assert meta.get("work", "key") == "one \0 \ud800"
    meta.set("work", "key", "two")
    meta.set("other", "key", "theirs")
    meta.set("work", "another", "")
    assert [meta.get("work", "key"), meta.get("other", "key"), meta.get("work", "another")] == ["two", "theirs", ""]


def test_what_is_made_once_stays(meta: Meta) -> None:
    assert meta.get_or_create("work", "token", lambda: "first") == "first"
    assert meta.get_or_create("work", "token", lambda: "second") == "first"
    assert meta.get("work", "token") == "first"


def test_an_error_in_making_makes_nothing(meta: Meta) -> None:
    def fail() -> str:
        raise OSError("no randomness")

    with pytest.raises(OSError, match="no randomness"):
        meta.get_or_create("work", "token", fail)
    assert meta.get("work", "token") is None


def test_all_threads_get_the_same(meta: Meta) -> None:
    """Everybody finds nothing, makes a value of their own, and gets the one that was first."""
    everybody_makes = threading.Barrier(4)
    found: list[str] = []

    def ask(name: str) -> None:
        def make() -> str:
            everybody_makes.wait(timeout=30)
            return name

        found.append(meta.get_or_create("work", "token", make))

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert set(found) == {meta.get("work", "token")}
