"""Dyads: two people agree to meet one-to-one, keep to a rhythm, look at it again, and end it as easily (DYAD-1).

All of it is between each of them and the private chat. There is none until both have said yes (R31); a no, and a silence,
reach whoever asked as the same "not this time" (R13); either lets it rest or ends it alone, in one act, and the other
hears only that it is so (R11). Its day of review is there from the beginning (R16). It belongs to no circle, and goes on
when a crew ends.
"""

from datetime import timedelta

from handlers import askings
from handlers.asking import zone_of
from handlers.dyads.dyad_agreements import about, close, gone, in_place, tell, terms_of
from handlers.dyads.dyad_proposals import KNOWN, not_this_time, propose, say_again, take_back
from handlers.dyads.dyad_rests import let_rest, wake
from handlers.dyads.dyad_rhythms import meet, signal
from handlers.dyads.dyad_rooms import HOME, want_room
from handlers.dyads.dyad_terms import propose_terms
from handlers.language import Argument, Call, Effect, Effects, Refused, Say, command
from handlers.names import called, typed
from handlers.whom import named
from handlers.words import escaped, folded
from practices import clock
from practices import dyads as pure
from practices.circles import RoomKind
from practices.dyads import Kind, State
from practices.understanding import shown
from storage.dyads import Dyad, OneToOne, met_of_two, of_person, of_two
from storage.members import Member
from storage.rooms import Room

CLOSING = frozenset({"close", "end", "leave", "over", "stop"})
RESTING = frozenset({"rest", "pause", "sleep"})
WAKING = frozenset({"wake", "resume", "again", "go on"})
MEETING = frozenset({"meet", "now", "talk", "next", "one-to-one"})
SIGNALLING = frozenset({"signal", "half time", "halftime"})
ROOMING = frozenset({"room", "a room"})
BACK = frozenset({"take back", "takeback", "cancel", "withdraw"})

_ACTS = (CLOSING, RESTING, WAKING, MEETING, SIGNALLING, ROOMING, BACK)


@command(
    name="dyad",
    unseen=True,
    aliases=("dyads", "partner", "partners"),
    help="ask somebody to meet with you regularly, two and two; see your dyads, let one rest, end it",
    example="dyad ben",
    kinds=frozenset({RoomKind.PRIVATE}),
    instead="In our private chat `dyad` and a name asks somebody, without anybody else hearing of it.",
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing to see yours; a name, with how often, how long and until when as you like: “ben weekly 45 minutes "
            "for 3 months”; or a name and “meet”, “signal”, “room”, “rest”, “wake”, “close”",
        ),
    ),
)
async def dyad(call: Call, what: str | None) -> Effects:
    """One's own dyads, or a new one."""
    if not what:
        return [Say(text=await _listed(call))]
    person, rest = await _meant(call, what)
    there = await of_two(call.person, person)
    if folded(rest) and any(folded(rest) in each for each in _ACTS):
        return await _act(call, there, person, folded(rest))
    if there is None:
        return await propose(call, person, pure.read_terms(rest))
    if there.state is State.PROPOSED:
        return await say_again(call, there, person)
    if rest:
        return await propose_terms(call, there, pure.read_terms(rest, terms_of(there)))
    return [Say(text=await _shown(call, there), name=about(there), taps=_taps(there))]


async def _meant(call: Call, what: str) -> tuple[str, str]:
    """Who is meant by the words at the beginning, and what else was said. Raises Refused."""
    words = what.split()
    known = await _known(call)
    for many in range(len(words), 0, -1):
        found = named(known, folded(" ".join(words[:many])).removeprefix("@"))
        if not found and many == 1:
            found = sorted({each.person for each in known if each.person == words[0]})
        if len(found) > 1:
            raise Refused(
                f"More than one person you know is called {escaped(shown(' '.join(words[:many])))}. Nobody was asked; the whole "
                "name, or an id such as @ben:example.org, says who is meant."
            )
        if found:
            return found[0], " ".join(words[many:])
    raise Refused(
        f"I know nobody by the name {escaped(shown(what))} in a circle that you are both in, so nobody was asked. A dyad begins "
        "between people who share a crew, a congregation or another room that I look after."
    )


async def _known(call: Call) -> list[Member]:
    """The people with whom the sender shares a circle, and those with whom they have a dyad already."""
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    rooms = await Room.filter(id__in=list(mine), joined=True, kind__in=list(KNOWN))
    partners = [each.other(call.person) for each in await of_person(call.person)]
    found = await Member.filter(room__in=[room.id for room in rooms])
    found += await Member.filter(person__in=partners)
    # Also whoever is in no room of ours any more: a dyad can be ended whoever the other is (R11).
    found += [Member(room="", person=each) for each in partners]
    return [each for each in found if each.person not in (call.person, call.house.me)]


async def _act(call: Call, there: Dyad | None, person: str, said: str) -> list[Effect]:
    """A word about a dyad that there is."""
    mine = there is not None and there.state is State.PROPOSED and there.proposer == call.person
    if there is not None and mine and said in BACK | CLOSING:
        return await take_back(call, there)
    if there is None or there.state is State.PROPOSED:
        raise Refused(
            f"You have no dyad with {await called(person, call.person)}, so nothing was changed. "
            "`dyad` and the name alone asks them."
        )
    if said in CLOSING:
        return await close(call, there)
    if said in RESTING:
        return await let_rest(call, there)
    if said in WAKING:
        return await wake(call, there)
    if said in SIGNALLING:
        return await signal(call, there)
    if said in ROOMING:
        return await want_room(call, there)
    if said in MEETING:
        return await meet(call, there)
    raise Refused(
        "That has begun already, so there is nothing to take back. `dyad` shows what works."
    )


async def _listed(call: Call) -> str:
    # What others have asked is listed, but for what was not put to the sender at all.
    mine = [
        each
        for each in await of_person(call.person)
        if each.proposer == call.person
        or each.state is not State.PROPOSED
        or not await askings.excludes(call, call.person, each.proposer)
    ]
    if not mine:
        return (
            "You have no dyad yet. It is two people who meet one-to-one, usually once a month, and look at it again after half "
            "a year.\n\nNext: `dyad ben` asks Ben, if you share a circle; only Ben hears of it."
        )
    lines = [
        f"- **{await called(each.other(call.person), call.person)}**: {await _stands(call, each)}"
        for each in mine
    ]
    return "\n".join(lines) + "\n\n`dyad` and a name shows more, and what you can do."


async def _stands(call: Call, there: Dyad) -> str:
    """Where one dyad stands, for one of the two."""
    match there.state:
        case State.PROPOSED if there.proposer == call.person:
            return "asked; the answer is theirs"
        case State.PROPOSED:
            return "asks you"
        case State.RESTING:
            return "rests"
        case State.REVIEW:
            return "at its review: does it go on?"
        case _:
            kind = "" if there.kind is Kind.PARTNERS else f"{there.kind.value}, "
            return f"{kind}{pure.words(terms_of(there))}; until {clock.long_day(there.review)}"


async def _shown(call: Call, there: Dyad) -> str:
    other = there.other(call.person)
    name = await called(other, call.person)
    since = there.review - timedelta(days=31 * there.months)
    days = [day for day in await met_of_two(call.person, other) if day >= since]
    met = (
        "You have not met yet."
        if not days
        else f"You met {_times(len(days))}, last on {clock.long_day(days[0])}."
    )
    lines = [f"**{name}** – {await _stands(call, there)}. {met}"]
    ahead = await OneToOne.filter(room=about(there)).first()
    if ahead is not None and ahead.at is not None:
        zone = await zone_of(call, call.person, (await in_place(call, there)).room)
        lines.append(
            f"Your next one-to-one: **{clock.short_words(ahead.at, zone)}**. `one-to-one` changes it."
        )
    word = typed(name)
    if there.state is State.RESTING:
        acts = f"`dyad {word} wake` asks whether you go on; `dyad {word} close` ends it."
    else:
        acts = (
            f"`dyad {word} meet` looks for a time now, `dyad {word} weekly` proposes another rhythm, `dyad {word} signal` is for half "
            f"time, `dyad {word} rest` lets it rest, `dyad {word} close` ends it."
        )
    if _taps(there):
        lines.append(f"{HOME} a room of your own")
    return "\n\n".join([*lines, acts])


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _taps(there: Dyad) -> tuple[str, ...]:
    offers = there.home is None and there.state is State.ACTIVE and there.kind is Kind.PARTNERS
    return (HOME,) if offers else ()


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: their dyads are over for the others, and what they asked is not asked any more."""
    effects: list[Effect] = []
    for there in await of_person(call.person):
        other = there.other(call.person)
        if there.state in (State.ACTIVE, State.RESTING, State.REVIEW):
            mine = await called(call.person, other)
            effects += await tell(
                call, there, other, f"Your dyad with **{mine}** is over.", last=True
            )
        elif there.state is State.PROPOSED and there.asked == call.person:
            effects += await not_this_time(call, there)
        effects += await gone(call, there)
    return effects
