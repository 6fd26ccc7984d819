"""Founding an assembly: what it is for, its space and rooms, and the letter that makes it one.

Nothing is made before a host has said yes to what was understood. A room that the homeserver refuses is asked for again
when the host says so; those that stand already stay.
"""

from datetime import timedelta

from handlers.asking import now_of, whispered
from handlers.assembly import own_words
from handlers.assembly.entering import declined
from handlers.assembly.letterbox import sent
from handlers.assembly.seating import charter_words
from handlers.hosts import hosting, hosts_of
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    Change,
    Effect,
    Effects,
    MakeRoom,
    Option,
    Refused,
    Say,
    SetState,
    inquiry,
    watch,
)
from handlers.meetings import meetings
from handlers.names import room_name
from handlers.words import escaped, verbatim
from practices.assembly import letters
from practices.assembly.events import PEOPLE, SPACE
from practices.assembly.letters import Kind, Part
from practices.circles import RoomKind
from storage.assemblies import Assembly, State
from storage.database import row_of
from storage.questions import Question
from storage.rooms import Room

A_WHILE = timedelta(days=1)

LONGEST_NAME, LONGEST_PURPOSE, LONGEST_VALUE, MOST_VALUES = 80, 2000, 200, 12

SKIP = Option(sign="⏭️", word="skip", also=("none", "default"))

#: What each room is called behind the assembly's name, and what it is for.
_ROOMS = {
    Part.CHARTER: "who takes part, and what is agreed. Keepers write to each other here.",
    Part.DIRECTORY: "the cards of the congregations. Keepers write to each other here.",
    Part.PRACTICES: "practices that are shared. Keepers write to each other here.",
    Part.DECISIONS: "what is decided together. Keepers write to each other here.",
    Part.COMMONS: "needs, offers and thanks. Keepers write to each other here.",
    Part.CARE: "mediators wanted and found. Keepers write to each other here.",
}


# ------------------------------------------------------------------------------------ question by question


async def begun(call: Call, space: Room, name: str) -> list[Effect]:
    """The first question about an assembly of that name; one whose rooms are being made is gone on with."""
    standing = await Assembly.filter(room=space.id, state=State.FOUNDING).first()
    if standing is not None and standing.draft.get("agreed"):
        return [*await _rooms(call, standing), Say(text=_going_on(standing))]
    if standing is not None:
        await standing.delete()
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(
            f"An assembly needs a name of 1 to {LONGEST_NAME} letters. Nothing was made; `assembly found River Assembly` "
            "begins one."
        )
    draft = await Assembly.create(
        name=name,
        room=space.id,
        state=State.FOUNDING,
        asked_by=call.person,
        made_at=now_of(call),
    )
    return [
        _ask(
            call,
            draft,
            "purpose",
            f"**{escaped(name)}**: congregations that act together, each for itself. Nothing is made before you have said "
            "yes to all of it.\n\n**What is it for?** One or two sentences; every congregation that is asked in reads "
            "them.\n\n*Your next message answers this; `stop` ends it.*",
        )
    ]


def _going_on(assembly: Assembly) -> str:
    return (
        f"I go on making the rooms of **{escaped(assembly.name)}**; those that stand already stay."
    )


def _ask(call: Call, draft: Assembly, part: str, text: str) -> Ask:
    return Ask(
        inquiry=f"assembly-{part}",
        text=text,
        until=call.at + A_WHILE,
        data={"assembly": draft.id},
        person=call.person,
        private=True,
    )


async def _draft(question: Question) -> Assembly | None:
    found = await Assembly.get_or_none(id=question.data.get("assembly"))
    return found if found is not None and found.state is State.FOUNDING else None


_GONE = "That assembly is not being founded any more. `assembly found` begins one anew."


@inquiry(name="assembly-purpose", takes_words=True, claims=own_words.claims)
async def purpose_said(call: Call, question: Question, said: str) -> Effects:
    """What it is for."""
    draft, purpose = await _draft(question), said.strip()
    if draft is None:
        await question.delete()
        return [Say(text=_GONE)]
    if own_words.asks(purpose):
        return [Say(text=f"{own_words.ASKED}\n\n**What is it for?** One or two sentences.")]
    if not purpose or len(purpose) > LONGEST_PURPOSE:
        return [Say(text=f"At most {LONGEST_PURPOSE} letters, please; nothing was kept of that.")]
    await question.delete()
    await hosting(call, await Room.get(id=draft.room))
    draft.draft = {"purpose": purpose}
    await draft.save()
    return [
        _ask(
            call,
            draft,
            "values",
            "**What do you hold dear together?** Up to twelve short values, between semicolons: “consent; plain words; "
            "nobody is left out”.\n\n⏭️ none",
        )
    ]


@inquiry(name="assembly-values", options=(SKIP,), takes_words=True, claims=own_words.claims)
async def values_said(call: Call, question: Question, said: str) -> Effects:
    """What it holds dear; then what was understood."""
    draft = await _draft(question)
    if draft is None:
        await question.delete()
        return [Say(text=_GONE)]
    if own_words.asks(said):
        text = f"{own_words.ASKED}\n\n**What do you hold dear together?** ⏭️ none"
        return [Say(text=text, name=f"question:{question.id}", taps=(SKIP.sign,))]
    values = [] if said == SKIP.word else [" ".join(each.split()) for each in said.split(";")]
    values = [each for each in values if each]
    if len(values) > MOST_VALUES or any(len(each) > LONGEST_VALUE for each in values):
        return [
            Say(
                text=f"At most {MOST_VALUES} values of at most {LONGEST_VALUE} letters; nothing was kept of that.",
                name=f"question:{question.id}",
                taps=(SKIP.sign,),
            )
        ]
    await question.delete()
    space = await Room.get(id=draft.room)
    await hosting(call, space)
    draft.draft = {**draft.draft, "values": values}
    await draft.save()
    words = verbatim(charter_words(str(draft.draft["purpose"]), values))
    return [
        _ask(
            call,
            draft,
            "right",
            f"I would found **{escaped(draft.name)}** with **{room_name(space, 'your congregation')}** as its first "
            f"congregation:\n\n{words}\n\nI make a space, six rooms in which keepers write to each other in clear words, and "
            "an encrypted room for people. What is written in the six can be read by every congregation that ever takes "
            "part. What it is for and holds dear stands in the letter that founds it and stays so; in other words it can be agreed on "
            "later, as a matter.\n\n✅ yes · ✋ no",
        )
    ]


@inquiry(name="assembly-right", options=(YES, NO))
async def right(call: Call, question: Question, said: str) -> Effects:
    """On a yes its rooms are made."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    draft = await _draft(question)
    await question.delete()
    if draft is None:
        return [Say(text=_GONE)]
    if said == NO.word:
        await draft.delete()
        return [Say(text="Nothing was made, and nothing of it is kept.")]
    await hosting(call, await Room.get(id=draft.room))
    draft.draft = {**draft.draft, "agreed": True}
    await draft.save()
    return [
        *await _rooms(call, draft),
        Say(text=f"I make the rooms of **{escaped(draft.name)}** now."),
    ]


# ----------------------------------------------------------------------------------------------- its rooms


async def _rooms(call: Call, assembly: Assembly) -> list[Effect]:
    """The rooms that are still missing: first the space, in which all others are."""
    words = charter_words(str(assembly.draft["purpose"]), list(assembly.draft["values"]))
    space = await Room.get(id=assembly.room)
    hosts = tuple(await hosts_of(space, call.house.me))
    if assembly.space is None:
        return [
            MakeRoom(
                name=assembly.name,
                about=f"assembly:{assembly.id}:{SPACE}",
                kind=RoomKind.ASSEMBLY,
                part=SPACE,
                topic=words,
                invite=hosts,
            )
        ]
    wanted: list[Effect] = [
        MakeRoom(
            name=f"{assembly.name}: {part.value}",
            about=f"assembly:{assembly.id}:{part.value}",
            kind=RoomKind.PROTOCOL,
            part=part.value,
            topic=f"{assembly.name}: {_ROOMS[part]}",
            space=assembly.space,
        )
        for part in Part
        if part.value not in assembly.rooms
    ]
    if assembly.human is None:
        wanted.append(
            MakeRoom(
                name=f"{assembly.name}: people",
                about=f"assembly:{assembly.id}:{PEOPLE}",
                kind=RoomKind.ASSEMBLY,
                part=PEOPLE,
                topic=f"{assembly.name}: where its people talk.",
                space=assembly.space,
                invite=hosts,
            )
        )
    return wanted


async def _about(call: Call) -> tuple[Assembly, str] | None:
    """The assembly and the part that a room was asked for; None for every other room."""
    kind, _, rest = str(call.content.get("about") or "").partition(":")
    number, _, part = rest.partition(":")
    if kind != "assembly":
        return None
    found = await row_of(Assembly, number)
    return (found, part) if found is not None and found.state is State.FOUNDING else None


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """One room is there; with the last of them the assembly is founded."""
    about = await _about(call)
    if about is None:
        return []
    assembly, part = about
    room, me = call.room, call.house.me
    if part == SPACE:
        assembly.space = room.id
        await assembly.save()
        return await _rooms(call, assembly)
    if part == PEOPLE:
        assembly.human = room.id
    else:
        assembly.rooms = {**assembly.rooms, part: room.id}
    await assembly.save()
    room.congregation, room.adopted_at = assembly.room, now_of(call)
    await room.save()
    effects: list[Effect] = [
        SetState(
            type="m.space.child",
            content={"via": [me.partition(":")[2]]},
            room=assembly.space,
            key=room.id,
        )
    ]
    if part != PEOPLE:
        effects.append(meetings.circle_state(room))
    if assembly.human is None or set(assembly.rooms) != set(Part):
        return effects
    return effects + await _founded(call, assembly)


async def _founded(call: Call, assembly: Assembly) -> list[Effect]:
    space = await Room.get(id=assembly.room)
    congregation = (space.name or "A congregation")[:LONGEST_NAME]
    purpose, values = str(assembly.draft["purpose"]), list(assembly.draft["values"])
    content = letters.written(
        Kind.FOUND,
        sender=call.house.me,
        number=1,
        assembly=None,
        body={
            "name": assembly.name,
            "congregation": congregation,
            "purpose": purpose,
            "values": values,
            "rooms": dict(assembly.rooms),
        },
    )
    assembly.found = assembly.seat = content["id"]
    assembly.state, assembly.draft, assembly.read = State.SEATED, {}, sorted(Part)
    await assembly.save()
    words = verbatim(charter_words(purpose, values))
    _letter, said = await sent(
        call,
        assembly,
        content,
        Part.CHARTER,
        f"**{escaped(congregation)}** founds **{escaped(assembly.name)}**.\n\n{words}",
    )
    text = (
        f"**{escaped(assembly.name)}** is founded, and **{escaped(congregation)}** has its first seat.\n\nNext: `assembly card` "
        "makes your card, and `assembly introduce @keeper:server NAME because …` asks another congregation in."
    )
    effects: list[Effect] = [said]
    for host in await hosts_of(space, call.house.me):
        effects += await whispered(call, host, text, about=f"assembly:{assembly.id}")
    return effects


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused a room: the host can have it asked for again, or leave it."""
    about = await _about(call)
    if about is None or not about[0].asked_by:
        return []
    assembly, part = about
    reason = escaped(str(call.content.get("reason") or ""))
    return await whispered(
        call,
        assembly.asked_by,
        f"The homeserver would not make the {escaped(part)} of **{escaped(assembly.name)}**, so it is not founded yet: "
        f"{reason}. The rooms that stand are kept. `assembly found` tries the others again; `assembly leave` gives it up.",
        about=f"assembly:{assembly.id}",
    )


async def given_up(assembly: Assembly) -> list[Effect]:
    """An assembly that was not founded yet is none; its rooms are left."""
    effects = await declined(assembly)
    await assembly.delete()
    return effects
