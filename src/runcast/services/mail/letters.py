"""Every letter that Runcast writes, word for word. Pure.

A link has its code behind `#`, where no server and no log sees it. Names come from people who may mean
ill, and are quoted so that none of them looks like a link or begins a line of its own.
"""

import re
from dataclasses import replace
from enum import StrEnum

from runcast.services.mail.mailer import Letter

_NAME_LENGTH = 60
# What could make a link or a line of a name.
_TELLING = re.compile(r"[^\w\s'&,()-]+|\s+")


class Notice(StrEnum):
    """What has happened to an account, as its person is told; its name is the letter's kind."""

    PASSWORD_CHANGED = "The password of your account was changed."  # noqa: S105 - no password
    PASSWORD_RESET = (
        "The password of your account was set anew by a link that was sent to this address.\n"  # noqa: S105 - no password
        "Everybody was signed out, and API keys and share links have ended."
    )
    ADDRESS_CHANGED = (
        "Your account has another mail address now. No more letters about it come to this one."
    )
    FACTOR_ADDED = "A second factor or a passkey was added to your account."
    FACTOR_REMOVED = "A second factor or a passkey was removed from your account."
    RECOVERY_CODES_MADE = "New recovery codes were made for your account. Earlier ones have ended."
    RECOVERY_CODE_USED = "Somebody signed in to your account with one of its recovery codes."
    IDENTITY_LINKED = "Another way to sign in was linked to your account."
    IDENTITY_UNLINKED = "A way to sign in was removed from your account."


def verification(public_url: str, to: str, code: str) -> Letter:
    """Ask whoever registered, or changed their address, to show that they read this."""
    text = f"""Please confirm that this is your mail address, within a day:

{public_url}/#verify={code}

If you have not asked for this, somebody mistyped their address, or tried yours. Do not open the link;
without it nothing happens.
"""
    return _letter("verification", to, "Confirm your mail address", public_url, text)


def reset(public_url: str, to: str, code: str) -> Letter:
    """Let whoever forgot their password set another."""
    text = f"""You can set a new password here, within an hour:

{public_url}/#reset={code}

Everybody who is signed in to your account is signed out by that. If you have not asked for this, you can
leave this letter unanswered: your password stays as it is.
"""
    return _letter("reset", to, "Set a new password", public_url, text)


def already_registered(public_url: str, to: str) -> Letter:
    """Tell whoever registers, or wants this address, that they have an account."""
    text = """Somebody, probably you, wanted to use this mail address for an account. You have one already: sign in
with it, or ask for a new password there if you have forgotten yours.

If it was not you, you can leave this letter unanswered: your account stays as it is.
"""
    return _letter("already registered", to, "You have an account already", public_url, text)


def invitation(public_url: str, to: str, code: str, *, by: str, team: str | None) -> Letter:
    """Invite somebody, to a team or to no more than an account."""
    where = "" if team is None else f' to the team "{quoted(team)}"'
    text = f"""{quoted(by)} invites you{where}. You can accept within seven days, with this mail address:

{invitation_link(public_url, code)}

If you do not know what this is about, you can leave this letter unanswered.
"""
    return replace(_letter("invitation", to, "You are invited", public_url, text), can_wait=True)


def invitation_link(public_url: str, code: str) -> str:
    """Return the link by which an invitation is accepted."""
    return f"{public_url}/#invite={code}"


def notice(public_url: str, to: str, what: Notice) -> Letter:
    """Tell somebody what happened to their account."""
    text = f"""{what}

If that was you, nothing is left to do. If it was not, {_way_out(what)}
"""
    kind = what.name.lower().replace("_", " ")
    return _letter(kind, to, "Your account was changed", public_url, text)


def _way_out(what: Notice) -> str:
    if what is Notice.ADDRESS_CHANGED:
        # No letter that sets a password comes to this address any more.
        return "tell whoever runs this server at once."
    return (
        'set a new password at once, by "forgotten password"\n'
        "where you sign in, and tell whoever runs this server."
    )


def quoted(name: str) -> str:
    """Return a name as one short line without anything that could be a link."""
    return " ".join(_TELLING.sub(" ", name).split())[:_NAME_LENGTH]


def _letter(kind: str, to: str, subject: str, public_url: str, text: str) -> Letter:
    return Letter(kind, to, subject, f"Hello,\n\n{text}\n-- \nSent by {public_url}\n")
