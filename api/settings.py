"""The service's settings: environment variables that begin with ``BOTHWAYS_``, also from ``.env``.

They are read and checked before anything else, and every mistake is told at once. A database's URL is not here: it is
``BOTHWAYS_<SECTION>_URL``, which the project reads. ``docs/reference/settings.md`` lists them all; a test compares.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bothways.errors import BothwaysError, ConfigurationError, ModelsNotImportable
from bothways.keys import VARIABLE, Keys
from bothways.project import Project
from bothways.spelling import nearest
from bothways.web.exporters import otlp_exporter
from bothways.web.hosts import is_proxy
from bothways.web.rates import Rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "BOTHWAYS_"
# Variables of others with our prefix.
_FOREIGN_ENDINGS = ("_URL",)

_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?")

Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Everything that can be set; ``extra`` variables are reported by :func:`unknown_variables`, never refused."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    config: Path = Field(default=Path("alembic.ini"), description="The project's alembic.ini")
    serve: Names = Field(
        default=(), description="Databases whose tables are served, separated by commas; all with a URL if empty"
    )
    ready: Names = Field(
        default=(),
        description="Databases that must be at head for /health/ready to answer 200; all that are served if empty",
    )
    docs: bool = Field(default=True, description="Whether /docs and /openapi.json are there")
    max_body: int = Field(default=1_048_576, ge=1, description="Most bytes of a request's body")
    page_size: int = Field(default=50, ge=1, description="Rows on a page where the client does not say")
    page_max: int = Field(default=100, ge=1, le=10_000, description="Most rows on a page")
    bulk_max: int = Field(default=1_000, ge=1, le=10_000, description="Most rows created by one request")
    require_if_match: bool = Field(
        default=False, description="Whether PATCH and DELETE need If-Match, as PUT always does"
    )
    pool_size: int = Field(default=10, ge=1, le=1_000, description="Connections kept to each database")
    pool_overflow: int = Field(default=5, ge=0, le=1_000, description="Further connections at peaks")
    pool_wait: float = Field(default=5.0, gt=0, le=300, description="Seconds to wait for a free connection")
    pool_recycle: float = Field(default=1_800.0, gt=0, description="Seconds after which a connection is replaced")
    pool_pre_ping: bool = Field(default=True, description="Whether an idle connection is tried before it is used")
    pool_ping_after: float = Field(default=5.0, ge=0, description="Seconds after which a connection counts as idle")
    connect_timeout: float = Field(default=5.0, gt=0, le=300, description="Seconds to make a connection")
    statement_timeout: float = Field(default=15.0, gt=0, le=3_600, description="Seconds for a statement")
    request_timeout: float = Field(default=30.0, gt=0, le=3_600, description="Seconds for an answer to begin")
    drain: float = Field(
        default=1.0, ge=0, le=300, description="Seconds not ready but answering, before SIGTERM ends the service"
    )
    metrics: bool = Field(default=True, description="Whether /metrics is there")
    traces: Literal["off", "otlp", "console"] = Field(
        default="off", description="Where OpenTelemetry traces go: otlp to a collector, console to standard error"
    )
    metrics_folder: Path | None = Field(
        default=None, description="Folder where several workers put their figures together; bothways serve makes one"
    )
    lock_timeout: float = Field(default=5.0, gt=0, le=3_600, description="Seconds to wait for another session's lock")
    look_every: float = Field(
        default=5.0, ge=0.05, le=3_600, description="Seconds between looks at which revisions the databases lack"
    )
    run_grace: float = Field(
        default=10.0, ge=0, le=3_600, description="Seconds that a revision may go on after its run is cancelled"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged")
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="json for machines, text for people, auto for text on a terminal only"
    )

    secret: SecretStr = Field(
        default=SecretStr(""),
        description="Signs tokens, cookies and the audit log; 32 bytes or more, several separated by commas to rotate",
    )
    cursor_key: SecretStr = Field(
        default=SecretStr(""),
        description="Signs cursors where there is no secret; bothways serve makes one that all its workers have",
    )
    accounts: str = Field(
        default="", description="Database with users, keys and the audit log; the first served if empty"
    )
    access_minutes: int = Field(default=15, ge=1, le=120, description="Minutes that an access token is good")
    session_hours: int = Field(default=12, ge=1, le=2_160, description="Hours until one has to log in again")
    rate_limit: str = Field(default="600/minute", description="Most requests of each user or key and process, or off")
    login_rate_limit: str = Field(default="20/minute", description="Most logins by each name and address, or off")
    hosts: Names = Field(default=(), description="Names by which the service may be called; any with a secret if empty")
    cors_origins: Names = Field(default=(), description="Origins of pages that may use the API; none if empty")
    proxies: Names = Field(
        default=(),
        description="Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed; unix for --uds",
    )

    @field_validator("secret")
    @classmethod
    def _secret_is_long(cls, value: SecretStr) -> SecretStr:
        try:
            Keys.parse(value.get_secret_value())
        except ConfigurationError as error:
            raise ValueError(f"{error.message.removeprefix(f'{VARIABLE} is ')}; {error.hint}") from None
        return value

    @field_validator("rate_limit", "login_rate_limit")
    @classmethod
    def _rate_is_one(cls, value: str) -> str:
        try:
            Rate.read(value)
        except ValueError:
            raise ValueError("write it as 600/minute, 10/second or off") from None
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_exact(cls, value: Names) -> Names:
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError("an origin is a scheme, a host and perhaps a port: https://app.example.com")
        return value

    @field_validator("proxies")
    @classmethod
    def _proxies_are_addresses(cls, value: Names) -> Names:
        for proxy in value:
            if not is_proxy(proxy):
                raise ValueError("a proxy is an address or a network (10.0.0.0/8), or unix")
        return value

    @field_validator("serve", "ready", "hosts", "cors_origins", "proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(name for name in (part.strip() for part in value.split(",")) if name)
        return value

    @field_validator("metrics_folder")
    @classmethod
    def _is_a_folder(cls, value: Path | None) -> Path | None:
        if value is not None and not os.access(value, os.W_OK | os.X_OK):
            raise ValueError("there is no such folder, or it takes no files")
        return value

    @field_validator("traces")
    @classmethod
    def _can_export(cls, value: str) -> str:
        if value == "otlp" and otlp_exporter() is None:
            raise ValueError("the exporter is not installed: pip install opentelemetry-exporter-otlp-proto-http")
        return value

    @model_validator(mode="after")
    def _page_size_fits(self) -> Settings:
        if self.page_size > self.page_max:
            raise ValueError(f"{variable('page_size')} is more than {variable('page_max')}")
        return self


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def read_settings() -> tuple[Settings, Project]:
    """Read and check the settings and the project.

    Raises ModelsNotImportable where that is all that is wrong, else ConfigurationError with every mistake at once.
    """
    mistakes: list[str] = []
    config = Path(os.environ.get(variable("config")) or "alembic.ini")
    settings: Settings | None = None
    project: Project | None = None
    try:
        settings = Settings(_env_file=config.parent / ".env")  # type: ignore[call-arg]  # an argument of the base class
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        mistakes += [_mistake(fault) for fault in faults]
        rest = _without(faults, config)
    else:
        rest = settings
    models: ModelsNotImportable | None = None
    try:
        project = Project.load(config)
        project.metadata()
    except ModelsNotImportable as error:
        models = error
    except BothwaysError as error:
        mistakes.append(error.message + (f" ({error.hint})" if error.hint else ""))
    if project is not None:
        mistakes += [d.problem.message for d in project.databases if d.problem is not None]
    if rest is not None and project is not None:
        mistakes += _unknown_names(rest, project)
    if models is not None:
        if not mistakes:
            raise models
        mistakes.append(models.message)
    if mistakes or settings is None or project is None:
        raise _all_at_once(mistakes)
    return settings, project


def _without(faults: Iterable[Mapping[str, Any]], config: Path) -> Settings | None:
    """The settings as if what is wrong were not set, so that the others' mistakes are told too."""
    wrong = {str(where[0]) for fault in faults if (where := fault["loc"])} or {"page_size", "page_max"}
    usual = {n: f.get_default(call_default_factory=True) for n, f in Settings.model_fields.items() if n in wrong}
    try:
        return Settings(_env_file=config.parent / ".env", **usual)  # type: ignore[call-arg]  # as above
    except ValidationError:
        return None


def unknown_variables(environment: Mapping[str, str], project: Project) -> list[str]:
    """Variables with our prefix that nothing reads, most likely misspelt, each with the nearest ones."""
    known = {variable(name) for name in Settings.model_fields} | {d.variable for d in project.databases}
    strangers = sorted(
        name for name in environment if name.startswith(PREFIX) and name not in known and not _is_foreign(name)
    )
    return [f"{name} is not a setting: {nearest(name, known)}" for name in strangers]


def _is_foreign(name: str) -> bool:
    return name.endswith(_FOREIGN_ENDINGS)


def _unknown_names(settings: Settings, project: Project) -> list[str]:
    known = [d.name for d in project.databases]
    found = []
    named = {
        "serve": settings.serve,
        "ready": settings.ready,
        "accounts": (settings.accounts,) * bool(settings.accounts),
    }
    for setting, names in named.items():
        for name in names:
            if name not in known:
                found.append(f"{variable(setting)} names a database {name!r} that is not there: {nearest(name, known)}")
            elif setting != "ready" and project.database(name).url is None:
                found.append(
                    f"{variable(setting)} names {name!r}, which has no URL: set {project.database(name).variable}"
                )
    return found


def _mistake(fault: Mapping[str, Any]) -> str:
    where = fault["loc"]
    words = str(fault["msg"]).removeprefix("Value error, ")
    return f"{variable(str(where[0]))}: {words}" if where else words


def _all_at_once(mistakes: list[str]) -> ConfigurationError:
    count = f"{len(mistakes)} mistake{'s' if len(mistakes) != 1 else ''}"
    return ConfigurationError(
        "\n".join([f"the service cannot start: {count} in its settings", *(f"  - {m}" for m in mistakes)]),
        hint="docs/reference/settings.md lists every setting",
        details={"mistakes": mistakes},
    )
