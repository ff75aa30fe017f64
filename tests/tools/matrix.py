"""Who may do what at each address: the table of the matrix test, written down apart from the code.

Whoever adds an endpoint adds its line to `ROWS`: the method and path, what kind of address it is, and for
kinds that a key may use the scope that it takes. The kinds:

    public                      anybody, without signing in
    account                     a session of one's own, whoever one is; no key
    admin                       an administrator's session
    signed <scope>              anybody who is signed in
    item <right> <scope>        whoever has this right to the item in the path
    execution <right> <scope>   whoever has it to the execution in the path, or in the body
    team <right> <scope>        whoever has it in the team in the path, the query or the body
    feed see <scope>            as `execution`, over a WebSocket

An endpoint may have several lines. `query` and `body` may name what is asked about as `{thing}`. What is
sent is refused, or changes nothing, also where it is allowed: a condition that fails, a handler that there
is not, an execution that has ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "account"
STALE = {"If-Match": '"0"'}
STREAM = {"Accept": "text/event-stream"}
NAMELESS = {"handler": "no such handler", "team_id": "{thing}"}


@dataclass(frozen=True)
class Row:
    """One line: an endpoint, what it takes, and a request that only rights can stop from being taken up."""

    endpoint: str
    kind: str
    right: str = ""
    scope: str = ACCOUNT
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The method; WS for a socket."""
        return self.endpoint.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path, with its parameters in braces."""
        return self.endpoint.partition(" ")[2]


ROWS = (
    Row("GET /health/live", "public"),
    Row("GET /health/ready", "public"),
    Row("GET /metrics", "admin"),
    Row("GET /.well-known/jwks.json", "public"),
    Row("GET /api/auth/options", "public"),
    Row("POST /api/auth/register", "public"),
    Row("POST /api/auth/token", "public"),
    Row("POST /api/auth/reset", "public"),
    Row("POST /api/auth/reset/confirm", "public"),
    Row("POST /api/auth/passkey-challenges", "public"),
    Row("GET /api/auth/oauth", "public"),
    Row("GET /api/auth/oauth/{provider}", "public"),
    Row("GET /api/auth/oauth/{provider}/callback", "public"),
    Row("POST /api/auth/verification/confirm", "public"),
    Row("POST /api/auth/verification", "account"),
    Row("POST /api/auth/logout", "account"),
    Row("GET /api/auth/me", "account"),
    Row("PATCH /api/auth/me", "account"),
    Row("GET /api/auth/sessions", "account"),
    Row("DELETE /api/auth/sessions", "account"),
    Row("DELETE /api/auth/sessions/{session_id}", "account"),
    Row("POST /api/auth/keys", "account"),
    Row("GET /api/auth/keys", "account"),
    Row("DELETE /api/auth/keys/{key_id}", "account"),
    Row("POST /api/auth/prove", "account"),
    Row("GET /api/auth/factors", "account"),
    Row("POST /api/auth/factors/totp", "account"),
    Row("POST /api/auth/factors/totp/confirm", "account"),
    Row("DELETE /api/auth/factors/totp", "account"),
    Row("POST /api/auth/factors/recovery-codes", "account"),
    Row("POST /api/auth/passkey-options", "account"),
    Row("POST /api/auth/passkeys", "account"),
    Row("GET /api/auth/passkeys", "account"),
    Row("PATCH /api/auth/passkeys/{passkey_id}", "account"),
    Row("DELETE /api/auth/passkeys/{passkey_id}", "account"),
    Row("POST /api/auth/identities", "account"),
    Row("GET /api/auth/identities", "account"),
    Row("DELETE /api/auth/identities/{identity_id}", "account"),
    Row("GET /api/auth/activity", "account"),
    Row("GET /api/users", "admin"),
    Row("GET /api/users/{user_id}", "admin"),
    Row("PATCH /api/users/{user_id}", "admin"),
    Row("GET /api/users/{user_id}/sessions", "admin"),
    Row("DELETE /api/users/{user_id}/sessions", "admin"),
    Row("DELETE /api/users/{user_id}/sessions/{session_id}", "admin"),
    Row("GET /api/audit", "admin"),
    Row("POST /api/invitations", "account"),
    Row("GET /api/invitations", "admin"),
    Row("GET /api/invitations", "team", "manage", query={"team_id": "{thing}"}),
    Row("DELETE /api/invitations/{invitation_id}", "account"),
    Row("POST /api/auth/invitations", "account"),
    Row("POST /api/auth/invitations/preview", "public"),
    Row("POST /api/teams", "account"),
    Row("GET /api/teams", "account"),
    Row("GET /api/teams/{team_id}", "team", "see"),
    Row("PATCH /api/teams/{team_id}", "team", "manage", body={"name": "crew"}),
    Row("DELETE /api/teams/{team_id}", "team", "delete"),
    Row("GET /api/teams/{team_id}/members", "team", "see"),
    Row("PUT /api/teams/{team_id}/members/{user_id}", "team", "manage", body={"role": "viewer"}),
    Row("DELETE /api/teams/{team_id}/members/{user_id}", "team", "manage"),
    Row("POST /api/items", "signed", scope="items:write"),
    Row("POST /api/items", "team", "write", "items:write",
        body={"name": "a", "team_id": "{thing}"}),
    Row("POST /api/items", "team", "publish", "items:write",
        body={"name": "a", "visibility": "public", "team_id": "{thing}"}),
    Row("GET /api/items", "signed", scope="items:read"),
    Row("GET /api/items", "admin", query={"everyone": "true"}),
    Row("GET /api/items", "team", "see", "items:read", query={"team_id": "{thing}"}),
    Row("GET /api/items/{item_id}", "item", "see", "items:read"),
    Row("PUT /api/items/{item_id}", "item", "write", "items:write",
        body={"name": "a"}, headers=STALE),
    Row("PATCH /api/items/{item_id}", "item", "write", "items:write", body={}, headers=STALE),
    Row("DELETE /api/items/{item_id}", "item", "delete", "items:write", headers=STALE),
    Row("POST /api/items/{item_id}/executions", "item", "start", "executions:start"),
    Row("POST /api/executions", "signed", scope="executions:start"),
    Row("POST /api/executions", "team", "start", "executions:start", body=NAMELESS),
    Row("GET /api/executions", "signed", scope="executions:read"),
    Row("GET /api/executions", "admin", query={"everyone": "true"}),
    Row("GET /api/executions", "team", "see", "executions:read", query={"team_id": "{thing}"}),
    Row("GET /api/executions/{execution_id}", "execution", "see", "executions:read"),
    Row("POST /api/executions/{execution_id}/answers/{question}", "execution", "act",
        "executions:act", body={"value": 1}),
    Row("POST /api/executions/{execution_id}/signals/{name}", "execution", "act",
        "executions:act"),
    Row("POST /api/executions/{execution_id}/cancel", "execution", "act", "executions:act"),
    Row("POST /api/executions/{execution_id}/retry", "execution", "start", "executions:start"),
    Row("POST /api/executions/{execution_id}/share", "execution", "publish", "executions:act",
        body={"expires_at": "2020-01-01T00:00:00Z"}),
    Row("GET /api/executions/{execution_id}/shares", "execution", "publish", "executions:act"),
    Row("DELETE /api/executions/{execution_id}/shares/{share_id}", "execution", "publish",
        "executions:act"),
    Row("POST /api/auth/tickets", "execution", "see", "executions:watch",
        body={"execution_id": "{thing}"}),
    Row("GET /api/executions/{execution_id}/events", "execution", "see", "executions:watch"),
    Row("GET /api/executions/{execution_id}/events", "execution", "see", "executions:watch",
        headers=STREAM),
    Row("GET /api/executions/{execution_id}/questions", "execution", "see", "executions:watch"),
    Row("GET /api/executions/{execution_id}/payloads/{ref}", "execution", "see",
        "executions:watch"),
    Row("WS /ws/{execution_id}", "feed", "see", "executions:watch"),
    Row("GET /api/handlers", "signed", scope="executions:read"),
    Row("GET /api/stats", "signed", scope="executions:read"),
    Row("GET /api/stats", "team", "see", "executions:read", query={"team_id": "{thing}"}),
    Row("GET /api/stats", "admin", query={"scope": "all"}),
    Row("GET /api/workers", "admin"),
)  # fmt: skip

# What may be seen, but not acted on, without signing in; a share link opens the executions among them.
OPEN_TO_ANYBODY = {
    "GET /api/items/{item_id}",
    "GET /api/executions/{execution_id}",
    "GET /api/executions/{execution_id}/events",
    "GET /api/executions/{execution_id}/payloads/{ref}",
    "GET /api/executions/{execution_id}/questions",
    "WS /ws/{execution_id}",
}

# Who may do what, as docs/teams.md says it.
RELATED_WHO_MAY = {
    "see": {"owner", "viewer", "operator", "team owner", "administrator", "link", "public"},
    "start": {"owner", "operator", "team owner"},
    "act": {"owner", "operator", "team owner", "administrator"},
    "write": {"owner", "operator", "team owner"},
    "publish": {"owner", "team owner"},
    "delete": {"owner", "team owner"},
    "manage": {"team owner", "administrator"},
}


@dataclass(frozen=True)
class Credential:
    """What somebody shows.

    Attributes:
        name: whose it is, and in which state.
        token: what is sent as `Bearer`; None for nothing at all.
        form: nobody, session, key, link or bad.
        scopes: what a key was made for.
        relations: how its holder stands to each thing, by the thing's name.
    """

    name: str
    token: str | None
    form: str
    scopes: frozenset[str] = frozenset()
    relations: Mapping[str, str] = field(default_factory=dict)


def expected(row: Row, who: Credential, thing: str) -> str:
    """Return what a request comes to: `401`, `403`, `404`, or `taken up`; "" where it is not asked."""
    if row.kind == "public":
        return "taken up" if who.form == "nobody" else ""
    if who.form == "bad":
        return "401"
    if row.kind in {"item", "execution", "team", "feed"}:
        return _about_a_thing(row, who, thing)
    return _about_oneself(row, who)


def _about_oneself(row: Row, who: Credential) -> str:
    if who.form == "nobody":
        return "401"
    if row.kind == "signed":
        return "taken up" if who.form == "session" or row.scope in who.scopes else "403"
    if who.form != "session" or (row.kind == "admin" and who.name != "the administrator"):
        return "403"
    # Whether an account takes it up is for other tests to say: here it might end the account.
    return "taken up" if row.method == "GET" else ""


def _about_a_thing(row: Row, who: Credential, thing: str) -> str:
    is_open = row.endpoint in OPEN_TO_ANYBODY
    relation = who.relations.get(thing, "public" if thing == "public" else "")
    if who.form == "nobody":
        return "taken up" if is_open and relation else "401"
    if _is_meant_for_others(row, who, is_open=is_open):
        return "403"
    if not relation:
        return "404"
    return "taken up" if relation in RELATED_WHO_MAY[row.right] else "403"


def _is_meant_for_others(row: Row, who: Credential, *, is_open: bool) -> bool:
    if who.form == "link":
        return not is_open or row.kind == "item"
    return who.form == "key" and row.scope not in who.scopes
