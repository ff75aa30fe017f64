"""How long `runcast serve` takes until it answers: on an empty folder, and again on what it made."""

import tempfile
from pathlib import Path

from benchmarks.processes import ROOT, runcast

APP = ROOT / "examples" / "quickstart.py"


def main(_kind: str) -> None:
    """Start twice in one folder and print both times."""
    with tempfile.TemporaryDirectory() as name:
        for what in ("first start (makes secret and schema)", "second start"):
            with runcast(APP, Path(name)) as served:
                print(f"{what:<40} {served.start_seconds:6.2f} s")
