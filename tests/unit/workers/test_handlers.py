"""Registering handlers, and what is known of each."""

import functools
from typing import Any

import pytest
from pydantic import BaseModel

from runcast.workers.handlers import HandlerRegistry, result_type


class Spec(BaseModel):
    """An input."""

    rate: float = 0.1


async def fit(run: Any, spec: Spec) -> dict[str, float]:
    """Fit at a rate."""
    return {"loss": spec.rate}


def plain(run: Any) -> None:
    """Do nothing."""


def test_a_handler_has_its_functions_name_unless_it_is_named() -> None:
    registry = HandlerRegistry()
    assert not registry
    registry.add(fit)
    registry.add(fit, name="other")
    assert [each.name for each in registry.announcements()] == ["fit", "other"]
    assert registry


def test_what_is_announced_is_what_others_need_to_know() -> None:
    registry = HandlerRegistry()
    registry.add(fit, retries=3, timeout=60, priority=2, version="7")
    (announced,) = registry.announcements()
    assert announced.description == "Fit at a rate."
    assert announced.version == "7"
    assert announced.options == {"retries": 3, "timeout": 60, "priority": 2}
    assert announced.input_schema["properties"]["rate"]["default"] == 0.1


def test_a_handler_without_input_accepts_any() -> None:
    registry = HandlerRegistry()
    registry.add(plain)
    assert registry.announcements()[0].input_schema == {}
    assert registry["plain"].input_type is None
    assert not registry["plain"].is_async


def test_an_input_without_annotation_is_any_json() -> None:
    def work(run: Any, value) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - the subject
        """Do nothing."""

    registry = HandlerRegistry()
    registry.add(work)
    assert registry.announcements()[0].input_schema == {}
    assert registry["work"].input_type is not None


def test_names_and_versions_say_what_may_be_claimed() -> None:
    registry = HandlerRegistry()
    registry.add(fit, version="7")
    registry.add(plain)
    assert registry.claimable() == [("fit", "7"), ("plain", None)]


@pytest.mark.parametrize("name", ["", "a b", "é", "-a", "a" * 201, "a\n"])
def test_a_name_is_one_that_items_may_have(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        HandlerRegistry().add(plain, name=name or "\t")


def test_a_name_is_given_once() -> None:
    registry = HandlerRegistry()
    registry.add(fit)
    with pytest.raises(ValueError, match="already"):
        registry.add(plain, name="fit")


@pytest.mark.parametrize("options", [{"retries": -1}, {"timeout": 0}, {"timeout": -1.0}])
def test_options_have_their_ranges(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="retries counts from 0"):
        HandlerRegistry().add(fit, **options)


def _of_nothing() -> None:
    """Take no run."""


def _of_three(run: Any, one: int, two: int) -> None:
    """Take too much."""


@pytest.mark.parametrize("function", [_of_nothing, _of_three])
def test_a_handler_takes_a_run_and_at_most_one_input(function: Any) -> None:
    with pytest.raises(TypeError, match="must take a run"):
        HandlerRegistry().add(function)


def test_the_type_of_a_result_is_the_annotation() -> None:
    adapter = result_type(fit)
    assert adapter.validate_json('{"loss": 1}') == {"loss": 1.0}


class Opaque:
    """What Pydantic knows nothing of."""


def _opaque() -> Opaque:
    return Opaque()


def _unknown() -> "Nowhere":  # type: ignore[name-defined]  # noqa: F821 - the subject
    return None


@pytest.mark.parametrize("function", [_opaque, _unknown, len, functools.partial(_opaque)])
def test_a_result_of_no_usable_annotation_is_taken_as_it_comes(function: Any) -> None:
    assert result_type(function).validate_json('{"a": [1]}') == {"a": [1]}


def _model() -> Spec:
    return Spec()


def test_a_model_reads_its_result_back() -> None:
    assert result_type(_model).validate_json('{"rate": 2}') == Spec(rate=2)
