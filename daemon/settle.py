"""Settles what was heard, one row at a time per room: effects, messages owed and the row itself in one transaction.

A refusal undoes what the feature wrote and is still said. Any other failure undoes everything; after three tries
the row is set aside and the stewards are told, and every other row goes on. What a former life left waiting may be what
ended that life: it is settled alone, and each try is written down before it, so that it ends no more than three others.
"""

import asyncio
import base64
import logging
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from daemon.clock import Clock
from daemon.events import listed, voice
from daemon.rooms import Rooms
from daemon.text import POLL_END, POLL_START
from handlers import conversation, unanswered
from handlers.language import (
    Ask,
    Call,
    CallOff,
    Change,
    DestroyKey,
    Edit,
    Effect,
    EndPoll,
    Gather,
    House,
    Invite,
    Join,
    Leave,
    MakeRoom,
    Picture,
    Poll,
    Post,
    React,
    ReadBack,
    Redact,
    Refused,
    Remove,
    Ring,
    Say,
    Scrub,
    SetState,
    Whisper,
)
from handlers.meetings.meetings import may_ring
from handlers.words import escaped
from practices.polls import chart
from storage.database import scrub, transaction
from storage.inbox import Heard, Kind, Settled, take
from storage.outbox import Deed, Delivery, Owed
from storage.private_keys import CondemnedKey
from storage.questions import Question
from storage.rooms import Room

log = logging.getLogger(__name__)

#: After so many failures a row is set aside.
TRIES = 3

#: What somebody does in these is nobody else's to know. Not the safety door alone: else what is not told would tell of it.
OWN = frozenset(
    f"handlers.{feature}"
    for feature in (
        "house.courier",
        "oneself.journal",
        "oneself.money",
        "oneself.openings",
        "oneself.parts",
        "oneself.pathway",
        "oneself.safety",
        "oneself.writing",
        "partnership.alone",
        "partnership.partnership",
        "partnership.reflecting",
        "partnership.unsealing",
    )
)

#: A person with more answers than this on their way waits for them before the next is made,
#: so that whoever floods a room waits alone.
TURN = 10

#: Hours settled in one transaction: together they hold up a command by less than 100 ms.
BATCH = 100


class Ended(Exception):
    """Settling a row has ended the daemon as often as a failing row is tried."""


@dataclass(slots=True)
class Outcome:
    """What came of settling."""

    #: Messages owed, stored and in order.
    owed: list[Owed] = field(default_factory=list)
    hours: list[Heard] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    #: Whether hours were written ahead or called off.
    rang: bool = False
    #: Whether what was deleted is to leave no trace in the database's files.
    scrub: bool = False
    #: The keys of persons that are destroyed once this is committed, by name.
    condemned: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)


def transaction_id(cause: str, position: int | str) -> str:
    """The id under which one effect of one cause is delivered, for ever the same."""
    return blake2b(f"{cause}\n{position}".encode(), digest_size=16).hexdigest()


async def settle(row: Heard, house: House, now: datetime) -> Outcome:
    """Settle one row in one transaction. Raises whatever a feature raises but Refused."""

    async def whole() -> Outcome:
        outcome = Outcome()
        late = row.useful_until is not None and row.useful_until < now
        state = Settled.LATE if late else Settled.SETTLED
        if await take(row.id, state, now):
            room = await Room.get_or_none(id=row.room) or Room(id=row.room)
            await _settle_one(row, room, house, now, outcome, worked_out.get(row.id))
            await _write(outcome)
        return outcome

    worked_out = await _worked_out([row], house, now)
    try:
        return await _destroyed(house, await transaction(whole))
    except Refused as refused:
        reason = str(refused)

    async def refuse() -> Outcome:
        outcome = Outcome()
        if await take(row.id, Settled.REFUSED, now):
            room = await Room.get_or_none(id=row.room) or Room(id=row.room)
            call = _call(row, room, house, now)
            await _collect(call, [Say(text=conversation.with_signs(call, reason))], outcome)
            await _write(outcome)
            outcome.tally[Settled.REFUSED] += 1
        return outcome

    return await transaction(refuse)


def due_hours(now: datetime, held: Q | None = None) -> QuerySet[Heard]:
    """The hours that have struck and were not kept yet, oldest first; `held` are those that wait for something."""
    due = Heard.filter(state=Settled.WAITING, kind=Kind.HOUR, at__lte=now)
    if held is not None:
        due = due.filter(~held)
    return due.order_by("at", "id").limit(BATCH)


def counting_after(house: House, heard: datetime | None) -> Q | None:
    """The hours that count what people said, and of which it is not known yet that all of it has come.

    `heard` is the instant before which everything was heard; None: all of it, as nobody can speak meanwhile.
    """
    if heard is None:
        return None
    names = [each.name for each in house.catalogue.rituals.values() if each.hears_first]
    counting = [Q(key__startswith=f"{name}:", at__gt=heard) for name in sorted(names)]
    return Q(*counting, join_type="OR") if counting else None


async def strike(house: House, now: datetime, heard: datetime | None = None) -> Outcome | None:
    """Keep up to BATCH due hours in one transaction; None when there are none.

    An hour that counts what people said waits until everything was heard that was said before it, which is what was
    said before `heard` (None: everything). Raises when any of them fails, and then none was kept: each is to be settled
    alone.
    """

    async def whole() -> Outcome | None:
        rows = await due_hours(now, counting_after(house, heard))
        if not rows:
            return None
        outcome = Outcome()
        rooms = await Room.in_bulk({row.room for row in rows}, "id")
        late = [row.id for row in rows if row.useful_until is not None and row.useful_until < now]
        kept = [row.id for row in rows if row.id not in set(late)]
        for state, ids in ((Settled.SETTLED, kept), (Settled.LATE, late)):
            if ids:
                await Heard.filter(id__in=ids).update(state=state, settled_at=now, content=None)
        for row in rows:
            room = rooms.get(row.room) or Room(id=row.room)
            await _settle_one(row, room, house, now, outcome, worked_out.get(row.id))
        await _write(outcome)
        return outcome

    worked_out = await _worked_out(await _long_hours(house, now, heard), house, now)
    struck = await transaction(whole)
    return None if struck is None else await _destroyed(house, struck)


async def _long_hours(house: House, now: datetime, heard: datetime | None) -> list[Heard]:
    """Of the hours about to be kept, those that take long."""
    names = sorted(each.name for each in house.catalogue.rituals.values() if each.ahead)
    if not names:
        return []
    long = Q(*(Q(key__startswith=f"{name}:") for name in names), join_type="OR")
    return await due_hours(now, counting_after(house, heard)).filter(long)


async def _worked_out(rows: Iterable[Heard], house: House, now: datetime) -> dict[int, object]:
    """What the rituals of these hours work out ahead, by row: in no unit of work, while all others are settled."""
    found: dict[int, object] = {}
    for row in rows:
        kept = house.catalogue.rituals.get(str((row.content or {}).get("ritual")))
        late = row.useful_until is not None and row.useful_until < now
        if row.kind is Kind.HOUR and kept is not None and kept.ahead is not None and not late:
            room = await Room.get_or_none(id=row.room) or Room(id=row.room)
            found[row.id] = await kept.ahead(_call(row, room, house, now))
    return found


async def _destroyed(house: House, outcome: Outcome) -> Outcome:
    """What was condemned in a unit that is committed now is destroyed; what a killed process left is (see `destroy_condemned`)."""
    if outcome.condemned:
        await destroy_condemned(house)
    return outcome


async def destroy_condemned(house: House) -> None:
    """Destroy every key that a committed unit has condemned; one that cannot be destroyed now is tried again later."""
    names = [row.name for row in await CondemnedKey.all()]
    if not names:
        return
    # A power cut may take the newest units from SQLite's log; not this one, whose keys are about to go.
    await scrub()
    try:
        await asyncio.to_thread(house.keys.destroy, names)
    except OSError:
        log.exception(
            "a key could not be destroyed; it is tried again at night and at the next start"
        )
        return
    await CondemnedKey.filter(name__in=names).delete()


async def set_aside(row: Heard, house: House, now: datetime, error: Exception) -> Outcome:
    """Count a failure; after the last try set the row aside and tell the stewards."""

    async def whole() -> Outcome:
        outcome = Outcome()
        row.tries += 1
        if row.tries < TRIES:
            await Heard.filter(id=row.id).update(tries=row.tries)
            return outcome
        if await take(row.id, Settled.FAILED, now):
            outcome.tally[Settled.FAILED] += 1
            room = await Room.get_or_none(id=row.room) or Room(id=row.room)
            try:
                await _collect(
                    _call(row, room, house, now),
                    _alarm(row, room, house, error, discreet=await discreet(row, house, error)),
                    outcome,
                )
            except Exception:
                log.exception("the stewards could not be told of something that failed")
                outcome.owed.clear()
            await _write(outcome)
        return outcome

    return await transaction(whole)


async def discreet(row: Heard, house: House, error: Exception) -> bool:
    """Whether what failed is somebody's own: then neither the log nor the stewards hear whose, where, or in what."""
    steps = traceback.walk_tb(error.__traceback__)
    if any(frame.f_globals.get("__name__") in OWN for frame, _line in steps):
        return True
    if row.sender is None:
        return False
    where = [row.room, row.sender]  # what is asked in private is for them, wherever they answer
    for asked in await Question.filter(room__in=where, person=row.sender):
        inquiry = house.catalogue.inquiries.get(asked.inquiry)
        if inquiry is not None and inquiry.answer.__module__ in OWN:
            return True
    return False


def _alarm(
    row: Heard, room: Room, house: House, error: Exception, *, discreet: bool = False
) -> list[Effect]:
    where = f"in **{escaped(room.name)}**" if room.name else "in one room"
    what = f"one thing {where}" if not discreet else "one thing"
    log_says = f"In the log it is `{row.key}` ({type(error).__name__})."
    if discreet:
        log_says = "It was somebody's own, so the log does not say more."
    effects: list[Effect] = [
        Whisper(
            person=steward,
            text=(
                f"I failed {TRIES} times at {what} and have set it aside. "
                f"Everything else goes on, and nothing of it was changed.\n\n{log_says}"
            ),
        )
        for steward in house.stewards
    ]
    if row.kind is Kind.MESSAGE:
        effects.append(
            Say(
                text="Something on my side went wrong with that, and nothing was changed. "
                + (
                    "Those who look after me have been told, and not by whom or where; "
                    if discreet
                    else "Those who look after me have been told; "
                )
                + "trying it in other words may help."
            )
        )
    return effects


async def _settle_one(
    row: Heard, room: Room, house: House, now: datetime, outcome: Outcome, ahead: object = None
) -> None:
    late = row.useful_until is not None and row.useful_until < now
    call = replace(_call(row, room, house, now), ahead=ahead)
    await _collect(call, await _effects(row, call, late=late), outcome)
    outcome.rooms.append(room)
    outcome.tally[Settled.LATE if late else Settled.SETTLED] += 1


def _call(row: Heard, room: Room, house: House, now: datetime) -> Call:
    content = row.content or {}
    thread = content.get("thread")
    return Call(
        key=row.key,
        at=row.at,
        room=room,
        house=house,
        sender=row.sender,
        text=str(content.get("text") or ""),
        event_id=row.key if row.kind is Kind.MESSAGE else None,
        thread=str(thread) if thread else None,
        kept_at=now if row.kind is Kind.HOUR else None,
        content=content,
    )


async def _effects(row: Heard, call: Call, *, late: bool) -> Iterable[Effect]:
    target = await _name(call.content.get("target"), row.room)
    match row.kind:
        case Kind.MESSAGE:
            if call.content.get("in_thread") and not call.house.catalogue.threads(target or ""):
                target = None  # it was not known yet what began the thread
            asked = target or not call.content.get("perhaps")
            if not asked and await conversation.open_question(call) is None:
                return []  # ordinary talk, after all
            return await conversation.on_message(call, target=target)
        case Kind.REACTION:
            if "answers" in call.content:
                call, target = await _voted(call)
            return await conversation.on_reaction(call, target=target) if target else []
        case Kind.CHANGE:
            return await _changed(call, target)
        case Kind.HOUR:
            return await conversation.on_hour(call, str(call.content["ritual"]), late=late)


async def _changed(call: Call, target: str | None) -> Iterable[Effect]:
    """What follows from a change; of what was said to a message of ours its name is told."""
    change = Change(str(call.content["change"]))
    if change is Change.POLL_ENDED and "name" not in call.content:
        poll = await _poll(call)
        if poll is None:
            return []
        call = replace(call, content={**call.content, "name": poll.name})
    if change is Change.IN_CLEAR:
        call = replace(call, content={**call.content, "name": target or ""})
    return await conversation.on_change(call, change)


async def _name(target: object, room: str) -> str | None:
    """The name of the message of ours that was answered; one that was forgotten is given by its id."""
    if not isinstance(target, str) or not target.startswith("$"):
        return str(target) if target else None
    named = await Owed.filter(event_id=target, room=room, name__not_isnull=True).first()
    return named.name if named else None


async def _poll(call: Call) -> Owed | None:
    """The poll of ours that was answered or ended."""
    said = Owed.filter(event_id=str(call.content["target"]), room=call.room.id, deed=Deed.POLL)
    return await said.filter(name__not_isnull=True).first()


async def _voted(call: Call) -> tuple[Call, str | None]:
    """An answer in a poll of ours, as the numbers of its options, and the name of the poll."""
    poll = await _poll(call)
    if poll is None:
        return call, None
    said = voice(listed(call.content["answers"]), int(poll.target or 0))
    return replace(call, text=said), poll.name


# ---------------------------------------------------------------------------------------- storing effects


async def _collect(call: Call, effects: Iterable[Effect], outcome: Outcome) -> None:
    """Turn effects into rows, to be written together by `_write`."""
    for position, effect in enumerate(await unanswered.asked_anew(call, effects)):
        match effect:
            case Ring():
                outcome.hours.append(_hour(call, effect))
            case CallOff():
                await _call_off(effect, outcome)
            case Scrub():
                outcome.scrub = True
            case DestroyKey():
                outcome.condemned += call.house.keys.condemn(effect.owner)
            case Ask():
                outcome.owed += await _owed(call, position, await _asked(call, effect))
            case Redact():
                outcome.owed += await _owed(call, position, effect)
                await _says_nothing(effect.target, effect.room or call.room.id)
            case Edit() if await _says_that_already(call, effect, outcome):
                pass  # an edit without a change would only tell when somebody has done something
            case _:
                outcome.owed += await _owed(call, position, effect)


async def _says_that_already(call: Call, edit: Edit, outcome: Outcome) -> bool:
    """Whether a message in a room stands there in these words, as far as we know; from now on it does.

    A message that we forgot is edited in any case, and so is one in a private chat.
    """
    lane = edit.room or call.room.id
    ours = (each for each in reversed(outcome.owed) if (each.deed, each.lane) == (Deed.SEND, lane))
    said = next((each for each in ours if each.name == edit.name), None)
    if said is None:
        known = Owed.filter(name=edit.name, lane=lane, deed=Deed.SEND)
        said = await known.order_by("-id").first()
    if said is None or said.target is None:
        return False
    before, said.target = said.target, _unreadably(call, edit.text)
    if said.target != before:
        await Owed.filter(transaction=said.transaction).update(target=said.target)
    return said.target == before


async def _says_nothing(target: str, lane: str) -> None:
    """A message is taken back: nothing stands for its words any more."""
    if not target.startswith("$"):
        await Owed.filter(name=target, lane=lane, deed=Deed.SEND).update(target=None)


def _unreadably(call: Call, text: str) -> str:
    """Stands for a text that is not kept: the same for the same text, and it tells nobody what that was."""
    key = call.house.keys.key("said")
    return blake2b(text.encode(), key=key, digest_size=16).hexdigest()


async def _write(outcome: Outcome) -> None:
    for name in dict.fromkeys(outcome.condemned):
        await CondemnedKey.get_or_create(name=name)
    if outcome.hours:
        await Heard.bulk_create(outcome.hours, ignore_conflicts=True)
        outcome.rang = True
    if outcome.owed:
        await Owed.bulk_create(outcome.owed, ignore_conflicts=True)
        # Their ids; and without those that an echo has told us were sent in a former life.
        made = {one.transaction: one for one in outcome.owed}
        stored = await Owed.filter(transaction__in=list(made)).order_by("id")
        outcome.owed = [one for one in stored if one.state is Delivery.OWED]
        for one in stored:
            own = made[one.transaction]
            if one.name is None and own.name is not None:
                # An echo knows neither what it is called nor what sort of thing it is.
                await Owed.filter(id=one.id).update(name=own.name, deed=own.deed, target=own.target)


def _hour(call: Call, ring: Ring) -> Heard:
    key = ":".join(filter(None, (ring.ritual, ring.about, ring.when)))[:255]
    return Heard(
        key=key,
        kind=Kind.HOUR,
        room=ring.room or call.room.id,
        at=ring.at,
        useful_until=ring.useful_until,
        about=ring.about,
        content={**ring.content, "ritual": ring.ritual},
    )


async def _call_off(effect: CallOff, outcome: Outcome) -> None:
    ahead = Heard.filter(about=effect.about, state=Settled.WAITING, kind=Kind.HOUR)
    if effect.ritual is not None:
        ahead = ahead.filter(key__startswith=f"{effect.ritual}:")
    await ahead.delete()
    outcome.rang = True


async def _asked(call: Call, ask: Ask) -> Say | Whisper:
    lane = ask.person if ask.private and ask.person else call.room.id
    inquiry = call.house.catalogue.inquiries.get(ask.inquiry)
    question = await Question.create(
        room=lane,
        person=ask.person,
        inquiry=ask.inquiry,
        data={**conversation.with_labels(ask, inquiry), **unanswered.named(ask, inquiry)},
        answers=dict(ask.answers),
        until=ask.until,
    )
    options = inquiry.options if inquiry else ()
    taps = tuple(option.sign for option in options if option.word not in ask.without)
    name = f"question:{question.id}"
    if ask.private and ask.person:
        return Whisper(person=ask.person, text=ask.text, name=name, taps=taps)
    return Say(text=ask.text, name=name, taps=taps)


async def _owed(call: Call, position: int, effect: Effect) -> list[Owed]:
    """The outbox rows of one effect."""

    def owe(deed: Deed, lane: str, sub: str = "", **columns: Any) -> Owed:
        return Owed(
            transaction=transaction_id(call.key, f"{position}{sub}"),
            lane=lane,
            deed=deed,
            asker=call.sender,
            made_at=call.kept_at or call.at,
            **columns,
        )

    match effect:
        case Say():
            lane = effect.room or call.room.id
            thread = call.thread if effect.answers and lane == call.room.id else None
            content = _content(effect.text, mention=effect.mention, thread=thread)
            if effect.letter is not None:
                content["letter"] = dict(effect.letter)
            rows = _message(owe, lane, content, effect.name, effect.taps)
            if effect.name is not None and not (call.is_private and lane == call.room.id):
                rows[0].target = _unreadably(call, effect.text)
            return rows
        case Whisper():
            lane = await _private_lane(call, effect.person)
            thread = call.thread if lane == call.room.id else None
            content = _content(effect.text, mention=await _ringing(call, effect), thread=thread)
            entrusted = effect.unreached is not None and call.sender is not None
            if entrusted:
                content["unreached"] = [call.sender, effect.unreached]
            rows = _message(owe, lane, content, effect.name, effect.taps)
            for row in rows if entrusted else ():
                row.asker = None
            return rows
        case _:
            return [_deed(call, owe, effect)]


def _deed(call: Call, owe: Callable[..., Owed], effect: Effect) -> Owed:
    """The one outbox row of an effect that is no message."""
    lane = getattr(effect, "room", None) or call.room.id
    match effect:
        case Edit():
            return owe(Deed.EDIT, lane, content=_content(effect.text), target=effect.name)
        case React():
            target = effect.name or call.event_id
            return owe(Deed.REACT, lane, content={"sign": effect.sign}, target=target)
        case Post():
            return owe(Deed.FILE, lane, content=_file(call, effect))
        case Picture() | Poll() | EndPoll() | Gather():
            return _of_poll(call, owe, lane, effect)
        case SetState():
            content = dict(effect.content)
            return owe(Deed.STATE, lane, type=effect.type, content=content, target=effect.key)
        case MakeRoom():
            content = _new_room(call, effect)
            return owe(Deed.MAKE, f"new:{effect.about}", content=content, target=effect.about)
        case _:
            return _passage(owe, lane, effect)


def _passage(owe: Callable[..., Owed], lane: str, effect: Effect) -> Owed:
    """Somebody, or a message, comes or goes; or what was said in a room is read."""
    match effect:
        case Invite():
            content = {"reason": effect.reason} if effect.reason else None
            return owe(Deed.INVITE, lane, target=effect.person, content=content)
        case Remove():
            return owe(Deed.REMOVE, lane, target=effect.person)
        case Redact():
            return owe(Deed.REDACT, lane, target=effect.target)
        case Join():
            return owe(Deed.JOIN, lane, content={"via": list(effect.via)})
        case Leave():
            return owe(Deed.LEAVE, lane, content={})
        case ReadBack():
            return owe(Deed.READ_BACK, lane, content={}, target=effect.about)
        case _:
            raise TypeError(f"{type(effect).__name__} is not delivered")


def _of_poll(
    call: Call, owe: Callable[..., Owed], lane: str, effect: Picture | Poll | EndPoll | Gather
) -> Owed:
    """What is asked of everybody, and what came of it."""
    match effect:
        case Poll():
            content = {
                "question": effect.question,
                "options": list(effect.options),
                "disclosed": effect.disclosed,
            }
            # What it held is forgotten as it is sent, and its answers are understood by how many options it had.
            many = str(len(effect.options))
            return owe(
                Deed.POLL, lane, type=POLL_START, content=content, name=effect.name, target=many
            )
        case EndPoll():
            content = {"text": effect.text}
            return owe(Deed.END, lane, type=POLL_END, content=content, target=effect.name)
        case Picture():
            thread = call.thread if effect.answers and lane == call.room.id else None
            drawn = chart.as_json(effect.chart)
            content = {"chart": drawn, "alt": effect.alt, "thread": thread}
            return owe(Deed.PICTURE, lane, content=content, name=effect.name)
        case Gather():
            return owe(
                Deed.GATHER, lane, content={"names": list(effect.names)}, target=effect.about
            )


def _file(call: Call, post: Post) -> dict[str, object]:
    return {
        "filename": post.filename,
        "mime": post.mime,
        "data": base64.b64encode(post.data).decode(),
        "thread": call.thread,
    }


def _new_room(call: Call, wanted: MakeRoom) -> dict[str, object]:
    part: dict[str, object] = {"part": wanted.part} if wanted.part is not None else {}
    if wanted.creation:
        part["creation"] = dict(wanted.creation)
    return {
        "name": wanted.name,
        "topic": wanted.topic,
        "kind": wanted.kind.value,
        "invite": list(wanted.invite),
        "space": wanted.space,
        "asked_in": call.room.id,
        "content": dict(wanted.content),
        **part,
    }


def _content(
    markdown: str, *, mention: tuple[str, ...] = (), thread: str | None = None
) -> dict[str, Any]:
    """A message as it waits in the outbox: Markdown, rendered when its turn comes."""
    return {"text": markdown, "mention": list(mention), "thread": thread}


async def _ringing(call: Call, whisper: Whisper) -> tuple[str, ...]:
    """Whose client rings for a private word: nobody's at night, unless they are just speaking with us (R15)."""
    if whisper.person == call.sender or await may_ring(call, whisper.person):
        return (whisper.person,)
    return ()


def _message(
    owe: Callable[..., Owed],
    lane: str,
    content: dict[str, Any],
    name: str | None,
    taps: tuple[str, ...],
) -> list[Owed]:
    rows = [owe(Deed.SEND, lane, content=content, name=name)]
    rows += [
        owe(Deed.REACT, lane, f"tap{sign}", content={"sign": sign}, target=name) for sign in taps
    ]
    return rows


async def _private_lane(call: Call, person: str) -> str:
    """The private chat with a person; their own id stands for it until there is one."""
    if call.room.private_with == person:
        return call.room.id
    room = await Room.filter(private_with=person, joined=True).order_by("-adopted_at", "id").first()
    return room.id if room else person


# ------------------------------------------------------------------------------------------------ lanes


class Lane:
    """The rows of one room that wait to be settled."""

    def __init__(self) -> None:
        """Empty."""
        self.rows: deque[Heard] = deque()
        self.ready = asyncio.Event()
        self.task: asyncio.Task[None] | None = None


class Settler:
    """Settles the rows of every room in order, rooms side by side."""

    def __init__(
        self,
        house: House,
        clock: Clock,
        rooms: Rooms,
        *,
        group: asyncio.TaskGroup,
        on_outcome: Callable[[Outcome], None],
        unsent: Callable[[str, str | None], int],
    ) -> None:
        """`unsent(room, person)` says how many answers to a person are still on their way there."""
        self.house = house
        self._clock = clock
        self._rooms = rooms
        self._group = group
        self._on_outcome = on_outcome
        self._unsent = unsent
        self._lanes: dict[str, Lane] = {}
        #: What a former life left waiting, by id; and when this one began, until the hours due by then are kept.
        self._left: set[int] = set()
        self._began: datetime | None = clock.now()
        self._alone = asyncio.Lock()
        #: Set while nothing waits to be settled.
        self.idle = asyncio.Event()
        self.idle.set()

    async def resume(self) -> None:
        """Take up what a former life heard and did not settle."""
        waiting = await Heard.filter(state=Settled.WAITING).exclude(kind=Kind.HOUR).order_by("id")
        self._left.update(row.id for row in waiting)
        self.put(waiting)

    def put(self, rows: Iterable[Heard]) -> None:
        """Queue rows behind those of the same room."""
        for row in rows:
            lane = self._lanes.setdefault(row.room, Lane())
            lane.rows.append(row)
            lane.ready.set()
            self.idle.clear()
            if lane.task is None:
                lane.task = self._group.create_task(self._run(row.room, lane))

    def sent(self, room: str) -> None:
        """Something left for `room`: whoever waited for their turn may go on."""
        lane = self._lanes.get(room)
        if lane is not None:
            lane.ready.set()

    async def _run(self, room: str, lane: Lane) -> None:
        while lane.rows:
            lane.ready.clear()
            row = self._next(room, lane)
            if row is None:
                await lane.ready.wait()
                continue
            await self._settle(row)
        lane.task = None
        del self._lanes[room]
        if not self._lanes:
            self.idle.set()

    def _next(self, room: str, lane: Lane) -> Heard | None:
        """The oldest row whose sender has not too much on the way already."""
        flooding: set[str | None] = set()
        for index, row in enumerate(lane.rows):
            if row.sender in flooding:
                continue
            if self._unsent(room, row.sender) < TURN:
                del lane.rows[index]
                return row
            flooding.add(row.sender)
        return None

    async def _settle(self, row: Heard) -> None:
        while not await self._tried(row):
            await asyncio.sleep(row.tries)  # a moment's trouble passes
        self._left.discard(row.id)

    async def _tried(self, row: Heard) -> bool:
        """Try a row once; whether it is done with. What a former life left is tried while no other such row is."""
        if row.id not in self._left:
            return await self._once(row)
        async with self._alone:
            if row.tries >= TRIES:
                row.tries -= 1  # the last try is the one that nothing came back from
                log.error("settling %s has ended the daemon; it is set aside", row.key)
                ended = Ended("the daemon ended")
                self.report(await set_aside(row, self.house, self._clock.now(), ended))
                return True
            await Heard.filter(id=row.id).update(tries=row.tries + 1)
            return await self._once(row)

    async def _once(self, row: Heard) -> bool:
        now = self._clock.now()
        try:
            outcome = await settle(row, self.house, now)
        except Exception as error:
            if await discreet(row, self.house, error):
                what = type(error).__name__
                log.warning("settling one thing failed (try %d): %s", row.tries + 1, what)
            else:
                log.exception("settling %s failed (try %d)", row.key, row.tries + 1)
            self.report(await set_aside(row, self.house, now, error))
            return bool(row.tries >= TRIES)
        self.report(outcome)
        return True

    async def strike(self, heard: datetime | None = None) -> bool:
        """Keep some of the hours that are due, together or else one by one; whether there were any.

        `heard` is the instant before which everything was heard, for the hours that wait for that; None: everything.
        """
        now = self._clock.now()
        if await self._overdue(counting_after(self.house, heard)):
            return True
        try:
            outcome = await strike(self.house, now, heard)
        except Exception:
            log.exception("keeping hours together failed; each is tried alone")
            for row in await due_hours(now, counting_after(self.house, heard)):
                await self._settle(row)
            return True
        if outcome is None:
            return False
        self.report(outcome)
        return True

    async def _overdue(self, held: Q | None) -> bool:
        """Settle alone those of the hours due before this life which a life before it has tried; whether there were any.

        The others are about to be kept together: that is a try of each, and is written down.
        """
        if self._began is None:
            return False
        if not await due_hours(self._began):
            self._began = None
            return False
        due = await due_hours(self._began, held)
        tried = [row for row in due if row.tries]
        if not tried and due:
            await Heard.filter(id__in=[row.id for row in due]).update(tries=1)
        self._left.update(row.id for row in tried)
        for row in tried:
            await self._settle(row)
        return bool(tried)

    def report(self, outcome: Outcome) -> None:
        """Mirror and hand on what came of it."""
        for room in outcome.rooms:
            # A row that never came from the homeserver is not a room we are in.
            if room.id in self._rooms:
                self._rooms.keep(room)
        self._on_outcome(outcome)
