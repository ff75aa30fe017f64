"""Who acts, and who only watches."""

from dataclasses import replace
from uuid import uuid4

from runcast.services.principals import Principal, Shared


def test_a_person_stays_the_same_with_another_credential() -> None:
    user_id = uuid4()
    one = Principal(user_id, "", "", is_admin=False, session_id=uuid4(), expires_at=None)
    assert one.subject == replace(one, session_id=None, key_id=uuid4()).subject == user_id


def test_a_link_stays_the_same() -> None:
    shared = Shared(uuid4(), uuid4(), None)
    assert shared.subject == shared.share_id
