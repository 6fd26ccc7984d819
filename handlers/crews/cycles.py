"""A crew's cycle: how long it meets before it looks back, agreed on by all, and where it stands on the way (R53, R54).

The end of a crew's cycle and the line of its charter about it are one and the same. The first cycle takes the end that the
charter names, which is that of the call unless the crew has worded it anew; other words in the charter change the cycle
that runs; and a cycle on which all have agreed is what the charter says from then on.

Where the charter's end leaves no meeting, and for every later cycle, the choice is offered to everybody at once. When all have the same wish, the cycle begins; when wishes differ, two days
later the counts are shown and everybody is asked once more. What is still open then is for people to talk about, and any
one of the lengths can be proposed for all to say yes to. Nobody is named for what they wished.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import taps
from handlers.consent import Voice, hear_voice, put_to_all, standing_words
from handlers.crews import lookbacks
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Edit,
    Effect,
    Effects,
    Option,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    tap,
)
from handlers.meetings import meetings
from handlers.names import people
from handlers.words import folded, sign
from practices import charter, clock
from practices.charter import Key
from practices.circles import RoomKind
from practices.cycles import (
    Course,
    Length,
    count_words,
    last_day,
    length_words,
    ordinal_words,
    read_length,
)
from practices.defaults import PATIENCE
from practices.meetings import next_waking
from storage.charters import Assent, CharterLine
from storage.cycles import Cycle, running
from storage.questions import Question
from storage.rooms import Room

#: So long after the question the counts are shown.
THINKING = timedelta(hours=48)

#: How often the choice is offered before it is left to talk.
ROUNDS = 2

FIVE = Option(sign="5️⃣", word=Length.FIVE.value, also=("five", "5 meetings", "five meetings"))
SIX = Option(sign="6️⃣", word=Length.SIX.value, also=("six", "6 meetings", "six meetings"))
TEN = Option(sign="🔟", word=Length.TEN.value, also=("ten", "10 meetings", "ten meetings"))
MONTHS = Option(sign="📅", word=Length.TWO_MONTHS.value, also=("two months", "months"))
ANY = Option(sign="🤷", word="any", also=("any of them", "pass", "whatever", "i go with you"))
#: Under the words with which a cycle of the charter begins.
ELSE = "✏️"

CHOICES = (FIVE, SIX, TEN, MONTHS, ANY)

AGAIN = frozenset({"new", "again", "choose", "offer"})

HERE = frozenset({RoomKind.CREW})


# --------------------------------------------------------------------------------------- the choice


async def offer(call: Call, why: str = "") -> list[Effect]:
    """Ask the circle of `call.room` which cycle it wants; a choice that is open there already is asked anew."""
    return [*await _closed(call, "Asked again below."), *_asked(call, 1, Counter(), why)]


async def _closed(call: Call, why: str) -> list[Effect]:
    """End an open choice, and the hour at which it would be counted."""
    effects: list[Effect] = [CallOff(about=_about(call.room))]
    for question in await Question.filter(room=call.room.id, inquiry="cycle"):
        effects.append(Edit(name=f"question:{question.id}", text=why, room=call.room.id))
        await question.delete()
    return effects


def _about(room: Room) -> str:
    return f"choice:{room.id}"[:64]


def _asked(call: Call, round_: int, counts: Counter[str], why: str = "") -> list[Effect]:
    now = call.kept_at or call.at
    at = next_waking(now + THINKING, call.circle_zone, meetings.quiet_of(call.room))
    return [
        Ask(
            inquiry="cycle",
            text="\n\n".join([*([why] if why else []), _choice_words(call, counts)]),
            until=at + THINKING,
            data={"round": round_, "counts": dict(counts)},
        ),
        Ring(
            ritual="cycle-counts",
            about=_about(call.room),
            at=at,
            when=at.isoformat(),
            room=call.room.id,
        ),
    ]


def _choice_words(call: Call, counts: Counter[str], answered: tuple[int, int] | None = None) -> str:
    """The question; in its second round with the counts, and while it is open with how many have answered."""
    parts = []
    if counts:
        shown = [f"{each.sign} {counts[each.word]}" for each in CHOICES if counts[each.word]]
        parts.append(
            f"Your wishes so far: {' · '.join(shown)}. Talk about it as you like, and choose once more."
        )
    parts.append(
        "How long do you like to meet before you look back together and choose how to go on? When all of you have "
        "the same wish, that is your cycle."
    )
    parts.append(
        f"{FIVE.sign} five meetings · {SIX.sign} six · {TEN.sign} ten · {MONTHS.sign} two months · "
        f"{ANY.sign} I go with the others"
    )
    if answered is not None:
        differ = " Your wishes differ; in two days I show the counts, and until then everybody may choose again."
        parts.append(
            f"{answered[0]} of {answered[1]} have answered.{differ if answered[0] == answered[1] else ''}"
        )
    parts.append(taps.seen_words(call.room, call.house.me, "`say six` or another of these"))
    return "\n\n".join(parts)


@inquiry(name="cycle", options=CHOICES, matter="how long your next cycle is")
async def choosing(call: Call, question: Question, said: str) -> Effects:
    """Take one wish in; the newest of a person counts. When all have the same, the cycle begins."""
    here = await people(call.room, call.house.me)
    if call.person not in here or said not in {each.word for each in CHOICES}:
        return []
    question.answers = {**question.answers, call.person: said}
    await question.save(update_fields=["answers"])
    agreed = _agreed(question, here)
    if agreed is not None:
        return [
            *await _closed(call, f"You have chosen: **{length_words(agreed)}**."),
            *await begin(call, agreed),
        ]
    counts = question.data["counts"]
    assert isinstance(counts, dict)
    answered = sum(person in question.answers for person in here)
    text = _choice_words(call, Counter(counts), (answered, len(here)))
    return [Edit(name=f"question:{question.id}", text=text)]


def _agreed(question: Question, here: list[str]) -> Length | None:
    """The one length that all who are here wish for, or go along with."""
    if not here or any(person not in question.answers for person in here):
        return None
    wishes = {question.answers[person] for person in here} - {ANY.word}
    return Length(wishes.pop()) if len(wishes) == 1 else None


@ritual(name="cycle-counts", help="shows how many wish for which cycle, and asks once more")
async def counted(call: Call) -> Effects:
    """Two days have passed: begin if all agree by now, ask once more, or leave it to talk."""
    question = await Question.filter(room=call.room.id, inquiry="cycle").first()
    if question is None:
        return []
    here = await people(call.room, call.house.me)
    agreed = _agreed(question, here)
    if agreed is not None:
        return [
            *await _closed(call, f"You have chosen: **{length_words(agreed)}**."),
            *await begin(call, agreed),
        ]
    wishes = Counter(said for person, said in question.answers.items() if person in here)
    if int(str(question.data["round"])) < ROUNDS:
        return [*await _closed(call, "Asked again below."), *_asked(call, ROUNDS, wishes)]
    prefix = call.house.prefix
    return await _closed(
        call,
        "Your wishes differ, and that is fine: talk about it when you meet. "
        f"`{prefix}cycle 6`, or 5, 10 or 2 months, then asks all of you for that one. "
        "You meet on as before meanwhile.",
    )


# ------------------------------------------------------------------------------------------- beginning


async def begin(call: Call, length: Length) -> list[Effect]:
    """Begin a cycle on which all have agreed now, in the circle of `call.room`: the charter says so, too."""
    if await _line(call.room) is None:
        return await _begin(call, length, None)
    until = last_day(length, call.kept_at or call.at, call.circle_zone)
    return [*await _begin(call, length, until), *await _charter_says(call, until or length)]


async def in_charter(call: Call, end: date | Length) -> list[Effect]:
    """The end on which all have agreed in their charter is that of the cycle of `call.room`, which begins if none runs."""
    now = call.kept_at or call.at
    length, until = _told_apart(end)
    cycle = await running(call.room.id)
    if cycle is None or (await lookbacks.course(call.room, cycle, now)).is_over(now):
        if await _is_empty(call, length, until):
            said = f"Your charter says {_span_words(length, until)}, and you have no meeting before that."
            return await offer(call, said)
        closed = await _closed(call, "Your charter says it.")
        return [*closed, *await _begin(call, length, until, from_charter=True)]
    last = until.isoformat() if until else None
    if (cycle.length, cycle.until) == (length, last):
        return []
    cycle.length, cycle.until = length, last
    await cycle.save(update_fields=["length", "until"])
    placed, way = await meetings.placed(call, now), await lookbacks.course(call.room, cycle, now)
    text = f"So does your cycle: **{_span_words(length, until)}**. {_end_words(call, way)}"
    return [*placed, Say(text=text, room=call.room.id, answers=False)]


async def end_of(room: Room) -> date | Length | None:
    """The end of the cycle that runs, as a charter says it; None where none runs."""
    cycle = await running(room.id)
    if cycle is None:
        return None
    if cycle.until is not None:
        return date.fromisoformat(cycle.until)
    return last_day(cycle.length, cycle.begins, ZoneInfo(room.zone or "UTC")) or cycle.length


async def last_meeting(room: Room, now: datetime) -> datetime | None:
    """When the cycle that runs ends, as far as the calendar knows."""
    cycle = await running(room.id)
    return None if cycle is None else (await lookbacks.course(room, cycle, now)).last


def _told_apart(end: date | Length) -> tuple[Length, date | None]:
    """An end as a cycle keeps it: one that is a day belongs to a cycle of time."""
    return (end, None) if isinstance(end, Length) else (Length.TWO_MONTHS, end)


async def _is_empty(call: Call, length: Length, until: date | None) -> bool:
    """Whether a cycle that begins now would end before its first meeting, as far as the calendar knows."""
    now = call.kept_at or call.at
    trial = Cycle(room=call.room.id, length=length, begins=now)
    trial.until = until.isoformat() if until else None
    way = await lookbacks.course(call.room, trial, now)
    return way.is_over(now) or (call.room.rhythm is not None and not way.meetings)


async def _line(room: Room) -> CharterLine | None:
    """The line of a room's charter about its end."""
    return await CharterLine.get_or_none(room=room.id, key=Key.CYCLE, instead_of=None)


async def _charter_says(call: Call, end: date | Length) -> list[Effect]:
    """The charter's line about the end, as all have just agreed on it; proposals of other words for it are over."""
    line, new = await _line(call.room), charter.ending(end)
    if line is None or _same(line, new):
        return []
    drafts = await CharterLine.filter(instead_of=line.id).values_list("id", flat=True)
    await Assent.filter(line__in=[line.id, *drafts]).delete()
    await CharterLine.filter(id__in=list(drafts)).delete()
    line.text, line.holds = new.text, True
    line.until = new.until.isoformat() if new.until else None
    await line.save(update_fields=["text", "until", "holds"])
    here = await people(call.room, call.house.me)
    for person in here:
        await Assent.create(room=call.room.id, line=line.id, person=person)
    said = Say(text=f"Your charter says from now on: {new.text}", room=call.room.id, answers=False)
    asked = await Question.filter(inquiry__startswith="charter-", person__in=here)
    over = [each.id for each in asked if each.data.get("line") in (line.id, *drafts)]
    if not over:
        return [said]
    # Whoever was asked about these words has said more than that by now; what is left for them is asked at once.
    await Question.filter(id__in=over).delete()
    rest = Ring(
        ritual="charter-rest",
        about=f"charter:{call.room.id}"[:64],
        at=call.kept_at or call.at,
        when=call.key[:150],
        room=call.room.id,
    )
    return [said, rest]


def _same(line: CharterLine, new: charter.Line) -> bool:
    """Whether a line names this very end, in whatever words."""
    if line.until is not None or new.until is not None:
        return line.until == (new.until and new.until.isoformat())
    return charter.length_in(line.text) is new.length


async def _begin(
    call: Call, length: Length, until: date | None, *, from_charter: bool = False
) -> list[Effect]:
    """Begin a cycle now, in place of the one before; its end is in the calendar.

    Where it is the end that the charter names, the lengths of R53 are offered with it, and nobody is asked anything.
    """
    now = call.kept_at or call.at
    before = await Cycle.filter(room=call.room.id).order_by("-number").first()
    called_off: list[Effect] = []
    number = 1
    if before is not None:
        called_off.append(CallOff(about=f"cycle:{before.id}", ritual="retrospective"))
        met = (await lookbacks.course(call.room, before, now)).begun(now) > 0
        number = before.number + 1 if met or before.ended_at is not None else before.number
        if number == before.number:
            await before.delete()  # nobody has met in it: another one takes its very place
        await Cycle.filter(room=call.room.id, ended_at=None).update(ended_at=now)
    cycle = await Cycle.create(
        room=call.room.id,
        number=number,
        length=length,
        until=until.isoformat() if until else None,
        begins=now,
    )
    way = await lookbacks.course(call.room, cycle, now)
    text = f"Your {ordinal_words(cycle.number)} cycle begins: **{_span_words(length, until)}**. {_end_words(call, way)}"
    return [
        *called_off,
        *await meetings.placed(call, now),
        Say(
            text=f"{text}\n\n{ELSE} another length: five, six or ten meetings, or two months"
            if from_charter
            else text,
            room=call.room.id,
            name=f"cycle:{cycle.id}",
            taps=(ELSE,) if from_charter else (),
            answers=False,
        ),
    ]


@tap(prefix="cycle", labels={"another length": ELSE}, unseen=(ELSE,))
async def another_length(call: Call, subject: str, said: str) -> Effects:
    """Somebody would rather have another length than that of the charter: all are asked."""
    word = folded(said).removesuffix(" please")
    if sign(said) != sign(ELSE) and word not in ("another length", "another", "change"):
        return []
    cycle = await running(call.room.id)
    if cycle is None or str(cycle.id) != subject:
        return []
    if call.person not in await people(call.room, call.house.me):
        return []
    if await Question.exists(room=call.room.id, inquiry="cycle", until__gt=call.at):
        return []  # one question is enough for all who tap
    return await offer(call)


def _span_words(length: Length, until: date | None) -> str:
    """As in `six meetings`, or `until Friday 22 January 2027`."""
    return length_words(length) if until is None else f"until {clock.long_day(until)}"


def _end_words(call: Call, way: Course) -> str:
    """When the crew looks back, as far as the calendar knows."""
    looks = way.looks_back(meetings.looking(call.room))
    if not looks:
        return (
            f"As soon as you have a rhythm, the day on which you look back is in the calendar: "
            f"`{call.house.prefix}rhythm third thursday 19:00`."
        )
    *on_the_way, end = [clock.short_words(at, way.zone).rpartition(",")[0] for at in looks]
    also = f", and on the way on {'; '.join(on_the_way)}" if on_the_way else ""
    return f"You look back together on **{end}**{also}."


# --------------------------------------------------------------------------------------------- in words


def _wish(text: str, _call: Call) -> Length | None:
    """A length, or None for the whole choice. Raises NotUnderstood."""
    return None if folded(text) in AGAIN else read_length(text)


@command(
    name="cycle",
    aliases=("cycles",),
    help="see where you stand in your cycle, or agree on another one",
    example="cycle",
    kinds=HERE,
    arguments=(
        Argument(
            name="wish",
            help="“5”, “6”, “10” or “2 months” proposes that one; “new” offers the choice",
            rest=True,
        ),
    ),
)
async def cycle(call: Call, wish: str | None) -> Effects:
    """Show where the crew stands; or ask all for one length; or offer the choice."""
    if wish is None:
        return [Say(text=await _stands(call))]
    length = _wish(wish, call)
    if length is None:
        return await offer(call)
    effects = await _closed(call, "One length is proposed below.")
    former = await Question.filter(room=call.room.id, inquiry="cycle-proposed")
    effects += [
        Edit(name=f"question:{each.id}", text="Another one is proposed below.") for each in former
    ]
    await Question.filter(id__in=[each.id for each in former]).delete()
    text = await _proposal(call, length)
    data = {"length": length.value}
    ask = await put_to_all(call, "cycle-proposed", text, until=call.at + PATIENCE, data=data)
    return [*effects, ask]


async def _proposal(call: Call, length: Length) -> str:
    now = await running(call.room.id)
    over = now is None or (await lookbacks.course(call.room, now, call.at)).is_over(call.at)
    instead = "" if over else " It would take the place of the one you are in."
    return (
        f"Shall your next cycle be **{length_words(length)}**, with a look back at its end?{instead}\n\n"
        "It begins when each of you has said yes; one no, and everything stays as it is.\n\n✅ yes · ✋ no"
    )


@inquiry(name="cycle-proposed", options=(YES, NO), matter="whether that is your next cycle")
async def proposed(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; begin when all have agreed."""
    length, message = Length(str(question.data["length"])), f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            text = f"All {standing.of} of you have agreed on **{length_words(length)}**."
            return [Edit(name=message, text=text), *await begin(call, length)]
        case Voice.ENDED:
            return [Edit(name=message, text="Everything stays as it is, and that needs no reason.")]
        case Voice.WAITING:
            text = standing_words(call, call.room, await _proposal(call, length), standing)
            return [Edit(name=message, text=text)]
        case Voice.NOTHING:
            return []


async def _stands(call: Call) -> str:
    found = await running(call.room.id)
    prefix = call.house.prefix
    if found is None:
        return (
            f"You have agreed on no cycle. `{prefix}cycle new` asks all of you how long you like to meet before you "
            "look back together."
        )
    way = await lookbacks.course(call.room, found, call.at)
    name, begun = ordinal_words(found.number), way.begun(call.at)
    span = f"**{_span_words(way.length, way.until)}**"
    span = f"of {span}" if way.until is None else span
    head = f"This is your {name} cycle, {span}."
    if way.is_over(call.at):
        return (
            f"Your {name} cycle, {span}, has had its last meeting. "
            f"`{prefix}cycle new` begins another one."
        )
    of = f" of {count_words(len(way.meetings))}" if way.last is not None else ""
    ahead = [at for at in way.meetings if at > call.at]
    following = (
        f" Your next meeting, {clock.short_words(ahead[0], ZoneInfo(way.zone.key))}, is the "
        f"{ordinal_words(begun + 1)}{of}."
        if ahead
        else ""
    )
    return f"{head}{following} {_end_words(call, way)}"
