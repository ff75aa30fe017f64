"""The frozen bundle of parts that routes, sockets and workers share; the application makes it."""

from dataclasses import dataclass

from runcast.bus import Bus
from runcast.clock import Clock
from runcast.database import Database
from runcast.database.probe import KeptProbe
from runcast.fair_turns import FairTurns
from runcast.feeds import Feeds, Guard, Places
from runcast.ids import Ids
from runcast.metrics import Metrics
from runcast.rates import Rates
from runcast.services.audit import Audit
from runcast.services.credentials import Credentials
from runcast.services.event_log import EventLog, LogReader
from runcast.services.factors.prover import Prover
from runcast.services.figures import Figures
from runcast.services.health import DatabaseCheck
from runcast.services.mail.mailer import Mailer
from runcast.services.pages import Cursors
from runcast.services.principals import LocalAccess
from runcast.services.providers import Providers
from runcast.services.providers.journeys import Journeys
from runcast.services.queues import Queues
from runcast.services.sessions import Issuer
from runcast.services.signing.key_ring import KeyRing
from runcast.services.users import Registrar
from runcast.settings import Settings


@dataclass(frozen=True, slots=True)
class Runtime:
    """Every part that outlives a request. Nothing here is ever replaced while the process serves."""

    settings: Settings
    clock: Clock
    ids: Ids
    database: Database
    bus: Bus
    log: EventLog
    reader: LogReader
    feeds: Feeds
    guard: Guard
    places: Places
    waiting_room: Places
    rates: Rates
    cursors: Cursors
    signing_keys: KeyRing
    credentials: Credentials
    issuer: Issuer
    registrar: Registrar
    mailer: Mailer
    providers: Providers
    journeys: Journeys
    prover: Prover
    audit: Audit
    local_access: LocalAccess | None
    metrics: Metrics
    queue_counts: KeptProbe[Queues]
    setup_offer: KeptProbe[bool]
    database_check: DatabaseCheck
    figures: Figures
    heavy_reads: FairTurns
