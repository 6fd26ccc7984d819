"""Reads a protocol room's history back to its beginning, page by page, so that a late comer knows what the others know.

Nothing is written here: whoever asks keeps each page together with where the next begins, and so a page is read once
even if we die in between. What lies behind a limit is not read, and the last page says so.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from daemon.events import is_event, listed, text
from daemon.matrix import Homeserver, Json, path
from practices.assembly.events import CARD, LETTER
from practices.assembly.letters import LARGEST, Fault

__all__ = ["MOST_PAGES", "PAGE", "History", "Page", "letter_in"]

log = logging.getLogger(__name__)

#: Events read at a time.
PAGE = 100

#: No more pages than this are read of one room: two hundred congregations write less in ten years.
MOST_PAGES = 10_000

_FILTER = json.dumps({"types": ["m.room.message", CARD], "lazy_load_members": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Part of a room's history."""

    #: Newest first: "sender", "event", "letter" (None: it is not read) and "fault" (why not; else None).
    letters: list[Json]
    #: Of the directory, newest first: "sender" and "card", each by the hand of the account that it is keyed by.
    cards: list[Json]
    #: Where the next page begins; None: this is the last.
    before: str | None
    #: Whether the beginning of the room was reached, if this is the last page.
    complete: bool = True


def letter_in(content: Mapping[str, Any]) -> tuple[Any, Fault | None]:
    """The letter that a message carries, and why it is not read: it is larger than any letter, or no JSON of ours."""
    letter = content.get(LETTER)
    try:
        size = len(json.dumps(letter, ensure_ascii=False, separators=(",", ":")).encode())
    except (ValueError, RecursionError):
        return None, Fault.SHAPE
    return (None, Fault.LARGE) if size > LARGEST else (letter, None)


class History:
    """The past of protocol rooms."""

    def __init__(self, homeserver: Homeserver) -> None:
        """`homeserver` is asked."""
        self._homeserver = homeserver

    async def page(self, room: str, before: str | None, number: int) -> Page:
        """The page that begins at `before` (None: at the end of the room); it is the `number`th, from 0.

        Raises Refusal when the homeserver does not show the room to us, Limited or Unreachable when it must be asked
        again.
        """
        query = {"dir": "b", "limit": str(PAGE), "filter": _FILTER}
        if before is not None:
            query["from"] = before
        answer = await self._homeserver.request("GET", path("rooms", room, "messages"), query=query)
        letters, cards = [], []
        for event in listed(answer.get("chunk")):
            if not is_event(event):
                continue
            if event["type"] == CARD and event.get("state_key") == event["sender"]:
                cards.append({"sender": event["sender"], "card": event["content"]})
            elif "state_key" not in event and LETTER in event["content"]:
                letters.append(_carried(event))
        following = text(answer.get("end"))
        # With a filter a page may be empty though there are older ones.
        if following == before:
            following = None
        cut = following is not None and number + 1 >= MOST_PAGES
        if cut:
            log.warning("the history of a protocol room is longer than %d pages", MOST_PAGES)
        return Page(
            letters=letters,
            cards=cards,
            before=None if cut else following,
            complete=not cut,
        )


def _carried(event: Json) -> Json:
    letter, fault = letter_in(event["content"])
    return {
        "sender": event["sender"],
        "event": event["event_id"],
        "letter": letter,
        "fault": fault,
    }
