"""The follower: one feed told over many connections, and never an event twice or missing."""

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from clients.python.tests.cases import event, hello
from runcast_client.cursor import After
from runcast_client.errors import SignedOut, WatchRefused
from runcast_client.follower import Follower, Reaction, Return
from runcast_client.frames import Events, Gap, Hello, Interrupted, read_frame


def react(follower: Follower, document: dict[str, Any]) -> Reaction:
    frame = read_frame(document)
    assert frame is not None
    return follower.react(frame)


def events(*seqs: int, kind: str = "log") -> dict[str, Any]:
    return {"type": "events", "events": [{**event(seq), "kind": kind} for seq in seqs]}


def closed(follower: Follower, code: int) -> Return | None:
    return follower.closed(code, "", lambda: 1.0)


def test_the_hello_tells_the_execution_and_the_heartbeat() -> None:
    follower = Follower(0)
    react(follower, {**hello(3), "heartbeat": 5})
    assert follower.execution is not None
    assert (follower.execution.id, follower.state, follower.heartbeat) == ("e1", "running", 5.0)


def test_events_newer_than_the_snapshot_move_the_state() -> None:
    follower = Follower(0)
    react(follower, hello(0))
    react(follower, events(1, kind="execution.waiting"))
    assert follower.state == "waiting"
    react(follower, events(2, kind="execution.resumed"))
    assert follower.state == "queued"


def test_a_backlog_does_not_turn_the_state_back() -> None:
    follower = Follower(0)
    react(follower, {**hello(2), "execution": {"id": "e1", "state": "succeeded"}})
    react(follower, events(1, kind="execution.queued"))
    assert follower.state == "succeeded"


def test_the_lag_is_what_the_server_said_until_it_is_caught_up() -> None:
    follower = Follower(0)
    react(follower, hello(0))
    react(follower, {"type": "lag", "behind": 5000})
    assert follower.lag == 5000
    react(follower, {"type": "caught_up", "seq": 0})
    assert follower.lag == 0


def test_a_ping_is_answered_and_not_handed_on() -> None:
    assert react(Follower(0), {"type": "ping"}) == Reaction(answer=True)


def test_a_pong_is_only_a_sign_of_life() -> None:
    assert react(Follower(0), {"type": "pong"}) == Reaction()


def test_an_expiring_credential_asks_for_its_renewal() -> None:
    assert react(Follower(0), {"type": "auth_expiring", "expires_in": 60}).renew


def test_a_hole_hands_on_what_came_before_it() -> None:
    follower = Follower(0)
    reaction = react(follower, events(1, 3))
    assert isinstance(reaction.deliver, Events)
    assert [one.seq for one in reaction.deliver.events] == [1]
    assert reaction.broken is not None


def test_a_final_code_is_raised_with_its_reason() -> None:
    with pytest.raises(WatchRefused, match="no such execution") as refused:
        Follower(0).closed(4404, "no such execution", lambda: 1.0)
    assert refused.value.code == 4404


def test_a_second_4401_without_progress_signs_out() -> None:
    follower = Follower(0)
    assert closed(follower, 4401) == Return(0.0, renew=True)
    with pytest.raises(SignedOut):
        closed(follower, 4401)


class ManyConnections(RuleBasedStateMachine):
    """A server that keeps the contract over connections that break anywhere."""

    @initialize(
        after=st.one_of(st.integers(0, 4), st.just("latest")),
        head=st.integers(4, 9),
        pruned=st.integers(0, 3),
    )
    def begin(self, after: After, head: int, pruned: int) -> None:
        self.head = head
        self.pruned = pruned
        self.follower = Follower(after)
        self.start: int | None = None if after == "latest" else after
        self.told: list[int] = []
        self.sent: int | None = None

    @rule()
    def connect(self) -> None:
        after = self.follower.cursor.after
        self.sent = self.head if after == "latest" else after
        self.take(hello(self.head))
        if self.start is None:
            self.start = self.head

    @rule(count=st.integers(1, 3), again=st.integers(0, 3))
    def send(self, count: int, again: int) -> None:
        """Send what comes next, after some of what was sent before; tell first what is pruned."""
        if self.sent is None:
            return
        if self.sent < self.pruned:
            self.take({"type": "gap", "from": self.sent + 1, "to": self.pruned})
            self.sent = self.pruned
        last = min(self.sent + count, self.head)
        first = max(self.sent + 1 - again, self.pruned + 1, 1)
        self.take(events(*range(first, last + 1)))
        self.sent = max(self.sent, last)

    @rule()
    def grow(self) -> None:
        self.head += 1

    @rule(code=st.sampled_from([1001, 1006, 1012, 4508, 4529, 3333]))
    def lose(self, code: int) -> None:
        self.sent = None
        assert isinstance(closed(self.follower, code), Return)

    def take(self, document: dict[str, Any]) -> None:
        reaction = react(self.follower, document)
        assert reaction.broken is None
        match reaction.deliver:
            case Events(found):
                self.told += [one.seq for one in found]
            case Gap(first, last):
                self.told += range(first, last + 1)
            case Hello() | None:
                pass
            case Interrupted():
                raise AssertionError("a follower interrupts nothing")

    @invariant()
    def everything_is_told_once_in_order(self) -> None:
        if self.start is not None:
            assert self.told == list(range(self.start + 1, self.start + 1 + len(self.told)))


TestManyConnections = ManyConnections.TestCase
