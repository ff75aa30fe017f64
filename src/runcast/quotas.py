"""How often one may ask for what: the policies by name, their defaults, and the grammar of the setting. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from limits import parse_many

REQUESTS = "requests"
ANONYMOUS = "anonymous"
SIGN_IN = "sign-in"
SIGN_IN_ADDRESS = "sign-in-address"
SIGN_IN_ACCOUNT = "sign-in-account"
ATTEMPTS = "attempts"
ACCOUNTS = "accounts"
DEFAULTS: dict[str, str] = {
    REQUESTS: "6000/minute",
    ANONYMOUS: "1200/minute",
    SIGN_IN: "10/minute; 60/hour",
    SIGN_IN_ADDRESS: "60/minute; 600/hour",
    SIGN_IN_ACCOUNT: "100/hour",
    ATTEMPTS: "600/minute",
    ACCOUNTS: "30/minute; 300/hour",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """So much of something within so many seconds.

    Attributes:
        name: what answers call it: the policy's, with the seconds for all but its first.
    """

    name: str
    amount: int
    seconds: int


Quotas = Mapping[str, tuple[Limit, ...]]


def parse(text: str) -> Quotas:
    """Return the limits of each policy: `on`, `off`, or overrides, `sign-in=10/minute, requests=9/second`.

    A policy has one limit or several, separated by `;`, in the notation of the library `limits`
    (`10/minute`, `5 per 30 second`); `off` takes its limits away. What is not named keeps its default.

    Raises:
        ValueError: there is no such policy, or it is no limit.
    """
    said = text.strip()
    if said == "off":
        return {}
    chosen = dict(DEFAULTS)
    if said != "on":
        chosen |= dict(_override(part) for part in said.split(","))
    return {policy: _limits(policy, notation) for policy, notation in chosen.items()}


def _override(part: str) -> tuple[str, str]:
    name, equals, notation = part.partition("=")
    policy = name.strip()
    if not equals or policy not in DEFAULTS:
        raise ValueError(f"it is on, off, or policy=limit; the policies are {', '.join(DEFAULTS)}")
    return policy, notation.strip()


def _limits(policy: str, notation: str) -> tuple[Limit, ...]:
    if notation == "off":
        return ()
    try:
        items = parse_many(notation)
    except ValueError:
        raise ValueError(f"the limit of {policy} is not like 10/minute; 60/hour") from None
    found = [(item.amount, item.get_expiry()) for item in items]
    if not all(amount > 0 and seconds > 0 for amount, seconds in found):
        raise ValueError(f"a limit of {policy} is nought; off is how to have none")
    return tuple(
        Limit(policy if at == 0 else f"{policy}-{seconds}", amount, seconds)
        for at, (amount, seconds) in enumerate(found)
    )
