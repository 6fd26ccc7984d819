"""Partnership reflection: two people look, each alone, at where they stand between domination and partnership (DYAD-5).

What either says is sealed, and opens only when both have chosen that: for both in one unit of work (R39). Until then
nothing that one of the two sees depends on what the other does: not whether they have begun, written, chosen, stopped,
left or been forgotten, and not when. After fourteen days, at a moment fixed when both accepted, what did not open is
deleted, the keys are destroyed, and both are told so in the same words (R40). No figure is made of what anybody said (R41).

Whoever chose to open and was told that nothing opened knows that it was not both; nobody who did not choose learns
anything. More cannot be hidden from somebody who waits for a yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handlers import meetings
from handlers.asking import asked, now_of, whispered, zone_of
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    DestroyKey,
    Effect,
    Effects,
    KeyGone,
    Option,
    Redact,
    Refused,
    Ring,
    Say,
    Scrub,
    Whisper,
    command,
    inquiry,
    ritual,
    tap,
)
from handlers.one_to_ones import called
from handlers.power import may_take_back
from handlers.reminders import sealed as sealed_reminder
from handlers.safety import DOOR
from handlers.whom import named
from handlers.words import escaped, first_word, folded, sign, verbatim
from practices import clock
from practices import partnership as pure
from practices.circles import RoomKind
from practices.dates import read_when
from practices.meetings import Quiet, next_waking
from practices.partnership import LONGEST, OPEN, PLACES, Fate, Half, Step
from practices.understanding import NotUnderstood, shown
from storage.dyads import of_person
from storage.members import Member
from storage.people import Person
from storage.questions import Question
from storage.reflections import Reflection, ReflectionSide, Stage, forget as delete, sides
from storage.reminders import Reminder
from storage.rooms import Room

#: So long the same person is not asked again by the same one.
REST = timedelta(days=30)

#: More that are asked at the same time would be a campaign.
MOST_ASKED = 3

#: So long a question that takes words lies open; after that `partnership` asks it again.
PATIENCE = timedelta(hours=12)
A_WHILE = timedelta(hours=1)

#: Whoever has not chosen is told once, so long before the end.
SOON = timedelta(days=3)

#: So long both are asked for a day on which to look again.
AFTER = timedelta(days=3)
_TEN = time(10)

_KNOWN = (RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING, RoomKind.CONGREGATION)

#: What is sealed, and for what.
WHO, SAID = "whom one reflects with", "partnership reflection"

BEGIN = Option(sign="▶️", word="begin", also=("start", "yes", "go on"))
PASS = Option(sign="⏭️", word="pass", also=("skip", "next"))
STOP = Option(sign="✋", word="stop", also=("cancel", "never mind", "nevermind", "forget it"))
SEAL = Option(sign="🔒", word="seal", also=("yes", "right"))
OPENS = Option(sign="👐", word="open", also=("yes", "reveal", "open it"))
SHUT = Option(
    sign="🤲", word="keep closed", also=("no", "not yet", "close", "closed", "withdraw", "keep it closed")
)
CHANGE = Option(sign="✏️", word="change", also=("edit",))
TAKE_BACK = Option(sign="🗑️", word="take back", also=("delete", "redact"))
NOT_THIS_TIME = Option(
    sign=NO.sign, word=NO.word, also=(*NO.also, "not this time", "pass", "stop")
)
POINT = Option(sign="📍", word="point", also=("line",))
WHY = Option(sign="💬", word="why", also=("reason",))
DICTATOR = Option(sign="👑", word="dictator", also=("deciding",))
PARTNER = Option(sign="🤝", word="partner", also=("exchange",))

_PARTS = {
    POINT.word: Step.POINT, WHY.word: Step.WHY, DICTATOR.word: Step.DICTATOR, PARTNER.word: Step.PARTNER
}  # fmt: skip
_PLACES = tuple(
    Option(sign=place.sign, word=place.words, also=(chr(ord("a") + number),))
    for number, place in enumerate(PLACES)
)
_WAYS = "⏭️ pass · ✋ stop"
_SEALED_WORD = {"on": "you have chosen to open it", "off": "it is sealed, and you have not chosen to open it"}

GONE = "That partnership reflection is over, and nothing of it is kept. `partnership with` and a name begins another."
UNREADABLE = (
    "What you had begun could not be read any more: its key is not on this machine, or was destroyed. Nobody else can read it "
    "either, and nothing was opened."
)


# ------------------------------------------------------------------------------------- what is kept


@dataclass(frozen=True, slots=True)
class View:
    """A reflection as one of the two knows it: only what is theirs."""

    row: Reflection
    side: ReflectionSide
    #: Who the other is, as an id and as a name that is safe in Markdown.
    other: str
    name: str
    #: Whether this one was asked and would rather not.
    declined: bool
    half: Half
    #: Their own messages and our answers to them that hold what they said.
    events: tuple[str, ...] = ()


def about(row: Reflection) -> str:
    """What its hours belong to, and the owner of the key of the two."""
    return f"reflection:{row.id}"


def _own(side: ReflectionSide) -> str:
    """The owner of the key of one side: destroyed with what it sealed, whatever the other does."""
    return f"reflection:{side.reflection}:{side.id}"


def _label(call: Call, side: ReflectionSide, other: str, name: str, *, declined: bool = False) -> str:
    content = {"with": other, "called": name, "declined": declined}
    return call.house.keys.of(f"reflection:{side.reflection}").seal(WHO, content)


async def _side(
    call: Call, row: Reflection, person: str, other: str, name: str, *, asks: bool
) -> ReflectionSide:
    side = ReflectionSide(reflection=row.id, person=person, asks=asks)
    side.other = _label(call, side, other, name)
    await side.save()
    return side


async def _view(call: Call, side: ReflectionSide) -> View:
    """What one side knows. Raises KeyGone when who the other is cannot be read."""
    row = await Reflection.get(id=side.reflection)
    label = call.house.keys.of(about(row)).open(WHO, side.other)
    assert isinstance(label, dict)
    half, events = _read(call, side)
    return View(
        row, side, str(label["with"]), str(label["called"]), bool(label["declined"]), half, events
    )


def _read(call: Call, side: ReflectionSide) -> tuple[Half, tuple[str, ...]]:
    """What one side has said; what cannot be read any more is as if it had not been said."""
    if not side.said:
        return Half(), ()
    try:
        kept = call.house.keys.of(_own(side)).open(SAID, side.said)
    except KeyGone:
        return Half(), ()
    assert isinstance(kept, dict)
    return pure.from_state(kept["half"]), tuple(map(str, kept["events"]))


async def _keep(call: Call, view: View, half: Half, *events: str | None) -> View:
    """Seal what one side has said by now."""
    known = tuple(dict.fromkeys([*view.events, *(each for each in events if each)]))
    content = {"half": pure.state(half), "events": list(known)}
    view.side.said = call.house.keys.of(_own(view.side)).seal(SAID, content)
    await view.side.save(update_fields=["said"])
    return replace(view, half=half, events=known)


async def _mine(call: Call) -> list[View]:
    """What the sender is in, that is not over, as far as it can be read."""
    views = []
    for side in await ReflectionSide.filter(person=call.person).order_by("id"):
        try:
            view = await _view(call, side)
        except KeyGone:
            continue
        if view.row.ends > now_of(call):
            views.append(view)
    return views


async def _of_question(call: Call, question: Question) -> View | None:
    """The reflection that a question to the sender is about; None when it is over."""
    side = await ReflectionSide.get_or_none(id=int(str(question.data["side"])), person=call.person)
    return await _still(call, side)


async def _still(call: Call, side: ReflectionSide | None) -> View | None:
    if side is None:
        return None
    try:
        view = await _view(call, side)
    except KeyGone:
        return None
    return view if view.row.ends > now_of(call) else None


async def _unasked(side: ReflectionSide) -> None:
    """Nothing about it is asked of one side any more."""
    mine = Question.filter(person=side.person, inquiry__startswith="partnership-")
    for question in await mine:
        if question.data.get("side") == side.id:
            await question.delete()


def _place(call: Call, row: Reflection) -> Call:
    """The same call in a place of the two, which has the clock of their circle and is in none."""
    return replace(call, room=Room(id=about(row), zone=row.zone), thread=None)


async def _until(call: Call, view: View) -> str:
    zone = await zone_of(call, view.side.person, _place(call, view.row).room)
    return clock.short_words(view.row.ends, zone)


async def _nights(call: Call, row: Reflection, people: Sequence[str]) -> list[tuple[ZoneInfo, Quiet]]:
    place = _place(call, row)
    known = {person.id: person async for person in Person.filter(id__in=list(people))}
    return [
        (await zone_of(place, each, place.room), meetings.quiet_for(known.get(each), place.room))
        for each in people
    ]


def _ring(row: Reflection, ritual_: str, at: datetime, **content: object) -> Ring:
    return Ring(
        ritual=ritual_,
        about=about(row),
        at=at,
        when=":".join([at.isoformat(), *map(str, content.values())]),
        room=about(row),
        content={"reflection": row.id, **content},
    )


async def _gone(row: Reflection) -> list[Effect]:
    """Nothing of it stays: no row, no question, no hour, and no key that could read an older copy."""
    effects: list[Effect] = [CallOff(about=about(row)), DestroyKey(owner=about(row))]
    for side in await sides(row.id):
        await _unasked(side)
        effects.append(DestroyKey(owner=_own(side)))
    await delete(row)
    return [*effects, Scrub()]


# ------------------------------------------------------------------------------------ what is said


@command(
    name="partnership",
    help="look with one other person, each alone first, where you stand between domination and partnership",
    example="partnership with ben",
    kinds=frozenset({RoomKind.PRIVATE}),
    instead="In our private chat `partnership with` and a name asks one person, and nobody else hears of it.",
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing to see where you are; “with” and a name to begin or go on; a name and “open”, “keep closed”, “change”, "
            "“stop”, “take back”, or “again on 1 march” for a day to look again",
        ),
    ),
)
async def partnership(call: Call, what: str | None) -> Effects:
    """Begin one, or go on with one's own."""
    said = (what or "").strip()
    if folded(first_word(said)[0]) == "with":
        said = first_word(said)[1]
    mine = await _mine(call)
    if not said:
        return await _listed(call, mine)
    word = folded(said)
    running = [view for view in mine if view.row.stage is Stage.OPEN]
    if word in _ACTS and len(running) == 1 and not _named(mine, word):
        return await _act(call, running[0], word)
    person, view, rest = await _meant(call, mine, said)
    act, day = folded(first_word(rest)[0]), first_word(rest)[1]
    if act == "again":
        return await _suggest(call, person, day.removeprefix("on ").strip())
    if view is None:
        return await _to_ask(call, person, said)
    if folded(rest) in _ACTS:
        return await _act(call, view, folded(rest))
    return await _one(call, view)


_ACTS = {
    word: option.word
    for option in (BEGIN, OPENS, SHUT, CHANGE, TAKE_BACK, STOP)
    for word in (option.word, *option.also)
    if word not in ("yes", "no")
}


async def _listed(call: Call, mine: list[View]) -> list[Effect]:
    """All of one's own; of a single one its next step."""
    if not mine:
        unreadable = await ReflectionSide.filter(person=call.person).exists()
        return [Say(text=f"{UNREADABLE}\n\n{_LEAD}" if unreadable else _LEAD)]
    if len(mine) == 1:
        return await _one(call, mine[0])
    lines = [f"- **{view.name}**: {await _stands(call, view)}" for view in mine]
    foot = "`partnership with` and a name goes on there."
    return [Say(text="\n".join(lines) + f"\n\n{foot}\n\n{DOOR}")]


_LEAD = (
    "Two people look, each alone first, where they stand between “one decides, one obeys” and “two different people in "
    "exchange”. What each of you marks and writes stays sealed until you both choose to open it.\n\nNext: `partnership with "
    f"ben` asks Ben, if you share a circle; only Ben hears of it.\n\n{DOOR}"
)


async def _stands(call: Call, view: View) -> str:
    """Where one's own side stands, in words; of the other's nothing is known."""
    if view.row.stage is Stage.RESTS:
        return "not this time"
    until = await _until(call, view)
    if view.row.stage is Stage.ASKED:
        if view.side.asks:
            return f"asked; the answer is theirs, until {until}"
        return "not this time" if view.declined else f"asks you, until {until}"
    match view.half.step:
        case Step.BEGIN:
            words = "not begun"
        case Step.LEFT:
            words = "you have stopped, and nothing of yours is kept"
        case Step.SEALED:
            words = _SEALED_WORD["on" if view.half.opens else "off"]
        case _:
            words = "you have begun"
    return f"{words}; until {until}"


async def _one(call: Call, view: View) -> list[Effect]:
    """The next step of one."""
    if view.row.stage is Stage.OPEN:
        return await _screen(call, view)
    if view.row.stage is Stage.ASKED and not view.side.asks:
        await _unasked(view.side)
        return [await _proposal(call, view)]
    back = ""
    if view.row.stage is Stage.ASKED:
        back = " `partnership take back` takes it back, if it is the only one."
        back = f" `partnership {_word(view.name)} take back` takes it back."
    return [Say(text=f"**{view.name}**: {await _stands(call, view)}.{back}\n\n{DOOR}")]


def _word(name: str) -> str:
    """A name as it can be typed behind a command; one that needs marks is left out."""
    first = name.split(maxsplit=1)[0] if name.split() else ""
    return first.casefold() if first.isalnum() else "…"


def _named(mine: list[View], word: str) -> list[View]:
    """Those of one's own whose other goes by a folded name or an id."""
    found = []
    for view in mine:
        name = folded(view.name.replace("\\", ""))
        if word in (name, *name.split()[:1], folded(view.other), folded(view.other).removeprefix("@")):
            found.append(view)
    return found


async def _meant(call: Call, mine: list[View], said: str) -> tuple[str, View | None, str]:
    """Who is meant by the words at the beginning, what one has with them, and what else was said. Raises Refused.

    Whoever one reflects with is known by the name they had when it began, wherever they are now.
    """
    words = said.split()
    known = await _known(call)
    for many in range(len(words), 0, -1):
        word, rest = folded(" ".join(words[:many])), " ".join(words[many:])
        own = _named(mine, word)
        people = {view.other for view in own} or set(named(known, word.removeprefix("@")))
        people = people or {each.person for each in known if folded(each.person) == word}
        if len(people) > 1:
            raise Refused(
                f"More than one person you know is called {escaped(shown(' '.join(words[:many])))}. Nobody was asked; an id such as "
                "@ben:example.org says who is meant."
            )
        if people:
            [person] = people
            return person, next((view for view in mine if view.other == person), None), rest
    raise Refused(
        f"I know nobody by the name {escaped(shown(said))} in a circle that you are both in, so nobody was asked. It begins between "
        "people who share a crew, a congregation or another room that I look after, or who are a dyad."
    )


async def _known(call: Call) -> list[Member]:
    """The people with whom the sender shares a circle or a dyad."""
    partners = [
        each.other(call.person) for each in await of_person(call.person) if each.state in _TOGETHER
    ]
    found = await Member.filter(room__in=await _circles(call.person))
    found += await Member.filter(person__in=partners)
    return [each for each in found if each.person not in (call.person, call.house.me)]


async def _circles(person: str) -> list[str]:
    rooms = await Member.filter(person=person).values_list("room", flat=True)
    kept = await Room.filter(id__in=list(rooms), joined=True, kind__in=list(_KNOWN))
    return [room.id for room in sorted(kept, key=lambda each: (_KNOWN.index(each.kind), each.id))]


# ------------------------------------------------------------------------------------------- asking


async def _to_ask(call: Call, person: str, said: str) -> list[Effect]:
    """Say back whom it would ask; only a yes asks them."""
    again = await _rejoined(call, person)
    if again is not None:
        return again
    if len([view for view in await _mine(call) if view.side.asks and view.row.stage is Stage.ASKED]) >= MOST_ASKED:
        raise Refused(
            f"{MOST_ASKED} people are asked by you already, so nobody else was. `partnership` lists them; with “take back” a place "
            "is free again."
        )
    name = await called(person, call.person)
    return [
        Ask(
            inquiry="partnership-right",
            text=f"I would ask **{name}** to look with you at your partnership: each alone, and opened only if you both choose it. "
            f"Nobody else hears of it.\n\n✅ ask {name} · ✋ leave it\n\n{DOOR}",
            until=call.at + A_WHILE,
            data={"said": said},
            person=call.person,
        )
    ]


async def _rejoined(call: Call, person: str) -> list[Effect] | None:
    """Whoever was forgotten and comes back is in what they were in: to the other nothing has happened.

    None where that person has nothing open with the sender.
    """
    for side in await ReflectionSide.filter(person=person):
        view = await _still(call, side)
        if view is None or view.other != call.person or view.row.stage is Stage.RESTS:
            continue
        if len(await sides(view.row.id)) > 1:
            continue
        name = await called(person, call.person)
        mine = await _side(call, view.row, call.person, person, name, asks=not side.asks)
        return await _one(call, await _view(call, mine))
    return None


@inquiry(name="partnership-right", options=(YES, NO), begun=True)
async def right(call: Call, question: Question, said: str) -> Effects:
    """A yes asks; whom, is read again from the words, so that nobody else's leaving shows in what is open here."""
    await question.delete()
    if said != YES.word:
        return [Say(text=f"Nobody was asked.\n\n{DOOR}")]
    mine = await _mine(call)
    person, view, _rest = await _meant(call, mine, str(question.data["said"]))
    if view is not None:
        return await _one(call, view)
    again = await _rejoined(call, person)
    return again if again is not None else await _asks(call, person)


async def _asks(call: Call, person: str) -> list[Effect]:
    """Put it to the other."""
    await _forget_rests(call, person)
    row = await Reflection.create(ends=call.at + OPEN, zone=await _zone(call.person, person))
    name = await called(person, call.person)
    mine = await _side(call, row, call.person, person, name, asks=True)
    theirs = await _side(
        call, row, person, call.person, await called(call.person, person), asks=False
    )
    ask = await _proposal(call, await _view(call, theirs))
    until = await _until(call, await _view(call, mine))
    return [
        *await asked(
            _place(call, row),
            person,
            ask.text,
            about=about(row),
            inquiry=ask.inquiry,
            until=ask.until,
            data=ask.data,
        ),
        _ring(row, "partnership-lapses", row.ends),
        Say(
            text=f"{name} is asked, and needs no reason. You hear of a yes here; otherwise, after **{until}**, that it is not this "
            f"time. `partnership {_word(name)} take back` takes it back.\n\n{DOOR}"
        ),
    ]


async def _forget_rests(call: Call, person: str) -> None:
    """What the other once asked in vain rests no more, as they are asked now."""
    for side in await ReflectionSide.filter(person=person, asks=True):
        try:
            view = await _view(call, side)
        except KeyGone:
            continue
        if view.other == call.person and view.row.stage is Stage.RESTS:
            await delete(view.row)


async def _zone(one: str, other: str) -> str | None:
    """The clock of the smallest circle that both are in."""
    theirs = await _circles(other)
    shared = [room for room in await _circles(one) if room in theirs]
    room = await Room.get_or_none(id=shared[0]) if shared else None
    return room.zone if room is not None else None


async def _proposal(call: Call, view: View) -> Ask:
    hello = ""
    if not await Room.exists(private_with=view.side.person):
        hello = "Hello. I am Kinkeeper, a program that helps people in your circles to keep in touch.\n\n"
    return Ask(
        inquiry="partnership-asked",
        text=f"{hello}**{view.name}** asks whether you would look together at your partnership. Each of you alone marks a point on a "
        f"line from “{pure.DOMINATION}” to “{pure.PARTNERSHIP}” and writes why; it opens only if you both choose that, and is "
        f"deleted otherwise.\n\n✅ yes · ✋ not this time\n\n*Not this time needs no reason: {view.name} hears only when the two "
        f"weeks are over, in the same words as if you had not answered.*\n\n{DOOR}",
        until=view.row.ends,
        data={"side": view.side.id},
        person=view.side.person,
    )


@inquiry(
    name="partnership-asked",
    options=(YES, NOT_THIS_TIME),
    late="That was asked a while ago, and is over. `partnership with` and a name asks anew.",
)
async def asked_and_answered(call: Call, question: Question, said: str) -> Effects:
    """Both have said yes; or nothing is said, until the time is over."""
    view = await _of_question(call, question)
    if said not in (YES.word, NO.word):
        return [Say(text=f"A yes or a no is enough: ✅ yes · ✋ not this time.\n\n{DOOR}")]
    await question.delete()
    if view is None or view.row.stage is not Stage.ASKED:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    if said == YES.word:
        return await _accepted(call, view)
    view.side.other = _label(call, view.side, view.other, view.name, declined=True)
    await view.side.save(update_fields=["other"])
    return [
        Say(
            text=f"Good: not this time. If you change your mind before **{await _until(call, view)}**, `partnership with "
            f"{_word(view.name)}` asks you again.\n\n{DOOR}"
        )
    ]


async def _accepted(call: Call, view: View) -> list[Effect]:
    """The second yes: from now on each is alone with it, until an end that nothing moves."""
    row = view.row
    both = await sides(row.id)
    people = [side.person for side in both]
    row.stage, row.ends = Stage.OPEN, pure.ends_at(call.at, await _nights(call, row, people))
    await row.save()
    effects: list[Effect] = [CallOff(about=about(row))]
    for side in both:
        await _unasked(side)
        ask = await _begins(call, await _view(call, side))
        effects += await asked(
            _place(call, row),
            side.person,
            ask.text,
            about=about(row),
            inquiry=ask.inquiry,
            until=ask.until,
            data=ask.data,
        )
        effects.append(_ring(row, "partnership-soon", row.ends - SOON, side=side.id))
    return [*effects, _ring(row, "partnership-over", row.ends)]


@ritual(
    name="partnership-lapses",
    help="tells whoever asked for a partnership reflection that it is not this time, and later forgets that they asked",
)
async def lapses(call: Call) -> Effects:
    """A no and a silence reach whoever asked at the same moment, in the same words (R13)."""
    row = await Reflection.get_or_none(id=int(str(call.content["reflection"])))
    if row is None or row.stage is Stage.OPEN or row.ends > now_of(call):
        return []
    if row.stage is Stage.RESTS:
        return await _gone(row)
    effects = await _rests(call, row)
    for side in await sides(row.id):
        try:
            name = f"**{(await _view(call, side)).name}** and a partnership reflection"
        except KeyGone:
            name = "The partnership reflection that you asked for"
        effects += await whispered(
            _place(call, row), side.person, f"{name}: not this time.\n\n{DOOR}", about=about(row)
        )
    return effects


async def _rests(call: Call, row: Reflection) -> list[Effect]:
    """Nothing stays of it but that the same person was asked, for whoever asked, and for a while."""
    for side in await sides(row.id):
        await _unasked(side)
        if not side.asks:
            await side.delete()
    row.stage, row.ends = Stage.RESTS, now_of(call) + REST
    await row.save()
    return [CallOff(about=about(row)), _ring(row, "partnership-lapses", row.ends)]


# ----------------------------------------------------------------------------------- each of the two alone


async def _screen(call: Call, view: View) -> list[Effect]:
    """What is asked of one side now, by what that side has done; the former question is asked no more."""
    await _unasked(view.side)
    match view.half.step:
        case Step.BEGIN | Step.LEFT:
            return [await _begins(call, view)]
        case Step.POINT:
            return [_point(call, view)]
        case Step.REVIEW:
            return [_review(call, view)]
        case Step.SEALED:
            return [await _sealed(call, view)]
        case _:
            return [_words(call, view)]


def _asks_one(
    view: View, inquiry_: str, text: str, until: datetime, *, without: tuple[str, ...] = ()
) -> Ask:
    """One screen: on each of them the safety door is two steps away, for that person alone."""
    return Ask(
        inquiry=inquiry_,
        text=f"{text}\n\n{DOOR}",
        until=min(until, view.row.ends),
        data={"side": view.side.id},
        person=view.side.person,
        without=without,
    )


async def _begins(call: Call, view: View) -> Ask:
    until = await _until(call, view)
    if view.half.step is Step.LEFT:
        text = (
            f"You have stopped your reflection with **{view.name}**, and nothing of yours is kept. Until **{until}** you can begin "
            "it again.\n\n▶️ begin"
        )
        return _asks_one(view, "partnership-begin", text, view.row.ends, without=(STOP.word,))
    text = (
        f"**You and {view.name} look at your partnership**, each alone. You mark a point on a line, say why, and name one moment of "
        "being the dictator and one of being the partner; each of these can be passed.\n\n"
        "It stays sealed, and opens in both your chats at the same moment if you both choose that, and never otherwise. At the "
        f"end, **{until}**, what did not open is deleted. Until then I tell neither of you anything of the other: not even whether "
        "they have begun. *Only whoever chose to open can then tell that it was not both.*\n\n▶️ begin, whenever you like · ✋ stop"
    )
    return _asks_one(view, "partnership-begin", text, view.row.ends)


@inquiry(name="partnership-begin", options=(BEGIN, STOP), late=GONE)
async def begins(call: Call, question: Question, said: str) -> Effects:
    """Begin alone, or not at all."""
    return await _does(call, question, said, "▶️ begin · ✋ stop")


def _point(call: Call, view: View) -> Ask:
    lines = [f"{place.sign} {place.words}" for place in PLACES]
    text = (
        f"**Where do you and {view.name} stand, as you see it now?** It is one line, and every point of it is as good an answer:"
        f"\n\n{'\n\n'.join(lines)}\n\nOr a number between the two ends, from 0 for “{pure.DOMINATION}” to 100 for "
        f"“{pure.PARTNERSHIP}”.\n\n{_WAYS}"
    )
    return _asks_one(view, "partnership-point", text, call.at + PATIENCE)


_QUESTIONS = {
    Step.WHY: "**Why there?** It may help to ask: who sets the time, the topic and the tone; who can say no without paying for it; "
    "whose mistakes count more; what do you hold back?",
    Step.DICTATOR: "**One moment in which you were the dictator**: you decided, and {name} had to follow. What was it?",
    Step.PARTNER: "**One moment in which you were the partner**: two different people, and both counted. Which difference between you "
    "was of use?",
}


def _words(call: Call, view: View) -> Ask:
    step = view.half.step
    drawn = ""
    if step is Step.WHY and view.half.point is not None and not view.half.changes:
        drawn = f"{_line(view.half.point)}\n\n"
    text = (
        f"{drawn}{_QUESTIONS[step].format(name=view.name)}\n\n*Your next message answers this, in up to {LONGEST:,} letters.*"
        f"\n\n{_WAYS}"
    )
    return _asks_one(view, "partnership-words", text, call.at + PATIENCE)


def _line(point: float) -> str:
    """A point as it was marked: drawn, as a number of the line, and in the nearest words."""
    return f"{pure.drawn(point)}\n\n*{point:g} of 100, near “{pure.nearest(point)}”*"


async def _is_an_answer(call: Call, _question: Question, said: str) -> bool:
    """Whether words that begin like a command are an answer: all but those that lead out of here."""
    first, rest = first_word(said)
    found = call.house.catalogue.words.get(folded(first))
    leads_out = found is not None and found.name in ("safety", "help", "partnership", "export")
    return bool(rest) and folded(said) != "forget me" if not leads_out else bool(rest)


@inquiry(name="partnership-point", options=(*_PLACES, PASS, STOP), begun=True)
async def point_said(call: Call, question: Question, said: str) -> Effects:
    """A place by its sign or words, or any point by its number."""
    view = await _of_question(call, question)
    if view is None or said in (PASS.word, STOP.word) or view.half.step is not Step.POINT:
        return await _does(call, question, said, _WAYS)
    places = {place.words: place.point for place in PLACES}
    point = places[said] if said in places else pure.read_point(said)
    view = await _keep(call, view, pure.marked(view.half, point), *_seen(call, question))
    return await _screen(call, view)


@inquiry(
    name="partnership-words",
    options=(PASS, STOP),
    takes_words=True,
    begun=True,
    claims=_is_an_answer,
)
async def words_said(call: Call, question: Question, said: str) -> Effects:
    """An answer in one's own words."""
    view = await _of_question(call, question)
    if view is None or said in (PASS.word, STOP.word) or view.half.step not in pure.WRITTEN:
        return await _does(call, question, said, _WAYS)
    view = await _keep(call, view, pure.written(view.half, said), *_seen(call, question))
    return await _screen(call, view)


def _seen(call: Call, question: Question) -> tuple[str, ...]:
    """What of this holds somebody's answer in their chat: their own message or tap, and what we asked."""
    own = call.key[call.key.index("$") :] if "$" in call.key else ""
    return tuple(filter(None, (own, f"question:{question.id}")))


def _answers(view: View, *, of: str = "") -> str:
    """All that one side says; what was passed is not there."""
    half = view.half
    head = (f"**{of}**",) if of else ()
    point = (_line(half.point),) if half.point is not None else ()
    titles = {
        Step.WHY: "Why", Step.DICTATOR: "A moment as the dictator", Step.PARTNER: "A moment as the partner"
    }  # fmt: skip
    words = [
        f"*{titles[step]}:*\n\n{_quoted(half.words[step])}"
        for step in pure.WRITTEN
        if half.words.get(step)
    ]
    return "\n\n".join([*head, *point, *words]) or "Nothing so far."


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in verbatim(text).splitlines())


_REVIEW_WAYS = "🔒 seal it · ✋ stop\n\nOr change one: 📍 point · 💬 why · 👑 dictator · 🤝 partner"


def _review(call: Call, view: View) -> Ask:
    text = (
        f"**What you would say to {view.name}:**\n\n{_answers(view)}\n\nNext: seal it, and then choose whether to open it.\n\n"
        f"{_REVIEW_WAYS}"
    )
    return _asks_one(view, "partnership-review", text, call.at + PATIENCE)


@inquiry(
    name="partnership-review",
    options=(SEAL, POINT, WHY, DICTATOR, PARTNER, TAKE_BACK, STOP),
    begun=True,
)
async def reviewed(call: Call, question: Question, said: str) -> Effects:
    """Seal it, change one answer, or stop."""
    return await _does(call, question, said, _REVIEW_WAYS)


async def _sealed(call: Call, view: View) -> Ask:
    until = await _until(call, view)
    ways = "✏️ change · 🗑️ take back what I wrote in this chat · ✋ stop"
    if view.half.opens:
        text = (
            f"**Sealed, and you have chosen to open it** with {view.name}. When both of you have, it opens in both your chats in the "
            "same moment, at a time when both of you are awake; without that it is deleted, and the end is "
            f"**{until}**. You hear nothing before.\n\n🤲 keep closed · {ways}"
        )
        return _asks_one(view, "partnership-sealed", text, view.row.ends, without=(OPENS.word,))
    text = (
        f"**Sealed.** Would you open it with {view.name}? It opens only when both of you have chosen that; otherwise it is deleted at "
        f"the end, **{until}**, and what you chose is told to nobody. You can take your time.\n\n👐 open · {ways}"
    )
    return _asks_one(view, "partnership-sealed", text, view.row.ends, without=(SHUT.word,))


@inquiry(
    name="partnership-sealed", options=(OPENS, SHUT, CHANGE, TAKE_BACK, STOP), late=GONE
)
async def sealed_and_answered(call: Call, question: Question, said: str) -> Effects:
    """Choose to open, or not; change it; stop."""
    return await _does(call, question, said, "👐 open · 🤲 keep closed · ✏️ change · ✋ stop")


async def _does(call: Call, question: Question, said: str, ways: str) -> list[Effect]:
    """One word on a screen of one's own."""
    view = await _of_question(call, question)
    if view is None:
        await question.delete()
        return [Say(text=GONE)]
    if said not in _ACTS and said not in (*_PARTS, SEAL.word, PASS.word):
        return [Say(text=f"A word is enough: {ways}\n\n{DOOR}")]
    if said == TAKE_BACK.word:
        view = await _keep(call, view, view.half, *_seen(call, question))
    return await _act(call, view, said)


async def _act(call: Call, view: View, said: str) -> list[Effect]:
    """What one side does with its own; the other hears nothing of it."""
    word = _ACTS.get(said, said)
    if view.row.stage is not Stage.OPEN:
        return await _act_before(call, view, word)
    half = view.half
    match word:
        case BEGIN.word:
            half = pure.begun(half)
        case PASS.word:
            half = pure.passed(half)
        case SEAL.word:
            half = pure.sealed(half)
        case CHANGE.word:
            half = pure.changing(half)
        case OPENS.word:
            half = pure.willing(half)
        case SHUT.word:
            half = pure.kept_shut(half)
        case TAKE_BACK.word:
            return await _taken_back(call, view)
        case STOP.word:
            return await _stopped(call, view)
        case _:
            half = pure.changing(half, _PARTS[word])
    view = await _keep(call, view, half)
    effects = await _screen(call, view)
    return [*effects, *await _if_both(call, view.row)]


async def _act_before(call: Call, view: View, word: str) -> list[Effect]:
    """What one can do before both have accepted: whoever asked takes it back."""
    if view.row.stage is Stage.ASKED and view.side.asks and word in (TAKE_BACK.word, STOP.word, SHUT.word):
        effects = await _rests(call, view.row)
        free = await _until(call, view)
        return [
            *effects,
            Say(text=f"Taken back: nothing is asked any more. From **{free}** on you can ask {view.name} again.\n\n{DOOR}"),
        ]
    return await _one(call, view)


async def _stopped(call: Call, view: View) -> list[Effect]:
    """Nothing of one's own stays; for the other nothing has changed."""
    await _unasked(view.side)
    wrote = bool(view.events)
    view.side.said = ""
    await view.side.save(update_fields=["said"])
    left = await _keep_left(call, view)
    chat = " What you wrote in this chat is yours to delete." if wrote else ""
    return [
        DestroyKey(owner=_own(view.side)),
        Scrub(),
        *left,
        Say(
            text=f"Stopped, and nothing of yours is kept; {view.name} hears nothing of it.{chat} `partnership with {_word(view.name)}` "
            f"begins again, until **{await _until(call, view)}**.\n\n{DOOR}"
        ),
    ]


async def _keep_left(_call: Call, _view: View) -> list[Effect]:
    return []


async def _taken_back(call: Call, view: View) -> list[Effect]:
    """Have the homeserver forget what stands in one's own chat; what is sealed stays sealed."""
    both = may_take_back(call.room, call.house.me)
    ours = [each for each in view.events if not each.startswith("$")]
    events = list(view.events) if both else ours
    view = replace(view, events=())
    view = await _keep(call, view, view.half)
    text = (
        "What you and I wrote here of it is being taken back; what you sealed stays sealed."
        if both
        else "I take back what I wrote of it; the rules of this chat leave what you wrote to you, to delete in your app. What you "
        "sealed stays sealed."
    )
    return [*(Redact(target=event) for event in events), Say(text=text), *await _screen(call, view)]


# ------------------------------------------------------------------------------------------ the two


async def _if_both(call: Call, row: Reflection, *, over: bool = False) -> list[Effect]:
    """Open both when both have chosen it, at a time when both are awake; a time that is over deletes what did not open."""
    both = await sides(row.id)
    now = now_of(call)
    nights = await _nights(call, row, [side.person for side in both])
    halves = [_read(call, side)[0] for side in both]
    one, other = (*halves, None, None)[:2]
    match pure.fate(one, other, awake=pure.all_awake(now, nights), over=over):
        case Fate.OPENS:
            return await _opened(call, row, both)
        case Fate.DELETED:
            return await _deleted(call, row, both)
        case _ if one is not None and other is not None and one.opens and other.opens:
            return [_ring(row, "partnership-opens", pure.first_awake(now, row.ends, nights))]
        case _:
            return []


async def _found(call: Call) -> Reflection | None:
    found = await Reflection.get_or_none(id=int(str(call.content["reflection"])))
    return found if found is not None and found.stage is Stage.OPEN else None


@ritual(
    name="partnership-opens",
    help="opens what two people both chose to open, when it is nobody's night any more",
    hears_first=True,
)
async def opens(call: Call) -> Effects:
    """Both have chosen it; whoever has thought better of it meanwhile is heard."""
    row = await _found(call)
    return [] if row is None else await _if_both(call, row)


@ritual(
    name="partnership-over",
    help="ends a partnership reflection after two weeks: opened if both chose that, and deleted otherwise",
    hears_first=True,
)
async def over(call: Call) -> Effects:
    """The fourteen days are over."""
    row = await _found(call)
    return [] if row is None else await _if_both(call, row, over=True)


@ritual(
    name="partnership-soon",
    help="says once to each of two people who reflect on their partnership when it ends, unless they have stopped or chosen",
)
async def soon(call: Call) -> Effects:
    """One word, by what that side has done, and by nothing else."""
    row = await _found(call)
    side = await ReflectionSide.get_or_none(id=int(str(call.content["side"])))
    view = await _still(call, side)
    if row is None or view is None or view.half.opens or view.half.step is Step.LEFT:
        return []
    return await whispered(
        _place(call, row),
        view.side.person,
        f"Your partnership reflection with **{view.name}** ends **{await _until(call, view)}**. `partnership` goes on where you "
        f"were; leaving it is as good.\n\n{DOOR}",
        about=about(row),
        dispensable=True,
    )


async def _deleted(call: Call, row: Reflection, both: list[ReflectionSide]) -> list[Effect]:
    """Both hear the same at the same moment, whatever either of them chose (R40)."""
    told: list[Effect] = []
    for side in both:
        try:
            name = f" with **{(await _view(call, side)).name}**"
        except KeyGone:
            name = ""
        told.append(
            Whisper(
                person=side.person,
                text=f"Your partnership reflection{name} is over, and was not opened. All that either of you said in it is deleted, "
                "and what either of you chose is told to nobody. What stands in your own chat is yours to delete.\n\n"
                f"`partnership with` and the name asks anew.\n\n{DOOR}",
            )
        )
    return [*await _gone(row), *told]


class _Opened(NamedTuple):
    """What is shown to one of the two."""

    person: str
    other: str
    name: str


async def _opened(call: Call, row: Reflection, both: list[ReflectionSide]) -> list[Effect]:
    """Both open for both, in this one unit of work (R39); then nothing of it is kept."""
    try:
        views = [await _view(call, side) for side in both]
    except KeyGone:
        return await _deleted(call, row, both)
    told: list[Effect] = []
    for mine, theirs in (views, views[::-1]):
        to = mine.side.person
        head = f"👐 **Opened, for you and {mine.name} in this moment.**"
        told += [
            Whisper(
                person=to,
                text=f"{head}\n\n{_answers(theirs, of=mine.name)}",
                name=f"opened:{row.id}:1",
            ),
            Whisper(person=to, text=_answers(mine, of="You"), name=f"opened:{row.id}:2"),
            Whisper(
                person=to,
                text=f"Next, if you both like: **20 minutes with {mine.name}**, in a call or side by side, by listen and loop. One speaks "
                "for a few minutes, the other says back the essence until the first feels heard; then you switch. No advice, no "
                "defence.\n\n🗑️ take back what is opened here\n\n*I have kept nothing of it: these messages are all there is.*\n\n"
                f"{DOOR}",
                name=f"opened:{row.id}:3",
                taps=(TAKE_BACK.sign,),
            ),
        ]
    asks = [_day_asked(call, _Opened(view.side.person, view.other, view.name)) for view in views]
    return [*await _gone(row), *told, *asks]


@tap(prefix="opened", labels={"take back what is opened here": TAKE_BACK.sign, "take back": TAKE_BACK.sign})
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """🗑️ under what was opened: it goes from one's own chat."""
    if sign(said) != sign(TAKE_BACK.sign):
        raise NotUnderstood("Under that message 🗑️ takes back what was opened here.")
    number = subject.partition(":")[0]
    return [
        *(Redact(target=f"opened:{number}:{part}") for part in (1, 2)),
        Say(text="What was opened is being taken back here, in your chat."),
    ]


# ------------------------------------------------------------------------------------- to look again


def _day_asked(call: Call, to: _Opened) -> Ask:
    return Ask(
        inquiry="partnership-again",
        text=f"And after your talk: agree with {to.name} on **one change**, which stays between you, and on **a day to look again**. A "
        "day in your own words, such as “in 3 months”, and I ask them whether it suits; of all this only that date is kept, as a "
        f"reminder to each.\n\n⏭️ pass\n\n{DOOR}",
        until=now_of(call) + AFTER,
        data={"with": to.other},
        person=to.person,
        private=True,
    )


@inquiry(
    name="partnership-again",
    options=(replace(PASS, also=(*PASS.also, "no", "stop", "not this time", "none")),),
    late="The days for that are over. `partnership`, the name and “again in 3 months” suggests a day at any time.",
)
async def again_said(call: Call, question: Question, said: str) -> Effects:
    """A day is suggested to the other, or none."""
    if said == PASS.word:
        await question.delete()
        return [Say(text="Good.")]
    effects = await _suggest(call, str(question.data["with"]), said)
    await question.delete()
    return effects


async def _suggest(call: Call, person: str, said: str) -> list[Effect]:
    """Ask the other whether a day suits. Raises NotUnderstood when it is none."""
    zone = await zone_of(call, call.person, call.room)
    at = read_when(said, now=call.at, zone=zone, at=_TEN).at
    day = clock.wall(at, zone).date()
    await _no_day_asked(call.person, person)
    await _no_day_asked(person, call.person)
    mine = await called(call.person, person)
    place = replace(call, room=Room(id="partnership", zone=await _zone(call.person, person)))
    effects = await asked(
        place,
        person,
        f"**{mine}** suggests **{clock.long_day(day)}** as the day on which you both look again at your partnership. With a yes each of "
        f"you is reminded then.\n\n✅ yes · ✋ not this time\n\n*Another day in your own words suggests that one.*\n\n{DOOR}",
        about="partnership",
        inquiry="partnership-day",
        until=call.at + OPEN,
        data={"with": call.person, "day": day.isoformat()},
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
    options=(YES, NOT_THIS_TIME),
    late="That was asked a while ago, and is over. Nothing was set.",
)
async def day_answered(call: Call, question: Question, said: str) -> Effects:
    """With the second yes each is reminded; another day is asked back."""
    other, day = str(question.data["with"]), str(question.data["day"])
    if said not in (YES.word, NO.word):
        effects = await _suggest(call, other, said)
        await question.delete()
        return effects
    await question.delete()
    if said == NO.word:
        return [Say(text="Good: no day is set, and nothing is said of it.")]
    effects = []
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
    ahead = Reminder.filter(room=room.id).exclude(at=None)
    taken = {each.number for each in await ahead}
    kept = sealed_reminder(call, f"today you and {name.replace('\\', '')} wanted to look again: partnership with {_word(name)}")
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


# ---------------------------------------------------------------------------------- one's own data


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: nothing of theirs stays, and to the other it is as if they were silent."""
    effects: list[Effect] = []
    for side in await ReflectionSide.filter(person=call.person):
        row = await Reflection.get(id=side.reflection)
        await _unasked(side)
        others = [each for each in await sides(row.id) if each.id != side.id]
        if not others or (side.asks and row.stage is not Stage.OPEN):
            effects += await _gone(row)
            continue
        effects.append(DestroyKey(owner=_own(side)))
        await side.delete()
    return effects


async def kept_of(call: Call) -> list[dict[str, object]]:
    """What is kept of the sender's own side: values that JSON can hold, and nothing of the other's."""
    found: list[dict[str, object]] = []
    for side in await ReflectionSide.filter(person=call.person).order_by("id"):
        try:
            view = await _view(call, side)
        except KeyGone:
            found.append({"with": UNREADABLE})
            continue
        half = view.half
        found.append(
            {
                "with": view.other,
                "until": view.row.ends,
                "stage": view.row.stage.value,
                "you_asked": side.asks,
                "not_this_time": view.declined,
                "point": half.point,
                **{step.value: half.words.get(step) for step in pure.WRITTEN},
                "sealed": half.step is Step.SEALED,
                "you_would_open_it": half.opens,
            }
        )
    return found
