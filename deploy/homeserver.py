"""Run a real Synapse, from its Python package, on loopback.

A homeserver is a folder: its ports, keys, secrets and database are in it, and starting it again
from the same folder continues the same server, also after a SIGKILL. It ends when the process that
started it ends. Homeservers that share an `Authority` federate with each other over verified TLS;
without one a homeserver has no federation. Nothing listens on any address but 127.0.0.1.
"""

import asyncio
import base64
import collections
import hashlib
import hmac
import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Self

import yaml

from deploy import ports, tether
from deploy.authority import Authority
from deploy.wire import Denied, Wire

__all__ = ["Authority", "Homeserver", "HomeserverFailed", "Limits", "NameTaken", "register"]

_LOG_LINES: Final = 25
_POLL_SECONDS: Final = 0.02
_STOP_SECONDS: Final = 10.0
_START_SECONDS: Final = 60.0


class HomeserverFailed(RuntimeError):
    """Synapse did not start or did not answer; ends with the last lines of its log."""


class NameTaken(RuntimeError):
    """The homeserver has an account of this name already."""


class Limits(StrEnum):
    """How much a homeserver lets people do in a given time."""

    #: As good as unlimited.
    GENEROUS = "generous"
    #: What Synapse does when its operator says nothing.
    DEFAULT = "default"


class Homeserver:
    """One Synapse process in one folder."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        client_port: int | None = None,
        federation_port: int | None = None,
        limits: Limits = Limits.GENEROUS,
        authority: Authority | None = None,
        room_version: str | None = None,
    ) -> None:
        """Settle where the homeserver lives; nothing runs yet.

        `name` is what it is called in failures. Ports not given are those that the folder
        remembers, or else free ones. `room_version` is that of new rooms; Synapse's own choice if
        not given. Raises `deploy.ports.PortTaken`.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.name = name
        self.limits = limits
        self.log = folder / "homeserver.log"
        self._authority = authority
        self._room_version = room_version
        self._process: subprocess.Popen[bytes] | None = None
        kept = _Kept(folder / "kept.json")
        self._client_port = ports.lease(client_port or kept.number("client_port"))
        self._federation_port = ports.lease(federation_port or kept.number("federation_port"))
        kept.keep("client_port", str(self._client_port.number))
        kept.keep("federation_port", str(self._federation_port.number))
        self._signing_seed = kept.secret("signing_seed")
        self._macaroon_secret = kept.secret("macaroon_secret")
        self._form_secret = kept.secret("form_secret")
        self.registration_secret = kept.secret("registration_secret")

    def __repr__(self) -> str:
        """Leave the secrets out."""
        return f"<Homeserver {self.name} {self.server_name} at {self.client_url}>"

    @property
    def client_url(self) -> str:
        """Where clients talk to it, without a slash at the end."""
        return f"http://127.0.0.1:{self._client_port.number}"

    @property
    def server_name(self) -> str:
        """The part after the first colon in its people's ids; it has a colon of its own."""
        return f"localhost:{self._federation_port.number}"

    @property
    def running(self) -> bool:
        """Whether the process is there; it may not answer yet."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The id of its process, while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    async def start(self, *, seconds: float = _START_SECONDS) -> None:
        """Start it and wait until it answers. Raises `HomeserverFailed`."""
        await asyncio.to_thread(self.launch, seconds=seconds)

    async def ready(self, *, seconds: float = _START_SECONDS) -> None:
        """Wait until it answers. Raises `HomeserverFailed`."""
        await asyncio.to_thread(self._await_answer, seconds)

    async def stop(self) -> None:
        """Ask it to end, wait until it has, and give its ports back."""
        await asyncio.to_thread(self.halt)

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.stop()

    def launch(self, *, seconds: float = _START_SECONDS) -> None:
        """Do what `start` does, for callers without an event loop."""
        if not self.running:
            self._client_port.hold()
            self._federation_port.hold()
            self._process = self._spawn(self._write_configuration())
        try:
            self._await_answer(seconds)
        except BaseException:
            self.halt()
            raise

    def halt(self) -> None:
        """Do what `stop` does, for callers without an event loop."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._close_tether()
        self._client_port.release()
        self._federation_port.release()

    def kill(self) -> None:
        """End it at once with SIGKILL; its ports stay leased for a restart."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._close_tether()

    def _spawn(self, configuration: Path) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-P", tether.__file__, "synapse.app.homeserver"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*program, "-c", str(configuration)],
                cwd=self.folder,
                env=_without_proxies(os.environ),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A Ctrl-C in the terminal is for the demo, which then stops its servers in order.
                start_new_session=True,
            )

    def _close_tether(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def _await_answer(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.running:
                raise HomeserverFailed(f"{self.name} ended while starting.\n{self._last_lines()}")
            if _answers(self._client_port.number):
                return
            time.sleep(_POLL_SECONDS)
        raise HomeserverFailed(f"{self.name} is silent for {seconds:g} s.\n{self._last_lines()}")

    def _last_lines(self) -> str:
        if not self.log.exists():
            return "It has written no log."
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            return "".join(collections.deque(lines, maxlen=_LOG_LINES))

    def _write_configuration(self) -> Path:
        _write(self.folder / "signing.key", f"ed25519 a_1 {self._signing_seed}\n")
        _write(self.folder / "log.yaml", yaml.safe_dump(_LOGGING))
        file = self.folder / "homeserver.yaml"
        _write(file, yaml.safe_dump(self._configuration(), sort_keys=False))
        return file

    def _configuration(self) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "server_name": self.server_name,
            "public_baseurl": f"{self.client_url}/",
            "listeners": [_listener(self._client_port.number, "client", tls=False)],
            "database": {
                "name": "sqlite3",
                "args": {"database": str(self.folder / "homeserver.db")},
            },
            "log_config": str(self.folder / "log.yaml"),
            "media_store_path": str(self.folder / "media"),
            "pid_file": str(self.folder / "homeserver.pid"),
            "signing_key_path": str(self.folder / "signing.key"),
            "registration_shared_secret": self.registration_secret,
            "macaroon_secret_key": self._macaroon_secret,
            "form_secret": self._form_secret,
            "report_stats": False,
            "trusted_key_servers": [],
            "presence": {"enabled": False},
            "user_directory": {"enabled": True, "search_all_users": True},
            # Passwords here guard nothing; the usual cost would be most of a registration's time.
            "bcrypt_rounds": 4,
        }
        if self._room_version is not None:
            settings["default_room_version"] = self._room_version
        if self.limits is Limits.GENEROUS:
            settings |= _GENEROUS
        return settings | self._federation()

    def _federation(self) -> dict[str, Any]:
        if self._authority is None:
            return {"federation_domain_whitelist": []}
        issued = self._authority.issue(self.folder)
        return {
            "listeners": [
                _listener(self._client_port.number, "client", tls=False),
                _listener(self._federation_port.number, "federation", tls=True),
            ],
            "tls_certificate_path": str(issued.certificate),
            "tls_private_key_path": str(issued.key),
            # Verification stays on; this replaces the system's authorities by ours.
            "federation_custom_ca_list": [str(self._authority.certificate)],
            "ip_range_blacklist": [],
            "allow_public_rooms_over_federation": True,
            # A homeserver that was away is tried again soon, not after Synapse's ten minutes.
            "federation": {
                "destination_min_retry_interval": "1s",
                "destination_retry_multiplier": 1,
                "destination_max_retry_interval": "2s",
            },
        }


async def register(
    homeserver: Homeserver,
    localpart: str,
    password: str,
    *,
    admin: bool = False,
    display_name: str | None = None,
    retry_for: float = 0,
) -> dict[str, str]:
    """Make an account with the homeserver's shared secret, and log it in.

    Gives the server's answer: `user_id`, `access_token`, `device_id`, `home_server`. Raises
    `NameTaken`, or `deploy.wire.Denied` for any other refusal. `retry_for` is explained at
    `deploy.wire.Wire`.
    """
    path = "/_synapse/admin/v1/register"
    async with Wire(homeserver.client_url, retry_for=retry_for) as wire:
        nonce = (await wire.get(path))["nonce"]
        role = "admin" if admin else "notadmin"
        signed = "\0".join((nonce, localpart, password, role)).encode()
        body = {
            "nonce": nonce,
            "username": localpart,
            "password": password,
            "admin": admin,
            "displayname": display_name or localpart,
            "mac": hmac.new(
                homeserver.registration_secret.encode(), signed, hashlib.sha1
            ).hexdigest(),
        }
        try:
            return await wire.post(path, body)
        except Denied as denied:
            if denied.code == "M_USER_IN_USE":
                raise NameTaken(f"{localpart} is taken on {homeserver.name}.") from denied
            raise


class _Kept:
    """What a homeserver's folder remembers from one start to the next."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._values: dict[str, str] = {}
        if file.exists():
            self._values = json.loads(file.read_text(encoding="utf-8"))

    def number(self, name: str) -> int | None:
        text = self._values.get(name)
        return None if text is None else int(text)

    def secret(self, name: str) -> str:
        """Give the 32 random bytes of this name, in unpadded base64, made on first use."""
        fresh = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        return self.keep(name, self._values.get(name, fresh))

    def keep(self, name: str, value: str) -> str:
        if self._values.get(name) != value:
            self._values[name] = value
            _write(self._file, json.dumps(self._values, indent=2))
        return value


def _listener(port: int, resource: str, *, tls: bool) -> dict[str, Any]:
    return {
        "port": port,
        "type": "http",
        "tls": tls,
        "bind_addresses": ["127.0.0.1"],
        "resources": [{"names": [resource], "compress": False}],
    }


def _answers(port: int) -> bool:
    # http.client, unlike urllib, knows nothing of proxies.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_matrix/client/versions")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if not name.lower().endswith("_proxy") and name != "NOTIFY_SOCKET"
    }


def _write(file: Path, text: str) -> None:
    """Write a file that may hold secrets."""
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


_LOGGING: Final = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"log": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["log"]},
}

_PLENTY: Final = {"per_second": 10_000, "burst_count": 100_000}

_GENEROUS: Final[dict[str, Any]] = {
    "rc_message": _PLENTY,
    "rc_registration": _PLENTY,
    "rc_login": {"address": _PLENTY, "account": _PLENTY, "failed_attempts": _PLENTY},
    "rc_joins": {"local": _PLENTY, "remote": _PLENTY},
    "rc_joins_per_room": _PLENTY,
    "rc_invites": {"per_room": _PLENTY, "per_user": _PLENTY, "per_issuer": _PLENTY},
    "rc_room_creation": _PLENTY,
    "rc_key_requests": _PLENTY,
    "rc_media_create": _PLENTY,
    "rc_profile": _PLENTY,
    "rc_user_directory": _PLENTY,
    "rc_delayed_event_mgmt": _PLENTY,
    "rc_federation": {
        "window_size": 1000,
        "sleep_limit": 100_000,
        "sleep_delay": 1,
        "reject_limit": 100_000,
        "concurrent": 1_000,
    },
    "federation_rr_transactions_per_room_per_second": 10_000,
}
