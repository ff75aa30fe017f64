"""What people's second factors and proofs are made and judged with."""

from dataclasses import dataclass
from datetime import timedelta

from runcast.clock import Clock
from runcast.ids import Ids
from runcast.services.audit import Audit
from runcast.services.mail.mailer import Mailer
from runcast.services.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Prover:
    """The application makes one.

    Attributes:
        sealer: seals the secrets of authenticator apps, and challenges that are not kept.
        audit: where what is tried is noted.
        mailer: tells people what was done to their accounts.
        proof: for how long somebody who has proved who they are may do what is sensitive.
    """

    clock: Clock
    ids: Ids
    sealer: Sealer
    audit: Audit
    mailer: Mailer
    proof: timedelta
