"""Run the benchmarks named, or all of them: `python -m benchmarks [--postgres] [NAME …]`."""

import sys

from benchmarks import (
    delivery,
    executions,
    executions_http,
    idle_watchers,
    item_reads,
    starting,
    takeover,
)

BENCHMARKS = {
    "starting": starting.main,
    "executions": executions.main,
    "executions_http": executions_http.main,
    "delivery": delivery.main,
    "takeover": takeover.main,
    "idle_watchers": idle_watchers.main,
    "item_reads": item_reads.main,
}
# These say something of SQLite alone.
ON_SQLITE = {"starting", "idle_watchers", "item_reads"}


def main(arguments: list[str]) -> None:
    """Run each and print what it measured."""
    kind = "postgres" if "--postgres" in arguments else "sqlite"
    names = [name for name in arguments if name != "--postgres"]
    everything = [name for name in BENCHMARKS if kind == "sqlite" or name not in ON_SQLITE]
    for name in names or everything:
        print(f"\n{name}")
        BENCHMARKS[name](kind)


if __name__ == "__main__":
    main(sys.argv[1:])
