"""Domains: cards that say what a crew decides by itself, given by the circle that contains it (DEC-5, R132).

`!domain` begins one, shows one and changes one; `!domains` lists those that hold. Nothing holds that not both circles have
agreed on, and nothing goes on beyond its day by itself.
"""

from handlers.domains import delegations, sketches
from handlers.domains.cards import (
    HOLDERS,
    active,
    called,
    card_of,
    congregation_of,
    holder_name,
    known,
    named,
    no_such,
    shown,
    side_here,
    spaces_here,
    table_beside,
    title,
    zone_of,
)
from handlers.language import Argument, Call, Effects, Refused, Say, command
from handlers.words import escaped, first_word, folded
from practices import cards, clock
from practices.circles import RoomKind
from storage.domains import Deed, Domain, Side, Stage
from storage.rooms import Room

PLACES = HOLDERS | {RoomKind.CONGREGATION, RoomKind.PRIVATE}

CHANGING = frozenset({"change", "reword", "amend", "edit"})
RENEWING = frozenset({"renew", "again", "resume"})
RETURNING = frozenset({"return", "end", "back", "give", "drop"})


@command(
    name="domain",
    help="see the card of a domain, draw up a new one, or change, renew or return one, by consent of both circles",
    example="domain Kitchen; purpose: we cook for all; scope: stove and fridge, shopping; limits: nothing above 200 euros",
    kinds=PLACES,
    arguments=(
        Argument(
            name="what",
            help="its name, to see it, perhaps with “change limits: …”, “renew” or “return”; or a new card, by labels; "
            "left out, I ask you for one",
            rest=True,
        ),
    ),
)
async def domain(call: Call, what: str | None) -> Effects:
    """Show, draw up, change, renew or return."""
    if what is None:
        if call.is_private:
            return await domains_.answer(call)
        return await sketches.begin(call, None)
    among = await known(call)
    found, rest = named(among, what)
    word, more = first_word(rest)
    verb = folded(word)
    if found is not None and (not rest or verb in CHANGING | RENEWING | RETURNING):
        if not rest:
            return [Say(text=await shown(call, found))]
        return await _look_after(call, found, verb, more)
    labelled = ":" in what or ";" in what or "\n" in what.strip()
    if call.is_private or not labelled:
        raise no_such(call, among, what)
    return await sketches.begin(call, what)


async def _look_after(call: Call, found: Domain, verb: str, more: str) -> Effects:
    """Change, renew or return. Raises Refused."""
    if call.is_private:
        raise Refused(
            "That is for one of its two circles to propose. Nothing was changed; say it in the room of either."
        )
    side = await side_here(call, found)
    if side is None:
        raise Refused(
            f"This room is neither of the two circles of {title(found)}. Nothing was changed; say it in the room of "
            "either."
        )
    await sketches.check_voice(call, call.room)
    if verb in CHANGING:
        _check_stage(call, found, Stage.ACTIVE)
        return await sketches.reworded(call, found, side, more)
    if verb in RENEWING:
        return await _renew(call, found, side)
    _check_stage(call, found, Stage.ACTIVE)
    return await delegations.put(call, found, Deed.RETURN, card_of(found), side)


def _check_stage(call: Call, found: Domain, wanted: Stage) -> None:
    if found.stage is wanted:
        return
    why = (
        "is only proposed so far"
        if found.stage is Stage.PROPOSED
        else "has ended; `renew` proposes to take it up again"
    )
    raise Refused(f"{title(found)} {why}, so nothing was changed.")


async def _renew(call: Call, found: Domain, side: Side) -> Effects:
    """Ask both circles whether a domain goes on as it is; one that has ended is taken up again."""
    if found.stage is Stage.PROPOSED:
        _check_stage(call, found, Stage.ACTIVE)
    today = clock.wall(call.at, zone_of(call, await Room.get(id=found.room))).date()
    card = card_of(found)
    new = delegations.replace_day(card, cards.default_day(today))
    if card.until is not None and new.until is not None and new.until <= card.until:
        raise Refused(
            f"{title(found)} holds until {clock.long_day(card.until)} already, so nothing was asked. Three weeks before "
            "I ask both circles."
        )
    return await delegations.put(call, found, Deed.RENEW, new, side)


# -------------------------------------------------------------------------------------------- listing


@command(
    name="domains",
    help="see which crew decides what by itself",
    example="domains",
    sentences={"who decides what": "", "what|which domains are there": ""},
    kinds=PLACES,
)
async def domains_(call: Call) -> Effects:
    """List the cards that hold here."""
    spaces = await spaces_here(call)
    if not spaces:
        return [
            Say(
                text="There is no congregation here that I look after, and so no domains: what concerns only you is yours to "
                "decide."
            )
        ]
    parts = [await _listed(call, space) for space in spaces]
    return [Say(text="\n\n".join(parts))]


async def _listed(call: Call, space: Room) -> str:
    found = await active(space)
    prefix = "" if call.is_private else call.house.prefix
    if not found:
        return f"No domain holds in {called(space)} yet: what concerns more than one crew is decided by all. {await _how(call, space)}"
    rows = [await _row(each) for each in found]
    foot = f"`{prefix}domain {card_of(found[0]).name}` shows a card, `{prefix}whose new fridge` finds whose call something is."
    return "\n".join([f"Who decides what in {called(space)}:", "", *rows, "", foot])


async def _row(each: Domain) -> str:
    card = card_of(each)
    scope = ", ".join(escaped(line) for line in card.scope)
    return f"- {title(each)}, {await holder_name(each)}: {scope}"


async def _how(call: Call, space: Room) -> str:
    """How one begins."""
    table = await table_beside(space, "")
    where = f" or in {called(table)}" if table is not None else ""
    room = await congregation_of(call.room) if not call.is_private else None
    place = "here" if room is not None and call.room.kind in HOLDERS else f"in a crew's room{where}"
    return f"`{call.house.prefix}domain` {place} begins one: I ask you what belongs on its card, and then both circles."
