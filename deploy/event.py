"""One event of a room's timeline, as a client received it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

#: The type of an event that nobody can read without its key.
ENCRYPTED: Final = "m.room.encrypted"

_POLL_STARTS: Final = ("org.matrix.msc3381.poll.start", "m.poll.start")
_POLL_ENDS: Final = frozenset({"org.matrix.msc3381.poll.end", "m.poll.end"})
_TEXTS: Final = ("org.matrix.msc1767.text", "m.text", "body")
_VARIATION: Final = "\ufe0f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A timeline event; `at` is the homeserver's time in milliseconds since 1970.

    `type` and `content` are what its reader sees, `raw` is how it came.
    """

    id: str
    room: str
    sender: str
    type: str
    content: Mapping[str, Any]
    state_key: str | None
    at: int
    raw: Mapping[str, Any]

    @classmethod
    def read(
        cls, room: str, raw: Mapping[str, Any], *, clear: Mapping[str, Any] | None = None
    ) -> Self:
        """Read an event as `/sync` or `/messages` give it; `clear` is the same, decrypted."""
        shown = raw if clear is None else clear
        return cls(
            id=raw["event_id"],
            room=room,
            sender=raw["sender"],
            type=shown["type"],
            content=shown.get("content", {}),
            state_key=raw.get("state_key"),
            at=raw.get("origin_server_ts", 0),
            raw=raw,
        )

    @property
    def encrypted(self) -> bool:
        """Whether it came encrypted; if it could not be read, its type says the same."""
        return bool(self.raw["type"] == ENCRYPTED)

    @property
    def text(self) -> str:
        """What a reader sees: a message, an edit's new text, a poll with its answers or its end; else ''."""
        content = self.content.get("m.new_content", self.content)
        for name in _POLL_STARTS:
            if name in content:
                return _poll(content[name])
        if self.type in _POLL_ENDS:
            return _words(content)
        return str(content.get("body", "")) if self.type == "m.room.message" else ""

    @property
    def edits(self) -> str | None:
        """The id of the event that this one replaces."""
        return self._target("m.replace")

    @property
    def thread(self) -> str | None:
        """The id of the event that began the thread that this one is in."""
        return self._target("m.thread")

    @property
    def reacts_to(self) -> str | None:
        """The id of the event that this one is a reaction to."""
        return self._target("m.annotation")

    @property
    def key(self) -> str:
        """The emoji of a reaction, without the variation selector that Element adds; else ''."""
        return str(self._relation.get("key", "")).replace(_VARIATION, "")

    @property
    def replies_to(self) -> str | None:
        """The id of the event that this one answers."""
        reply: Mapping[str, Any] = self._relation.get("m.in_reply_to") or {}
        return reply.get("event_id")

    @property
    def mentions(self) -> frozenset[str]:
        """The user ids that it mentions."""
        mentions: Mapping[str, Any] = self.content.get("m.mentions") or {}
        return frozenset(mentions.get("user_ids", ()))

    def __str__(self) -> str:
        """One line, for the reader of a failed test."""
        said = self.text or self.key or ("" if not self.content else str(dict(self.content)))
        state = "" if self.state_key is None else f"[{self.state_key}]"
        return f"{self.sender} {self.type}{state}: {said}"

    @property
    def _relation(self) -> Mapping[str, Any]:
        return self.content.get("m.relates_to") or {}

    def _target(self, relation: str) -> str | None:
        if self._relation.get("rel_type") != relation:
            return None
        return self._relation.get("event_id")


def _poll(poll: Mapping[str, Any]) -> str:
    answers = "".join(f"\n- {_words(answer)}" for answer in poll.get("answers", ()))
    return _words(poll.get("question", {})) + answers


def _words(part: Mapping[str, Any]) -> str:
    for name in _TEXTS:
        if name in part:
            found = part[name]
            return found if isinstance(found, str) else str(found[0]["body"])
    return ""
