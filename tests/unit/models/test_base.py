"""The column types: moments are aware and in UTC, documents strict JSON, constraints named."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url

from runcast.models.base import Base, Document, UtcDateTime
from runcast.strict_json import InvalidDocument

SQLITE = make_url("sqlite://").get_dialect()()
POSTGRESQL = make_url("postgresql://").get_dialect()()
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_moment_is_kept_in_utc() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))
    assert UtcDateTime().process_bind_param(elsewhere, SQLITE) == NOON.replace(tzinfo=None)
    kept = UtcDateTime().process_bind_param(elsewhere, POSTGRESQL)
    assert (kept, kept and kept.tzinfo) == (NOON, UTC)
    assert UtcDateTime().process_bind_param(None, SQLITE) is None


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), SQLITE)  # noqa: DTZ001 - the point


@pytest.mark.parametrize("found", [NOON, NOON.replace(tzinfo=None), NOON.astimezone(timezone.max)])
def test_a_moment_is_read_in_utc(found: datetime) -> None:
    read = UtcDateTime().process_result_value(found, SQLITE)
    assert (read, read and read.tzinfo) == (NOON, UTC)
    assert UtcDateTime().process_result_value(None, SQLITE) is None


@pytest.mark.parametrize("value", [{"a": float("nan")}, ["\0"], {1: 2}, 2**53])
def test_a_document_that_is_no_strict_json_is_refused(value: Any) -> None:
    with pytest.raises(InvalidDocument):
        Document().process_bind_param(value, SQLITE)


def test_a_document_is_jsonb_on_postgresql() -> None:
    assert isinstance(Document().load_dialect_impl(POSTGRESQL), JSONB)
    assert not isinstance(Document().load_dialect_impl(SQLITE), JSONB)


def test_every_constraint_has_a_name() -> None:
    unnamed = [
        (table.name, constraint)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert unnamed == []
