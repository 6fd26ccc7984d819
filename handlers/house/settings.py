"""The defaults a circle may change: shown to anybody, changed by the consent of all, looked at again in time (R17).

What a congregation has agreed on is asked where most of it talks, and stands in the state of its space.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from handlers.consent import (
    Voice,
    hear_voice,
    is_whole,
    nowhere_to_ask,
    proposed,
    rule,
    seconded,
    standing_words,
    table_of,
    ten_o_clock,
)
from handlers.house.adoption import CIRCLES
from handlers.language import (
    NO,
    YES,
    Argument,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import people, room_name
from handlers.words import escaped, first_word, folded
from practices import clock, defaults
from practices.circles import RoomKind
from practices.defaults import Setting
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.members import is_in
from storage.questions import Question
from storage.rooms import Room

#: Where something can be changed together.
PLACES = CIRCLES | {RoomKind.CONGREGATION}

#: In front of a setting that a room and its congregation both have: the congregation's is meant.
WHOLE = frozenset({"congregation", "congregation's", "congregation’s"})

#: Proposals that may wait for an answer in one room.
MOST_WAITING = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """A setting, whose it is, and the value that somebody would like; "" when they only look."""

    circle: Room
    setting: Setting
    value: str


@command(
    name="settings",
    aliases=("setting", "defaults"),
    help="see what you may change here together, or propose a change",
    example="settings ask-hours 48",
    kinds=PLACES,
    arguments=(
        Argument(
            name="what",
            help="one of the settings, and its new value or “default”; “congregation” in front for what all of your "
            "congregation share",
            rest=True,
        ),
    ),
)
async def settings(call: Call, what: str | None) -> Effects:
    """Show, or ask everybody for consent to a change."""
    if what is None:
        return [Say(text=await _overview(call))]
    space = await _congregation(call.room)
    if space is not None and folded(what) in WHOLE:
        return [Say(text=await _table_of_all(call, space))]
    wanted = _wanted(call.room, space, what)
    if not wanted.value:
        return [Say(text=await _one(call, wanted))]
    new = _new_value(wanted.setting, wanted.value)
    circle, name = wanted.circle, wanted.setting
    if new in (_current(circle, name), _in_words(circle, name)):
        return [Say(text=f"**{name.name}** is {escaped(new)} already{_in_all(circle)}.")]
    return await _put(call, circle, name, new)


async def _congregation(room: Room) -> Room | None:
    """The congregation that a room is the space of, or belongs to."""
    if room.kind is RoomKind.CONGREGATION:
        return room
    if room.congregation is None:
        return None
    return await Room.get_or_none(id=room.congregation, kind=RoomKind.CONGREGATION, joined=True)


def _wanted(room: Room, space: Room | None, what: str) -> Wanted:
    """What is meant, of the room itself or of its congregation. Raises NotUnderstood, Refused."""
    word, rest = first_word(what)
    if folded(word) in WHOLE:
        if space is None:
            raise Refused("This room belongs to no congregation, so nothing was changed.")
        name, value = defaults.begins_with(rest)
        circles = [space]
    else:
        name, value = defaults.begins_with(f"{word} {rest}")
        circles = [room, *([space] if space is not None and space.id != room.id else [])]
    for circle in circles:
        if name in defaults.settings_for(circle.kind):
            return Wanted(circle, name, value)
    raise NotUnderstood(f"“{name.name}” does not concern a {circles[0].kind} room.")


def _new_value(name: Setting, value: str) -> str:
    """The value in words; "default" for none of one's own. Raises NotUnderstood."""
    if folded(value) == "default":
        return "default"
    return defaults.words(defaults.read(name, value))


def _current(circle: Room, name: Setting) -> str:
    changed = circle.settings.get(name.name)
    return str(changed["value"]) if isinstance(changed, dict) else "default"


def _in_words(circle: Room, name: Setting) -> str:
    return defaults.words(meetings.setting(circle, name.name))


def _called(circle: Room) -> str:
    return f"**{room_name(circle, 'your congregation')}**"


def _in_all(circle: Room) -> str:
    """Where a setting holds, when that is more than this room."""
    return f" in {_called(circle)}" if circle.kind is RoomKind.CONGREGATION else ""


# ------------------------------------------------------------------------------------------- looking


async def _overview(call: Call) -> str:
    """All that can be changed from here: of the room, and in a working room of its congregation, too."""
    room = call.room
    space = await _congregation(room)
    parts = [] if room is space else [_table(call)]
    if space is not None and room.kind in (RoomKind.WORKING, RoomKind.CONGREGATION):
        parts.append(await _table_of_all(call, space))
    return "\n\n".join(parts)


def _lines(circle: Room) -> list[str]:
    return [
        f"- **{each.name}** {escaped(_in_words(circle, each))}: {each.help}"
        for each in defaults.settings_for(circle.kind)
    ]


def _table(call: Call) -> str:
    foot = f"`{call.house.prefix}settings ask-hours 48` proposes a change; it holds when all of you agree."
    return "\n".join(["What you may change here together:", "", *_lines(call.room), "", foot])


async def _table_of_all(call: Call, space: Room) -> str:
    """What a congregation may change, with where it is asked."""
    table = await table_of(space)
    prefix = call.house.prefix
    if table is None:
        foot = nowhere_to_ask(call, space)
    else:
        asked = f"I ask in **{room_name(table, 'the room where most of you talk')}**, and it holds when all there agree"
        foot = (
            f"`{prefix}settings crews-per-person 4` proposes a change. {asked}; or after "
            f"{_days(space)} days, when one more of you has said yes and nobody has said no."
        )
    if call.room.id != space.id:
        foot += f" Where this room has the same setting, `{prefix}settings congregation review-months 6` means all of you."
    return "\n".join(
        [f"What all of {_called(space)} may change together:", "", *_lines(space), "", foot]
    )


def _days(circle: Room) -> int:
    return int(meetings.setting(circle, "invitation-days"))


async def _one(call: Call, wanted: Wanted) -> str:
    circle, name = wanted.circle, wanted.setting
    changed = circle.settings.get(name.name)
    since = ""
    if isinstance(changed, dict):
        since = (
            f" You agreed on it on {clock.long_day(date.fromisoformat(str(changed['since'])))}, to look at it again on "
            f"{clock.long_day(date.fromisoformat(str(changed['review'])))}."
        )
    default = f" The default is {escaped(defaults.words(name.default))}."
    both = name in defaults.settings_for(call.room.kind) and circle.id != call.room.id
    said = f"{'congregation ' if both else ''}{name.name}"
    return (
        f"**{name.name}** is {escaped(_in_words(circle, name))}{_in_all(circle)}: {name.help}.{since}{default}\n\n"
        f"`{call.house.prefix}settings {said} …` proposes another value."
    )


# ----------------------------------------------------------------------------------------- proposing


async def _put(call: Call, circle: Room, name: Setting, new: str) -> list[Effect]:
    """Ask those whom a change concerns; a newer proposal for the same setting takes the place of an older one."""
    table = await table_of(circle)
    if table is None:
        raise Refused(nowhere_to_ask(call, circle))
    await _check_voice(call, circle, table)
    waiting = await Question.filter(inquiry="setting", until__gt=call.at)
    same = [each for each in waiting if _about(each) == (circle.id, name.name)]
    if any(each.data["value"] == new for each in same):
        where = "" if table.id == call.room.id else f" in **{room_name(table, 'their room')}**"
        return [
            Say(
                text=f"Whether **{name.name}** shall be {escaped(new)} is asked already{where}; ✅ under that question "
                "is your yes. Nothing else was changed."
            )
        ]
    effects = await _withdrawn(same)
    present = await people(table, call.house.me)
    if present == [call.person]:
        return [*effects, *await _changed(call, circle, name.name, new)]
    if sum(each.room == table.id for each in waiting if each not in same) >= MOST_WAITING:
        raise Refused(
            f"{MOST_WAITING} proposals wait for an answer in **{room_name(table, 'that room')}** already, so nothing "
            "was asked. Once one of them is decided there is room for this."
        )
    return [*effects, *await _asked(call, circle, table, name, new)]


async def _check_voice(call: Call, circle: Room, table: Room) -> None:
    """A congregation's settings are its people's to change, and proposed where it works. Raises Refused."""
    if circle.kind is not RoomKind.CONGREGATION:
        return
    if call.room.kind not in (RoomKind.WORKING, RoomKind.CONGREGATION):
        raise Refused(
            f"That belongs to all of {_called(circle)}. Nothing was changed; propose it to them in "
            f"**{room_name(table, 'their working room')}**."
        )
    here = call.person in await people(table, call.house.me)
    if not here and not await is_in(circle.id, call.person):
        raise Refused(
            f"That is for the people of {_called(circle)} to decide. Nothing was changed."
        )


def _about(question: Question) -> tuple[str, str]:
    """Whose setting a proposal is about, and which."""
    return str(question.data.get("circle", question.room)), str(question.data["name"])


async def _withdrawn(older: list[Question]) -> list[Effect]:
    effects: list[Effect] = []
    for asked in older:
        effects += [
            Edit(name=f"question:{asked.id}", text="Asked again below.", room=asked.room),
            CallOff(about=_offer(asked)),
        ]
        await asked.delete()
    return effects


def _offer(question: Question) -> str:
    """What the day of a proposal belongs to."""
    return f"setting-offer:{question.id}"


async def _asked(call: Call, circle: Room, table: Room, name: Setting, new: str) -> list[Effect]:
    """The question in its room; whoever proposes it has said yes by that."""
    days, silent = timedelta(days=_days(circle)), circle.kind is RoomKind.CONGREGATION
    until = ten_o_clock(call.at + days, call.house.zone_of(circle)) if silent else call.at + days
    answers, standing = await proposed(call, table)
    data: dict[str, object] = {"circle": circle.id, "name": name.name, "value": new}
    if silent:
        data |= {"by": call.person, "until": until.isoformat()}
    question = await Question.create(
        room=table.id,
        inquiry="setting",
        data=data,
        answers=answers,
        # Where silence is consent, the question outlives its day, so that a late hour still finds it.
        until=until + days if silent else until,
    )
    asking = Say(
        text=standing_words(
            call, table, _proposal(call, circle, question), standing, proposing=bool(answers)
        ),
        room=table.id,
        name=f"question:{question.id}",
        taps=(YES.sign, NO.sign),
    )
    if not silent:
        return [asking]
    day = Ring(
        ritual="setting-day",
        about=_offer(question),
        at=until,
        room=table.id,
        content={"question": question.id},
    )
    if table.id == call.room.id:
        return [asking, day]
    told = f"I have put it to **{room_name(table, 'them')}**. {rule(circle, _decided(call, circle, question))}"
    return [asking, day, Say(text=told)]


def _decided(call: Call, circle: Room, question: Question) -> str | None:
    """The day on which silence is consent, in words."""
    until = question.data.get("until")
    if until is None:
        return None
    day = clock.wall(datetime.fromisoformat(str(until)), call.house.zone_of(circle)).date()
    return clock.long_day(date.fromisoformat(day.isoformat()))


def _proposal(call: Call, circle: Room, question: Question) -> str:
    name, new = defaults.find(str(question.data["name"])), str(question.data["value"])
    head = (
        f"Shall **{name.name}** be **{escaped(new)}** instead of {escaped(_in_words(circle, name))}{_in_all(circle)}? "
        f"({name.help})"
    )
    holds = (
        rule(circle, _decided(call, circle, question))
        if circle.kind is RoomKind.CONGREGATION
        else "It holds when each of you has said yes; one no, and it stays as it is."
    )
    return f"{head}\n\n{holds}\n\n✅ yes · ✋ no"


# ------------------------------------------------------------------------------------------- deciding


async def _circle_of(call: Call, question: Question) -> Room | None:
    """Whose setting it is, wherever its room has moved to; None when it is looked after no more."""
    of = _about(question)[0]
    circle = call.room if of == call.room.id else await Room.get_or_none(id=of)
    if circle is not None and circle.kind is RoomKind.NONE and circle.successor is not None:
        circle = await Room.get_or_none(id=circle.successor)
    return circle if circle is not None and circle.kind in PLACES else None


def _gone(question: Question) -> Edit:
    name = question.data["name"]
    return Edit(
        name=f"question:{question.id}",
        text=f"**{name}**: nothing was changed, because I do not look after that congregation any more.",
    )


@inquiry(name="setting", options=(YES, NO), matter="whether something that you agreed on changes")
async def changing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; change when all have agreed."""
    name, message = str(question.data["name"]), f"question:{question.id}"
    circle, over = await _circle_of(call, question), CallOff(about=_offer(question))
    if circle is None:
        await question.delete()
        return [over, _gone(question)]
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            return [over, *await _agreed(call, circle, question, standing.of)]
        case Voice.ENDED:
            return [over, Edit(name=message, text=f"**{name}** stays as it is.")]
        case Voice.WAITING:
            text = standing_words(call, call.room, _proposal(call, circle, question), standing)
            return [Edit(name=message, text=text)]
        case Voice.NOTHING:
            return []


async def _agreed(call: Call, circle: Room, question: Question, size: int) -> list[Effect]:
    """All who are here have agreed; the question is gone."""
    name, new = str(question.data["name"]), str(question.data["value"])
    text = f"All {size} of you have agreed on **{name}**: {escaped(new)}."
    message = f"question:{question.id}"
    return [Edit(name=message, text=text), *await _changed(call, circle, name, new)]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever proposed it or was waited for has left: it is for those who stay, and they may all have agreed."""
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry="setting", until__gt=call.at):
        size, circle = await is_whole(call, question), await _circle_of(call, question)
        if size and circle is not None:
            await question.delete()
            effects.append(CallOff(about=_offer(question)))
            effects += await _agreed(call, circle, question, size)
    return effects


@ritual(
    name="setting-day",
    help="changes a default of a congregation, if by its day somebody wished it, too, and nobody said no",
)
async def setting_day(call: Call) -> Effects:
    """The day of a proposal to a congregation has come, and nobody has said no."""
    question = await row_of(Question, call.content["question"])
    if question is None:
        return []
    circle, name = await _circle_of(call, question), str(question.data["name"])
    await question.delete()
    if circle is None:
        return [_gone(question)]
    message = f"question:{question.id}"
    if not await seconded(call, question):
        text = f"**{name}** stays as it is. Whoever likes it can propose it again."
        return [Edit(name=message, text=text)]
    new = str(question.data["value"])
    text = f"You have agreed on **{name}**: {escaped(new)}. Nobody has said no."
    return [Edit(name=message, text=text), *await _changed(call, circle, name, new)]


async def _changed(call: Call, circle: Room, name: str, new: str) -> list[Effect]:
    """Keep a change with the day on which it is looked at again; told in the room of the call's people."""
    now, table = call.kept_at or call.at, await table_of(circle)
    months = int(meetings.setting(circle, "review-months"))
    today = clock.wall(now, call.house.zone_of(circle))
    review = (today + relativedelta(months=months)).date()
    kept = {key: value for key, value in circle.settings.items() if key != name}
    if new != "default":
        kept[name] = {
            "value": new,
            "since": today.date().isoformat(),
            "review": review.isoformat(),
        }
    circle.settings = kept
    await circle.save()
    effects: list[Effect] = [CallOff(about=_subject(circle, name))]
    text = f"**{name}** is {escaped(_in_words(circle, defaults.find(name)))} from now on{_in_all(circle)}."
    if new != "default":
        effects.append(_review_hour(call, circle, name, review))
        text += f" We look at it again on {clock.long_day(date.fromisoformat(review.isoformat()))}."
    if circle.id == call.room.id and circle.kind in CIRCLES:
        effects += await meetings.plan_again(call, call.at)
    return [
        *effects,
        meetings.circle_state(circle),
        Say(text=text, room=table.id if table else None),
    ]


# ------------------------------------------------------------------------------------ looking at it again


def _subject(circle: Room, name: str) -> str:
    return f"setting:{name}:{circle.id}"[:64]


def _review_hour(call: Call, circle: Room, name: str, day: date) -> Ring:
    zone = call.house.zone_of(circle)
    at = clock.resolve(datetime.combine(day, time(10)), zone)
    return Ring(
        ritual="review",
        about=_subject(circle, name),
        at=at,
        when=at.isoformat(),
        room=circle.id,
        content={"name": name},
    )


@ritual(name="review", help="asks whether a changed default is still good")
async def review(call: Call) -> Effects:
    """The day has come to look at a change again."""
    name, circle = str(call.content["name"]), call.room
    if name not in circle.settings:
        return []
    table = await table_of(circle) or circle
    both = (
        name in {each.name for each in defaults.settings_for(table.kind)} and table.id != circle.id
    )
    said = f"{'congregation ' if both else ''}{name}"
    return [
        Say(
            room=table.id,
            text=f"You wanted to look at **{name}** again: it is {escaped(_in_words(circle, defaults.find(name)))}"
            f"{_in_all(circle)}. If it is still good, nothing needs to be done; `{call.house.prefix}settings {said} "
            "default` proposes to undo it.",
        )
    ]


@watch(kind=Change.REBUILT)
async def rebuilt(call: Call) -> Effects:
    """What was agreed on stood in the room itself; the days on which it is looked at again come back, too."""
    effects: list[Effect] = []
    for name, kept in call.room.settings.items():
        day = _read_day(kept.get("review")) if isinstance(kept, dict) else None
        hour = _review_hour(call, call.room, name, day) if day else None
        if hour is not None and hour.at > call.at:
            effects.append(hour)
    return effects


def _read_day(raw: object) -> date | None:
    """A day as the room's state has it; None for anything else."""
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        return None
