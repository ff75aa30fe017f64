"""One seed of the proof, smaller than the two hundred of `make proof`."""

from pathlib import Path

import pytest

from tests.faults.proof.run import run_seed
from tests.faults.proof.schedule import schedule
from tests.tools.cluster import DurableServer


@pytest.mark.timeout(300)
async def test_a_broken_cluster_loses_and_doubles_nothing(
    durable: DurableServer, tmp_path: Path
) -> None:
    planned = schedule(1, executions=30, faults=5, seconds=6.0)
    outcome = await run_seed(planned, durable, tmp_path)
    assert outcome.violations == [], f"{planned}\n{(tmp_path / 'faults.txt').read_text()}"
    assert outcome.figures["executions"] >= 30


def test_a_seed_plans_the_same_each_time() -> None:
    plans = [schedule(7, executions=30, faults=10, seconds=10.0) for _ in range(2)]
    assert plans[0] == plans[1]
    assert plans[0] != schedule(8, executions=30, faults=10, seconds=10.0)
