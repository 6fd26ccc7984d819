"""Stewardship: everybody who likes has one named person to turn to (DYAD-4).

A round asks a whole congregation once; from what people say it finds a steward for each, and asks both for their yes
before anything begins (R36, R37). Who is whose steward the congregation can see: that is the point of it. What was
wished for, and by whom, nobody sees. The months are spoken of to the steward alone.
"""

from dataclasses import replace

from handlers.asking import whispered
from handlers.crews.callings import spaces_of
from handlers.hosts import hosts_of
from handlers.language import Argument, Call, Change, Effect, Effects, Refused, Say, command, watch
from handlers.names import name, room_name
from handlers.stewardship.steward_pairs import RUNNING, about_round, end, gone, tell_in_vain
from handlers.stewardship.steward_rounds import open_or_close
from handlers.stewardship.stewardship_proposals import ask, decline, open_to
from handlers.welcome.welcomers import split
from handlers.whom import named
from handlers.words import escaped, first_word, folded
from practices import clock
from practices.circles import RoomKind
from practices.understanding import shown
from storage.members import Member, is_in
from storage.pairings import Stewardship, Tended, Tending, stewardships_of
from storage.rooms import Room

_KINDS = frozenset({RoomKind.PRIVATE, RoomKind.CONGREGATION, RoomKind.WORKING})

_WAYS = (
    "`steward list` shows who is whose · `steward ask` and a name asks somebody · `steward rest` and `steward go on` · "
    "`steward can no longer` for a steward · `steward end` ends your own; with a name, or “in Lakeside”, each is for that one only"
)

_DEEDS = {
    "rest": "rest",
    "pause": "rest",
    "go on": "go on",
    "on": "go on",
    "resume": "go on",
    "can no longer": "can no longer",
    "i can no longer": "can no longer",
    "no longer": "can no longer",
    "cannot": "can no longer",
    "end": "end",
    "stop": "end",
    "leave": "end",
}


@command(
    name="steward",
    aliases=("stewards", "stewardship"),
    help="see who your steward is and whose you are; ask for one, rest, or end it; hosts begin a round for all",
    example="steward",
    kinds=_KINDS,
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing for your own; “list”, “ask Ana”, “rest”, “go on”, “can no longer”, “end”; for hosts “round” and "
            "“round now”",
        ),
    ),
    sentences={
        "who is my steward": "",
        "whose steward am i": "",
        "i can no longer be a steward": "can no longer",
    },
)
async def steward(call: Call, what: str | None) -> Effects:
    """What is visible to all is told anywhere; everything else in private."""
    said = folded(what or "")
    if said in ("list", "all", "everybody") or (not call.is_private and not said):
        return await _list(call)
    if not call.is_private:
        raise Refused(
            "That is something between you and me: write it in our private chat. Nothing was done here; "
            f"`{call.house.prefix}steward list` shows who is whose steward."
        )
    word, rest = first_word((what or "").strip())
    match folded(word):
        case "":
            return await _own(call)
        case "round":
            return await open_or_close(call, rest)
        case "ask":
            return await ask(call, rest)
    return await _of_ones_own(call, str(what))


async def _of_ones_own(call: Call, what: str) -> Effects:
    deed, which = _deed(what)
    match deed:
        case "rest":
            return await _rests(call, which, Tended.ACTIVE, Tended.RESTING)
        case "go on":
            return await _rests(call, which, Tended.RESTING, Tended.ACTIVE)
        case "can no longer":
            return await _can_no_longer(call, which)
        case "end":
            return await _ends(call, which)
    raise Refused(
        f"I don't know what {escaped(shown(what))} means for stewardship. Nothing was changed. There is: {_WAYS}."
    )


async def _space_of(call: Call) -> list[Room]:
    """The congregations that are meant: that of the room, or all of one's own."""
    if call.is_private:
        return await spaces_of(call.person)
    wanted = call.room.id if call.room.kind is RoomKind.CONGREGATION else call.room.congregation
    space = await Room.get_or_none(id=wanted, joined=True) if wanted else None
    # A room may be open to people who are not of the congregation.
    return [space] if space is not None and await is_in(space.id, call.person) else []


async def _list(call: Call) -> list[Effect]:
    """Who is whose steward: for everybody of the congregation (DYAD-4)."""
    parts = []
    for space in await _space_of(call):
        rows = await Stewardship.filter(room=space.id, state__in=RUNNING)
        lines = sorted(
            [
                f"- **{await name(space.id, row.stewardee)}**: {await name(space.id, row.steward)}"
                for row in rows
            ],
            key=str.casefold,
        )
        if lines:
            head = f"**{room_name(space, 'Your congregation')}**: whom each can turn to as their steward"
            parts.append("\n".join([head, "", *lines]))
    if not parts:
        raise Refused(
            "Nobody has a steward there yet, or it is not a congregation of yours. A host begins a round for all with `steward "
            "round` in our private chat; `steward ask` and a name, there, asks somebody yourself."
        )
    return [Say(text="\n\n".join(parts))]


async def _own(call: Call) -> list[Effect]:
    """One's own steward, and those whose steward one is."""
    lines = []
    for row in await stewardships_of(call.person):
        space = await Room.get_or_none(id=row.room)
        if space is None or row.state is Tended.PROPOSED:
            continue
        other = await name(row.room, row.other(call.person))
        what = "is your steward" if row.stewardee == call.person else "has you as their steward"
        rests = ", and it rests just now" if row.state is Tended.RESTING else ""
        lines.append(
            f"**{other}** {what} in **{room_name(space, 'your congregation')}**, until you look at it again on "
            f"**{clock.long_day(row.review)}**{rests}."
        )
    lines = lines or ["You have no steward, and are nobody's."]
    return [Say(text="\n\n".join([*lines, _WAYS]))]


def _deed(said: str) -> tuple[str, str]:
    """What is to be done, and which is meant: as in `can no longer`, `rest ben`, `end in Lakeside`."""
    words = said.split()
    for many in range(4, 0, -1):
        deed = _DEEDS.get(folded(" ".join(words[:many])))
        if deed is not None:
            which = words[many:]
            return deed, " ".join(which[folded(" ".join(which[:1])) in ("with", "for") :])
    return "", ""


async def _meant(call: Call, rows: list[Stewardship], which: str) -> list[Stewardship]:
    """Those with the person and in the congregation that are named, or all."""
    said, where = split(which)
    found = []
    for row in rows:
        if where and not await _is_named(row.room, where):
            continue
        others = await Member.filter(room=row.room, person=row.other(call.person))
        word = folded(said)
        if not said or word == row.other(call.person) or named(others, word.removeprefix("@")):
            found.append(row)
    return found


async def _is_named(room: str, said: str) -> bool:
    space = await Room.get_or_none(id=room)
    return space is not None and folded(space.name or "") == folded(said)


async def _mine(call: Call) -> list[Stewardship]:
    """The sender's own, and what is proposed to them while they have not said no."""
    return [
        row
        for row in await stewardships_of(call.person)
        if row.state is not Tended.PROPOSED
        or call.person in row.agreed
        or await open_to(row, call.person)
    ]


async def _unclear(call: Call, deed: str, rows: list[Stewardship], *rounds: Tending) -> Refused:
    """More than one could be meant, or none of them is: nothing is changed."""
    lines = []
    for row in rows:
        where = room_name(await Room.get(id=row.room), "your congregation")
        lines.append(f"**{await name(row.room, row.other(call.person))}** in **{where}**")
    for each in rounds:
        where = room_name(await Room.get(id=each.room), "your congregation")
        lines.append(f"the round in **{where}**")
    return Refused(
        f"I am not sure which is meant, so nothing was changed. There is: {', '.join(lines)}. With the name at the end I know, as in "
        f"`steward {deed} ana`, `steward {deed} in Lakeside`{f' or `steward {deed} round`' if rounds else ''}."
    )


async def _rests(call: Call, which: str, before: Tended, after: Tended) -> list[Effect]:
    """Either of the two lets the months rest, or goes on: with one person, or in the one congregation that is named."""
    rows = [row for row in await stewardships_of(call.person) if row.state is before]
    if not rows:
        raise Refused(
            "No stewardship of yours rests just now."
            if after is Tended.ACTIVE
            else "There is none of yours that could rest."
        )
    meant = await _meant(call, rows, which)
    if not meant or (len(meant) > 1 and not split(which)[1]):
        raise await _unclear(call, "rest" if after is Tended.RESTING else "go on", rows)
    for row in meant:
        row.state = after
        await row.save(update_fields=["state"])
    if after is Tended.ACTIVE:
        return [Say(text="Good: it goes on, with a word to the steward each month.")]
    return [
        Say(text="Good: it rests; no month is spoken of until one of you says `steward go on`.")
    ]


async def _can_no_longer(call: Call, which: str) -> list[Effect]:
    """A steward cannot go on, in one congregation: the others hear it kindly, and a host hears that somebody is looked for."""
    all_ = [row for row in await _mine(call) if row.steward == call.person]
    rows = await _meant(call, all_, which)
    if not all_:
        raise Refused("You are nobody's steward just now, so nothing was changed.")
    if not rows or (len({row.room for row in rows}) > 1 and not split(which)[1]):
        raise await _unclear(call, "can no longer", all_)
    effects: list[Effect] = []
    running = [row for row in rows if row.state is not Tended.PROPOSED]
    for row in rows:
        space = await Room.get(id=row.room)
        if row.state is Tended.PROPOSED:
            effects += await decline(call, space, row)
        else:
            effects += await end(call, space, row, but=call.person)
    for room in sorted({row.room for row in running}):
        space = await Room.get(id=room)
        count = sum(row.room == room for row in running)
        some = "Somebody looks" if count == 1 else f"{count} people look"
        text = f"{some} for a new steward in **{room_name(space, 'your congregation')}**; `steward list` shows who is whose. `steward round` asks everybody."
        for host in await hosts_of(space, call.house.me):
            if host != call.person:
                effects += await whispered(
                    replace(call, room=space), host, text, about=about_round(space)
                )
    return [
        Say(
            text="Thank you for having been there. It is over from now on; the others hear so kindly, and no reason is told."
        ),
        *effects,
    ]


async def _ends(call: Call, which: str) -> list[Effect]:
    """Somebody ends one thing of their own: their steward, or taking part in a round; or all in a congregation they name."""
    said, where = split(which)
    all_ = [row for row in await _mine(call) if row.stewardee == call.person]
    rounds_ = await Tending.filter(person=call.person).order_by("id")
    rows = [] if folded(said) == "round" else await _meant(call, all_, which)
    rounds = [each for each in rounds_ if folded(said) in ("", "round")]
    if where:
        rounds = [each for each in rounds if await _is_named(each.room, where)]
    if not all_ and not rounds_:
        raise Refused(
            "You have no steward, so nothing was changed. `steward can no longer` ends being one."
        )
    if not rows + rounds or (len(rows) + len(rounds) > 1 and not where):
        raise await _unclear(call, "end", all_, *rounds_)
    await Tending.filter(id__in=[each.id for each in rounds]).delete()
    effects: list[Effect] = [Say(text="It is over, and that needs no reason.")]
    for row in rows:
        space = await Room.get(id=row.room)
        if row.state is Tended.PROPOSED:
            effects += await decline(call, space, row)
        else:
            effects += await end(call, space, row, but=call.person)
    return effects


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a congregation is nobody's steward there, and has none."""
    return await _without(call, call.room)


async def _without(call: Call, space: Room) -> list[Effect]:
    """End all of the sender's in a congregation; the others hear that it is over."""
    effects: list[Effect] = []
    for row in await stewardships_of(call.person, space.id):
        other = row.other(call.person)
        if row.state is not Tended.PROPOSED:
            effects += await end(replace(call, sender=None), space, row, but=call.person)
            continue
        effects += await gone(row)
        if other in row.agreed:
            effects += await tell_in_vain(replace(call, sender=None), space, row, other)
    return effects


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: every stewardship of theirs is over."""
    effects: list[Effect] = []
    for room in sorted({row.room for row in await stewardships_of(call.person)}):
        space = await Room.get_or_none(id=room)
        if space is not None:
            effects += await _without(call, space)
    return effects
