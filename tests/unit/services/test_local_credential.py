"""The local credential: one user, one token for as long as the secret lasts, one file."""

import json
from pathlib import Path
from uuid import uuid4

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.ids import TimeOrderedIds
from runcast.services.local_credential import open_access, write_file
from runcast.services.principals import LocalAccess
from tests.tools.clock import FakeClock


async def access(app: Runcast, secret: str) -> LocalAccess:
    """Return what a start with this secret makes of the local credential."""
    async with UnitOfWork(app.state.runtime.database) as uow:
        return await open_access(uow, FakeClock(), TimeOrderedIds(), secret)


async def test_every_start_finds_the_same_user_and_token(app: Runcast) -> None:
    assert await access(app, "s" * 32) == await access(app, "s" * 32)


async def test_another_secret_gives_another_token_to_the_same_user(app: Runcast) -> None:
    one, other = await access(app, "s" * 32), await access(app, "t" * 32)
    assert one.user_id == other.user_id
    assert one.token != other.token


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    path = write_file(tmp_path, "http://127.0.0.1:8000", LocalAccess("rcl_x", uuid4()))
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {"url": "http://127.0.0.1:8000", "token": "rcl_x"}


def test_a_file_that_others_could_read_is_replaced_and_not_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "local-credential.json"
    path.write_text("{}")
    path.chmod(0o644)
    write_file(tmp_path, "http://127.0.0.1:8000", LocalAccess("rcl_x", uuid4()))
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["local-credential.json"]
