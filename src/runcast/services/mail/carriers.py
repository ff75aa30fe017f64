"""What takes letters away: a mail server over SMTP (RFC 5321, 6409), or the console, for development."""

import asyncio
import logging
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

import aiosmtplib

from runcast import mail_url
from runcast.clock import Clock
from runcast.mail_url import Console, SmtpAddress, Tls
from runcast.services.mail.mailer import Letter, Mailer, NotDelivered
from runcast.settings import Settings

logger = logging.getLogger(__name__)
_SECONDS = 30.0
_START_TLS = {Tls.REQUIRED: True, Tls.OFFERED: None}


@dataclass(frozen=True, slots=True)
class SmtpCarrier:
    """Takes each letter to a mail server over a connection of its own; `seconds` bound one delivery."""

    address: SmtpAddress
    sender: str
    clock: Clock
    seconds: float = _SECONDS

    async def deliver(self, letter: Letter) -> None:
        """Hand the letter over.

        Raises:
            NotDelivered: the server is away, refuses, hangs, or cannot be trusted.
        """
        try:
            message = compose(letter, self.sender, self.clock)
        except ValueError:
            raise NotDelivered("its headers cannot be written", for_good=True) from None
        try:
            async with asyncio.timeout(self.seconds):
                await self._send(message, letter.to)
        except (OSError, ValueError, aiosmtplib.SMTPException) as error:
            raise _not_delivered(error) from None

    async def _send(self, message: EmailMessage, to: str) -> None:
        address = self.address
        trust = await asyncio.to_thread(ssl.create_default_context)
        server = aiosmtplib.SMTP(
            hostname=address.host,
            port=address.port,
            username=address.user,
            password=address.password,
            # Otherwise it asks the DNS for this machine's own name, and blocks the loop meanwhile.
            local_hostname=_domain(self.sender),
            timeout=self.seconds,
            use_tls=address.tls is Tls.IMPLICIT,
            start_tls=_START_TLS.get(address.tls, False),
            tls_context=trust,
        )
        async with server:
            await server.send_message(message, sender=parseaddr(self.sender)[1], recipients=[to])


@dataclass(frozen=True, slots=True)
class ConsoleCarrier:
    """Prints letters to standard error, beside the log, which would blot their codes out."""

    async def deliver(self, letter: Letter) -> None:
        """Print the letter."""
        shown = f"\nTo: {letter.to}\nSubject: {letter.subject}\n\n{letter.text}\n"
        await asyncio.to_thread(sys.stderr.write, shown)


def open_mailer(settings: Settings, clock: Clock) -> Mailer:
    """Return the mailer that the settings describe; one that sends nothing where they name no server."""
    public_url, sender = settings.public_url or "", settings.mail_from or ""
    if settings.mail_url is None:
        return Mailer(None, public_url)
    match mail_url.parse(settings.mail_url.get_secret_value()):
        case Console():
            logger.warning(
                "letters are printed to standard error, codes and all: console: is for development"
            )
            return Mailer(ConsoleCarrier(), public_url)
        case SmtpAddress() as address:
            return Mailer(SmtpCarrier(address, sender, clock), public_url)


def compose(letter: Letter, sender: str, clock: Clock) -> EmailMessage:
    """Return the letter as a message of the Internet (RFC 5322), marked as a machine's (RFC 3834).

    Raises:
        ValueError: something in it would end a header's line.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=_domain(sender))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


def _not_delivered(error: Exception) -> NotDelivered:
    """Return the reason without what a server says: a hostile one could repeat the letter."""
    name = type(error).__name__
    refusals = error.recipients if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else [error]
    codes = [one.code for one in refusals if isinstance(one, aiosmtplib.SMTPResponseException)]
    about_the_letter = (
        aiosmtplib.SMTPRecipientsRefused,
        aiosmtplib.SMTPSenderRefused,
        aiosmtplib.SMTPDataError,
    )
    for_good = isinstance(error, about_the_letter) and all(code >= 500 for code in codes)
    return NotDelivered(" ".join([name, *map(str, codes)]), for_good=for_good)
