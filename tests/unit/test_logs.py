"""Log lines: their form, whose they are, and what never stands in them."""

import asyncio
import io
import logging
from collections.abc import Iterator
from typing import Literal
from uuid import UUID

import orjson
import pytest

from runcast import logs

ID = UUID(int=7)
logger = logging.getLogger("tests.logs")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def stream() -> io.StringIO:
    """Return where the lines go."""
    return io.StringIO()


def test_a_json_line_has_its_fields_and_the_ids_of_its_context(stream: io.StringIO) -> None:
    logs.configure("json", "info", stream)
    token = logs.request_id.set("r-1")
    with logs.of_execution(ID, 2):
        logger.info("made %d", 3, extra={"fields": {"status": 201}})
    logs.request_id.reset(token)
    logger.debug("not said")
    (line,) = stream.getvalue().splitlines()
    said = orjson.loads(line)
    assert said.pop("at").endswith("+00:00")
    assert said == {
        "level": "info",
        "logger": "tests.logs",
        "message": "made 3",
        "request_id": "r-1",
        "execution_id": str(ID),
        "attempt": 2,
        "status": 201,
    }


def test_a_console_line_names_the_execution_and_no_message_begins_a_second_line(
    stream: io.StringIO,
) -> None:
    logs.configure("console", "warning", stream)
    with logs.of_execution(ID, 1):
        logger.warning("a\nERROR forged: b")
    logger.info("not said")
    (line,) = stream.getvalue().splitlines()
    assert line.endswith(f"WARNING tests.logs execution_id={ID} attempt=1: a\\nERROR forged: b")


STRANGE = "/x\x1b[2J\x00\x7f\x9b\u2028\u202e\u2066\r\n\u061c"


def test_no_character_of_a_stranger_controls_a_console(stream: io.StringIO) -> None:
    logs.configure("console", "info", stream)
    logger.info("GET %s", STRANGE)
    shown = r"/x\x1b[2J\x00\x7f\x9b\u2028\u202e\u2066\r\n\u061c"
    assert stream.getvalue().endswith(f"GET {shown}\n")


def test_nor_does_it_in_a_traceback(stream: io.StringIO) -> None:
    logs.configure("console", "info", stream)
    logger.error("failed", exc_info=ValueError(STRANGE))
    assert not set(stream.getvalue()) & set(STRANGE) - set("/x[2J\n")


def test_nor_in_json_where_the_text_is_kept_as_it_was(stream: io.StringIO) -> None:
    logs.configure("json", "info", stream)
    logger.info("GET %s", STRANGE, extra={"fields": {"path": STRANGE}})
    assert stream.getvalue().rstrip("\n").isprintable()
    said = orjson.loads(stream.getvalue())
    assert (said["message"], said["path"]) == (f"GET {STRANGE}", STRANGE)


async def test_tasks_begun_for_an_execution_are_its_own_and_others_are_not(
    stream: io.StringIO,
) -> None:
    logs.configure("json", "info", stream)

    async def say() -> None:
        logger.info("here")

    with logs.of_execution(ID, 1):
        inside = asyncio.create_task(say())
    await asyncio.gather(inside, asyncio.create_task(say()))
    ids = [orjson.loads(line).get("execution_id") for line in stream.getvalue().splitlines()]
    assert ids == [str(ID), None]


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_is_told_without_the_password_that_it_quotes(
    stream: io.StringIO, form: Literal["console", "json"]
) -> None:
    logs.configure(form, "info", stream)
    away = ConnectionError("postgresql://ada:hunter2-hunter2@db/runcast is away")
    logger.error("failed", exc_info=away)
    assert "ConnectionError" in stream.getvalue()
    assert "ada:***@db/runcast" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("form", ["console", "json"])
def test_an_error_that_is_expected_takes_one_line_without_a_traceback(
    stream: io.StringIO, form: Literal["console", "json"]
) -> None:
    logs.configure(form, "info", stream, expected=lambda error: isinstance(error, ConnectionError))
    for error in (ConnectionError("the server\nis away"), KeyError("a defect")):
        try:
            _raise(error)
        except Exception:
            logger.exception("failed")
    away, _, defect = stream.getvalue().partition("a defect")[0].partition("is away")
    assert "Traceback" not in away
    assert "the server" in away
    assert "Traceback" in defect


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("redis://:pass-word@cache:6379/0", "redis://:***@cache:6379/0"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ***"),
        ("got eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl", "got ***"),
        ("?access_token=abcdefgh&after=3", "?access_token=***&after=3"),
        ("{'password': 'correct horse'}", "{'password': ***}"),
        ("rcr_0123456789abcdef and rcl_0123456789abcdef", "*** and ***"),
    ],
)
def test_what_looks_like_a_credential_is_blotted_out(said: str, left: str) -> None:
    assert logs.without_secrets(said) == left


@pytest.mark.parametrize(
    "said", ["http://127.0.0.1:8000/api", "the token is wrong", "GET /api/auth/token 200"]
)
def test_what_is_no_credential_is_left_as_it_is(said: str) -> None:
    assert logs.without_secrets(said) == said


def test_alembic_says_at_each_start_only_what_is_wrong(stream: io.StringIO) -> None:
    logs.configure("console", "info", stream)
    alembic = logging.getLogger("alembic.runtime.migration")
    alembic.info("Context impl SQLiteImpl.")
    alembic.warning("something else")
    (line,) = stream.getvalue().splitlines()
    assert line.endswith("something else")


def test_uvicorn_joins(stream: io.StringIO) -> None:
    other = io.StringIO()
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.addHandler(logging.StreamHandler(other))
    logs.configure("json", "info", stream)
    uvicorn.warning("a warning of its own")
    assert orjson.loads(stream.getvalue())["logger"] == "uvicorn.error"
    assert other.getvalue() == ""


@pytest.mark.parametrize("library", ["aiosqlite", "sqlalchemy.engine", "httpcore.http11", "redis"])
def test_libraries_that_tell_values_do_not_even_at_debug(stream: io.StringIO, library: str) -> None:
    logs.configure("console", "debug", stream)
    logging.getLogger(library).debug("INSERT … ('$argon2id$…')")
    logging.getLogger(library).info("INSERT … ('$argon2id$…')")
    assert stream.getvalue() == ""
    logging.getLogger(library).warning("it does not go well")
    assert "it does not go well" in stream.getvalue()


def test_libraries_say_no_more_than_is_asked_for(stream: io.StringIO) -> None:
    logs.configure("console", "error", stream)
    logging.getLogger("aiosqlite").warning("it does not go well")
    assert stream.getvalue() == ""


def test_a_form_that_cannot_be_read_is_no_line_in_the_log(stream: io.StringIO) -> None:
    logs.configure("console", "info", stream)
    logging.getLogger("python_multipart.multipart").warning("Did not find boundary character")
    assert stream.getvalue() == ""
