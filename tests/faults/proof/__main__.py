"""`python -m tests.faults.proof --seeds 1-200`: a series of seeds, one line each, that can be resumed."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from tests.faults.proof.run import Outcome, run_seed
from tests.faults.proof.schedule import Schedule, schedule
from tests.tools.cluster import DurableServer, durable_server

SEED_SECONDS = 400.0


def main() -> None:
    """Run the seeds that have no result yet; the exit status is 1 if any has failed."""
    options = _parser().parse_args()
    # In the background a shell lets what it starts ignore interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # As an interrupt, so that what was started is ended on this way too.
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    results = _read(options.resume)
    with durable_server() as server:
        for seed in _seeds(options.seeds):
            if str(seed) in results:
                continue
            planned = schedule(
                seed, executions=options.executions, faults=options.faults, seconds=options.seconds
            )
            print(planned, flush=True)
            outcome = _run(planned, server, options.logs)
            results[str(seed)] = {"violations": outcome.violations, "figures": outcome.figures}
            options.resume.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
            print(_line(outcome, options.logs), flush=True)
    red = [seed for seed, result in results.items() if result["violations"]]
    print(
        f"{len(results) - len(red)} of {len(results)} seeds are green; red: {', '.join(red) or 'none'}"
    )
    sys.exit(bool(red))


def _run(planned: Schedule, server: DurableServer, logs: Path) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix=f"runcast-seed-{planned.seed}-"))
    try:
        outcome = asyncio.run(_bounded(planned, server, folder))
    except Exception as error:  # noqa: BLE001 - a seed that cannot be run is red, and the next one runs
        traceback.print_exc()
        outcome = Outcome(planned.seed, [f"it could not be run: {error!r}"])
        server.server.kill()
        server.start()
    if not outcome.is_green:
        kept = logs / f"seed-{planned.seed}"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept)
        (kept / "schedule.txt").write_text(f"{planned}\n")
        (kept / "violations.txt").write_text("\n".join(outcome.violations))
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


async def _bounded(planned: Schedule, server: DurableServer, folder: Path) -> Outcome:
    async with asyncio.timeout(SEED_SECONDS):
        return await run_seed(planned, server, folder)


def _line(outcome: Outcome, logs: Path) -> str:
    figures = ", ".join(f"{name} {value:.0f}" for name, value in outcome.figures.items())
    said = "green" if outcome.is_green else f"RED, see {logs / f'seed-{outcome.seed}'}"
    wrong = "".join(f"\n    {what[:400]}" for what in outcome.violations[:10])
    return f"{time.strftime('%H:%M:%S')} seed {outcome.seed}: {said} ({figures}){wrong}\n"


def _read(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = orjson.loads(path.read_bytes()) if path.exists() else {}
    return found


def _seeds(text: str) -> Iterable[int]:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.proof", description=__doc__)
    parser.add_argument("--seeds", default="1-200", help="7, or 1-200")
    parser.add_argument("--resume", type=Path, default=Path("runcast-proof/results.json"))
    parser.add_argument("--logs", type=Path, default=Path("runcast-proof"))
    parser.add_argument("--executions", type=int, default=120)
    parser.add_argument("--faults", type=int, default=14)
    parser.add_argument("--seconds", type=float, default=14.0, help="how long things break")
    return parser


if __name__ == "__main__":
    main()
