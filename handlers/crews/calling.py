"""Calling a crew: from one person's wish to a call that stands, and how it is taken back or lapses (CREW-1, R48).

Nothing stands before its caller has said yes to what was understood. Nothing is asked twice.
"""

from datetime import timedelta

from handlers import taps
from handlers.asking import asked, zone_of
from handlers.conversation import MISSING, in_private, not_understood
from handlers.crews import callings
from handlers.crews.trial import dropped
from handlers.language import (
    CHANGE,
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Change,
    Edit,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.names import neighbours, room_name
from handlers.words import escaped, first_word, folded, verbatim
from practices import calling as calls
from practices import clock
from practices.circles import RoomKind
from practices.defaults import PATIENCE
from practices.understanding import NotUnderstood
from storage.callings import Calling, Interest, Stage
from storage.members import Member
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room

#: How long somebody may think about one question of their call.
A_WHILE = timedelta(days=1)

PARTS = ("intention", "rhythm", "minutes", "size", "zone", "until")

SKIP = Option(sign="⏭️", word="skip", also=("default", "next", "as you like"))

CURIOUS = "🙋"

WITHDRAWING = frozenset({"withdraw", "off", "end", "back", "delete"})

CHANGING = frozenset({"change", "edit", "alter"})

PLACES = frozenset(RoomKind) - {RoomKind.PROTOCOL, RoomKind.ASSEMBLY}


@command(
    name="call",
    aliases=("calling",),
    help="call a crew together: say it in one line, or I ask; “call withdraw” takes it back",
    example="call dinner and honesty, every other tuesday 19:00, 90 minutes, 5 people, until march",
    kinds=PLACES,
    arguments=(
        Argument(
            name="text",
            help="what, when, how long, how many, until when, between commas; whatever is left out has a default",
            rest=True,
        ),
    ),
    sentences={
        "i|id|we|wed [would] [like|love|want] [to] start|begin|found|make|create [a|an|my|our] [new] group|crew|circle|club": "",
        "i|id|we|wed [would] [like|love|want] [to] start|begin|found|make|create < [a|an|our|some] … group|crew|circle|club […] >": "…",
        "can|could you|we|i [help] [me|us] [to] start|begin|found < [a|an|our] … group|crew|circle|club […] >": "…",
        "how do|can i|we start|begin|found|make|create [a|an] [new] group|crew|circle|club": "",
        "how does a call work": "",
        "[i|id] [would] [like|want] [to] change|edit|alter my call": "change",
        "how do|can i change|edit|alter my call": "change",
        "[i|id] [would] [like|want] [to] withdraw|delete|cancel|end my call": "withdraw",
    },
)
async def call_(call: Call, text: str | None) -> Effects:
    """Begin a call; everything about it is asked in private."""
    word, more = first_word(text or "")
    if folded(word) in WITHDRAWING and folded(more) in ("", "call", "my call", "it"):
        return await _ask_to_withdraw(call)
    if folded(word) in CHANGING and folded(more) in ("", "call", "my call", "it"):
        return in_private(call, await _how_it_changes(call))
    effects = await begun(call, text)
    if not call.is_private:
        effects.append(Say(text="I have asked you in our private chat."))
    return effects


async def _how_it_changes(call: Call) -> str:
    """What can be changed of one's call that stands, and how the rest is."""
    if await callings.own(call.person) is None:
        return "No call of yours is open, so there is nothing to change. `call` begins one."
    return (
        "`intention …` says in other words what your call is for. Its day, its size and the rest stay as people have "
        "read them: `call withdraw` takes it back, and `call` begins anew. Nothing was changed."
    )


async def begun(call: Call, text: str | None) -> list[Effect]:
    """A draft, and the first question about it."""
    if await callings.own(call.person):
        raise Refused(
            "A call of yours is open already, and one at a time is enough for everybody to follow. Nothing was "
            "changed; `call withdraw` takes it back."
        )
    await Calling.filter(caller=call.person, stage=Stage.DRAFT).delete()
    spaces = await _spaces(call)
    space = spaces[0] if len(spaces) == 1 else None
    zone = await zone_of(call, call.person, space or call.room)
    if text:
        wanted = calls.read_line(text, now=call.at, zone=zone)
    else:
        wanted = calls.plain_call(call.at, zone)
    known = await Person.filter(id=call.person).exclude(zone=None).exists()
    draft = await Calling.create(
        caller=call.person,
        congregation=space.id if space else None,
        stands_in=None if call.is_private else call.room.id,
        said=calls.as_state(wanted),
        asked=list(PARTS) if text else (["zone"] if known else []),
        closes_at=call.at + A_WHILE,
    )
    if len(spaces) > 1:
        return [*callings.lapses(draft), _ask_where(call, draft, spaces)]
    return [*callings.lapses(draft), *await _next(call, draft)]


async def _spaces(call: Call) -> list[Room]:
    """The congregations that a call made here could be for."""
    room = call.room
    if room.kind is RoomKind.CONGREGATION:
        return [room]
    if call.is_private:
        return await callings.spaces_of(call.person)
    if room.congregation is not None:
        return await Room.filter(id=room.congregation, joined=True)
    near = [each for each in await neighbours(room) if each.kind is RoomKind.CONGREGATION]
    return near[:1]


def _ask_where(call: Call, draft: Calling, spaces: list[Room]) -> Ask:
    lines = [
        f"{callings.SIGNS[at]} {room_name(space, 'a congregation')}"
        for at, space in enumerate(spaces[: len(callings.SIGNS)])
    ]
    return Ask(
        inquiry="call-where",
        person=call.person,
        private=True,
        until=call.at + A_WHILE,
        data={"calling": draft.id, "spaces": [space.id for space in spaces[: len(lines)]]},
        text="\n\n".join(
            [
                "In which of your congregations shall it stand? Answer with the number.",
                *lines,
                "⏭️ none of them: you name whom I ask",
            ]
        ),
    )


@inquiry(name="call-where", options=(SKIP,))
async def where(call: Call, question: Question, said: str) -> Effects:
    """One of one's congregations, or none."""
    draft = await _draft(question)
    spaces = question.data.get("spaces")
    number = said.strip()[:1]
    if draft is None or not isinstance(spaces, list):
        await question.delete()
        return [Say(text=_GONE)]
    if said != SKIP.word:
        if not number.isdecimal() or not 1 <= int(number) <= len(spaces):
            return [Say(text=f"A number from 1 to {len(spaces)} is enough, or ⏭️ for none.")]
        draft.congregation = str(spaces[int(number) - 1])
        await draft.save()
    await question.delete()
    return await _next(call, draft)


_GONE = "That call is not being made any more. `call` begins one anew."


async def _draft(question: Question) -> Calling | None:
    draft = await callings.found(question.data.get("calling"))
    return draft if draft is not None and draft.stage is Stage.DRAFT else None


# ----------------------------------------------------------------------------------- question by question


async def _next(call: Call, draft: Calling, *, first: str = "") -> list[Effect]:
    """The next thing that was not asked yet; when nothing is left, what was understood."""
    reason = await callings.full(draft.caller, draft.congregation)
    if reason is not None:
        await draft.delete()
        raise Refused(reason)
    part = next((each for each in PARTS if each not in draft.asked), None)
    if part is None:
        return [await _say_back(call, draft, first)]
    text = f"{first}{_question(part, callings.said(draft))}"
    if part == "intention":
        return [
            Ask(
                inquiry=MISSING,
                person=call.person,
                private=True,
                until=call.at + A_WHILE,
                data={"command": "intention", "argument": "text", "given": {}},
                text=text,
            )
        ]
    return [
        Ask(
            inquiry="call-part",
            person=call.person,
            private=True,
            until=call.at + A_WHILE,
            data={"calling": draft.id, "part": part},
            text=text,
        )
    ]


def _question(part: str, wanted: calls.Calling) -> str:
    return {
        "intention": "A crew is three to eight people who keep meeting. I ask a few short things; nothing stands "
        "before you have said yes to all of it.\n\n**What would you like to do together?** One line is enough, and "
        "it may be vague: “dinner and honesty”.\n\n*Your next message answers this; `open` leaves it open, `stop` ends it.*",
        "rhythm": "**How often, and when?** For example “every other Tuesday 19:00”, or loosely “fortnightly, in the "
        "evening”.\n\n⏭️ you find it together",
        "minutes": "**How long is a meeting?** 60 to 90 minutes.\n\n⏭️ 90",
        "size": "**How many of you at most?** Three to eight.\n\n⏭️ five",
        "zone": f"**By the clocks of which city?**\n\n⏭️ those of {escaped(wanted.zone)}",
        "until": "**Until when do you try it?** Then you look back and decide anew. For example “until March” or "
        f"“for two months”.\n\n⏭️ until {clock.long_day(wanted.until)}",
    }[part]


@command(
    name="intention",
    help="say in other words what your call is for",
    example="intention dinner and honesty",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        Argument(
            name="text",
            help="one line, or “open”",
            rest=True,
            question="What would you like to do together? One line; `open` leaves it open.",
        ),
    ),
)
async def intention(call: Call, text: str) -> Effects:
    """The first answer of a call that is being made, or other words for one that stands."""
    draft = await Calling.filter(caller=call.person, stage=Stage.DRAFT).first()
    if draft is not None:
        return await _with_part(call, draft, "intention", text)
    standing = await callings.own(call.person)
    if standing is None or standing.stage is not Stage.OPEN:
        raise Refused("No call of yours is open, so nothing was changed. `call` begins one.")
    standing.said = calls.as_state(
        calls.read_part(callings.said(standing), "intention", text, now=call.at)
    )
    await standing.save()
    return [
        *await callings.board(call, standing.congregation),
        Say(text=f"Changed: {await callings.line(standing)}."),
    ]


@inquiry(name="call-part", options=(SKIP,), takes_words=True)
async def part_said(call: Call, question: Question, said: str) -> Effects:
    """One part of a call; what cannot be read is asked for again."""
    draft, part = await _draft(question), str(question.data.get("part"))
    if draft is None or part not in PARTS:
        await question.delete()
        return [Say(text=_GONE)]
    try:
        effects = await _with_part(call, draft, part, None if said == SKIP.word else said)
    except NotUnderstood as misunderstanding:
        text = f"{verbatim(str(misunderstanding))}\n\n{_question(part, callings.said(draft))}"
        effects = [Say(text=text, name=f"question:{question.id}", taps=(SKIP.sign,))]
    else:
        await question.delete()
    return effects


async def _with_part(call: Call, draft: Calling, part: str, text: str | None) -> list[Effect]:
    """The draft with one more part, or its default; raises NotUnderstood."""
    if text is not None:
        wanted = calls.read_part(callings.said(draft), part, text, now=call.at)
        draft.said = calls.as_state(wanted)
        if part == "zone":
            await Person.update_or_create({"zone": wanted.zone}, id=call.person)
    draft.asked = [*draft.asked, part]
    await draft.save()
    return await _next(call, draft)


async def _say_back(call: Call, draft: Calling, first: str) -> Ask:
    lines = [f"- **{name}**: {escaped(text)}" for name, text in calls.words(callings.said(draft))]
    space = await Room.get_or_none(id=draft.congregation) if draft.congregation else None
    shown_in = await _shown_in(call, draft)
    if space is not None:
        where_ = f"Shall it stand on the board of **{room_name(space, 'your congregation')}**?"
    elif shown_in is not None:
        where_ = (
            f"Shall it stand in **{room_name(shown_in, 'the room where you called')}**, for all who are there? It belongs "
            "to no congregation."
        )
    else:
        where_ = (
            "Shall it stand? It belongs to no congregation, and those hear of it whom you name."
        )
    return Ask(
        inquiry="call-right",
        person=call.person,
        private=True,
        until=call.at + A_WHILE,
        data={"calling": draft.id},
        text="\n".join(
            [
                f"{first}I understood:",
                "",
                *lines,
                "",
                where_,
                "",
                "✅ yes · ✏️ change *(or write what is different: “size 6”, “until March”)*",
            ]
        ),
    )


@inquiry(name="call-right", options=(YES, CHANGE))
async def right(call: Call, question: Question, said: str) -> Effects:
    """Let the call stand on a yes; anything else changes it."""
    draft = await _draft(question)
    if draft is None:
        await question.delete()
        return [Say(text=_GONE)]
    if said == CHANGE.word:
        return [
            Say(
                text="What is different? Write it as you would say it: “size 6”, “every Thursday 20:00”, "
                "“until March”, or another line about what you want to do."
            )
        ]
    if said != YES.word:
        try:
            wanted = calls.changed(callings.said(draft), said, now=call.at)
        except NotUnderstood as misunderstanding:
            return [Say(text=not_understood(misunderstanding))]
        draft.said = calls.as_state(wanted)
        await draft.save()
        await question.delete()
        return [await _say_back(call, draft, "")]
    await question.delete()
    text = f"You called: {escaped(calls.board_line(callings.said(draft)))}"
    return [Edit(name=f"question:{question.id}", text=text), *await _stands(call, draft)]


# ---------------------------------------------------------------------------------------- it stands


async def _stands(call: Call, calling: Calling) -> list[Effect]:
    """From now on people can become curious."""
    number = await _allowed(call, calling)
    calling.stage, calling.number = Stage.OPEN, number
    calling.closes_at = callings.waits_until(calling, call.at)
    await calling.save()
    until = callings.day(calling.closes_at, calling)
    effects = callings.lapses(calling)
    if calling.congregation is not None:
        space = await Room.get(id=calling.congregation)
        return [
            *effects,
            *await callings.board(call, calling.congregation),
            Say(
                text=f"Your call stands on the board of **{room_name(space, 'your congregation')}** as number {number}."
                f"\n\nNext: whoever is curious taps it, and I tell you who. It waits until **{until}**, and longer when "
                "somebody is curious.\n\n*`call withdraw` takes it back; `intention …` words it anew.*"
            ),
        ]
    return [*effects, *await _stands_alone(call, calling, until)]


async def _allowed(call: Call, calling: Calling) -> int | None:
    """Its number on the board. Raises Refused when the call cannot stand any more."""
    wanted = callings.said(calling)
    if callings.waits_until(calling, call.at) <= call.at:
        raise Refused(
            f"{clock.long_day(wanted.until)} has passed meanwhile. Nothing was changed; `call` begins anew."
        )
    reason = await callings.full(calling.caller, calling.congregation)
    if reason is not None or await callings.own(calling.caller):
        raise Refused(reason or "Another call of yours is open already. Nothing was changed.")
    if calling.congregation is None:
        return None
    if not await Room.exists(id=calling.congregation, joined=True, kind=RoomKind.CONGREGATION):
        raise Refused(
            "I do not look after that congregation any more. Nothing was changed; `call` in this chat asks anew."
        )
    number = await callings.free_number(calling.congregation)
    if number is None:
        raise Refused(
            f"{calls.MOST_CALLS} calls are open there, as many as one board shows. Yours does not stand yet; "
            "`calls` shows them, and one of them may be yours to join."
        )
    return number


async def _stands_alone(call: Call, calling: Calling, until: str) -> list[Effect]:
    """A call without a congregation: shown where it was made, or to those whom the caller names (R141)."""
    room = await _shown_in(call, calling)
    if room is not None:
        seen = taps.seen_words(room, call.house.me, "`calls`")
        return [
            Say(
                room=calling.stands_in,
                name=f"call:{calling.id}",
                taps=(CURIOUS,),
                answers=False,
                text=f"{await callings.line(calling)}\n\n{CURIOUS} I am curious. It binds you to nothing, and I tell "
                f"only the caller. Open until {until}.\n\n{seen}",
            ),
            Say(
                text=f"Your call stands in the room where you made it, until **{until}** and longer when somebody is "
                "curious.\n\nNext: whoever is curious taps it, and I tell you who.\n\n*`share` and a name asks somebody "
                "else; `call withdraw` takes it back.*"
            ),
        ]
    return [
        Ask(
            inquiry=MISSING,
            person=call.person,
            private=True,
            until=call.at + A_WHILE,
            data={"command": "share", "argument": "people", "given": {}},
            text=f"Your call stands, until **{until}** and longer when somebody is curious.\n\n**Whom shall I ask?** "
            "Names of people you share a room with, or their addresses, between commas. I ask each of them once, and "
            "whoever stays silent is asked no more.\n\n*Your next message answers this. `share` asks others later; "
            "`call withdraw` takes it back.*",
        )
    ]


async def _shown_in(call: Call, calling: Calling) -> Room | None:
    """The room in which a call without a congregation is shown; None where nobody else would see it there."""
    if calling.congregation is not None or calling.stands_in is None:
        return None
    others = Member.filter(room=calling.stands_in).exclude(
        person__in=[calling.caller, call.house.me]
    )
    return await Room.get_or_none(id=calling.stands_in) if await others.exists() else None


# ------------------------------------------------------------------------------------------- it ends


async def _ask_to_withdraw(call: Call) -> list[Effect]:
    calling = await callings.own(call.person)
    if calling is None:
        raise Refused("No call of yours is open, so there is nothing to take back.")
    text = (
        f"I would take back your call: {escaped(calls.board_line(callings.said(calling)))}. Whoever is curious is "
        "told kindly, and nothing of it is kept.\n\n✅ yes · ✋ no"
    )
    ask = Ask(
        inquiry="call-withdraw",
        person=call.person,
        private=True,
        until=call.at + timedelta(hours=1),
        data={"calling": calling.id},
        text=text,
    )
    return [ask] if call.is_private else [ask, Say(text="I have asked you in our private chat.")]


@inquiry(name="call-withdraw", options=(YES, NO))
async def withdrawing(call: Call, question: Question, said: str) -> Effects:
    """Take the call back on a yes."""
    calling = await callings.found(question.data.get("calling"))
    await question.delete()
    if said != YES.word:
        return [Say(text="Nothing was changed: your call stands.")]
    if calling is None or calling.caller != call.person:
        return [Say(text="That call has ended already.")]
    if calling.stage is Stage.FORMED:
        raise Refused(
            "Your crew has been found already, and its room is being made. Nothing was changed; whoever does not "
            "want to come lets the invitation rest."
        )
    return [
        *await taken_back(call, calling),
        Say(text="Done: your call is taken back. `call` makes another whenever you like."),
    ]


async def taken_back(call: Call, calling: Calling) -> list[Effect]:
    """A call ends before its time: those who were curious hear it."""
    people = [each.person for each in await callings.curious(calling)]
    name = await callings.known_as(calling.caller, calling.congregation)
    ended = await callings.end(call, calling)
    text = (
        f"**{name}** has taken their call back for now, so nothing more is asked of you. "
        f"`calls` shows what else is open; `call` begins one of your own."
    )
    return [*ended, *await callings.farewell(call, calling, people, text)]


@ritual(name="calling-lapses", help="ends a call that nobody has been curious about for two weeks")
async def lapsed(call: Call) -> Effects:
    """A call has waited long enough: its caller may call again with the same words."""
    calling = await callings.found(call.content.get("calling"))
    if calling is None or calling.closes_at > callings.now(call):
        return []
    if calling.stage is Stage.DRAFT:
        await calling.delete()
    if calling.stage is not Stage.OPEN:
        return []
    people = [each.person for each in await callings.curious(calling)]
    name = await callings.known_as(calling.caller, calling.congregation)
    state, caller = calling.said, calling.caller
    congregation, room = calling.congregation, calling.stands_in
    ended = await callings.end(call, calling)
    text = (
        f"**{name}**’s call has come to its end without a crew this time. "
        "`calls` shows what else is open; `call` begins one of your own."
    )
    again = await asked(
        call,
        caller,
        "Your call has waited for two weeks, and no crew has come of it this time; that is common. It stands no more."
        "\n\nShall it stand once more with the same words? ✅ yes · ✋ no\n\n*`call` makes another.*",
        about=f"farewell:{calling.id}",
        inquiry="call-again",
        until=callings.now(call) + PATIENCE,
        data={"said": state, "congregation": congregation, "room": room},
    )
    return [*ended, *await callings.farewell(call, calling, people, text), *again]


@inquiry(name="call-again", options=(YES, NO))
async def again(call: Call, question: Question, said: str) -> Effects:
    """The same words once more, said back before they stand."""
    await question.delete()
    state = question.data.get("said")
    if said != YES.word or not isinstance(state, dict):
        return [Say(text="Good: it rests. `call` makes another whenever you like.")]
    if await callings.own(call.person):
        raise Refused("A call of yours is open already. Nothing was changed.")
    wanted = calls.from_state(state)
    today = clock.wall(call.at, clock.zone(wanted.zone)).date()
    parts = list(PARTS)
    if wanted.until <= today:
        parts.remove("until")
        state = {
            **state,
            "until": calls.plain_call(call.at, clock.zone(wanted.zone)).until.isoformat(),
        }
    await Calling.filter(caller=call.person, stage=Stage.DRAFT).delete()
    draft = await Calling.create(
        caller=call.person,
        congregation=question.data.get("congregation"),
        stands_in=question.data.get("room"),
        said=state,
        asked=parts,
        closes_at=call.at + A_WHILE,
    )
    return await _next(call, draft)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a congregation takes their call and their curiosity along."""
    effects: list[Effect] = []
    kept = await Calling.filter(congregation=call.room.id).exclude(stage=Stage.FORMED)
    for calling in kept:
        if calling.caller == call.person:
            effects += await taken_back(call, calling)
        else:
            effects += await dropped(call, calling, call.person)
            await Interest.filter(calling=calling.id, person=call.person).delete()
    return effects


@watch(kind=Change.REMOVED)
async def removed(call: Call) -> Effects:
    """The daemon is in that congregation no more: its calls end, and its crews go on (R142)."""
    return await let_go_calls(call, call.room)


async def let_go_calls(call: Call, space: Room) -> list[Effect]:
    """End every call that stands in a congregation that is looked after no more; those concerned are told."""
    effects: list[Effect] = []
    for calling in await Calling.filter(congregation=space.id):
        people = [each.person for each in await callings.curious(calling)]
        stage, caller = calling.stage, calling.caller
        effects += await callings.end(call, calling)
        if stage in (Stage.OPEN, Stage.ASKING):
            text = (
                "I do not look after that congregation any more, so the call there has ended. "
                "`call` in this chat begins one that needs no congregation."
            )
            effects += await callings.farewell(call, calling, [caller, *people], text)
    return effects
