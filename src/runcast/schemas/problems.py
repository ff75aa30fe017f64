"""The body of a refusal (RFC 9457)."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class FieldProblem(BaseModel):
    """One field that was refused: where, why, and by which rule."""

    loc: list[str | int]
    msg: str
    type: str


class Problem(BaseModel):
    """`application/problem+json`; `code` is stable, `detail` is for people."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str | None = None
    errors: list[FieldProblem] | None = None


class TokenProblem(Problem):
    """What the token endpoint refuses, with RFC 6749's fields beside the problem's.

    The last three come with `mfa_required`.
    """

    error: str | None = None
    error_description: str | None = None
    mfa_token: str | None = None
    methods: list[str] | None = None
    passkey: dict[str, Any] | None = None
