"""Run a peer that has a venv of its own on the same PostgreSQL that Runcast is measured on.

.venv/bin/python -m benchmarks.peers PYTHON NAME
"""

import subprocess
import sys
from pathlib import Path

from benchmarks.databases import database


def main(python: str, name: str) -> None:
    """Start a PostgreSQL, and run the peer's script with its own Python."""
    script = Path(__file__).with_name(f"{name}.py")
    with database("postgres") as measured:
        subprocess.run([python, script, measured.url], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
