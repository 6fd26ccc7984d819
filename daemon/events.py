"""Reads raw events of a room, whatever their shape, and says what happened in them.

Pure: takes JSON, gives values, never raises. An event that cannot be understood is nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.language import MOST_OPTIONS
from handlers.words import INVISIBLE, after_prefix

Json = dict[str, Any]

#: Longer texts are cut; a script pasted into the private chat still fits.
LONGEST = 32_768

#: No option of ours has an id as long as this.
LONGEST_ID = 64

#: Polls go by the names of the specification and by those of its draft (MSC3381), which Element sends.
POLL_RESPONSES = frozenset({"m.poll.response", "org.matrix.msc3381.poll.response"})
POLL_ENDS = frozenset({"m.poll.end", "org.matrix.msc3381.poll.end"})

#: What counts in an encrypted room only if it came encrypted; reactions and redactions never do.
ENCRYPTABLE = frozenset({"m.room.message"}) | POLL_RESPONSES | POLL_ENDS

#: What only the homeserver may tell: inside an encrypted event it is somebody's joke.
NEVER_ENCRYPTED = frozenset({"m.room.redaction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that somebody typed."""

    text: str
    mentions: frozenset[str]
    reply_to: str | None = None
    thread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file that somebody sent."""

    filename: str
    #: Where the homeserver keeps it: "mxc://server/id".
    address: str
    #: What opens it, in an encrypted room: key, initialisation vector and hash.
    sealed: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """A reaction to an event."""

    target: str
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A redaction of an event."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """New words for a message; whether that was the same person's is not known yet."""

    target: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer in a poll."""

    target: str
    #: The ids of the options; none when the answer is void, whatever the options are.
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A poll takes no more answers, if whoever says so may."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InClear:
    """An answer that anybody with a homeserver's keys could have written: it came in clear where all is encrypted."""

    target: str


Happening = Said | Sent | Tapped | TakenBack | Reworded | Answered | Ended | InClear


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> str | None:
    """`value` if it is text, without characters that no database keeps."""
    return value.replace("\x00", "") if isinstance(value, str) else None


def listed(value: Any) -> list[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def is_event(raw: Any) -> bool:
    """Whether `raw` has what every event of a room must have."""
    return (
        isinstance(raw, Mapping)
        and isinstance(raw.get("event_id"), str)
        and 0 < len(raw["event_id"]) <= 255  # noqa: PLR2004 - the specification's bound
        and isinstance(raw.get("sender"), str)
        and isinstance(raw.get("type"), str)
        and isinstance(raw.get("content"), Mapping)
    )


def happening(event_type: str, raw: Mapping[str, Any]) -> Happening | None:
    """What happened in an event of this type; `raw` is the event, decrypted if it was encrypted."""
    content = mapping(raw.get("content"))
    match event_type:
        case "m.room.message":
            if content.get("msgtype") == "m.file":
                return _sent(content)
            return _said(content) or _reworded(content)
        case "m.reaction":
            relation = mapping(content.get("m.relates_to"))
            target, key = text(relation.get("event_id")), text(relation.get("key"))
            if relation.get("rel_type") == "m.annotation" and target and key:
                return Tapped(target=target, sign=key[:64])
        case "m.room.redaction":
            target = text(raw.get("redacts")) or text(content.get("redacts"))
            if target:
                return TakenBack(target=target)
        case _ if event_type in POLL_RESPONSES or event_type in POLL_ENDS:
            return _of_poll(event_type, content)
    return None


def _sent(content: Mapping[str, Any]) -> Sent | None:
    filename = text(content.get("filename")) or text(content.get("body")) or ""
    file = mapping(content.get("file"))
    address = text(file.get("url")) or text(content.get("url"))
    if not address:
        return None
    if not file:
        return Sent(filename=filename[:255], address=address)
    key, iv = text(mapping(file.get("key")).get("k")), text(file.get("iv"))
    digest = text(mapping(file.get("hashes")).get("sha256"))
    if not (key and iv and digest):
        return None
    return Sent(filename=filename[:255], address=address, sealed=(key, digest, iv))


def _said(content: Mapping[str, Any]) -> Said | None:
    body = text(content.get("body"))
    relation = mapping(content.get("m.relates_to"))
    # Notices are never obeyed, and an edit is no new command.
    if body is None or content.get("msgtype") not in ("m.text", "m.emote"):
        return None
    if relation.get("rel_type") == "m.replace" or "m.new_content" in content:
        return None
    thread = text(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else None
    reply = text(mapping(relation.get("m.in_reply_to")).get("event_id"))
    if thread is not None and relation.get("is_falling_back", False):
        reply = None
    named = listed(mapping(content.get("m.mentions")).get("user_ids"))
    return Said(
        text=_without_quotation(body)[:LONGEST] if reply else body[:LONGEST],
        mentions=frozenset(user for user in named if isinstance(user, str)),
        reply_to=reply,
        thread=thread,
    )


def _reworded(content: Mapping[str, Any]) -> Reworded | None:
    relation, new = mapping(content.get("m.relates_to")), mapping(content.get("m.new_content"))
    target, body = text(relation.get("event_id")), text(new.get("body"))
    if relation.get("rel_type") != "m.replace" or not target or body is None:
        return None
    if new.get("msgtype") not in ("m.text", "m.emote"):
        return None
    return Reworded(target=target, text=_without_quotation(body)[:LONGEST])


def _of_poll(event_type: str, content: Mapping[str, Any]) -> Answered | Ended | None:
    relation = mapping(content.get("m.relates_to"))
    target = text(relation.get("event_id"))
    if relation.get("rel_type") != "m.reference" or not target:
        return None
    if event_type in POLL_ENDS:
        return Ended(target=target)
    return Answered(target=target, answers=_answers(content))


def _answers(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The options chosen, as the draft and as the specification write them; anything odd voids the whole answer."""
    found = content.get("m.selections")
    for name in POLL_RESPONSES:
        found = mapping(content.get(name)).get("answers", found)
    answers = listed(found)
    sound = all(isinstance(answer, str) and 0 < len(answer) <= LONGEST_ID for answer in answers)
    return tuple(answers) if sound and len(answers) <= MOST_OPTIONS else ()


def voice(answers: Iterable[object], options: int, *, most: int = 1) -> str:
    """What an answer in a poll of ours says: the numbers of its options, at most `most`; "" when it is void.

    The options go by their numbers from 1. One that is none of them voids the whole answer (MSC3381).
    """
    known = {str(number) for number in range(1, options + 1)}
    chosen = [str(answer) for answer in answers]
    return ",".join(chosen[:most]) if known.issuperset(chosen) else ""


def _without_quotation(body: str) -> str:
    """The reply alone: older clients repeat what they reply to, in lines that begin with ">"."""
    if not body.startswith("> "):
        return body
    _quotation, _gap, reply = body.partition("\n\n")
    return reply or body


def addressed(said: Said, *, me: str, names: tuple[str, ...], prefix: str) -> str | None:
    """What is said to the daemon in a room of many; None when it is said to others.

    By command prefix, or by name at the beginning: "Kinkeeper: when", "@kinkeeper:host help".
    """
    if after_prefix(said.text, prefix) is not None:
        return said.text
    shown = said.text.translate(INVISIBLE).strip()
    if said.mentions and me not in said.mentions:
        names = ()  # somebody of the same name is meant
    for name in (me, *names):
        if name and shown.casefold().startswith(name.casefold()):
            rest = shown[len(name) :]
            if not rest or not rest[0].isalnum():
                return rest.lstrip(" :,;-–\u2003\u00a0").strip() or "help"
    if me in said.mentions:
        return _around_mention(shown, names) or "help"
    return None


def _around_mention(shown: str, names: tuple[str, ...]) -> str:
    """The text without the name that the mention left in it."""
    for name in names:
        at = shown.casefold().find(name.casefold()) if name else -1
        if at >= 0:
            before = shown[:at].rstrip(" @")
            after = shown[at + len(name) :].lstrip(" :,")
            return f"{before} {after}".strip()
    return shown
