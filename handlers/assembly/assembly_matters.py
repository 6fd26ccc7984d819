"""Matters that the congregations of an assembly put to each other: told to hosts once, listed, shown and amended.

What a keeper would hesitate at is not put to people, and they hear why. An accepted decision is words, and changes nothing
in any congregation by itself (R137).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.asking import now_of
from handlers.assembly.outgoing import read_first
from handlers.hosts import told
from handlers.language import Ask, Call, Effect, Effects, Refused, Ring, Say, ritual
from handlers.names import room_name
from handlers.words import escaped, folded, verbatim
from practices import clock
from practices.assembly.calling import called, meant, name_of, put_by_seats
from practices.assembly.conduct import LONGEST_OPEN, Hesitation, hesitation
from practices.assembly.hearing import heard_of
from practices.assembly.ledger import MOST_OPEN, Ledger, Standing
from practices.assembly.letters import Kind, Part
from practices.assembly.matters import (
    GRACE,
    LEAST_OPEN,
    About,
    Matter,
    Outcome,
    Passing,
    Stand,
    Word,
)
from practices.assembly.roll import Seat
from practices.dates import read_when
from practices.understanding import NotUnderstood, shown
from storage.assemblies import Assembly, AssemblyCard, State, ledger, seen
from storage.database import row_of
from storage.rooms import Room

#: A letter takes its time, and by their own clocks the others have to have three days left: whoever puts a matter gives four.
SOONEST = LEAST_OPEN + timedelta(days=1)

#: So long a matter is open unless its text says otherwise (DEC-3).
USUALLY = timedelta(days=14)
EVENING = time(18)

#: Hosts are told of no more open matters of one congregation; the others they find in the list.
MOST_AT_ONCE = 5

#: Hosts whose congregation has said nothing are reminded so long before the end.
REMIND = timedelta(days=1)

LONGEST_TITLE, LONGEST_TEXT, MOST_SHOWN = 120, 8000, 15

#: Of the matters that are over the list shows so many.
MOST_OVER = 5

#: Of the reasons for objecting a result tells so many, each no longer than this.
MOST_REASONS, LONGEST_TOLD = 5, 300

MAJORITY = 50

#: Begins the name of the messages that ask for a position (handlers.assembly.assembly_positions), and what can be tapped there.
ANSWERS = "answers"
CONSENTS, ASIDE = "✅", "⏭️"

_NUMBER = re.compile(r"#?([0-9]{1,6}[a-z]{0,43})\b[:.,]?\s*", re.IGNORECASE)
_UNTIL = re.compile(r"until\s+(.+)", re.IGNORECASE | re.DOTALL)
_MAJORITY = re.compile(
    r"(?:by )?(?:a )?(?:(?P<double>double majority)|majority(?: of (?:the )?congregations(?P<people>,? and (?:of )?(?:the )?people)?)?)",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"(?:by )?congregations:? ([1-9]\d?) ?%?(?:,? (?:and )?people:? ([1-9]\d?) ?%?)?", re.IGNORECASE
)
_SPRINT = re.compile(r"in (?:the|our) sprint", re.IGNORECASE)

STANDS = {
    Stand.CONSENT: "consents",
    Stand.OBJECTION: "objects",
    Stand.ASIDE: "stands aside",
}


# ---------------------------------------------------------------------------------------------- numbers


def numbers_of(known: Ledger) -> Mapping[str, str]:
    """By id the number of each matter that a congregation has put, for all congregations the same.

    Of one that has put very many those past the first are not in it, and have `name_of`.
    """
    return called(known, Kind.MATTER)


def number_of(known: Ledger, matter: str) -> str:
    """The number of one matter."""
    return numbers_of(known).get(matter) or name_of(known.letters[matter])


def find(known: Ledger, text: str) -> tuple[str, Standing, str]:
    """The matter whose number a text begins with, and the rest of the text. Raises Refused."""
    found = _NUMBER.match(text.strip())
    if found is None:
        raise Refused(
            "Which matter is meant its number says, as in `assembly matter 4`. Nothing was changed; `assembly matters` lists "
            "them."
        )
    candidates = meant(found[1], put_by_seats(known, [Kind.MATTER]))
    there = [each for letter in candidates if (each := known.standing(letter.id)) is not None]
    if not there:
        raise Refused(
            f"There is no matter {found[1]} here. Nothing was changed; `assembly matters` lists them."
        )
    if len(there) > 1:
        each_of = ", ".join(
            f"{number_of(known, each.matter.id)} **{escaped(each.matter.title)}**"
            for each in there[:MOST_SHOWN]
        )
        raise Refused(
            f"More than one matter was given the number {found[1]}: {each_of}. Nothing was changed; the letters behind the number "
            "tell them apart."
        )
    return number_of(known, there[0].matter.id), there[0], text.strip()[found.end() :].strip()


def _by_number(known: Ledger) -> list[tuple[str, str]]:
    """Number and id of each matter, the lowest number first."""
    return sorted(
        ((number, id_) for id_, number in numbers_of(known).items()),
        key=lambda each: (int(each[0].rstrip("abcdefghijklmnopqrstuvwxyz")), each[0]),
    )


async def zone_of(call: Call, assembly: Assembly) -> ZoneInfo:
    """The zone of our congregation in an assembly."""
    return call.house.zone_of(await Room.get(id=assembly.room))


def own_seat(standing: Standing, me: str) -> str | None:
    """The seat by which our congregation may speak to a matter; None when it may not."""
    return next((seat.id for seat in standing.electorate.values() if seat.keeper == me), None)


def seat_name(known: Ledger, letter: str | None) -> str:
    """What the congregation is called whose seat was taken by a letter, also if it has gone."""
    roll = known.roll
    seat_id = roll.taken.get(letter or "")
    found = next((each for each in roll.ever.values() if each.id == seat_id), None)
    return escaped(found.name) if found is not None else "a congregation"


def put_by(known: Ledger, standing: Standing) -> str:
    """What the congregation is called that put a matter."""
    seats = standing.electorate.values()
    name = next((each.name for each in seats if each.keeper == standing.matter.sender), None)
    return escaped(name) if name is not None else "A congregation"


def speaking(known: Ledger, standing: Standing, me: str) -> bool:
    """Whether our congregation may take a position: it has a seat there and, in a sprint, opted in."""
    if own_seat(standing, me) is None:
        return False
    opted = standing.matter.opted
    return not opted or any(known.letters[e].sender == me for e in opted if e in known.letters)


# ------------------------------------------------------------------------------------------------ words


def ending(title: str) -> str:
    """A matter's title as the end of a sentence, with one full stop at most."""
    return escaped(title) + ("" if title.endswith(("?", "!", ".", "…")) else ".")


def counted(number: int, one: str, many: str) -> str:
    """“1 stands aside”, “2 stand aside”."""
    return f"{number} {one if number == 1 else many}"


def passing_words(passing: Passing) -> str:
    """When a matter is accepted."""
    if passing.congregations is None:
        return "by consent: nobody objects, and more than half of the congregations consent"
    congregations = f"{_share(passing.congregations)} of the congregations consent"
    if passing.people is None:
        return f"by majority: {congregations}"
    return f"by double majority: {congregations}, and {_share(passing.people)} of the people whose voices are shown say yes"


def _share(hundredths: int) -> str:
    return "more than half" if hundredths == MAJORITY else f"more than {hundredths} of a hundred"


def outcome_words(standing: Standing) -> str:
    """How the congregations stand, each number with what it is out of."""
    found = standing.outcome
    congregations = "congregation" if found.entitled == 1 else "congregations"
    verb = "consents" if 1 in (found.consents, found.entitled) else "consent"
    says = [f"{found.consents} of {found.entitled} {congregations} {verb}"]
    if found.objections:
        says.append(counted(found.objections, "objects", "object"))
    if found.asides:
        says.append(counted(found.asides, "stands aside", "stand aside"))
    if found.silent:
        says.append(f"{found.silent} said nothing")
    if standing.matter.passing.people is not None:
        says.append(_people_words(found))
    return ", ".join(says)


def final_words(known: Ledger, standing: Standing) -> str:
    """How the congregations stood when they counted: as the most of them sealed it, if positions are on their way here yet.

    A seal says how many positions it counted, and may overtake one of them.
    """
    found = standing.outcome
    sums = Counter(
        tuple(int(each.body[name]) for name in ("consents", "objections", "asides"))
        for each in known.answers_to(standing.matter.id)
        if each.kind is Kind.SEAL and each.body["word"] == standing.word
    )
    [(counted_then, many)] = sums.most_common(1) or [((), 0)]
    here = (found.consents, found.objections, found.asides)
    if 2 * many <= sum(sums.values()) or not _are_on_their_way(counted_then, here, found.entitled):
        return outcome_words(standing)
    consents, objections, asides = counted_then
    then = replace(found, consents=consents, objections=objections, asides=asides)
    passing = replace(standing.matter.passing, people=None)
    words = replace(standing, outcome=then, matter=replace(standing.matter, passing=passing))
    late = sum(counted_then) - sum(here)
    come = "one of these positions is" if late == 1 else f"{late} of these positions are"
    return f"{outcome_words(words)} ({come} on the way here yet)"


def _are_on_their_way(then: tuple[int, ...], here: tuple[int, ...], entitled: int) -> bool:
    """Whether others have counted all positions that are here, and more that are not."""
    more = all(each >= mine for each, mine in zip(then, here, strict=False))
    return len(then) == len(here) and more and sum(here) < sum(then) <= entitled


def _people_words(found: Outcome) -> str:
    people = found.yes + found.no
    if not found.showing:
        return "nobody has shown how its people voted"
    return f"{found.yes} of {people} people whose voices are shown say yes, from {found.showing} of {found.entitled} congregations"


def sealed_words(standing: Standing) -> str:
    """How many have counted the same word."""
    same = sum(standing.word in words for words in standing.seals.values())
    return f"{same} of {len(standing.electorate)} {'has' if same == 1 else 'have'} counted the same"


def _state_words(standing: Standing, zone: ZoneInfo, now: datetime) -> str:
    if standing.word is not None:
        return f"{standing.word}: {outcome_words(standing)}; final: {sealed_words(standing)}"
    if standing.torn:
        return f"torn: the counts do not agree, and no word can become final; {outcome_words(standing)}"
    until = clock.short_words(standing.matter.until, zone)
    when = (
        f"open until **{until}**"
        if now < standing.matter.until
        else f"over since {until}, being counted"
    )
    return f"{when}; {outcome_words(standing)}"


async def _question_words(assembly: Assembly, known: Ledger, standing: Standing) -> str:
    """What a matter asks, whole: its text, and what it rests on."""
    matter = standing.matter
    lines = [verbatim(matter.text)] if matter.text else []
    match matter.about:
        case About.ADMIT:
            lines += [
                f"Asked in would be **{escaped(name)}**, whose keeper is {escaped(keeper)}."
                for keeper, name in sorted(matter.candidates.items())
            ]
        case About.PART:
            lines.append(
                f"The others would part from **{seat_name(known, matter.seat)}**, which has no voice in this."
            )
            concern = known.letters.get(matter.rests_on or "")
            if concern is not None and concern.body.get("words"):
                lines.append(f"The concern said:\n\n{verbatim(str(concern.body['words']))}")
        case About.KEEPER:
            lines.append(
                f"{escaped(matter.to or '')} would speak for **{seat_name(known, matter.seat)}** from now on, as its former "
                "keeper's account is lost."
            )
            lines.append(await contact_words(assembly, known, matter.seat))
        case About.MOVE:
            lines += _room_words(assembly, known, matter)
        case About.DECIDE if matter.opted:
            lines.append(
                f"It belongs to a sprint: positions are taken by the {len(matter.opted)} that opted in, all count along."
            )
    if matter.amends is not None and matter.amends in known.of_kind(Kind.MATTER):
        lines.append(
            f"It words matter {number_of(known, matter.amends)} anew, and changes nothing in that one."
        )
    return "\n\n".join(lines)


def _room_words(assembly: Assembly, known: Ledger, matter: Matter) -> Iterable[str]:
    """Where a part would go on, and what we have seen of it."""
    seen = ""
    if assembly.fit.get((matter.to or "", str(matter.part))):
        seen = " I have looked at that room: all can enter, read and write there."
    yield (
        f"The room “{matter.part}” would go on in another room, {escaped(matter.to or '')}, and I would read and write there. What "
        f"was written in the old one stays, and counts.{seen}"
    )
    for other in known.matters():
        standing = known.standing(other.id) if other.about is About.MOVE else None
        same = other.part == matter.part and other.id != matter.id
        if same and standing is not None and standing.word is None and not standing.torn:
            yield (
                f"Matter {number_of(known, other.id)} asks the same of another room. Were both accepted, all go on in one of them, and "
                "what is written in the other counts as well."
            )


async def contact_words(assembly: Assembly, known: Ledger, seat: str | None) -> str:
    """Whom the last card of a congregation names, who can say whether an account is lost."""
    roll = known.roll
    found = roll.seat(seat or "")
    card = (
        await AssemblyCard.get_or_none(assembly=assembly.id, keeper=found.keeper) if found else None
    )
    contacts = list(card.card.get("contacts", ())) if card is not None else []
    if not contacts:
        return "Its last card names no contacts. Somebody who knows its people can ask them, before anybody consents."
    names = " and ".join(escaped(each) for each in contacts)
    return f"Its last card names {names} as contacts: ask them, before anybody consents, whether that account is theirs."


# ------------------------------------------------------------------------------------------- what arrives


async def arrivals(call: Call, assembly: Assembly) -> list[Effect]:
    """Tell our hosts, once each, of the open matters that they may speak to, or that are about their congregation."""
    known, when, me = await ledger(assembly), await seen(assembly), call.house.me
    effects: list[Effect] = []
    ours = [
        (number, standing)
        for number, standing in still_ours(assembly, known, me)
        if standing.word is None and not standing.torn
    ]
    put = Counter(standing.matter.sender for _, standing in ours)
    open_of: dict[str, int] = {}
    for number, standing in ours:
        sender = standing.matter.sender
        open_of[sender] = open_of.get(sender, 0) + 1
        if f"matter:{standing.matter.id}" in assembly.told:
            continue
        if put[sender] >= MOST_OPEN:  # else with each new one others came first, to be told
            effects += await _too_many(call, assembly, known, standing)
        elif own_seat(standing, me) is None:
            effects += await _about_us(call, assembly, known, number, standing)
        elif open_of[sender] > MOST_AT_ONCE:
            effects += await _too_many(call, assembly, known, standing)
        else:
            why = hesitation(known, standing.matter, now_of(call), when, assembly.fit)
            effects += await _arrived(call, assembly, known, number, standing, why)
    return effects


def still_ours(assembly: Assembly, known: Ledger, me: str) -> Iterable[tuple[str, Standing]]:
    """The matters that our congregation may speak to, or that are about it, and whose end our hosts have not heard of.

    Of each keeper those that we look at unasked (practices.assembly.ledger.MOST_OPEN).
    """
    over = {each for each in assembly.told if each.startswith("final:")}
    last = known.roll.ever.get(me)
    numbers = numbers_of(known)
    open_ = [each for each in known.of_kind(Kind.MATTER) if f"final:{each}" not in over]
    looked_at = known.newest(open_)
    for id_ in open_:
        letter, electorate = known.letters[id_], known.electorate(id_) if id_ in looked_at else None
        if electorate is None:
            continue
        about_us = (
            letter.body["about"] in (About.PART, About.KEEPER)
            and last is not None
            and known.roll.taken.get(letter.body["seat"]) == last.id
        )
        if about_us or any(seat.keeper == me for seat in electorate.values()):
            standing = known.standing(letter.id)
            if standing is not None:
                yield numbers.get(id_) or name_of(letter), standing


async def _about_us(
    call: Call, assembly: Assembly, known: Ledger, number: str, standing: Standing
) -> list[Effect]:
    """Our congregation is what the others are asked about; it has no voice, and hears of it."""
    matter = standing.matter
    own = known.roll.seat_of(call.house.me)
    if matter.about not in (About.PART, About.KEEPER) or own is None:
        return []
    if known.roll.seat(matter.seat or "") is not own:
        return []
    zone = await zone_of(call, assembly)
    asks = (
        "whether to part from your congregation"
        if matter.about is About.PART
        else f"whether {escaped(matter.to or '')} speaks for your congregation from now on, as if my account were lost"
    )
    text = (
        f"**{put_by(known, standing)}** asks the other congregations of **{escaped(assembly.name)}** (matter {number}) {asks}, "
        f"until **{clock.words(matter.until, zone)}**. Whom such a matter is about has no voice in it.\n\n"
        "What you can do: talk with the others in the room for people, and say how it is. What you adopted stays yours, "
        f"whatever comes out.\n\n`assembly matter {number}` shows it."
    )
    return await told(call, assembly, text, once=f"matter:{matter.id}")


async def _too_many(
    call: Call, assembly: Assembly, known: Ledger, standing: Standing
) -> list[Effect]:
    text = (
        f"**{put_by(known, standing)}** has put more than {MOST_AT_ONCE} matters to the congregations of "
        f"**{escaped(assembly.name)}** at once. I tell you of no more of them until some are over; `assembly matters` lists all."
    )
    return [
        *await told(call, assembly, text, once=f"many:{standing.matter.sender}"),
        *_hours(call, assembly, standing.matter),
    ]


async def _arrived(
    call: Call,
    assembly: Assembly,
    known: Ledger,
    number: str,
    standing: Standing,
    why: Hesitation | None,
) -> list[Effect]:
    hours, matter = _hours(call, assembly, standing.matter), standing.matter.id
    if why is None:
        text = await _asked_words(call, assembly, known, number, standing)
        named = answered_under(assembly, matter)
        taps = (CONSENTS, ASIDE) if speaking(known, standing, call.house.me) else ()
        once = f"matter:{matter}"
        return [*await told(call, assembly, text, once=once, name=named, taps=taps), *hours]
    if why is Hesitation.NO_ENTRY:
        text = await _waiting_words(call, assembly, known, number, standing)
        return [*await told(call, assembly, text, once=f"waits:{matter}"), *hours]
    if why is Hesitation.UNFIT:
        seen = assembly.looked_at.get(standing.matter.to or "", {})
        unfit = seen.get("parts", {}).get(standing.matter.part)
        reason = f"{why}: {unfit}"
    else:
        reason = str(why)
    text = (
        f"**{put_by(known, standing)}** put a matter to the congregations of **{escaped(assembly.name)}** (matter {number}): "
        f"{ending(standing.matter.title)} I do not ask you for a position, because {reason}. Nothing was sent; "
        f"`assembly matter {number}` shows it, and whoever put it can put it anew."
    )
    return [*await told(call, assembly, text, once=f"hesitated:{matter}"), *hours]


def answered_under(assembly: Assembly, matter: str) -> str:
    """The name of a message under which our hosts can say a position."""
    return f"{ANSWERS}:{assembly.id}:{matter}"


async def _waiting_words(
    call: Call, assembly: Assembly, known: Ledger, number: str, standing: Standing
) -> str:
    """A room that we cannot look at: nobody is asked yet."""
    zone = await zone_of(call, assembly)
    return (
        f"**{put_by(known, standing)}** asks the congregations of **{escaped(assembly.name)}** (matter {number}) whether "
        f"“{standing.matter.part}” goes on in another room. Nothing is to be done yet: I look at that room as soon as it lets me in, "
        f"and then ask you. If it does not until **{clock.words(standing.matter.until, zone)}**, I count the matter as refused. "
        f"`assembly matter {number}` shows it."
    )


async def _asked_words(
    call: Call, assembly: Assembly, known: Ledger, number: str, standing: Standing
) -> str:
    """What our hosts are asked, with everything that they need to find a position and to say it."""
    matter = standing.matter
    zone = await zone_of(call, assembly)
    entitled = standing.outcome.entitled
    head = (
        f"**{put_by(known, standing)}** asks the congregations of **{escaped(assembly.name)}** (matter {number}): "
        f"**{escaped(matter.title)}**"
    )
    until = (
        f"Until **{clock.words(matter.until, zone)}**; {counted(entitled, 'congregation', 'congregations')} may speak. It passes "
        f"{passing_words(matter.passing)}."
    )
    if not speaking(known, standing, call.house.me):
        return "\n\n".join([
            head,
            await _question_words(assembly, known, standing),
            f"{until} Yours did not opt in to that sprint, so it is asked for no position; I count along.",
        ])  # fmt: skip
    return "\n\n".join([
        head,
        await _question_words(assembly, known, standing),
        until,
        "How your congregation decides is its own. You say what came of it:",
        ways(number, matter),
        f"Until all is counted it can be said otherwise. `assembly matter {number}` tells how it stands.",
    ])  # fmt: skip


def ways(number: str, matter: Matter) -> str:
    """How a position is said to a matter, by a tap and in words."""
    lines = [
        f"{CONSENTS} we consent · {ASIDE} we stand aside · or reply “objection because …”\n",
        f"- `assembly say {number} consent`",
        f"- `assembly say {number} objection because …`",
        f"- `assembly say {number} aside`",
    ]
    if matter.passing.people is not None:
        lines.append(
            f"- `assembly say {number} consent from poll 12`: with how your people voted in a poll that is over. You see the sums "
            "first, and fewer than 5 are never shown."
        )
    return "\n".join(lines)


def _hours(call: Call, assembly: Assembly, matter: Matter) -> list[Effect]:
    """When hosts are reminded, and when we count whatever has been said."""
    about = f"assembly:{assembly.id}"
    content = {"assembly": assembly.id, "matter": matter.id}
    hours: list[Effect] = [
        Ring(
            ritual="assembly-counts",
            about=about,
            when=matter.id,
            at=max(matter.until + GRACE, now_of(call)),
            room=assembly.room,
            content=content,
        )
    ]
    if matter.until - REMIND > now_of(call):
        hours.append(
            Ring(
                ritual="assembly-reminds",
                about=about,
                when=matter.id,
                at=matter.until - REMIND,
                useful_until=matter.until,
                room=assembly.room,
                content=content,
            )
        )
    return hours


@ritual(
    name="assembly-reminds",
    help="a day before a matter of an assembly ends, tells the hosts of a congregation that has said nothing to it",
)
async def reminds(call: Call) -> Effects:
    """A matter ends tomorrow."""
    assembly = await row_of(Assembly, call.content["assembly"])
    if assembly is None or assembly.state is not State.SEATED:
        return []
    known, matter = await ledger(assembly), str(call.content["matter"])
    standing, me = known.standing(matter), call.house.me
    if standing is None or standing.word is not None or not speaking(known, standing, me):
        return []
    if own_seat(standing, me) in standing.positions or f"matter:{matter}" not in assembly.told:
        return []
    zone, number = await zone_of(call, assembly), number_of(known, matter)
    text = (
        f"Tomorrow, **{clock.words(standing.matter.until, zone)}**, matter {number} of **{escaped(assembly.name)}** ends: "
        f"{ending(standing.matter.title)}\n\nIf your congregation has found a position, "
        f"`assembly say {number} consent`, `assembly say {number} objection because …` or `assembly say {number} aside` says it. "
        "If it would rather say nothing, that is fine."
    )
    return await told(call, assembly, text, once=f"reminded:{matter}")


# ----------------------------------------------------------------------------------------------- reading


async def listed(call: Call, assembly: Assembly, _rest: str = "") -> list[Effect]:
    """All matters: the open ones first, then the newest of those that are over."""
    known = await ledger(assembly)
    zone, now, me = await zone_of(call, assembly), now_of(call), call.house.me
    rows = [
        (number, standing)
        for number, id_ in _by_number(known)
        if (standing := known.standing(id_)) is not None
    ]
    if not rows:
        return [
            Say(
                text=f"No matter was put to the congregations of **{escaped(assembly.name)}** yet. "
                "`assembly put TITLE: text; until 20 December` puts one."
            )
        ]
    still = [each for each in rows if each[1].word is None and not each[1].torn]
    over = [each for each in rows if each not in still][::-1]
    lines = [
        f"- {number}: **{escaped(each.matter.title)}** · {_state_words(each, zone, now)}{_ours(each, me)}"
        for number, each in [*still[:MOST_SHOWN], *over[:MOST_OVER]]
    ]
    unseen = len(rows) - len(lines)
    if unseen:
        lines.append(f"- and {unseen} more")
    head = f"Matters of **{escaped(assembly.name)}**, {len(still) or 'none'} open:"
    return [
        Say(
            text="\n".join(
                [
                    head,
                    "",
                    *lines,
                    "",
                    f"`assembly matter {[*still, *over][0][0]}` shows one of them whole.",
                ]
            )
        )
    ]


def _ours(standing: Standing, me: str) -> str:
    position = standing.positions.get(own_seat(standing, me) or "")
    return f" · yours {STANDS[position.stand]}" if position is not None else ""


async def one(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """One matter whole: its text, each congregation's position with its reason, and the seals."""
    known = await ledger(assembly)
    number, standing, _ = find(known, rest)
    zone, now = await zone_of(call, assembly), now_of(call)
    parts = [
        (
            f"Matter {number} of **{escaped(assembly.name)}**, put by **{put_by(known, standing)}**: "
            f"**{escaped(standing.matter.title)}**"
        ),
        await _question_words(assembly, known, standing),
        f"It passes {passing_words(standing.matter.passing)}. Now {_state_words(standing, zone, now)}.",
        "\n".join(_position_lines(standing)),
        _seal_words(standing),
    ]
    if not _can_answer(call, known, standing):
        return [Say(text="\n\n".join(filter(None, parts)))]
    parts.append(f"You say what your congregation found:\n\n{ways(number, standing.matter)}")
    return [
        Say(
            text="\n\n".join(filter(None, parts)),
            name=answered_under(assembly, standing.matter.id),
            taps=(CONSENTS, ASIDE),
        )
    ]


def _can_answer(call: Call, known: Ledger, standing: Standing) -> bool:
    """Whether our congregation can still say something to a matter, as far as time and its own count go."""
    me, matter = call.house.me, standing.matter
    over = standing.word is not None or standing.torn or now_of(call) >= matter.until + GRACE
    return (
        not over and speaking(known, standing, me) and own_seat(standing, me) not in standing.seals
    )


def reasons(standing: Standing) -> str:
    """Why congregations object, as they said it; empty when none does."""
    said = [
        f"- **{escaped(seat.name)}** objects: {escaped(_short(position.reason))}"
        for seat in sorted(
            standing.electorate.values(), key=lambda each: (each.name.casefold(), each.id)
        )
        if (position := standing.positions.get(seat.id)) is not None
        and position.stand is Stand.OBJECTION
    ]
    more = len(said) - MOST_REASONS
    return "\n".join([*said[:MOST_REASONS], *([f"- and {more} more"] if more > 0 else [])])


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD].rstrip()} …"


def _position_lines(standing: Standing) -> Iterable[str]:
    seats = sorted(standing.electorate.values(), key=lambda each: (each.name.casefold(), each.id))
    for seat in seats:
        position = standing.positions.get(seat.id)
        if position is None:
            continue
        line = f"- **{escaped(seat.name)}** {STANDS[position.stand]}"
        if position.people is not None:
            line += f", its people {position.people.yes} yes and {position.people.no} no"
        yield f"{line}: {escaped(position.reason)}" if position.reason else line


def _seal_words(standing: Standing) -> str:
    of = len(standing.electorate)
    said = [
        f"{sum(word in words for words in standing.seals.values())} of {of} have counted it as {word}"
        for word in Word
        if any(word in words for words in standing.seals.values())
    ]
    return f"{'; '.join(said)}." if said else ""


async def decisions(call: Call, assembly: Assembly, _rest: str = "") -> list[Effect]:
    """What the congregations agreed on: words, which each of them keeps in its own way (R137)."""
    known, when = await ledger(assembly), await seen(assembly)
    zone = await zone_of(call, assembly)
    lines = []
    for number, id_ in _by_number(known):
        standing = known.standing(id_)
        if standing is None or standing.word is not Word.ACCEPTED or standing.matter.on_roll:
            continue
        sealed = [when[e.id] for e in known.answers_to(id_) if e.kind is Kind.SEAL and e.id in when]
        day = clock.long_day(clock.wall(max(sealed, default=now_of(call)), zone))
        anew = next(
            (
                f", worded anew in matter {number_of(known, m.id)}"
                for m in known.matters()
                if m.amends == id_
            ),
            "",
        )
        lines.append(
            f"- {number}: **{escaped(standing.matter.title)}**, {day}{anew}\n  {outcome_words(standing)}"
        )
    if not lines:
        return [
            Say(
                text=f"The congregations of **{escaped(assembly.name)}** have decided nothing together yet."
            )
        ]
    head = f"What the congregations of **{escaped(assembly.name)}** agreed on:"
    foot = (
        "These are words: nothing in your congregation changes by them, and what it makes of them is its own. "
        "`assembly matter 4` shows one whole."
    )
    return [Say(text="\n".join([head, "", *lines, "", foot]))]


# ----------------------------------------------------------------------------------------------- putting


async def put(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Put a matter to the congregations, once its host has read it as the others will."""
    title, found, text = rest.partition(":")
    title = " ".join(title.split())
    if not found or not 0 < len(title) <= LONGEST_TITLE or not text.strip():
        raise Refused(
            f"A matter has a title of at most {LONGEST_TITLE} letters, and a text after a colon: `assembly put A shared glossary: "
            "We use the words of the library; until 20 December 18:00`. Nothing was sent.\n\nIt passes by consent. Behind one more "
            "semicolon it can pass otherwise: `; by majority` of the congregations, or `; by double majority` of the congregations and "
            "of the people in them."
        )
    return [await _read_first(call, assembly, title, text.strip())]


async def amend(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Put another wording of a matter; the earlier one stays as it is."""
    known = await ledger(assembly)
    number, standing, text = find(known, rest)
    if standing.matter.on_roll:
        raise Refused(
            f"Matter {number} has no wording to change. Nothing was sent; it can be put again when it is over."
        )
    if not text:
        raise Refused(
            f"The new text stands behind the number: `assembly amend {number}: …`. Nothing was sent."
        )
    return [await _read_first(call, assembly, standing.matter.title, text, amends=standing.matter)]


async def _read_first(
    call: Call, assembly: Assembly, title: str, text: str, *, amends: Matter | None = None
) -> Ask:
    zone = await zone_of(call, assembly)
    body, words = await _body(call, assembly, title, text, amends)
    until = datetime.fromisoformat(body["until"])
    space = await Room.get(id=assembly.room)
    name = room_name(space, "A congregation")
    passing = Passing(**body["passing"])
    return read_first(
        call,
        assembly,
        Kind.MATTER,
        body,
        part=Part.DECISIONS,
        shown=(
            f"I understood, for all congregations of **{escaped(assembly.name)}** to read:\n\n**{escaped(title)}**\n\n"
            f"{verbatim(words)}\n\nUntil **{clock.words(until, zone)}**. It passes {passing_words(passing)}."
            f"{_otherwise(words, passing)} What comes out is words, and changes nothing in a congregation by itself."
        ),
        said=(
            f"**{name}** puts a matter to the congregations: **{escaped(title)}**\n\n{verbatim(words)}\n\n"
            f"Until **{clock.words(until, zone)}**, {passing_words(passing)}."
        ),
        done="The matter is with the congregations now, also with yours.",
    )


async def _body(
    call: Call, assembly: Assembly, title: str, text: str, amends: Matter | None
) -> tuple[dict[str, Any], str]:
    """What a matter says, and its words alone; the clauses at the end of the text say when and how. Raises Refused."""
    zone, pieces = await zone_of(call, assembly), text.split(";")
    said: dict[str, Any] = {"about": About.DECIDE.value, "title": title, "passing": {}}
    until = clock.resolve(
        datetime.combine(clock.wall(call.at + USUALLY, zone).date(), EVENING), zone
    )
    if amends is not None:
        said |= {"amends": amends.id, "passing": _as_said(amends.passing)}
    while len(pieces) > 1:
        clause = pieces[-1].strip()
        if (when := _UNTIL.fullmatch(clause)) is not None:
            until = _until(call, when[1], zone)
        elif (passing := _passing(clause)) is not None:
            said["passing"] = passing
        elif _SPRINT.fullmatch(clause):
            said |= await _in_sprint(assembly)
        else:
            break
        pieces.pop()
    words = ";".join(pieces).strip()
    _check_clauses(pieces[1:])
    if not 0 < len(words) <= LONGEST_TEXT:
        raise Refused(f"A matter's text has 1 to {LONGEST_TEXT} letters. Nothing was sent.")
    _check_time(call, until)
    return {**said, "text": words, "until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}, words


def _otherwise(words: str, passing: Passing) -> str:
    """A text that speaks of a majority and passes by consent may have meant another way."""
    if passing.congregations is not None or "majority" not in words.casefold():
        return ""
    return " Your text speaks of a majority: `; by majority` or `; by double majority` as its last words would change that."


def _passing(clause: str) -> dict[str, int] | None:
    """When a matter passes, as a clause says it; None for any other clause."""
    if folded(clause) in ("consent", "by consent"):
        return {}
    majority = _MAJORITY.fullmatch(folded(clause))
    if majority is not None:
        people = {"people": MAJORITY} if majority["double"] or majority["people"] else {}
        return {"congregations": MAJORITY, **people}
    shares = _SHARES.fullmatch(folded(clause))
    if shares is None:
        return None
    return {"congregations": int(shares[1]), **({"people": int(shares[2])} if shares[2] else {})}


def _check_clauses(unread: list[str]) -> None:
    """No end and no way of passing stands in front of a clause that means nothing. Raises Refused."""
    clauses = [each.strip() for each in unread]
    if any(_UNTIL.fullmatch(each) or _passing(each) is not None for each in clauses):
        raise Refused(
            f"I can make nothing of {escaped(shown(clauses[-1]))} at the end. Nothing was sent; behind the text may stand `; until "
            "20 December 18:00`, and `; by majority`, `; by double majority` (of congregations and of people) or `; in the sprint`."
        )


def _as_said(passing: Passing) -> dict[str, int]:
    given = {"congregations": passing.congregations, "people": passing.people}
    return {key: value for key, value in given.items() if value is not None}


def _until(call: Call, text: str, zone: ZoneInfo) -> datetime:
    try:
        return read_when(text, now=call.at, zone=zone, at=EVENING).at
    except NotUnderstood as why:
        raise Refused(
            f"{verbatim(str(why))}\n\nNothing was sent. A day and a time can be read: `until 20 December 18:00`."
        ) from why


def _check_time(call: Call, until: datetime) -> None:
    if until - call.at < SOONEST:
        raise Refused(
            "Congregations need at least three days to find a position, and the letter a day to reach all. Nothing was sent; "
            "an end at least four days from now works."
        )
    if until - call.at > LONGEST_OPEN:
        raise Refused(
            "A matter stays open for at most a hundred days. Nothing was sent; an earlier end works."
        )


async def _in_sprint(assembly: Assembly) -> dict[str, Any]:
    """The newest sprint that somebody opted in to, and who did. Raises Refused."""
    known, when = await ledger(assembly), await seen(assembly)
    for id_ in sorted(known.of_kind(Kind.SPRINT), key=lambda each: when[each], reverse=True):
        opted = [each.letter.id for each in heard_of(known, Kind.OPT_IN, id_) if each.speaks]
        if opted:
            return {"rests_on": id_, "opted": sorted(opted)[:200]}
    raise Refused(
        f"Nobody has opted in to a sprint of **{escaped(assembly.name)}**, so no matter can belong to one. Nothing was sent. "
        "`assembly join sprint` opts in; without “in the sprint” the matter goes to all."
    )


def seat_called(known: Ledger, said: str) -> Seat:
    """The seat of a congregation by its name or its keeper's address. Raises Refused."""
    seats = list(known.roll.seats.values())
    found = [e for e in seats if folded(said) in (folded(e.name), folded(e.keeper))]
    if len(found) == 1:
        return found[0]
    if found:
        keepers = ", ".join(sorted(escaped(each.keeper) for each in found))
        raise Refused(
            f"More than one congregation is called {escaped(shown(said))}. Nothing was sent; their keepers' addresses tell them "
            f"apart: {keepers}."
        )
    names = ", ".join(sorted(escaped(each.name) for each in seats))
    raise Refused(
        f"No congregation called {escaped(shown(said))} has a seat here. Nothing was sent. There are: {names}."
    )
