"""Events that go out together."""

from runcast import frames
from runcast.feeds.batch import Batch
from runcast.services.event_views import Encoded


def test_its_messages_are_built_once_for_each_view() -> None:
    batch = Batch([Encoded(4, b"{4}", b"{}"), Encoded(5, b"{5}", b"{5}")])
    assert (batch.first, batch.last) == (4, 5)
    full, public = batch.message(public=False), batch.message(public=True)
    assert full.payload == frames.events([b"{4}", b"{5}"])
    assert public.payload == frames.events([b"{}", b"{5}"])
    assert batch.message(public=False) is full
    assert batch.message(public=True) is public
