"""The public names are those that are listed, each to be had, none before it is asked for."""

import subprocess
import sys

import pytest

import runcast


@pytest.mark.parametrize("name", runcast.__all__)
def test_a_public_name_can_be_had(name: str) -> None:
    found = getattr(runcast, name)
    assert getattr(runcast, name) is found


def test_no_other_name_can_be_had() -> None:
    with pytest.raises(AttributeError, match="colour"):
        runcast.colour  # noqa: B018 - what is refused is the point


def test_importing_the_package_imports_neither_framework_nor_database() -> None:
    code = "import sys, runcast; print({'fastapi', 'sqlalchemy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
