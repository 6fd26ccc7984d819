"""Sends a letter to the other congregations once a host has read it and said yes."""

from datetime import datetime

from handlers import handovers, seals
from handlers.hosts import speaks_for
from handlers.language import NO, YES, Call, Effect, Effects, Refused, Say, inquiry
from handlers.letterbox import post
from handlers.names import name, room_name
from handlers.outgoing import SEND, others_told
from handlers.words import escaped
from practices.assembly.letters import Kind, Part
from practices.assembly.matters import LEAST_OPEN
from storage.assemblies import Assembly, State
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
    effects: list[Effect] = [carried, Say(text=str(data["done"]))]
    if kind is Kind.HAND_OVER:
        effects += await handovers.handed(call, assembly, str(letter.body["to"]))
    effects += await others_told(
        call,
        assembly,
        f"**{await name(space.id, call.person)}** has sent this for **{room_name(space, 'your congregation')}** to the "
        f"congregations of **{escaped(assembly.name)}**:\n\n{data['said']}",
    )
    return [*effects, *await seals.afterwards(call, assembly)]


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
