"""Searches for a mediator in other congregations, when none at home is neutral (ASM-3, R138).

Whoever asks says only which languages are needed: no party, no matter, no name. Once it is out, who asked stands sealed
in one row and nowhere else, and is known to nobody, hosts of their own congregation included. A mediator is named only after they themselves have accepted to
keep all confidential, and only to the one who asked. Whoever declines does so silently.
"""

from datetime import UTC, date, datetime, time, timedelta

from handlers import askings
from handlers.asking import asked, now_of, waking_of
from handlers.assembly import own_words
from handlers.assembly.assembly_matters import zone_of
from handlers.assembly.letterbox import post
from handlers.hosts import hosts_of
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    CallOff,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    Whisper,
    inquiry,
    ritual,
)
from handlers.names import fallback, room_name
from handlers.whom import whom
from handlers.words import escaped, folded
from practices import clock
from practices.assembly.commons import MOST_SEARCHES, Search, candidates, mediators
from practices.assembly.commons import State as Stands
from practices.assembly.commons import state as stands
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.tongues import read_languages
from practices.assembly.tongues import words as spoken
from practices.circles import RoomKind
from practices.understanding import shown
from storage import searches
from storage.assemblies import FORGOTTEN, Assembly, State, ledger, seated, seen
from storage.database import row_of
from storage.members import Member, is_in
from storage.questions import Question
from storage.rooms import Room

#: So long a search is open.
OPEN = timedelta(days=14)

A_DAY = timedelta(days=1)

_SEAL = "mediator"

#: Every sealed name is as long as the longest, so that its length tells nothing.
_LENGTH = 255

_WESTMOST = time(12)
"""A day is over everywhere at noon of the next one, UTC."""

_PLAIN = "A yes or a no is enough: ✅ yes · ✋ no."


# ---------------------------------------------------------------------------------------------- asking


async def mediator(call: Call, rest: str) -> list[Effect]:
    """Begin a search, or end one's own with “stop”; for anybody in a congregation, and nothing is said to anybody else."""
    assembly = await _of_member(call, rest)
    word = folded(rest.partition(" in ")[0])
    if word in ("stop", "end", "done"):
        return await _stopped(call, assembly)
    mine = await _own(call, assembly)
    if mine is not None:
        return [
            Say(
                text=f"Your search in **{escaped(assembly.name)}** is open until **{_day_of(mine)}**. You hear of it here, and "
                "nobody else does. `assembly mediator stop` ends it."
            )
        ]
    await _check_free(call, assembly)
    return [
        Ask(
            inquiry="mediator-languages",
            text="A mediator from another congregation of "
            f"**{escaped(assembly.name)}** can help when nobody here is neutral. I do not ask what it is about or who is "
            "involved, and tell nobody that it is you who asks.\n\n**In which languages?** Such as “English, Portuguese”.",
            until=call.at + A_DAY,
            data={"assembly": assembly.id},
            person=call.person,
            private=True,
        )
    ]


async def _of_member(call: Call, rest: str) -> Assembly:
    """The assembly in which a congregation of the sender has a seat; of several the one named. Raises Refused."""
    ids = await Member.filter(person=call.person).values_list("room", flat=True)
    spaces = await Room.filter(id__in=list(ids), kind=RoomKind.CONGREGATION, joined=True)
    found = await seated(space.id for space in spaces)
    if len(found) > 1:
        said = f" {folded(rest)}"
        found = [each for each in found if said.endswith(f" in {folded(each.name)}")] or found
    if len(found) > 1:
        names = ", ".join(f"**{escaped(each.name)}**" for each in found)
        raise Refused(
            f"You belong to more than one assembly: {names}. Nothing was sent; with `in` and its name at the end I know which is "
            "meant."
        )
    if not found or (await ledger(found[0])).roll.seat_of(call.house.me) is None:
        raise Refused(
            "No congregation of yours has a seat in an assembly in which I could search. Nothing was sent, and nobody heard of it. "
            "Somebody whom all involved trust can mediate as well."
        )
    return found[0]


async def _own(call: Call, assembly: Assembly) -> searches.Search | None:
    """The sender's own search that is open."""
    rows = await searches.Search.filter(assembly=assembly.id, until__gt=now_of(call))
    return next((row for row in rows if _asker(call, row) == call.person), None)


def _asker(call: Call, row: searches.Search) -> str:
    return str(call.house.keys.open(_SEAL, row.sealed)).strip()


def _day_of(row: searches.Search) -> str:
    return clock.long_day((row.until - A_DAY).astimezone(UTC).date())


async def _check_free(call: Call, assembly: Assembly) -> None:
    """More searches of one congregation than are heard would be open. Raises Refused."""
    known, rows = await ledger(assembly), searches.Search.filter(assembly=assembly.id)
    found = mediators(known, now_of(call), await seen(assembly))
    open_ = [each for each in found if known.letters[each.letter].sender == call.house.me]
    if len(open_) >= MOST_SEARCHES or await rows.count() >= MOST_SEARCHES:
        day = clock.long_day(min((each.until for each in open_), default=call.at.date()) + A_DAY)
        raise Refused(
            f"No further search can go out from here just now. Nothing was sent, and nobody heard of it; from **{day}** on it can."
        )


@inquiry(name="mediator-languages", takes_words=True, claims=own_words.never)
async def languages_said(call: Call, question: Question, said: str) -> Effects:
    """In which languages a mediator is to speak; what would leave is read back."""
    assembly = await _still_seated(question)
    if assembly is None:
        await question.delete()
        return [Say(text=_GONE)]
    codes = read_languages(said)
    await question.delete()
    until = await _last_day(call, assembly)
    return [
        Ask(
            inquiry="mediator-right",
            text=f"The congregations of **{escaped(assembly.name)}** would read, and nothing else:\n\n> {_wanted(codes, until)}\n\n"
            "They can see from whose keeper it comes, but not who asked. Hosts elsewhere ask around among theirs; whoever would "
            "mediate first accepts to keep all confidential, and then I tell you, and you alone, their name.\n\n"
            "Send it? ✅ yes · ✋ no",
            until=call.at + A_DAY,
            data={"assembly": assembly.id, "languages": list(codes)},
            person=call.person,
            private=True,
        )
    ]


_GONE = "Your congregation has no seat there any more. Nothing was sent, and nobody heard of it."


async def _still_seated(question: Question) -> Assembly | None:
    found = await Assembly.get_or_none(id=question.data.get("assembly"))
    if found is None or found.state is not State.SEATED or found.room is None:
        return None
    return found


async def _last_day(call: Call, assembly: Assembly) -> date:
    return clock.wall(call.at + OPEN, await zone_of(call, assembly)).date()


def _wanted(codes: tuple[str, ...], until: date) -> str:
    return (
        f"A mediator is wanted who speaks {escaped(spoken(codes))}, until {clock.long_day(until)}."
    )


@inquiry(name="mediator-right", options=(YES, NO))
async def right(call: Call, question: Question, said: str) -> Effects:
    """On a yes the search goes out."""
    if said not in (YES.word, NO.word):
        return [Say(text=_PLAIN)]
    await question.delete()
    if said == NO.word:
        return [Say(text="Nothing was sent, and nobody heard of it.")]
    assembly = await _still_seated(question)
    if (
        assembly is None
        or not await is_in(str(assembly.room), call.person)
        or (await ledger(assembly)).roll.seat_of(call.house.me) is None
    ):
        return [Say(text=_GONE)]
    await _check_free(call, assembly)
    data = question.data["languages"]
    assert isinstance(data, list)
    codes, until = tuple(map(str, data)), await _last_day(call, assembly)
    letter, carried = await post(
        call,
        assembly,
        Kind.MEDIATOR_WANTED,
        {"languages": list(codes), "until": until.isoformat()},
        _wanted(codes, until),
    )
    row = await searches.Search.create(
        room=assembly.room,
        assembly=assembly.id,
        letter=letter.id,
        sealed=call.house.keys.seal(_SEAL, call.person.ljust(_LENGTH)),
        until=datetime.combine(until + A_DAY, _WESTMOST, UTC),
    )
    return [
        carried,
        _hour(row, "mediator-over", row.until),
        Say(
            text=f"It is on its way. If somebody would mediate, I tell you here, and nobody else, until "
            f"**{clock.long_day(until)}**. `assembly mediator stop` ends the search."
        ),
    ]


def _about(row: searches.Search) -> str:
    return f"mediator:{row.id}"


async def _stopped(call: Call, assembly: Assembly) -> list[Effect]:
    row = await _own(call, assembly)
    if row is None:
        return [
            Say(
                text="You have no search open, so nothing was changed. `assembly mediator` begins one."
            )
        ]
    return [*await _ended(call, row), Say(text="The search is over, and nothing of it is kept.")]


async def _ended(call: Call, row: searches.Search) -> list[Effect]:
    """End a search for everybody; that somebody asked is forgotten."""
    await row.delete()
    effects: list[Effect] = [CallOff(about=_about(row))]
    assembly = await Assembly.get_or_none(id=row.assembly)
    if assembly is None or assembly.state is not State.SEATED:
        return effects
    if (await ledger(assembly)).roll.seat_of(call.house.me) is None:
        return effects
    text = "A search for a mediator is over, with thanks."
    _letter, carried = await post(
        call, assembly, Kind.DONE, {}, text, part=Part.CARE, answers=row.letter
    )
    return [*effects, carried]


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: their searches are over."""
    effects: list[Effect] = []
    for row in await searches.Search.all():
        if _asker(call, row) == call.person:
            effects += await _ended(call, row)
    return effects


async def kept_of(call: Call) -> list[dict[str, object]]:
    """The sender's own searches: values that JSON can hold."""
    rows = await searches.Search.all().order_by("id")
    return [{"until": row.until} for row in rows if _asker(call, row) == call.person]


@ritual(
    name="mediator-over",
    help="forgets who searched for a mediator once the day of the search is over, and tells them if nobody was found",
)
async def over(call: Call) -> Effects:
    """The last day of a search is over everywhere."""
    row = await row_of(searches.Search, call.content["search"])
    if row is None:
        return []
    wakes, asker = await _wakes(call, row), _asker(call, row)
    assembly = await Assembly.get_or_none(id=row.assembly)
    if assembly is not None and assembly.found and candidates(await ledger(assembly), row.letter):
        await row.delete()
        return []
    if wakes is not None:
        return [_hour(row, "mediator-over", wakes)]
    await row.delete()
    return [
        Whisper(person=asker, text=_OVER_NOW if await _reads_on(call, assembly) else _OVER_UNREAD)
    ]


_OVER_NOW = (
    "Your search for a mediator is over, and nobody was found in its time. Nothing of it is kept. `assembly mediator` can ask "
    "once more, also in further languages."
)

#: Without a seat we have not read to the end who would mediate.
_OVER_UNREAD = (
    "Your search for a mediator is over. Your congregation has no seat there any more, so I do not know who else would mediate; of "
    "whom I told you before, you can write to them. Nothing of the search is kept."
)


async def _reads_on(call: Call, assembly: Assembly | None) -> bool:
    """Whether our congregation has its seat still, so that nothing was missed."""
    if assembly is None or assembly.state is not State.SEATED or not assembly.found:
        return False
    return (await ledger(assembly)).roll.seat_of(call.house.me) is not None


async def _wakes(call: Call, row: searches.Search) -> datetime | None:
    """When the night of whoever asked is over; None while they are awake.

    What waits for a morning is kept with the search, and not beside a name (handlers.asking).
    """
    room = await Room.get_or_none(id=row.room) or call.room
    waking = await waking_of(call, room, _asker(call, row))
    return waking if waking > now_of(call) else None


def _hour(row: searches.Search, named: str, at: datetime, **more: str) -> Ring:
    return Ring(
        ritual=named,
        about=_about(row),
        at=at,
        when=f"{at.isoformat()} {more.get('letter', '')[:16]}",
        room=row.room,
        content={"search": row.id, **more},
    )


# ------------------------------------------------------------------------------------- somebody of ours


async def wanted_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Another congregation searches: our hosts are asked whether somebody of theirs would, once."""
    if assembly.state is not State.SEATED or assembly.room is None:
        return []
    known, when, now = await ledger(assembly), await seen(assembly), now_of(call)
    search = next((each for each in mediators(known, now, when) if each.letter == letter.id), None)
    lately = [
        each
        for each in known.of_kind(Kind.MEDIATOR_WANTED).values()
        if each.sender == letter.sender and now - when.get(each.id, now) < OPEN
    ]
    once = f"search:{letter.id}"
    if search is None or len(lately) > MOST_SEARCHES or once in assembly.told:
        return []
    assembly.told = [*assembly.told, once]
    await assembly.save(update_fields=["told"])
    space, effects = await Room.get(id=assembly.room), list[Effect]()
    for host in await hosts_of(space, call.house.me):
        effects += await asked(
            call,
            host,
            _whether(assembly, space, search),
            about=f"assembly:{assembly.id}",
            inquiry="mediator-host",
            until=_end(search),
            data={"assembly": assembly.id, "search": letter.id},
        )
    return effects


def _end(search: Search) -> datetime:
    return datetime.combine(search.until + A_DAY, _WESTMOST, UTC)


def _whether(assembly: Assembly, space: Room, search: Search) -> str:
    return (
        f"A congregation of **{escaped(assembly.name)}** looks for a mediator who speaks **{escaped(spoken(search.languages))}**, "
        f"until **{clock.long_day(search.until)}**. Who is involved, and in what, is said to nobody.\n\nWould somebody of "
        f"**{room_name(space, 'your congregation')}**? Write me their name, and I ask them alone, in private; what they say stays "
        "with them. Or let it rest: ✋ no"
    )


async def listed(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """The searches of others that are open, each as a question to this host."""
    known = await ledger(assembly)
    found = [
        each
        for each in mediators(known, now_of(call), await seen(assembly))
        if known.letters[each.letter].sender != call.house.me
    ]
    if not found:
        return [
            Say(
                text=f"No congregation of **{escaped(assembly.name)}** looks for a mediator just now. When one does, I ask you here."
            )
        ]
    space = await Room.get(id=assembly.room)
    return [
        Ask(
            inquiry="mediator-host",
            text=_whether(assembly, space, each),
            until=_end(each),
            data={"assembly": assembly.id, "search": each.letter},
            person=call.person,
            private=True,
        )
        for each in found
    ]


@inquiry(name="mediator-host", options=(NO,))
async def naming(call: Call, question: Question, said: str) -> Effects:
    """A host names somebody, who is asked in private; or lets it rest."""
    if said == NO.word:
        await question.delete()
        return [Say(text="Good, I ask nobody. `assembly searches` shows what is open.")]
    assembly = await _open_for(call, question)
    if assembly is None:
        await question.delete()
        return [Say(text=_OVER)]
    space = await Room.get(id=assembly.room)
    if call.person not in await hosts_of(space, call.house.me):
        await question.delete()
        raise Refused(
            "For a congregation speak those who moderate its space, and you do not any more. Nobody was asked."
        )
    try:
        person = await whom(call, space, said)
    except Refused:
        called = room_name(space, "your congregation")
        text = (
            f"I know no single person of **{called}** by the name {escaped(shown(said))}, so nobody was asked. Their whole name, as "
            "it stands in the space, says whom you mean; ✋ lets it rest."
        )
        return [Say(text=text, name=f"question:{question.id}", taps=(NO.sign,))]
    # The same words whether they have said no to the same host or not (R13).
    put = person == call.person or await askings.may_ask(call, person, askings.MEDIATOR)
    await question.delete()
    told = Say(
        text="I ask them, in private. Only if they accept to keep all confidential does their name leave, to the one who searches; "
        "you hear no more of it. `assembly searches` names somebody else."
    )
    if not put or await _is_asked(person, str(question.data["search"])):
        return [told]
    search = str(question.data["search"])
    return [
        told,
        *await asked(
            call,
            person,
            await _promise(call, assembly, space, search, person),
            about=f"assembly:{assembly.id}",
            inquiry="mediator-accept",
            until=question.until,
            data={"assembly": assembly.id, "search": search},
        ),
    ]


_OVER = "That search is over. Nobody was asked, and nothing was sent."


async def _open_for(call: Call, question: Question) -> Assembly | None:
    """The assembly of a search that is still open; None when it is over, or our seat is gone."""
    assembly = await _still_seated(question)
    if assembly is None or (await ledger(assembly)).roll.seat_of(call.house.me) is None:
        return None
    known, when = await ledger(assembly), await seen(assembly)
    found = stands(known, str(question.data["search"]), now_of(call), when)
    return assembly if found is Stands.OPEN else None


async def _is_asked(person: str, search: str) -> bool:
    waiting = await Question.filter(person=person, inquiry="mediator-accept")
    return any(each.data.get("search") == search for each in waiting)


async def _promise(call: Call, assembly: Assembly, space: Room, search: str, person: str) -> str:
    """What whoever would mediate accepts before anything is said of them."""
    known = await ledger(assembly)
    codes = tuple(map(str, known.letters[search].body["languages"]))
    congregation = room_name(space, "your congregation")
    return (
        f"Somebody in another congregation of **{escaped(assembly.name)}** looks for a mediator who speaks "
        f"**{escaped(spoken(codes))}**. A host of **{congregation}** thought of you. Whether you would is yours alone to say; if you "
        "don't, nobody hears that you were asked.\n\nWhoever mediates promises:\n\n"
        "- What I hear stays with me, then and later: no name and no matter, to nobody, my own congregation included.\n"
        "- I take no side and decide nothing. If I am close to somebody involved, I say so and step back.\n"
        "- I keep no notes once it is over, and I stop when either side asks me to.\n\n"
        f"If you accept, your address ({escaped(person)}) goes out in a letter that the keepers of this assembly's congregations "
        "can read and keep, and I tell nobody here. Whoever searches writes to you themselves and says as much as they like.\n\n"
        "Do you accept? ✅ I accept · ✋ no"
    )


@inquiry(name="mediator-accept", options=(YES, NO))
async def accepting(call: Call, question: Question, said: str) -> Effects:
    """Somebody says themselves whether they would mediate and keep all confidential."""
    if said not in (YES.word, NO.word):
        return [Say(text=_PLAIN)]
    await question.delete()
    if said == NO.word:
        return [Say(text="Good. Nobody hears that you were asked.")]
    assembly = await _open_for(call, question)
    if assembly is None or not await is_in(str(assembly.room), call.person):
        return [Say(text="Thank you. That search is over by now, so nothing was sent.")]
    space = await Room.get(id=assembly.room)
    _letter, carried = await post(
        call,
        assembly,
        Kind.MEDIATOR_FOUND,
        {"mediator": call.person},
        f"Somebody of **{room_name(space, 'a congregation')}** would mediate, and has accepted to keep all confidential.",
        answers=str(question.data["search"]),
    )
    return [
        carried,
        Say(
            text="Thank you. Whoever searches hears your name now, and may write to you or find another way. I told nobody here."
        ),
    ]


# ------------------------------------------------------------------------------------------ who is found


async def found_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Somebody elsewhere would mediate: whoever asked hears who, and nobody else."""
    row = await searches.Search.get_or_none(assembly=assembly.id, letter=letter.answers or "")
    return [] if row is None else await _tell(call, assembly, row, letter)


async def _tell(
    call: Call, assembly: Assembly, row: searches.Search, letter: Letter
) -> list[Effect]:
    """Tell whoever asked of one who would mediate, now or in their morning, if that still holds."""
    if row.until <= now_of(call) or assembly.state is not State.SEATED:
        return []
    known = await ledger(assembly)
    by, who = known.roll.seat_of(letter.sender), str(letter.body["mediator"])
    offered = candidates(known, row.letter)
    named = who != FORGOTTEN and any(e.mediator == who for e in offered if e.seat == by)
    if by is None or not named:
        return []
    wakes = await _wakes(call, row)
    if wakes is not None:
        return [_hour(row, "mediator-tells", wakes, letter=letter.id)]
    text = (
        f"Somebody would mediate, and has accepted to keep all confidential: **{fallback(who)}** of **{escaped(by.name)}**, "
        f"{escaped(who)}.\n\nNext: write to them yourself, in a new private chat, and say as much as you like. To open a room for "
        "the talk: in your app make a new room, private and encrypted, and invite them and whom it concerns. I need not be in "
        f"it.\n\nI told nobody but you. Your search stays open until **{_day_of(row)}**; `assembly mediator stop` ends it."
    )
    return [Whisper(person=_asker(call, row), text=text)]


@ritual(
    name="mediator-tells",
    help="tells whoever searched for a mediator, in their morning, that somebody was found overnight",
)
async def tells(call: Call) -> Effects:
    """The night of whoever asked is over."""
    row = await row_of(searches.Search, call.content["search"])
    assembly = await Assembly.get_or_none(id=row.assembly) if row is not None else None
    if row is None or assembly is None or assembly.found is None:
        return []
    letter = (await ledger(assembly)).letters.get(str(call.content["letter"]))
    return [] if letter is None else await _tell(call, assembly, row, letter)
