"""The pairing round: once a month those who like are brought together, two at a time (DYAD-1).

Hosts begin it and see numbers; who takes part, who rests and who does not want to meet whom they never see. Everything
that a person is answered is the same whatever others have said in private: whoever is met by nobody in a round hears the
same words whether too few took part or nobody was left, at the same hour as all others.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from itertools import combinations

from handlers import one_to_ones, preferences, taps
from handlers.asking import asked, its_zone, now_of, whispered, zone_of
from handlers.callings import spaces_of
from handlers.consent import nowhere_to_ask, table_of
from handlers.hosts import congregation_of, hosting, hosts_of
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.names import people, room_name
from handlers.preferences import MOST_NOT_WITH, MOST_WISHES, Preferred
from handlers.words import escaped, first_word, folded, sign
from practices import clock
from practices import rhythm as rhythms
from practices.assembly.tongues import read_languages
from practices.assembly.tongues import words as spoken
from practices.circles import RoomKind
from practices.dates import read_rhythm, read_when
from practices.defaults import PATIENCE
from practices.dyads import Ended, Occasion
from practices.pairing import (
    FEWEST,
    Duo,
    Partaker,
    Round,
    drawn,
    duo,
    duos,
    left_out,
    preview,
)
from practices.rhythm import Rhythm
from practices.stewardship import review_day
from practices.understanding import NotUnderstood, shown
from storage import pairings
from storage.dyads import Met, OneToOne
from storage.members import Member, is_in
from storage.pairings import Pairing, Partaking
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room

_log = logging.getLogger(__name__)

#: Under which the invitation to take part is said in the room of a congregation.
JOINING = "pairing:join"

#: So many rounds without a word, and somebody is asked once whether they go on.
SILENT_ROUNDS = 3

#: A round that could not be drawn at its hour is drawn as long after.
_STILL_DRAWN = timedelta(days=2)

#: So often a round is drawn anew because something had changed meanwhile; then it is drawn as things stand.
_MOST_ANEW = 3

#: So long before a round its people are reminded that they may come in.
_SOON = timedelta(days=3)

_HOUR = time(10)

#: Of fewer no number is told: it would tell of single people.
_FEWEST_TOLD = 5

_PRIVATE = frozenset({RoomKind.PRIVATE})

_WAYS = (
    "`pairing in` and `pairing out` · `pairing snooze until 1 march` · `pairing languages English, Italian` · "
    "`pairing wish` and a name · `pairing not with` and a name, which I tell nobody"
)


def _about(space: Room) -> str:
    return f"pairing:{space.id}"[:64]


# ------------------------------------------------------------------------------------------- the command


@command(
    name="pairing",
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
            "and a name, “languages English, Italian”; for hosts “begin”, “preview” and “end”",
        ),
    ),
    sentences={
        "i would|id like to meet somebody|someone|others|people": "",
        "pair me [with somebody|someone]": "in",
    },
)
async def pairing(call: Call, what: str | None) -> Effects:
    """One word, and what follows it."""
    said = (what or "").strip()
    word, rest = first_word(said)
    match folded(word):
        case "":
            return await _status(call)
        case "in" | "yes" | "join":
            return await comes_in(call, await _round_of(call, rest))
        case "out" | "no" | "leave" | "stop":
            return await _goes_out(call, await _round_of(call, _named(rest)))
        case "snooze" | "rest" | "pause":
            return await _snoozes(call, rest)
        case "begin" | "start" | "schedule" | "every" | "each" | "monthly" | "fortnightly":
            begun = folded(word) in ("begin", "start", "schedule")
            return await _begin(call, rest if begun else said)
        case "preview" | "numbers":
            return await _preview(call, rest)
        case "end":
            return await _end(call, _named(rest))
    return await _of_ones_own(call, folded(word), said, rest)


def _after(text: str, word: str) -> str:
    """What follows a little word, if it is there."""
    first, rest = first_word(text)
    return rest if folded(first) == word else text


def _named(text: str) -> str:
    """The congregation named behind “in” or “of”."""
    return _after(_after(text, "of"), "in")


async def _of_ones_own(call: Call, word: str, said: str, rest: str) -> Effects:
    """What somebody says of whom they meet."""
    match word:
        case "not" | "never" | "without":
            return await _not_with(call, _after(rest, "with"))
        case "with" | "again":
            return await _with_again(call, _after(rest, "with"))
        case "wish" | "like":
            return await _wishes(call, _after(rest, "for"))
        case "languages" | "language":
            return await _languages(call, rest)
    raise Refused(
        f"I don't know what {escaped(shown(said))} means for the pairing round. Nothing was changed. There is: {_WAYS}."
    )


async def _rounds_of(person: str) -> list[tuple[Room, Pairing]]:
    """The pairing rounds of somebody's congregations."""
    spaces = {space.id: space for space in await spaces_of(person)}
    rows = await Pairing.filter(room__in=list(spaces))
    by_name = sorted(rows, key=lambda row: (spaces[row.room].name or "", row.room))
    return [(spaces[row.room], row) for row in by_name]


async def _round_of(call: Call, name: str) -> tuple[Room, Pairing]:
    """The pairing round that is meant; of several the one named. Raises Refused."""
    found = await _rounds_of(call.person)
    if not found:
        raise Refused(
            "No congregation of yours has a pairing round, so nothing was changed. Its hosts begin one with `pairing begin`; "
            "until then `dyad` and a name asks somebody yourself."
        )
    if name or len(found) > 1:
        fitting = [each for each in found if folded(each[0].name or "") == folded(name)]
        if len(fitting) != 1:
            yours = ", ".join(room_name(space, "a congregation") for space, _row in found)
            raise Refused(
                f"I am not sure which congregation is meant. Nothing was changed. There is a pairing round in: {yours}. "
                "With its name at the end I know, as in `pairing in Lakeside` and `pairing out of Lakeside`."
            )
        return fitting[0]
    return found[0]


async def _status(call: Call) -> list[Effect]:
    """Where somebody stands, and what they can say; what others said has no part in it."""
    found = await _rounds_of(call.person)
    if not found:
        await _round_of(call, "")
    lines = []
    for space, row in found:
        mine = await Partaking.get_or_none(room=space.id, person=call.person)
        zone = await zone_of(call, call.person, space)
        on = clock.short_words(row.next_at, zone)
        lines.append(
            f"**{room_name(space, 'Your congregation')}**, next on **{on}**: {_stands(mine)}"
        )
    lines += await _own_words(call)
    return [Say(text="\n\n".join([*lines, _WAYS]))]


def _stands(mine: Partaking | None) -> str:
    if mine is None or not mine.takes_part:
        return "you do not take part. `pairing in` changes that."
    if mine.snoozed_until is not None:
        return f"you rest until **{clock.long_day(mine.snoozed_until)}**, and are in again from then on."
    return "you take part."


async def _own_words(call: Call) -> list[str]:
    """What one has said oneself, to be read again."""
    try:
        mine = await preferences.preferred(call, call.person)
    except ValueError:
        return [_LOST]
    lines = []
    if mine.languages:
        lines.append(f"Languages: {escaped(spoken(mine.languages))}")
    if mine.wishes:
        lines.append(f"You would like to meet: {await _called(call, mine.wishes)}")
    if mine.not_with:
        lines.append(f"Not with: {await _called(call, mine.not_with)}. I tell nobody.")
    return lines


async def _called(call: Call, ids: Iterable[str]) -> str:
    spaces = [space.id for space in await spaces_of(call.person)]
    known = dict(
        await Member.filter(room__in=spaces, person__in=list(ids)).values_list("person", "name")
    )
    return ", ".join(sorted(escaped(known.get(each) or each) for each in ids))


# ------------------------------------------------------------------------------------------ taking part


async def comes_in(call: Call, found: tuple[Room, Pairing]) -> list[Effect]:
    """Somebody takes part from now on; said twice it is the same."""
    space, row = found
    if not await is_in(space.id, call.person):
        return []
    mine, _new = await Partaking.get_or_create(room=space.id, person=call.person)
    mine.takes_part, mine.snoozed_until, mine.silent = True, None, 0
    await mine.save()
    zone = await zone_of(call, call.person, space)
    text = (
        f"You take part in the pairing round of **{room_name(space, 'your congregation')}**. On "
        f"**{clock.short_words(row.next_at, zone)}** I bring you together with somebody, and you look for a time here. "
        "Nobody is told who takes part; `pairing out` ends it, `pairing snooze until` and a day lets it rest."
    )
    return [Say(text=text)] if call.is_private else [Whisper(person=call.person, text=text)]


async def _goes_out(call: Call, found: tuple[Room, Pairing]) -> list[Effect]:
    space, _row = found
    await Partaking.filter(room=space.id, person=call.person).update(
        takes_part=False, snoozed_until=None
    )
    return [
        Say(
            text="You do not take part any more, and that needs no reason. `pairing in` is always open."
        )
    ]


async def _snoozes(call: Call, rest: str) -> list[Effect]:
    """Rest until a day; from that day on they are in again."""
    said, _, name = rest.partition(" in ")
    space, _row = await _round_of(call, name)
    zone = await zone_of(call, call.person, space)
    said = _after(said, "until")
    if not said:
        raise Refused(
            "Until when? For example `pairing snooze until 1 march`. Nothing was changed."
        )
    day = read_when(said, now=call.at, zone=zone, at=time(23, 59)).local.date()
    mine = await Partaking.get_or_none(room=space.id, person=call.person)
    if mine is None or not mine.takes_part:
        raise Refused(
            "You do not take part just now, so there is nothing to rest from. `pairing in` begins it."
        )
    mine.snoozed_until = day
    await mine.save(update_fields=["snoozed_until"])
    return [
        Say(
            text=f"You rest until **{clock.long_day(day)}**; from then on you are in again. `pairing in` ends the rest sooner."
        )
    ]


# --------------------------------------------------------------------------------- what is said in private


_LOST = (
    "What you had told me in private about whom you would like to meet, and whom not, cannot be read any more: the key to it "
    "did not come along when I was moved to another machine. Until you say it again I bring you together with nobody: "
    "`pairing not with` and a name, or `pairing languages any` if there is nothing to say, and then `pairing in`."
)


async def _mine(call: Call) -> Preferred:
    """What the sender has said; what cannot be read any more is as if it had not been said, and they say it anew."""
    try:
        return await preferences.preferred(call, call.person)
    except ValueError:
        return Preferred()


async def _not_with(call: Call, said: str) -> list[Effect]:
    """Never with this person. The answer is the same whoever it is and whatever they have said themselves."""
    if not said:
        raise Refused("Not with whom? For example `pairing not with Ben`. Nothing was changed.")
    other = await preferences.somebody(call, said, await spaces_of(call.person))
    mine = await _mine(call)
    if other == call.person:
        raise Refused("You are never brought together with yourself. Nothing was changed.")
    if other not in mine.not_with and len(mine.not_with) >= MOST_NOT_WITH:
        raise Refused(
            f"I keep up to {MOST_NOT_WITH} such words. Nothing was changed; `pairing with` and a name takes one back, and "
            "`pairing out` is always open."
        )
    await preferences.keep(
        call, replace(mine, not_with=mine.not_with | {other}, wishes=mine.wishes - {other})
    )
    return [
        Say(
            text=f"Noted: I do not bring you together with {await _called(call, [other])}, in no pairing round and no "
            "stewardship, and put no request of theirs to you. It is sealed, nobody is told, and it needs no reason. `pairing with` and the name takes it back."
        )
    ]


async def _with_again(call: Call, said: str) -> list[Effect]:
    if not said:
        raise Refused("With whom again? For example `pairing with Ben`. Nothing was changed.")
    other = await preferences.somebody(call, said, await spaces_of(call.person))
    mine = await _mine(call)
    await preferences.keep(call, replace(mine, not_with=mine.not_with - {other}))
    return [
        Say(text=f"Good: nothing of yours stands between you and {await _called(call, [other])}.")
    ]


async def _wishes(call: Call, said: str) -> list[Effect]:
    """Whom somebody would like to meet; it counts between those who have met equally often."""
    mine = await _mine(call)
    if folded(said) in ("nobody", "none", "no one", ""):
        await preferences.keep(call, replace(mine, wishes=frozenset()))
        return [Say(text="Good: no wishes. `pairing wish` and a name notes one.")]
    other = await preferences.somebody(call, said, await spaces_of(call.person))
    if other not in mine.wishes and len(mine.wishes) >= MOST_WISHES:
        raise Refused(
            f"I keep up to {MOST_WISHES} wishes. Nothing was changed; `pairing wish nobody` takes them back."
        )
    await preferences.keep(
        call, replace(mine, wishes=mine.wishes | {other}, not_with=mine.not_with - {other})
    )
    return [
        Say(
            text=f"Noted: you would like to meet {await _called(call, [other])}. I tell nobody; it counts where it fits, and "
            "promises nothing. `pairing wish nobody` takes your wishes back."
        )
    ]


async def _languages(call: Call, said: str) -> list[Effect]:
    """The languages that somebody speaks with others; who shares none is not brought together with them."""
    mine = await _mine(call)
    codes = () if folded(said) in ("any", "all", "none", "") else read_languages(said)
    await preferences.keep(call, replace(mine, languages=codes))
    if not codes:
        return [
            Say(text="Good: any language will do. `pairing languages English, Italian` names some.")
        ]
    return [
        Say(
            text=f"Noted: {escaped(spoken(codes))}. I bring you together with people who speak one of them, or who named none."
        )
    ]


# --------------------------------------------------------------------------------------------- for hosts


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
    first = next(rhythms.occurrences(kept, call.at + _SOON))
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
    first = next(rhythms.occurrences(kept, call.at + _SOON))
    row = await Pairing.get_or_none(room=space.id)
    if row is None:
        row = Pairing(room=space.id, rhythm={}, next_at=first.at)
    row.rhythm, row.next_at = rhythms.as_state(kept), first.at
    await row.save()
    zone = call.house.zone_of(space)
    text = (
        f"**A pairing round begins**, {rhythms.words(kept)}. Whoever likes is brought together with somebody else, for a "
        "one-to-one of about an hour at a time that suits both; in an odd number one of the pairs is a trio. Who meets whom, "
        f"only those hear who meet. The first is on **{clock.short_words(first.at, zone)}**.\n\n✅ take part"
    )
    return [
        CallOff(about=_about(space)),
        _invited(call, table, text),
        *_hours(space, row),
        _reviewed(call, space),
        Say(
            text=f"Begun; I have said so in **{room_name(table, 'your room')}**. `pairing preview` tells how many take part, "
            "`pairing end` ends it; after a year I ask you whether it goes on."
        ),
    ]


def _reviewed(call: Call, space: Room) -> Ring:
    """The day on which its hosts are asked whether it goes on (R16)."""
    zone = call.house.zone_of(space)
    day = review_day(clock.wall(now_of(call), zone).date())
    at = clock.resolve(datetime.combine(day, _HOUR), zone)
    return Ring(
        ritual="pairing-review", about=_about(space), at=at, when=day.isoformat(), room=space.id
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
            about=_about(call.room),
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
            about=_about(call.room),
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
        return [
            Say(text="Good. It ends unless another host would go on; `pairing end` ends it sooner.")
        ]
    if space is None or not await Pairing.exists(room=space.id):
        return [Say(text="That pairing round is over. `pairing begin` begins one.")]
    await hosting(call, space)
    return [
        Say(text="Good: it goes on for another year."),
        CallOff(about=_about(space), ritual="pairing-over"),
        CallOff(about=_about(space), ritual="pairing-review"),
        _reviewed(call, space),
    ]


@ritual(name="pairing-over", help="ends a pairing round that no host would go on with")
async def over(call: Call) -> Effects:
    """Two weeks after its day of review."""
    return await _ended(call.room) if await Pairing.exists(room=call.room.id) else []


def _invited(call: Call, table: Room, text: str) -> Say:
    """The invitation to take part, as it stands in the room where a congregation talks."""
    seen = taps.seen_words(table, call.house.me, "`pairing in`")
    return Say(
        text=f"{text}\n\n{seen}", room=table.id, name=JOINING, taps=(YES.sign,), answers=False
    )


def _hours(space: Room, row: Pairing) -> list[Effect]:
    """The next round, and the word about it some days before."""
    about, when = _about(space), row.next_at.isoformat()
    content = {"at": when}
    return [
        Ring(
            ritual="pairing-draw",
            about=about,
            at=row.next_at,
            when=when,
            useful_until=row.next_at + _STILL_DRAWN,
            room=space.id,
            content=content,
        ),
        Ring(
            ritual="pairing-soon",
            about=about,
            at=row.next_at - _SOON,
            when=when,
            useful_until=row.next_at - timedelta(days=1),
            room=space.id,
            content=content,
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
    if said := _after(said, "on"):
        day = read_when(said, now=call.at, zone=zone, at=time(23, 59)).local.date()
    count = len(await _present(call, space, day))
    return [Say(text=f"On **{clock.long_day(day)}**, as it stands now: {_count_words(count)}")]


def _count_words(count: int) -> str:
    if count < _FEWEST_TOLD:
        return (
            f"fewer than {_FEWEST_TOLD} take part; I tell smaller numbers to nobody. A round needs {FEWEST}; with fewer it is "
            "left out, and the next one comes."
        )
    pairs, trios = preview(count)
    return f"{count} take part, which makes {pairs} {'pair' if pairs == 1 else 'pairs'}{' and one trio' if trios else ''}."


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
    await Pairing.filter(room=space.id).delete()
    await Partaking.filter(room=space.id).delete()
    await pairings.Encounter.filter(room=space.id).delete()
    table = await table_of(space)
    effects: list[Effect] = [CallOff(about=_about(space))]
    if table is not None:
        text = "The pairing round ends. One-to-ones that are arranged go on; `dyad` and a name in our private chat asks somebody yourself."
        effects.append(Say(text=text, room=table.id, answers=False))
    return effects


# ------------------------------------------------------------------------------------------- in the room


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
    text = f"On **{on}** the next pairing round is drawn. Who takes part already need do nothing.\n\n✅ take part"
    return [_invited(call, table, text)]


# ---------------------------------------------------------------------------------------------- the round


async def _present(call: Call, space: Room, day: date) -> list[Partaking]:
    """Those who take part on a day, and are there."""
    here = set(await people(space, call.house.me))
    rows = await Partaking.filter(room=space.id, takes_part=True).order_by("id")
    return [row for row in rows if row.person in here and row.is_in(day)]


async def _too_late(call: Call) -> Effects:
    """The hour lies days back: the next one is drawn."""
    row = await Pairing.get_or_none(room=call.room.id)
    if row is None or row.next_at.isoformat() != call.content["at"]:
        return []
    effects = await _next(call, row)
    for host in await hosts_of(call.room, call.house.me):
        text = f"I was away when the pairing round was due, so it is left out; the next is on **{_on(call, row)}**."
        effects += await whispered(call, host, text, about=_about(call.room))
    return effects


def _on(call: Call, row: Pairing) -> str:
    return clock.short_words(row.next_at, call.circle_zone)


async def _next(call: Call, row: Pairing) -> list[Effect]:
    """Write the hours of the round after this one."""
    after = max(now_of(call), row.next_at)
    row.next_at = next(rhythms.occurrences(rhythms.from_state(row.rhythm), after)).at
    await row.save()
    return _hours(call.room, row)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Roster:
    """All that a round is drawn from, as values."""

    partakers: tuple[Partaker, ...]
    met: Mapping[Duo, int]
    lately: Mapping[Duo, int]
    #: Of whom it cannot be read any more what they have said.
    lost: tuple[str, ...]


async def _ahead(call: Call) -> tuple[_Roster, Round] | None:
    """Draw from values while everybody else is heard; nothing is stored here."""
    row = await Pairing.get_or_none(room=call.room.id)
    if row is None or row.next_at.isoformat() != call.content["at"]:
        return None
    roster = await _roster(call, await _takers(call))
    return roster, await asyncio.to_thread(_drawn, roster, _seed(call), now_of(call))


@ritual(
    name="pairing-draw",
    help="brings together those who take part in a pairing round",
    late=_too_late,
    ahead=_ahead,
)
async def draw(call: Call) -> Effects:
    """What was drawn ahead holds if all that it was drawn from is still so; everybody hears in the same moment."""
    space = call.room
    row = await Pairing.get_or_none(room=space.id)
    if row is None or row.next_at.isoformat() != call.content["at"]:
        return []
    rows = await _takers(call)
    roster = await _roster(call, rows)
    ahead = call.ahead
    if isinstance(ahead, tuple) and ahead[0] == roster:
        found = ahead[1]
    elif (anew := int(str(call.content.get("anew", 0)))) < _MOST_ANEW:
        return [_anew(call, row, anew + 1)]
    else:
        found = await asyncio.to_thread(_drawn, roster, _seed(call), now_of(call))
    effects = await _next(call, row)
    for person in roster.lost:
        await Partaking.filter(id=rows.pop(person).id).update(takes_part=False)
        effects += await whispered(call, person, _LOST, about=_about(space))
    row.drawn, row.seed = row.drawn + 1, found.seed
    await row.save()
    # No number of people: of few it would tell of single ones.
    _log.info("round %s of a pairing was drawn with seed %s", row.drawn, row.seed)
    return [*effects, *await _told(call, row, rows, found)]


def _anew(call: Call, row: Pairing, anew: int) -> Ring:
    """Somebody came, went or said something while it was drawn: the same hour once more, at once."""
    at = row.next_at.isoformat()
    return Ring(
        ritual="pairing-draw",
        about=_about(call.room),
        at=now_of(call),
        when=f"{at} {anew}",
        useful_until=row.next_at + _STILL_DRAWN,
        room=call.room.id,
        content={"at": at, "anew": anew},
    )


async def _takers(call: Call) -> dict[str, Partaking]:
    today = clock.wall(now_of(call), call.circle_zone).date()
    return {each.person: each for each in await _present(call, call.room, today)}


def _seed(call: Call) -> str:
    """What nobody outside can foresee, and what gives the same round again."""
    return blake2b(
        call.key.encode(), key=call.house.keys.key("pairing lots"), digest_size=16
    ).hexdigest()


async def _roster(call: Call, rows: Mapping[str, Partaking]) -> _Roster:
    """All that the round of these people is drawn from."""
    said, lost = await preferences.of_all(call, rows)
    told = await Person.in_bulk(list(rows), "id")
    circles = await _circles(rows)
    partakers = tuple(
        Partaker(
            id=person,
            zone=its_zone(call, told.get(person), call.room),
            languages=frozenset(said[person].languages),
            circles=circles[person],
            not_with=said[person].not_with,
            wishes=said[person].wishes,
            waited=row.waited,
        )
        for person, row in rows.items()
        if person not in lost
    )
    present = sorted(each.id for each in partakers)
    return _Roster(
        partakers=partakers,
        met=await pairings.met(call.room.id),
        lately=await _lately(present, now_of(call)),
        lost=tuple(lost),
    )


def _drawn(roster: _Roster, seed: str, now: datetime) -> Round:
    """The round, whatever it takes; whom the lots leave out waits like everybody whom nobody was found for."""
    if len(roster.partakers) < FEWEST:
        waiting = sorted(each.id for each in roster.partakers)
        return Round(together=(), waiting=tuple(waiting), seed=seed)
    out = left_out(roster.partakers, seed)
    partakers = [each for each in roster.partakers if each.id not in out]
    found = drawn(partakers, roster.met, seed=seed, now=now, lately=roster.lately)
    return replace(found, waiting=tuple(sorted({*found.waiting, *out})))


async def _circles(persons: Iterable[str]) -> dict[str, frozenset[str]]:
    """The crews and dyads of each of these people."""
    found: dict[str, set[str]] = {person: set() for person in persons}
    kept = await Room.filter(kind__in=[RoomKind.CREW, RoomKind.DYAD]).values_list("id", flat=True)
    rows = Member.filter(person__in=list(found), room__in=list(kept))
    for person, room in await rows.values_list("person", "room"):
        found[str(person)].add(str(room))
    return {person: frozenset(rooms) for person, rooms in found.items()}


async def _lately(persons: Sequence[str], now: datetime) -> dict[Duo, int]:
    """How many months ago two of these people last talked one-to-one; none for those who are about to."""
    found: dict[Duo, int] = {}
    for each in await Met.filter(one__in=persons, other__in=persons):
        months = max((now.date() - each.day).days // 30, 0)
        two = duo(each.one, each.other)
        found[two] = min(months, found.get(two, months))
    wanted = set(persons)
    for ahead in await OneToOne.all():
        found |= dict.fromkeys(duos(wanted.intersection(ahead.people)), 0)
    return found


async def _told(call: Call, row: Pairing, rows: dict[str, Partaking], found: Round) -> list[Effect]:
    """Everybody hears: those who meet by the beginning of their one-to-one, the others by one and the same word."""
    effects: list[Effect] = []
    for together in found.together:
        for one, other in combinations(together, 2):
            await pairings.brought_together(call.room.id, one, other)
        await Partaking.filter(id__in=[rows[each].id for each in together]).update(waited=0)
        effects += await one_to_ones.begin(
            call,
            together,
            circle=call.room.id,
            occasion=Occasion.PAIRING,
            subject=f"pairing:{row.drawn}",
        )
    text = (
        f"In this pairing round of **{room_name(call.room, 'your congregation')}** I could not bring you together with "
        "somebody: it does not come out even each time, and lots have a part in it. That you waited counts for you in the next "
        f"one, on **{_on(call, row)}**. Until then `dyad` and a name asks somebody yourself."
    )
    for person in found.waiting:
        rows[person].waited += 1
        await rows[person].save(update_fields=["waited"])
        effects += await whispered(call, person, text, about=_about(call.room))
    return effects


# ------------------------------------------------------------------------------------------ what follows

REST = Option(sign="🌙", word="rest", also=("no", "n", "not now", "no thanks", "✋", "👎"))


async def followed(call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
    """A one-to-one of a round is over: whoever was silent in several in a row is asked once, and then rests."""
    effects: list[Effect] = []
    for row in await Partaking.filter(room=one.room, person__in=one.people):
        heard = ended is Ended.MET or bool(one.suits.get(row.person)) or row.person == call.sender
        if heard:
            row.silent = 0
        elif ended is Ended.RESTED:
            row.silent += 1
        await row.save(update_fields=["silent"])
        if row.takes_part and row.silent >= SILENT_ROUNDS:
            effects += await _asked_once(call, row)
    return effects


async def _asked_once(call: Call, row: Partaking) -> list[Effect]:
    space = await Room.get_or_none(id=row.room)
    if space is None:
        return []
    row.takes_part, row.silent = False, 0
    await row.save(update_fields=["takes_part", "silent"])
    return await asked(
        replace(call, room=space, thread=None),
        row.person,
        f"Some pairing rounds of **{room_name(space, 'your congregation')}** went by without our hearing of each other, and "
        "that needs no reason. Shall I go on bringing you together? Until you say so you rest.\n\n✅ yes · 🌙 rest",
        about=_about(space),
        inquiry="pairing-still",
        until=now_of(call) + PATIENCE,
        data={"space": space.id},
    )


one_to_ones.FOLLOWS[Occasion.PAIRING] = followed


@inquiry(name="pairing-still", options=(YES, REST))
async def still_said(call: Call, question: Question, said: str) -> Effects:
    """Somebody goes on, or rests."""
    if said not in (YES.word, REST.word):
        return [Say(text="A word is enough: ✅ yes · 🌙 rest.")]
    await question.delete()
    if said == REST.word:
        return [Say(text="Good, it rests. `pairing in` is always open.")]
    space = await Room.get_or_none(id=str(question.data["space"]), joined=True)
    row = await Pairing.get_or_none(room=space.id) if space else None
    if space is None or row is None or not await is_in(space.id, call.person):
        return [Say(text="There is no pairing round there any more. Nothing was changed.")]
    return await comes_in(call, (space, row))


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever left a congregation or a crew is brought together with nobody there."""
    await pairings.left(call.room.id, call.person)
    return []
