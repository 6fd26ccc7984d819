"""Call a homeserver's client-server API over aiohttp, as a well-behaved client does.

A 429 waits as long as the homeserver asks and repeats the same request. With `retry_for`, so do
broken connections and 5xx answers, which is what a test that kills homeservers wants. What is
sent under a transaction id is done once all the same; a room may be made twice.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Self

import aiohttp

_PAUSE_SECONDS: Final = 0.2
_LONGEST_ANSWER_SECONDS: Final = 120

Json = dict[str, Any]


class Denied(RuntimeError):
    """The homeserver answered with an error."""

    def __init__(self, call: str, status: int, answer: Json) -> None:
        """Keep the HTTP `status`, Matrix's `code`, and the whole `answer`."""
        super().__init__(f"{call}: {status} {json.dumps(answer)}")
        self.status = status
        self.code: str = answer.get("errcode", "")
        self.answer = answer


class Wire:
    """A connection to one homeserver, with one access token."""

    def __init__(
        self, url: str, token: str = "", *, patient: bool = True, retry_for: float = 0
    ) -> None:
        """Open nothing yet.

        `patient`: wait on a 429; else it is a `Denied`. `retry_for`: seconds during which broken
        connections and 5xx answers are tried again.
        """
        self.token = token
        self.patient = patient
        self.retry_for = retry_for
        self._url = url
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_LONGEST_ANSWER_SECONDS)
        )

    async def __aenter__(self) -> Self:
        """Do nothing; see `__aexit__`."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Json:
        """GET `path`. Raises `Denied`."""
        return json_object(await self.call("GET", path, query=query))

    async def put(self, path: str, body: Mapping[str, Any]) -> Json:
        """PUT `body` at `path`. Raises `Denied`."""
        return json_object(await self.call("PUT", path, body=body))

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """POST `body` to `path`. Raises `Denied`."""
        return json_object(await self.call("POST", path, body=body or {}))

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        content_type: str = "application/json",
    ) -> bytes:
        """Make a request and give the answer's bytes. Raises `Denied`, `aiohttp.ClientError`."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(dict(body)).encode()
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self.retry_for
        while True:
            try:
                status, answer = await self._once(method, path, query, data, content_type)
            except (aiohttp.ClientConnectionError, TimeoutError):
                if loop.time() >= give_up_at:
                    raise
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            if status < HTTPStatus.BAD_REQUEST:
                return answer
            denied = Denied(f"{method} {path}", status, _error(answer))
            if status == HTTPStatus.TOO_MANY_REQUESTS and self.patient:
                await asyncio.sleep(denied.answer.get("retry_after_ms", 1000) / 1000)
            elif status >= HTTPStatus.INTERNAL_SERVER_ERROR and loop.time() < give_up_at:
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                raise denied

    async def _once(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None,
        data: bytes | None,
        content_type: str,
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": content_type}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        async with self._session.request(
            method, self._url + path, params=query, data=data, headers=headers
        ) as response:
            return response.status, await response.read()


def json_object(answer: bytes) -> Json:
    """Read an answer that is a JSON object."""
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError(f"Expected a JSON object, not {answer[:100]!r}.")
    return found


def _error(answer: bytes) -> Json:
    try:
        return json_object(answer)
    except (ValueError, TypeError):
        return {"error": answer[:200].decode(errors="replace")}
