"""What takes letters away, against servers that take them and servers that behave badly."""

import asyncio
import logging
import ssl
from pathlib import Path

import pytest

from runcast import mail_url
from runcast.mail_url import SmtpAddress, Tls
from runcast.services.mail.carriers import ConsoleCarrier, SmtpCarrier, compose, open_mailer
from runcast.services.mail.mailer import Letter, NotDelivered
from runcast.settings import Settings
from tests.tools.certificates import Certificate, make_certificate
from tests.tools.clock import FakeClock
from tests.tools.mail_servers import (
    closed_port,
    hang_up,
    misbehaving,
    receiving,
    refuse,
    say_nothing,
    talk_nonsense,
)

SENDER = "Runs <runs@example.com>"
LETTER = Letter("reset", "ada@example.com", "a subject", "https://x/#reset=rco_secret\n")


def carrier(url: str, seconds: float = 10) -> SmtpCarrier:
    """Return what takes letters to this URL."""
    address = mail_url.parse(url)
    assert isinstance(address, SmtpAddress)
    return SmtpCarrier(address, SENDER, FakeClock(), seconds)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Return a certificate of this machine."""
    return make_certificate(tmp_path)


@pytest.fixture
def tls(certificate: Certificate) -> ssl.SSLContext:
    """Return what a server shows that certificate with."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context


@pytest.fixture
def _trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))


async def test_a_letter_arrives_as_it_was_written() -> None:
    async with receiving() as mailbox:
        await carrier(f"smtp://127.0.0.1:{mailbox.port}").deliver(LETTER)
    (letter,) = mailbox.letters("ada@example.com")
    assert (letter["From"], letter["To"]) == (SENDER, "ada@example.com")
    assert letter["Subject"] == "a subject"
    assert letter["Date"] == "Thu, 01 Jan 2026 00:00:00 +0000"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert str(letter["Message-ID"]).endswith("@example.com>")
    assert letter.get_content_type() == "text/plain"
    assert mailbox.texts() == [LETTER.text]


async def test_an_address_beyond_ascii_is_reached() -> None:
    async with receiving() as mailbox:
        letter = Letter("reset", "jürgen@bücher.example", "Größe", "ü\n")
        await carrier(f"smtp://127.0.0.1:{mailbox.port}").deliver(letter)
    (arrived,) = mailbox.letters("jürgen@bücher.example")
    assert (arrived["Subject"], arrived.get_content().strip()) == ("Größe", "ü")


@pytest.mark.usefixtures("_trusted")
async def test_where_starttls_is_offered_it_is_used(tls: ssl.SSLContext) -> None:
    async with receiving(tls_context=tls, require_starttls=True) as mailbox:
        await carrier(f"smtp://127.0.0.1:{mailbox.port}").deliver(LETTER)
    assert mailbox.encrypted == [True]


@pytest.mark.usefixtures("_trusted")
async def test_one_signs_in_over_tls(tls: ssl.SSLContext) -> None:
    async with receiving(tls_context=tls, auth_required=True, auth_require_tls=True) as mailbox:
        await carrier(f"smtp://ada:secret@127.0.0.1:{mailbox.port}").deliver(LETTER)
        assert mailbox.users == [b"ada"]
        with pytest.raises(NotDelivered, match=r"^SMTPAuthenticationError 535$") as refused:
            await carrier(f"smtp://ada:wrong@127.0.0.1:{mailbox.port}").deliver(LETTER)
    assert not refused.value.for_good


async def test_a_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext) -> None:
    async with receiving(tls_context=tls) as mailbox:
        with pytest.raises(NotDelivered, match="SSLCert"):
            await carrier(f"smtp://127.0.0.1:{mailbox.port}").deliver(LETTER)
    assert mailbox.letters() == []


async def test_a_server_elsewhere_that_offers_no_tls_gets_nothing() -> None:
    async with receiving() as mailbox:
        elsewhere = SmtpAddress("127.0.0.1", mailbox.port, Tls.REQUIRED)
        with pytest.raises(NotDelivered):
            await SmtpCarrier(elsewhere, SENDER, FakeClock()).deliver(LETTER)
    assert mailbox.letters() == []


async def test_tls_off_sends_in_the_clear(tls: ssl.SSLContext) -> None:
    async with receiving(tls_context=tls) as mailbox:
        await carrier(f"smtp://127.0.0.1:{mailbox.port}?tls=off").deliver(LETTER)
    assert mailbox.encrypted == [False]


@pytest.mark.parametrize(("reply", "for_good"), [("451 later", False), ("554 never", True)])
async def test_a_refusal_says_whether_to_try_again_and_repeats_nothing(
    reply: str, for_good: bool
) -> None:
    async with receiving() as mailbox:
        mailbox.reply = f"{reply} rco_secret"
        with pytest.raises(NotDelivered) as refused:
            await carrier(f"smtp://127.0.0.1:{mailbox.port}").deliver(LETTER)
    assert refused.value.for_good is for_good
    assert str(refused.value) == f"SMTPDataError {reply[:3]}"


@pytest.mark.parametrize("talk", [hang_up, refuse, talk_nonsense])
async def test_a_server_that_behaves_badly_does_no_harm(talk: object) -> None:
    async with misbehaving(talk) as port:  # type: ignore[arg-type]
        with pytest.raises(NotDelivered) as refused:
            await carrier(f"smtp://127.0.0.1:{port}").deliver(LETTER)
    assert not refused.value.for_good


async def test_a_server_that_hangs_is_left() -> None:
    async with misbehaving(say_nothing) as port, asyncio.timeout(5):
        with pytest.raises(NotDelivered):
            await carrier(f"smtp://127.0.0.1:{port}", seconds=0.05).deliver(LETTER)


async def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotDelivered) as refused:
        await carrier(f"smtp://127.0.0.1:{await closed_port()}").deliver(LETTER)
    assert not refused.value.for_good


@pytest.mark.parametrize(
    "letter",
    [
        Letter("reset", "ada@example.com\r\nBcc: eve@example.com", "s", "t"),
        Letter("reset", "ada@example.com", "s\nBcc: eve@example.com", "t"),
        Letter("reset", "ada@example.com", "s\r\n\r\nanother body", "t"),
    ],
)
async def test_nothing_in_a_letter_can_add_a_header(letter: Letter) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(letter, SENDER, FakeClock())
    async with receiving() as mailbox:
        with pytest.raises(NotDelivered) as refused:
            await carrier(f"smtp://127.0.0.1:{mailbox.port}").deliver(letter)
    assert refused.value.for_good
    assert mailbox.letters() == []


async def test_the_console_prints_the_code_and_logs_nothing(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    await ConsoleCarrier().deliver(LETTER)
    assert "To: ada@example.com\nSubject: a subject\n\n" in capsys.readouterr().err
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("url", "configured"), [(None, False), ("console:", True), ("smtp://h", True)]
)
async def test_the_settings_say_whether_letters_are_sent(
    url: str | None, configured: bool, caplog: pytest.LogCaptureFixture
) -> None:
    more = {"mail_from": SENDER, "public_url": "http://127.0.0.1:8000"}
    settings = Settings.model_validate({"mail_url": url, **more})
    mailer = open_mailer(settings, FakeClock())
    assert mailer.is_configured is configured
    assert ("for development" in caplog.text) is (url == "console:")
    assert not any(record.levelno > logging.WARNING for record in caplog.records)
