"""The operator's settings: from the environment, an env file, or secret files; a name nobody knows is refused.

Order: environment, then env file, then secret files (`$CREDENTIALS_DIRECTORY` of systemd, `/run/secrets`).
"""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "KINKEEPER_"

#: Where secrets may lie as files, named like the setting in small letters: kinkeeper_password.
SECRET_FOLDERS = ("/run/secrets",)


class BadSettings(Exception):
    """The settings cannot be used; the message names each and says what to write."""


Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Everything an operator can set. The field's description is its documentation."""

    # An env file may hold what is for others too; names of ours that nobody knows are refused by `load`.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", validate_default=True
    )

    homeserver_url: str = Field(
        description="Base address of the homeserver for clients, such as https://matrix.example.org."
    )
    user_id: str = Field(description="The daemon's own account, such as @kinkeeper:example.org.")
    password: SecretStr | None = Field(
        default=None,
        description="The account's password. Needed on the first start only, and to publish its signing keys.",
    )
    access_token: SecretStr | None = Field(
        default=None,
        description="Instead of a password: an access token, together with the device id.",
    )
    device_id: str | None = Field(
        default=None, description="The device that the access token is for."
    )
    registration_secret: SecretStr | None = Field(
        default=None,
        description="The homeserver's registration_shared_secret, for `kinkeeper register` only.",
    )
    data_dir: Path = Field(
        default=Path("data"), description="Folder for keys and the default database; mode 0700."
    )
    database_url: str | None = Field(
        default=None,
        description="Default: SQLite in the data folder. PostgreSQL: postgres://user:password@host/name.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Phrase that seals keys at rest. Default: a key file made in the data folder.",
    )
    command_prefix: str = Field(
        default="!", description="What a command begins with in rooms of many."
    )
    timezone: str = Field(
        default="UTC", description="IANA zone of circles and people who have named no other."
    )
    stewards: Names = Field(
        default=(), description="Matrix ids told when something needs a person; comma-separated."
    )
    safety_contacts: Names = Field(
        default=(),
        description="Matrix ids of at least two people whom anybody may turn to for safety; comma-separated.",
    )
    accept_invites_from: Names = Field(
        default=(),
        description="Who may invite the daemon: patterns like *:example.org, comma-separated. "
        "Default: everybody on the daemon's own server. People of its circles may open a private chat from anywhere.",
    )
    http_host: str = Field(default="127.0.0.1", description="Where health and metrics listen.")
    http_port: int = Field(
        default=0, ge=0, le=65535, description="Port of health and metrics; 0 turns them off."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="text or json.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error."
    )
    demo_clock: Path | None = Field(
        default=None,
        description="For demonstrations: a file with the seconds by which the clock is moved.",
    )

    @field_validator("homeserver_url")
    @classmethod
    def _address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("write it with https:// in front")
        return url.rstrip("/")

    @field_validator("user_id")
    @classmethod
    def _matrix_id(cls, user: str) -> str:
        if not user.startswith("@") or ":" not in user:
            raise ValueError("a Matrix id looks like @kinkeeper:example.org")
        return user

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("an IANA zone looks like Europe/Rome") from error
        return name

    @field_validator("command_prefix")
    @classmethod
    def _prefix(cls, prefix: str) -> str:
        if not prefix or prefix.isspace() or prefix[-1].isalnum() or prefix == "/":
            raise ValueError("use a sign such as ! (Element keeps /words for itself)")
        return prefix

    @field_validator("stewards", "safety_contacts", "accept_invites_from", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part for part in value.replace(",", " ").split() if part)
        return value

    @field_validator("stewards", "safety_contacts")
    @classmethod
    def _people(cls, people: tuple[str, ...]) -> tuple[str, ...]:
        for person in people:
            if not person.startswith("@") or ":" not in person:
                raise ValueError(f"{person} is no Matrix id like @mara:example.org")
        return people

    @model_validator(mode="after")
    def _token_with_device(self) -> "Settings":
        if self.access_token is not None and self.device_id is None:
            raise ValueError("KINKEEPER_ACCESS_TOKEN needs KINKEEPER_DEVICE_ID beside it")
        return self

    @property
    def server(self) -> str:
        """The server part of the daemon's id."""
        return self.user_id.partition(":")[2]

    @property
    def database(self) -> str:
        """The address of the database."""
        if self.database_url is None:
            return f"sqlite://{self.data_dir.resolve() / 'kinkeeper.db'}"
        return self.database_url

    def welcomes(self, person: str) -> bool:
        """Whether this person may invite the daemon."""
        patterns = self.accept_invites_from or (f"*:{self.server}",)
        return any(fnmatchcase(person, pattern) for pattern in patterns)


def known_names() -> dict[str, str]:
    """Every setting's name in the environment, and what it is for."""
    return {
        PREFIX + name.upper(): field.description or ""
        for name, field in Settings.model_fields.items()
    }


def load(env_file: Path | None = None) -> Settings:
    """The settings as they stand. Raises BadSettings."""
    from_file = dict(dotenv_values(env_file)) if env_file is not None else {}
    _refuse_unknown([*os.environ, *from_file])
    folders = [*SECRET_FOLDERS, os.environ.get("CREDENTIALS_DIRECTORY", "")]
    present = [folder for folder in folders if folder and Path(folder).is_dir()]
    try:
        return Settings(_env_file=env_file, _secrets_dir=present or None)  # type: ignore[call-arg]
    except ValidationError as error:
        raise BadSettings(_explained(error)) from None


def _refuse_unknown(names: Iterable[str]) -> None:
    known = known_names()
    for name in names:
        upper = name.upper()
        if not upper.startswith(PREFIX) or upper in known:
            continue
        without_prefix = [name.removeprefix(PREFIX) for name in known]
        near = get_close_matches(upper.removeprefix(PREFIX), without_prefix, n=1)
        hint = f" Did you mean {PREFIX}{near[0]}?" if near else ""
        raise BadSettings(f"There is no setting {name}.{hint} settings.example.env lists them all.")


def _explained(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = PREFIX + "_".join(str(part) for part in problem["loc"]).upper()
        reason = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "missing":
            reason = f"is missing: {known_names().get(name, '')}"
        # Never the value itself: it may be a secret.
        lines.append(f"{name} {reason}" if problem["loc"] else reason)
    return "\n".join(lines)
