"""One-to-ones: two people, or three, are brought to a time that suits them, reminded, and asked whether they met (DYAD-1).

All of it is said in private, each by their own clock. Nobody is written to more than four times for one of them without
having spoken (R14), nobody hears who was silent, and what stays is that they met, and on which day (R33).

A feature begins one with `begin`, and hears of its end through `FOLLOWS`.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from handlers.asking import asked, now_of, whispered, zone_of
from handlers.conversation import run, sentence
from handlers.drafting import KEYCAPS
from handlers.language import (
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
from handlers.meetings import quiet_for
from handlers.names import called, room_name
from handlers.words import escaped, first_word, folded, sign
from practices import clock, slots
from practices.circles import RoomKind
from practices.dates import read_when
from practices.dyads import Ended, Occasion, Stage, common, proposals
from practices.meetings import Quiet, last_waking
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.dyads import Dyad, OneToOne, ahead_of, forget_met, have_met
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room

#: R14: nobody hears more often of one meeting without having spoken.
MOST = 4

#: The invitation, and one word more: the others are for the time that is agreed on, and for what is after it.
_UNTIL_AGREED = 2

#: After so long whoever has not answered is asked once more; after so much longer it rests.
ONCE_MORE, RESTS = timedelta(days=3), timedelta(days=4)

#: After all have answered without a time in common, each may say more before it is laid out.
_MOMENT = timedelta(hours=1)

A_DAY = timedelta(days=1)

#: Further ahead than this nobody is kept waiting.
_FURTHEST = timedelta(days=90)

#: The morning question is of use so long.
_STILL_ASKED = timedelta(days=21)

_MORNING = time(9)

HALF, ANEW, OFF = "⏳", "🔁", "❌"

OTHERS = Option(
    sign="🔁", word="others", also=("other times", "suggest others", "more", "none", "none of them")
)
NOT_NOW = Option(
    sign="✋",
    word="not this time",
    also=("no", "n", "not now", "no thanks", "pass", "stop", "skip", "❌", "👎"),
)
MET = Option(sign="✅", word="yes", also=("y", "we met", "we did", "met", "👍", "✔"))
NOT_YET = Option(sign="⏳", word="not yet", also=("no", "n", "not", "✋", "❌", "👎"))
AGAIN = Option(sign="🔁", word="another time", also=("yes", "others", "again", "✅"))
REST = Option(sign="🌙", word="let it rest", also=("rest", "no", "stop", "✋", "pass"))

Follow = Callable[[Call, OneToOne, Ended], Awaitable[list[Effect]]]

#: What a feature does when a one-to-one of its occasion is over. The row still says who, for what and when; it is
#: deleted afterwards. The people were told all that there is to tell.
FOLLOWS: dict[Occasion, Follow] = {}

_WHY = {
    Occasion.DYAD: "for your dyad",
    Occasion.ROTA: "from the pair rota",
    Occasion.PAIRING: "from the pairing round",
    Occasion.ONBOARDING: "for your onboarding pair",
    Occasion.STEWARDSHIP: "for your stewardship",
}


def about(one: OneToOne) -> str:
    """What the hours and the waiting words of a one-to-one belong to."""
    return f"one-to-one:{one.id}"


# -------------------------------------------------------------------------------------------- beginning


async def begin(
    call: Call,
    people: Sequence[str],
    *,
    circle: str,
    occasion: Occasion,
    subject: str,
    minutes: int = 60,
    signals: Iterable[str] = (),
) -> list[Effect]:
    """Bring two people, or three, to a one-to-one: each is told who the others are and why, and asked for times.

    `circle` is the room that it is for, and with which it goes; "dyad:12" for that of a dyad. `subject` is what the
    feature calls its own (at most 64 characters). `signals` are those who would like a signal at half time. Raises
    ValueError for any other number of people.
    """
    if not 2 <= len(set(people)) <= 3:  # noqa: PLR2004 - two, or a trio where they are an odd number
        raise ValueError("a one-to-one is of two people, or of three")
    one = await OneToOne.create(
        room=circle,
        people=sorted(set(people)),
        occasion=occasion,
        subject=subject,
        minutes=minutes,
        signals=sorted(set(signals)),
    )
    return await _arranged(call, one)


async def _arranged(call: Call, one: OneToOne) -> list[Effect]:
    """Propose times to all, and write ahead when they are asked once more."""
    times = await _proposed(call, one, ())
    one.options = [each.isoformat() for each in times]
    one.suits, one.at, one.stage = {}, None, Stage.ARRANGING
    effects: list[Effect] = []
    for person in one.people:
        effects += await _times(call, one, person, head=await _invitation(one, person))
    return await _until_answered(call, one, effects)


async def _until_answered(call: Call, one: OneToOne, effects: list[Effect]) -> list[Effect]:
    """All were asked for times, whoever began it included; after some days once more."""
    one.told = {each: max(1, one.told.get(each, 0)) for each in one.people}
    await one.save()
    return [*effects, _again(one, now_of(call) + ONCE_MORE, "all")]


async def _invitation(one: OneToOne, person: str) -> str:
    place = await Room.get_or_none(id=one.room)
    where = f" in **{room_name(place, 'your circle')}**" if place is not None else ""
    return (
        f"**A one-to-one with {await others(one, person)}**, {_WHY[one.occasion]}{where}: about {one.minutes} minutes. "
        "What you say stays between you."
    )


def _again(one: OneToOne, at: datetime, why: str) -> Ring:
    return _ring(one, "one-to-one-again", at, f"{why} {at.isoformat()}", why=why)


def _ring(
    one: OneToOne,
    ritual_: str,
    at: datetime,
    when: str,
    until: datetime | None = None,
    **content: object,
) -> Ring:
    """An hour of a one-to-one, known by its turn: of a time that was given up none is kept."""
    digest = blake2b(f"{one.turn} {when}".encode(), digest_size=16).hexdigest()
    return Ring(
        ritual=ritual_,
        about=about(one),
        at=at,
        when=digest,
        useful_until=until,
        room=one.room,
        content={"one_to_one": one.id, "turn": one.turn, **content},
    )


# ------------------------------------------------------------------------------------- who and where


async def place_of(one: OneToOne) -> Room:
    """The circle of a one-to-one; for that of a dyad something that has its clocks."""
    room = await Room.get_or_none(id=one.room)
    if room is not None:
        return room
    kind, _, number = one.room.partition(":")
    dyad = await row_of(Dyad, number) if kind == "dyad" else None
    return await place(one.room, dyad)


async def place(called: str, dyad: Dyad | None) -> Room:
    """A room in name only, with the clocks of the circle in which the two of a dyad know each other."""
    known = dyad and (dyad.home or dyad.circle)
    seen: set[str] = set()
    room = None
    while known and known not in seen:
        seen.add(known)
        room = await Room.get_or_none(id=known) or room
        known = room.successor if room is not None else None
    return Room(id=called, zone=room.zone if room is not None else None)


async def _here(call: Call, one: OneToOne) -> Call:
    """The same call in the place of a one-to-one: its clocks count, and what waits for a morning belongs there."""
    return replace(call, room=await place_of(one), thread=None)


async def zone_for(call: Call, one: OneToOne, person: str) -> ZoneInfo:
    """The clock that somebody reads for a one-to-one: their own, or that of its circle."""
    return await zone_of(call, person, await place_of(one))


async def _nights(call: Call, one: OneToOne) -> dict[str, tuple[ZoneInfo, Quiet]]:
    """The zone and quiet hours of everybody, also of those who would rather not be called by name."""
    room = await place_of(one)
    known = {each.id: each async for each in Person.filter(id__in=one.people)}
    return {
        person: (await zone_of(call, person, room), quiet_for(known.get(person), room))
        for person in one.people
    }


async def others(one: OneToOne, person: str) -> str:
    """The names of the others, as in `Ben` or `Ben and Cleo`."""
    return await _names(one, [each for each in one.people if each != person], person)


async def _names(one: OneToOne, people: Iterable[str], to: str) -> str:
    names = [await called(each, to, one.room) for each in people]
    return " and ".join(sorted(names, key=str.casefold))


async def _of_hour(call: Call) -> OneToOne | None:
    """The one-to-one of an hour, unless another time was looked for since."""
    one = await row_of(OneToOne, call.content.get("one_to_one"))
    return one if one is not None and one.turn == call.content.get("turn") else None


def _may_tell(one: OneToOne, person: str, most: int = MOST) -> bool:
    """Whether somebody may be written to once more without having spoken (R14)."""
    return one.told.get(person, 0) < most


def _count(call: Call, one: OneToOne, person: str) -> None:
    """Somebody is written to; whoever just speaks asked for it."""
    if person != call.sender:
        one.told = {**one.told, person: one.told.get(person, 0) + 1}


async def _tell(
    call: Call,
    one: OneToOne,
    person: str,
    text: str,
    *,
    taps: tuple[str, ...] = (),
    dispensable: bool = False,
) -> list[Effect]:
    """A private word about a one-to-one, counted; under it the taps of a time that stands."""
    _count(call, one, person)
    return await whispered(
        await _here(call, one),
        person,
        text,
        about=about(one),
        name=about(one) if taps else None,
        taps=taps,
        dispensable=dispensable,
    )


async def _quietly_gone(one: OneToOne) -> list[Effect]:
    """Nothing is asked or waits any more for this one-to-one."""
    for question in await Question.filter(person__in=one.people, inquiry__startswith="one-to-one"):
        if question.data.get("one_to_one") == one.id:
            await question.delete()
    return [CallOff(about=about(one))]


async def over(call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
    """A one-to-one is over: its feature hears of it, and nothing of it stays here."""
    gone = await _quietly_gone(one)
    follow = FOLLOWS.get(one.occasion)
    follows = await follow(call, one, ended) if follow is not None else []
    await one.delete()
    return [*gone, *follows]


# ------------------------------------------------------------------------------------- finding a time


async def _proposed(call: Call, one: OneToOne, seen: Iterable[str]) -> tuple[datetime, ...]:
    return proposals(
        await _nights(call, one),
        now=now_of(call),
        minutes=one.minutes,
        seen=[datetime.fromisoformat(each) for each in seen],
    )


async def _times(
    call: Call, one: OneToOne, person: str, *, head: str, shown: Sequence[str] | None = None
) -> list[Effect]:
    """Ask somebody which times suit them, each on their own clock; what was asked before is closed."""
    zone = await zone_for(call, one, person)
    known = one.options if shown is None else shown
    options = [each for each in known if datetime.fromisoformat(each) > now_of(call)]
    options = sorted(options)[: len(KEYCAPS)]
    for former in await Question.filter(person=person, inquiry="one-to-one-times"):
        if former.data.get("one_to_one") == one.id:
            await former.delete()
    _count(call, one, person)
    return await asked(
        await _here(call, one),
        person,
        f"{head}\n\n{await _laid_out(one, person, options, zone)}",
        about=about(one),
        inquiry="one-to-one-times",
        until=now_of(call) + ONCE_MORE + RESTS,
        data={"one_to_one": one.id, "turn": one.turn, "shown": options},
        without=tuple(each.word for each in KEYCAPS[len(options) :]),
    )


async def _laid_out(one: OneToOne, person: str, options: Sequence[str], zone: ZoneInfo) -> str:
    if not options:
        return (
            "I found no half hour in the next two weeks that lies outside your quiet hours and theirs. A time of your own "
            "can still suit you both: write it, such as “thursday 19:00”.\n\n✋ not this time"
        )
    lines = []
    for place_, option in enumerate(options):
        words = clock.short_words(datetime.fromisoformat(option), zone)
        who = [each for each in one.people if each != person and option in one.suits.get(each, [])]
        also = f" – suits {await _names(one, who, person)}" if who else ""
        lines.append(f"{KEYCAPS[place_].sign} {words}{also}")
    return (
        f"Which would suit you, by the clocks of {escaped(zone.key)}?\n\n"
        + "\n".join(lines)
        + "\n\n"
        "Tap all that do, or write them, such as “1 and 3”, or a time of your own, such as “thursday 19:00”. The first one "
        "that suits you both is agreed.\n\n🔁 others · ✋ not this time"
    )


async def _claims(call: Call, question: Question, said: str) -> bool:
    """Whether words that begin like a command name a time, or times by their numbers."""
    shown = question.data.get("shown")
    many = len(shown) if isinstance(shown, list) else 0
    if slots.chosen(said, many) is not None:
        return True
    try:
        read_when(said, now=call.at, zone=await zone_of(call, call.person))
    except NotUnderstood:
        return False
    return True


@inquiry(
    name="one-to-one-times",
    options=(*KEYCAPS, OTHERS, NOT_NOW),
    claims=_claims,
    late="That one-to-one was arranged or rests by now. Nothing was changed.",
)
async def times_said(call: Call, question: Question, said: str) -> Effects:
    """Somebody says which times suit them, asks for others, or would rather not this time."""
    one = await row_of(OneToOne, question.data.get("one_to_one"))
    if one is None or one.stage is not Stage.ARRANGING or call.person not in one.people:
        await question.delete()
        return [Say(text="That one-to-one is over, or its time is found. Nothing was changed.")]
    if said == NOT_NOW.word:
        return await declined(call, one)
    if said == OTHERS.word:
        return await _others(call, one)
    meant = sentence(call, call.text)
    if meant is not None:  # "leave me alone" is no time
        return await run(call, *meant)
    shown = question.data["shown"]
    assert isinstance(shown, list)
    places = slots.chosen(said, len(shown))
    if folded(said) in ("all", "any", "any of them", "all of them", "every one"):
        places = tuple(range(len(shown)))
    if places is not None:
        single = said.isdecimal()
        return await _suits(call, one, [str(shown[each]) for each in places], add=single)
    if said.isdecimal():
        raise NotUnderstood(f"There is no time {said} in that list.")
    return await _typed(call, one, said)


async def _typed(call: Call, one: OneToOne, said: str) -> list[Effect]:
    """A time of somebody's own. Raises NotUnderstood for what is none, and for one too far away."""
    zone = await zone_for(call, one, call.person)
    at = read_when(said, now=call.at, zone=zone).at
    if at > call.at + _FURTHEST:
        raise NotUnderstood(
            "That is more than three months away. A nearer time, such as “thursday 19:00”, can be agreed now."
        )
    option = at.astimezone(UTC).isoformat()
    one.options = sorted({*one.options, option})
    return await _suits(call, one, [option], add=True)


async def _suits(call: Call, one: OneToOne, times: Sequence[str], *, add: bool) -> list[Effect]:
    """What suits somebody is noted; a time that suits all is agreed."""
    now = now_of(call)
    ahead = [each for each in times if datetime.fromisoformat(each) > now]
    if not ahead:
        return await _others(call, one, head="That time has passed meanwhile.")
    known = one.suits.get(call.person, []) if add else []
    one.suits = {**one.suits, call.person: sorted({*known, *ahead})}
    at = common(one.suits, one.people, now)
    if at is not None:
        return await _agreed(call, one, at)
    await one.save()
    zone = await zone_for(call, one, call.person)
    mine = "; ".join(
        clock.short_words(datetime.fromisoformat(each), zone) for each in one.suits[call.person]
    )
    effects: list[Effect] = [
        Say(
            text=f"Noted: {mine}. As soon as one of them suits {await others(one, call.person)}, too, you hear of it here."
        )
    ]
    if all(one.suits.get(person) for person in one.people):
        effects.append(_again(one, now + _MOMENT, "unmet"))
    return effects


async def _others(call: Call, one: OneToOne, head: str = "Others:") -> list[Effect]:
    """Further times, beside those that suit the others already."""
    fresh = await _fresh(call, one)
    if not fresh:
        head = (
            "I have no further half hour to propose that lies outside your quiet hours and theirs."
        )
    theirs = {each for who, times in one.suits.items() if who != call.person for each in times}
    shown = sorted([*fresh, *sorted(theirs - set(fresh))][: len(KEYCAPS)])
    effects = await _times(call, one, call.person, head=head, shown=shown)
    await one.save()
    return effects


@ritual(
    name="one-to-one-again",
    help="asks once more, kindly, those of a one-to-one whose times are not known, or lays out what suits the others",
)
async def again(call: Call) -> Effects:
    """Some have not answered, or nothing suits all; from now on it rests by itself."""
    one = await _of_hour(call)
    if one is None or one.stage is not Stage.ARRANGING:
        return []
    asked_ = [each for each in one.people if _is_asked_again(one, each, str(call.content["why"]))]
    fresh = await _fresh(call, one) if asked_ else []
    effects: list[Effect] = []
    for person in asked_:
        name = await others(one, person)
        head = (
            f"No time suits all of you yet. What suits {name} is marked; you can also agree on one between you and write it here."
            if one.suits.get(person)
            else f"A one-to-one with {name} would still be nice; there is no hurry."
        )
        shown = _shown(one, person, fresh, now_of(call))
        effects += await _times(call, one, person, head=head, shown=shown)
    if call.content["why"] == "all":
        effects.append(_ring(one, "one-to-one-rest", now_of(call) + RESTS, "rest"))
    await one.save()
    return effects


def _is_asked_again(one: OneToOne, person: str, why: str) -> bool:
    """Once more, and no more: whoever was silent after some days; whoever has answered, when all have and nothing fits."""
    if not _may_tell(one, person, _UNTIL_AGREED):
        return False
    if not one.suits.get(person):
        return why == "all"
    return all(one.suits.get(each) for each in one.people)


async def _fresh(call: Call, one: OneToOne) -> list[str]:
    """Further times, the same for all of them."""
    fresh = [each.isoformat() for each in await _proposed(call, one, one.options)]
    one.options = sorted({*one.options, *fresh})
    return fresh


def _shown(one: OneToOne, person: str, fresh: Sequence[str], now: datetime) -> list[str]:
    """What suits the others, then what is new, then what was proposed before; nothing that suits only this person."""
    theirs = sorted({each for who, times in one.suits.items() if who != person for each in times})
    mine = set(one.suits.get(person, []))
    former = [] if mine else [each for each in one.options if each not in fresh]
    wanted = dict.fromkeys([*theirs, *fresh, *former])
    ahead = [each for each in wanted if datetime.fromisoformat(each) > now and each not in mine]
    return sorted(ahead[: len(KEYCAPS)])


@ritual(name="one-to-one-rest", help="lets a one-to-one rest that no time was found for")
async def rest(call: Call) -> Effects:
    """It was asked for twice; more would be nagging."""
    one = await _of_hour(call)
    if one is None or one.stage is Stage.AGREED:
        return []
    effects: list[Effect] = []
    if one.stage is Stage.ARRANGING:
        for person in one.people:
            if _may_tell(one, person):
                effects += await _farewell(
                    call,
                    one,
                    person,
                    f"No time was found for a one-to-one with {await others(one, person)} this once, so it rests. When you "
                    f"agree on one between you, you need nothing from me. {_next(one)}",
                    dispensable=True,
                )
    return [*await over(call, one, Ended.RESTED), *effects]


def _next(one: OneToOne) -> str:
    return "`dyad` shows what is next." if one.occasion is Occasion.DYAD else ""


async def _farewell(
    call: Call, one: OneToOne, person: str, text: str, *, dispensable: bool = False
) -> list[Effect]:
    """A last word, which belongs to no one-to-one that could be called off."""
    here = await _here(call, one)
    return await whispered(here, person, text.strip(), about="one-to-ones", dispensable=dispensable)


# --------------------------------------------------------------------------------- a time is agreed on


async def _agreed(call: Call, one: OneToOne, at: datetime) -> list[Effect]:
    gone = await _quietly_gone(one)
    one.at, one.stage, one.turn = at, Stage.AGREED, one.turn + 1
    one.suits, one.options = {}, []
    effects: list[Effect] = []
    for person in one.people:
        effects += await _tell(
            call, one, person, await _agreed_words(call, one, person), taps=(HALF, ANEW, OFF)
        )
    await one.save()
    return [*gone, *effects, *await _hours(call, one)]


async def _agreed_words(call: Call, one: OneToOne, person: str) -> str:
    assert one.at is not None
    zone = await zone_for(call, one, person)
    half = "stop the signal at half time" if person in one.signals else "signal me at half time"
    return (
        f"**{clock.short_words(one.at, zone)}** – your one-to-one with {await others(one, person)} "
        f"({escaped(zone.key)}).\n\n{HALF} {half} · {ANEW} another time · {OFF} not this time"
    )


async def _hours(call: Call, one: OneToOne) -> list[Effect]:
    """The reminder a day before, the signal at half time, and the question on the next morning, each by their own clock."""
    assert one.at is not None
    now, until = now_of(call), one.at + timedelta(minutes=one.minutes)
    effects: list[Effect] = []
    for person, (zone, quiet) in (await _nights(call, one)).items():
        before = last_waking(one.at - A_DAY, zone, quiet)
        if before > now:
            effects.append(
                _ring(one, "one-to-one-remind", before, f"{person} remind", one.at, person=person)
            )
        effects.append(
            _ring(
                one,
                "one-to-one-half",
                one.at + timedelta(minutes=one.minutes) / 2,
                f"{person} half",
                until,
                person=person,
            )
        )
        morning = datetime.combine(clock.wall(until, zone).date() + A_DAY, _MORNING)
        effects.append(
            _ring(
                one,
                "one-to-one-met",
                clock.resolve(morning, zone),
                f"{person} met",
                clock.resolve(morning, zone) + _STILL_ASKED,
                person=person,
            )
        )
    return effects


@ritual(name="one-to-one-remind", help="reminds each of two people a day before their one-to-one")
async def remind(call: Call) -> Effects:
    """A day before, or on the evening before that night."""
    one, person = await _of_hour(call), str(call.content["person"])
    if one is None or one.at is None or person not in one.people or not _may_tell(one, person):
        return []
    text = await _agreed_words(call, one, person)
    effects = await _tell(call, one, person, text, taps=(HALF, ANEW, OFF))
    await one.save()
    return effects


@ritual(name="one-to-one-half", help="signals half time in a one-to-one to whoever asked for that")
async def half(call: Call) -> Effects:
    """They asked for it (R14), for a time that they accepted (R15); so it comes at its minute or not at all."""
    one, person = await _of_hour(call), str(call.content["person"])
    if one is None or person not in one.people or person not in one.signals:
        return []
    return [Whisper(person=person, text="Half time. You can change places now.")]


@tap(
    prefix="one-to-one",
    labels={
        "signal me at half time": HALF,
        "signal [at] half time": HALF,
        "half time": HALF,
        "stop the signal at half time": HALF,
        "[find] another time": ANEW,
        "others": ANEW,
        "not this time": OFF,
        "call it off": OFF,
    },
)
async def changed(call: Call, subject: str, said: str) -> Effects:
    """What somebody does with a time that is agreed on."""
    one = await row_of(OneToOne, subject)
    wanted = sign(said)
    if wanted not in (sign(HALF), sign(ANEW), sign(OFF)):
        raise NotUnderstood(f"Under that message {HALF}, {ANEW} and {OFF} mean something.")
    if one is None or call.person not in one.people or one.stage is not Stage.AGREED:
        return [Say(text="That one-to-one is over, or was moved. Nothing was changed.")]
    if wanted == sign(HALF):
        return await signalled(call, one)
    return await (moved(call, one) if wanted == sign(ANEW) else declined(call, one))


async def signalled(call: Call, one: OneToOne) -> list[Effect]:
    """The signal at half time is one's own, on or off."""
    wants = call.person not in one.signals
    one.signals = sorted({*one.signals} ^ {call.person})
    await one.save(update_fields=["signals"])
    if wants:
        text = f"Good: after {one.minutes // 2} minutes I signal half time to you."
    else:
        text = "Good: no signal at half time."
    return [Say(text=text)]


async def moved(call: Call, one: OneToOne) -> list[Effect]:
    """Somebody would like another time: it is looked for anew, and the time that stood is given up."""
    gone = await _quietly_gone(one)
    # Another time is another event (R14); its hours are told from the former's by the turn.
    one.turn, one.told = one.turn + 1, {}
    who = {each: await called(call.person, each, one.room) for each in one.people}
    times = await _proposed(call, one, ())
    one.options, one.suits = [each.isoformat() for each in times], {}
    one.at, one.stage = None, Stage.ARRANGING
    effects: list[Effect] = []
    for person in one.people:
        head = (
            "The time that stood is given up."
            if person == call.person
            else f"{who[person]} would like another time for your one-to-one; the one that stood is given up."
        )
        effects += await _times(call, one, person, head=head)
    return [*gone, *await _until_answered(call, one, effects)]


async def declined(call: Call, one: OneToOne) -> list[Effect]:
    """Not this time: the others hear no more than that, and two of three go on (R13)."""
    person, rest_ = call.person, [each for each in one.people if each != call.person]
    thanks = Say(text=f"Good: not this time, and that needs no reason. {_next(one)}".strip())
    if len(rest_) > 1:
        one.people = rest_
        one.suits = {who: times for who, times in one.suits.items() if who != person}
        one.signals = [each for each in one.signals if each != person]
        await _forget_questions(one, person)
        await one.save()
        effects: list[Effect] = [thanks]
        for each in rest_:
            effects += await _tell(
                call, one, each, f"You are two this time: you and {await others(one, each)}."
            )
        await one.save(update_fields=["told"])
        at = common(one.suits, one.people, now_of(call)) if one.stage is Stage.ARRANGING else None
        return [*effects, *(await _agreed(call, one, at) if at is not None else [])]
    effects = [thanks]
    for each in rest_:
        name = await called(person, each, one.room)
        stood = ""
        if one.at is not None:
            zone = await zone_for(call, one, each)
            stood = f", so {clock.short_words(one.at, zone)} is free again"
        effects += await _farewell(
            call, one, each, f"The one-to-one with {name}: not this time{stood}. {_next(one)}"
        )
    return [*await over(call, one, Ended.DECLINED), *effects]


async def _forget_questions(one: OneToOne, person: str) -> None:
    for question in await Question.filter(person=person, inquiry__startswith="one-to-one"):
        if question.data.get("one_to_one") == one.id:
            await question.delete()


# ---------------------------------------------------------------------------------------- did you meet


async def _met_too_late(call: Call) -> Effects:
    """The morning lies three weeks back: nobody is asked any more."""
    one = await _of_hour(call)
    return [] if one is None else await over(call, one, Ended.RESTED)


@ritual(
    name="one-to-one-met",
    help="asks on the morning after a one-to-one whether the two have met; once more, kindly, if nobody says",
    late=_met_too_late,
)
async def met_asked(call: Call) -> Effects:
    """The next morning, or once more three days later."""
    one = await _of_hour(call)
    if one is None or one.at is None or one.stage is Stage.ARRANGING:
        return []
    person = str(call.content["person"])
    one.stage = Stage.ASKED
    effects: list[Effect] = []
    if person in one.people and _may_tell(one, person):
        _count(call, one, person)
        effects += await asked(
            await _here(call, one),
            person,
            f"Did you meet, {await others(one, person)} and you? I keep yes and the day, and nothing else.\n\n"
            "✅ yes · ⏳ not yet",
            about=about(one),
            inquiry="one-to-one-met",
            until=now_of(call) + ONCE_MORE + RESTS,
            data={"one_to_one": one.id},
        )
    await one.save()
    at = now_of(call) + ONCE_MORE
    if not call.content.get("again"):
        content = {"person": person, "again": True}
        effects.append(
            _ring(one, "one-to-one-met", at, f"{person} met again", at + _STILL_ASKED, **content)
        )
    else:
        effects.append(_ring(one, "one-to-one-rest", now_of(call) + RESTS, "rest after"))
    return effects


@inquiry(
    name="one-to-one-met",
    options=(MET, NOT_YET),
    late="That question has rested for a while. Nothing was changed.",
)
async def met_said(call: Call, question: Question, said: str) -> Effects:
    """One yes is enough; a “not yet” may look for another time."""
    one = await row_of(OneToOne, question.data.get("one_to_one"))
    if said not in (MET.word, NOT_YET.word):
        return [Say(text="A word is enough: ✅ yes · ⏳ not yet.")]
    await question.delete()
    if one is None or one.at is None or one.stage is not Stage.ASKED:
        return [Say(text="Thank you; nothing more is needed.")]
    if said == MET.word:
        zone = await zone_for(call, one, call.person)
        await have_met(one.room, one.people, clock.wall(one.at, zone).date())
        return [Say(text="Good to hear."), *await over(call, one, Ended.MET)]
    return [
        Ask(
            inquiry="one-to-one-then",
            text="There is no hurry. Shall I look for another time?\n\n🔁 another time · 🌙 let it rest",
            until=call.at + ONCE_MORE,
            data={"one_to_one": one.id},
            person=call.person,
            private=True,
        )
    ]


@inquiry(name="one-to-one-then", options=(AGAIN, REST))
async def then_said(call: Call, question: Question, said: str) -> Effects:
    """Another time, or none this once."""
    one = await row_of(OneToOne, question.data.get("one_to_one"))
    if said not in (AGAIN.word, REST.word):
        return [Say(text="A word is enough: 🔁 another time · 🌙 let it rest.")]
    await question.delete()
    if one is None or one.stage is not Stage.ASKED:
        return [Say(text="Nothing more is needed.")]
    if said == AGAIN.word:
        return await moved(call, one)
    return [
        Say(text=f"Good, it rests. {_next(one)}".strip()),
        *await over(call, one, Ended.RESTED),
    ]


# ----------------------------------------------------------------------------------------- looking after


@command(
    name="one-to-one",
    aliases=("one-to-ones", "121", "talks"),
    help="see your one-to-ones ahead; move one, call one off, or have half time signalled",
    example="one-to-one",
    kinds=frozenset({RoomKind.PRIVATE}),
    instead="In our private chat `one-to-one` shows yours.",
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing to see them; “move 1”, “off 1”, “signal 1”, or “1 thursday 19:00” for a time of your own",
        ),
    ),
)
async def one_to_one(call: Call, what: str | None) -> Effects:
    """One's own, by the numbers of this list."""
    mine = await ahead_of(call.person)
    if not mine:
        raise Refused(
            "No one-to-one of yours is ahead. `dyad` followed by a name asks somebody to meet with you regularly."
        )
    if not what:
        return [Say(text=await _listed(call, mine))]
    word, rest_ = first_word(what)
    if folded(word).lstrip("#").isdecimal():
        one = _numbered(mine, word)
        return await _said_of(call, one, rest_)
    one = _numbered(mine, rest_) if rest_ else mine[0] if len(mine) == 1 else _numbered(mine, "")
    return await _said_of(call, one, word)


def _numbered(mine: Sequence[OneToOne], said: str) -> OneToOne:
    """The one that a number of the list means. Raises Refused."""
    digits = folded(said).lstrip("#")
    if digits.isdecimal() and len(digits) < 4 and 0 < int(digits) <= len(mine):  # noqa: PLR2004 - a short list
        return mine[int(digits) - 1]
    raise Refused(
        "I don't know which one you mean, so nothing was changed. `one-to-one` numbers them."
    )


async def _said_of(call: Call, one: OneToOne, said: str) -> list[Effect]:
    """What somebody says of one of theirs: a word, or a time."""
    match folded(said):
        case "off" | "cancel" | "call off" | "not this time" | "no":
            return await declined(call, one)
        case "signal" | "half" | "half time" | "halftime":
            return await signalled(call, one)
        case "move" | "others" | "change" | "another time" | "" if one.stage is Stage.AGREED:
            return await moved(call, one)
        case "move" | "others" | "change" | "another time" | "":
            return await _others(call, one)
    if one.stage is Stage.ARRANGING:
        return await _typed(call, one, said)
    zone = await zone_for(call, one, call.person)
    at = read_when(said, now=call.at, zone=zone).at
    raise Refused(
        f"A time stands for it already, and **{clock.short_words(at, zone)}** was not written down. `one-to-one move` gives "
        "the other up first, for all of you; then write the time."
    )


async def _listed(call: Call, mine: Sequence[OneToOne]) -> str:
    lines = []
    for number, one in enumerate(mine, 1):
        zone = await zone_for(call, one, call.person)
        when = clock.short_words(one.at, zone) if one.at else "a time is being looked for"
        lines.append(f"{number}. {await others(one, call.person)}: {when}")
    return (
        "\n".join(lines)
        + "\n\n`one-to-one move 1` looks for another time, `one-to-one off 1` means not this time, `one-to-one signal 1` is for "
        "half time."
    )


# -------------------------------------------------------------------------------------------- leaving


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Somebody left a circle: what was arranged for it with them is over, or goes on without them."""
    effects: list[Effect] = []
    for one in await OneToOne.filter(room=call.room.id):
        if call.person in one.people:
            effects += await _without(call, one, call.person)
    return effects


async def _without(call: Call, one: OneToOne, person: str) -> list[Effect]:
    """The same as not this time, said of nobody: those who stay hear only that it is over (R11)."""
    rest_ = [each for each in one.people if each != person]
    effects: list[Effect] = []
    quiet = replace(call, sender=None)
    if one.stage is Stage.ASKED:
        return await over(quiet, one, Ended.GONE)  # it was, or was not: no more is asked
    if len(rest_) == 1:
        name = await called(person, rest_[0], one.room)
        effects += await _farewell(
            quiet,
            one,
            rest_[0],
            f"Your one-to-one with {name} does not take place: they are no longer there.",
        )
        return [*await over(quiet, one, Ended.GONE), *effects]
    await _forget_questions(one, person)
    one.people = rest_
    one.suits = {who: times for who, times in one.suits.items() if who != person}
    one.told = {who: count for who, count in one.told.items() if who != person}
    one.signals = [each for each in one.signals if each != person]
    for each in rest_:
        effects += await _tell(
            quiet, one, each, f"You are two this time: you and {await others(one, each)}."
        )
    await one.save()
    return effects


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: nothing is arranged with them, and no day on which they met is kept."""
    effects: list[Effect] = []
    for one in await ahead_of(call.person):
        effects += await _without(call, one, call.person)
    await forget_met(call.person)
    return effects


async def end_of(call: Call, room: str) -> list[Effect]:
    """Everything arranged for a place is over, without a word: whoever ends it says so."""
    effects: list[Effect] = []
    for one in await OneToOne.filter(room=room):
        effects += await over(call, one, Ended.GONE)
    return effects
