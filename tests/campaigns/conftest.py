"""What several of these tests use: a warm program to begin lives of, and a desk in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

if os.name == "posix":
    from tests.campaigns.lives import Lives, warm_program
else:
    collect_ignore_glob = ["test_*.py"]

from tests.campaigns.desk import Desk


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    with warm_program() as lives:
        yield lives


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as desk:
        yield desk
