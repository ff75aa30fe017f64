"""Every setting once, with its reason. Read once at the start, handed on, never imported as a global."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from runcast.setting_types import (
    CommaSeparated,
    DatabaseUrl,
    MailSender,
    MailUrl,
    Networks,
    OpenIdProviders,
    Origin,
    Quotas,
    RedisUrl,
    SecureUrl,
)

TITLE = "Runcast's settings"
"""By this title a ValidationError is known for one of these; applications have Settings of their own."""


class Settings(BaseSettings):
    """`RUNCAST_*` variables of the environment, or arguments to `Runcast(...)`, which win."""

    model_config = SettingsConfigDict(
        env_prefix="RUNCAST_",
        extra="forbid",
        frozen=True,
        title=TITLE,
        # What is refused may be a secret.
        hide_input_in_errors=True,
    )

    database_url: DatabaseUrl = Field(
        default="sqlite:///./runcast-data/runcast.db",
        description="Where everything is kept. Bare sqlite:/// and postgresql:// are accepted.",
    )
    database_connections: int = Field(
        default=16, ge=4, le=1000, description="Connections to PostgreSQL, of each process at most."
    )
    prepared_statements: bool = Field(
        default=True,
        description="Off behind PgBouncer in transaction mode, which keeps none for a client.",
    )
    redis_url: RedisUrl | None = Field(
        default=None,
        description="What rings between processes: redis://, rediss:// or unix://.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="What tokens are signed with; made on the first start beside an SQLite file.",
    )
    access_token_seconds: int = Field(
        default=300, ge=1, le=86_400, description="How long an access token works."
    )
    signing_key_days: float = Field(
        default=90,
        ge=1,
        le=3_650,
        description="How long one key signs access tokens before the next does.",
    )
    session_idle_seconds: int = Field(
        default=30 * 86_400, ge=60, description="A session unused for this long has ended."
    )
    session_seconds: int = Field(
        default=365 * 86_400, ge=60, description="A session ends this long after its sign-in."
    )
    proof_seconds: int = Field(
        default=600,
        ge=1,
        le=86_400,
        description="How long after proving who one is one may do what is sensitive.",
    )
    lease_seconds: float = Field(
        default=30,
        gt=0,
        le=86_400,
        description="A worker silent for this long has lost its executions.",
    )
    concurrency: int = Field(
        default=100, ge=1, le=10_000, description="How many executions one worker runs at once."
    )
    cancel_seconds: float = Field(
        default=30,
        gt=0,
        le=86_400,
        description="A handler that ignores a cancel for this long is given up.",
    )
    park_seconds: float = Field(
        default=3,
        gt=0,
        le=86_400,
        description="An execution that only waits for this long gives its place back.",
    )
    keep_events_days: float | None = Field(
        default=None,
        gt=0,
        le=36_500,
        description="Logs of what ended this long ago go, but for the final event; unset: never.",
    )
    keep_executions_days: float | None = Field(
        default=None,
        gt=0,
        le=36_500,
        description="Executions that ended this long ago go with all that is theirs; unset: never.",
    )
    keep_audit_days: float = Field(
        default=400,
        gt=0,
        le=36_500,
        description="Entries of the audit log go this long after what they tell of.",
    )
    rate_limits: Quotas = Field(
        default="on",
        description="How often one may ask: on, off, or policy=limit, comma separated.",
    )
    registration: Literal["open", "invite", "closed"] = Field(
        default="open", description="Whether anybody may register, or who is invited, or nobody."
    )
    console: Literal["off", "on"] = Field(
        default="on", description="Whether the console's pages answer where no route does."
    )
    public_url: Origin | None = Field(
        default=None,
        description="The origin of the server's pages as browsers reach it, for links to them.",
    )
    mail_from: MailSender | None = Field(
        default=None, description="The address that letters come from: a@b.c or Name <a@b.c>."
    )
    mail_url: MailUrl | None = Field(
        default=None,
        description="What takes letters: smtp://user:password@host:587, smtps://… or console:.",
    )
    require_verified: bool = Field(
        default=False, description="Whether only they sign in whose address is known to be theirs."
    )
    trusted_proxies: Networks = Field(
        default=(),
        description="Addresses and networks whose X-Forwarded-For and -Proto are believed.",
    )
    connections_per_address: int = Field(
        default=1000,
        ge=1,
        le=1_000_000,
        description="Connections of one address in one process, at most, but for sockets signed in.",
    )
    head_seconds: float = Field(
        default=10, gt=0, le=3_600, description="How long the head of a request may take to arrive."
    )
    body_seconds: float = Field(
        default=30,
        gt=0,
        le=3_600,
        description="How long the body of a request may stand still before it is given up.",
    )
    keep_alive_seconds: int = Field(
        default=75,
        ge=1,
        le=3_600,
        description="How long a connection is kept between two requests.",
    )
    oidc: OpenIdProviders = Field(
        default=(),
        description="OpenID providers by which people sign in, as a JSON list of objects.",
    )
    github_client_id: str | None = Field(
        default=None, min_length=1, description="By which people sign in with GitHub."
    )
    github_client_secret: SecretStr | None = Field(
        default=None,
        min_length=1,
        validate_default=True,
        description="What goes with the client id.",
    )
    github_url: SecureUrl = Field(
        default="https://github.com", description="GitHub, or an Enterprise Server of one's own."
    )
    github_api_url: SecureUrl = Field(
        default="https://api.github.com",
        description="Its API; an Enterprise Server's ends in /api/v3.",
    )
    allowed_origins: CommaSeparated = Field(
        default=(),
        description="Origins of browsers' pages besides the server's own, comma separated.",
    )
    heartbeat_seconds: float = Field(
        default=20,
        gt=0,
        le=86_400,
        description="How often a feed shows a sign of life; two without end it.",
    )
    drain_seconds: float = Field(
        default=0,
        ge=0,
        le=3_600,
        description="How long a server that is told to stop serves on, not ready, before it does.",
    )
    auth_seconds: float = Field(
        default=5, gt=0, le=86_400, description="How long a new socket may take to say who it is."
    )
    unsigned_sockets: int = Field(
        default=5000,
        ge=1,
        le=1_000_000,
        description="Sockets that have not said yet who they are, in one process, at most.",
    )
    sockets_per_principal: int = Field(
        default=1000,
        ge=1,
        le=1_000_000,
        description="Sockets and streams of one person, link or address in one process, at most.",
    )
    feed_buffer_bytes: int = Field(
        default=4 * 2**20, ge=2**16, description="What one execution's live buffer holds at most."
    )
    socket_buffer_bytes: int = Field(
        default=2**18, ge=2**12, description="Unsent bytes past which a watcher is served later."
    )
    stuck_seconds: float = Field(
        default=60,
        gt=0,
        le=86_400,
        description="A watcher that reads nothing for this long is cut off.",
    )
    password_threads: int = Field(
        default=2, ge=1, le=64, description="How many Argon2id hashes are computed at once."
    )
    password_memory_kib: int = Field(
        default=65_536,
        ge=64,
        le=2**21,
        description="Memory of one Argon2id hash, in KiB. OWASP's least is 19456; less is for tests.",
    )
    password_passes: int = Field(
        default=3, ge=1, le=100, description="Passes of Argon2id over that memory."
    )
    metrics: Literal["off", "open", "admin"] = Field(
        default="admin", description="Who may read /metrics: nobody, anybody, administrators."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="A bearer token that reads /metrics and nothing else, for the scraper.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="Log lines for people, or one JSON object each."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least severe that is logged."
    )
    access_log: bool = Field(default=False, description="Whether each answer is a log line.")
    telemetry: Literal["off", "on"] = Field(
        default="off", description="OpenTelemetry's spans and metrics, if an SDK is installed."
    )
    folder_roots: CommaSeparated = Field(
        default=(),
        description="Folders besides the current one that the inventory example may read.",
    )

    @field_validator("github_client_secret")
    @classmethod
    def _goes_with_an_id(cls, secret: SecretStr | None, read: ValidationInfo) -> SecretStr | None:
        if (secret is None) != (read.data.get("github_client_id") is None):
            raise ValueError("it goes together with RUNCAST_GITHUB_CLIENT_ID")
        return secret

    @field_validator("mail_url")
    @classmethod
    def _can_send(cls, url: SecretStr | None, read: ValidationInfo) -> SecretStr | None:
        both = read.data.get("mail_from") and read.data.get("public_url")
        if url is not None and not both:
            raise ValueError("letters want RUNCAST_MAIL_FROM and RUNCAST_PUBLIC_URL as well")
        return url

    @field_validator("require_verified")
    @classmethod
    def _can_verify(cls, required: bool, read: ValidationInfo) -> bool:
        if required and read.data.get("mail_url") is None:
            raise ValueError("addresses are verified by letters, which want RUNCAST_MAIL_URL")
        return required

    @property
    def data_folder(self) -> Path | None:
        """The folder of the SQLite file, absolute; None on a database that is a server."""
        path = self.sqlite_path
        return None if path is None else path.parent

    @property
    def database_place(self) -> str:
        """Which database it is, for people: the file, or server and name; no user, no password."""
        if self.sqlite_path is not None:
            return str(self.sqlite_path)
        scheme, rest, path, *_ = urlsplit(self.database_url)
        return f"{scheme.partition('+')[0]}://{rest.rpartition('@')[2]}{path}"

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file, absolute; None on a database that is a server."""
        scheme, _, rest = self.database_url.partition("://")
        if scheme.partition("+")[0] != "sqlite":
            return None
        return Path(rest.removeprefix("/")).absolute()
