"""The local credential: who can read the data folder may use the server, without a password.

It speaks for one user, `local`, who is no administrator, has no password and whose name no address
can be. It is derived from the server's secret, so it lasts as long as that does.
"""

import base64
import os
import secrets
from pathlib import Path

import orjson
from sqlalchemy import select

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.ids import Ids
from runcast.models import User
from runcast.services.key_derivation import derive_key
from runcast.services.principals import LocalAccess

FILE_NAME = "local-credential.json"
PREFIX = "rcl_"
USER = "local"


async def open_access(uow: UnitOfWork, clock: Clock, ids: Ids, secret: str) -> LocalAccess:
    """Return the local credential, making the user for whom it speaks if there is none."""
    user_id = await uow.session.scalar(select(User.id).where(User.email_key == USER))
    if user_id is None:
        user_id = ids.new()
        uow.session.add(
            User(
                id=user_id,
                email=USER,
                email_key=USER,
                name=USER,
                password_hash=None,
                is_admin=False,
                disabled_at=None,
                created_at=clock.now(),
            )
        )
    return LocalAccess(token=_token(secret), user_id=user_id)


def write_file(folder: Path, url: str, access: LocalAccess) -> Path:
    """Write `{"url", "token"}` for the command line, readable by the owner alone; return where.

    Raises:
        OSError: the file cannot be written.
    """
    path = folder / FILE_NAME
    draft = path.with_name(f".{FILE_NAME}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps({"url": url, "token": access.token}))
    draft.replace(path)
    return path


def _token(secret: str) -> str:
    key = derive_key(secret, "local credential")
    return PREFIX + base64.urlsafe_b64encode(key).rstrip(b"=").decode()
