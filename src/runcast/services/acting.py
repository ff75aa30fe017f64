"""Whether somebody may still act, looked at again in the unit that writes what would outlast their credential.

At the door a credential may hold that is ended a moment later, by a reset or an administrator; on another
node, up to two seconds later. Whoever ends credentials holds the user's row (`ways_in.hold`), and so does
whoever writes new ones: one comes before the other, and what was written first is found and ended.

The user's row comes before every other that is locked, a team's and an item's among them: so nobody waits in
a circle.
"""

from typing import Any

from sqlalchemy import Select, select

from runcast.database import UnitOfWork
from runcast.errors import InvalidToken
from runcast.models import ApiKey, Session, User
from runcast.services import ways_in
from runcast.services.principals import Principal


async def hold(uow: UnitOfWork, principal: Principal) -> None:
    """Hold the row of who acts until the unit ends; call it before anything is counted or written.

    Raises:
        InvalidToken: the session or the key has ended meanwhile, or the account is disabled, or no
            administrator's any more that was one's at the door. Whoever asks again is judged anew.
    """
    await ways_in.hold(uow, principal.user_id)
    # A statement of its own: it has to see what was committed while the row was waited for.
    if await uow.session.scalar(_still(principal)) is None:
        raise InvalidToken("the credential has ended")


def _still(principal: Principal) -> Select[Any]:
    enabled = select(User.id).where(User.id == principal.user_id, User.disabled_at.is_(None))
    if principal.is_admin:
        enabled = enabled.where(User.is_admin)
    if principal.key_id is not None:
        return enabled.join(ApiKey, ApiKey.user_id == User.id).where(ApiKey.id == principal.key_id)
    if principal.session_id is None:
        return enabled
    its = (Session.id == principal.session_id, Session.ended_at.is_(None))
    return enabled.join(Session, Session.user_id == User.id).where(*its)
