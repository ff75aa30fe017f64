"""Parts that a machine may lack. In CI a test without its part fails; elsewhere it is skipped, aloud."""

import os
from typing import NoReturn

import pytest


def missing(part: str) -> NoReturn:
    """Skip the test that needs the part; fail it in CI, where nothing may be left unproved.

    The end of the run repeats what was skipped for want of a part (`tests/conftest.py`).
    """
    reason = f"there is no {part}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
