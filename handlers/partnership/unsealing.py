"""The two at once: both sides open in one unit of work when both have chosen it, or both are deleted when time is over.

At its end both hear the same words in the same unit, whatever either chose (R40). When it is open, nothing of it is kept
here (R39), and no figure is made of it (R41). What may follow is theirs: a talk, a change, a day to look again.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from handlers import askings
from handlers.asking import asked, now_of, whispered, zone_of
from handlers.house.reminders import sealed as sealed_reminder
from handlers.language import (
    DECLINE,
    NO,
    YES,
    Ask,
    Call,
    Effect,
    Effects,
    KeyGone,
    Redact,
    Refused,
    Ring,
    Say,
    Whisper,
    inquiry,
    ritual,
    tap,
)
from handlers.meetings import meetings
from handlers.names import called, typed
from handlers.oneself.safety import DOOR
from handlers.partnership.reflecting import (
    PASS,
    TAKE_BACK,
    View,
    about,
    chat_name,
    gone,
    hour_of,
    nights_of,
    opened_half,
    place_of,
    seen,
    shared_zone,
    still_open,
    told_by,
    until_words,
)
from handlers.words import sign
from practices import clock
from practices import partnership as pure
from practices.dates import read_when
from practices.meetings import next_waking
from practices.partnership import OPEN, Fate, Step
from practices.understanding import NotUnderstood, shown
from storage.database import row_of
from storage.people import Person
from storage.questions import Question
from storage.reflections import Reflection, ReflectionSide, Stage, sides
from storage.reminders import Reminder
from storage.rooms import Room

#: Whoever has not chosen is told once, so long before the end.
SOON = timedelta(days=3)

#: So long both are asked for a day on which to look again.
AFTER = timedelta(days=3)
_TEN = time(10)


async def if_both(call: Call, row: Reflection, *, over: bool = False) -> list[Effect]:
    """Open both when both have chosen it, at a time when both are awake; a time that is over deletes what did not open."""
    both = await sides(row.id)
    now = now_of(call)
    nights = await nights_of(call, row, [side.person for side in both])
    halves = [opened_half(call, side)[0] for side in both]
    one, other = (*halves, None, None)[:2]
    match pure.fate(one, other, awake=pure.all_awake(now, nights), over=over):
        case Fate.OPENS:
            return await _opened(call, row, both)
        case Fate.DELETED:
            return await _deleted(call, row, both)
        case _ if one is not None and other is not None and one.opens and other.opens:
            return [hour_of(row, "partnership-opens", pure.first_awake(now, row.ends, nights))]
        case _:
            return []


async def _found(call: Call) -> Reflection | None:
    found = await row_of(Reflection, call.content["reflection"])
    return found if found is not None and found.stage is Stage.OPEN else None


@ritual(
    name="partnership-opens",
    help="opens what two people both chose to open, when it is nobody's night any more",
    hears_first=True,
)
async def opens(call: Call) -> Effects:
    """Both have chosen it; whoever has thought better of it meanwhile is heard."""
    row = await _found(call)
    return [] if row is None else await if_both(call, row)


@ritual(
    name="partnership-over",
    help="ends a partnership reflection after two weeks: opened if both chose that, and deleted otherwise",
    hears_first=True,
)
async def over(call: Call) -> Effects:
    """The fourteen days are over."""
    row = await _found(call)
    return [] if row is None else await if_both(call, row, over=True)


@ritual(
    name="partnership-soon",
    help="says once to each of two people who reflect on their partnership when it ends, unless they have stopped or chosen",
)
async def soon(call: Call) -> Effects:
    """One word, by what that side has done, and by nothing else."""
    row = await _found(call)
    side = await row_of(ReflectionSide, call.content["side"])
    view = await still_open(call, side)
    if row is None or view is None or view.half.opens or view.half.step is Step.LEFT:
        return []
    return await whispered(
        place_of(call, row),
        view.side.person,
        f"Your partnership reflection with **{view.name}** ends **{await until_words(call, view)}**. `partnership` goes on where you "
        f"were; leaving it is as good.\n\n{DOOR}",
        about=about(row),
        dispensable=True,
    )


async def _deleted(call: Call, row: Reflection, both: list[ReflectionSide]) -> list[Effect]:
    """It is deleted at once; both hear the same of it, whatever either of them chose (R40), and nobody at night (R15)."""
    told: list[Effect] = []
    place = replace(place_of(call, row), sender=None)
    for side in both:
        try:
            name = f" with **{(await seen(call, side)).name}**"
        except KeyGone:
            name = ""
        told += await whispered(
            place,
            side.person,
            f"Your partnership reflection{name} is over, and was not opened. All that either of you said in it is deleted, "
            "and what either of you chose is told to nobody. What stands in your own chat is yours to delete.\n\n"
            f"`partnership with` and the name asks anew.\n\n{DOOR}",
            about=f"{about(row)}:over",
        )
    return [*await gone(row), *told]


async def _opened(call: Call, row: Reflection, both: list[ReflectionSide]) -> list[Effect]:
    """Both open for both, in this one unit of work (R39); then nothing of it is kept.

    After an absence that may be at night: what is opened waits for no morning, as it would have to be kept; nothing rings.
    """
    try:
        views = [await seen(call, side) for side in both]
    except KeyGone:
        return await _deleted(call, row, both)
    told: list[Effect] = []
    for mine, theirs in (views, views[::-1]):
        to, name = mine.side.person, chat_name(call, mine.side, "opened")
        head = f"👐 **Opened, for you and {mine.name} in this moment.**"
        told += [
            Whisper(
                person=to,
                text=f"{head}\n\n{told_by(theirs, of=mine.name)}",
                name=f"{name}:1",
            ),
            Whisper(person=to, text=told_by(mine, of="You"), name=f"{name}:2"),
            Whisper(
                person=to,
                text=f"Next, if you both like: **20 minutes with {mine.name}**, in a call or side by side, by listen and loop. One speaks "
                "for a few minutes, the other says back the essence until the first feels heard; then you switch. No advice, no "
                "defence.\n\n🗑️ take back what is opened here\n\n*I have kept nothing of it: these messages are all there is.*\n\n"
                f"{DOOR}",
                name=f"{name}:3",
                taps=(TAKE_BACK.sign,),
            ),
        ]
    await askings.opened(call, views[0].side.person, views[1].side.person)
    return [*await gone(row), *told, *(_day_asked(call, view) for view in views)]


@tap(
    prefix="opened",
    labels={"take back what is opened here": TAKE_BACK.sign, "take back": TAKE_BACK.sign},
)
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """🗑️ under what was opened: it goes from one's own chat."""
    if sign(said) != sign(TAKE_BACK.sign):
        raise NotUnderstood("Under that message 🗑️ takes back what was opened here.")
    mark = subject.partition(":")[0]
    return [
        *(Redact(target=f"opened:{mark}:{part}") for part in (1, 2)),
        Say(text="What was opened is being taken back here, in your chat."),
    ]


# ------------------------------------------------------------------------------------- to look again


def _day_asked(call: Call, view: View) -> Ask:
    return Ask(
        inquiry="partnership-again",
        text=f"And after your talk: agree with {view.name} on **one change**, which stays between you, and on **a day to look again**. A "
        "day in your own words, such as “in 12 weeks”, and I ask them whether it suits; of all this only that date is kept, as a "
        f"reminder to each.\n\n⏭️ pass\n\n{DOOR}",
        until=now_of(call) + AFTER,
        data={"with": view.other},
        person=view.side.person,
        private=True,
    )


@inquiry(
    name="partnership-again",
    options=(
        replace(
            PASS, also=(*PASS.also, NO.sign, *NO.also, NO.word, "stop", "not this time", "none")
        ),
    ),
    late="The days for that are over. `partnership`, the name and “again in 12 weeks” suggests a day for some weeks after you "
    "have opened one; `remind me` keeps a day for yourself.",
    gist="on which day you look again",
)
async def again_said(call: Call, question: Question, said: str) -> Effects:
    """A day is suggested to the other, or none."""
    if said == PASS.word:
        await question.delete()
        return [Say(text="Good.")]
    return await suggest(call, str(question.data["with"]), said)


async def suggest(call: Call, person: str, said: str, *, back: bool = False) -> list[Effect]:
    """Ask the other whether a day suits; `back`: they have just suggested one themselves. Raises NotUnderstood when it is none.

    It is for two who have opened a reflection lately, as it follows from that. Raises Refused.
    """
    zone = await zone_of(call, call.person, call.room)
    try:
        at = read_when(said, now=call.at, zone=zone, at=_TEN).at
    except NotUnderstood:
        raise NotUnderstood(
            f"I did not read {shown(said)} as a day. “1 march” or “in 12 weeks” is one."
        ) from None
    day = clock.wall(at, zone).date()
    if not back and not await askings.have_opened(call, person):
        raise Refused(
            "A day to look again is for two who have lately opened what they said, so nobody was asked. `partnership with` and the "
            "name asks for a reflection; `remind me` keeps a day for yourself."
        )
    put = back or await askings.may_ask(call, person, askings.AGAIN)
    await _no_day_asked(call.person, person)
    await _no_day_asked(person, call.person)
    mine = await called(call.person, person)
    place = replace(call, room=Room(id="partnership", zone=await shared_zone(call.person, person)))
    effects = (
        []
        if not put
        else await asked(
            place,
            person,
            f"**{mine}** suggests **{clock.long_day(day)}** as the day on which you both look again at your partnership. With a yes each of "
            f"you is reminded then.\n\n✅ yes · ✋ not this time\n\n*Another day in your own words suggests that one.*\n\n{DOOR}",
            about="partnership",
            inquiry="partnership-day",
            until=call.at + OPEN,
            data={"with": call.person, "day": day.isoformat()},
        )
    )
    name = await called(person, call.person)
    return [
        Say(
            text=f"{name} is asked about **{clock.long_day(day)}**. With a yes each of you gets a reminder here, and otherwise nothing "
            "more comes of it."
        ),
        *effects,
    ]


async def _no_day_asked(person: str, other: str) -> None:
    """One day at a time is asked between two people."""
    asks = Question.filter(person=person, inquiry__in=["partnership-again", "partnership-day"])
    for question in await asks:
        if question.data.get("with") == other:
            await question.delete()


@inquiry(
    name="partnership-day",
    options=(YES, DECLINE),
    late="That was asked a while ago, and is over. Nothing was set.",
)
async def day_answered(call: Call, question: Question, said: str) -> Effects:
    """With the second yes each is reminded; another day is asked back."""
    other, day = str(question.data["with"]), str(question.data["day"])
    if said not in (YES.word, NO.word):
        return await suggest(call, other, said, back=True)
    await question.delete()
    if said == NO.word:
        return [Say(text="Good: no day is set, and nothing is said of it.")]
    effects: list[Effect] = []
    await askings.lift(call, other, call.person, askings.AGAIN)
    for person, partner in ((call.person, other), (other, call.person)):
        effects += await _reminded(call, person, partner, datetime.fromisoformat(day))
    return effects


async def _reminded(call: Call, person: str, partner: str, day: datetime) -> list[Effect]:
    """A reminder like any other of theirs, to be called off by each alone; its words are sealed until it is said."""
    room = await Room.filter(private_with=person, joined=True).order_by("-adopted_at", "id").first()
    if room is None:
        return []
    zone = await zone_of(call, person)
    quiet = meetings.quiet_for(await Person.get_or_none(id=person), room)
    at = next_waking(clock.resolve(datetime.combine(day, _TEN), zone), zone, quiet)
    name = await called(partner, person)
    plain = name.replace("\\", "")
    ahead = Reminder.filter(room=room.id).exclude(at=None)
    taken = {each.number for each in await ahead}
    kept = sealed_reminder(
        call,
        f"today you and {plain} wanted to look again: partnership with {typed(name)}",
    )
    reminder = await Reminder.create(
        room=room.id,
        person=person,
        number=next(number for number in range(1, len(taken) + 2) if number not in taken),
        what=kept,
        zone=zone.key,
        at=at,
    )
    ring = Ring(
        ritual="reminder",
        about=f"reminder:{reminder.id}",
        at=at,
        when=clock.wall(at, zone).isoformat(timespec="minutes"),
        room=room.id,
        content={"reminder": reminder.id, "what": kept, "person": person, "zone": zone.key},
    )
    text = (
        f"You and **{name}** look again on **{clock.long_day(clock.wall(at, zone).date())}**; each of you is reminded then. "
        f"`remind cancel {reminder.number}` calls yours off."
    )
    place = replace(call, room=Room(id="partnership", zone=zone.key))
    return [ring, *await whispered(place, person, text, about="partnership")]
