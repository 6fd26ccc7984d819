"""What is new in an assembly's directory and on its shelf of practices: told to hosts in one private word a month at most.

It comes only when there is something new, on the first of the month; whoever wants no calls does not get it, and reads the
same by `assembly news` whenever they like. Congregations are named, never people, and nothing is counted or compared.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dateutil.relativedelta import relativedelta

from handlers.asking import now_of, whispered
from handlers.assembly.assembly_matters import seat_name, zone_of
from handlers.assembly.seating import READ
from handlers.assembly.shelf import adopted, called
from handlers.consent import ten_o_clock
from handlers.hosts import hosts_of, told
from handlers.language import Call, Effect, Effects, Ring, ritual
from handlers.words import escaped
from practices import clock
from practices.assembly.keeping import TOGETHER
from practices.assembly.letters import Kind, Letter
from practices.assembly.library import Shared, shared
from storage.assemblies import Assembly, AssemblyCard, State, ledger, seen
from storage.database import row_of
from storage.rooms import Room

#: Of new cards, and of new practices, so many are named.
MOST_NAMED = 10

A_MOMENT = timedelta(seconds=1)


# --------------------------------------------------------------------------------------------- what is new


async def words(call: Call, assembly: Assembly, since: datetime, until: datetime) -> str:
    """What others put into the directory and on the shelf in that time (both aware), as Markdown; empty when nothing.

    What was read when our congregation entered, or when its database was lost, is no news.
    """
    since = max([since, *_read_at(assembly)])
    parts = [
        _listed("Congregations that came:", await _came(call, assembly, since, until)),
        _listed("Congregations that left:", await _left(call, assembly, since, until)),
        _listed(
            "Cards that congregations made or changed, in `assembly directory`:",
            await _cards(call, assembly, since, until),
        ),
        _listed(
            "Practices that they share, in `assembly practices`:",
            await _practices(call, assembly, since, until),
        ),
    ]
    return "\n\n".join(filter(None, parts))


def _read_at(assembly: Assembly) -> Iterator[datetime]:
    for each in assembly.told:
        if each.startswith(READ):
            yield datetime.fromtimestamp(int(each.removeprefix(READ)) + 1, UTC)


def _listed(head: str, names: list[str]) -> str:
    if not names:
        return ""
    more = len(names) - MOST_NAMED
    lines = [*names[:MOST_NAMED], *([f"and {more} more"] if more > 0 else [])]
    return "\n".join([head, "", *(f"- {each}" for each in lines)])


async def _cards(call: Call, assembly: Assembly, since: datetime, until: datetime) -> list[str]:
    """The congregations whose cards say something else than before, by name."""
    roll = (await ledger(assembly)).roll
    rows = AssemblyCard.filter(assembly=assembly.id, seen_at__gte=since, seen_at__lt=until)
    by_seat = {str(row.card["seat"]): row for row in await rows if row.card}
    seats = [
        seat
        for seat in roll.seats.values()
        if seat.keeper != call.house.me
        and seat.id in by_seat
        and by_seat[seat.id].keeper == seat.keeper
    ]
    seats.sort(key=lambda each: (each.name.casefold(), each.id))
    return [
        f"**{escaped(each.name)}**: {escaped(by_seat[each.id].card['place'])}" for each in seats
    ]


async def _came(call: Call, assembly: Assembly, since: datetime, until: datetime) -> list[str]:
    """The congregations that took a seat and have it still, by name."""
    known, when = await ledger(assembly), await seen(assembly)
    return sorted(
        f"**{escaped(seat.name)}**"
        for seat in known.roll.seats.values()
        if seat.keeper != call.house.me
        and known.letters[seat.id].kind is Kind.SEAT
        and since <= when.get(seat.id, since - A_MOMENT) < until
    )


async def _left(call: Call, assembly: Assembly, since: datetime, until: datetime) -> list[str]:
    """The congregations that gave up their seat, by name."""
    known, when = await ledger(assembly), await seen(assembly)
    return sorted(
        f"**{seat_name(known, letter.answers)}**"
        for letter in known.of_kind(Kind.LEAVE).values()
        if letter.sender != call.house.me
        and known.roll.taken.get(letter.answers or "") is not None
        and known.roll.seat(letter.answers or "") is None
        and since <= when.get(letter.id, since - A_MOMENT) < until
    )


async def _practices(call: Call, assembly: Assembly, since: datetime, until: datetime) -> list[str]:
    """The practices of others of which there is something new to adopt; of what is adopted here hosts are asked anyway."""
    known, when = await ledger(assembly), await seen(assembly)
    held = {row.origin for row in await adopted(assembly)}
    return [
        f"**{escaped(each.name)}** of **{escaped(each.seat.name)}**{_summary(each)}"
        for each in shared(known)
        if each.here
        and each.seat.keeper != call.house.me
        and each.newest is not None
        and since <= when.get(each.newest.letter, since) < until
        and not held & {edition.letter for edition in each.editions}
    ]


def _summary(practice: Shared) -> str:
    newest = practice.newest
    assert newest is not None
    edition = f", edition {newest.number}" if newest.number > 1 else ""
    summary = f": {escaped(newest.summary)}" if newest.summary else ""
    return f"{edition}{summary} (`assembly practice {escaped(called(practice))}`)"


# ------------------------------------------------------------------------------------------- once a month


async def seat_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """A congregation has come: where few take part hosts hear of it at once, else with the other news."""
    if assembly.state is not State.SEATED or assembly.found is None:
        return []
    known = await ledger(assembly)
    seat = known.roll.seat(letter.id)
    if seat is None or len(known.roll.seats) > TOGETHER:
        return await something_came(call, assembly, letter.sender)
    text = (
        f"**{escaped(seat.name)}** has taken its seat in **{escaped(assembly.name)}**; {len(known.roll.seats)} congregations are there "
        "now.\n\nSay hello in the room for people. `assembly directory` shows its card once there is one."
    )
    return await told(call, assembly, text, once=f"seated:{seat.id}")


async def leave_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """A congregation has left: where few take part hosts hear of it at once, else with the other news."""
    if assembly.state is not State.SEATED or assembly.found is None:
        return []
    known = await ledger(assembly)
    seat = known.roll.taken.get(letter.answers or "")
    if seat is None or seat in known.roll.seats or letter.sender == call.house.me:
        return []
    if len(known.roll.seats) > TOGETHER:
        return [await _next_news(call, assembly)]
    text = (
        f"**{seat_name(known, letter.answers)}** has left **{escaped(assembly.name)}**; {len(known.roll.seats)} "
        f"congregation{'s are' if len(known.roll.seats) != 1 else ' is'} there now. What each adopted from the other stays."
    )
    return await told(call, assembly, text, once=f"left:{seat}")


async def practice_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """A congregation has shared a practice."""
    return await something_came(call, assembly, letter.sender)


async def something_came(call: Call, assembly: Assembly, keeper: str) -> list[Effect]:
    """A congregation has put something new where others find it: hosts hear of it on the first of the month."""
    if assembly.state is not State.SEATED or assembly.found is None:
        return []
    if keeper == call.house.me or (await ledger(assembly)).roll.seat_of(keeper) is None:
        return []
    return [await _next_news(call, assembly)]


async def _next_news(call: Call, assembly: Assembly) -> Ring:
    at = await next_first(call, assembly)
    return Ring(
        ritual="assembly-digest",
        about=f"assembly:{assembly.id}",
        at=at,
        when=at.isoformat(),
        room=assembly.room,
        content={"assembly": assembly.id},
    )


async def next_first(call: Call, assembly: Assembly) -> datetime:
    """Ten in the morning on the first of the next month."""
    zone = await zone_of(call, assembly)
    local = clock.wall(now_of(call), zone) + relativedelta(months=1, day=1)
    return ten_o_clock(clock.resolve(local, zone), zone)


@ritual(
    name="assembly-digest",
    help="tells hosts, on the first of a month in which something came, of new cards and practices in their assembly",
)
async def month(call: Call) -> Effects:
    """A month is over in which something new came."""
    assembly = await row_of(Assembly, call.content["assembly"])
    space = await Room.get_or_none(id=assembly.room) if assembly and assembly.room else None
    if assembly is None or space is None or assembly.state is not State.SEATED:
        return []
    zone = await zone_of(call, assembly)
    before = clock.resolve(clock.wall(call.at, zone) - relativedelta(months=1), zone)
    text = await words(call, assembly, before, call.at)
    if not text:
        return []
    text = (
        f"New in **{escaped(assembly.name)}** in the last month:\n\n{text}\n\nNothing needs to be done. `assembly news` tells it "
        "whenever you like, and `quiet everywhere` keeps such words from you."
    )
    effects: list[Effect] = []
    for host in await hosts_of(space, call.house.me):
        effects += await whispered(
            call, host, text, about=f"assembly:{assembly.id}", dispensable=True
        )
    return effects
