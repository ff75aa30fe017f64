"""What is wrong after everything was broken and mended: tables, logs, watchers and effects compared."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.faults.proof import expected
from tests.faults.proof.replay import disagreements, replay
from tests.faults.proof.sending import Sent
from tests.faults.proof.watching import Seen
from tests.tools.cluster import Cluster
from tests.tools.counted import check_laws, counted

Event = dict[str, Any]
_ROWS = "SELECT * FROM executions ORDER BY id"
_EVENTS = "SELECT execution_id, seq, payload FROM events ORDER BY execution_id, seq"
# What asyncpg forgets of a connection that breaks while it opens, and asyncio of one that comes in while
# the process ends.
_NOISE = ("unexpected connection_lost() call", "_accept_connection2")
# What no fault excuses.
_DEFECTS = re.compile(
    r"could not be seen through|AssertionError|never retrieved|never awaited|a listener failed"
    r"|TypeError|AttributeError|KeyError|ValueError: an execution|RuntimeError: Task got bad yield"
    r"|UniqueViolation|DeadlockDetected|Exception in callback|was destroyed but it is pending"
)


@dataclass(frozen=True, slots=True)
class Effect:
    """A line that a step left outside the database."""

    execution_id: str
    key: str
    attempt: int
    tried: int
    pid: int


@dataclass(frozen=True, slots=True)
class Found:
    """The database as it is at the end."""

    rows: dict[str, Mapping[str, Any]]
    payloads: dict[str, list[str]]
    logs: dict[str, list[Event]]


async def read(cluster: Cluster) -> Found:
    """Return all executions and all logs."""
    rows = {str(row["id"]): row for row in await cluster.fetch(_ROWS)}
    payloads: dict[str, list[str]] = defaultdict(list)
    for row in await cluster.fetch(_EVENTS):
        payloads[str(row["execution_id"])].append(row["payload"])
    logs = {id_: [orjson.loads(p) for p in texts] for id_, texts in payloads.items()}
    return Found(rows, payloads, logs)


def effects(folders: Iterable[Path]) -> dict[str, list[Effect]]:
    """Return what the steps of each execution left in the workers' folders."""
    left: dict[str, list[Effect]] = defaultdict(list)
    for folder in folders:
        path = folder / "effects.txt"
        for line in path.read_text().splitlines() if path.exists() else ():
            execution_id, key, attempt, tried, _moment, pid = line.split()
            effect = Effect(execution_id, key, int(attempt), int(tried), int(pid))
            left[execution_id].append(effect)
    return left


def of_executions(found: Found, left: Mapping[str, Sequence[Effect]]) -> list[str]:
    """Return what is wrong with single executions."""
    wrong = []
    for id_, row in found.rows.items():
        events = found.logs.get(id_, [])
        said = [*disagreements(row, events), *_laws(events), *_outcome(row, events)]
        said += [*steps(events, left.get(id_, ())), *_children(found, id_, events)]
        wrong += [f"{row['handler']} {id_}: {what}" for what in said]
    return wrong


def of_starts(found: Found, started: Sequence[str]) -> list[str]:
    """Return what is wrong with what was started: nothing twice, nothing that nobody asked for."""
    roots = {id_ for id_, row in found.rows.items() if row["parent_id"] is None}
    wrong = [f"{id_} was started under two keys" for id_, n in Counter(started).items() if n > 1]
    wrong += [f"{id_} was acked, and is not there" for id_ in set(started) - roots]
    return wrong + [f"{id_} is there, and was acked to nobody" for id_ in roots - set(started)]


def of_messages(found: Found, sent: Sequence[Sent]) -> list[str]:
    """Return what is wrong with answers and signals: acked ones are there once, refused ones never."""
    there: Counter[tuple[str, str, str]] = Counter()
    for id_, events in found.logs.items():
        for event in events:
            if event["kind"] in {"answer", "signal"}:
                token = event["data"]["value" if event["kind"] == "answer" else "data"]
                there[id_, event["kind"], token] += 1
    wrong = []
    for one in sent:
        if one.what != "cancel":
            times = there.pop((one.execution_id, one.what, one.token), 0)
            allowed = {200: {1}, None: {0, 1}}.get(one.status, {0})
            if times not in allowed:
                wrong.append(f"{one} is {times} times in the log")
    return wrong + [f"nobody sent {unknown}" for unknown in there]


def of_watchers(found: Found, watched: Sequence[Seen]) -> list[str]:
    """Return what is wrong with what watchers got."""
    return [what for seen in watched for what in seen.violations(found.payloads[seen.execution_id])]


def of_nodes(cluster: Cluster) -> list[str]:
    """Return what nodes wrote that no fault excuses."""
    return [
        f"{node.name} wrote: {line[:300]}"
        for node in cluster.nodes.values()
        for line in node.errors().splitlines()
        if _DEFECTS.search(line) and not any(noise in line for noise in _NOISE)
    ]


def _laws(events: Sequence[Event]) -> list[str]:
    try:
        check_laws(events)
    except AssertionError as error:
        return [f"a law of the log is broken: {error}"]
    return []


def _outcome(row: Mapping[str, Any], events: Sequence[Event]) -> list[str]:
    handler, parts = row["handler"], orjson.loads(row["input"]).get("parts", 5)
    wanted = expected.state_of(handler)
    if row["state"] != wanted:
        return [f"it ended {row['state']}, not {wanted}: {row['error']}"]
    said = [
        (data["what"], data["n"], step) for kind, data, step in counted(events) if kind == "said"
    ]
    result = None if row["result"] is None else orjson.loads(row["result"])
    wrong = [expected.wrong_words(handler, parts, said)]
    wrong.append(expected.wrong_result(handler, parts, result, events))
    return [what for what in wrong if what is not None]


def steps(events: Sequence[Event], left: Sequence[Effect]) -> list[str]:
    """Return what is wrong with steps: run again only where a claim was cut short, never once done."""
    wrong = []
    ran = Counter((e.key, e.attempt, e.tried) for e in left)
    wrong += [f"step {key} ran {n} times" for key, n in ran.items() if n > 1]
    cuts = replay(events).cuts
    for key, times in Counter(e.key for e in left if e.tried == 1).items():
        if times > 1 + cuts:
            wrong.append(f"step {key} was begun {times} times, with {cuts} claims cut short")
    for event in events:
        if event["kind"] == "step.succeeded" and "of" not in event["data"]:
            wrong += _one_step(event, left)
    return wrong


def _one_step(succeeded: Event, left: Sequence[Effect]) -> list[str]:
    key, attempt = succeeded["data"]["key"], succeeded["attempt"]
    attempts = [e.attempt for e in left if e.key == key]
    wrong = [] if attempt in attempts else [f"step {key} succeeded and never ran in {attempt}"]
    late = [n for n in attempts if n > attempt]
    return wrong + [f"step {key} succeeded in {attempt}, and ran again in {n}" for n in late]


def _children(found: Found, id_: str, events: Sequence[Event]) -> list[str]:
    told = [e["data"] for e in events if e["kind"] == "child.started"]
    keys = [data["key"] for data in told]
    there = {c for c, row in found.rows.items() if str(row["parent_id"]) == id_}
    wrong = [] if len(keys) == len(set(keys)) else [f"children were started twice: {keys}"]
    if {data["execution_id"] for data in told} != there:
        wrong.append(f"the log tells of other children than there are: {told}, {there}")
    return wrong
