"""Taking a room under care, by the consent of those in it, and letting it go again."""

from collections.abc import Awaitable, Callable

from handlers import conversation
from handlers.consent import Voice, hear_voice, put_to_all, standing_words
from handlers.domains import returns
from handlers.house import belonging
from handlers.house.keeping import IN_SHORT, whole
from handlers.language import (
    NO,
    YES,
    Argument,
    Call,
    CallOff,
    Edit,
    Effect,
    Effects,
    Leave,
    Option,
    Refused,
    Say,
    Whisper,
    command,
    inquiry,
    tap,
)
from handlers.meetings import meetings
from handlers.names import neighbours, people, room_name
from handlers.power import may, moderates
from handlers.sessions import forms
from handlers.words import escaped, folded, plain, sign
from practices import circles
from practices.circles import Fit, Life, RoomKind
from practices.defaults import PATIENCE
from practices.understanding import shown
from storage import belongings
from storage.coming import Coming
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.members import is_in
from storage.questions import Question
from storage.rooms import Room

CIRCLES = frozenset({RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING})

#: Beside the yes and the no: everything that can be kept, in private, before anybody says either.
LIST = Option(sign="📄", word="what you keep", also=("the list", "list", "keep"))

#: What follows when a congregation is looked after no more, while its rows are still there: its people hear what is over for
#: them, and what they sealed together is destroyed. Each feature adds its own.
LET_GO: list[Callable[[Call, Room], Awaitable[list[Effect]]]] = []

#: The name of the first words in a room: a tap under them asks everybody, as the command does.
HELLO = "hello:room"


@command(
    name="adopt",
    help="ask the people here whether I should look after this room; later, whether it belongs to the space that lists it",
    example="adopt",
    kinds=CIRCLES | {RoomKind.NONE},
    arguments=(
        Argument(
            name="kind",
            rest=True,
            help="crew (3 to 8 people), dyad (2), working for any other room; left out, I go by how many you are",
        ),
    ),
)
async def adopt(call: Call, kind: str | None) -> Effects:
    """Ask everybody in the room."""
    if call.room.is_space:
        raise Refused("A space is looked after as a congregation; invite me there to begin.")
    if call.room.kind is not RoomKind.NONE:
        return await belonging.again(call)
    present = await people(call.room, call.house.me)
    wanted = _kind(call, kind, len(present))
    if wanted is RoomKind.WORKING and not moderates(call.room, call.person):
        raise Refused(
            "A working room is entrusted to me by somebody who moderates it. Nothing was changed; "
            "they can say the same words."
        )
    former = await Question.filter(room=call.room.id, inquiry="adopt")
    again: list[Effect] = [
        Edit(name=f"question:{each.id}", text="Asked again below.") for each in former
    ]
    await Question.filter(id__in=[each.id for each in former]).delete()
    if wanted is RoomKind.WORKING or len(present) == 1:
        return [*again, *await _adopted(call, wanted)]
    return [
        *again,
        await put_to_all(
            call,
            "adopt",
            _request(call, wanted, len(present)),
            until=call.at + PATIENCE,
            data={"kind": wanted.value},
        ),
    ]


@tap(
    prefix="hello",
    labels={"yes|gladly|sure": YES.sign, "ask|asks all of us|you […]": YES.sign},
    unseen=(YES.sign,),
)
async def greeted(call: Call, subject: str, said: str) -> Effects:
    """✅ under the first words asks everybody, or says yes to what is asked already."""
    wishes = sign(said) == sign(YES.sign) or folded(said) in (YES.word, *YES.also)
    if (
        not wishes
        or call.room.kind is not RoomKind.NONE
        or not await is_in(call.room.id, call.person)
    ):
        return []
    asked = Question.filter(room=call.room.id, inquiry="adopt", until__gt=call.at)
    question = await asked.order_by("-id").first()
    if question is not None:
        return await conversation.answered(call, question, YES.word)
    return await conversation.run(call, adopt, {})


def _kind(call: Call, asked: str | None, size: int) -> RoomKind:
    """What the room is to become. Raises Refused when its size does not allow it."""
    word = folded(plain(asked or "").removeprefix("as ").removeprefix("a "))
    if word in ("working", "room", "work"):
        return RoomKind.WORKING
    if word not in ("", "crew", "dyad", "pair"):
        raise Refused(
            f"I don't know what {escaped(shown(asked or ''))} would be. `{call.house.prefix}adopt` goes by how many "
            f"you are; `{call.house.prefix}adopt working` is for any other room."
        )
    if size == 2 and word != "crew":  # noqa: PLR2004 - two are a dyad
        return RoomKind.DYAD
    if word in ("dyad", "pair"):
        raise Refused(f"A dyad is two people, and you are {size}. Nothing was changed.")
    match circles.crew_fits(size):
        case Fit.TOO_SMALL:
            raise Refused(circles.crew_too_small(size))
        case Fit.TOO_LARGE:
            parts = " and ".join(str(part) for part in circles.division(size))
            raise Refused(
                f"A crew is at most eight people, as many as share one table; you are {size}. Nothing was changed. "
                f"Crews of {parts} would have room for everyone, each in a room of its own; "
                f"`{call.house.prefix}adopt working` is for a room that is no crew."
            )
        case Fit.GOOD | Fit.FULL:
            return RoomKind.CREW


def _request(call: Call, kind: RoomKind, size: int) -> str:
    """What would be done, what is kept, who ends it: short, as it is said again with every yes."""
    return (
        f"May I look after this room as a **{kind}** of {size}? I would announce your meetings, ask who comes, and remind those "
        f"who do.\n\n{IN_SHORT} {LIST.sign} sends you the whole list.\n\nI begin when each of you has said yes; one no, and I stay "
        f"out of it. Any one of you ends it with `{call.house.prefix}release`.\n\n✅ yes · ✋ no · {LIST.sign} {LIST.word}"
    )


@inquiry(name="adopt", options=(YES, NO, LIST), matter="whether I look after that room")
async def adopting(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; begin when all have agreed. Whoever asks for the list has it in private, and said nothing by that."""
    if said == LIST.word:
        return [Whisper(person=call.person, text=whole(private=True))]
    kind = RoomKind(str(question.data["kind"]))
    message = f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            if kind is not _kind(call, None, standing.of):
                raise Refused(_outgrown(call, kind, standing.of))
            return [
                Edit(name=message, text=f"All {standing.of} of you have said yes to a **{kind}**."),
                *await _adopted(call, kind),
            ]
        case Voice.ENDED:
            return [
                Edit(
                    name=message,
                    text="I stay out of it: not everybody wishes it now, and that needs no reason. "
                    f"`{call.house.prefix}adopt` asks again whenever you like.",
                )
            ]
        case Voice.WAITING:
            text = standing_words(call, call.room, _request(call, kind, standing.of), standing)
            return [Edit(name=message, text=text)]
        case Voice.NOTHING:
            return []


def _outgrown(call: Call, kind: RoomKind, size: int) -> str:
    return (
        f"You have all said yes, and you are {size} by now, which is no {kind} any more. Nothing was changed; "
        f"`{call.house.prefix}adopt` asks again for as many as you are."
    )


def _called(kind: RoomKind) -> str:
    """A kind of room, in a sentence."""
    return "working room" if kind is RoomKind.WORKING else kind.value


async def _adopted(call: Call, kind: RoomKind) -> list[Effect]:
    room = call.room
    spaces = [space for space in await neighbours(room) if space.kind is RoomKind.CONGREGATION]
    size = len(await people(room, call.house.me))
    room.kind, room.adopted_at, room.noticed_size = kind, call.at, size
    room.life = Life.ACTIVE if kind is RoomKind.CREW else None
    room.zone = room.zone or (spaces[0].zone if spaces else None) or call.house.zone
    room.congregation = spaces[0].id if spaces else None
    await room.save()
    part = f" of **{room_name(spaces[0], 'your congregation')}**" if spaces else ""
    effects: list[Effect] = [
        meetings.circle_state(room),
        Say(
            text=f"I look after this **{_called(kind)}**{part} from now on, by the clocks of {escaped(room.zone)} "
            f"(`{call.house.prefix}timezone` changes that).\n\n"
            f"Next: when do you meet? `{call.house.prefix}rhythm third thursday 19:00`, or any other way you say it."
            + _memory_hint(call)
        ),
    ]
    if kind is RoomKind.CREW and circles.crew_fits(size) is Fit.FULL:
        effects.append(Say(text=circles.crew_hint(size)))
    return effects


def _memory_hint(call: Call) -> str:
    """What would help when the room does not let us write down what it is; everything works without."""
    if may(call.room, call.house.me, meetings.CIRCLE, state=True):
        return ""
    return (
        "\n\n*If one of you makes me a moderator of this room, what we agree on also stands in the room itself "
        "and outlives my memory. Everything works without.*"
    )


# ------------------------------------------------------------------------------------------ letting go


async def let_go(call: Call, room: Room) -> list[Effect]:
    """Forget what a circle was. Its people's reminders are theirs, and a congregation's crews go on alone."""
    effects: list[Effect] = [CallOff(about=f"rhythm:{room.id}"[:64])]
    effects += [meetings.call_off(meeting) for meeting in await Meeting.filter(room=room.id)]
    # First of all: what was written in practices is taken back by hours that are forgotten below.
    effects += await forms.shredded(call, room)
    effects += await returns.let_go(call, room)
    if room.kind is RoomKind.CONGREGATION:
        for follows in LET_GO:
            effects += await follows(call, room)
    # First of all what belongs to its meetings and lines, as long as it is known which they are.
    await belongings.forget(room.id, but=belongings.THE_PERSONS)
    await forget_meetings(room)
    await Room.filter(congregation=room.id).update(congregation=None)
    room.kind, room.rhythm, room.congregation, room.host = RoomKind.NONE, None, None, None
    room.settings, room.adopted_at, room.noticed_size = {}, None, 0
    room.life, room.caller = None, None
    await room.save()
    if room.joined:
        effects.append(meetings.no_circle(room))
    return effects


async def forget_meetings(room: Room) -> None:
    """Delete meetings and answers of a room; their hours are called off beside it."""
    ids = await Meeting.filter(room=room.id).values_list("id", flat=True)
    await Coming.filter(meeting__in=list(ids)).delete()
    await Meeting.filter(room=room.id).delete()
    ahead = Heard.filter(room=room.id, kind=Kind.HOUR, state=Settled.WAITING)
    await ahead.exclude(about__startswith="reminder:").delete()


# ------------------------------------------------------------------------------------- congregations


@inquiry(name="congregation", options=(YES, NO, LIST))
async def keeping(call: Call, question: Question, said: str) -> Effects:
    """Become the keeper of a space on a yes of somebody with power there."""
    if said == LIST.word:
        return [Say(text=f"{whole(private=True)}\n\nShall I begin? ✅ yes · ✋ not now")]
    space = await Room.get_or_none(id=str(question.data["space"]))
    await question.delete()
    if space is None or not space.joined:
        return [Say(text="I am not in that space any more; inviting me again begins anew.")]
    if said == NO.word:
        return [Leave(room=space.id), Say(text="Then I leave it, and have stored nothing of it.")]
    if said != YES.word:
        await question.save(force_create=True)
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ not now · 📄 what you keep.")]
    if not moderates(space, call.person):
        return [
            Say(
                text="You do not hold the space's power to decide that any more. Nothing was changed; "
                "somebody who does can invite me."
            )
        ]
    space.kind, space.adopted_at = RoomKind.CONGREGATION, call.at
    space.zone = space.zone or call.house.zone
    await space.save()
    name = room_name(space, "your congregation")
    return [
        meetings.circle_state(space),
        Say(
            text=f"I look after **{name}** from now on.\n\n"
            f"Next: invite me into the rooms of its crews and say `{call.house.prefix}adopt` there. "
            "Each crew decides for itself. Those that I look after already I ask whether they belong to it, once the space "
            "lists them."
        ),
        *await belonging.listed(call, space),
    ]


async def kept_by(call: Call) -> list[Room]:
    """The congregations in whose keeping the sender has a say: not who has left the space, though it keeps their power."""
    kept = await Room.filter(kind=RoomKind.CONGREGATION, joined=True)
    return [
        room for room in kept if moderates(room, call.person) and await is_in(room.id, call.person)
    ]


async def leave_congregation(call: Call, space: Room) -> list[Effect]:
    """Leave a congregation on the word of somebody with power there."""
    return [
        *await let_go(call, space),
        Leave(room=space.id),
        Say(text="Done: I have left it. Its crews keep me until each of them says otherwise."),
    ]
