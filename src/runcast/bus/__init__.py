"""The doorbell between processes: "execution X has grown to 41". It may lose, it never lies.

Nothing is decided by what rings: whoever hears it looks into the database, and whoever hears nothing
looks there once a second.
"""

from runcast.bus.base import Bus, Ring
from runcast.bus.memory import MemoryBus, MemoryHub
from runcast.bus.redis import RedisBus

__all__ = ["Bus", "MemoryBus", "MemoryHub", "RedisBus", "Ring"]
