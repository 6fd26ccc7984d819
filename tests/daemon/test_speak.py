"""The mouth, where a homeserver needs to be asked more than once."""

from typing import Any

import pytest

from daemon import speak
from daemon.matrix import Json, Refusal


class ForgetfulHomeserver:
    """Refuses so many joins before it lets one pass, as a real one does that is just learning of a room elsewhere."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.asked = 0

    async def request(self, _method: str, _where: str, _body: Json | None = None) -> Json:
        """Join."""
        self.asked += 1
        if self.asked <= self.refusals:
            raise Refusal(404, "M_UNKNOWN", "No known servers")
        return {}


def speaker(homeserver: Any) -> speak.Speaker:
    """A speaker with nothing but a homeserver."""
    made = speak.Speaker.__new__(speak.Speaker)
    made._homeserver = homeserver
    return made


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here waits."""
    monkeypatch.setattr(speak, "JOIN_PAUSES", (0,) * len(speak.JOIN_PAUSES))


async def test_a_join_that_the_homeserver_refuses_at_first_is_tried_again() -> None:
    homeserver = ForgetfulHomeserver(refusals=3)

    await speaker(homeserver)._join("/join/!room")

    assert homeserver.asked == 4


async def test_a_join_that_stays_refused_is_given_up() -> None:
    homeserver = ForgetfulHomeserver(refusals=100)

    with pytest.raises(Refusal):
        await speaker(homeserver)._join("/join/!room")

    assert homeserver.asked == len(speak.JOIN_PAUSES) + 1
