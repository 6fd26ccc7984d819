"""The pairing round: once a month those who like are brought together, two at a time (DYAD-1).

Hosts begin it and see numbers; who takes part, who rests and who does not want to meet whom they never see.
"""

from datetime import datetime, time, timedelta

from handlers import taps
from handlers.asking import asked, now_of
from handlers.consent import nowhere_to_ask, table_of
from handlers.hosts import congregation_of, hosting, hosts_of
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
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
)
from handlers.names import room_name
from handlers.pairing import partaking, yearly
from handlers.pairing.draws import SOON, hours, present
from handlers.pairing.partaking import about, after, comes_in, round_of
from handlers.words import escaped, first_word, folded, sign
from practices import clock
from practices import rhythm as rhythms
from practices.circles import RoomKind
from practices.cycles import count_words
from practices.dates import read_rhythm, read_when
from practices.defaults import FEWEST_TOLD, PATIENCE
from practices.pairing import (
    FEWEST,
    preview,
)
from practices.rhythm import Rhythm
from practices.stewardship import review_day
from practices.understanding import NotUnderstood, shown
from storage import pairings
from storage.inbox import rung_ahead
from storage.members import is_in
from storage.pairings import Pairing, Partaking
from storage.questions import Question
from storage.rooms import Room

#: Under which the invitation to take part is said in the room of a congregation.
JOINING = "pairing:join"

_HOUR = time(10)

_PRIVATE = frozenset({RoomKind.PRIVATE})

# --------------------------------------------------------------------------------------- the command


@command(
    name="pairing",
    unseen=True,
    aliases=("pairings",),
    help="take part in your congregation's pairing round, or rest from it; hosts begin one, and see numbers",
    example="pairing",
    kinds=_PRIVATE,
    instead="There `pairing` shows what you can say.",
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing to see where you stand; “in”, “out”, “snooze until 1 march”, “not with” or “with” and a name, “wish” "
            "and a name, “languages English, Italian”; for hosts “begin”, which asks in a room where all of you "
            "talk (`!adopt working` there makes it one), “preview” and “end”. A round begins with eight who take part",
        ),
    ),
    sentences={
        "i would|id like to meet somebody|someone|others|people": "",
        "pair me [with somebody|someone]": "in",
    },
)
async def pairing(call: Call, what: str | None) -> Effects:
    """One word, and what follows it; whoever has said something of themselves has a day on which it is asked again (R16)."""
    effects = await _obeyed(call, (what or "").strip())
    return [*effects, *await yearly.noted(call)]


async def _obeyed(call: Call, said: str) -> Effects:
    word, rest = first_word(said)
    match folded(word):
        case "":
            return await partaking.status(call)
        case "in" | "yes" | "join":
            return await comes_in(call, await round_of(call, rest))
        case "out" | "no" | "leave" | "stop":
            return await partaking.goes_out(call, await round_of(call, _named(rest)))
        case "snooze" | "rest" | "pause":
            return await partaking.snoozes(call, rest)
        case "begin" | "start" | "schedule" | "every" | "each" | "monthly" | "fortnightly":
            begun = folded(word) in ("begin", "start", "schedule")
            return await _begin(call, rest if begun else said)
        case "preview" | "numbers":
            return await _preview(call, rest)
        case "end":
            return await _end(call, _named(rest))
    return await _of_ones_own(call, folded(word), said, rest)


def _named(text: str) -> str:
    """The congregation named behind “in” or “of”."""
    return after(after(text, "of"), "in")


async def _of_ones_own(call: Call, word: str, said: str, rest: str) -> Effects:
    """What somebody says of whom they meet."""
    match word:
        case "not" | "never" | "without":
            return await partaking.not_with(call, after(rest, "with"))
        case "with" | "again":
            return await partaking.with_again(call, after(rest, "with"))
        case "wish" | "like":
            return await partaking.wishes(call, after(rest, "for"))
        case "languages" | "language":
            return await partaking.languages(call, rest)
    raise Refused(
        f"I don't know what {escaped(shown(said))} means for the pairing round. Nothing was changed. There is: {partaking.WAYS}."
    )


# ----------------------------------------------------------------------------------------- for hosts


async def _begin(call: Call, said: str) -> list[Effect]:
    """Say back what was understood; on a yes it begins."""
    said, _, name = said.partition(" in ")
    space = await congregation_of(call, name)
    await hosting(call, space)
    if await table_of(space) is None:
        raise Refused(nowhere_to_ask(call, space))
    return [await _ask_back(call, space, await _rhythm(call, space, said))]


async def _rhythm(call: Call, space: Room, said: str) -> Rhythm:
    """The rhythm that is meant; left out, monthly, on the weekday of the congregation's own. Raises NotUnderstood."""
    zone = call.house.zone_of(space)
    if folded(said) in ("", "monthly"):
        table = await table_of(space)
        kept = space.rhythm or (table.rhythm if table else None)
        weekday = rhythms.from_state(kept).weekday if kept else None
        said = f"every first {clock.WEEKDAYS[weekday or 0]} of the month {_HOUR:%H:%M}"
    found = read_rhythm(said, now=call.at, zone=zone, at=_HOUR)
    if found.cadence is rhythms.Cadence.WEEKLY:
        raise NotUnderstood(
            "Every week is more than a pairing round can be: people need the time to meet. “fortnightly” and “monthly” work."
        )
    return found


async def _ask_back(call: Call, space: Room, kept: Rhythm) -> Ask:
    zone = call.house.zone_of(space)
    first = next(rhythms.occurrences(kept, call.at + SOON))
    return Ask(
        inquiry="pairing-begin",
        text=f"I understood: a pairing round in **{room_name(space, 'your congregation')}**, **{rhythms.words(kept)}**; the "
        f"first on **{clock.short_words(first.at, zone)}**. I say so in the room where you talk, and who likes takes part. "
        "You see how many do, and never who.\n\n✅ right · ✋ no, or another rhythm in your words",
        until=call.at + timedelta(days=1),
        data={"space": space.id, "rhythm": rhythms.as_state(kept)},
        person=call.person,
        private=True,
    )


@inquiry(name="pairing-begin", options=(YES, NO))
async def begin_said(call: Call, question: Question, said: str) -> Effects:
    """A yes begins it, other words are another rhythm."""
    space = await Room.get_or_none(id=str(question.data["space"]), joined=True)
    if space is None or said == NO.word:
        await question.delete()
        return [Say(text="Nothing was begun.")]
    await hosting(call, space)
    if said != YES.word:
        kept = await _rhythm(call, space, said)
        await question.delete()
        return [await _ask_back(call, space, kept)]
    await question.delete()
    return await _begun(call, space, rhythms.from_state(question.data["rhythm"]))


async def _begun(call: Call, space: Room, kept: Rhythm) -> list[Effect]:
    table = await table_of(space)
    if table is None:
        raise Refused(nowhere_to_ask(call, space))
    first = next(rhythms.occurrences(kept, call.at + SOON))
    row = await Pairing.get_or_none(room=space.id)
    if row is None:
        row = Pairing(room=space.id, rhythm={}, next_at=first.at)
    row.rhythm, row.next_at = rhythms.as_state(kept), first.at
    await row.save()
    zone = call.house.zone_of(space)
    text = (
        f"**A pairing round begins**, {rhythms.words(kept)}. Whoever likes is brought together with somebody else, for a "
        "one-to-one of about an hour at a time that suits both; sometimes three meet. It takes "
        f"{count_words(FEWEST)} or more, and not everybody finds a place each time. Who meets whom, only those hear who meet. The first "
        f"is on **{clock.short_words(first.at, zone)}**.\n\n✅ take part"
    )
    return [
        CallOff(about=about(space)),
        _invited(call, table, text),
        *hours(space, row),
        reviewed(call, space),
        Say(
            text=f"Begun; I have said so in **{room_name(table, 'your room')}**. `pairing preview` tells how many take part, "
            "`pairing end` ends it; after a year I ask you whether it goes on."
        ),
    ]


async def _preview(call: Call, said: str) -> list[Effect]:
    """How many would be brought together on a day: numbers, from a number alone, and never a name."""
    said, _, name = said.partition(" in ")
    space = await congregation_of(call, name)
    await hosting(call, space)
    row = await Pairing.get_or_none(room=space.id)
    if row is None:
        raise Refused(
            "There is no pairing round yet, so there is nothing to count. `pairing begin` begins one."
        )
    zone = call.house.zone_of(space)
    day = clock.wall(row.next_at, zone).date()
    if said := after(said, "on"):
        day = read_when(said, now=call.at, zone=zone, at=time(23, 59)).local.date()
    count = len(await present(call, space, day))
    return [Say(text=f"On **{clock.long_day(day)}**, as it stands now: {_count_words(count)}")]


def _count_words(count: int) -> str:
    if count < FEWEST:
        number = f"{count} take part."
        if count < FEWEST_TOLD:
            number = f"fewer than {FEWEST_TOLD} take part; I tell smaller numbers to nobody."
        return (
            f"{number} A round begins with {count_words(FEWEST)}; with fewer it is left out, and the next one comes. Those who "
            "take part hear so once, and that a crew has its rota, and two people `dyad`."
        )
    pairs, trios = preview(count)
    return (
        f"{count} take part, which makes {pairs} pairs{' and one trio' if trios else ''} when everybody finds a place; whoever "
        "does not comes first in the next round."
    )


async def _end(call: Call, name: str) -> list[Effect]:
    """A host ends the round; what was arranged goes on, and what people said of it is forgotten."""
    space = await congregation_of(call, name)
    await hosting(call, space)
    if not await Pairing.exists(room=space.id):
        raise Refused("There is no pairing round in it, so nothing was changed.")
    return [
        Say(
            text="The pairing round is over. What is arranged already goes on; who took part is forgotten."
        ),
        *await _ended(space),
    ]


async def _ended(space: Room) -> list[Effect]:
    partakers = await Partaking.filter(room=space.id).values_list("person", flat=True)
    await Pairing.filter(room=space.id).delete()
    await Partaking.filter(room=space.id).delete()
    await pairings.Encounter.filter(room=space.id).delete()
    table = await table_of(space)
    effects: list[Effect] = [CallOff(about=about(space)), *await yearly.gone(map(str, partakers))]
    if table is not None:
        text = "The pairing round ends. One-to-ones that are arranged go on; `dyad` and a name in our private chat asks somebody yourself."
        effects.append(Say(text=text, room=table.id, answers=False))
    return effects


# -------------------------------------------------------------------------------------- after a year


def reviewed(call: Call, space: Room) -> Ring:
    """The day on which its hosts are asked whether it goes on (R16)."""
    zone = call.house.zone_of(space)
    day = review_day(clock.wall(now_of(call), zone).date())
    at = clock.resolve(datetime.combine(day, _HOUR), zone)
    return Ring(
        ritual="pairing-review", about=about(space), at=at, when=day.isoformat(), room=space.id
    )


@ritual(name="pairing-review", help="asks the hosts after a year whether a pairing round goes on")
async def review(call: Call) -> Effects:
    """Each of them is asked once; a yes of one is enough, and without any it ends."""
    if not await Pairing.exists(room=call.room.id):
        return []
    until = now_of(call) + PATIENCE
    over = until + timedelta(days=1)
    effects: list[Effect] = [
        Ring(
            ritual="pairing-over",
            about=about(call.room),
            at=over,
            when=over.isoformat(),
            room=call.room.id,
        )
    ]
    for host in await hosts_of(call.room, call.house.me):
        effects += await asked(
            call,
            host,
            f"The pairing round of **{room_name(call.room, 'your congregation')}** has gone on for a year. Shall it go on for another? "
            "It does when one of its hosts says so; otherwise it ends in two weeks, and can be begun anew at any time.\n\n✅ yes · ✋ no",
            about=about(call.room),
            inquiry="pairing-again",
            until=until,
            data={"space": call.room.id},
        )
    return effects


@inquiry(
    name="pairing-again",
    options=(YES, NO),
    late="That question has rested for a while. Nothing was changed; `pairing begin` begins a round.",
)
async def again_said(call: Call, question: Question, said: str) -> Effects:
    """Another year, or this host leaves it to the others."""
    if said not in (YES.word, NO.word):
        return [Say(text="A word is enough: ✅ yes · ✋ no.")]
    space = await Room.get_or_none(id=str(question.data["space"]), joined=True)
    await question.delete()
    if said == NO.word:
        ends = space is not None and await rung_ahead([about(space)], "pairing-over")
        text = (
            "Good. It ends unless another host would go on; `pairing end` ends it sooner."
            if ends
            else "Good. That is decided by now, so your no changed nothing; `pairing end` ends a round at any time."
        )
        return [Say(text=text)]
    if space is None or not await Pairing.exists(room=space.id):
        return [Say(text="That pairing round is over. `pairing begin` begins one.")]
    await hosting(call, space)
    return [
        Say(text="Good: it goes on for another year."),
        CallOff(about=about(space), ritual="pairing-over"),
        CallOff(about=about(space), ritual="pairing-review"),
        reviewed(call, space),
    ]


@ritual(name="pairing-over", help="ends a pairing round that no host would go on with")
async def over(call: Call) -> Effects:
    """Two weeks after its day of review."""
    return await _ended(call.room) if await Pairing.exists(room=call.room.id) else []


# --------------------------------------------------------------------------------------- in the room


def _invited(call: Call, table: Room, text: str) -> Say:
    """The invitation to take part, as it stands in the room where a congregation talks."""
    seen = taps.seen_words(table, call.house.me, "`pairing in`")
    return Say(
        text=f"{text}\n\n{seen}", room=table.id, name=JOINING, taps=(YES.sign,), answers=False
    )


@tap(prefix="pairing", labels={"take part": YES.sign}, unseen=(YES.sign,))
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """Somebody takes part by a tap; the room does not learn it."""
    if sign(said) != sign(YES.sign):
        raise NotUnderstood(f"Under that message {YES.sign} takes part.")
    space = await Room.get_or_none(id=call.room.congregation) if call.room.congregation else None
    row = await Pairing.get_or_none(room=space.id) if space else None
    if space is None or row is None:
        return [
            Whisper(person=call.person, text="That pairing round is over. Nothing was changed.")
        ]
    if not await is_in(space.id, call.person):
        text = f"The pairing round is for the people of **{room_name(space, 'the congregation')}**. Nothing was changed."
        return [Whisper(person=call.person, text=text)]
    return await comes_in(call, (space, row))


@ritual(
    name="pairing-soon", help="says some days before a pairing round that one can still come in"
)
async def soon(call: Call) -> Effects:
    """One quiet message; nobody is called by name."""
    row, table = await Pairing.get_or_none(room=call.room.id), await table_of(call.room)
    if row is None or table is None or row.next_at.isoformat() != call.content["at"]:
        return []
    on = clock.short_words(row.next_at, call.circle_zone)
    text = (
        f"On **{on}** the next pairing round is drawn, when {count_words(FEWEST)} or more take part. Who takes part already need do "
        "nothing.\n\n✅ take part"
    )
    return [_invited(call, table, text)]
