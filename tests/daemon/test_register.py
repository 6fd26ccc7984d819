"""Registering makes an account or says how else to make one; it never leaves a session behind."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from daemon.register import CannotRegister, register
from daemon.settings import Settings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[str]]

ADMIN = "/_synapse/admin/v1/register"
LOGOUT = "/_matrix/client/v3/logout"


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that answers `(method, path)` as told, and everything else as unknown."""
    servers = []

    async def started(answers: dict[tuple[str, str], Handler]) -> str:
        async def answer(request: web.Request) -> web.StreamResponse:
            told = answers.get((request.method, request.path))
            if told is None:
                return web.json_response(
                    {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}, status=404
                )
            return await told(request)

        app = web.Application()
        app.router.add_route("*", "/{any:.*}", answer)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return str(server.make_url("")).rstrip("/")

    yield started
    for server in servers:
        await server.close()


def settings(url: str, **more: Any) -> Settings:
    return Settings(
        homeserver_url=url,
        user_id="@kinkeeper:example.org",
        **{"registration_secret": "tulips", **more},
    )


async def nonce(_request: web.Request) -> web.Response:
    return web.json_response({"nonce": "abc"})


async def test_without_the_secret_the_commands_are_told(serve: Serve) -> None:
    url = await serve({})

    with pytest.raises(CannotRegister) as told:
        await register(settings(url, registration_secret=None), "Kinkeeper")

    assert "register_new_matrix_user" in str(told.value)
    assert "-u kinkeeper http://localhost:8008" in str(told.value)
    assert "Element" in str(told.value)


async def test_a_homeserver_that_is_no_synapse_is_named_as_such(serve: Serve) -> None:
    url = await serve({})

    with pytest.raises(CannotRegister, match="no Synapse") as told:
        await register(settings(url), "Kinkeeper")

    assert "register @kinkeeper:example.org in Element" in str(told.value)
    assert "tulips" not in str(told.value)


async def test_a_proxy_that_hides_the_way_is_suspected(serve: Serve) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<h1>404</h1>", status=404, content_type="text/html")

    url = await serve({("GET", ADMIN): page})

    with pytest.raises(CannotRegister, match="proxy hides /_synapse"):
        await register(settings(url), "Kinkeeper")


async def test_the_request_is_signed_and_asks_for_no_session(serve: Serve) -> None:
    asked: dict[str, Any] = {}

    async def make(request: web.Request) -> web.Response:
        asked.update(await request.json())
        return web.json_response({"user_id": "@kinkeeper:example.org"})

    url = await serve({("GET", ADMIN): nonce, ("POST", ADMIN): make})

    text = await register(settings(url, password="mustard"), "Kinkeeper")

    signed = b"abc\0kinkeeper\0mustard\0notadmin"
    assert asked["mac"] == hmac.new(b"tulips", signed, hashlib.sha1).hexdigest()
    assert asked["inhibit_login"] is True
    assert asked["admin"] is False
    assert asked["displayname"] == "Kinkeeper"
    assert "mustard" not in text


async def test_a_session_that_was_not_asked_for_is_ended(serve: Serve) -> None:
    ended = []

    async def make(_request: web.Request) -> web.Response:
        return web.json_response({"user_id": "@kinkeeper:example.org", "access_token": "secret"})

    async def log_out(request: web.Request) -> web.Response:
        ended.append(request.headers["Authorization"])
        return web.json_response({})

    url = await serve({("GET", ADMIN): nonce, ("POST", ADMIN): make, ("POST", LOGOUT): log_out})

    await register(settings(url, password="mustard"), "Kinkeeper")

    assert ended == ["Bearer secret"]


async def test_another_server_name_than_the_settings_say_is_told(serve: Serve) -> None:
    async def make(_request: web.Request) -> web.Response:
        return web.json_response({"user_id": "@kinkeeper:example.net"})

    url = await serve({("GET", ADMIN): nonce, ("POST", ADMIN): make})

    text = await register(settings(url, password="mustard"), "Kinkeeper")

    assert "KINKEEPER_USER_ID=@kinkeeper:example.net" in text


async def test_a_busy_homeserver_says_when_to_come_back(serve: Serve) -> None:
    async def wait(_request: web.Request) -> web.Response:
        body = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": 42_000}
        return web.json_response(body, status=429)

    url = await serve({("GET", ADMIN): wait})

    with pytest.raises(CannotRegister, match="wait 42 s"):
        await register(settings(url), "Kinkeeper")
