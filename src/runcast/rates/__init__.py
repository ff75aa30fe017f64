"""How often each one has asked: counted in this process, and shared over Redis where there is one."""

from runcast.rates.rates import Rates, Standing, Verdict
from runcast.rates.shared import SharedCounts
from runcast.rates.whose import account, network

__all__ = ["Rates", "SharedCounts", "Standing", "Verdict", "account", "network"]
