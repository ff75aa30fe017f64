"""Parts that a machine may lack. In CI a test without its part fails; elsewhere it is skipped, aloud."""

import os
from typing import NoReturn

import pytest

MISSING = "missing on this machine: "


def missing(part: str) -> NoReturn:
    """Skip the test that needs the part; fail it in CI, where nothing may be left unproved."""
    if os.environ.get("CI"):
        pytest.fail(f"{MISSING}{part}")
    pytest.skip(f"{MISSING}{part}")


def lacking(reasons: list[str]) -> list[str]:
    """Return the parts among the reasons for which tests were skipped, each once."""
    named = {reason.partition(MISSING)[2] for reason in reasons if MISSING in reason}
    return sorted(named)
