"""What Runcast writes to people."""

import pytest

from runcast.services.mail import letters
from runcast.services.mail.letters import Notice

PAGES = "https://runs.example.com"
TO = "ada@example.com"


def test_links_have_their_codes_behind_the_number_sign() -> None:
    assert f"\n{PAGES}/#verify=rco_x\n" in letters.verification(PAGES, TO, "rco_x").text
    assert f"\n{PAGES}/#reset=rco_x\n" in letters.reset(PAGES, TO, "rco_x").text
    invitation = letters.invitation(PAGES, TO, "rci_x", by="Ada", team=None)
    assert f"\n{PAGES}/#invite=rci_x\n" in invitation.text


def test_no_subject_has_a_code_or_a_name() -> None:
    written = [
        letters.verification(PAGES, TO, "rco_x"),
        letters.reset(PAGES, TO, "rco_x"),
        letters.invitation(PAGES, TO, "rci_x", by="Eve", team="Evil"),
    ]
    assert all(word not in letter.subject for letter in written for word in ("rc", "Eve", "Evil"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Müller & Söhne (Köln)", "Müller & Söhne (Köln)"),
        ("Click https://evil.example/x now", "Click https evil example x now"),
        ("a\r\n\r\nDear customer,", "a Dear customer,"),
        ("<b>bold</b>", "b bold b"),
        ("x" * 200, "x" * 60),
        ("eve@evil.example", "eve evil example"),
        ("\u202eeve", "eve"),
    ],
)
def test_a_name_is_one_line_without_a_link(name: str, shown: str) -> None:
    assert letters.quoted(name) == shown
    assert shown in letters.invitation(PAGES, TO, "rci_x", by=name, team=name).text


@pytest.mark.parametrize("what", Notice)
def test_each_notice_says_what_happened_and_what_to_do(what: Notice) -> None:
    letter = letters.notice(PAGES, TO, what)
    assert what in letter.text
    assert "If it was not" in letter.text
    assert letter.kind == what.name.lower().replace("_", " ")


def test_whose_address_was_changed_is_not_sent_where_no_letter_comes_any_more() -> None:
    for what in Notice:
        advice = letters.notice(PAGES, TO, what).text.partition("If it was not")[2]
        assert "whoever runs this server" in advice
        assert ("forgotten password" in advice) == (what is not Notice.ADDRESS_CHANGED)


def test_every_line_fits_into_a_terminal() -> None:
    texts = [letters.notice(PAGES, TO, what).text for what in Notice]
    texts += [letters.already_registered(PAGES, TO).text, letters.reset(PAGES, TO, "x").text]
    assert max(len(line) for text in texts for line in text.splitlines()) <= 110
