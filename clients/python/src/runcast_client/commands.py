"""Commands on the way: sent again under the same id on every new connection, until answered."""

import asyncio
from collections.abc import Mapping
from typing import Any

from runcast_client.errors import CommandRefused
from runcast_client.frames import Ack, Refusal


class Commands:
    """The commands of one watch that the server has not answered, in the order they were given."""

    def __init__(self) -> None:
        self._frames: dict[str, Mapping[str, Any]] = {}
        self._answers: dict[str, asyncio.Future[Ack]] = {}

    @property
    def unanswered(self) -> list[Mapping[str, Any]]:
        """The frames to send on a new connection."""
        return list(self._frames.values())

    def add(self, frame: Mapping[str, Any]) -> asyncio.Future[Ack]:
        """Remember a command under its `id`; the future is its answer."""
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._frames[frame["id"]] = frame
        self._answers[frame["id"]] = answer
        return answer

    def settle(self, frame: Ack | Refusal) -> bool:
        """Hand an answer to whoever waits; False if it is for no command of this watch."""
        answer = self.forget(frame.id)
        if answer is None:
            return False
        if isinstance(frame, Ack):
            answer.set_result(frame)
        else:
            answer.set_exception(CommandRefused(frame.code, frame.detail))
        return True

    def forget(self, command_id: str | None) -> asyncio.Future[Ack] | None:
        """Send this command no more; return the future of whoever still waits for its answer."""
        if command_id is None or command_id not in self._frames:
            return None
        del self._frames[command_id]
        answer = self._answers.pop(command_id)
        return None if answer.done() else answer

    def fail(self, error: BaseException) -> None:
        """Tell everyone who waits that no answer will come."""
        for command_id in list(self._frames):
            answer = self.forget(command_id)
            if answer is not None:
                answer.set_exception(error)
