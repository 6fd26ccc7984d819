"""The practices that the congregations of an assembly have shared, as hosts find and read them.

Nothing here changes anything: a practice is looked at, and taken home as a file to change.
"""

from handlers.hosts import congregation_of
from handlers.language import Call, Effect, Post, Refused, Say
from handlers.names import room_name
from handlers.sessions.preview import preview
from handlers.words import escaped, folded, verbatim
from practices import library
from practices.assembly.library import Edition, Shared, find, shared
from practices.assembly.licences import may_become
from storage.assemblies import Assembly, ledger
from storage.rooms import Room
from storage.scripts import OwnScript

#: Practices in one list; a word behind `assembly practices` shows those that hold it.
MOST_LISTED = 30

__all__ = ["fork", "listed", "one", "the_one"]


async def listed(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Every shared practice, one line each; with a word those that hold it."""
    every = shared(await ledger(assembly))
    if not every:
        return [
            Say(
                text=f"Nobody in **{escaped(assembly.name)}** has shared a practice yet.\n\nNext: `assembly share` and the name of "
                "one of your own scripts shares it."
            )
        ]
    word = folded(rest)
    wanted = [each for each in every if word in _searched(each)]
    if not wanted:
        raise Refused(
            f"No shared practice speaks of that. Nothing was changed; `assembly practices` lists all {len(every)}."
        )
    own = {row.origin: row for row in await adopted(assembly)}
    lines = [_line(each, own) for each in wanted[:MOST_LISTED]]
    more = len(wanted) - len(lines)
    if more:
        lines.append(f"- and {more} more; a word behind `assembly practices` finds them")
    first = wanted[0]
    return [
        Say(
            text="\n".join(
                [
                    f"What congregations of **{escaped(assembly.name)}** share:",
                    "",
                    *lines,
                    "",
                    f"`assembly practice {escaped(called(first))}` shows how it runs.",
                ]
            )
        )
    ]


def _searched(each: Shared) -> str:
    summary = each.editions[0].summary if each.editions else ""
    return f"{each.name} {each.seat.name} {summary}".casefold()


def called(each: Shared) -> str:
    """A practice with the congregation that shared it, as `find` reads it."""
    return f"{each.name} of {each.seat.name}"


def _line(each: Shared, own: dict[str | None, OwnScript]) -> str:
    """A practice in one line: whose it is, which edition, under which licence, and what it is for."""
    name = f"**{escaped(each.name)}** of **{escaped(each.seat.name)}**"
    edition = each.newest
    if edition is None:
        return f"- {name}: cannot be run as it is; `assembly practice {escaped(called(each))}` says why"
    says = [f"edition {edition.number}", escaped(edition.licence)]
    if not each.here:
        says.append("its congregation has left")
    for held in each.editions:
        row = own.get(held.letter)
        if row is not None:
            pinned = ", pinned" if row.pinned else ""
            says.append(f"you have edition {held.number}{pinned}")
    purpose = edition.summary or library.read(edition.text).purpose
    return f"- {name} · {' · '.join(says)}\n  {escaped(purpose)}"


async def adopted(assembly: Assembly) -> list[OwnScript]:
    """What our congregation has adopted from others, by name."""
    rows = OwnScript.filter(room=assembly.room, origin__not_isnull=True)
    return await rows.order_by("key", "id")


async def the_one(assembly: Assembly, name: str) -> Shared:
    """The one practice that is meant by a name. Raises Refused when it could be several, NotUnderstood when none."""
    if not name.strip():
        raise Refused(
            "Which practice is meant its name says; `assembly practices` lists them. Nothing was changed."
        )
    found = find(name, shared(await ledger(assembly)))
    if len(found) == 1:
        return found[0]
    each = ", ".join(f"`{escaped(called(one))}`" for one in found)
    raise Refused(
        f"More than one congregation has shared that: {each}. Nothing was changed; the whole name says which."
    )


async def one(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """How a shared practice would run, and whose work it is; nothing changes by looking."""
    practice = await the_one(assembly, rest)
    edition = practice.newest
    if edition is None:
        raise Refused(
            f"**{escaped(practice.name)}** of **{escaped(practice.seat.name)}** cannot be run as it is: "
            f"{verbatim(_why(practice))}\n\nNothing was changed; whoever shared it can share an edition that runs."
        )
    runs = preview(library.read(edition.text, name=edition.name))
    name = escaped(called(practice))
    next_ = (
        "It is your own."
        if practice.seat.keeper == call.house.me
        else f"`assembly adopt {name}` puts it to your people; `assembly fork {name}` gives you its file to make your own of."
    )
    return [Say(text=f"So it would run:\n\n{runs}\n\n{credited(edition)}\n\n{next_}")]


def _why(practice: Shared) -> str:
    if practice.editions:
        return practice.editions[0].refused
    return "two different texts were sent as one edition, and nobody knows which is meant."


def credited(edition: Edition) -> str:
    """Whose work an edition is, under which licence, and what is new in it."""
    credit = escaped(", ".join(edition.credits))
    lines = [
        f"*Edition {edition.number} of **{escaped(edition.seat.name)}** · credit: {credit} · licence: {escaped(edition.licence)}*"
    ]
    if edition.origin is not None and edition.origin.id != edition.seat.id:
        lines.append(f"*Made from a practice of **{escaped(edition.origin.name)}**.*")
    if edition.changes:
        lines.append(f"What is new, in their words: {escaped(edition.changes)}")
    return "\n\n".join(lines)


async def fork(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """The file of a shared practice, to make one's own of, and how that is shared with credit."""
    practice = await the_one(assembly, rest)
    edition = practice.newest
    if edition is None:
        raise Refused(
            f"**{escaped(practice.name)}** cannot be run as it is: {verbatim(_why(practice))}\n\nNothing was changed."
        )
    if not may_become(edition.licence, edition.licence):
        raise Refused(
            f"Its licence, {escaped(edition.licence)}, does not allow a changed one to travel. Nothing was changed; "
            f"`assembly adopt {escaped(called(practice))}` takes it as it is."
        )
    space = await Room.get_or_none(id=assembly.room) or await congregation_of(call)
    return [
        Post(
            filename=f"{library.key(edition.name)}.yaml",
            mime="application/yaml",
            data=edition.text.encode(),
        ),
        Say(
            text=f"Here is its file. Change what you like, its name too, and send it to me: I ask "
            f"**{room_name(space, 'your congregation')}** whether it becomes yours.\n\nThen `assembly share NEW NAME; from "
            f"{escaped(called(practice))}` shares it as your own, and the credit of {escaped(', '.join(edition.credits))} goes "
            "with it."
        ),
    ]
