"""`runcast run`, where it refuses before it asks any server."""

import pytest
from typer.testing import CliRunner

from runcast.cli import app


@pytest.mark.parametrize("text", ["{", "NaN", "{'a': 1}", ""])
def test_what_is_no_json_is_refused(text: str) -> None:
    done = CliRunner().invoke(app, ["run", "any", "--input", text])
    assert done.exit_code == 2
    assert "no JSON" in done.stderr
