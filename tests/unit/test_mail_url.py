"""Where a mail URL leads, and which lead nowhere."""

import pytest

from runcast.mail_url import Console, SmtpAddress, Tls, parse


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("smtp://mail.example.com", SmtpAddress("mail.example.com", 587, Tls.REQUIRED)),
        ("smtp://mail.example.com:25/", SmtpAddress("mail.example.com", 25, Tls.REQUIRED)),
        ("smtp://mail.example.com?tls=off", SmtpAddress("mail.example.com", 587, Tls.OFF)),
        ("smtps://mail.example.com", SmtpAddress("mail.example.com", 465, Tls.IMPLICIT)),
        ("smtp://localhost:2525", SmtpAddress("localhost", 2525, Tls.OFFERED)),
        ("smtp://[::1]:2525", SmtpAddress("::1", 2525, Tls.OFFERED)),
        ("smtp://u%40x:p%2Fw@h.example", SmtpAddress("h.example", 587, Tls.REQUIRED, "u@x", "p/w")),
    ],
)
def test_a_url_says_host_port_privacy_and_user(text: str, meant: SmtpAddress) -> None:
    assert parse(text) == meant


def test_the_console_is_for_development() -> None:
    assert isinstance(parse("console:"), Console)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://host:port",
        "smtp://host:70000",
        "smtp://[::1",
        "smtp://host/path",
        "smtp://user:pa#ss@host",
        "smtp://host?tls=on",
        "smtp://host?tls=off&tls=off",
        "smtps://host?tls=off",
        "console",
        "console:x",
    ],
)
def test_what_leads_nowhere_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"smtp://|mail server|escape") as refused:
        parse(text)
    assert "pa#ss" not in str(refused.value)
    assert "70000" not in str(refused.value)


def test_who_prints_an_address_prints_no_password() -> None:
    shown = repr(parse("smtp://ada:hunter2@mail.example.com"))
    assert "mail.example.com" in shown
    assert "hunter2" not in shown
    assert "ada" not in shown
