"""What was chosen for lists of a shape: the last word of each profile, and not for ever more."""

from __future__ import annotations

from datetime import datetime

import pytest

from mitto_tui.storage.database import Database
from mitto_tui.storage.list_shapes import ListShapes, RememberedShape

from .builders import at


@pytest.fixture
def shapes(database: Database) -> ListShapes:
    return ListShapes(database)


def test_the_last_choices_for_a_shape_are_given_back(shapes: ListShapes, database: Database) -> None:
    choices = {"encoding": "windows-1252", "header": None, "column": 2, "refuse": ["voip"], "name": "Zoë \ud83d"}
    shapes.remember("work", "name;phöne\x00\udc00", {"encoding": "utf-8"}, at(1))
    shapes.remember("work", "name;phöne\x00\udc00", choices, at(3))
    shapes.remember("other", "name;phöne\x00\udc00", {}, at(2))
    again = ListShapes(database)
    assert again.get("work", "name;phöne\x00\udc00") == RememberedShape(choices, at(3))
    assert again.get("other", "name;phöne\x00\udc00") == RememberedShape({}, at(2))
    assert again.get("work", "name;phone") is None


def test_forgetting_one_leaves_the_others(shapes: ListShapes) -> None:
    for profile, shape in (("work", "a"), ("work", "b"), ("other", "a")):
        shapes.remember(profile, shape, {"of": profile}, at(1))
    shapes.forget("work", "a")
    shapes.forget("work", "a")
    assert shapes.get("work", "a") is None
    assert shapes.get("work", "b") == RememberedShape({"of": "work"}, at(1))
    assert shapes.get("other", "a") == RememberedShape({"of": "other"}, at(1))


def test_the_newest_500_of_a_profile_are_kept(shapes: ListShapes, database: Database) -> None:
    shapes.remember("other", "1", {}, at(0))
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO list_shapes WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
            "SELECT 'work', i, '{}', 1000000 * (10000 + i) FROM n"
        )
    early = at(-2 * 10**9)  # a clock that was set back
    shapes.remember("work", "new", {"a": 1}, early)
    assert shapes.get("work", "new") == RememberedShape({"a": 1}, early)
    assert shapes.get("work", "1") is None  # the oldest
    assert shapes.get("work", "2") is not None
    shapes.remember("work", "2", {"a": 2}, at(10**6))
    shapes.remember("work", "newer", {}, at(10**6))
    assert [shapes.get("work", shape) is None for shape in ("new", "2", "3", "500")] == [True, False, False, False]
    assert shapes.get("other", "1") is not None
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM list_shapes").scalar_one() == 501


def test_a_time_without_a_zone_is_refused(shapes: ListShapes) -> None:
    with pytest.raises(ValueError, match="aware"):
        shapes.remember("work", "a", {}, datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    assert shapes.get("work", "a") is None
