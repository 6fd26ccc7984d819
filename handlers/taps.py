"""Taps in a room: they are seen by everybody in it, also where messages are encrypted, until they are taken back.

Where a text promises that the others are not told what somebody answers, taps of it are taken back as soon as they are
taken in, all alike: one kind alone that went would be a trace. Where a room does not let us do that, the text says so
and names the way that nobody sees, in the private chat.
"""

from collections.abc import Iterable
from dataclasses import replace

from handlers.language import Ask, Call, Effect, Inquiry, Redact, Say, Tap, Whisper
from handlers.names import room_name
from handlers.power import may_take_back
from handlers.words import sign
from storage.rooms import Room


def taken_back(call: Call) -> list[Effect]:
    """Take back what somebody tapped or wrote just now, where the room allows it."""
    if call.is_private or not may_take_back(call.room, call.house.me):
        return []
    return [Redact(target=call.key, room=call.room.id)]


def stays(call: Call) -> bool:
    """Whether a tap that came just now can go on being seen by others."""
    return not call.is_private and not may_take_back(call.room, call.house.me)


def apart(call: Call, effects: Iterable[Effect]) -> list[Effect]:
    """What somebody typed in a room of many and is nobody's but theirs: answered in private, and taken back where we may."""
    where = f"**{room_name(call.room, 'the room')}**"
    stands = (
        f"What you typed stands in {where}, where all can read it, and I cannot take it back. You can delete it there."
        if stays(call)
        else f"I have taken back what you typed in {where}; somebody may have seen it before."
    )
    found = [_whispered(call, each) for each in effects]
    for at, each in enumerate(found):
        if isinstance(each, Whisper | Ask):
            found[at] = replace(each, text=f"{each.text}\n\n*{stands}*")
            break
    return [*taken_back(call), *found]


def _whispered(call: Call, effect: Effect) -> Effect:
    """What would have been said in the room of the call, in private."""
    if not isinstance(effect, Say) or effect.room is not None:
        return effect
    return Whisper(person=call.person, text=effect.text, name=effect.name, taps=effect.taps)


def unseen(meant: Tap, said: str) -> bool:
    """Whether a sign under such a message says what the others are not told."""
    return sign(said) in {sign(each) for each in meant.unseen}


def promised(inquiries: dict[str, Inquiry], inquiry: Inquiry | None, said: str) -> bool:
    """Whether a sign answers a question that names nobody; None: one that is over, of which nothing else is known."""
    asked = list(inquiries.values()) if inquiry is None else [inquiry]
    signs = {sign(option.sign) for each in asked if each.matter for option in each.options}
    return sign(said) in signs


def seen_words(room: Room, me: str, privately: str) -> str:
    """What becomes of a tap in a room, and how nobody sees it: `privately` is what can be typed in the private chat."""
    if may_take_back(room, me):
        return f"*I take taps back as soon as I have them; {privately} in our private chat is seen by me alone.*"
    return (
        "*Everybody here can see who taps what, and I cannot take that back; "
        f"{privately} in our private chat is seen by me alone.*"
    )
