"""Becoming curious about a call, asking its caller, and being asked by them (CREW-1, R13).

Curiosity binds to nothing and is known to the caller alone. Whoever lets a word from here rest is asked no more, and
nobody learns that they did.
"""

import re
from datetime import timedelta
from hashlib import blake2b

from handlers import taps
from handlers.asking import whispered
from handlers.conversation import MISSING, PATIENCE
from handlers.crews import callings
from handlers.crews.calling import CURIOUS, begun
from handlers.crews.trial import curious_now, dropped
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Change,
    Door,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.names import room_name
from handlers.whom import named
from handlers.words import escaped, folded, plain, sign, verbatim
from practices import calling as calls
from practices.circles import Life, RoomKind
from practices.understanding import NotUnderstood, shown
from storage.callings import Calling, Interest, OpenDoor, Stage
from storage.database import row_of
from storage.inbox import Heard, Kind, Settled
from storage.members import Member, is_in
from storage.questions import Question
from storage.rooms import Room

ASK, NO_MORE, ANSWER = "❓", "👋", "💬"

#: More questions than these are for a talk.
MOST_QUESTIONS = 5

#: A call of one's own is shown to the same person once in this time.
SHARED_ONCE_IN = timedelta(days=14)

PRIVATE = frozenset({RoomKind.PRIVATE})


def _number(text: str, _call: Call) -> int:
    """The number of a call as somebody taps or writes it."""
    digits = plain(text).lstrip("#")
    if digits[:1].isdecimal() and re.fullmatch(r"[1-9]\u20e3?", sign(digits)):
        return int(digits[0])
    raise NotUnderstood(
        f"I could not read {shown(text)} as the number of a call, such as 2. To ask a whole circle of yours there is “poll”."
    )


# ------------------------------------------------------------------------------------------ the board


#: What is beside the sign with which one calls a crew.
OWN_CALL_LABELS = {"call|calls a crew [of] [my|your] [own]": callings.OWN_CALL}


@tap(prefix="board", labels=OWN_CALL_LABELS, unseen=callings.SIGNS)
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """A number under the board, or the wish to call a crew oneself."""
    if not await is_in(call.room.id, call.person):
        return []
    space = await _space_of(call.room)
    if sign(said) == sign(callings.OWN_CALL):
        return await _own_call(call)
    try:
        number = _number(said, call)
    except NotUnderstood:
        return []  # people's own talk, or a sign of theirs
    calling = (
        await Calling.get_or_none(congregation=space, number=number, stage=Stage.OPEN)
        if space
        else None
    )
    if calling is None:
        text = f"No call {number} is on the board just now. `calls` shows those that are open."
        return [Whisper(person=call.person, text=text)]
    return await become_curious(call, calling)


async def _own_call(call: Call) -> list[Effect]:
    """The first question of a call; why there is none is said in private, too."""
    try:
        return await begun(call, None)
    except Refused as refused:
        return [Whisper(person=call.person, text=str(refused))]


async def _space_of(room: Room) -> str | None:
    """The congregation whose board stands in a room."""
    return room.id if room.kind is RoomKind.CONGREGATION else room.congregation


@command(
    name="calls",
    aliases=("board",),
    help="see the calls that are open, and crews that welcome newcomers",
    example="calls",
    kinds=frozenset({RoomKind.PRIVATE, RoomKind.CONGREGATION, RoomKind.WORKING}),
    sentences={
        "what|which groups|crews|circles|calls are there|open": "",
        "is there a group|crew|circle [for] [me]": "",
        "i|im [am] looking for [a|some] group|crew|circle|people": "",
        "i|id [would] [like|love|want] [to] join [a|some] group|crew|circle": "",
        "how do|can i join [a|some] group|crew|circle": "",
    },
)
async def calls_(call: Call) -> Effects:
    """In a congregation's room the board said anew; in private everything that concerns one."""
    if not call.is_private:
        congregation = await _space_of(call.room)
        space = await Room.get_or_none(id=congregation) if congregation else None
        if space is None:
            raise Refused(
                "This room belongs to no congregation that I look after, so no board is here."
            )
        return await callings.board_anew(call, space, call.room)
    return [await listing(call, call.person)]


async def listing(call: Call, person: str, head: str = "") -> Whisper:
    """The open calls that somebody can see, to tap; their own; and crews with an open door."""
    parts = [head] if head else []
    mine = await callings.own(person)
    if mine is not None:
        parts.append(await _mine(mine))
    signs: list[str] = []
    numbered = [each for each in await callings.visible(person) if each.caller != person]
    for at, each in enumerate(numbered[: len(callings.SIGNS)]):
        signs.append(callings.SIGNS[at])
        parts.append(f"{callings.SIGNS[at]} {await callings.line(each, to=person)}")
    if signs:
        parts.append("Next: tap the number of one that makes you curious; it binds you to nothing.")
    elif mine is None:
        parts.append("No call is open for you to see just now.")
    if mine is None:
        parts.append(f"{callings.OWN_CALL} calls a crew of your own.")
        signs.append(callings.OWN_CALL)
    parts += await _doors(person)
    ids = ".".join(str(each.id) for each in numbered[: len(callings.SIGNS)])
    return Whisper(
        person=person, text="\n\n".join(parts), name=f"calls:{ids}"[:96], taps=tuple(signs)
    )


async def _mine(mine: Calling) -> str:
    """One's own call and what comes next."""
    waits = callings.day(mine.closes_at, mine)
    match mine.stage:
        case Stage.ASKING:
            state = f"everybody is asked about everybody, until {waits} at the latest; `form now` may begin earlier"
        case _:
            # How many and not who: nobody is told when somebody is curious no more.
            count = len(await callings.curious(mine))
            state = f"{count or 'nobody'} curious so far; it waits until {waits}"
    words = escaped(calls.board_line(callings.said(mine)))
    return f"**Your call**: {words}\n\n*{state}. `call withdraw` takes it back.*"


async def _doors(person: str) -> list[str]:
    """The crews that welcome newcomers in one's congregations."""
    spaces = [space.id for space in await callings.spaces_of(person)]
    open_ = await OpenDoor.all().values_list("room", flat=True)
    crews = await Room.filter(
        id__in=list(open_), congregation__in=spaces, kind=RoomKind.CREW, joined=True
    ).exclude(life=Life.CLOSED)
    return [
        f"**{room_name(crew, 'A crew')}** welcomes newcomers: `join {escaped(crew.name or '')}`"
        for crew in sorted(crews, key=lambda each: (each.name or "").casefold())
        if not await is_in(crew.id, person)
    ]


@tap(prefix="calls", labels=OWN_CALL_LABELS)
async def tapped_in_private(call: Call, subject: str, said: str) -> Effects:
    """A number under the private list."""
    if not call.is_private:
        return []
    if sign(said) == sign(callings.OWN_CALL):
        return await begun(call, None)
    ids = subject.split(".") if subject else []
    try:
        at = _number(said, call) - 1
    except NotUnderstood:
        return []
    calling = await callings.found(ids[at]) if at < len(ids) else None
    if calling is None or not await callings.belongs(calling, call.person):
        return [Say(text="That call is not open any more. `calls` shows those that are.")]
    return await become_curious(call, calling)


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Somebody new in a congregation: a crew is the first thing to find (V9)."""
    if call.room.kind is not RoomKind.CONGREGATION:
        return []
    if not await Calling.exists(congregation=call.room.id, stage=Stage.OPEN):
        return []
    head = (
        f"Welcome to **{room_name(call.room, 'your congregation')}**. I am Kinkeeper, a program that helps the people "
        "here to meet; plain words and taps do with me. People belong to crews: three to eight who "
        "keep meeting. Nobody is placed in one; you choose, and they choose you."
    )
    told = await listing(call, call.person, head)
    return await whispered(
        _nobodys(call),
        call.person,
        told.text,
        about=f"welcome:{call.room.id}"[:64],
        name=told.name,
        taps=told.taps,
    )


def _nobodys(call: Call) -> Call:
    """The same happening as nobody's doing: who joins at night may sleep by now."""
    return Call(key=call.key, at=call.at, room=call.room, house=call.house, content=call.content)


# ------------------------------------------------------------------------------------------- curious


@command(
    name="curious",
    help="say that a call makes you curious; only its caller learns of it",
    example="curious 2",
    kinds=frozenset({RoomKind.PRIVATE, RoomKind.CONGREGATION, RoomKind.WORKING}),
    arguments=(
        Argument(
            name="number",
            help="the number on the board",
            read=_number,
            question="About which call? Its number on the board is enough.",
        ),
    ),
)
async def curious(call: Call, number: int) -> Effects:
    """The same as a tap on the board."""
    return await become_curious(call, await _numbered(call, number))


async def _numbered(call: Call, number: int) -> Calling:
    """The call of that number that somebody can see here. Raises Refused."""
    congregation = None if call.is_private else await _space_of(call.room)
    seen = [
        each
        for each in await callings.visible(call.person)
        if each.number == number and congregation in (None, each.congregation)
    ]
    if len(seen) == 1:
        return seen[0]
    if seen:
        raise Refused(
            f"Call {number} stands on the boards of more than one of your congregations. Nothing was changed; "
            "`calls` shows them all, to tap."
        )
    raise Refused(f"No call {number} is open that you can see. `calls` shows those that are.")


@tap(
    prefix="call",
    labels={"i am|im curious": CURIOUS, "not this time": NO.sign},
    unseen=(CURIOUS, NO.sign),
)
async def invited(call: Call, subject: str, said: str) -> Effects:
    """A tap under a call that stands alone, or that its caller had shown to one."""
    calling = await callings.found(subject)
    if calling is None:
        return []
    allowed = await callings.belongs(calling, call.person)
    if not allowed or calling.caller == call.person:
        return []
    if sign(said) == sign(CURIOUS) or folded(said) in ("curious", "yes", "i am curious"):
        return await become_curious(call, calling)
    if call.is_private and (sign(said) == sign(NO.sign) or folded(said) in (NO.word, *NO.also)):
        return [Say(text="Good: it rests, and nobody is told.")]
    return []


async def become_curious(call: Call, calling: Calling) -> list[Effect]:
    """Note it, tell the caller, and tell the curious what comes next."""
    person = call.person
    if calling.caller == person:
        return [Whisper(person=person, text="That is your own call; `calls` shows how it stands.")]
    before = await Interest.get_or_none(calling=calling.id, person=person)
    if before is not None and before.since is not None:
        return []
    reason = await _reason_against(calling, person)
    if reason is not None:
        return [Whisper(person=person, text=reason)]
    interest, _new = await Interest.update_or_create(
        {"since": call.at}, calling=calling.id, person=person
    )
    calling.closes_at = callings.waits_until(calling, call.at)
    await calling.save()
    place = calling.congregation or calling.stands_in
    name = await callings.known_as(calling.caller, place, to=person)
    return [
        *callings.lapses(calling),
        Whisper(
            person=person,
            name=f"interest:{interest.id}",
            taps=(ASK, NO_MORE),
            text=f"{_told_whom(call, name)}\n\n"
            f"{await callings.line(calling, to=person)}\n\n"
            f"{_what_next(call, calling, name)}\n\n"
            f"{ASK} ask {name} something · {NO_MORE} not curious any more",
        ),
        *await curious_now(call, calling, interest),
    ]


def _told_whom(call: Call, caller: str) -> str:
    """Who knows of somebody's curiosity, as far as that is true in the room in which they showed it."""
    told = f"Good: I have told **{caller}** that you are curious, and nobody else."
    if call.is_private:
        return told
    if call.content.get("door") == Door.REACTION and not taps.stays(call):
        return told
    return f"{told} What you put in the room can be seen there until you take it back."


def _what_next(call: Call, calling: Calling, name: str) -> str:
    if calling.trial_at is not None and calling.trial_at > call.at:
        return "Next: a first talk is planned already; I ask you below whether its time suits you."
    return (
        f"Next: {name} proposes a first talk as soon as there are three of you or more, and I ask you here whether the time suits you. By "
        f"**{callings.day(calling.closes_at, calling)}** at the latest you hear from me."
    )


async def _reason_against(calling: Calling, person: str) -> str | None:
    """Why somebody cannot become curious; None when they can."""
    if calling.stage is not Stage.OPEN:
        return (
            "That call takes nobody new: its people are choosing. `calls` shows what else is open."
        )
    if len(await callings.curious(calling)) >= calls.MOST_CURIOUS:
        return (
            f"{calls.MOST_CURIOUS} people are curious about that call, more than share a table, so it takes nobody "
            "new. Nothing was changed; `call` begins another."
        )
    return await callings.full(person, calling.congregation)


@tap(prefix="interest", labels={"ask … something": ASK, "not curious any more": NO_MORE})
async def interest_tapped(call: Call, subject: str, said: str) -> Effects:
    """Ask the caller something, or be curious no more."""
    interest = await row_of(Interest, subject)
    if interest is None or interest.person != call.person or not call.is_private:
        return []
    calling = await callings.found(interest.calling)
    if calling is None:
        return []
    if sign(said) == ASK:
        return [await _what_to_ask(call, calling)]
    if sign(said) == NO_MORE:
        gone = await dropped(call, calling, call.person)
        told = "Good: you are out of it, and nobody is told. `calls` shows what is open."
        return [Say(text=told), *gone]
    return await _to_pass_on(call, calling, interest, said)


# ------------------------------------------------------------------------------------------ questions


async def _what_to_ask(call: Call, calling: Calling) -> Ask:
    place = calling.congregation or calling.stands_in
    name = await callings.known_as(calling.caller, place, to=call.person)
    return Ask(
        inquiry=MISSING,
        person=call.person,
        private=True,
        until=call.at + PATIENCE,
        data={"command": "ask", "argument": "question", "given": {"number": f"#{calling.id}"}},
        text=f"What would you like to know from {name}? I pass on what you write, with your name.\n\n"
        "*Your next message answers this; `stop` ends it.*",
    )


def _which(text: str, call: Call) -> int | str:
    """A number on the board; or, from ourselves, a call in our own books."""
    return text if re.fullmatch(r"#\d{1,17}", text) else _number(text, call)


@command(
    name="ask",
    help="ask the caller of a call something; I pass it on with your name",
    example="ask 2 where do you meet?",
    kinds=PRIVATE,
    instead="To ask all of you something: `poll Which day? Monday, Tuesday`, or `propose We buy a fridge`.",
    arguments=(
        Argument(
            name="number",
            help="the number of the call on the board",
            read=_which,
            question="About which call? Its number on the board is enough.",
        ),
        Argument(
            name="question",
            help="what you would like to know",
            rest=True,
            question="What would you like to know? I pass it on with your name.",
        ),
    ),
)
async def ask(call: Call, number: int | str, question: str) -> Effects:
    """Pass a question on to the caller, in the words in which it was asked."""
    if isinstance(number, int):
        calling = await _numbered(call, number)
    else:
        known = await callings.found(number.removeprefix("#"))
        if known is None or not await callings.belongs(known, call.person):
            raise Refused(
                "That call has ended, so there is nobody to ask. `calls` shows what is open."
            )
        calling = known
    if calling.caller == call.person:
        raise Refused("That is your own call; nothing was passed on.")
    interest, _new = await Interest.get_or_create(calling=calling.id, person=call.person)
    return await _passed_on(call, calling, interest, question)


async def _passed_on(
    call: Call, calling: Calling, interest: Interest, question: str
) -> list[Effect]:
    if interest.questions >= MOST_QUESTIONS:
        raise Refused(
            f"You have asked {MOST_QUESTIONS} things by now, and the rest is for a talk. Nothing was passed on."
        )
    interest.questions += 1
    await interest.save()
    place = calling.congregation or calling.stands_in
    asker = await callings.known_as(interest.person, place, to=calling.caller)
    caller = await callings.known_as(calling.caller, place, to=interest.person)
    text = (
        f"**{asker}** asks about your call:\n\n{_quoted(question)}\n\n"
        f"{ANSWER} answer, or reply to this message: I pass on what you write. Or let it rest."
    )
    told = await whispered(
        call,
        calling.caller,
        text,
        about=callings.about(calling),
        name=f"asked:{interest.id}",
        taps=(ANSWER,),
    )
    return [*told, Say(text=f"Passed on to {caller}. When there is an answer, you find it here.")]


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in verbatim(text).splitlines() or [""])


async def _to_pass_on(call: Call, calling: Calling, interest: Interest, said: str) -> list[Effect]:
    """A reply to our own words may be meant for the caller, or for nobody."""
    if not any(letter.isalnum() for letter in said):
        return []
    place = calling.congregation or calling.stands_in
    name = await callings.known_as(calling.caller, place, to=call.person)
    return [
        Ask(
            inquiry="pass-on",
            person=call.person,
            private=True,
            until=call.at + PATIENCE,
            data={"calling": calling.id, "interest": interest.id, "text": said},
            text=f"Shall I pass this on to {name}, with your name?\n\n{_quoted(said)}\n\n✅ yes · ✋ no",
        )
    ]


@inquiry(name="pass-on", options=(YES, NO))
async def passing_on(call: Call, question: Question, said: str) -> Effects:
    """Pass it on with a yes."""
    await question.delete()
    interest = await row_of(Interest, question.data.get("interest"))
    calling = await callings.found(question.data.get("calling"))
    if said != YES.word or interest is None or calling is None:
        return [Say(text="Nothing was passed on.")]
    return await _passed_on(call, calling, interest, str(question.data["text"]))


@tap(prefix="asked", labels={"answer": ANSWER})
async def answering(call: Call, subject: str, said: str) -> Effects:
    """The caller answers: in a reply, or in their next message."""
    interest = await row_of(Interest, subject)
    calling = await callings.found(interest.calling) if interest else None
    if interest is None or calling is None or calling.caller != call.person or not call.is_private:
        return []
    if sign(said) != ANSWER:
        if not any(letter.isalnum() for letter in said):
            return []
        return await _answer(call, calling, interest, said)
    place = calling.congregation or calling.stands_in
    name = await callings.known_as(interest.person, place, to=call.person)
    return [
        Ask(
            inquiry=MISSING,
            person=call.person,
            private=True,
            until=call.at + PATIENCE,
            data={"command": "answer", "argument": "text", "given": {"to": f"#{interest.id}"}},
            text=f"What shall I pass on to {name}?\n\n*Your next message answers this; `stop` ends it.*",
        )
    ]


@command(
    name="answer",
    help="answer somebody who asked about your call",
    example="answer Ben we meet in my kitchen",
    kinds=PRIVATE,
    arguments=(
        Argument(name="to", help="who asked", question="Whom would you like to answer?"),
        Argument(
            name="text",
            help="what you would like to say",
            rest=True,
            question="What shall I pass on? I say it with your name.",
        ),
    ),
)
async def answer(call: Call, to: str, text: str) -> Effects:
    """Pass the caller's answer on to whoever asked."""
    calling = await callings.own(call.person)
    interest = await _asker(calling, to) if calling else None
    if calling is None or interest is None:
        raise Refused(
            f"Nobody called {escaped(shown(to))} has asked about a call of yours. Nothing was passed on."
        )
    return await _answer(call, calling, interest, text)


async def _asker(calling: Calling, to: str) -> Interest | None:
    """Who is meant among those who asked something."""
    asking = await Interest.filter(calling=calling.id, questions__gt=0)
    place = calling.congregation or calling.stands_in
    for each in asking:
        if to == f"#{each.id}":
            return each
    names = {
        each.id: folded(await callings.known_as(each.person, place, to=calling.caller))
        for each in asking
    }
    said = folded(escaped(to))
    found = [each for each in asking if said in (names[each.id], names[each.id].split()[0])]
    return found[0] if len(found) == 1 else None


async def _answer(call: Call, calling: Calling, interest: Interest, text: str) -> list[Effect]:
    place = calling.congregation or calling.stands_in
    name = await callings.known_as(interest.person, place, to=call.person)
    if interest.answers >= 2 * interest.questions:
        raise Refused(
            f"You have answered {name} already, so nothing was passed on. When they ask again, you find it here."
        )
    interest.answers += 1
    await interest.save()
    caller = await callings.known_as(calling.caller, place, to=interest.person)
    told = await whispered(
        call,
        interest.person,
        f"**{caller}** answers you:\n\n{_quoted(text)}",
        about=callings.about(calling),
        name=f"interest:{interest.id}" if interest.since else None,
        taps=(ASK,) if interest.since else (),
    )
    return [*told, Say(text=f"Passed on to {name}.")]


# ------------------------------------------------------------------------------------- asking by name


@command(
    name="share",
    help="have me ask people of your choice whether your call makes them curious",
    example="share Lee, Kim",
    kinds=PRIVATE,
    arguments=(
        Argument(
            name="people",
            help="names or addresses, between commas",
            rest=True,
            question="Whom shall I ask? Names of people you share a room with, or their addresses, between commas.",
        ),
    ),
)
async def share(call: Call, people: str) -> Effects:
    """Ask each of them once, in private (R13)."""
    calling = await callings.own(call.person)
    if calling is None or calling.stage is not Stage.OPEN:
        raise Refused("No call of yours is open, so nobody was asked. `call` begins one.")
    asked_, unknown, several = [], [], []
    effects: list[Effect] = []
    wanted = [each.strip() for each in re.split(r",|\n| and ", people) if each.strip()]
    for each in wanted[: calls.MOST_CURIOUS]:
        found = await _reachable(call, calling, each)
        if len(found) == 1:
            asked_.append(found[0])
            effects += await _shown_to(call, calling, found[0])
        elif found:
            several.append(each)
        else:
            unknown.append(each)
    place = calling.congregation or calling.stands_in
    return [*effects, Say(text=await _shared(call, calling, asked_, unknown, several, place))]


async def _shared(
    call: Call,
    calling: Calling,
    asked_: list[str],
    unknown: list[str],
    several: list[str],
    place: str | None,
) -> str:
    parts = []
    if asked_:
        parts.append(
            f"I ask {await callings.listed(asked_, place, to=call.person)} in private, each at most once in two weeks. "
            "Next: whoever is curious taps, and I tell you."
        )
    if several:
        names = ", ".join(escaped(each) for each in several)
        parts.append(
            f"More than one person is called {names}: an address such as @lee:example.org says who."
        )
    if unknown:
        names = ", ".join(escaped(each) for each in unknown)
        why = "of that congregation" if calling.congregation else "with whom you and I share a room"
        parts.append(f"I know nobody {why} by the name of {names}, so they were not asked.")
    if unknown and calling.congregation is None:
        parts.append(
            f"You can send them this yourself:\n\n> I am calling a crew: {escaped(calls.board_line(callings.said(calling)))}. "
            f"Curious? Come into a room with me and `{call.house.me}`, and tell me."
            "\n\nOnce you, they and I share a room, `share` reaches them."
        )
    return "\n\n".join(parts)


async def _reachable(call: Call, calling: Calling, said: str) -> list[str]:
    """Whom a name or an address means, among those whom this call may reach."""
    # Whoever shares no room with the caller is as unknown as one who does not exist.
    shared = await callings.rooms_of(calling.caller)
    rooms = [each for each in shared if calling.congregation in (None, each)]
    members = Member.filter(room__in=rooms).exclude(person__in=[call.house.me, calling.caller])
    if said.startswith("@") and ":" in said:
        return [said] if await members.filter(person=said).exists() else []
    return named(await members, folded(said).removeprefix("@"))


async def _shown_to(call: Call, calling: Calling, person: str) -> list[Effect]:
    """A call shown to one person, if neither it nor another of the same caller's was in the last two weeks."""
    about = _between(calling.caller, person)
    if await Heard.exists(about=about, kind=Kind.HOUR, state=Settled.WAITING):
        return []
    _interest, new = await Interest.get_or_create(calling=calling.id, person=person)
    if not new:
        return []
    place = calling.congregation or calling.stands_in
    name = await callings.known_as(calling.caller, place, to=person)
    text = (
        f"**{name}** is calling a crew, three to eight people who keep meeting, and thought of you.\n\n"
        f"{await callings.line(calling, to=person)}\n\n{CURIOUS} I am curious · {NO.sign} not this time\n\n"
        f"It binds you to nothing, and letting it rest is an answer, too: I do not ask again. Open until "
        f"{callings.day(calling.closes_at, calling)}."
    )
    shown_ = await whispered(
        call,
        person,
        text,
        about=callings.about(calling),
        name=f"call:{calling.id}",
        taps=(CURIOUS, NO.sign),
    )
    at = callings.now(call) + SHARED_ONCE_IN
    rests = Ring(ritual="share-rests", about=about, at=at, when=at.isoformat(), room=call.room.id)
    return [*shown_, rests]


def _between(caller: str, person: str) -> str:
    """What the hour belongs to until which one person does not show a call to another again; no id is in it."""
    return f"share:{blake2b(f'{caller} {person}'.encode(), digest_size=16).hexdigest()}"


@ritual(
    name="share-rests", help="ends the two weeks in which nobody shows the same person a call again"
)
async def share_rests(call: Call) -> Effects:
    """Nothing is said; that the hour is over is all that matters."""
    return []
