"""What can be written to a log. A unit is a pure change: it is given the locked row and either
refuses, having changed nothing, or extends the draft. Each stands alone in its group."""

from runcast.services.event_log.units.claims import Claimed, claim, recover, wake
from runcast.services.event_log.units.held import (
    Append,
    Finish,
    Held,
    Park,
    Requeue,
    StartChild,
)
from runcast.services.event_log.units.said import (
    ExpireQuestion,
    OpenQuestion,
    Said,
    StepResult,
)
from runcast.services.event_log.units.sent import Answer, RequestCancel, Signal
from runcast.services.event_log.units.start import CopiedStep, Start
from runcast.services.event_log.units.unit import CommandKey, Unit

__all__ = [
    "Answer",
    "Append",
    "Claimed",
    "CommandKey",
    "CopiedStep",
    "ExpireQuestion",
    "Finish",
    "Held",
    "OpenQuestion",
    "Park",
    "RequestCancel",
    "Requeue",
    "Said",
    "Signal",
    "Start",
    "StartChild",
    "StepResult",
    "Unit",
    "claim",
    "recover",
    "wake",
]
