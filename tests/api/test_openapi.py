"""Schemathesis against the running application: each answer is one that OpenAPI tells of, none a 5xx."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from requests import Session
from schemathesis import Case, Config

from runcast import Runcast
from tests.tools.fuzzing import BASE_URL, INHERENTLY_WRONG, Headers, fuzzed

CONFIG = Config.from_dict({"generation": {"max-examples": 15}})
schema = schemathesis.openapi.from_dict(Runcast().openapi(), config=CONFIG)


@dataclass(frozen=True, slots=True)
class Served:
    """A started application: what somebody sends who is signed in, and what stands in paths of theirs."""

    session: Session
    headers: Headers
    ids: dict[str, str]


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve an application, and have something in it."""
    with fuzzed(sqlite_template, tmp_path_factory.mktemp("schemathesis")) as app:
        _, headers = app.sign_in()
        yield Served(app.session, headers, _begun(app.session, headers))


def _begun(session: Session, headers: Headers) -> dict[str, str]:
    body = {"name": "a", "handler": "echo"}
    item = session.post("/api/items", json=body, headers=headers).json()
    execution = session.post(f"/api/items/{item['id']}/executions", headers=headers).json()
    return {"item_id": item["id"], "execution_id": execution["id"], "ref": "input"}


# Ending the session that all of them use would have the rest refused.
@schema.exclude(path="/api/auth/logout").parametrize()
def test_every_answer_is_one_that_openapi_tells_of(case: Case[Any], served: Served) -> None:
    if case.meta is not None and case.meta.generation.mode.is_positive and case.method != "DELETE":
        known = {name: id_ for name, id_ in served.ids.items() if name in case.path_parameters}
        case.path_parameters |= known
    case.call_and_validate(
        base_url=BASE_URL,
        session=served.session,
        headers=served.headers,
        excluded_checks=INHERENTLY_WRONG,
    )
