"""From where an account has been signed in to."""

from runcast.database import UnitOfWork
from runcast.rates import network
from runcast.runtime import Runtime
from runcast.services import known_addresses
from runcast.services.addresses import MAX_LENGTH
from tests.tools.people import SignedIn


async def test_an_address_is_known_to_the_account_that_signed_in_from_it(
    runtime: Runtime, alice: SignedIn
) -> None:
    async with UnitOfWork(runtime.database) as uow:
        here = network("127.0.0.1")
        assert await known_addresses.knows(uow, " ALICE@Example.com".strip(), here)
        assert not await known_addresses.knows(uow, "alice@example.com", network("192.0.2.1"))
        assert not await known_addresses.knows(uow, "nobody@example.com", here)
        assert not await known_addresses.knows(uow, "no address", here)


def test_what_is_no_address_is_spelt_without_case() -> None:
    assert known_addresses.spelling("ALICE@example.com") == "alice@example.com"
    assert known_addresses.spelling("No Address") == "no address"


def test_what_is_too_long_is_cut_before_it_is_spelt() -> None:
    assert len(known_addresses.spelling("A" * 2**20)) == MAX_LENGTH + 1
