"""Run the benchmarks named, or all of them."""

import sys

from benchmarks import delivery, idle_watchers, item_reads, starting

BENCHMARKS = {
    "starting": starting.main,
    "delivery": delivery.main,
    "idle_watchers": idle_watchers.main,
    "item_reads": item_reads.main,
}


def main(names: list[str]) -> None:
    """Run each and print what it measured."""
    for name in names or list(BENCHMARKS):
        print(f"\n{name}")
        BENCHMARKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
