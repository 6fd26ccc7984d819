"""One crew becomes two: each says privately at which table they would like to sit, until both have three (R46).

Nobody is placed. Only who wishes to begin anew is invited to the second room; whoever would sit at either table, passes
or is silent stays where they are. Wishes are sealed; they are shown to nobody, and deleted when the tables stand or
when they lapse.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.asking import asked
from handlers.crews import founding
from handlers.house.leaving import taken_out
from handlers.language import (
    NO,
    PASS,
    YES,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    MakeRoom,
    Option,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import people, room_name
from handlers.polls import ballots
from handlers.words import escaped
from practices.circles import RoomKind
from practices.defaults import PATIENCE
from practices.retrospective import (
    SIDE_SIGNS,
    Seating,
    Side,
    may_show,
    seating,
    split_parts,
    split_refusal,
)
from storage.database import row_of
from storage.inbox import Heard, Kind, Settled
from storage.members import Member, is_in
from storage.questions import Question
from storage.retrospectives import Split
from storage.rooms import Room

#: When wishes are looked at although not everybody has said one, and when they lapse.
THINKING = timedelta(hours=48)

#: How long after the homeserver refused the second room it is asked for again.
AGAIN = timedelta(hours=1)

ABOUT = "split"

_WORDS = {Side.STAY: "stay at this one", Side.GO: "begin the new one", Side.EITHER: "either"}

SIDES = (
    Option(sign=SIDE_SIGNS[Side.STAY], word=Side.STAY.value, also=("this one", _WORDS[Side.STAY])),
    Option(sign=SIDE_SIGNS[Side.GO], word=Side.GO.value, also=("new", "begin", _WORDS[Side.GO])),
    Option(sign=SIDE_SIGNS[Side.EITHER], word=Side.EITHER.value, also=("both", "any")),
)


async def begin(call: Call) -> list[Effect]:
    """Ask everybody at which table they would like to sit; fewer than six are one crew."""
    room, now = call.room, call.kept_at or call.at
    members = await people(room, call.house.me)
    parts = split_parts(len(members))
    if parts is None:
        return [Say(text=split_refusal(len(members)), answers=False)]
    former = await Split.filter(room=room.id, ended_at=None).order_by("-id").first()
    if former is not None:
        return [
            Say(
                text="You are choosing your tables already, each with me in private.", answers=False
            )
        ]
    split = await Split.create(
        room=room.id,
        opened_at=now,
        looks_at=now + THINKING,
        closes_at=now + PATIENCE,
        purpose=f"circle:{room.id}",
    )
    small, large = parts
    return [
        Say(
            text=f"**Two tables.** Of {len(members)}, such as {small} and {large}; each needs three. I have asked "
            "each of you privately where you would like to sit. Nobody's wish is shown, and I place nobody: when "
            "three wish to begin the new table and three remain at this one, I make its room.",
            answers=False,
        ),
        _look(split, split.looks_at, "time"),
        _look(split, split.closes_at, "end"),
        *await _ask_each(call, split, members, ""),
    ]


def _about(split: Split) -> str:
    return f"{ABOUT}:{split.id}"


def _look(split: Split, at: datetime, when: str) -> Ring:
    return Ring(
        ritual="tables",
        about=_about(split),
        at=at,
        when=when,
        room=split.room,
        content={"split": split.id},
    )


async def _ask_each(call: Call, split: Split, members: Iterable[str], lead: str) -> list[Effect]:
    """The private question to each of `members`, in the morning of whoever sleeps now (R15)."""
    text = (
        f"{lead}**{room_name(call.room, 'Your crew')}** becomes two tables. Where would you like to sit?\n\n"
        f"{_choices()}\n\n"
        "This stays between us. Whoever does not choose the new table stays where they are; you may change your "
        "answer until the tables stand."
    )
    effects: list[Effect] = []
    for person in members:
        effects += await asked(
            call,
            person,
            text,
            about=_about(split),
            inquiry="table",
            until=split.closes_at,
            data={"split": split.id, "room": split.room},
        )
    return effects


def _choices() -> str:
    listed = " · ".join(f"{SIDE_SIGNS[side]} {_WORDS[side]}" for side in Side)
    return f"{listed} · {PASS.sign} pass"


# ------------------------------------------------------------------------------------------- the wishes


async def forget(call: Call) -> None:
    """What the sender wished, wherever it is still sealed, was never said."""
    for split in await Split.filter(sealed__not_isnull=True):
        await ballots.withdraw(call, split, Side)


async def _questions(split: Split) -> list[Question]:
    here = await Member.filter(room=split.room).values_list("person", flat=True)
    asked = await Question.filter(inquiry="table", person__in=list(here))
    return [each for each in asked if each.data.get("split") == split.id]


@inquiry(name="table", options=(*SIDES, PASS))
async def wished(call: Call, question: Question, said: str) -> Effects:
    """One person's wish, sealed; a pass leaves nothing."""
    split = await row_of(Split, question.data.get("split"))
    room = await Room.get_or_none(id=split.room) if split else None
    if split is None or room is None or split.ended_at is not None:
        raise Refused(
            "The tables stand already, so your wish was not taken. People may sit at both: ask them."
        )
    members = await people(room, call.house.me)
    if call.person not in members:
        raise Refused("You are not in that crew any more, so your wish was not taken.")
    wishes = ballots.read(call, split, Side)
    if said == PASS.word:
        wishes.pop(call.person, None)
        await question.delete()
        answer = "That is fine, and nothing of it is kept. You stay where you are."
    elif said in list(Side):
        wishes[call.person] = Side(said)
        answer = (
            f"Noted: **{_WORDS[Side(said)]}**. Another choice changes it until the tables stand."
        )
    else:
        return [Say(text=f"Say one of these: {_choices()}.")]
    await ballots.keep(call, split, wishes, Side)
    return [Say(text=answer), *await _when_all_have(call, split, seating(wishes, members))]


async def _when_all_have(call: Call, split: Split, seats: Seating) -> list[Effect]:
    """Look at the tables when everybody has said their wish; and later, whenever a wish makes them stand."""
    answered = ballots.read(call, split, Side)
    silent = [each for each in await _questions(split) if each.person not in answered]
    asleep = Heard.filter(
        about=_about(split), kind=Kind.HOUR, state=Settled.WAITING, key__startswith="later:"
    )
    now = call.kept_at or call.at
    waiting = len(silent) + await asleep.count()
    if not may_show(waiting=waiting, closes_at=split.looks_at, now=now):
        return []
    # Once all have answered, only a change that makes both tables stand is worth another look.
    return [_look(split, now, f"ready {call.key}" if seats.ready else "all")]


@ritual(name="tables", help="looks whether both tables of a crew that becomes two have three")
async def tables(call: Call) -> Effects:
    """Make the second room, ask once more, or let the wishes lapse."""
    split = await row_of(Split, call.content["split"])
    if split is None or split.ended_at is not None:
        return []
    room, now = call.room, call.kept_at or call.at
    members = await people(room, call.house.me)
    wishes = ballots.read(call, split, Side)
    seats = seating(wishes, members)
    if room.life in meetings.RESTING:
        return await _ended(split, room, now)
    if seats.ready:
        effects = await _ended(split, room, now)
        return [*effects, _second_room(room, split, seats.going)]
    if now >= split.closes_at:
        text = (
            "Two tables did not come together this time; nobody's wish is shown, and all wishes are deleted. "
            "You stay one crew."
        )
        return [*await _ended(split, room, now), Say(text=text, answers=False)]
    return await _asked_once_more(call, split, wishes, seats)


async def _asked_once_more(
    call: Call, split: Split, wishes: Mapping[str, Side], seats: Seating
) -> list[Effect]:
    """Say to those who could make both tables stand that one of them does not yet, without a number or a name."""
    if seats.new_lacks:
        side, text = (
            Side.EITHER,
            "The new table does not have three yet, and either would suit you. ",
        )
    else:
        side, text = Side.GO, "Fewer than three would be left at the old table as it stands. "
    wanted = [person for person, wish in sorted(wishes.items()) if wish is side]
    effects: list[Effect] = [
        CallOff(about=_about(split), ritual="tables"),
        _look(split, split.closes_at, "end"),
    ]
    for question in await _questions(split):
        if question.person in wanted:
            await question.delete()
    return [*effects, *await _ask_each(call, split, wanted, text + "Nothing has to change. ")]


async def _ended(split: Split, room: Room, now: datetime) -> list[Effect]:
    """Forget the wishes, and take the questions back."""
    split.sealed, split.ended_at = None, now
    await split.save(update_fields=["sealed", "ended_at"])
    effects: list[Effect] = [CallOff(about=_about(split))]
    for question in await _questions(split):
        await question.delete()
        if question.person is not None:
            text = f"The tables of **{room_name(room, 'your crew')}** are settled, and all wishes are deleted."
            effects.append(Edit(name=f"question:{question.id}", text=text, room=question.person))
    return effects


# ------------------------------------------------------------------------------------------ the new room


def _second_room(room: Room, split: Split, going: tuple[str, ...]) -> MakeRoom:
    name = f"{(room.name or 'Our crew')[:60]}, second table"
    given: dict[str, Any] = {
        "from": room.id,
        "split": split.id,
        "going": list(going),
        "name": name,
    }
    return MakeRoom(
        name=name,
        about=f"{ABOUT}:{room.id}:{split.id}",
        kind=RoomKind.CREW,
        invite=going,
        space=room.congregation,
        content=given,
    )


def _is_ours(call: Call) -> bool:
    return str(call.content.get("about", "")).startswith(f"{ABOUT}:")


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The second room is there: it begins as a crew of its own, and those who go decide when they leave the old one."""
    if not _is_ours(call):
        return []
    old = await Room.get_or_none(id=str(call.content["from"]))
    going = [str(person) for person in call.content["going"]]
    # We may have heard of the room before its name came.
    call.room.name = call.room.name or str(call.content.get("name") or "") or None
    effects = await founding.second_table(call, old, going)
    if old is None:
        return effects
    there = Call(key=call.key, at=call.at, room=old, house=call.house)
    effects.append(
        Say(
            text="The new table has its room now; whoever wished for it finds an invitation. Both crews are whole.",
            room=old.id,
            answers=False,
        )
    )
    text = (
        f"The new table has its room, **{escaped(call.room.name or 'a new one')}**, and you are invited there.\n\n"
        f"When you have arrived, shall I take you out of **{room_name(old, 'the old room')}**? No reason is needed, "
        "and the others hear only that you are no longer in it.\n\n✅ yes · ✋ no, I stay in both"
    )
    for person in await people(old, call.house.me):
        if person in going:
            effects += await asked(
                there,
                person,
                text,
                about=f"moved:{call.room.id}"[:64],
                inquiry="moved",
                until=call.at + PATIENCE,
                data={"room": old.id, "new": call.room.id},
            )
    return effects


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused the second room: it is asked for again in an hour, and people know."""
    if not _is_ours(call):
        return []
    going, split = call.content["going"], int(str(call.content["split"]))
    return [
        Say(
            text="I could not make the room of the new table just now: the server refused it. Nothing is lost; "
            "I ask again in an hour.",
            answers=False,
        ),
        Ring(
            ritual="tables-again",
            about=f"{ABOUT}:{split}",
            at=call.at + AGAIN,
            when=call.key[-60:],
            useful_until=call.at + PATIENCE,
            content={"split": split, "going": list(going)},
        ),
    ]


@ritual(
    name="tables-again",
    help="asks once more for the room of a new table that the homeserver refused",
)
async def again(call: Call) -> Effects:
    """Ask the homeserver again, for those who are still there."""
    split = await row_of(Split, call.content["split"])
    members = await people(call.room, call.house.me)
    going = tuple(str(one) for one in call.content["going"] if one in members)
    if split is None:
        return []
    if not seating(dict.fromkeys(going, Side.GO), members).ready:
        text = "Some of you have left meanwhile, so that the new table has no three, or this one. You stay one crew."
        return [Say(text=text, answers=False)]
    return [_second_room(call.room, split, going)]


@inquiry(name="moved", options=(YES, NO))
async def moved(call: Call, question: Question, said: str) -> Effects:
    """Take somebody out of the old room at their own wish, once they are in the new one."""
    room = await Room.get_or_none(id=str(question.data.get("room")))
    if said == YES.word and not await is_in(str(question.data.get("new")), call.person):
        return [
            Say(
                text="You are not in the new room yet: accept its invitation first, then say yes again."
            )
        ]
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no, I stay in both.")]
    await question.delete()
    if said == NO.word:
        return [
            Say(
                text="Good: you sit at both tables. Each crew's `leave` is there whenever you like."
            )
        ]
    if room is None or not await is_in(room.id, call.person):
        return [Say(text="You are not in the old room any more; nothing needed to be done.")]
    return await taken_out(call, room)


# ------------------------------------------------------------------------------------- somebody who went


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever left has no wish here any more."""
    if call.room.kind is not RoomKind.CREW:
        return []
    split = await Split.filter(room=call.room.id, ended_at=None).order_by("-id").first()
    if split is None:
        return []
    for question in await _questions(split):
        if question.person == call.person:
            await question.delete()
    for hour in await Heard.filter(about=_about(split), kind=Kind.HOUR, state=Settled.WAITING):
        if (hour.content or {}).get("person") == call.person:
            await hour.delete()
    wishes = await ballots.withdraw(call, split, Side)
    members = await people(call.room, call.house.me)
    if split_parts(len(members)) is None:
        now = call.kept_at or call.at
        text = f"The two tables rest: {split_refusal(len(members))}"
        return [*await _ended(split, call.room, now), *await _known(call, text)]
    return await _when_all_have(call, split, seating(wishes, members))


async def _known(call: Call, text: str) -> list[Effect]:
    return [Say(text=text, answers=False)] if await people(call.room, call.house.me) else []
