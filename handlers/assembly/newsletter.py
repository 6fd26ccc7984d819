"""The newsletter of an assembly: lessons that congregations give to the others, read whenever one likes, or monthly.

A lesson leaves only when every crew that it comes from has released it, each by the yes of all its people; one no, and it
stays, and nobody is told whose no it was.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from handlers.asking import now_of, whispered
from handlers.assembly import digest
from handlers.assembly.assembly_matters import zone_of
from handlers.assembly.letterbox import post
from handlers.consent import (
    Voice,
    hear_voice,
    is_whole,
    proposed,
    standing_words,
    ten_o_clock,
)
from handlers.hosts import hosts_of, speaks_for
from handlers.house.adoption import CIRCLES
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.names import people, room_name
from handlers.words import escaped, folded, verbatim
from practices import clock
from practices.assembly.letters import Kind
from practices.assembly.news import newsletter
from practices.assembly.news import told as in_words
from practices.circles import Life
from storage.assemblies import Assembly, State, ledger, seen
from storage.database import row_of
from storage.lessons import Lesson, NewsReader, Release
from storage.questions import Question
from storage.rooms import Room

#: So long a crew may think about a lesson.
PATIENCE = timedelta(days=14)

A_DAY = timedelta(days=1)

LONGEST_TITLE, LONGEST_TEXT = 120, 2000

#: Lessons of one congregation that may wait for crews.
MOST_WAITING = 5

_NOBODY = Option(sign="⏭️", word="skip", also=("none", "no crew", "nobody"))

_EXAMPLE = "`assembly lesson Smaller tables: Since we meet in fours, everybody speaks.`"


# ---------------------------------------------------------------------------------------------- giving


async def lesson(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Begin to give a lesson: which crews does it come from?"""
    title, colon, text = rest.partition(":")
    title, text = " ".join(title.split()), text.strip()
    if not colon or not 0 < len(title) <= LONGEST_TITLE or not 0 < len(text) <= LONGEST_TEXT:
        raise Refused(
            f"A lesson has a title of at most {LONGEST_TITLE} letters and, after a colon, a text of at most {LONGEST_TEXT}: "
            f"{_EXAMPLE}. Nothing was sent."
        )
    if await Lesson.filter(room=assembly.room).count() >= MOST_WAITING:
        raise Refused(
            f"{MOST_WAITING} lessons of your congregation wait for their crews already. Nothing was asked; once one of them is "
            "decided there is room for this."
        )
    crews = await _crews(assembly)
    data = {"assembly": assembly.id, "title": title, "text": text}
    if not crews:
        return [await _read_back(call, assembly, data, [])]
    names = ", ".join(f"**{room_name(crew, 'a crew')}**" for crew in crews)
    return [
        Ask(
            inquiry="lesson-crews",
            text=f"Which crews does it come from? Their names, between commas: {names}. I ask each of them in its own room, and "
            "the lesson leaves only when all of them have said yes.\n\n⏭️ none: it comes from no crew",
            until=call.at + A_DAY,
            data=data,
            person=call.person,
            private=True,
        )
    ]


async def _crews(assembly: Assembly) -> list[Room]:
    """The circles of our congregation that can be asked, by name."""
    rooms = await Room.filter(congregation=assembly.room, kind__in=list(CIRCLES), joined=True)
    found = [room for room in rooms if room.life is not Life.CLOSED]
    return sorted(found, key=lambda room: ((room.name or "").casefold(), room.id))


async def _seated(question: Question) -> Assembly | None:
    found = await Assembly.get_or_none(id=question.data.get("assembly"))
    return found if found is not None and found.state is State.SEATED else None


_GONE = "Your congregation has no seat there any more. Nothing was sent."


@inquiry(name="lesson-crews", options=(_NOBODY,), takes_words=True)
async def crews_said(call: Call, question: Question, said: str) -> Effects:
    """The crews that a lesson comes from."""
    assembly = await _seated(question)
    if assembly is None:
        await question.delete()
        return [Say(text=_GONE)]
    crews = await _crews(assembly)
    wanted = [] if said == _NOBODY.word else [each for each in said.split(",") if each.strip()]
    found = {
        crew.id: crew
        for each in wanted
        for crew in crews
        if folded(crew.name or "") == folded(each)
    }
    if len(found) < len({folded(each) for each in wanted}):
        names = ", ".join(f"**{room_name(crew, 'a crew')}**" for crew in crews)
        return [
            Say(
                text=f"I did not find all of these. There are: {names}. ⏭️ says that it comes from none of them.",
                name=f"question:{question.id}",
                taps=(_NOBODY.sign,),
            )
        ]
    await question.delete()
    data = {name: question.data[name] for name in ("assembly", "title", "text")}
    return [await _read_back(call, assembly, data, list(found.values()))]


async def _read_back(
    call: Call, assembly: Assembly, data: dict[str, object], crews: list[Room]
) -> Ask:
    shown = f"**{escaped(str(data['title']))}**\n\n{verbatim(str(data['text']))}"
    to = f"To all congregations of **{escaped(assembly.name)}**, in the newsletter, readable to them now and later:"
    if crews:
        names = " and ".join(f"**{room_name(crew, 'a crew')}**" for crew in crews)
        asks = f"First I ask {names}, with these words; it leaves only when all of them have said yes. Ask them?"
    else:
        asks = "It comes from no crew. What a crew has told you at its table does not belong in it, nor do names of people. Send it?"
    return Ask(
        inquiry="lesson-right",
        text=f"{to}\n\n{shown}\n\n{asks} ✅ yes · ✋ no",
        until=call.at + A_DAY,
        data={**data, "crews": [crew.id for crew in crews]},
        person=call.person,
        private=True,
    )


@inquiry(name="lesson-right", options=(YES, NO))
async def right(call: Call, question: Question, said: str) -> Effects:
    """On a yes the crews are asked; without crews the lesson leaves."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    if said == NO.word:
        return [Say(text="Nobody was asked, and nothing was sent.")]
    assembly = await _seated(question)
    space = await Room.get_or_none(id=assembly.room) if assembly is not None else None
    if assembly is None or space is None:
        return [Say(text=_GONE)]
    if not await speaks_for(space, call.person):
        raise Refused(
            "For a congregation speak those who moderate its space, and you do not any more. Nothing was sent."
        )
    ids, data = question.data["crews"], question.data
    assert isinstance(ids, list)
    waiting = Lesson(
        room=space.id,
        assembly=assembly.id,
        title=str(data["title"]),
        text=str(data["text"]),
        host=call.person,
        crews=len(ids),
        until=ten_o_clock(call.at + PATIENCE, call.house.zone_of(space)),
    )
    if not ids:
        return [*await _send(call, waiting), Say(text="Sent: it stands in the next newsletter.")]
    crews = {crew.id: crew for crew in await _crews(assembly)}
    if not all(each in crews for each in ids):
        raise Refused(
            "One of these crews cannot be asked any more. Nobody was asked, nothing sent."
        )
    await waiting.save()
    effects: list[Effect] = [
        Ring(
            ritual="lesson-over",
            about=f"lesson:{waiting.id}",
            at=waiting.until,
            room=space.id,
            content={"lesson": waiting.id},
        ),
        Say(
            text=f"I ask them. It leaves when all have said yes, by **{_day(call, waiting.until, space)}** at the latest; you hear "
            "of it here."
        ),
    ]
    for each in ids:
        effects += await _ask_crew(call, waiting, assembly, space, crews[each])
    return effects


def _day(call: Call, at: datetime, room: Room) -> str:
    return clock.long_day(clock.wall(at, call.house.zone_of(room)))


async def _ask_crew(
    call: Call, waiting: Lesson, assembly: Assembly, space: Room, crew: Room
) -> list[Effect]:
    answers, standing = await proposed(call, crew)
    if await people(crew, call.house.me) == [call.person]:
        return await _released(call, waiting, crew.id)
    question = await Question.create(
        room=crew.id,
        inquiry="lesson-release",
        data={"lesson": waiting.id},
        answers=answers,
        until=waiting.until,
    )
    text = standing_words(
        call,
        crew,
        _words(call, waiting, assembly, space, crew),
        standing,
        proposing=bool(answers),
    )
    return [
        Say(
            text=text,
            room=crew.id,
            name=f"question:{question.id}",
            taps=(YES.sign, NO.sign),
            answers=False,
        )
    ]


def _words(call: Call, waiting: Lesson, assembly: Assembly, space: Room, crew: Room) -> str:
    """The question as a crew sees it."""
    return (
        f"**{room_name(space, 'Your congregation')}** would give this lesson to all congregations of **{escaped(assembly.name)}**, "
        f"readable to them now and later:\n\n**{escaped(waiting.title)}**\n\n{verbatim(waiting.text)}\n\nIt comes from you, too. It "
        f"leaves only if each of you says yes by **{_day(call, waiting.until, crew)}**; one no, and it stays here, and that needs "
        "no reason.\n\n✅ yes · ✋ no"
    )


@inquiry(
    name="lesson-release",
    options=(YES, NO),
    matter="whether a lesson goes to other congregations",
)
async def releasing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices of a crew; with its last yes, and that of all other crews, the lesson leaves."""
    message = f"question:{question.id}"
    waiting = await Lesson.get_or_none(id=question.data["lesson"])
    assembly = await Assembly.get_or_none(id=waiting.assembly) if waiting is not None else None
    space = await Room.get_or_none(id=waiting.room) if waiting is not None else None
    if waiting is None or assembly is None or space is None:
        await question.delete()
        return [Edit(name=message, text="That is not asked any more; nothing leaves.")]
    standing = await hear_voice(call, question, said)
    title = f"**{escaped(waiting.title)}**"
    match standing.voice:
        case Voice.AGREED:
            text = f"{title}: all {standing.of} of you have released it."
            return [Edit(name=message, text=text), *await _released(call, waiting, call.room.id)]
        case Voice.ENDED:
            text = f"{title} stays with you. Not everybody wishes it to leave, and that needs no reason."
            return [Edit(name=message, text=text), *await _kept(call, waiting, space)]
        case Voice.WAITING:
            asked = _words(call, waiting, assembly, space, call.room)
            return [Edit(name=message, text=standing_words(call, call.room, asked, standing))]
        case Voice.NOTHING:
            return []


@watch(kind=Change.LEFT)
async def one_fewer(call: Call) -> Effects:
    """Somebody left a crew that is asked: those who are here may all have said yes."""
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry="lesson-release"):
        waiting = await Lesson.get_or_none(id=question.data["lesson"])
        size = await is_whole(call, question)
        if waiting is None or not size or not question.answers:
            continue
        await question.delete()
        text = f"**{escaped(waiting.title)}**: all {size} of you have released it."
        effects += [
            Edit(name=f"question:{question.id}", text=text),
            *await _released(call, waiting, call.room.id),
        ]
    return effects


async def _released(call: Call, waiting: Lesson, crew: str) -> list[Effect]:
    """A crew has said yes; the last one sends it."""
    await Release.get_or_create(lesson=waiting.id, crew=crew)
    if await Release.filter(lesson=waiting.id).count() < waiting.crews:
        return []
    host, title = waiting.host, f"**{escaped(waiting.title)}**"
    sent = await _send(call, waiting)
    await _forget(waiting)
    ends = CallOff(about=f"lesson:{waiting.id}")
    if not sent:
        text = f"Your lesson {title} was released, and your congregation has no seat there any more: nothing was sent."
    else:
        text = f"Your lesson {title} was released by all whom it concerns, and stands in the next newsletter."
    return [ends, *sent, *await _host_told(call, waiting, host, text)]


async def _send(call: Call, waiting: Lesson) -> list[Effect]:
    """The letter itself; nothing when our congregation may not speak there any more."""
    assembly = await Assembly.get_or_none(id=waiting.assembly)
    if assembly is None or assembly.state is not State.SEATED:
        return []
    if (await ledger(assembly)).roll.seat_of(call.house.me) is None:
        return []
    space = await Room.get(id=waiting.room)
    text = f"**{escaped(waiting.title)}**\n\n{verbatim(waiting.text)}"
    said = f"A lesson of **{room_name(space, 'a congregation')}**: {text}"
    body = {"title": waiting.title, "text": waiting.text}
    _letter, carried = await post(call, assembly, Kind.LESSON, body, said)
    return [carried]


async def _kept(call: Call, waiting: Lesson, space: Room) -> list[Effect]:
    """One no: nobody else is asked any more, and nobody hears whose it was."""
    effects: list[Effect] = [CallOff(about=f"lesson:{waiting.id}")]
    effects += await _withdrawn(waiting)
    host = waiting.host
    await _forget(waiting)
    text = (
        f"Your lesson **{escaped(waiting.title)}** stays in **{room_name(space, 'your congregation')}**: not everybody concerned "
        "wishes it to leave, and that needs no reason. Nothing was sent."
    )
    return [*effects, *await _host_told(call, waiting, host, text)]


async def _withdrawn(waiting: Lesson) -> list[Effect]:
    effects: list[Effect] = []
    for asked in await Question.filter(inquiry="lesson-release"):
        if asked.data["lesson"] == waiting.id:
            text = f"**{escaped(waiting.title)}** is not asked any more; nothing leaves."
            effects.append(Edit(name=f"question:{asked.id}", text=text, room=asked.room))
            await asked.delete()
    return effects


async def _forget(waiting: Lesson) -> None:
    await Release.filter(lesson=waiting.id).delete()
    await waiting.delete()


async def _host_told(call: Call, waiting: Lesson, host: str, text: str) -> list[Effect]:
    return await whispered(call, host, text, about=f"lesson:{waiting.id}:told") if host else []


@ritual(
    name="lesson-over",
    help="lets a lesson rest that not all crews concerned have released by its day",
)
async def over(call: Call) -> Effects:
    """The day of a lesson has come, and not all have said yes."""
    waiting = await row_of(Lesson, call.content["lesson"])
    if waiting is None:
        return []
    effects, host = await _withdrawn(waiting), waiting.host
    await _forget(waiting)
    text = (
        f"Your lesson **{escaped(waiting.title)}** was not released by all by its day, so it stays. Nothing was sent; `assembly "
        "lesson` asks again."
    )
    return [*effects, *await _host_told(call, waiting, host, text)]


# --------------------------------------------------------------------------------------------- reading


async def news(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """The lessons of the last month and what else is new; `monthly` and `off` say whether the lessons come by themselves."""
    word = folded(rest)
    if word in ("monthly", "on"):
        return await _subscribed(call, assembly)
    if word in ("off", "stop"):
        await NewsReader.filter(assembly=assembly.id, person=call.person).delete()
        return [Say(text="It comes no more by itself; `assembly news` shows it whenever you like.")]
    if word:
        raise Refused(
            "`assembly news` shows the last month, `assembly news monthly` has it come to you, `assembly news off` ends that. "
            "Nothing was changed."
        )
    now = now_of(call)
    since, until = now - relativedelta(months=1), now + timedelta(seconds=1)
    text = await _told(assembly, since, until)
    new = await digest.words(call, assembly, since, until)
    if not text:
        none = f"No lessons were given in **{escaped(assembly.name)}** in the last month."
        foot = "" if new else f"Next: {_EXAMPLE} gives one."
        return [Say(text="\n\n".join(filter(None, [none, new, foot])))]
    reads = await NewsReader.exists(assembly=assembly.id, person=call.person)
    foot = "" if reads else "`assembly news monthly` has the lessons come to you by themselves."
    return [Say(text="\n\n".join(filter(None, [text, new, foot])))]


async def _told(assembly: Assembly, since: datetime, until: datetime) -> str:
    found = newsletter(await ledger(assembly), await seen(assembly), since, until)
    text = in_words(found, escaped, verbatim)
    return (
        f"What congregations of **{escaped(assembly.name)}** have learned:\n\n{text}"
        if text
        else ""
    )


async def _subscribed(call: Call, assembly: Assembly) -> list[Effect]:
    await NewsReader.get_or_create(assembly=assembly.id, person=call.person)
    at = await digest.next_first(call, assembly)
    zone = await zone_of(call, assembly)
    return [
        _month(assembly, at),
        Say(
            text=f"The newsletter comes on the first of each month in which there is one, next on **{clock.words(at, zone)}**. "
            "`assembly news off` ends that."
        ),
    ]


def _month(assembly: Assembly, at: datetime) -> Ring:
    return Ring(
        ritual="assembly-newsletter",
        about=f"assembly:{assembly.id}",
        at=at,
        when=at.isoformat(),
        room=assembly.room,
        content={"assembly": assembly.id},
    )


@ritual(
    name="assembly-newsletter",
    help="brings the newsletter of an assembly to the hosts who want it, on the first of a month in which there is one",
)
async def month(call: Call) -> Effects:
    """A month is over."""
    assembly = await row_of(Assembly, call.content["assembly"])
    space = await Room.get_or_none(id=assembly.room) if assembly and assembly.room else None
    if assembly is None or space is None or assembly.state is not State.SEATED:
        return []
    readers = await _readers(call, assembly, space)
    if not readers:
        return []
    zone = await zone_of(call, assembly)
    before = clock.wall(call.at, zone) - relativedelta(months=1)
    text = await _told(assembly, clock.resolve(before, zone), call.at)
    effects: list[Effect] = [_month(assembly, await digest.next_first(call, assembly))]
    if text:
        for reader in readers:
            effects += await whispered(
                call, reader, text, about=f"assembly:{assembly.id}", dispensable=True
            )
    return effects


async def _readers(call: Call, assembly: Assembly, space: Room) -> Iterable[str]:
    hosts = set(await hosts_of(space, call.house.me))
    rows = await NewsReader.filter(assembly=assembly.id).order_by("id")
    return [row.person for row in rows if row.person in hosts]
