"""How a process that serves or works begins: its application, its log lines, and what it says of itself."""

import atexit
import logging
import os
import signal
from typing import TYPE_CHECKING

from runcast.cli.loading import load_app

if TYPE_CHECKING:
    from runcast.application import Runcast

logger = logging.getLogger(__name__)


def begin(target: str) -> "Runcast":
    """Return the application, with its log lines configured; warn of variables that are no settings.

    Raises:
        typer.BadParameter: there is no such application.
        pydantic.ValidationError: a setting is out of its range.
    """
    # Here, because these take half a second that the other commands need not wait for.
    from runcast import logs  # noqa: PLC0415
    from runcast.cli.variables import strangers  # noqa: PLC0415
    from runcast.database.failures import may_pass  # noqa: PLC0415

    app = load_app(target)
    # Once everything is closed, a second Ctrl-C would make a good end look like a bad one.
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    # Tracebacks of handlers go here, and nowhere else. That the database is away needs none.
    logs.configure(app.settings.log_format, app.settings.log_level, expected=may_pass)
    if (warning := strangers(os.environ)) is not None:
        logger.warning("%s", warning)
    return app


def say_what_runs(app: "Runcast") -> None:
    """Log which version has begun, and on what."""
    from runcast.workers.worker import VERSION  # noqa: PLC0415 - see above

    database = "postgresql" if app.settings.sqlite_path is None else "sqlite"
    bus = "memory" if app.settings.redis_url is None else "redis"
    logger.info("runcast %s on %s, bus %s", VERSION, database, bus)
