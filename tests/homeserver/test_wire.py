"""A client waits when it is asked to, and rides out an absence only when it was told to."""

from collections.abc import AsyncIterator, Iterable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from deploy.wire import Denied, Wire


class Moody:
    """A homeserver that gives the answers it is told to give, in turn."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, object]]] = []
        self.paths: list[str] = []

    def will_answer(self, answers: Iterable[tuple[int, dict[str, object]]]) -> None:
        """Give these answers to the next requests."""
        self.answers = list(answers)

    async def answer(self, request: web.Request) -> web.Response:
        """Give the next one."""
        self.paths.append(request.path)
        status, body = self.answers.pop(0)
        return web.json_response(body, status=status)


@pytest.fixture
def moody() -> Moody:
    return Moody()


@pytest.fixture
async def url(moody: Moody) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", moody.answer)
    async with TestServer(application) as server:
        yield str(server.make_url("")).rstrip("/")


async def test_a_patient_client_repeats_the_same_request_after_a_429(
    moody: Moody, url: str
) -> None:
    moody.will_answer(
        [(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1}), (200, {"a": 1})]
    )

    async with Wire(url) as wire:
        assert await wire.put("/send/txn-1", {}) == {"a": 1}

    assert moody.paths == ["/send/txn-1", "/send/txn-1"]


async def test_an_impatient_client_is_denied_by_a_429(moody: Moody, url: str) -> None:
    moody.will_answer([(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1})])

    async with Wire(url, patient=False) as wire:
        with pytest.raises(Denied, match="M_LIMIT_EXCEEDED"):
            await wire.get("/sync")


async def test_a_5xx_is_ridden_out_only_when_asked(moody: Moody, url: str) -> None:
    moody.will_answer([(503, {}), (200, {"a": 1}), (503, {})])

    async with Wire(url, retry_for=30) as wire:
        assert await wire.get("/sync") == {"a": 1}
    async with Wire(url) as wire:
        with pytest.raises(Denied):
            await wire.get("/sync")


async def test_a_refusal_is_never_repeated(moody: Moody, url: str) -> None:
    moody.will_answer([(403, {"errcode": "M_FORBIDDEN"})])

    async with Wire(url, retry_for=30) as wire:
        with pytest.raises(Denied) as denied:
            await wire.get("/sync")

    assert denied.value.code == "M_FORBIDDEN"
    assert len(moody.paths) == 1
