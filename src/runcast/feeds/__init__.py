"""The log as watchers receive it: shared buffers, and cursors into them."""

from runcast.feeds.feed import Feed
from runcast.feeds.feeds import Feeds
from runcast.feeds.follower import Batch, CaughtUp, End, Follower, Lagging, Portion

__all__ = ["Batch", "CaughtUp", "End", "Feed", "Feeds", "Follower", "Lagging", "Portion"]
