"""Keeps the account's list of private chats (m.direct), so that they are known again after the database was lost."""

from daemon.events import listed, mapping
from daemon.matrix import Homeserver, Refusal, path
from storage.rooms import Room

DIRECT = "m.direct"


async def recall_direct(homeserver: Homeserver, me: str) -> dict[str, str]:
    """Room to person, as the account says. Raises Unreachable."""
    try:
        answer = await homeserver.request("GET", path("user", me, "account_data", DIRECT))
    except Refusal:  # there never was such a list
        return {}
    return {
        room: person
        for person, rooms in mapping(answer).items()
        for room in listed(rooms)
        if isinstance(room, str)
    }


async def publish_direct(homeserver: Homeserver, me: str) -> None:
    """Write the list anew from what the database knows. Raises Refusal or Unreachable."""
    content: dict[str, list[str]] = {}
    async for room in Room.filter(joined=True, private_with__not_isnull=True).order_by("id"):
        content.setdefault(str(room.private_with), []).append(room.id)
    await homeserver.request("PUT", path("user", me, "account_data", DIRECT), content)
