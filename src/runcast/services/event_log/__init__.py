"""The heart: one ordered, durable log per execution, and the only writer of events.

`units` says what can be written, each unit a pure change of one execution's row and log; `sqlite` and
`postgres` carry a group of jobs through one transaction; `writer` forms the groups; `reader` reads.
"""

from runcast.services.event_log.reader import LogPage, LogReader
from runcast.services.event_log.row import Appended, LoggedEvent, NewEvent
from runcast.services.event_log.writer import Entry, EventLog, Source

__all__ = [
    "Appended",
    "Entry",
    "EventLog",
    "LogPage",
    "LogReader",
    "LoggedEvent",
    "NewEvent",
    "Source",
]
