"""Settings: everything an installation may choose, read from the environment and from one env file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PLACEHOLDERS = ("changeme", "change-me", "secret", "default", "example", "replace")
ENV_FILE = "var/minping.env"


@dataclass(frozen=True)
class Analytics:
    """Where a wave's answers are added up: the engine by name, the data folder (None: nothing kept), Dask's address."""

    engine: str = "database"
    folder: Path | None = None
    scheduler: str = ""


class Settings(BaseSettings):
    """One installation's settings. Raises pydantic's ValidationError when one is missing or unsafe.

    Each is `MINPING_` and its name in capitals, save `PUBLIC_URL` and `PORT`, which stand alone.
    """

    model_config = SettingsConfigDict(env_prefix="MINPING_", extra="ignore", populate_by_name=True)

    secret_key: SecretStr
    secret_key_fallbacks: Annotated[list[SecretStr], NoDecode] = []  # old keys, still accepted for a while
    box_url: str = ""
    registrar_url: str = ""
    jobs: Path | None = None  # the queue's own SQLite file; not used when the registrar is PostgreSQL
    data_dir: Path = Path("var")
    public_url: str = Field("", validation_alias="PUBLIC_URL")
    port: int = Field(8000, validation_alias="PORT", ge=1, le=65535)
    trusted_hosts: Annotated[list[str], NoDecode] = []  # host names we answer to; default: loopback and PUBLIC_URL's
    proxies: int = Field(0, ge=0, le=4)  # reverse proxies of ours in front, that set X-Forwarded-Proto
    workers: int = Field(2, ge=1, le=64)  # web processes
    demo: bool = False  # a demonstration: sign-ins work on loopback only, every staff page says so
    postgres_bin: Path | None = None  # folder of pg_dump and pg_restore, when they are not on PATH
    engine: str = "database"  # where answers are added up: a file in surveys/analysis/totals/engines
    dask_scheduler: str = ""  # with engine "dask": workers elsewhere, that see the data folder at the same path

    @field_validator("secret_key_fallbacks", "trusted_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("secret_key")
    @classmethod
    def _is_a_secret(cls, value: SecretStr) -> SecretStr:
        said = value.get_secret_value()
        if len(said) < 32 or len(set(said)) < 10 or any(word in said.lower() for word in PLACEHOLDERS):
            raise ValueError("is missing, too short or a placeholder; `minping init` makes one of 43 random characters")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        address = urlsplit(value)
        if value and (address.scheme not in ("http", "https") or not address.hostname or address.path not in ("", "/")):
            raise ValueError("must look like https://survey.example.org, without a path")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fill_in(self) -> Settings:
        folder = self.data_dir.absolute()
        self.box_url = self.box_url or f"sqlite:///{folder / 'box.sqlite3'}"
        self.registrar_url = self.registrar_url or f"sqlite:///{folder / 'registrar.sqlite3'}"
        self.jobs = self.jobs or folder / "jobs.sqlite3"
        self.public_url = self.public_url or f"http://127.0.0.1:{self.port}"
        self.trusted_hosts = self.trusted_hosts or [*LOOPBACK, self.public_host]
        return self

    @property
    def analytics(self) -> Analytics:
        """How answers are added up."""
        return Analytics(self.engine, self.data_dir.absolute(), self.dask_scheduler)

    @property
    def public_host(self) -> str:
        """The host name in PUBLIC_URL."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def leads_nowhere(self) -> bool:
        """Whether PUBLIC_URL can be opened on this machine only, so that no letter may carry it."""
        host = self.public_host
        try:
            address = ip_address(host)
        except ValueError:
            return host == "localhost" or host.endswith((".localhost", ".localdomain"))
        plain = getattr(address, "ipv4_mapped", None) or address
        return plain.is_loopback or plain.is_unspecified

    @property
    def https(self) -> bool:
        """Whether people reach this installation over HTTPS."""
        return self.public_url.startswith("https://")


def load(env_file: str | Path | None = None) -> Settings:
    """Settings from the environment, then from `env_file`, MINPING_ENV_FILE or var/minping.env, in this order."""
    chosen = env_file or os.environ.get("MINPING_ENV_FILE") or ENV_FILE
    return Settings(_env_file=chosen, _env_file_encoding="utf-8")


def flask_settings(settings: Settings) -> dict[str, object]:
    """What Flask and Flask-WTF are told; their defaults are not safe enough (docs/operations.md)."""
    megabyte = 1024 * 1024
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SECRET_KEY_FALLBACKS": [key.get_secret_value() for key in settings.secret_key_fallbacks] or None,
        "SESSION_COOKIE_NAME": "minping_form",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": 10 * megabyte,
        "MAX_FORM_MEMORY_SIZE": megabyte,
        "MAX_FORM_PARTS": 2000,
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "PREFERRED_URL_SCHEME": "https" if settings.https else "http",
        "WTF_CSRF_CHECK_DEFAULT": False,  # webapp/auth.py asks for it where a cookie carries authority
        "WTF_CSRF_TIME_LIMIT": None,  # a long form outlives an hour; the token dies with the log-in
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    }
