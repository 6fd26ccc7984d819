"""Sends a letter to the other congregations once a host has read it and said yes."""

from datetime import datetime

from handlers.assembly import assembly_positions, handovers, seals, siblings
from handlers.assembly.letterbox import post
from handlers.assembly.outgoing import SEND, others_told
from handlers.hosts import speaks_for
from handlers.language import NO, YES, Call, Effect, Effects, Refused, Say, inquiry
from handlers.names import name, room_name
from handlers.words import escaped
from practices.assembly.keeping import part_of
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.matters import LEAST_OPEN
from storage.assemblies import Assembly, State, ledger
from storage.questions import Question
from storage.rooms import Room


@inquiry(name=SEND, options=(YES, NO))
async def send(call: Call, question: Question, said: str) -> Effects:
    """A host says whether a letter leaves."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    if said == NO.word:
        return [Say(text="Nothing was sent.")]
    data = question.data
    assembly = await Assembly.get_or_none(id=data["assembly"])
    kind, body = Kind(str(data["kind"])), data["body"]
    assert isinstance(body, dict)
    space = await _may(call, assembly, kind)
    assert assembly is not None
    if kind is Kind.MATTER:
        _check_time(call, str(body["until"]))
    answers = None if data["answers"] is None else str(data["answers"])
    if kind is Kind.POSITION:
        await seals.still_open(call, assembly, str(answers))
    letter, carried = await post(
        call,
        assembly,
        kind,
        body,
        str(data["said"]),
        part=None if data["part"] is None else Part(str(data["part"])),
        answers=answers,
    )
    done = await _done(call, assembly, letter, str(data["done"]))
    effects: list[Effect] = [carried, Say(text=done)]
    if kind is Kind.HAND_OVER:
        effects += await handovers.handed(call, assembly, str(letter.body["to"]))
    if kind is not Kind.MATTER:  # which all hosts are asked about anyway
        effects += await others_told(
            call,
            assembly,
            f"**{await name(space.id, call.person)}** has sent this for **{room_name(space, 'your congregation')}** to the "
            f"congregations of **{escaped(assembly.name)}**:\n\n{data['said']}",
        )
    return [*effects, *await seals.afterwards(call, assembly)]


async def _done(call: Call, assembly: Assembly, letter: Letter, text: str) -> str:
    """What the host hears once a letter has left: as things stand now, and not as they were when it was shown."""
    match letter.kind:
        case Kind.POSITION:
            text = (
                f"{text} {await assembly_positions.until_when(call, assembly, str(letter.answers))}"
            )
        case Kind.SIBLING:
            text = await siblings.now_words(call, assembly, letter)
    part = part_of(await ledger(assembly), letter)
    room = await Room.get_or_none(id=assembly.rooms.get(part))
    if room is not None and room.successor is not None:
        return (
            f"It waits: the room “{part}” of **{escaped(assembly.name)}** is closed, and nothing can be written there before the "
            f"congregations have agreed on another one. Then the others read it. `assembly move {part}` asks them."
        )
    return text


async def _may(call: Call, assembly: Assembly | None, kind: Kind) -> Room:
    """Our congregation, if the sender still speaks for it and it still has its seat. Raises Refused."""
    space = await Room.get_or_none(id=assembly.room) if assembly is not None else None
    states = {State.ENTERING} if kind is Kind.CLAIM else {State.SEATED}
    if assembly is None or space is None or assembly.state not in states:
        raise Refused(
            "That assembly has changed since: nothing was sent. `assembly` tells how things stand."
        )
    if not await speaks_for(space, call.person):
        raise Refused(
            "For a congregation speak those who moderate its space, and you do not any more. Nothing was sent."
        )
    return space


def _check_time(call: Call, until: str) -> None:
    if datetime.fromisoformat(until) - call.at < LEAST_OPEN:
        raise Refused(
            "Less than three days are left until its end by now, and congregations need those. Nothing was sent; with a later "
            "end it can be put again."
        )
