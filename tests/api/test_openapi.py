"""Schemathesis against the running application: each answer is one that OpenAPI tells of, none a 5xx."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from requests import Session
from schemathesis import Case, Config
from schemathesis.checks import CheckFunction
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

from runcast import Runcast
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.people import PASSWORD
from tests.tools.work import Works

# It holds a 422 for a defect where a value is well formed: but a cursor must be one that was given out,
# a handler one that is announced, a key one that was not used for something else.
INHERENTLY_WRONG: list[CheckFunction] = [positive_data_acceptance]
CONFIG = Config.from_dict({"generation": {"max-examples": 30}})
schema = schemathesis.openapi.from_dict(Runcast().openapi(), config=CONFIG)


@dataclass(frozen=True, slots=True)
class Served:
    """A started application: a session that is signed in, and what stands in paths of it."""

    session: Session
    ids: dict[str, str]


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start an application, and have something in it."""
    path = tmp_path_factory.mktemp("schemathesis") / "runcast.db"
    shutil.copy(sqlite_template, path)
    url = f"sqlite:///{path}"
    app = Runcast(database_url=url, secret_key=SECRET, access_token_seconds=86_400, **CHEAP_HASHES)
    Works().register(app)
    with asgi.get_client(cast("Any", app)) as client:
        yield Served(client, _prepared(client))
    asgi.shutdown_lifespans()


def _prepared(client: Session) -> dict[str, str]:
    person = {"email": "alice@example.com", "password": PASSWORD}
    client.post("/api/auth/register", json=person)
    form = {"grant_type": "password", "username": person["email"], "password": PASSWORD}
    token = client.post("/api/auth/token", data=form).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    item = client.post("/api/items", json={"name": "a", "handler": "echo"}).json()
    execution = client.post(f"/api/items/{item['id']}/executions").json()
    return {"item_id": item["id"], "execution_id": execution["id"], "ref": "input"}


# Ending the session that all of them use would have the rest refused.
@schema.exclude(path="/api/auth/logout").parametrize()
def test_every_answer_is_one_that_openapi_tells_of(case: Case[Any], served: Served) -> None:
    if case.meta is not None and case.meta.generation.mode.is_positive and case.method != "DELETE":
        known = {name: id_ for name, id_ in served.ids.items() if name in case.path_parameters}
        case.path_parameters |= known
    headers = {"Authorization": str(served.session.headers["Authorization"])}
    case.call_and_validate(
        base_url="http://testserver",
        session=served.session,
        headers=headers,
        excluded_checks=INHERENTLY_WRONG,
    )
