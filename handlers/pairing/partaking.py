"""One's own word in a pairing round: taking part and resting from it, whom one would rather meet and whom not, and in which languages.

It is said in the private chat, or by a tap that the room does not learn of. Nothing that anybody is answered depends on what
others have said.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import time

from handlers.asking import asked, now_of, zone_of
from handlers.crews.callings import spaces_of
from handlers.dyads import appointments
from handlers.language import (
    YES,
    Call,
    Change,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    Whisper,
    inquiry,
    watch,
)
from handlers.names import room_name
from handlers.pairing import preferences, yearly
from handlers.pairing.preferences import MOST_NOT_WITH, MOST_WISHES, Preferred
from handlers.words import escaped, first_word, folded
from practices import clock
from practices.assembly.tongues import read_languages
from practices.assembly.tongues import words as spoken
from practices.cycles import count_words
from practices.dates import read_when
from practices.defaults import PATIENCE
from practices.dyads import Ended, Occasion
from practices.pairing import CHOICE, FEWEST
from storage import pairings
from storage.dyads import OneToOne
from storage.members import Member, is_in
from storage.pairings import Pairing, Partaking
from storage.questions import Question
from storage.rooms import Room

#: So many rounds without a word, and somebody is asked once whether they go on.
SILENT_ROUNDS = 3

WAYS = (
    "`pairing in` and `pairing out` · `pairing snooze until 1 march` · `pairing languages English, Italian` · "
    "`pairing wish` and a name · `pairing not with` and a name, which I tell nobody"
)

LOST = (
    "What you had told me in private about whom you would like to meet, and whom not, cannot be read any more: the key to it "
    "did not come along when I was moved to another machine. Until you say it again I bring you together with nobody: "
    "`pairing not with` and a name, or `pairing languages any` if there is nothing to say, and then `pairing in`."
)


def about(space: Room) -> str:
    """The subject of all that a pairing round has ahead, in hours and in words that wait for a morning: at most 64 signs."""
    return f"pairing:{space.id}"[:64]


def after(text: str, word: str) -> str:
    """What follows a little word, if it is there."""
    first, rest = first_word(text)
    return rest if folded(first) == word else text


# ---------------------------------------------------------------------------------- where one stands


async def _rounds_of(person: str) -> list[tuple[Room, Pairing]]:
    """The pairing rounds of somebody's congregations."""
    spaces = {space.id: space for space in await spaces_of(person)}
    rows = await Pairing.filter(room__in=list(spaces))
    by_name = sorted(rows, key=lambda row: (spaces[row.room].name or "", row.room))
    return [(spaces[row.room], row) for row in by_name]


async def round_of(call: Call, name: str) -> tuple[Room, Pairing]:
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


async def status(call: Call) -> list[Effect]:
    """Where somebody stands, and what they can say; what others said has no part in it."""
    found = await _rounds_of(call.person)
    if not found:
        await round_of(call, "")
    lines = []
    for space, row in found:
        mine = await Partaking.get_or_none(room=space.id, person=call.person)
        zone = await zone_of(call, call.person, space)
        on = clock.short_words(row.next_at, zone)
        lines.append(
            f"**{room_name(space, 'Your congregation')}**, next on **{on}**, with {count_words(FEWEST)} or more: {_stands(mine)}"
        )
    lines += await _own_words(call)
    return [Say(text="\n\n".join([*lines, WAYS]))]


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
        return [LOST]
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


# --------------------------------------------------------------------------------------- taking part


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
        f"**{clock.short_words(row.next_at, zone)}**, when {count_words(FEWEST)} or more take part, I bring you together with somebody, "
        "and you look for a time here. Nobody is told who takes part; `pairing out` ends it, `pairing snooze until` and a day lets it rest."
    )
    said = Say(text=text) if call.is_private else Whisper(person=call.person, text=text)
    return [said, *await yearly.noted(call)]


async def goes_out(call: Call, found: tuple[Room, Pairing]) -> list[Effect]:
    """Somebody does not take part any more; said twice it is the same."""
    space, _row = found
    await Partaking.filter(room=space.id, person=call.person).update(
        takes_part=False, snoozed_until=None
    )
    return [
        Say(
            text="You do not take part any more, and that needs no reason. `pairing in` is always open."
        )
    ]


async def snoozes(call: Call, rest: str) -> list[Effect]:
    """Rest until a day; from that day on they are in again."""
    said, _, name = rest.partition(" in ")
    space, _row = await round_of(call, name)
    zone = await zone_of(call, call.person, space)
    said = after(said, "until")
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


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever left a congregation or a crew is brought together with nobody there."""
    await pairings.left(call.room.id, call.person)
    return await yearly.gone([call.person])


# --------------------------------------------------------------------------- what is said in private


async def _mine(call: Call) -> Preferred:
    """What the sender has said; what cannot be read any more is as if it had not been said, and they say it anew."""
    try:
        return await preferences.preferred(call, call.person)
    except ValueError:
        return Preferred()


async def not_with(call: Call, said: str) -> list[Effect]:
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
            "stewardship, and put no request of theirs to you. In the pair rota of a crew that you are both in they may hear that "
            "your turn has come; you are asked nothing, and to them it is as if you had not answered. What you have agreed on with anybody "
            f"goes on until you end it: `dyad`, `steward`, `welcome`. In a round I need at least {count_words(CHOICE)} others to choose "
            "from. It is sealed, nobody is told, and it needs no reason. `pairing with` and the name takes it back."
        )
    ]


async def with_again(call: Call, said: str) -> list[Effect]:
    """A “not with” is taken back; the answer is the same whether there was one. Raises Refused."""
    if not said:
        raise Refused("With whom again? For example `pairing with Ben`. Nothing was changed.")
    other = await preferences.somebody(call, said, await spaces_of(call.person))
    mine = await _mine(call)
    await preferences.keep(call, replace(mine, not_with=mine.not_with - {other}))
    return [
        Say(text=f"Good: nothing of yours stands between you and {await _called(call, [other])}.")
    ]


async def wishes(call: Call, said: str) -> list[Effect]:
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


async def languages(call: Call, said: str) -> list[Effect]:
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


# ------------------------------------------------------------------------------------- who is silent

REST = Option(sign="🌙", word="rest", also=("no", "n", "not now", "no thanks", "✋", "👎"))


async def followed(call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
    """A one-to-one of a round is over: whoever was silent in several in a row is asked once, and then rests."""
    effects: list[Effect] = []
    for row in await Partaking.filter(room=one.room, person__in=one.people):
        heard = ended is Ended.MET or row.person in one.suits or row.person == call.sender
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
        about=about(space),
        inquiry="pairing-still",
        until=now_of(call) + PATIENCE,
        data={"space": space.id},
    )


appointments.FOLLOWS[Occasion.PAIRING] = followed


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
