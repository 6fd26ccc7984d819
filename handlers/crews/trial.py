"""From curiosity to a crew: a first talk, everybody asked about everybody, and the group that comes of it (CREW-1).

What somebody says about being in a crew with another is sealed and shown to nobody, ever. What follows depends on the
yeses alone, and on time: a no and silence are the same to everything here, so that nobody can tell them apart (R50).
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.asking import asked, whispered, zone_of
from handlers.conversation import MISSING, chosen
from handlers.conversation import PATIENCE as A_MOMENT
from handlers.crews import callings
from handlers.language import (
    CHANGE,
    NOT_THIS_TIME,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Edit,
    Effect,
    Effects,
    MakeRoom,
    Option,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    inquiry,
    ritual,
    tap,
)
from handlers.words import escaped, folded, sign, verbatim
from practices import calling as calls
from practices import clock
from practices.circles import RoomKind
from practices.dates import When, read_when
from practices.defaults import PATIENCE
from practices.meetings import QUIET, is_quiet, next_waking
from practices.understanding import NotUnderstood, shown
from storage.callings import Acceptance, Calling, Interest, Stage
from storage.database import row_of
from storage.inbox import Heard, Kind, Settled
from storage.outbox import Deed, Delivery, Owed
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room

PRIVATE = frozenset({RoomKind.PRIVATE})

PROPOSE, NO_TALK = "🗓️", "⏭️"

I_TELL = Option(sign="⏭️", word="skip", also=("i tell them", "i tell them myself"))
WAIT = Option(sign="⏳", word="wait", also=("no", "not yet", "later"))

#: A first talk further away is too far to keep people curious.
SOON = timedelta(days=28)

#: Two who are curious make three with the caller.
ENOUGH = 2

SEAL = "acceptance"
#: Of equal length, so that not even its seal tells a yes from a no.
_SAID = {True: "yes", False: "no "}


# ----------------------------------------------------------------------------------- the caller hears


async def curious_now(call: Call, calling: Calling, interest: Interest) -> list[Effect]:
    """Tell the caller who is curious, and ask about a first talk once they are enough."""
    place = calling.congregation or calling.stands_in
    count = len(await callings.curious(calling))
    name = await callings.known_as(interest.person, place, to=calling.caller)
    about, once = callings.about(calling), f"curious:{interest.id}"
    prompt = f"talk:{calling.id}.{interest.id}"
    # Whoever comes and goes rings the caller once, and the caller cannot see that they went.
    known = await Owed.exists(name__in=[once, prompt])
    if calling.trial_at is not None and calling.trial_at > call.at:
        text = f"**{name}** is curious, too, and is asked to your first talk."
        told = await whispered(call, calling.caller, text, about=about, name=once)
        return [*([] if known else told), *await _ask_to_trial(call, calling, [interest])]
    if known:
        return []
    if count < ENOUGH:
        text = (
            f"**{name}** is curious about your call.\n\nNext: one more, and you are three; then you can propose a first "
            "talk. If somebody asks you something, I bring it here."
        )
        return await whispered(call, calling.caller, text, about=about, name=once)
    if count > ENOUGH:
        text = f"**{name}** is curious, too. By now {count} people are."
        return await whispered(call, calling.caller, text, about=about, name=once)
    text = (
        f"**{name}** is curious, too, so with you they are three, and could be a crew.\n\nNext: propose a first talk to all who are "
        f"curious; it binds nobody. After it I ask each of you, in private, about each of the others.\n\n"
        f"{PROPOSE} propose a time · {NO_TALK} no talk: ask us right away\n\n*In words: `trial thursday 19:00`*"
    )
    return await whispered(
        call, calling.caller, text, about=about, name=prompt, taps=(PROPOSE, NO_TALK)
    )


@tap(
    prefix="talk",
    labels={"propose a time": PROPOSE, "no talk": NO_TALK, "no talk ask us right away": NO_TALK},
)
async def talk_tapped(call: Call, subject: str, said: str) -> Effects:
    """The caller proposes a time, or none."""
    calling = await callings.found(subject.partition(".")[0])
    if not call.is_private or (calling is not None and calling.caller != call.person):
        return []
    if calling is None:
        if sign(said) not in (sign(PROPOSE), sign(NO_TALK)):
            return []
        return [Say(text="That call has ended, so nothing was changed. `call` begins another.")]
    if calling.stage is not Stage.OPEN:
        return [Say(text="Everybody is asked already; `calls` shows how your call stands.")]
    if sign(said) == sign(PROPOSE):
        return [
            Ask(
                inquiry=MISSING,
                person=call.person,
                private=True,
                until=call.at + A_MOMENT,
                data={"command": "trial", "argument": "when", "given": {}},
                text=await _when_words(call, calling),
            )
        ]
    if sign(said) == sign(NO_TALK) or folded(said) == "no talk":
        return await begin_asking(call, calling)
    return await _propose(call, calling, said)


async def _when_words(call: Call, calling: Calling) -> str:
    zone = await zone_of(call, calling.caller)
    zones = await _zones(call, calling)
    day = clock.wall(call.at, zone).date() + timedelta(days=2)
    awake = f"\n\n{calls.common_words(day, zone, zones)}" if len({*zones, zone}) > 1 else ""
    return (
        f"When is your first talk? For example “thursday 19:00”.{awake}\n\n"
        "*Your next message answers this; `stop` ends it.*"
    )


async def _zones(call: Call, calling: Calling) -> set[ZoneInfo]:
    """The zones of all who are curious; whose is whose stays unsaid."""
    space = await Room.get_or_none(id=calling.congregation) if calling.congregation else None
    return {await zone_of(call, each.person, space) for each in await callings.curious(calling)}


# ------------------------------------------------------------------------------------------ first talk


@command(
    name="trial",
    aliases=("talk",),
    help="propose a first talk to all who are curious about your call; “trial none” does without",
    example="trial thursday 19:00",
    kinds=PRIVATE,
    arguments=(
        Argument(
            name="when",
            help="a day and a time",
            rest=True,
            question="When is your first talk? For example: thursday 19:00.",
        ),
    ),
)
async def trial(call: Call, when: str) -> Effects:
    """Say back the time of the first talk before anybody is asked."""
    calling = await callings.own(call.person)
    if calling is None or calling.stage is not Stage.OPEN:
        raise Refused(
            "No call of yours is open to propose a talk for. Nothing was changed; `call` begins one."
        )
    return await _propose(call, calling, when)


async def _propose(call: Call, calling: Calling, text: str) -> list[Effect]:
    if len(await callings.curious(calling)) < ENOUGH:
        raise Refused(
            "A first talk is for three, and fewer than two people are curious so far. Nothing was changed; as soon as "
            "there are two I ask you about it."
        )
    if folded(text) in ("none", "no", "no talk", "without"):
        return await begin_asking(call, calling)
    return [await _say_back(call, calling, _read(call, text, await zone_of(call, call.person)))]


def _read(call: Call, text: str, zone: ZoneInfo) -> When:
    """The moment meant; raises NotUnderstood or Refused."""
    when = read_when(text, now=call.at, zone=zone, at=time(19))
    if when.at > call.at + SOON:
        raise Refused(
            "That is more than four weeks away, and people forget what made them curious. Nothing was changed; an "
            "earlier day works: `trial thursday 19:00`."
        )
    return when


async def _say_back(call: Call, calling: Calling, when: When) -> Ask:
    zone = ZoneInfo(when.zone)
    elsewhere = calls.elsewhere_words(when.at, zone, await _zones(call, calling))
    also = f"\n\nThat is {elsewhere}." if elsewhere else ""
    return Ask(
        inquiry="trial-right",
        person=call.person,
        private=True,
        until=call.at + timedelta(days=1),
        data={"calling": calling.id, "at": when.at.isoformat()},
        text=f"I understood: your first talk is **{clock.words(when.at, zone)}**.{also}\n\n✅ right · ✏️ change",
    )


@inquiry(name="trial-right", options=(YES, CHANGE))
async def trial_right(call: Call, question: Question, said: str) -> Effects:
    """Ask everybody who is curious, on a yes."""
    calling = await callings.found(question.data.get("calling"))
    if calling is None or calling.stage is not Stage.OPEN or calling.caller != call.person:
        await question.delete()
        return [Say(text="That call is not open any more, so nobody was asked.")]
    if said == CHANGE.word:
        return [Say(text="When instead? For example “friday 18:00”.")]
    if said != YES.word:
        try:
            when = _read(call, said, await zone_of(call, call.person))
        except NotUnderstood as misunderstanding:
            return [Say(text=f"{verbatim(str(misunderstanding))}\n\nNothing was changed.")]
        await question.delete()
        return [await _say_back(call, calling, when)]
    await question.delete()
    at = datetime.fromisoformat(str(question.data["at"]))
    if at <= call.at:
        raise Refused("That time has passed meanwhile. `trial` with a new one proposes it.")
    calling.trial_at, calling.trial_where = at, None
    calling.closes_at = max(calling.closes_at, at + timedelta(days=1))
    await calling.save()
    return [
        Ask(
            inquiry="trial-where",
            person=call.person,
            private=True,
            until=at,
            data={"calling": calling.id},
            text="Where do you meet? A link or a place, in your words; whoever is curious reads it.\n\n"
            "⏭️ I tell them myself",
        )
    ]


@inquiry(name="trial-where", options=(I_TELL,), takes_words=True)
async def trial_where(call: Call, question: Question, said: str) -> Effects:
    """Now all who are curious are asked."""
    calling = await callings.found(question.data.get("calling"))
    await question.delete()
    if calling is None or calling.trial_at is None or calling.stage is not Stage.OPEN:
        return [Say(text="That talk is called off, so nobody was asked.")]
    calling.trial_where = None if said == I_TELL.word else said[:500]
    await calling.save()
    interests = await callings.curious(calling)
    await Interest.filter(calling=calling.id).update(comes=False)
    await _forget_asked(calling)
    space = await Room.get_or_none(id=calling.congregation) if calling.congregation else None
    zone = await zone_of(call, call.person, space)
    return [
        *callings.lapses(calling),
        *_trial_hours(calling),
        *await _ask_to_trial(call, calling, interests),
        Say(
            text=f"Good: everybody who is curious is asked whether **{clock.short_words(calling.trial_at, zone)}** suits "
            "them, and reminded an hour before. After the talk I ask each of you about each of the others.\n\n"
            "*`trial` with another time moves it.*"
        ),
    ]


async def _forget_asked(calling: Calling) -> None:
    people = [each.person for each in await callings.curious(calling)]
    old = await Question.filter(inquiry="trial-coming", person__in=people)
    ids = [each.id for each in old if each.data.get("calling") == calling.id]
    await Question.filter(id__in=ids).delete()


def _trial_hours(calling: Calling) -> list[Effect]:
    at, about = calling.trial_at, callings.about(calling)
    assert at is not None
    over = at + timedelta(minutes=callings.said(calling).minutes)
    return [
        CallOff(about=about, ritual="trial-reminder"),
        CallOff(about=about, ritual="trial-over"),
        Ring(
            ritual="trial-reminder",
            about=about,
            at=at - timedelta(hours=1),
            when=at.isoformat(),
            useful_until=at,
            room=callings.home(calling),
            content={"calling": calling.id, "at": at.isoformat()},
        ),
        Ring(
            ritual="trial-over",
            about=about,
            at=over,
            when=at.isoformat(),
            room=callings.home(calling),
            content={"calling": calling.id, "at": at.isoformat()},
        ),
    ]


async def _ask_to_trial(
    call: Call, calling: Calling, interests: Iterable[Interest]
) -> list[Effect]:
    assert calling.trial_at is not None
    space = await Room.get_or_none(id=calling.congregation) if calling.congregation else None
    place = calling.congregation or calling.stands_in
    effects: list[Effect] = []
    for each in interests:
        name = await callings.known_as(calling.caller, place, to=each.person)
        zone = await zone_of(call, each.person, space)
        effects += await asked(
            call,
            each.person,
            f"**{name}** proposes a first talk with all who are curious: **{clock.words(calling.trial_at, zone)}**."
            f"{_place_words(calling)}\n\nIt binds you to nothing.\n\n✅ I come · ✋ not this time",
            about=callings.about(calling),
            inquiry="trial-coming",
            until=calling.trial_at,
            data={"calling": calling.id, "interest": each.id},
        )
    return effects


def _place_words(calling: Calling) -> str:
    return f"\n\n> {escaped(calling.trial_where)}" if calling.trial_where else ""


@inquiry(
    name="trial-coming",
    options=(YES, NOT_THIS_TIME),
    late="That talk has begun or is over by now, so nothing was noted.",
)
async def trial_coming(call: Call, question: Question, said: str) -> Effects:
    """One person's answer about the first talk."""
    calling = await callings.found(question.data.get("calling"))
    interest = await row_of(Interest, question.data.get("interest"))
    if said not in (YES.word, NOT_THIS_TIME.word):
        return [Say(text="✅ I come or ✋ not this time is enough.")]
    await question.delete()
    if calling is None or interest is None or calling.trial_at is None:
        return [Say(text="That talk is called off; nothing is asked of you.")]
    interest.comes = said == YES.word
    await interest.save()
    place = calling.congregation or calling.stands_in
    name = await callings.known_as(calling.caller, place, to=call.person)
    if not interest.comes:
        return [
            Say(
                text=f"Noted, and it needs no reason; you stay curious. After the talk I ask you here about {name} "
                "and the others."
            )
        ]
    return [
        *await _counted(call, calling),
        Say(
            text="Good: I remind you an hour before. After it I ask you here, in private, about each of the others."
        ),
    ]


async def _counted(call: Call, calling: Calling) -> list[Effect]:
    """How many come to the first talk: one message to the caller, which stays true and rings once."""
    assert calling.trial_at is not None
    count = await Interest.filter(calling=calling.id, comes=True).count()
    many = (
        "One of those who are curious has"
        if count == 1
        else f"{count} of those who are curious have"
    )
    text = f"{many} said that they come to your first talk."
    about, name = callings.about(calling), f"coming:{calling.id}:{calling.trial_at:%Y%m%dT%H%M}"
    said = await Owed.filter(name=name, deed=Deed.SEND).order_by("-id").first()
    if said is not None:
        return [Edit(name=name, text=text, room=said.room or said.lane)]
    # What waits for the caller's morning has not been said yet: only its newest words are.
    for hour in await Heard.filter(about=about, kind=Kind.HOUR, state=Settled.WAITING):
        if (hour.content or {}).get("name") == name:
            await hour.delete()
    return await whispered(call, calling.caller, text, about=about, name=name)


async def _current(call: Call) -> Calling | None:
    """The call whose first talk an hour is for, unless the talk was moved."""
    calling = await callings.found(call.content.get("calling"))
    if calling is None or calling.stage is not Stage.OPEN or calling.trial_at is None:
        return None
    return calling if calling.trial_at.isoformat() == call.content.get("at") else None


@ritual(name="trial-reminder", help="reminds those who come to a first talk, an hour before it")
async def trial_reminder(call: Call) -> Effects:
    """Within the hour before a talk that one accepted, even at night (R15)."""
    calling = await _current(call)
    if calling is None or calling.trial_at is None:
        return []
    coming = await Interest.filter(calling=calling.id, comes=True).order_by("since", "id")
    if not coming:
        return []
    space = await Room.get_or_none(id=calling.congregation) if calling.congregation else None
    effects: list[Effect] = []
    for person in [calling.caller, *(each.person for each in coming)]:
        told = await Person.get_or_none(id=person)
        if told is not None and told.muted:
            continue
        zone = await zone_of(call, person, space)
        text = f"**Today, {clock.short_words(calling.trial_at, zone)}** – your first talk.{_place_words(calling)}"
        effects.append(Whisper(person=person, text=text))
    return effects


@ritual(name="trial-over", help="asks everybody about everybody, once a first talk is over")
async def trial_over(call: Call) -> Effects:
    """The talk is over."""
    calling = await _current(call)
    return [] if calling is None else await begin_asking(call, calling)


# -------------------------------------------------------------------------- everybody about everybody


async def begin_asking(call: Call, calling: Calling) -> list[Effect]:
    """From now on nobody new comes in, and each is asked about each of the others."""
    interests = await callings.curious(calling)
    now = callings.now(call)
    if len(interests) < ENOUGH:
        calling.trial_at = None
        await calling.save()
        text = (
            "You are not three any more, so nobody is asked yet. Your call stays open; as soon as two people are "
            "curious again, `trial` proposes a talk."
        )
        return await whispered(call, calling.caller, text, about=callings.about(calling))
    calling.stage, calling.closes_at, calling.number = Stage.ASKING, now + PATIENCE, None
    await calling.save()
    await _forget_asked(calling)
    effects: list[Effect] = [
        CallOff(about=callings.about(calling)),
        Ring(
            ritual="calling-closes",
            about=callings.about(calling),
            at=calling.closes_at,
            when=calling.closes_at.isoformat(),
            room=callings.home(calling),
            content={"calling": calling.id},
        ),
        *await callings.board(call, calling.congregation),
    ]
    for person in [calling.caller, *(each.person for each in interests)]:
        effects += await _ask_next(call, calling, person)
    return effects


async def _everybody(calling: Calling) -> list[str]:
    """The caller, and those who are curious in the order in which they became so."""
    return [calling.caller, *(each.person for each in await callings.curious(calling))]


async def _ask_next(call: Call, calling: Calling, person: str) -> list[Effect]:
    """The next question to one person, or that this was the last."""
    answered = await Acceptance.filter(calling=calling.id, person=person)
    said = {each.other for each in answered}
    left = [each for each in await _everybody(calling) if each not in (*said, person)]
    until = callings.day(calling.closes_at, calling)
    if not left or calling.stage is not Stage.ASKING:
        return [
            Say(
                text=f"That was all I ask. Nobody sees what you said; by **{until}** at the latest you hear from me."
            )
        ]
    place = calling.congregation or calling.stands_in
    other = await callings.told_apart(left[0], [person], place)
    head = ""
    if not said:
        head = (
            f"I ask you about each of the others, one at a time. Only I learn what you say, and nobody "
            f"ever sees a no. It is open until **{until}**.\n\n"
        )
    return await asked(
        call,
        person,
        f"{head}Would you like to be in one crew with {other}?\n\n✅ yes · ✋ not this time",
        about=callings.about(calling),
        inquiry="with",
        until=calling.closes_at,
        data={"calling": calling.id, "other": left[0]},
    )


@inquiry(name="with", options=(YES, NOT_THIS_TIME))
async def with_(call: Call, question: Question, said: str) -> Effects:
    """One sealed answer; the next question follows, and nothing else can be seen of it."""
    calling = await callings.found(question.data.get("calling"))
    if calling is None or not call.is_private or question.person != call.person:
        await question.delete()
        return [Say(text="That call has ended; nothing more is asked of you.")]
    if said not in (YES.word, NOT_THIS_TIME.word):
        return [Say(text="✅ yes or ✋ not this time is enough, and only I learn it.")]
    await question.delete()
    other = str(question.data["other"])
    if calling.stage is not Stage.ASKING:
        return await _ask_next(call, calling, call.person)
    await _seal(call, calling, other, yes=said == YES.word)
    return [*await _ask_next(call, calling, call.person), *await _see(call, calling)]


async def _seal(call: Call, calling: Calling, other: str, *, yes: bool) -> None:
    sealed = call.house.keys.seal(SEAL, _SAID[yes])
    await Acceptance.update_or_create(
        {"sealed": sealed}, calling=calling.id, person=call.person, other=other
    )


@command(
    name="with",
    unseen=True,
    help="change what you said about being in a crew with somebody, as long as no crew was made",
    example="with Ben yes",
    kinds=PRIVATE,
    arguments=(
        Argument(name="whom", help="their name", question="With whom?"),
        Argument(
            name="answer",
            help="yes, or not this time",
            rest=True,
            question="Would you like to be in one crew with them? Yes, or not this time.",
        ),
    ),
)
async def with_anew(call: Call, whom: str, answer: str) -> Effects:
    """Another answer than before; it is sealed like the first."""
    said = chosen(with_, answer)
    yes = said is YES
    if said is None:
        raise Refused(f"Say yes or “not this time”; {escaped(shown(answer))} was not kept.")
    meant = [
        (calling, other)
        for calling in await _asking(call.person)
        for other in await _called(call, calling, whom)
    ]
    if not meant:
        raise Refused(
            f"I am not asking you about anybody called {escaped(shown(whom))} just now. Nothing was changed."
        )
    if len({other for _calling, other in meant}) > 1:
        raise Refused(
            f"More than one person is called {escaped(shown(whom))}. Nothing was changed; the address in the question "
            "says who is meant."
        )
    calling, other = meant[0]
    before = await Acceptance.exists(calling=calling.id, person=call.person, other=other)
    if before and calling.hinted and calling.caller == call.person:
        # Else a caller could try out who has said yes, one answer after the other.
        raise Refused(
            "Since you know that a crew could begin, what you said before stays as it is. Nothing was changed; "
            f"by **{callings.day(calling.closes_at, calling)}** at the latest you hear from me."
        )
    await _seal(call, calling, other, yes=yes)
    await _answered_already(calling, call.person, other)
    kept = Say(text="Kept instead of what you said before. Nobody sees it.")
    return [kept, *(await _see(call, calling) if calling.stage is Stage.ASKING else [])]


async def _called(call: Call, calling: Calling, whom: str) -> list[str]:
    """Those of that name or address whom somebody is asked about, or was: whoever dropped out is not missed (R50)."""
    said, place, found = folded(escaped(whom)), calling.congregation or calling.stands_in, []
    before = await Acceptance.filter(calling=calling.id, person=call.person)
    near = await _everybody(calling) if calling.stage is Stage.ASKING else []
    for other in dict.fromkeys([*near, *(each.other for each in before)]):
        name = folded(await callings.known_as(other, place, to=call.person))
        if other != call.person and said in (name, name.split()[0], folded(escaped(other))):
            found.append(other)
    return found


async def _asking(person: str) -> list[Calling]:
    """The calls in which somebody is asked about others, until everybody's time is over.

    A crew that was found already changes nothing for those who are not in it, so that they cannot see it.
    """
    interests = await Interest.filter(person=person).exclude(since=None)
    ids = [each.calling for each in interests]
    mine = await Calling.filter(stage=Stage.ASKING, caller=person)
    stages = [Stage.ASKING, Stage.FORMED]
    return [*mine, *await Calling.filter(stage__in=stages, id__in=ids)]


async def _answered_already(calling: Calling, person: str, other: str) -> None:
    """Nothing is asked twice: a question that was answered in a command is closed."""
    for each in await Question.filter(inquiry="with", person=person):
        if each.data.get("calling") == calling.id and each.data.get("other") == other:
            await each.delete()


# -------------------------------------------------------------------------------------- what comes of it


async def _group(call: Call, calling: Calling) -> tuple[str, ...]:
    """The group in which everybody accepts everybody; empty as long as there is none."""
    yeses = set()
    for each in await Acceptance.filter(calling=calling.id):
        if call.house.keys.open(SEAL, each.sealed) == _SAID[True]:
            yeses.add((each.person, each.other))
    free = [
        each
        for each in await _everybody(calling)
        if await callings.full(each, calling.congregation) is None
    ]
    if calling.caller not in free:
        return ()
    return calls.mutual(calling.caller, free[1:], yeses, callings.said(calling).size)


async def _see(call: Call, calling: Calling) -> list[Effect]:
    """After one more answer: a group of all begins at once; of a smaller one the caller hears, once."""
    group = await _group(call, calling)
    if not group:
        return []
    if set(group) == set(await _everybody(calling)):
        return await _form(call, calling, group)
    if calling.hinted:
        return []
    calling.hinted = True
    await calling.save()
    until = callings.day(calling.closes_at, calling)
    return await asked(
        call,
        calling.caller,
        "A crew could begin: three or more of you have said yes to each other. Who they are you learn when it does.\n\n"
        f"⏳ wait until **{until}**, so that everybody has had their time · ✅ begin now\n\n*In words: `form now`*",
        about=callings.about(calling),
        inquiry="form-now",
        until=calling.closes_at,
        data={"calling": calling.id},
    )


async def dropped(call: Call, calling: Calling, person: str) -> list[Effect]:
    """Somebody is curious no more: what they said goes, and those who stay may be a group by now.

    That they were asked about is kept for the others, whose answers about them are understood as before (R50); and
    so is how often they have asked something, which begins anew for nobody.
    """
    await callings.forget_questions(calling, [person])
    if calling.stage is not Stage.OPEN:
        await _still_asked(call, calling, [person])
    await Interest.filter(calling=calling.id, person=person).update(since=None, comes=False)
    await Acceptance.filter(calling=calling.id, person=person).delete()
    return await _see(call, calling) if calling.stage is Stage.ASKING else []


async def _still_asked(call: Call, calling: Calling, gone: Iterable[str]) -> None:
    """Everybody else may speak of those who are gone as before; a word that was never said is sealed like a no."""
    sealed = call.house.keys.seal(SEAL, _SAID[False])
    missing = [
        Acceptance(calling=calling.id, person=person, other=other, sealed=sealed)
        for other in gone
        for person in await _everybody(calling)
        if person != other
    ]
    await Acceptance.bulk_create(missing, ignore_conflicts=True)


@inquiry(name="form-now", options=(WAIT, YES))
async def form_now(call: Call, question: Question, said: str) -> Effects:
    """Begin on a yes."""
    calling = await callings.found(question.data.get("calling"))
    if said not in (YES.word, WAIT.word):
        return [Say(text="⏳ wait or ✅ begin now is enough; until then I wait.")]
    await question.delete()
    if said == WAIT.word or calling is None:
        return [Say(text="Good: I wait, and tell you when it is time. `form now` begins earlier.")]
    return await _begin(call, calling)


@command(
    name="form",
    help="let your crew begin with those who have said yes to each other",
    example="form now",
    kinds=PRIVATE,
    arguments=(Argument(name="when", help="now", rest=True),),
)
async def form(call: Call, when: str | None) -> Effects:
    """Begin as soon as there are three."""
    calling = await callings.own(call.person)
    if calling is None or calling.stage is not Stage.ASKING:
        raise Refused(
            "Nobody is being asked about a crew of yours just now, so there is nothing to begin. `calls` shows how "
            "your call stands."
        )
    return await _begin(call, calling)


async def _begin(call: Call, calling: Calling) -> list[Effect]:
    if calling.caller != call.person or calling.stage is not Stage.ASKING:
        return [Say(text="Your crew has been found already.")]
    calling.hinted = True
    await calling.save()
    group = await _group(call, calling)
    # The same words and the same hour whoever has said yes: nothing can be tried out by asking (R50).
    begun = await _form(call, calling, group) if group else [_looks_again(call, calling)]
    return [
        *begun,
        Say(
            text="Good: as soon as three or more of you have said yes to each other, your crew begins, and each of them "
            "hears of it; I look now and every morning. By "
            f"**{callings.day(calling.closes_at, calling)}** at the latest you hear from me. Your own answers stay as "
            "they are from now on."
        ),
    ]


def _morning_after(at: datetime, calling: Calling) -> datetime:
    """Nine o'clock of the next day by the clocks of a call."""
    zone = clock.zone(callings.said(calling).zone)
    day = clock.wall(at, zone).date() + timedelta(days=1)
    return clock.resolve(datetime.combine(day, time(9)), zone)


def _looks_again(call: Call, calling: Calling) -> Ring:
    at = _morning_after(callings.now(call), calling)
    return Ring(
        ritual="crew-begins",
        about=callings.about(calling),
        at=at,
        when=at.isoformat(),
        room=callings.home(calling),
        content={"calling": calling.id},
    )


@ritual(name="crew-begins", help="begins a crew whose caller waits for nobody else, once it can")
async def crew_begins(call: Call) -> Effects:
    """One more morning."""
    calling = await callings.found(call.content.get("calling"))
    if calling is None or calling.stage is not Stage.ASKING:
        return []
    group = await _group(call, calling)
    return await _form(call, calling, group) if group else [_looks_again(call, calling)]


async def _form(call: Call, calling: Calling, group: tuple[str, ...]) -> list[Effect]:
    """Ask for the room, by day; who is not in it hears from us when everybody's time is over."""
    others = [each for each in await _everybody(calling) if each not in group]
    await _still_asked(call, calling, await _everybody(calling))
    calling.stage = Stage.FORMED
    await calling.save()
    await callings.forget_questions(calling, group)
    await Interest.filter(calling=calling.id, person__in=list(group)).delete()
    await Acceptance.filter(calling=calling.id).exclude(person__in=others).delete()
    name = await _crew_name(calling)
    return [
        CallOff(about=callings.about(calling), ritual="later"),
        CallOff(about=callings.about(calling), ritual="crew-begins"),
        by_day(call, calling, group, name),
    ]


def by_day(call: Call, calling: Calling, group: Iterable[str], name: str) -> Effect:
    """The room now, or when the caller's night is over: its invitations ring (R15)."""
    now, zone = callings.now(call), clock.zone(callings.said(calling).zone)
    if not is_quiet(now, zone, QUIET):
        return room_for(calling, group, name)
    at = next_waking(now, zone, QUIET)
    return Ring(
        ritual="make-again",
        about=callings.about(calling),
        at=at,
        when=at.isoformat(),
        room=callings.home(calling),
        content={"calling": calling.id, "people": list(group), "name": name},
    )


async def _crew_name(calling: Calling) -> str:
    name = await callings.known_as(calling.caller, calling.congregation or calling.stands_in)
    return calls.crew_name(callings.said(calling), name.replace("\\", ""))


def room_for(calling: Calling, group: Iterable[str], name: str) -> MakeRoom:
    """The room of a crew that was found."""
    people = tuple(group)
    return MakeRoom(
        name=name,
        about=callings.about(calling),
        kind=RoomKind.CREW,
        invite=people,
        topic=callings.said(calling).intention or "",
        space=calling.congregation,
        content={"calling": calling.id, "people": list(people), "name": name},
    )


@ritual(
    name="calling-closes", help="ends the fourteen days in which people are asked about each other"
)
async def closes(call: Call) -> Effects:
    """Everybody has had their time: a group begins, and everybody else hears the same words."""
    calling = await callings.found(call.content.get("calling"))
    if calling is None or calling.stage not in (Stage.ASKING, Stage.FORMED):
        return []
    effects: list[Effect] = []
    made = calling.stage is Stage.FORMED and await _is_made(calling)
    if calling.stage is Stage.ASKING:
        group = await _group(call, calling)
        if group:
            effects += await _form(call, calling, group)
    others = [each.person for each in await callings.curious(calling)]
    name = await callings.known_as(calling.caller, calling.congregation or calling.stands_in)
    told = await callings.farewell(call, calling, others, not_this_time(name))
    if made:
        await callings.forget(calling)
        return [*told, CallOff(about=callings.about(calling))]
    if calling.stage is Stage.FORMED:
        await callings.forget_questions(calling)
        await Interest.filter(calling=calling.id).delete()
        await Acceptance.filter(calling=calling.id).delete()
        return [*effects, *told]
    caller = await callings.farewell(call, calling, [calling.caller], _none_came())
    return [*await callings.end(call, calling), *told, *caller]


async def _is_made(calling: Calling) -> bool:
    """Whether the crew's room is there, and nothing waits any more to ask for it."""
    about = callings.about(calling)
    asked_for = await Owed.exists(deed=Deed.MAKE, target=about, state=Delivery.OWED)
    ahead = Heard.filter(about=about, kind=Kind.HOUR, state=Settled.WAITING)
    hours = [str((each.content or {}).get("ritual")) for each in await ahead]
    since = calling.closes_at - PATIENCE
    there = await Room.exists(caller=calling.caller, kind=RoomKind.CREW, adopted_at__gte=since)
    return there and not asked_for and "make-again" not in hours


def not_this_time(name: str) -> str:
    """What everybody hears who is in no group, whatever the reason."""
    return (
        f"**{name}**’s call: not this time. It says nothing about you; who fits with whom is many small things.\n\n"
        "Next, if you like: `calls` shows what else is open, and `call` begins a crew of your own."
    )


def _none_came() -> str:
    return (
        "Everybody has had their time, and no crew comes of your call this time; most first tries go like that. "
        "Nothing of it is kept.\n\nNext, if you like: `call` begins another, and `calls` shows what else is open."
    )
