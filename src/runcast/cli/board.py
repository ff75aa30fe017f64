"""The live lines below what a watch prints: progress, the steps that run, metrics, the connection."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from runcast.cli.terminal_text import one_line
from runcast_client import CaughtUp, End, Event, Events, Frame, Hello, Interrupted, Lag

STEPS_SHOWN = 6
LABEL_WIDTH = 28
BAR_WIDTH = 24


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is; without a `total` nobody knows how far it has to go."""

    done: float = 0
    total: float | None = None
    message: str = ""

    @property
    def counts(self) -> str:
        """The numbers beside the bar."""
        if not self.total:
            return f"{self.done:g}" if self.done else ""
        return f"{self.done:g}/{self.total:g}  {100 * self.done / self.total:.0f} %"


class Board:
    """What is true now, as far as the frames have told. Rich renders it."""

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self.steps: dict[str, Progress] = {}
        self.metrics: dict[str, Any] = {}
        self.handler = ""
        self.note = "connecting"

    def take(self, frame: Frame) -> None:
        """Take in a frame."""
        match frame:
            case Events():
                for event in frame.events:
                    self._take_event(event)
            case Hello():
                self.handler = one_line(str(frame.execution.handler))
                self.note = ""
            case Interrupted():
                self.note = "reconnecting"
            case Lag():
                self.note = f"behind by {frame.behind} events"
            case CaughtUp() | End():
                self.note = ""

    def _take_event(self, event: Event) -> None:
        data = event.data
        match event.kind:
            case "progress":
                self._take_progress(event.step, data)
            case "metric":
                self.metrics.update(data["values"])
            case "step.started":
                self.steps[data["key"]] = Progress()
            case "step.succeeded" | "step.failed":
                self.steps.pop(data["key"], None)
            case kind if kind.startswith("execution."):
                # Whatever ran before it runs no more: a takeover, a retry, the end.
                self.steps.clear()

    def _take_progress(self, step: str | None, data: dict[str, Any]) -> None:
        progress = Progress(data["done"], data["total"], one_line(data["message"] or ""))
        if step is None:
            self.progress = progress
        elif step in self.steps:
            self.steps[step] = progress

    def __rich__(self) -> RenderableType:
        """Return the bars, then the metrics, then the note."""
        return Group(self._bars(), *self._texts())

    def _bars(self) -> Table:
        bars = Table.grid(
            Column(min_width=LABEL_WIDTH, no_wrap=True),
            Column(min_width=BAR_WIDTH),
            Column(ratio=1, no_wrap=True, overflow="ellipsis"),
            padding=(0, 1),
            expand=True,
        )
        if self.progress is not None:
            bars.add_row(*_row(self.handler, self.progress, "bold"))
        for key, progress in list(self.steps.items())[:STEPS_SHOWN]:
            bars.add_row(*_row(_ending(one_line(key)), progress, "dim"))
        return bars

    def _texts(self) -> Iterator[Text]:
        hidden = len(self.steps) - STEPS_SHOWN
        if hidden > 0:
            yield Text(f"  and {hidden} steps more", style="dim")
        if self.metrics:
            told = (f"{one_line(name)} {value:g}" for name, value in self.metrics.items())
            yield Text("   ".join(told), style="cyan", no_wrap=True, overflow="ellipsis")
        if self.note:
            yield Text(self.note, style="yellow")


def _row(label: str, progress: Progress, style: str) -> tuple[RenderableType, ...]:
    bar = ProgressBar(total=progress.total, completed=progress.done, width=BAR_WIDTH)
    numbers = f"{progress.counts}  {progress.message}".strip()
    return Text(label, style=style), bar, Text(numbers, style=style)


def _ending(key: str) -> str:
    """Return the end of a key, which tells it from its neighbours where keys are paths."""
    room = LABEL_WIDTH - 3
    return f"  {key}" if len(key) <= room else f"  …{key[-room:]}"
