"""Samples: the newest of somebody, of a team or of all, and how long those took."""

from datetime import timedelta

from runcast.database import Database
from runcast.lifecycle import State
from runcast.services import samples
from runcast.services.permissions import Role
from runcast.services.samples import Durations, Newest, Sampled, Timed, Whose, durations
from tests.tools.histories import add_executions
from tests.tools.rows import MOMENT, add_user
from tests.tools.teams import add_team


async def test_a_sample_is_of_one_handler_on_demand(database: Database) -> None:
    mine, newest = await add_user(database), Newest(3)
    team_id = await add_team(database, (mine, Role.OWNER))
    await add_executions(database, mine, {"state": "failed", "handler": "y", "team_id": team_id})
    queued = [{"state": "queued", "handler": name} for name in "yxyxy"]
    await add_executions(database, mine, *queued)
    for whose, handler, number, complete in (
        (Whose(mine), "y", 3, False),
        (Whose(mine), "x", 2, True),
        (Whose(mine, team_id), "y", 1, True),
        (Whose(mine, team_id), "x", 0, True),
        (None, "x", 1, False),
    ):
        rows = await newest.read(database, whose, handler)
        found = samples.sampled(rows, handler=handler, limit=newest.limit)
        assert (len(found.timed), found.complete) == (number, complete)


def test_a_sample_says_since_when() -> None:
    first, second = (Timed(State.QUEUED, MOMENT + timedelta(n), MOMENT, None, None) for n in (1, 2))
    assert Sampled([second, first], complete=True).since == first.created_at
    assert Sampled([], complete=True).since is None


def test_durations_are_of_what_has_begun_and_ended() -> None:
    end = MOMENT + timedelta(seconds=3)
    times = [(MOMENT, end), (MOMENT, None), (None, end)]
    timed = [Timed(State.FAILED, MOMENT, MOMENT, *each) for each in times]
    assert durations(timed) == Durations(1, 3.0, 3.0)
    assert durations([]) == Durations(0, None, None)
