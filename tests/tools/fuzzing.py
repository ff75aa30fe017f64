"""An application for Schemathesis: served in this process, on a database of its own."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from requests import Session
from schemathesis.checks import CheckFunction
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

from runcast import Runcast
from runcast.scopes import Scope
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.people import PASSWORD
from tests.tools.work import Works

BASE_URL = "http://testserver"
# It holds a 422 for a defect where a value is well formed: but a cursor must be one that was given out,
# a handler one that is announced, a key one that was not used for something else.
INHERENTLY_WRONG: list[CheckFunction] = [positive_data_acceptance]
Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """A started application, and what sends requests to it."""

    session: Session
    database: Path

    def sign_in(self) -> tuple[str, Headers]:
        """Return the id of a person who has just registered, and what they send."""
        person = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
        user_id = self.session.post("/api/auth/register", json=person).json()["id"]
        form = {"grant_type": "password", "username": person["email"], "password": PASSWORD}
        return user_id, _bearer(self.session.post("/api/auth/token", data=form), "access_token")

    def promote(self, user_id: str) -> None:
        """Make somebody an administrator, before they have asked for anything."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection, connection:
            changed = connection.execute(
                "UPDATE users SET is_admin = 1 WHERE id = ?", [user_id.replace("-", "")]
            )
            assert changed.rowcount == 1

    def make_key(self, headers: Headers) -> Headers:
        """Return what a program sends that has a key for everything that keys are made for."""
        asked = {"name": "a program", "scopes": list(Scope)}
        return _bearer(self.session.post("/api/auth/keys", json=asked, headers=headers), "key")


@contextmanager
def fuzzed(template: Path, folder: Path) -> Iterator[Fuzzed]:
    """Serve an application until the block ends."""
    path = folder / "runcast.db"
    shutil.copy(template, path)
    app = Runcast(
        database_url=f"sqlite:///{path}",
        secret_key=SECRET,
        access_token_seconds=86_400,
        rate_limits="off",
        **CHEAP_HASHES,
    )
    Works().register(app)
    with asgi.get_client(cast("Any", app)) as client:
        yield Fuzzed(client, path)
    asgi.shutdown_lifespans()


def _bearer(answer: Any, member: str) -> Headers:
    assert answer.status_code in {200, 201}, answer.text
    return {"Authorization": f"Bearer {answer.json()[member]}"}
