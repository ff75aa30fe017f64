"""docs/protocol.md says what the code does: addresses, refusals, close codes, events, frames."""

import json
import re

import pytest
from pydantic import BaseModel

from runcast import errors, frames
from runcast.application import Runcast
from runcast.errors import ClaimLost, CloseCode, RuncastError
from runcast.lifecycle import State
from runcast.schemas.events import EventsPage, ExecutionEvent
from runcast.schemas.executions import Execution
from runcast.schemas.problems import Problem
from runcast.schemas.tokens import Tokens
from runcast.workers.run import OWN_KINDS
from runcast_client.frames import parse_frame
from tests.tools.markdown import DOCUMENTS, ROOT, blocks, inline_code, rows

PROTOCOL = ROOT / "docs/protocol.md"
# Answered by FastAPI itself, or by a socket: no operations of the OpenAPI document.
BESIDE = {"GET /openapi.json", "GET /docs"}
_OPERATION = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE) /\S+")
_KIND = re.compile(r'"((?:execution|step|cancel|child)\.[a-z]+)"')


class Reference(BaseModel):
    """What stands for a large value."""

    size: int


@pytest.fixture(scope="module")
def operations() -> set[str]:
    """Return `METHOD /path` of every endpoint."""
    paths = Runcast().openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_endpoint_is_documented(operations: set[str]) -> None:
    told = {code for code in inline_code(PROTOCOL) if _OPERATION.fullmatch(code)}
    assert told - BESIDE == operations


def test_addresses_named_anywhere_exist(operations: set[str]) -> None:
    named = {code for document in DOCUMENTS for code in inline_code(document)}
    told = {code.partition("?")[0] for code in named if _OPERATION.fullmatch(code)}
    assert told - BESIDE <= operations


def test_every_refusal_is_in_the_table_of_refusals() -> None:
    told = {
        (int(status), code)
        for status, codes, _ in rows(PROTOCOL, "Refusals")
        for code in re.findall(r"`(\w+)`", codes)
    }
    real = {
        (error.status, error.code)
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, RuncastError)
    }
    # A crash has no row, nor does what only workers hear; validation is told by the routes.
    real -= {(RuncastError.status, RuncastError.code), (ClaimLost.status, ClaimLost.code)}
    assert told == real | {(422, "invalid_request")}


def test_every_close_code_is_in_its_table_with_the_policy_of_its_range() -> None:
    told = {int(code): policy for code, _, policy in rows(PROTOCOL, "Close codes carry the policy")}
    assert told.keys() == {code for name, code in vars(CloseCode).items() if name.isupper()}
    for code, policy in told.items():
        if 4400 <= code <= 4499 and code != CloseCode.UNAUTHENTICATED:
            assert policy == "do not come back"
        elif code != CloseCode.DONE:
            assert "come back" in policy


def test_every_event_kind_is_in_the_table_of_kinds() -> None:
    told = {row[0].strip("`") for row in rows(PROTOCOL, "Events")}
    source = ROOT / "src/runcast"
    written = {
        kind
        for path in [*source.glob("services/event_log/**/*.py"), *source.glob("workers/*.py")]
        for kind in _KIND.findall(path.read_text())
    }
    final = {f"execution.{state}" for state in State if state.final}
    assert told == written | final | OWN_KINDS


def test_frames_shown_are_frames_that_either_side_reads() -> None:
    from_client, from_server = blocks(PROTOCOL, "jsonl")
    assert {type(frames.parse(line)).__name__ for line in from_client.text.splitlines()} == {
        frame.__name__ for frame in frames.ClientFrame.__args__
    }
    shown = [parse_frame(line) for line in from_server.text.splitlines()]
    assert None not in shown
    told = {row[0].strip("`") for row in rows(PROTOCOL, "The feed: `/ws/{execution_id}`")}
    assert told == {json.loads(line)["type"] for line in from_server.text.splitlines()}


@pytest.mark.parametrize("block", blocks(PROTOCOL, "json"), ids=lambda block: f"line {block.line}")
def test_documents_shown_have_the_fields_of_what_the_server_answers(block: object) -> None:
    document = json.loads(getattr(block, "text", ""))
    fitting = [
        model
        for model in (Problem, Tokens, Execution, ExecutionEvent, EventsPage, Reference)
        if document.keys() - {"$ref"} <= model.model_fields.keys()
        and _required(model) <= document.keys()
    ]
    assert len(fitting) == 1
    fitting[0].model_validate(document)


def _required(model: type[BaseModel]) -> set[str]:
    return {name for name, field in model.model_fields.items() if field.is_required()}
