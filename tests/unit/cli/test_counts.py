"""One of a thing is called otherwise than several."""

import pytest

from runcast.cli.counts import counted


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 logs"), (1, "1 log"), (2, "2 logs"), (12_345, "12,345 logs")]
)
def test_what_there_is_one_of_has_no_s(count: int, said: str) -> None:
    assert counted(count, "logs") == said
