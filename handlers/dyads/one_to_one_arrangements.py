"""The arranging of a one-to-one: each is asked which times suit, and the first that suits all is agreed on (DYAD-1).

Whoever is silent is asked once more, kindly, and then it rests; nobody hears who was silent. A feature begins one with
`begin`, and hears of its end through `appointments.FOLLOWS`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.asking import asked, now_of, zone_of
from handlers.conversation import answered, run, sentence
from handlers.dyads.appointments import (
    MOST,
    ONCE_MORE,
    RESTS,
    about,
    all_of,
    busy_of,
    count_told,
    counted,
    in_place,
    is_of_two,
    is_told_nothing,
    may_tell,
    names_of,
    nights_of,
    of_hour,
    others,
    over,
    quietly_gone,
    rests,
    ring_of,
    span,
    zone_for,
)
from handlers.dyads.one_to_one_hours import agree
from handlers.dyads.one_to_one_partings import declined
from handlers.language import Call, Effect, Effects, Option, Ring, Say, inquiry, ritual
from handlers.names import called, room_name
from handlers.polls.drafting import KEYCAPS
from handlers.words import escaped, folded
from practices import clock, slots
from practices.dates import Stretch, read_stretch, read_when
from practices.dyads import (
    Ended,
    Occasion,
    Stage,
    collides,
    common,
    proposals,
    read_met,
)
from practices.understanding import NotUnderstood
from storage import questions
from storage.database import row_of
from storage.dyads import OneToOne
from storage.questions import Question
from storage.rooms import Room

#: The invitation, and one word more: the others are for the time that is agreed on, and for what is after it.
_UNTIL_AGREED = 2

#: After all have answered without a time in common, each may say more before it is laid out.
_MOMENT = timedelta(hours=1)

#: Further ahead than this nobody is kept waiting.
_FURTHEST = timedelta(days=90)

OTHERS = Option(
    sign="🔁", word="others", also=("other times", "suggest others", "more", "none", "none of them")
)
NOT_NOW = Option(
    sign="✋",
    word="not this time",
    also=("no", "n", "not now", "no thanks", "pass", "stop", "skip", "❌", "👎"),
)

_WHY = {
    Occasion.DYAD: "for your dyad",
    Occasion.ROTA: "from the pair rota",
    Occasion.PAIRING: "from the pairing round",
    Occasion.ONBOARDING: "for your onboarding pair",
    Occasion.STEWARDSHIP: "for your stewardship",
}


async def begin(
    call: Call,
    people: Sequence[str],
    *,
    circle: str,
    occasion: Occasion,
    subject: str,
    minutes: int = 60,
    signals: Iterable[str] = (),
    unasked: Iterable[str] = (),
) -> list[Effect]:
    """Bring two people, or three, to a one-to-one: each is told who the others are and why, and asked for times.

    `circle` is the room that it is for, and with which it goes; "dyad:12" for that of a dyad. `subject` is what the
    feature calls its own (at most 64 characters). `signals` are those who would like a signal at half time. Those `unasked`
    are asked nothing and told nothing: the others find it as it is with somebody who is silent. Raises
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
        told=dict.fromkeys(unasked, MOST),
    )
    return await _arranged(call, one)


async def _arranged(call: Call, one: OneToOne) -> list[Effect]:
    """Propose times to all, and write ahead when they are asked once more."""
    times = await _proposed(call, one, ())
    one.options = [each.isoformat() for each in times]
    one.suits, one.at, one.stage = {}, None, Stage.ARRANGING
    effects: list[Effect] = []
    for person in one.people:
        if not is_told_nothing(one, person):
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
    what = "A one-to-one" if is_of_two(one) else "A one-to-one of three,"
    return (
        f"**{what} with {await others(one, person)}**, {_WHY[one.occasion]}{where}: about {one.minutes} minutes. "
        "What you say stays between you."
    )


def _again(one: OneToOne, at: datetime, why: str) -> Ring:
    return ring_of(one, "one-to-one-again", at, f"{why} {at.isoformat()}", why=why)


async def _proposed(call: Call, one: OneToOne, seen: Iterable[str]) -> tuple[datetime, ...]:
    return proposals(
        await nights_of(call, one),
        now=now_of(call),
        minutes=one.minutes,
        seen=[datetime.fromisoformat(each) for each in seen],
        busy=await busy_of(one.people, one),
    )


async def _times(
    call: Call, one: OneToOne, person: str, *, head: str, shown: Sequence[str] | None = None
) -> list[Effect]:
    """Ask somebody which times suit them, each on their own clock; what was asked before is closed."""
    zone = await zone_for(call, one, person)
    known = one.options if shown is None else shown
    options = sorted(await _free(call, one, person, known))[: len(KEYCAPS)]
    await questions.forget_about("one_to_one", one.id, person=person, inquiry="one-to-one-times")
    count_told(call, one, person)
    return await asked(
        await in_place(call, one),
        person,
        f"{head}\n\n{await _laid_out(one, person, options, zone)}",
        about=about(one),
        inquiry="one-to-one-times",
        until=now_of(call) + ONCE_MORE + RESTS,
        data={"one_to_one": one.id, "turn": one.turn, "shown": options},
        without=tuple(each.word for each in KEYCAPS[len(options) :]),
    )


async def _free(call: Call, one: OneToOne, person: str, times: Iterable[str]) -> list[str]:
    """Of these times those that lie ahead, and at which somebody has not agreed to another one-to-one."""
    busy = await busy_of([person], one)
    ahead = [(each, datetime.fromisoformat(each)) for each in times]
    return [each for each, at in ahead if at > now_of(call) and not collides(span(one, at), busy)]


async def _laid_out(one: OneToOne, person: str, options: Sequence[str], zone: ZoneInfo) -> str:
    if not options:
        return (
            "I found no half hour in the next two weeks that lies outside your quiet hours and theirs. A time of your own "
            f"can still suit {all_of(one)}: write it, such as “thursday 19:00”.\n\n✋ not this time"
        )
    lines = []
    for place_, option in enumerate(options):
        words = clock.short_words(datetime.fromisoformat(option), zone)
        who = [each for each in one.people if each != person and option in one.suits.get(each, [])]
        also = f" – suits {await names_of(one, who, person)}" if who else ""
        lines.append(f"{KEYCAPS[place_].sign} {words}{also}")
    return (
        f"Which would suit you, by the clocks of {escaped(zone.key)}?\n\n"
        + "\n".join(lines)
        + "\n\n"
        "Tap all that do, or write them, such as “1 and 3”, or a time of your own, such as “thursday 19:00”. The first one "
        f"that suits {all_of(one)} is agreed.\n\n🔁 others · ✋ not this time"
    )


async def _claims(call: Call, question: Question, said: str) -> bool:
    """Whether words that begin like a command name a time, or times by their numbers."""
    shown = question.data.get("shown")
    many = len(shown) if isinstance(shown, list) else 0
    if slots.chosen(said, many) is not None or read_stretch(said) is not None:
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
        return await further(call, one)
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
    morning = await _of_a_morning(call, said)
    if morning is not None:
        return await answered(call, morning, said)
    return await own_time(call, one, said)


async def _of_a_morning(call: Call, said: str) -> Question | None:
    """The older question whether they met, for words that answer that and are no time: “no he didnt show up”."""
    if read_met(said) is None:
        return None
    open_ = Question.filter(person=call.person, inquiry="one-to-one-met", until__gt=call.at)
    return await open_.order_by("-id").first()


async def own_time(call: Call, one: OneToOne, said: str) -> list[Effect]:
    """A time of somebody's own suits them. Raises NotUnderstood for what is none, and for one more than 90 days away."""
    zone = await zone_for(call, one, call.person)
    stretch = read_stretch(said)
    if stretch is not None:
        return await _within(call, one, stretch, zone)
    at = read_when(said, now=call.at, zone=zone).at
    if at > call.at + _FURTHEST:
        raise NotUnderstood(
            "That is more than three months away. A nearer time, such as “thursday 19:00”, can be agreed now."
        )
    option = at.astimezone(UTC).isoformat()
    one.options = sorted({*one.options, option})
    return await _suits(call, one, [option], add=True)


async def _within(call: Call, one: OneToOne, stretch: Stretch, zone: ZoneInfo) -> list[Effect]:
    """Somebody says when they could, and no moment: what fits in it is laid out, and they tap what does."""
    fresh = proposals(
        await nights_of(call, one),
        now=now_of(call),
        minutes=one.minutes,
        busy=await busy_of(one.people, one),
        holds=lambda at: stretch.holds(clock.wall(at, zone)),
    )
    if not fresh:
        raise NotUnderstood(
            "I found no half hour there in the next two weeks that lies outside your quiet hours and theirs. "
            "A time of your own can still suit, such as “thursday 19:00”."
        )
    shown = [each.isoformat() for each in fresh]
    one.options = sorted({*one.options, *shown})
    effects = await _times(call, one, call.person, head="Then there is:", shown=shown)
    await one.save()
    return effects


async def _suits(call: Call, one: OneToOne, times: Sequence[str], *, add: bool) -> list[Effect]:
    """What suits somebody is noted; a time that suits all is agreed."""
    now = now_of(call)
    ahead = [each for each in times if datetime.fromisoformat(each) > now]
    if not ahead:
        return await further(call, one, head="That time has passed meanwhile.")
    many = len(ahead)
    ahead = await _free(call, one, call.person, ahead)
    if not ahead:
        head = "You have agreed to another one-to-one at that time, so it was not noted here; `one-to-one` shows yours."
        return await further(call, one, head=head)
    known = one.suits.get(call.person, []) if add else []
    one.suits = {**one.suits, call.person: sorted({*known, *ahead})}
    at = common(one.suits, one.people, now)
    if at is not None:
        return await agree(call, one, at)
    await one.save()
    zone = await zone_for(call, one, call.person)
    mine = "; ".join(
        clock.short_words(datetime.fromisoformat(each), zone) for each in one.suits[call.person]
    )
    taken = " The rest you have agreed to another one-to-one at." if len(ahead) < many else ""
    effects: list[Effect] = [
        Say(
            text=f"Noted: {mine}.{taken} As soon as one of them suits {await others(one, call.person)}, too, you hear of it here."
        )
    ]
    if all(one.suits.get(person) for person in one.people):
        effects.append(_again(one, now + _MOMENT, "unmet"))
    return effects


async def further(call: Call, one: OneToOne, head: str = "Others:") -> list[Effect]:
    """Further times, beside those that suit the others already."""
    fresh = await _fresh(call, one)
    if not fresh:
        head = (
            "I have no further half hour to propose that lies outside your quiet hours and theirs."
        )
    theirs = {each for who, times in one.suits.items() if who != call.person for each in times}
    theirs = set(await _free(call, one, call.person, theirs))
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
    one = await of_hour(call)
    if one is None or one.stage is not Stage.ARRANGING:
        return []
    asked_ = [each for each in one.people if _is_asked_again(one, each, str(call.content["why"]))]
    fresh = await _fresh(call, one) if asked_ else []
    effects: list[Effect] = []
    for person in asked_:
        name = await others(one, person)
        head = (
            f"No time suits {all_of(one)} yet. What suits {name} is marked; you can also agree on one between you and write it here."
            if one.suits.get(person)
            else f"{'A one-to-one' if is_of_two(one) else 'A one-to-one of three,'} with {name} would still be nice; there is no hurry."
        )
        shown = _shown(one, person, fresh, await _free(call, one, person, one.options))
        effects += await _times(call, one, person, head=head, shown=shown)
    if call.content["why"] == "all":
        effects.append(ring_of(one, "one-to-one-rest", now_of(call) + RESTS, "rest"))
    await one.save()
    return effects


def _is_asked_again(one: OneToOne, person: str, why: str) -> bool:
    """Once more, and no more: whoever was silent after some days; whoever has answered, when all have and nothing fits."""
    if not may_tell(one, person, _UNTIL_AGREED):
        return False
    if not one.suits.get(person):
        return why == "all"
    return all(one.suits.get(each) for each in one.people)


async def _fresh(call: Call, one: OneToOne) -> list[str]:
    """Further times, the same for all of them."""
    fresh = [each.isoformat() for each in await _proposed(call, one, one.options)]
    one.options = sorted({*one.options, *fresh})
    return fresh


def _shown(one: OneToOne, person: str, fresh: Sequence[str], free: Sequence[str]) -> list[str]:
    """What suits the others, then what is new, then what was proposed before; nothing that suits only this person."""
    theirs = sorted({each for who, times in one.suits.items() if who != person for each in times})
    mine = set(one.suits.get(person, []))
    former = [] if mine else [each for each in one.options if each not in fresh]
    wanted = dict.fromkeys([*theirs, *fresh, *former])
    ahead = [each for each in wanted if each in free and each not in mine]
    return sorted(ahead[: len(KEYCAPS)])


@ritual(
    name="one-to-one-rest",
    help="lets a one-to-one rest that no time was found for, or counts what was said on the morning after",
)
async def rest(call: Call) -> Effects:
    """It was asked for twice; more would be nagging."""
    one = await of_hour(call)
    if one is None or one.stage is Stage.AGREED:
        return []
    if one.stage is Stage.ASKED:
        return await counted(call, one)
    effects: list[Effect] = []
    for person in one.people:
        if may_tell(one, person):
            effects += await rests(call, one, person)
    return [*await over(call, one, Ended.RESTED), *effects]


async def moved(call: Call, one: OneToOne) -> list[Effect]:
    """Somebody would like another time: it is looked for anew, and the time that stood is given up."""
    gone = await quietly_gone(one)
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
