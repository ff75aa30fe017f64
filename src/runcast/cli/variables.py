"""The RUNCAST_* variables of the environment: what is wrong with a setting, and which are none."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from runcast.settings import TITLE, Settings

PREFIX = "RUNCAST_"
# What the command line, the compose file and the tests read; none of them is a setting.
_OTHERS = {"RUNCAST_URL", "RUNCAST_TOKEN", "RUNCAST_BROWSER", "RUNCAST_APP"}
# The tests', and those that Kubernetes makes of a service that is called runcast.
_OTHER_PREFIXES = ("RUNCAST_TEST_", "RUNCAST_PORT", "RUNCAST_SERVICE_")


def settings_refused(error: BaseException) -> list[str]:
    """Return a line for each setting that is refused; none if the error is not about settings."""
    if not isinstance(error, ValidationError) or error.title != TITLE:
        return []
    return [_refused(problem) for problem in error.errors(include_url=False, include_input=False)]


def strangers(names: Iterable[str]) -> str | None:
    """Return a warning of the variables that look like settings and are none; None without any."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    # Settings are read whatever their case.
    ours = [name for name in names if name.upper().startswith(PREFIX)]
    unknown = [name for name in ours if name.upper() not in known and not _is_other(name.upper())]
    if not unknown:
        return None
    return "these variables are no settings: " + ", ".join(
        _with_nearest(name, known) for name in sorted(unknown)
    )


def _refused(problem: ErrorDetails) -> str:
    name = "".join(str(part) for part in problem["loc"][:1])
    return f"{PREFIX}{name.upper()}: {_reason(problem)}"


def _reason(problem: ErrorDetails) -> str:
    if problem["type"] == "too_short":
        # pydantic counts the items of a secret, which for people are characters.
        return f"String should have at least {problem['ctx']['min_length']} characters"
    return problem["msg"].removeprefix("Value error, ")


def _is_other(name: str) -> bool:
    return name in _OTHERS or name.startswith(_OTHER_PREFIXES)


def _with_nearest(name: str, known: Iterable[str]) -> str:
    nearest = get_close_matches(name.upper(), known, n=1, cutoff=0.8)
    return f"{name} (did you mean {nearest[0]}?)" if nearest else name
