"""The systemd units: read by systemd where it is, their commands by the command line."""

import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.tools import commands
from tests.tools.markdown import ROOT

UNITS = sorted((ROOT / "packaging/systemd").glob("*.service"))
RUNCAST = "/opt/runcast/bin/runcast"


def read(unit: Path) -> ConfigParser:
    """Return a unit's sections."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(unit.read_text())
    return parser


def test_there_is_one_for_the_api_and_one_for_workers() -> None:
    assert [unit.name for unit in UNITS] == ["runcast-api@.service", "runcast-worker@.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_it_starts_is_a_command_that_exists(unit: Path) -> None:
    line = read(unit)["Service"]["ExecStart"]
    assert line.startswith(f"{RUNCAST} ")
    commands.check(line.replace(RUNCAST, "runcast").replace("%i", "8000"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_is_asked_to_stop_with_time_to_do_so_and_may_do_little_else(unit: Path) -> None:
    service = read(unit)["Service"]
    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) >= 20
    assert service["User"] != "root"
    hardened = ("NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp")
    assert [service[name] for name in hardened] == ["yes", "strict", "yes", "yes"]
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_it(unit: Path, tmp_path: Path) -> None:
    runcast = str(Path(sys.executable).with_name("runcast"))
    (tmp_path / unit.name).write_text(unit.read_text().replace(RUNCAST, runcast))
    instance = tmp_path / unit.name.replace("@", "@8000")
    checked = subprocess.run(
        ["systemd-analyze", "verify", instance],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
