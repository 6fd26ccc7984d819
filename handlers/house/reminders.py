"""Reminders that people ask for, once or again and again; listed, changed, and called off.

Taking back the message that asked calls its reminder off, too.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tortoise.queryset import QuerySet

from handlers.language import (
    Argument,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    command,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import people
from handlers.power import moderates
from handlers.words import escaped, first_word, folded, plain, verbatim
from practices import clock, rhythm
from practices.circles import RoomKind
from practices.dates import Reminding, When, read_rhythm, read_when, split_reminder
from practices.meetings import is_quiet
from practices.rhythm import Rhythm
from practices.understanding import NotUnderstood
from storage.members import is_in
from storage.people import Person
from storage.reminders import Reminder, forget

#: More than anybody needs; enough to stop a runaway.
MOST = 100

#: A reminder said later than this owns up to it.
PUNCTUAL = timedelta(minutes=10)

#: A recurring reminder that comes back later than this is left out; the next one comes in time.
STILL_USEFUL = timedelta(hours=12)

#: What the next step that somebody named after a practice is sealed for, and the mark before what is sealed.
_PURPOSE = "step"
_SEALED = "\x02"

#: More than these, and a room would hear us more than its people.
MOST_TO_ALL = 5

#: Where everybody knows everybody, anybody may have all of them reminded.
CLOSE = frozenset({RoomKind.CREW, RoomKind.DYAD})

EVERYONE = frozenset({"us", "everyone", "everybody", "all"})
LISTING = frozenset({"list", "show", "reminders"})
CANCELLING = frozenset({"cancel", "delete", "remove", "off"})
CHANGING = frozenset({"change", "edit", "move"})


async def _zone(call: Call) -> ZoneInfo:
    """The zone in which a person means their words: their own in private, the circle's in a circle."""
    person = await Person.get_or_none(id=call.person)
    own = person.zone if person else None
    named = (own or call.room.zone) if call.is_private else (call.room.zone or own)
    return ZoneInfo(named or call.house.zone)


@command(
    name="remind",
    aliases=("reminder", "remindme"),
    help="be reminded once or again and again; also list, change, cancel",
    example="remind tomorrow 9:00 call Lee",
    arguments=(
        Argument(
            name="what",
            help="what and when: “tomorrow 9:00 call Lee”, “every monday 9:00 water the plants”, “us friday 18:00 bring chairs”; "
            "or “list”, “cancel 2”, “change 2 friday 9:00”",
            rest=True,
            question="What shall I remind you of, and when? For example: tomorrow 9:00 call Lee.",
        ),
    ),
)
async def remind(call: Call, what: str) -> Effects:
    """Set a reminder, or look after those that are set."""
    word, rest = first_word(what)
    word = folded(word)
    if word in LISTING and not rest:
        return await _list(call)
    if word in CANCELLING and (number := _number(rest)) is not None:
        return await _cancel(call, number)
    first, change = first_word(rest)
    if word in CHANGING and (number := _number(first)) is not None and change:
        return await _change(call, number, change)
    return await _set(call, what)


def _number(word: str) -> int | None:
    """The number by which a reminder is called; None for other words."""
    digits = plain(word).lstrip("#")
    return int(digits) if digits.isdecimal() and len(digits) <= len(str(MOST)) + 3 else None


@command(name="reminders", help="see your reminders here", example="reminders")
async def reminders(call: Call) -> Effects:
    """List what is still ahead."""
    return await _list(call)


def sealed(call: Call, what: str) -> str:
    """What only its owner is to read, as it is kept: before it is said nobody reads it in the database (class E)."""
    return f"{_SEALED}{call.house.keys.seal(_PURPOSE, what)}"


def words_of(call: Call, what: str) -> str:
    """What a reminder says, whether it is kept sealed or plain."""
    if not what.startswith(_SEALED):
        return what
    return str(call.house.keys.open(_PURPOSE, what.removeprefix(_SEALED)))


def _ahead(call: Call) -> QuerySet[Reminder]:
    return Reminder.filter(room=call.room.id).exclude(at=None).order_by("number")


async def _list(call: Call) -> list[Effect]:
    found = [each for each in await _ahead(call) if _is_ahead(each, call.at)]
    mine = [each for each in found if each.person == call.person]
    if not mine:
        prefix = "" if call.is_private else call.house.prefix
        return [
            Say(
                text=f"You have no reminder here. `{prefix}remind tomorrow 9:00 call Lee` sets one."
            )
        ]
    lines = [
        f"{each.number}. {_when_words(each, call.at)}: {verbatim(words_of(call, each.what))}"
        for each in mine
    ]
    foot = "`remind cancel 1` calls one off; `remind change 1 friday 9:00` moves it."
    return [Say(text="\n".join([*lines, "", foot]))]


def _is_ahead(reminder: Reminder, now: datetime) -> bool:
    return reminder.rhythm is not None or (reminder.at is not None and reminder.at > now)


def _when_words(reminder: Reminder, now: datetime) -> str:
    zone = ZoneInfo(reminder.zone)
    if reminder.rhythm is not None:
        kept = rhythm.from_state(reminder.rhythm)
        following = next(rhythm.occurrences(kept, now), None)
        after = f", next {clock.short_words(following.at, zone)}" if following else ""
        return f"{rhythm.words(kept)}{after}"
    assert reminder.at is not None
    return clock.short_words(reminder.at, zone)


async def _set(call: Call, what: str) -> list[Effect]:
    zone = await _zone(call)
    reminding = _understood(what, call.at, zone)
    if not reminding.what.strip():
        raise Refused(
            "I understood when, and not of what. For example: remind tomorrow 9:00 call Lee."
        )
    taken = [each async for each in _ahead(call) if _is_ahead(each, call.at)]
    if sum(each.person == call.person for each in taken) >= MOST:
        raise Refused(
            f"You have {MOST} reminders here already, so none was added. `reminders` lists them."
        )
    _check_to_all(call, reminding.what, taken)
    numbers = {each.number for each in taken}
    number = next(number for number in range(1, len(taken) + 2) if number not in numbers)
    when = reminding.when
    reminder = await Reminder.create(
        room=call.room.id,
        person=call.person,
        number=number,
        what=reminding.what,
        zone=when.zone,
        rhythm=rhythm.as_state(when) if isinstance(when, Rhythm) else None,
        at=_first(when, call.at),
        request=call.event_id,
    )
    return [_hour(reminder), Say(text=_understood_words(call, reminder))]


def _to_all(call: Call, what: str) -> str | None:
    """What all in a room are reminded of; None when it is said to one person."""
    word, rest = first_word(what)
    return rest if folded(word) in EVERYONE and rest and not call.is_private else None


def _check_to_all(call: Call, what: str, others: list[Reminder]) -> None:
    """Who may have everybody in a room reminded, and of how much at once. Raises Refused."""
    if _to_all(call, what) is None:
        return
    if call.room.kind not in CLOSE and not moderates(call.room, call.person):
        raise Refused(
            "In a room like this one only those who moderate it have everybody reminded, so nothing was set or "
            f"changed. `{call.house.prefix}remind` without “us” reminds you."
        )
    if sum(_to_all(call, each.what) is not None for each in others) >= MOST_TO_ALL:
        raise Refused(
            f"{MOST_TO_ALL} reminders to all of you are set here already, and more of them are heard by nobody, so "
            "nothing was set or changed. When one of them has been said or is called off, there is room."
        )


def _understood(what: str, now: datetime, zone: ZoneInfo, at: time | None = None) -> Reminding:
    """What to say and when; a day said without a time is at `at`. Raises Refused."""
    what = what.replace(_SEALED, " ")  # nobody's own words look sealed
    whom, rest = first_word(what)
    everyone = folded(whom) in EVERYONE and bool(rest)
    try:
        reminding = split_reminder(rest if everyone else what, now=now, zone=zone, at=at)
    except NotUnderstood as misunderstanding:
        text = f"{verbatim(str(misunderstanding))}\n\nNo reminder was set or changed."
        raise Refused(text) from misunderstanding
    if everyone and reminding.what.strip():
        return Reminding(f"{whom} {reminding.what}", reminding.when)
    return reminding


def _new_time(change: str, now: datetime, zone: ZoneInfo, at: time) -> Reminding:
    """Another time for what is said as before, or another time and other words; the hour stays unless it is said."""
    try:
        return Reminding("", read_when(change, now=now, zone=zone, at=at))
    except NotUnderstood:
        pass
    try:
        return Reminding("", read_rhythm(change, now=now, zone=zone, for_meetings=False, at=at))
    except NotUnderstood:
        return _understood(change, now, zone, at)


def _hour_of(reminder: Reminder) -> time:
    """When on its day a reminder is said, by its own clock."""
    if reminder.rhythm is not None:
        return rhythm.from_state(reminder.rhythm).time
    assert reminder.at is not None
    return clock.wall(reminder.at, ZoneInfo(reminder.zone)).time()


def _first(when: When | Rhythm, now: datetime) -> datetime:
    if isinstance(when, When):
        return when.at
    following = next(rhythm.occurrences(when, now), None)
    if following is None:
        raise Refused("That day never comes, so no reminder was set.")
    return following.at


def _understood_words(call: Call, reminder: Reminder) -> str:
    zone = ZoneInfo(reminder.zone)
    assert reminder.at is not None
    first = clock.words(reminder.at, zone)
    if reminder.rhythm is not None:
        kept = rhythm.from_state(reminder.rhythm)
        head = f"I understood: **{rhythm.words(kept)}**, {escaped(zone.key)}; the first is {first}."
    else:
        head = f"I understood: **{first}**."
    prefix = "" if call.is_private else call.house.prefix
    what, whom = words_of(call, reminder.what), ""
    rest = _to_all(call, what)
    if rest is not None:
        what, whom = rest, " to all of you"
    return (
        f"{head} Then I say{whom}: {verbatim(what)}\n\n"
        f"Not right? `{prefix}remind change {reminder.number} …` moves it, `{prefix}remind cancel {reminder.number}` "
        "or deleting your message calls it off."
    )


def _hour(reminder: Reminder) -> Ring:
    """The next hour of a reminder; it carries all that is said then."""
    assert reminder.at is not None
    recurring = reminder.rhythm is not None
    return Ring(
        ritual="reminder",
        about=f"reminder:{reminder.id}",
        at=reminder.at,
        when=clock.wall(reminder.at, ZoneInfo(reminder.zone)).isoformat(timespec="minutes"),
        useful_until=reminder.at + STILL_USEFUL if recurring else None,
        room=reminder.room,
        content={
            "reminder": reminder.id,
            "what": reminder.what,
            "person": reminder.person,
            "zone": reminder.zone,
            "rhythm": reminder.rhythm,
        },
    )


async def _too_late(call: Call) -> Effects:
    """A recurring reminder was missed by far: it is noted as late, and the next one comes in time."""
    return await _following(call)


@ritual(name="reminder", help="says what somebody asked to be reminded of", late=_too_late)
async def say_reminder(call: Call) -> Effects:
    """Say it, and write the next hour ahead if it recurs."""
    what, person = words_of(call, str(call.content["what"])), str(call.content["person"])
    if not await _here(call, person):
        await forget(int(str(call.content["reminder"])))
        return []
    mention: tuple[str, ...] = (person,)
    rest = _to_all(call, what)
    if rest is not None:
        what, mention = rest, await _everyone_awake(call)
    return [
        Say(text=f"⏰ {verbatim(what)}{_apology(call)}", mention=mention),
        *await _following(call),
    ]


async def _here(call: Call, person: str) -> bool:
    """Whether whoever asked is still in the room, as far as we know: nothing of theirs is said to others."""
    return not call.room.members_known or await is_in(call.room.id, person)


async def _everyone_awake(call: Call) -> tuple[str, ...]:
    now = call.kept_at or call.at
    near = await meetings.reachable(call.room, await people(call.room, call.house.me))
    return tuple(person for person, (zone, quiet) in near.items() if not is_quiet(now, zone, quiet))


def _apology(call: Call) -> str:
    now = call.kept_at or call.at
    if now - call.at <= PUNCTUAL:
        return ""
    due = clock.short_words(call.at, ZoneInfo(str(call.content["zone"])))
    return f"\n\n*This was for {due}; I was away.*"


async def _following(call: Call) -> list[Effect]:
    """The next hour of a recurring reminder; one that is done is forgotten."""
    reminder = int(str(call.content["reminder"]))
    recurring = call.content.get("rhythm")
    kept = None if recurring is None else rhythm.from_state(recurring)
    following = None if kept is None else next(rhythm.occurrences(kept, call.at), None)
    if following is None:
        await forget(reminder)
        return []
    await Reminder.filter(id=reminder).update(at=following.at)
    return [
        Ring(
            ritual="reminder",
            about=f"reminder:{reminder}",
            at=following.at,
            when=following.key,
            useful_until=following.at + STILL_USEFUL,
            content={key: value for key, value in call.content.items() if key != "ritual"},
        )
    ]


# ------------------------------------------------------------------------------------ looking after


async def _mine(call: Call, number: int) -> Reminder:
    """A reminder by its number, if it is the person's own. Raises Refused."""
    found = [
        each async for each in _ahead(call) if each.number == number and _is_ahead(each, call.at)
    ]
    if found and (found[0].person == call.person or moderates(call.room, call.person)):
        return found[0]
    raise Refused(
        f"You have no reminder {number} here, so nothing was changed. `reminders` lists them."
    )


async def _cancel(call: Call, number: int) -> list[Effect]:
    reminder = await _mine(call, number)
    await reminder.delete()
    return [
        CallOff(about=f"reminder:{reminder.id}"),
        Say(text=f"Called off: {verbatim(words_of(call, reminder.what))}"),
    ]


async def _change(call: Call, number: int, change: str) -> list[Effect]:
    reminder = await _mine(call, number)
    zone = await _zone(call)
    new = _new_time(change, call.at, zone, _hour_of(reminder))
    reminder.rhythm = rhythm.as_state(new.when) if isinstance(new.when, Rhythm) else None
    reminder.zone, reminder.at = new.when.zone, _first(new.when, call.at)
    if new.what.strip():
        private = reminder.what.startswith(_SEALED)
        reminder.what = sealed(call, new.what) if private else new.what
    others = [each async for each in _ahead(call) if each.id != reminder.id]
    _check_to_all(call, reminder.what, [each for each in others if _is_ahead(each, call.at)])
    await reminder.save()
    return [
        CallOff(about=f"reminder:{reminder.id}"),
        _hour(reminder),
        Say(text=_understood_words(call, reminder)),
    ]


@watch(kind=Change.TAKEN_BACK)
async def taken_back(call: Call) -> Effects:
    """Somebody deleted the message that asked for a reminder."""
    reminder = await Reminder.get_or_none(request=call.content["target"], room=call.room.id)
    if reminder is None or reminder.person != call.sender:
        return []
    await reminder.delete()
    return [
        CallOff(about=f"reminder:{reminder.id}"),
        Say(text="You took that message back, so its reminder is called off.", answers=False),
    ]
