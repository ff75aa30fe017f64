"""What a credential may be used for."""

import pytest

from runcast.errors import InsufficientScope
from runcast.scopes import ACCOUNT, DESCRIPTIONS, Scope, check


def test_a_session_may_everything() -> None:
    check(None, [*Scope, ACCOUNT])


def test_a_key_may_what_it_was_made_for_and_nothing_else() -> None:
    check({Scope.ITEMS_READ, Scope.ITEMS_WRITE}, [Scope.ITEMS_READ])
    with pytest.raises(InsufficientScope) as refused:
        check({Scope.ITEMS_READ}, [Scope.ITEMS_READ, Scope.ITEMS_WRITE])
    assert refused.value.needed == (Scope.ITEMS_READ, Scope.ITEMS_WRITE)


def test_each_scope_is_described() -> None:
    assert DESCRIPTIONS.keys() == {*Scope, ACCOUNT}


def test_what_no_key_can_names_no_scope() -> None:
    with pytest.raises(InsufficientScope, match="this takes a session") as refused:
        check({*Scope}, [Scope.ITEMS_READ, ACCOUNT])
    assert refused.value.needed == ()
