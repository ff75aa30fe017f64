"""docs/settings.md names every setting and its default, and no other."""

from typing import Any

from pydantic_core import PydanticUndefined

from runcast.settings import Settings
from tests.tools.markdown import ROOT, rows

SETTINGS = ROOT / "docs/settings.md"


def _shown(default: Any) -> str:
    assert default is not PydanticUndefined
    return f"`{default}`"


def test_every_setting_stands_there_with_its_default() -> None:
    told = {row[0]: row[1] for row in rows(SETTINGS, "Settings")}
    real = {
        f"`RUNCAST_{name.upper()}`": _shown(field.default)
        for name, field in Settings.model_fields.items()
    }
    special = {"`()`": "none", "`None`": "none"}
    shown = {name: special.get(default, default) for name, default in real.items()}
    assert told == shown | {"`RUNCAST_SECRET_KEY`": "made"}


def test_every_setting_is_told_with_a_reason() -> None:
    assert all(len(row) == 3 and len(row[2]) > 20 for row in rows(SETTINGS, "Settings"))
