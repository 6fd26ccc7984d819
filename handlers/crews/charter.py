"""A crew's charter: each member accepts each line by itself, in private; when all have, the crew is active (R51, R52).

Its line about the end and the crew's cycle are one: the cycle takes the end that all have accepted here, and where all agree
on another one, the line says that (`handlers/crews/cycles.py`). The lengths of R53 are offered with that line, as words for it.

Shown are the lines and how many have accepted each, never who. Words that change are asked anew of everybody, and only
those; until all have accepted them, the words that held before go on.
"""

from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from handlers.asking import asked, heard_at, now_of
from handlers.consent import Voice, hear_voice, put_to_all, standing_words
from handlers.conversation import MISSING
from handlers.conversation import PATIENCE as A_MOMENT
from handlers.crews import cycles
from handlers.language import (
    NO,
    YES,
    Argument,
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
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import people, room_name
from handlers.words import escaped, first_word, folded, plain
from practices import calling as calls
from practices import charter as lines_of
from practices import clock, rhythm
from practices.charter import Key, Line, Standing, standing
from practices.circles import Life, RoomKind
from practices.cycles import read_length
from practices.defaults import PATIENCE
from practices.understanding import NotUnderstood, shown
from storage.charters import Assent, CharterLine
from storage.database import row_of
from storage.members import Member
from storage.outbox import Owed
from storage.questions import Question
from storage.rooms import Room

ACCEPT = Option(
    sign="✅", word="accept", also=("yes", "y", "ok", "okay", "agreed", "si", "ja", "oui", "👍")
)
OTHER = Option(sign="✏️", word="other words", also=("change", "edit", "propose"))
WITHOUT = Option(sign="✋", word="without it", also=("no", "leave it out", "without"))
LATER = Option(sign="⏭️", word="later", also=("not now", "skip"))

#: After so long those who have lines left are asked once more, and then no more.
ONCE_MORE = timedelta(days=3)

#: More lines than these nobody keeps in mind.
MOST_LINES = 16

INQUIRIES = ("charter-line", "charter-extra")

#: With the line about the end: what R53 offers for a first cycle.
LENGTHS = "\n\n*Five, six or ten meetings are another way to say it, and so are two months: just write which.*"

HERE = frozenset({RoomKind.CREW})


def _board(room: Room) -> str:
    return f"charter:{room.id}"[:96]


def _about(room: str, person: str) -> str:
    """What the hours of one person about one charter belong to."""
    return f"charter:{blake2b(f'{room} {person}'.encode(), digest_size=16).hexdigest()}"


# --------------------------------------------------------------------------------------------- the lines


async def drawn_up(room: Room, wanted: calls.Calling) -> list[Effect]:
    """The seven lines with which a charter begins, unless there are some; a cycle that runs is its end."""
    if not await CharterLine.exists(room=room.id):
        least, end = int(meetings.setting(room, "minimum-presence")), await cycles.end_of(room)
        for place, line in enumerate(lines_of.beginning(wanted, least=least), start=1):
            agreed = line.key is Key.CYCLE and end is not None
            await _kept(room, lines_of.ending(end) if agreed and end else line, place)
    return []


async def _kept(
    room: Room,
    line: Line,
    place: int,
    *,
    instead_of: int | None = None,
    lapses_at: datetime | None = None,
) -> CharterLine:
    row = CharterLine(room=room.id, key=line.key, place=place)
    row.update_from_dict({**_columns(line), "instead_of": instead_of, "lapses_at": lapses_at})
    await row.save()
    return row


def _columns(line: Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "least": line.least,
        "rule": rhythm.as_state(line.rule) if line.rule else None,
        "until": line.until.isoformat() if line.until else None,
    }


def _line(row: CharterLine) -> Line:
    return Line(
        key=row.key,
        text=row.text,
        least=row.least,
        rule=rhythm.from_state(row.rule) if row.rule else None,
        until=date.fromisoformat(row.until) if row.until else None,
        length=lines_of.length_in(row.text) if row.key is Key.CYCLE and not row.until else None,
    )


async def _rows(room: str) -> list[CharterLine]:
    """Every line, each followed by the words proposed for it."""
    return await CharterLine.filter(room=room).order_by("place", "id")


async def _accepted(row: CharterLine) -> set[str]:
    return {str(each) for each in await Assent.filter(line=row.id).values_list("person", flat=True)}


async def _standing(call: Call, room: Room, row: CharterLine) -> Standing:
    return standing(await _accepted(row), await people(room, call.house.me))


async def _is_whole(call: Call, room: Room) -> bool:
    """Whether every member has accepted every line of a charter that is complete (R52)."""
    rows = [row for row in await _rows(room.id) if row.instead_of is None]
    accepted = {place: await _accepted(row) for place, row in enumerate(rows)}
    here = await people(room, call.house.me)
    return lines_of.is_active([_line(row) for row in rows], accepted, here)


# ---------------------------------------------------------------------------------------------- shown


@command(
    name="charter",
    help="see your charter, add a line or leave one out; in our private chat, go on accepting it",
    example="charter",
    kinds=HERE | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="what",
            help="left out, to see it; “add We put our phones away” for a line of your own; “drop 8” to propose to leave one out",
            rest=True,
        ),
    ),
)
async def charter(call: Call, what: str | None) -> Effects:
    """Show it, change it, or go on with one's own part."""
    if call.is_private:
        return await _go_on(call)
    word, rest = first_word(what or "")
    if not await CharterLine.exists(room=call.room.id):
        return [_offer(call)]
    match folded(word):
        case "add" if rest:
            return await _add(call, rest)
        case "drop" | "remove" if rest:
            return await _drop(call, rest)
        case "":
            return await _show(call)
    raise Refused(
        f"I can make nothing of {escaped(shown(what or ''))} there, and nothing was changed. "
        f"`{call.house.prefix}charter` shows your charter, `{call.house.prefix}charter add …` adds a line, "
        f"`{call.house.prefix}reword 3 …` says one in other words."
    )


async def _show(call: Call) -> list[Effect]:
    """The lines, and how many have accepted each; whoever asks and has lines left is asked about them."""
    room = call.room
    rows = await _rows(room.id)
    entries = [await _shown(call, room, row) for row in rows]
    foot = f"*`{call.house.prefix}reword 3 …` proposes other words for a line, `{call.house.prefix}charter add …` a line more.*"
    effects: list[Effect] = [Say(text="\n".join(["**Your charter**", "", *entries, "", foot]))]
    if not await Owed.exists(name=_board(room), lane=room.id):
        return [*effects, *await begin(call, room)]
    if await _left_for(room, call.person) is not None and not await _open_question(
        room, call.person
    ):
        effects += await _ask_next(call, room, call.person)
    return effects


async def _shown(call: Call, room: Room, row: CharterLine) -> str:
    now = await _standing(call, room, row)
    count = "accepted by all" if now.whole else f"accepted by {now.accepted} of {now.of}"
    if row.instead_of is not None:
        return f"   - *in other words:* {escaped(row.text)} *({count})*"
    return f"{row.place}. {escaped(row.text)} *({count})*"


def _offer(call: Call) -> Ask:
    return Ask(
        inquiry="charter-begin",
        person=call.person,
        until=call.at + timedelta(days=1),
        text="You have no charter yet: a few lines about how you are with each other, each accepted by each of you. I "
        "would begin with seven, about what stays here, passing, how many it takes to meet, your rhythm, until when, "
        "hosting, and newcomers; each can be worded anew.\n\nShall I ask each of you about them, in private and one at "
        "a time? ✅ yes · ✋ no",
    )


@inquiry(name="charter-begin", options=(YES, NO))
async def beginning(call: Call, question: Question, said: str) -> Effects:
    """Draw up a charter for a crew that was there before."""
    await question.delete()
    room = call.room
    if said != YES.word or room.kind is not RoomKind.CREW:
        return [Say(text="Nothing was changed.")]
    wanted = calls.plain_call(call.at, call.circle_zone)
    minutes = int(meetings.setting(room, "meeting-minutes"))
    text = f"{min(max(minutes, calls.LENGTHS.start), calls.LENGTHS.stop - 1)} minutes"
    wanted = calls.read_part(wanted, "minutes", text, now=call.at)
    if room.rhythm is not None:
        words = rhythm.words(rhythm.from_state(room.rhythm))
        wanted = calls.read_part(wanted, "rhythm", words, now=call.at)
    return [*await drawn_up(room, wanted), *await begin(call, room)]


# ------------------------------------------------------------------------------------------ one by one


async def begin(call: Call, room: Room) -> list[Effect]:
    """Ask each member about each line, privately and one at a time; the room sees how far it has come."""
    if await Owed.exists(name=_board(room), lane=room.id):
        return []
    later = now_of(call) + ONCE_MORE
    effects: list[Effect] = [
        Say(
            room=room.id,
            name=_board(room),
            text=await _progress(call, room),
            answers=False,
        ),
        Ring(
            ritual="charter-rest",
            about=f"charter:{room.id}"[:64],
            at=later,
            when="once",
            room=room.id,
        ),
    ]
    for person in await people(room, call.house.me):
        effects += await _ask_next(call, room, person)
    return effects


async def _progress(call: Call, room: Room) -> str:
    rows = await _rows(room.id)
    lines = [row for row in rows if _is_of_it(room, row)]
    proposed = [row for row in rows if row not in lines]
    whole = [row for row in lines if (await _standing(call, room, row)).whole]
    text = f"**Your charter**: {len(whole)} of {len(lines)} lines are accepted by all of you."
    if proposed:
        text += f" Besides, {_proposed_words(proposed)}."
    if len(whole) == len(lines):
        return f"{text} `{call.house.prefix}charter` shows it."
    goal = "; when all are, your crew is active" if room.life is Life.FORMING else ""
    return (
        f"{text} I ask each of you about each line, in private{goal}. "
        f"Who has accepted what stays with me; `{call.house.prefix}charter` shows the lines."
    )


def _is_of_it(room: Room, row: CharterLine) -> bool:
    """Whether a line is one of the charter: not words proposed for one, nor a line that a crew would add to its own."""
    if row.instead_of is not None:
        return False
    return row.holds or row.lapses_at is None or room.life is Life.FORMING


def _proposed_words(rows: list[CharterLine]) -> str:
    """What is proposed beside the lines of a charter, as in `one line more and other words for two lines are proposed`."""
    more = sum(row.instead_of is None for row in rows)
    other = len(rows) - more
    parts = []
    if more:
        parts.append("one line more" if more == 1 else f"{more} lines more")
    if other:
        parts.append(f"other words for {'one line' if other == 1 else f'{other} lines'}")
    are = "is" if more == 1 and not other else "are"
    return f"{' and '.join(parts)} {are} proposed"


async def _told_in_room(call: Call, room: Room) -> list[Effect]:
    return [Edit(name=_board(room), text=await _progress(call, room), room=room.id)]


async def _left_for(room: Room, person: str) -> CharterLine | None:
    """The first line that somebody has not accepted yet."""
    rows = await _rows(room.id)
    place = lines_of.next_line([await _accepted(row) for row in rows], person)
    return None if place is None else rows[place]


async def _open_question(room: Room, person: str) -> Question | None:
    """The line that somebody is asked about now."""
    for each in await Question.filter(inquiry__in=INQUIRIES, person=person):
        if each.data.get("room") == room.id:
            return each
    return None


async def _ask_next(call: Call, room: Room, person: str) -> list[Effect]:
    """The next line for one person; one at a time."""
    row = await _left_for(room, person)
    about = _about(room.id, person)
    if row is None:
        return [CallOff(about=about)]
    # Counted from when they read it, by the circle's own clocks: a line asked about overnight has its whole time.
    until = await heard_at(call, person) + PATIENCE
    day = clock.short_words(until, call.house.zone_of(room)).rpartition(",")[0]
    left = "" if row.instead_of is None else "Other words are proposed:\n\n"
    old = await CharterLine.get_or_none(id=row.instead_of) if row.instead_of else None
    instead = f"\n\ninstead of: ~~{escaped(old.text)}~~" if old else ""
    extra = old is not None or not _line(row).required
    ways = (
        "✅ accept · ✏️ other words · ✋ without it · ⏭️ later"
        if extra
        else "✅ accept · ✏️ other words · ⏭️ later"
    )
    head = f"**{room_name(room, 'Your crew')}, line {row.place}**, until {day} if you like to think about it:"
    lengths = LENGTHS if row.key is Key.CYCLE else ""
    text = f"{head}\n\n{left}> {escaped(row.text)}{instead}{lengths}\n\n{ways}"
    question = await asked(
        call,
        person,
        text,
        about=about,
        inquiry="charter-extra" if extra else "charter-line",
        until=until,
        data={"room": room.id, "line": row.id},
    )
    return [CallOff(about=about), *question]


@inquiry(name="charter-line", options=(ACCEPT, OTHER, LATER))
async def on_line(call: Call, question: Question, said: str) -> Effects:
    """One person's answer about one line."""
    return await _answered(call, question, said)


@inquiry(name="charter-extra", options=(ACCEPT, OTHER, WITHOUT, LATER))
async def on_extra(call: Call, question: Question, said: str) -> Effects:
    """One person's answer about a line that a charter can do without."""
    return await _answered(call, question, said)


async def _answered(call: Call, question: Question, said: str) -> list[Effect]:
    row = await row_of(CharterLine, question.data.get("line"))
    room = await Room.get_or_none(id=str(question.data.get("room")))
    if row is None or room is None or call.person not in await people(room, call.house.me):
        await question.delete()
        return [
            Say(text="That line is not asked about any more. `charter` shows what is left for you.")
        ]
    match said:
        case ACCEPT.word:
            await question.delete()
            await Assent.get_or_create(room=room.id, line=row.id, person=call.person)
            return await _after(call, room, row)
        case LATER.word:
            await question.delete()
            return [Say(text="Good. `charter` in this chat goes on whenever you like.")]
        case WITHOUT.word if row.instead_of is not None or not _line(row).required:
            await question.delete()
            return await _left_out(call, room, row)
        case OTHER.word:
            return [_ask_words(call, row)]
    if row.key is Key.CYCLE and _names_length(said):
        await question.delete()
        return list(await reword.answer(call, f"#{row.id}", said))
    return [Say(text="✅ accept, ✏️ other words or ⏭️ later is enough. `stop` ends the question.")]


def _names_length(said: str) -> bool:
    """Whether somebody just writes one of the lengths of a cycle."""
    try:
        read_length(said)
    except NotUnderstood:
        return False
    return True


async def _after(call: Call, room: Room, row: CharterLine) -> list[Effect]:
    """Somebody accepted a line: the next one, and what follows when all have.

    The room is told how far it has come when a line is complete, and not each time when somebody has answered.
    """
    effects: list[Effect] = []
    if (await _standing(call, room, row)).whole:
        effects = [*await _told_in_room(call, room), *_settle(call, room, row)]
    left = await _left_for(room, call.person)
    if left is None:
        return [*effects, Say(text=await _done_words(call, room))]
    return [*effects, *await _ask_next(call, room, call.person)]


async def _done_words(call: Call, room: Room) -> str:
    name = room_name(room, "your crew")
    if room.life is Life.FORMING and not await _is_whole(call, room):
        return f"You have accepted every line of the charter of {name}. When all of you have, the crew is active."
    return f"You have accepted every line of the charter of {name}."


def _settle(call: Call, room: Room, row: CharterLine) -> list[Effect]:
    """What follows from a line is done in the crew's own room, at once."""
    return [
        Ring(
            ritual="charter-holds",
            about=f"charter:{room.id}"[:64],
            at=now_of(call),
            when=blake2b(f"{call.key} {row.id}".encode(), digest_size=16).hexdigest(),
            room=room.id,
            content={"line": row.id},
        )
    ]


async def _go_on(call: Call) -> list[Effect]:
    """In private: the next line of any crew of one's own."""
    rooms = await Member.filter(person=call.person).values_list("room", flat=True)
    crews = await Room.filter(id__in=list(rooms), kind=RoomKind.CREW, joined=True).order_by("name")
    for room in crews:
        if call.person not in await people(room, call.house.me):
            continue  # a guest reads what binds them, and accepts nothing as a member would
        begun = await Owed.exists(name=_board(room), lane=room.id)
        if begun and await _left_for(room, call.person) is not None:
            old = await _open_question(room, call.person)
            if old is not None:
                await old.delete()
            return await _ask_next(call, room, call.person)
    return [
        Say(text="No line waits for you. `charter` in the room of your crew shows its charter.")
    ]


@ritual(name="charter-rest", help="asks those who have lines of a new charter left, once more")
async def rest(call: Call) -> Effects:
    """Three days later: whoever has lines left is asked once more, and then no more."""
    room = call.room
    if room.kind is not RoomKind.CREW or room.life is Life.CLOSED:
        return []
    effects: list[Effect] = []
    for person in await people(room, call.house.me):
        if await _left_for(room, person) is not None and not await _open_question(room, person):
            effects += await _ask_next(call, room, person)
    return effects


# --------------------------------------------------------------------------------------- other words


def _ask_words(call: Call, row: CharterLine) -> Ask:
    return Ask(
        inquiry=MISSING,
        person=call.person,
        private=True,
        until=call.at + A_MOMENT,
        data={"command": "reword", "argument": "words", "given": {"line": f"#{row.id}"}},
        text=f"How would you say it?\n\n> {escaped(row.text)}\n\n*Your next message answers this; `stop` ends it. "
        "Everybody is asked about your words, and nobody learns whose they are.*",
    )


@command(
    name="reword",
    help="propose other words for a line of your charter",
    example="reword 3 We meet when at least four of us can come",
    kinds=HERE | {RoomKind.PRIVATE},
    arguments=(
        Argument(name="line", help="its number", question="Which line? Its number is enough."),
        Argument(
            name="words",
            help="how you would say it",
            rest=True,
            question="How would you say it?",
        ),
    ),
)
async def reword(call: Call, line: str, words: str) -> Effects:
    """Other words for one line; everybody is asked about that line again, and about no other."""
    room, row = await _meant(call, line)
    new = lines_of.reworded(_line(row), words, now=call.at, zone=call.house.zone_of(room))
    if new.text == row.text:
        return [Say(text="These are the words it has already; nothing was changed.")]
    if room.life is Life.FORMING:
        asked_again = await _replaced(room, row, new, call.person)
    else:
        asked_again = await _proposed(call, room, row, new)
    effects: list[Effect] = []
    for person in await people(room, call.house.me):
        if person != call.person and await _open_question(room, person) is None:
            effects += await _ask_next(call, room, person)
    if asked_again.lapses_at is not None:
        effects.append(_lapse(room, asked_again))
    here = (
        []
        if call.is_private
        else [Say(text=f"Everybody is asked about it: {escaped(asked_again.text)}")]
    )
    mine: list[Effect] = []
    if call.is_private:
        mine = [
            Say(text="Good: everybody is asked about these words, and about this line only."),
            *await _ask_next(call, room, call.person),
        ]
    return [*here, *await _told_in_room(call, room), *effects, *mine]


async def _meant(call: Call, said: str) -> tuple[Room, CharterLine]:
    """The line that a number means. Raises Refused."""
    digits = plain(said).removeprefix("#")
    if not digits.isdecimal() or len(digits) > len("9" * 9):
        raise Refused(f"{escaped(shown(said))} is no number of a line. `charter` shows them.")
    if said.startswith("#"):
        row = await row_of(CharterLine, digits)
        room = await Room.get_or_none(id=row.room) if row else None
    else:
        rooms = [call.room.id] if not call.is_private else await _charters_of(call.person)
        if len(rooms) > 1:
            raise Refused(
                "You are in more than one crew with a charter; say it in the room of the one you mean."
            )
        row = await CharterLine.get_or_none(room__in=rooms, place=int(digits), instead_of=None)
        room = await Room.get_or_none(id=row.room) if row else None
    if row is None or room is None or call.person not in await people(room, call.house.me):
        raise Refused(
            "There is no such line in your charter. Nothing was changed; `charter` shows them."
        )
    if row.instead_of is not None:
        row = await CharterLine.get(id=row.instead_of)
    return room, row


async def _charters_of(person: str) -> list[str]:
    rooms = await Member.filter(person=person).values_list("room", flat=True)
    found = await CharterLine.filter(room__in=list(rooms)).values_list("room", flat=True)
    return sorted({str(each) for each in found})


async def _replaced(room: Room, row: CharterLine, new: Line, person: str) -> CharterLine:
    """While a crew forms, a line simply has new words, and all but their author accept it anew."""
    await Assent.filter(line=row.id).delete()
    await _forget_questions(room, row)
    await row.update_from_dict({**_columns(new), "holds": False}).save()
    await Assent.create(room=room.id, line=row.id, person=person)
    return row


async def _proposed(call: Call, room: Room, row: CharterLine, new: Line) -> CharterLine:
    """In a crew that is active the old words hold until everybody has accepted the new ones."""
    for old in await CharterLine.filter(instead_of=row.id):
        await _forgotten(room, old)
    draft = await _kept(room, new, row.place, instead_of=row.id, lapses_at=call.at + PATIENCE)
    await Assent.create(room=room.id, line=draft.id, person=call.person)
    return draft


async def _questions(room: Room) -> list[Question]:
    """What the people of a crew are asked about charters just now."""
    here = await Member.filter(room=room.id).values_list("person", flat=True)
    return await Question.filter(inquiry__in=INQUIRIES, person__in=list(here))


async def _forget_questions(room: Room, row: CharterLine) -> None:
    asked_ = await _questions(room)
    ids = [each.id for each in asked_ if each.data.get("line") == row.id]
    await Question.filter(id__in=ids).delete()


async def _forgotten(room: Room, row: CharterLine) -> None:
    """A line, or words proposed for one, are gone."""
    await Assent.filter(line=row.id).delete()
    await _forget_questions(room, row)
    await row.delete()


# --------------------------------------------------------------------------------- lines of one's own


async def _add(call: Call, text: str) -> list[Effect]:
    """A line more; it stands when everybody has accepted it, and any one can leave it out."""
    room = call.room
    rows = await _rows(room.id)
    if len(rows) >= MOST_LINES:
        raise Refused(
            f"Your charter has {len(rows)} lines, and more are hard to keep in mind. Nothing was changed."
        )
    new = lines_of.own(text)
    if any(folded(row.text) == folded(new.text) for row in rows):
        return [Say(text="That line is there already; nothing was changed.")]
    place = max(row.place for row in rows) + 1
    row = await _kept(room, new, place, lapses_at=call.at + PATIENCE)
    await Assent.create(room=room.id, line=row.id, person=call.person)
    effects: list[Effect] = [
        Say(
            text=f"Proposed as line {place}: {escaped(new.text)}\n\nI ask each of you in private. It stands when all "
            "have accepted it; it is left out when one of you would rather do without, or after two weeks."
        ),
        *await _told_in_room(call, room),
        _lapse(room, row),
    ]
    for person in await people(room, call.house.me):
        if person != call.person and await _open_question(room, person) is None:
            effects += await _ask_next(call, room, person)
    return effects


def _lapse(room: Room, row: CharterLine) -> Ring:
    assert row.lapses_at is not None
    return Ring(
        ritual="line-lapses",
        about=f"charter:{room.id}"[:64],
        at=row.lapses_at,
        when=f"line {row.id}",
        room=room.id,
        content={"line": row.id},
    )


@ritual(
    name="line-lapses",
    help="leaves out words of a charter that not everybody has accepted in two weeks",
)
async def lapses(call: Call) -> Effects:
    """Two weeks are over."""
    row = await row_of(CharterLine, call.content.get("line"))
    if row is None or row.holds or row.lapses_at is None:
        return []
    why = "Not everybody had accepted these words within two weeks"
    return await _left_out(call, call.room, row, why)


#: Of a line that somebody would rather do without.
_UNWANTED = "Not everybody wants these words, and that needs no reason"


async def _left_out(call: Call, room: Room, row: CharterLine, why: str = _UNWANTED) -> list[Effect]:
    """Words that not everybody has accepted; nobody learns who."""
    asked_ = [each.person for each in await _questions(room) if each.data.get("line") == row.id]
    text, draft = row.text, row.instead_of is not None
    await _forgotten(room, row)
    what = "stays as it was" if draft else "is left out"
    effects: list[Effect] = [
        Say(
            room=room.id,
            answers=False,
            text=f"~~{escaped(text)}~~\n\n{why}: the line {what}.",
        ),
        *await _told_in_room(call, room),
    ]
    for person in {*asked_, call.sender} - {None}:
        effects += await _ask_next(call, room, str(person))
    return [*effects, *_settle(call, room, row)]


async def _drop(call: Call, number: str) -> list[Effect]:
    """Propose to leave out a line that holds."""
    _room, row = await _meant(call, number)
    if _line(row).required:
        raise Refused(
            "Every charter says something about that, so the line stays; "
            f"`{call.house.prefix}reword {row.place} …` says it in other words. Nothing was changed."
        )
    return [
        await put_to_all(
            call, "charter-drop", _drop_words(row), until=call.at + PATIENCE, data={"line": row.id}
        )
    ]


def _drop_words(row: CharterLine) -> str:
    return (
        f"Shall this line of your charter be left out?\n\n> {escaped(row.text)}\n\nIt is when each of you has "
        "said yes; one no, and it stays.\n\n✅ yes · ✋ no"
    )


@inquiry(
    name="charter-drop", options=(YES, NO), matter="whether a line of your charter is left out"
)
async def dropping(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; leave it out when all have agreed."""
    row = await CharterLine.get_or_none(
        id=int(str(question.data.get("line", 0))), room=call.room.id
    )
    message = f"question:{question.id}"
    if row is None:
        await question.delete()
        return [Edit(name=message, text="That line is gone already.")]
    voices = await hear_voice(call, question, said)
    match voices.voice:
        case Voice.AGREED:
            await _forgotten(call.room, row)
            text = f"~~{escaped(row.text)}~~ All of you have agreed to leave it out."
            return [Edit(name=message, text=text), *await _told_in_room(call, call.room)]
        case Voice.ENDED:
            return [Edit(name=message, text=f"The line stays: {escaped(row.text)}")]
        case Voice.WAITING:
            text = standing_words(call, call.room, _drop_words(row), voices)
            return [Edit(name=message, text=text)]
        case Voice.NOTHING:
            return []


# ------------------------------------------------------------------------------------ when all have


@ritual(
    name="charter-holds", help="lets a line of a charter hold once every member has accepted it"
)
async def holds(call: Call) -> Effects:
    """In the crew's own room: what follows from a line, and from the last of them."""
    room = call.room
    if room.kind is not RoomKind.CREW:
        return []
    effects: list[Effect] = []
    row = await row_of(CharterLine, call.content.get("line"), room=room.id)
    if row is not None and (await _standing(call, room, row)).whole:
        effects += await _hold(call, row)
    if room.life is Life.FORMING and await _is_whole(call, room):
        effects += await _active(call)
    return effects


async def _hold(call: Call, row: CharterLine) -> list[Effect]:
    """A line holds from now on; new words take the place of the old."""
    room = call.room
    if row.instead_of is None:
        if row.holds:
            return []  # what follows from it has followed
        row.holds, row.lapses_at = True, None
        await row.save()
        return await _kept_settings(call, row) if room.life is not Life.FORMING else []
    line = await CharterLine.get_or_none(id=row.instead_of)
    if line is None:
        await _forgotten(room, row)
        return []
    await Assent.filter(line=line.id).delete()
    await Assent.filter(line=row.id).update(line=line.id)
    await line.update_from_dict({**_columns(_line(row)), "holds": True}).save()
    await _forgotten(room, row)
    said = Say(text=f"Your charter says from now on: {escaped(line.text)}", answers=False)
    return [said, *await _kept_settings(call, line), *await _told_in_room(call, room)]


async def _kept_settings(call: Call, row: CharterLine) -> list[Effect]:
    """What a line decides is kept where meetings look for it."""
    room, line, now = call.room, _line(row), now_of(call)
    if line.least is not None and line.least != meetings.setting(room, "minimum-presence"):
        review = await _review(room, now)
        kept = {
            "value": str(line.least),
            "since": clock.wall(now, call.circle_zone).date().isoformat(),
            "review": review,
        }
        room.settings = {**room.settings, "minimum-presence": kept}
        await room.save()
        return [meetings.circle_state(room)]
    if line.rule is not None and rhythm.as_state(line.rule) != room.rhythm:
        before = rhythm.from_state(room.rhythm) if room.rhythm else None
        if before is not None and _same_rhythm(before, line.rule):
            return []  # the same rule, counted from another day
        room.rhythm, room.zone = rhythm.as_state(line.rule), line.rule.zone
        await room.save()
        return [*await meetings.plan_again(call, now), meetings.circle_state(room)]
    end = line.until or line.length
    return await cycles.in_charter(call, end) if end is not None else []


def _same_rhythm(one: rhythm.Rhythm, other: rhythm.Rhythm) -> bool:
    """Whether two rules meet at the same times, by the same clocks."""
    return (rhythm.words(one), one.zone) == (rhythm.words(other), other.zone)


async def _review(room: Room, now: datetime) -> str:
    """When what was agreed is looked at again: at the end of the cycle (R16)."""
    ends = await CharterLine.filter(room=room.id, key=Key.CYCLE, instead_of=None).first()
    if ends is not None and ends.until is not None:
        return ends.until
    last = await cycles.last_meeting(room, now)
    if last is not None:
        return clock.wall(last, ZoneInfo(room.zone or "UTC")).date().isoformat()
    return (now + timedelta(days=365)).date().isoformat()


async def _active(call: Call) -> list[Effect]:
    """Every member has accepted every line: the crew is active, and its first cycle ends as the charter says (R52, R53)."""
    room = call.room
    effects: list[Effect] = []
    rows = await _rows(room.id)
    # The rhythm first: it may bring another zone, and every day that is noted is one of that zone.
    for row in sorted(rows, key=lambda row: row.key is not Key.RHYTHM):
        row.holds = True
        await row.save()
        if row.key is not Key.CYCLE:
            effects += await _kept_settings(call, row)
    end = next(line.until or line.length for line in map(_line, rows) if line.key is Key.CYCLE)
    room.life = Life.ACTIVE
    await room.save()
    return [
        *effects,
        meetings.circle_state(room),
        CallOff(about=f"forming:{room.id}"[:64], ritual="first-begins"),
        Say(
            text="All of you have accepted every line of your charter: from now on you are an **active crew**. "
            f"{await meetings.next_words(call)}\n\n`{call.house.prefix}charter` shows what you agreed on.",
            answers=False,
        ),
        *await _told_in_room(call, room),
        *(await cycles.in_charter(call, end) if end else await cycles.offer(call)),
    ]


# ------------------------------------------------------------------------------------ coming and going


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Somebody new in a crew with a charter: each line is theirs to accept, too."""
    room = call.room
    if room.kind is not RoomKind.CREW or not await Owed.exists(name=_board(room), lane=room.id):
        return []
    if call.person not in await people(room, call.house.me):
        return []
    nobodys = Call(key=call.key, at=call.at, room=room, house=call.house, content=call.content)
    return [*await _told_in_room(call, room), *await _ask_next(nobodys, room, call.person)]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """What somebody accepted goes with them; those who stay may be agreed by now."""
    room = call.room
    await Assent.filter(room=room.id, person=call.person).delete()
    question = await _open_question(room, call.person)
    if question is not None:
        await question.delete()
    if room.kind is not RoomKind.CREW or not await Owed.exists(name=_board(room), lane=room.id):
        return []
    effects: list[Effect] = [CallOff(about=_about(room.id, call.person))]
    effects += await _told_in_room(call, room)
    for row in await _rows(room.id):
        if not row.holds and (await _standing(call, room, row)).whole:
            effects += _settle(call, room, row)
    return effects
