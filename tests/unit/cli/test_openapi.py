"""`runcast openapi`."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from runcast.cli import app

OWN = "from runcast import Runcast\napp = Runcast(title='Mine')\n"


@pytest.mark.parametrize(("own", "title"), [(True, "Mine"), (False, "Runcast")])
def test_it_prints_the_description_and_touches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool, title: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_described_app.py").write_text(OWN)
    done = CliRunner().invoke(app, ["openapi", *(["my_described_app.py"] if own else [])])
    assert done.exit_code == 0, done.output
    description = orjson.loads(done.stdout)
    assert description["info"]["title"] == title
    assert "/api/executions" in description["paths"]
    assert not (tmp_path / "runcast-data").exists()
