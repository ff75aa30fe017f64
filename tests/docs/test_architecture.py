"""ARCHITECTURE.md names every room and every floor, and none that is not there."""

import re
import tomllib

from tests.tools.markdown import ROOT, blocks, rows

ARCHITECTURE = ROOT / "ARCHITECTURE.md"
PACKAGE = ROOT / "src/runcast"


def test_every_room_is_named() -> None:
    named = {
        name.rstrip("/")
        for row in rows(ARCHITECTURE, "Rooms")
        for name in re.findall(r"`([^`]+)`", row[0])
        if "/" not in name.rstrip("/")
    }
    rooms = {
        path.name
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert named == rooms


def test_the_floors_are_those_that_the_import_check_holds() -> None:
    (drawing,) = blocks(ARCHITECTURE, "text")
    told = [set(line.split()) for line in drawing.text.splitlines()]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    floors = [set(floor.split(" | ")) for floor in settings["contracts"][0]["layers"]]
    assert told == floors


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text()
    for record in folder.glob("0*.md"):
        title = record.read_text().splitlines()[0]
        number = int(record.name[:4])
        assert title.startswith(f"# {number}. ")
        assert f"{number}. [" in index
        assert f"]({record.name})" in index
