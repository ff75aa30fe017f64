"""What a client says on a socket."""

import pytest

from runcast.websocket.incoming import Refused, receive_text
from tests.tools.wires import accepted


async def test_binary_and_text_that_is_too_large_are_refused() -> None:
    socket = await accepted()
    socket.coming.put_nowait({"type": "websocket.receive", "bytes": b"{}"})
    socket.say("é" * (2**19) + "x")
    socket.say("é" * (2**19))
    for code in (4400, 4413):
        with pytest.raises(Refused) as refused:
            await receive_text(socket.websocket)
        assert refused.value.close_code == code
    assert len(await receive_text(socket.websocket)) == 2**19
