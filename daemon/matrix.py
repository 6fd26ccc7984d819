"""Speaks the Matrix client-server protocol over HTTP; says what went wrong in four kinds, and retries nothing.

Whoever calls decides what a refusal means and when to try again, so that there is one retry policy a purpose:
the listener's, the speaker's, and none for the doctor.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import aiohttp

Json = dict[str, Any]

#: Longer than a long poll, shorter than anybody's patience.
PATIENCE = 90.0

#: A file is fetched while everything else waits to be heard.
DOWNLOAD_PATIENCE = 10.0

#: What Synapse asks for when it says "too many" without saying for how long.
DEFAULT_PAUSE = 5.0

#: U+0000 as JSON writes it.
NUL = b"\\u0000"

SERVER_ERROR = 500
TOO_MANY = 429


class Refusal(Exception):
    """The homeserver understood and said no."""

    def __init__(self, status: int, errcode: str, reason: str, body: Json | None = None) -> None:
        """`status` is the HTTP status, `errcode` the Matrix code such as "M_FORBIDDEN"."""
        super().__init__(f"{status} {errcode}: {reason}")
        self.status = status
        self.errcode = errcode
        self.reason = reason
        self.body = body or {}


class Limited(Refusal):
    """The homeserver asks to wait `pause` seconds."""

    pause: float = DEFAULT_PAUSE


class Revoked(Refusal):
    """The access token is not valid any more: nothing will work until somebody logs in again."""


class Unreachable(Exception):
    """There was no answer, or none that a homeserver would give."""


def path(*parts: str) -> str:
    """A path of the client-server API, each part escaped: path("rooms", room_id, "leave")."""
    return "/_matrix/client/v3/" + "/".join(quote(part, safe="") for part in parts)


def refusal(status: int, body: Json, retry_after: str | None) -> Refusal:
    """The error that an answer with this status and body stands for."""
    errcode = str(body.get("errcode") or f"HTTP_{status}")
    reason = str(body.get("error") or "")
    if errcode in {"M_UNKNOWN_TOKEN", "M_USER_DEACTIVATED"}:
        return Revoked(status, errcode, reason, body)
    if status == TOO_MANY or errcode == "M_LIMIT_EXCEEDED":
        limited = Limited(status, errcode, reason, body)
        milliseconds = body.get("retry_after_ms")
        if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool):
            limited.pause = max(0.0, milliseconds / 1000)
        elif retry_after is not None and retry_after.isdigit():
            limited.pause = float(retry_after)
        return limited
    return Refusal(status, errcode, reason, body)


class Homeserver:
    """One account's way to its homeserver."""

    def __init__(self, url: str, token: str | None = None) -> None:
        """`url` is the base address for clients, without a path."""
        self.url = url.rstrip("/")
        self.token = token
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            # One connection listens; the others speak, a room each, and the server sets the pace.
            connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=75)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def request(
        self,
        method: str,
        where: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout: float = PATIENCE,
    ) -> Json:
        """The answer's JSON object. Raises Refusal (Limited, Revoked) or Unreachable."""
        raw = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return await self._exchange(method, where, raw, "application/json", query, timeout)

    async def upload(self, data: bytes, mime: str) -> str:
        """Store a file at the homeserver; returns its mxc:// address."""
        answer = await self._exchange(
            "POST", "/_matrix/media/v3/upload", data, mime, None, PATIENCE
        )
        return str(answer["content_uri"])

    async def download(self, address: str, most: int) -> bytes:
        """A file of at most `most` bytes by its mxc:// address. Raises Refusal, also when it is larger, or Unreachable."""
        server, _, media = address.removeprefix("mxc://").partition("/")
        where = "/_matrix/client/v1/media/download/" + "/".join(
            quote(part, safe="") for part in (server, media)
        )
        headers = {"Authorization": f"Bearer {self.token}"} if self.token is not None else {}
        timeout = aiohttp.ClientTimeout(total=DOWNLOAD_PATIENCE)
        try:
            async with self._http().get(
                self.url + where, headers=headers, timeout=timeout
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise Refusal(response.status, "M_UNKNOWN", "the file is not there")
                data = await response.content.read(most + 1)
                while len(data) <= most and not response.content.at_eof():
                    data += await response.content.read(most + 1)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        if len(data) > most:
            raise Refusal(413, "M_TOO_LARGE", f"the file is larger than {most} bytes")
        return data

    async def _exchange(
        self,
        method: str,
        where: str,
        raw: bytes | None,
        mime: str,
        query: Mapping[str, str] | None,
        timeout: float,
    ) -> Json:
        headers = {"Content-Type": mime} if raw is not None else {}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            async with self._http().request(
                method,
                self.url + where,
                data=raw,
                params=query,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout),
            ) as response:
                text = await response.read()
                status, retry_after = response.status, response.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        return _understood(status, text, retry_after)


def _without_nul(value: Any) -> Any:
    """The same JSON without U+0000, which no database keeps."""
    match value:
        case str():
            return value.replace("\x00", "")
        case list():
            return [_without_nul(each) for each in value]
        case dict():
            return {_without_nul(key): _without_nul(each) for key, each in value.items()}
        case _:
            return value


def _understood(status: int, text: bytes, retry_after: str | None) -> Json:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if NUL in text:
        answer = _without_nul(answer)
    if not isinstance(answer, dict):
        if status == TOO_MANY:
            raise refusal(status, {}, retry_after)
        # A proxy in between, or a homeserver that is starting: not the homeserver's own word.
        raise Unreachable(f"HTTP {status} without a Matrix answer")
    if status == TOO_MANY or status < SERVER_ERROR:
        if status < 300:  # noqa: PLR2004 - HTTP's own boundary
            return answer
        raise refusal(status, answer, retry_after)
    raise Unreachable(f"HTTP {status} {answer.get('errcode', '')}: {answer.get('error', '')}")
