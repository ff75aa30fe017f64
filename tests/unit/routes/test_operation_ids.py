"""Generated clients call Runcast's endpoints by short names, and an application's by FastAPI's."""

import re
from collections import Counter

from fastapi.routing import APIRoute

from runcast import Runcast
from runcast.routes.operation_ids import operation_id


def _ids(app: Runcast) -> dict[str, str]:
    return {
        f"{method.upper()} {path}": operation["operationId"]
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }


async def list_all_things() -> None:
    """Be a route's function."""


def test_an_id_is_the_name_of_the_function_in_camel_case() -> None:
    assert operation_id(APIRoute("/things", list_all_things)) == "listAllThings"


def test_every_endpoint_has_an_id_of_its_own() -> None:
    counts = Counter(_ids(Runcast()).values())
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_id_is_camel_case_and_short() -> None:
    odd = [
        one
        for one in _ids(Runcast()).values()
        if not re.fullmatch(r"[a-z]+([A-Z][a-z]+){0,4}", one)
    ]
    assert odd == []


def test_ids_say_what_is_done() -> None:
    ids = _ids(Runcast())
    assert ids["GET /api/items"] == "listItems"
    assert ids["POST /api/executions"] == "startHandler"
    assert ids["POST /api/auth/passkeys"] == "addPasskey"
    assert ids["GET /health/live"] == "checkLive"


def test_an_applications_own_route_keeps_the_id_that_fastapi_gives() -> None:
    app = Runcast()
    app.get("/mine", response_model=None)(list_all_things)
    assert _ids(app)["GET /mine"] == "list_all_things_mine_get"
