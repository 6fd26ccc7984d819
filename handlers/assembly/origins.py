"""What a congregation takes from the others of an assembly: adopting, staying with an edition, and newer editions.

Only the congregation's own people change what it has: by consent, in their own room, on a host's word. No letter of another
keeper changes anything here, and what was adopted stays when its author leaves, or we do (R137).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from handlers.asking import asked, now_of
from handlers.assembly.outgoing import others_told
from handlers.assembly.shelf import adopted, called, credited, the_one
from handlers.consent import ten_o_clock
from handlers.hosts import hosts_of, speaks_for
from handlers.language import NO, YES, Call, Effect, Effects, Refused, Ring, Say, inquiry, ritual
from handlers.names import room_name
from handlers.sessions import scripts
from handlers.words import escaped, verbatim
from practices import library
from practices.assembly.letters import Letter
from practices.assembly.library import (
    Adopted,
    Edition,
    Shared,
    Update,
    edition_of,
    shared,
    updates,
)
from practices.circles import Scale
from practices.understanding import shown
from storage.assemblies import Assembly, State, ledger
from storage.database import row_of
from storage.questions import Question
from storage.rooms import Room
from storage.scripts import OwnScript

#: So long hosts may think about a newer edition.
PATIENCE = timedelta(days=21)


async def adopt(call: Call, assembly: Assembly, rest: str) -> Effects:
    """Put a shared practice to our congregation, by its own way of consent."""
    practice = await the_one(assembly, rest)
    if practice.seat.keeper == call.house.me:
        raise Refused("That is your own, and yours already. Nothing was changed.")
    if practice.newest is None:
        raise Refused(
            f"**{escaped(practice.name)}** cannot be run as it is; `assembly practice {escaped(called(practice))}` says why. "
            "Nothing was changed."
        )
    return await _put(call, assembly, practice.newest)


async def _put(call: Call, assembly: Assembly, edition: Edition) -> Effects:
    script = library.read(edition.text, name=edition.name)
    if set(script.scales) == {Scale.SELF}:
        raise Refused(
            f"**{escaped(edition.name)}** is for one person alone, and a congregation runs none. Nothing was changed; "
            f"`assembly fork {escaped(edition.name)} of {escaped(edition.seat.name)}` gives you its file."
        )
    space = await Room.get(id=assembly.room)
    return await scripts.put(call, space, edition.text, _origin(edition))


def _origin(edition: Edition) -> Mapping[str, object]:
    """What is kept of where an adopted script comes from."""
    return {
        "letter": edition.letter,
        "seat": edition.seat.id,
        "from": edition.seat.name,
        "edition": edition.number,
        "credit": ", ".join(edition.credits),
        "licence": edition.licence,
    }


# -------------------------------------------------------------------------------------------- staying


async def pin(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Stay with the edition that was adopted, and hear of no newer one."""
    return await _pinned(call, assembly, rest, pinned=True)


async def unpin(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Hear of newer editions again."""
    return await _pinned(call, assembly, rest, pinned=False)


async def _pinned(call: Call, assembly: Assembly, rest: str, *, pinned: bool) -> list[Effect]:
    row = await _adopted_as(assembly, rest)
    name = f"**{escaped(row.name)}**"
    if row.pinned is pinned:
        stands = "is pinned" if pinned else "is not pinned"
        return [Say(text=f"{name} {stands} already. Nothing was changed.")]
    row.pinned = pinned
    await row.save(update_fields=["pinned"])
    word = "unpin" if pinned else "pin"
    says = (
        "stays as it is, and you hear of no newer edition"
        if pinned
        else "is told of again when a newer edition comes"
    )
    text = f"{name} {says}. `assembly {word} {escaped(row.name)}` changes that."
    effects: list[Effect] = [Say(text=text), *await others_told(call, assembly, text)]
    if not pinned:
        effects += await _hour(call, assembly)
    return effects


async def _adopted_as(assembly: Assembly, name: str) -> OwnScript:
    rows = await adopted(assembly)
    found = next((row for row in rows if row.key == library.key(name)), None)
    if found is not None:
        return found
    have = ", ".join(f"**{escaped(row.name)}**" for row in rows)
    raise Refused(
        f"Your congregation has adopted nothing called {escaped(shown(name))}. Nothing was changed. "
        + (f"There is: {have}." if have else "`assembly practices` lists what can be adopted.")
    )


# ------------------------------------------------------------------------------------- newer editions


async def practice_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """A practice was shared: if it is a newer edition of what we adopted, hosts hear of it in the morning."""
    if assembly.state is not State.SEATED or not await _newer(assembly):
        return []
    return await _hour(call, assembly)


async def _hour(call: Call, assembly: Assembly) -> list[Effect]:
    """Tomorrow at ten, once for a day: an author who corrects a word five times is told of once."""
    zone = call.house.zone_of(await Room.get(id=assembly.room))
    at: datetime = ten_o_clock(now_of(call) + timedelta(days=1), zone)
    return [
        Ring(
            ritual="practice-editions",
            about=f"assembly:{assembly.id}",
            at=at,
            when=at.isoformat(),
            room=assembly.room,
            content={"assembly": assembly.id},
        )
    ]


async def _newer(assembly: Assembly) -> list[tuple[OwnScript, Update]]:
    """What is newer than what we have adopted and not pinned, and says something else."""
    rows = {row.origin: row for row in await adopted(assembly) if row.origin is not None}
    if not rows:
        return []
    held = [Adopted(letter=letter, pinned=row.pinned) for letter, row in rows.items()]
    found = updates(held, shared(await ledger(assembly)))
    pairs = [(rows[each.old.letter], each) for each in found if each.old.letter in rows]
    return [(row, each) for row, each in pairs if each.new.text.strip() != row.text.strip()]


@ritual(
    name="practice-editions",
    help="shows hosts what is different in a newer edition of a practice that their congregation adopted",
)
async def editions(call: Call) -> Effects:
    """It is morning, and somebody has shared a newer edition."""
    assembly = await row_of(Assembly, call.content["assembly"])
    space = await Room.get_or_none(id=assembly.room) if assembly and assembly.room else None
    if assembly is None or space is None or assembly.state is not State.SEATED:
        return []
    effects: list[Effect] = []
    for row, each in await _newer(assembly):
        once = f"edition:{each.new.letter}"
        if once in assembly.told:
            continue
        assembly.told = [*assembly.told, once]
        for host in await hosts_of(space, call.house.me):
            effects += await asked(
                call,
                host,
                _news(row, each),
                about=f"assembly:{assembly.id}",
                inquiry="practice-edition",
                until=now_of(call) + PATIENCE,
                data={"assembly": assembly.id, "letter": each.new.letter, "script": row.id},
            )
    await assembly.save(update_fields=["told"])
    return effects


def _news(row: OwnScript, update: Update) -> str:
    told = scripts.differences(row.text, update.new.text)
    different = (
        f"What is different from yours:\n\n{told}"
        if told
        else "It reads a little differently from yours."
    )
    return (
        f"**{escaped(update.new.seat.name)}** has shared edition {update.new.number} of **{escaped(update.new.name)}**, which you "
        f"adopted.\n\n{different}\n\n{credited(update.new)}\n\nYours stays as it is unless your people agree. Shall I ask them? "
        f"✅ yes · ✋ no\n\n`assembly pin {escaped(row.name)}` stays with yours and hears of no other."
    )


@inquiry(name="practice-edition", options=(YES, NO))
async def deciding(call: Call, question: Question, said: str) -> Effects:
    """A host says whether their people are asked about a newer edition."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    if said == NO.word:
        return [Say(text="All stays as it is; `assembly practices` has it whenever you like.")]
    assembly = await Assembly.get_or_none(id=question.data["assembly"])
    space = await Room.get_or_none(id=assembly.room) if assembly and assembly.room else None
    if assembly is None or space is None or assembly.state is not State.SEATED:
        raise Refused(
            "Your congregation has no seat there any more. Nothing was changed; what it adopted stays."
        )
    if not await speaks_for(space, call.person):
        raise Refused(
            "For a congregation speak those who moderate its space, and you do not any more. Nothing was changed."
        )
    row = await OwnScript.get_or_none(id=question.data["script"])
    there: tuple[Shared, Edition] | None = edition_of(
        str(question.data["letter"]), shared(await ledger(assembly))
    )
    if row is None or there is None or not there[1].current or there[1].refused:
        raise Refused(
            "That edition is not offered any more, or you have let the script go. Nothing was changed; `assembly practices` tells "
            "how things stand."
        )
    if row.origin == there[1].letter:
        called_ = room_name(space, "your congregation")
        return [Say(text=f"**{called_}** has adopted it already: {verbatim(row.name)}.")]
    return await _put(call, assembly, there[1])
