"""The log as watchers receive it: shared buffers, and cursors into them."""

from runcast.feeds.batch import Batch
from runcast.feeds.feed import Feed
from runcast.feeds.feeds import Feeds
from runcast.feeds.follower import CaughtUp, End, Follower, Gap, Lagging, Portion
from runcast.feeds.guard import Guard, Guarded
from runcast.feeds.places import Places, holder

__all__ = [
    "Batch",
    "CaughtUp",
    "End",
    "Feed",
    "Feeds",
    "Follower",
    "Gap",
    "Guard",
    "Guarded",
    "Lagging",
    "Places",
    "Portion",
    "holder",
]
