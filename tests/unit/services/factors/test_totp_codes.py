"""Codes of authenticator apps: RFC 6238's own vectors, one step of skew, and what is no code."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from runcast.services.factors import totp_codes

# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}
STEP = timedelta(seconds=30)


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_vectors_of_the_standard_hold(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert totp_codes.step_of(SECRET, code, now) == seconds // 30


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(steps: int, fits: bool) -> None:
    now = datetime.fromtimestamp(1234567890, UTC)
    found = totp_codes.step_of(SECRET, "005924", now - steps * STEP)
    assert found == (1234567890 // 30 if fits else None)


@pytest.mark.parametrize("edge", [1234567890, 1234567890 + 29])
def test_a_step_holds_from_its_first_second_to_its_last(edge: int) -> None:
    assert totp_codes.step_of(SECRET, "005924", datetime.fromtimestamp(edge, UTC)) is not None


def test_spaces_do_not_matter() -> None:
    now = datetime.fromtimestamp(59, UTC)
    assert totp_codes.step_of(SECRET, " 287 082\n", now) == 1


@pytest.mark.parametrize(
    "code",
    [
        "",
        "28708",
        "2870822",
        "28708²",
        "\uff12\uff18\uff17\uff10\uff18\uff12",
        "\ud800" * 6,
        "\0" * 6,
        "9" * 100_000,
    ],
)
def test_what_is_no_code_fits_nothing(code: str) -> None:
    assert totp_codes.step_of(SECRET, code, datetime.fromtimestamp(59, UTC)) is None


def test_an_app_is_told_secret_account_and_issuer() -> None:
    secret = totp_codes.new_secret()
    assert secret != totp_codes.new_secret()
    told = urlsplit(totp_codes.uri(secret, "a&b@example.com"))
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert told.path == "/Runcast:a%26b%40example.com"
    assert parse_qs(told.query)["secret"] == [secret]
    assert parse_qs(told.query)["issuer"] == ["Runcast"]
