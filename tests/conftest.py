"""What holds for all tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No test reaches the keyring of whoever runs it; those that need one bring their own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# Machines are busy when tests run in parallel: an example that took long says nothing about the code.
# Where a change is let in or not, the same examples are tried each time; everywhere else new ones.
settings.register_profile(
    "project",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    database=None,
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("project")
