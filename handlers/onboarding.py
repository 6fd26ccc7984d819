"""Onboarding pairs: somebody who knows the place is beside a newcomer for three months (DYAD-6).

Nobody is assigned: whoever might be beside a newcomer is asked first, whoever invited them before all others (R38), and
then the newcomer; a no is told to nobody but whoever waits for it, as "not this time" (R13), and somebody else is asked.
What the two commit to is sealed with a key of their own, shown to them alone, and from one side only it stays "proposed"
(R42). They are spoken to in weeks 1, 4, 8 and 12, asked after three months how it goes on (R43), and either ends it at any
time with one word (R11). When it is over, nothing of it is kept and its key is destroyed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q

from handlers import askings, curiosity, dyads, one_to_ones, preferences
from handlers.adoption import LET_GO
from handlers.asking import asked, now_of, whispered, zone_of
from handlers.hosts import hosts_of
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    CallOff,
    Change,
    DestroyKey,
    Edit,
    Effect,
    Effects,
    KeyGone,
    Option,
    Refused,
    Ring,
    Say,
    Scrub,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.names import called, name, people, room_name
from handlers.whom import whom
from handlers.words import sign, verbatim
from practices import clock
from practices import onboarding as pure
from practices.circles import RoomKind
from practices.dyads import Ended, Occasion
from practices.onboarding import Standing, Tour, Volunteer
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.dyads import OneToOne
from storage.members import is_in
from storage.onboardings import (
    PAIRED,
    UNDER_WAY,
    Onboarding,
    Pod,
    Welcomer,
    beside,
    onboarding_of,
    places,
    pods_of,
)
from storage.pairings import stewardships_of
from storage.questions import Question
from storage.rooms import Room

PURPOSE = "onboarding"

#: So long whoever is asked may think about it; then somebody else is asked.
THINKING = timedelta(days=5)

#: So long is waited for who invited a newcomer.
_WHO_INVITED = timedelta(days=2)

#: So long a newcomer who would rather not is not asked again by others.
REMEMBERED = timedelta(days=180)

#: So long somebody is looked for.
LOOKED_FOR = timedelta(days=60)

#: So long after three months both can say how it goes on.
CLOSES = timedelta(days=14)

#: A prompt that is later than this is left out.
_STILL_PROMPTED = timedelta(days=6)

_A_MOMENT = timedelta(hours=1)
_MORNING = time(10)

MET, VISITED = "🤝", "🚪"

NOT_NOW = Option(
    sign=NO.sign, word=NO.word, also=(*NO.also, "not this time", "pass", "skip", "stop")
)
SOMEBODY_ELSE = Option(sign="🔁", word="somebody else", also=("someone else", "another", "others"))
PASS = Option(sign="⏭️", word="pass", also=("skip", "no", "not now", "✋", "stop"))
WRITE = Option(sign="✏️", word="write", also=("write mine", "commit"))
STOP = Option(sign="✋", word="stop", also=("pass",))
TIME = Option(sign="✅", word="look for a time", also=("yes", "a time", "meet", "👍", "✔"))
STAY = Option(sign="✅", word="stay", also=("yes", "y", "👍", "✔"))
OPEN = Option(sign="🌱", word="not sure", also=("not sure yet", "perhaps", "maybe"))
GO = Option(sign="👋", word="go", also=("no", "n", "leave", "✋", "👎"))
THANK = Option(
    sign="🙏", word="thank and close", also=("close", "thank", "thanks", "no", "end", "✋", "👎")
)
PARTNERS = Option(
    sign="👥", word="continue as partners", also=("continue", "go on", "partners", "yes", "✅")
)

_WRITING = (Standing.PROPOSED, Standing.ACTIVE)

_PLAIN = "A word is enough: ✅ yes · ✋ not this time."


def about(row: Onboarding) -> str:
    """What its hours and its key belong to."""
    return f"onboarding:{row.id}"


def about_space(space: Room) -> str:
    """What the words for a congregation's hosts, and last words, belong to."""
    return f"onboardings:{space.id}"[:64]


async def _space(row: Onboarding) -> Room:
    return await Room.get(id=row.room)


async def _here(call: Call, row: Onboarding) -> Call:
    """The same call in the congregation: its clocks count."""
    return replace(call, room=await _space(row), thread=None)


def today(call: Call, space: Room) -> date:
    """The day in a congregation."""
    return clock.wall(now_of(call), call.house.zone_of(space)).date()


async def _tell(
    call: Call, row: Onboarding, person: str, text: str, *, last: bool = False
) -> list[Effect]:
    """A private word about a pair; a last one outlives it."""
    here = await _here(call, row)
    return await whispered(here, person, text, about=about_space(here.room) if last else about(row))


async def _ask(
    call: Call,
    row: Onboarding,
    person: str,
    text: str,
    named: str,
    *,
    until: datetime,
    without: tuple[str, ...] = (),
) -> list[Effect]:
    """A private question about a pair; the same question to the same person stands once."""
    for question in await Question.filter(person=person, inquiry=named):
        if question.data.get("onboarding") == row.id:
            await question.delete()
    return await asked(
        await _here(call, row),
        person,
        text,
        about=about(row),
        inquiry=named,
        until=until,
        data={"onboarding": row.id},
        without=without,
    )


async def hello(person: str) -> str:
    """Who speaks, for somebody to whom we have not spoken before."""
    if await Room.exists(private_with=person):
        return ""
    return "Hello. I am Kinkeeper, a program that helps the people of your congregation to find one another.\n\n"


def _turn(call: Call, row: Onboarding) -> list[Effect]:
    """Where it stands now lasts until an hour; what stood before is called off."""
    off = CallOff(about=about(row), ritual="welcome-turn")
    if row.until is None:
        return [off]
    return [
        off,
        Ring(
            ritual="welcome-turn",
            about=about(row),
            at=row.until,
            when=f"{row.state.value} {row.until.isoformat()}",
            room=row.room,
            content={"onboarding": row.id},
        ),
    ]


async def _stand(
    call: Call, row: Onboarding, state: Standing, until: datetime | None
) -> list[Effect]:
    """Write down where it stands; nothing that was asked before is asked any more."""
    await _forget_questions(row)
    row.state, row.until = state, until
    await row.save()
    return _turn(call, row)


async def _forget_questions(row: Onboarding) -> None:
    for question in await Question.filter(inquiry__startswith="welcome-"):
        if question.data.get("onboarding") == row.id:
            await question.delete()


async def _gone(call: Call, row: Onboarding) -> list[Effect]:
    """Nothing is kept of it, and what was sealed can be read by nobody any more."""
    await _forget_questions(row)
    effects: list[Effect] = [CallOff(about=about(row))]
    for one in await OneToOne.filter(occasion=Occasion.ONBOARDING, subject=about(row)):
        effects += await one_to_ones.over(call, one, Ended.GONE)
    await row.delete()
    return [*effects, DestroyKey(owner=about(row)), Scrub()] if row.sealed else effects


# ------------------------------------------------------------------------------------- what the two said


@dataclass(frozen=True, slots=True)
class Said:
    """What the two wrote, what the newcomer ticked, and how each would like to go on; by side, "n" or "m"."""

    commits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tour: Tour = field(default_factory=Tour)
    on: dict[str, bool] = field(default_factory=dict)

    def standing(self) -> Standing:
        """Proposed until both have committed to something (R42)."""
        return pure.standing(self.commits.get("n", ()), self.commits.get("m", ()))


def _side(row: Onboarding, person: str) -> str:
    return "n" if person == row.newcomer else "m"


def said_of(call: Call, row: Onboarding) -> Said:
    """What the two of a pair have said. Raises KeyGone when it cannot be read any more."""
    if row.sealed is None:
        return Said()
    raw = call.house.keys.of(about(row)).open(PURPOSE, row.sealed)
    assert isinstance(raw, dict)
    return Said(
        commits={side: tuple(lines) for side, lines in raw["commits"].items()},
        tour=Tour(int(raw["met"]), bool(raw["visited"])),
        on=dict(raw["on"]),
    )


def _read(call: Call, row: Onboarding) -> Said:
    """The same; what cannot be read any more is written anew."""
    try:
        return said_of(call, row)
    except KeyGone:
        return Said()


async def _keep(call: Call, row: Onboarding, said: Said) -> list[Effect]:
    """Seal it over what it was before."""
    row.sealed = call.house.keys.of(about(row)).seal(
        PURPOSE,
        {
            "commits": {side: list(lines) for side, lines in said.commits.items()},
            "met": said.tour.met,
            "visited": said.tour.visited,
            "on": said.on,
        },
    )
    if row.state in _WRITING:
        row.state = said.standing()
    await row.save()
    return [Scrub()]


_LOST = (
    "What you both had written for each other cannot be read any more: its key did not come along when I was moved to another "
    "machine. `welcome commit` writes it anew."
)


# --------------------------------------------------------------------------------------------- beginning


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Where people have said that they would be beside newcomers, a newcomer is asked whether they would like that."""
    space = call.room
    if space.kind is not RoomKind.CONGREGATION or call.person == call.house.me:
        return []
    if not await Welcomer.filter(room=space.id).exclude(person=call.person).exists():
        return []
    if space.predecessor and await is_in(space.predecessor, call.person):
        return []  # they follow their congregation into its new room
    return await offered(replace(call, sender=None), space, call.person, inviter=None)


async def offered(call: Call, space: Room, person: str, *, inviter: str | None) -> list[Effect]:
    """Ask somebody whether they would like a companion; not who was asked before, or has somebody already."""
    if await pods_of(person, space.id):
        return []
    there = await onboarding_of(space.id, person)
    if there is not None:
        return await _named(call, space, there, inviter)
    until = now_of(call) + CLOSES
    row = await Onboarding.create(
        room=space.id,
        newcomer=person,
        inviter=inviter,
        until=until,
        review=today(call, space) + LOOKED_FOR,
    )
    return [*_turn(call, row), *await _ask_would(call, row)]


async def _named(call: Call, space: Room, row: Onboarding, inviter: str | None) -> list[Effect]:
    """A member names somebody who was asked before: that member comes first, whenever somebody is looked for."""
    before = (Standing.OFFERED, Standing.DECLINED, Standing.LOOKING, Standing.ASKED)
    if inviter is None or row.inviter is not None or row.state not in before:
        return []
    row.inviter = inviter
    await row.save(update_fields=["inviter"])
    return await look_again(call, space) if row.state is Standing.LOOKING else []


async def _ask_would(call: Call, row: Onboarding) -> list[Effect]:
    assert row.until is not None
    where = room_name(await _space(row), "the congregation")
    text = (
        f"{await hello(row.newcomer)}Welcome to **{where}**. Would you like somebody beside you for your first three months? You "
        "talk about once a month, each commits to something for the other, and you meet more people on the way. It is no "
        "teaching, and either of you ends it with a word.\n\n✅ yes · ✋ not this time"
    )
    return await _ask(call, row, row.newcomer, text, "welcome-would", until=row.until)


async def wanted(call: Call, space: Room) -> list[Effect]:
    """The sender would like somebody beside them."""
    if await pods_of(call.person, space.id):
        raise Refused(
            "You are in a welcome pod, and one is in a pod or in a pair, not in both. Nothing was changed; `welcome end` leaves the "
            "pod, and then `welcome me` asks for somebody."
        )
    row = await onboarding_of(space.id, call.person)
    if row is None:
        row = await Onboarding.create(
            room=space.id, newcomer=call.person, review=today(call, space) + LOOKED_FOR
        )
    elif row.state is Standing.LOOKING:
        return await _once_more(call, row)
    elif row.state not in (Standing.OFFERED, Standing.DECLINED):
        return await shown(call, row)
    return await _would(call, row)


async def _once_more(call: Call, row: Onboarding) -> list[Effect]:
    """They ask again while nobody was free: perhaps somebody is now."""
    asks = await Question.filter(person=call.person, inquiry="welcome-inviter")
    if any(each.data.get("onboarding") == row.id for each in asks):
        return await _still_looking(call, row)
    effects = await _look(call, row, again=True)
    # The same words whether somebody could be asked now or not.
    return [*await _still_looking(call, row), *effects]


@inquiry(
    name="welcome-would",
    options=(YES, NOT_NOW),
    late="That was asked a while ago. Nothing was changed; `welcome me` asks for somebody at any time.",
)
async def would_said(call: Call, question: Question, said: str) -> Effects:
    """Somebody is looked for, or it is let be."""
    if said not in (YES.word, NO.word):
        return [Say(text=_PLAIN)]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or row.state is not Standing.OFFERED:
        return [Say(text="That is not asked any more. `welcome` shows where you stand.")]
    if said == YES.word:
        return await _would(call, row)
    stands = await _stand(call, row, Standing.DECLINED, now_of(call) + REMEMBERED)
    return [Say(text="Good: not this time. `welcome me` is always open."), *stands]


async def _would(call: Call, row: Onboarding) -> list[Effect]:
    """They would: who invited them is asked first, if it is known (R38)."""
    known = row.inviter or await _steward_of(row)
    if known is None:
        stands = await _stand(call, row, Standing.LOOKING, now_of(call) + _WHO_INVITED)
        where = room_name(await _space(row), "the congregation")
        text = f"Gladly. **Who invited you to {where}?** I ask that person first; a name is enough, and ⏭️ pass is as good."
        return [
            *stands,
            *await _ask(
                call, row, row.newcomer, text, "welcome-inviter", until=now_of(call) + _WHO_INVITED
            ),
        ]
    row.inviter = known
    return [Say(text=_I_ASK), *await _look(call, row)]


_I_ASK = (
    "I ask whether somebody would be beside you. Nothing begins before you have said yes to them yourself; you hear of it "
    "here, and `welcome` shows where you stand."
)


async def _steward_of(row: Onboarding) -> str | None:
    """A newcomer's first steward is who invited them (R38)."""
    for each in await stewardships_of(row.newcomer, row.room):
        if each.stewardee == row.newcomer:
            return each.steward
    return None


@inquiry(name="welcome-inviter", options=(PASS,))
async def inviter_said(call: Call, question: Question, said: str) -> Effects:
    """The newcomer names who invited them, or passes."""
    row = await row_of(Onboarding, question.data.get("onboarding"))
    if row is None or row.state is not Standing.LOOKING:
        await question.delete()
        return [Say(text="That is not asked any more. `welcome` shows where you stand.")]
    if said != PASS.word:
        try:
            inviter = await whom(call, await _space(row), said)
        except Refused as refused:
            return [Say(text=f"{refused} ⏭️ pass leaves it open.")]
        row.inviter = inviter if inviter != call.person else None
    await question.delete()
    return [Say(text=_I_ASK), *await _look(call, row)]


# ------------------------------------------------------------------------------------ who could be asked


async def _look(
    call: Call, row: Onboarding, *, again: bool = False, waited: bool = False
) -> list[Effect]:
    """Ask the next who could be beside a newcomer.

    `again`: nobody could before, and it was said; `waited`: the time of whoever was asked is over. Whoever is named as having
    invited them and cannot be asked is waited for like one who is, and that nobody is free is never said before such a wait:
    else the answer would tell who does not want whom.
    """
    space = await _space(row)
    try:
        who = await _next(call, space, row)
    except KeyGone:
        row.member = None
        stands = await _stand(call, row, Standing.LOOKING, _given_up(call, space, row))
        return [*stands, *(await _tell(call, row, row.newcomer, _UNREADABLE) if not again else [])]
    if row.inviter is not None:
        named, row.inviter = row.inviter, None
        row.tried = sorted({*row.tried, named})
        put = await _may_be_asked(call, row, named)
        return await _thinks(call, row, named if put and who == named else None)
    if who is None and (waited or again):
        return await _nobody(call, space, row, again=again)
    if who is not None:
        row.tried = sorted({*row.tried, who})
        if not await askings.may_ask(call, who, askings.BESIDE, asker=row.newcomer):
            who = None
    return await _thinks(call, row, who)


async def _may_be_asked(call: Call, row: Onboarding, named: str) -> bool:
    """Whether whoever is named as having invited a newcomer is asked; the newcomer is not told."""
    try:
        return await askings.may_ask(call, named, askings.INVITER, asker=row.newcomer)
    except Refused:
        return False


async def _thinks(call: Call, row: Onboarding, who: str | None) -> list[Effect]:
    """Somebody is asked and has their time, or nobody is and as much time goes by; after a no the rest of it."""
    thought_of = row.state is Standing.ASKED and row.until is not None and row.until > now_of(call)
    until = row.until if who is None and thought_of else now_of(call) + THINKING
    row.member = who
    stands = await _stand(call, row, Standing.ASKED, until)
    return [*stands, *await _ask_member(call, row)] if who is not None else stands


_UNREADABLE = (
    "What you had told me in private about whom you would like to meet, and whom not, cannot be read any more, so I ask nobody "
    "rather than somebody wrong. `pairing not with` and a name says it again, or `pairing languages any` if there is nothing to "
    "say; then `welcome me` goes on."
)


async def _next(call: Call, space: Room, row: Onboarding) -> str | None:
    """Who is asked next. Raises KeyGone when what the newcomer said of others cannot be read."""
    rows = {each.person: each for each in await Welcomer.filter(room=space.id)}
    here = set(await people(space, call.house.me))
    could = {each for each in {*rows, row.inviter} if each is not None and each in here}
    could -= await newcomers(space)
    for each in could - {row.inviter}:
        if await askings.lately(call, each, askings.BESIDE, asker=row.newcomer):
            could.discard(each)
    said, lost = await preferences.of_all(call, {*could, row.newcomer})
    if row.newcomer in lost:
        raise KeyGone("what the newcomer said of others")
    busy = await beside(space.id)

    async def described(person: str) -> Volunteer:
        zone = await zone_of(call, person, space)
        offset = clock.wall(now_of(call), zone).replace(tzinfo=zone).utcoffset() or timedelta()
        known = rows.get(person)
        return Volunteer(
            id=person,
            languages=said[person].languages,
            ahead=int(offset.total_seconds() // 60),
            not_with=said[person].not_with,
            beside=busy.get(person, 0),
            most=known.most if known else pure.AT_ONCE[-1],
            rests_until=known.rests_until if known else None,
        )

    return pure.found(
        await described(row.newcomer),
        [await described(each) for each in sorted(could - set(lost))],
        inviter=row.inviter,
        tried=row.tried,
        today=today(call, space),
        seed=about(row),
    )


async def newcomers(space: Room) -> set[str]:
    """Those who are new in a congregation themselves."""
    rows = Onboarding.filter(room=space.id).exclude(state__in=[Standing.OFFERED, Standing.DECLINED])
    found_ = {str(each) for each in await rows.values_list("newcomer", flat=True)}
    for pod in await Pod.filter(room=space.id):
        found_ |= {place.person for place in await places(pod, agreed=True)}
    return found_


def _given_up(call: Call, space: Room, row: Onboarding) -> datetime:
    at = clock.resolve(datetime.combine(row.review, _MORNING), call.house.zone_of(space))
    return max(at, now_of(call) + _A_MOMENT)


async def _nobody(call: Call, space: Room, row: Onboarding, *, again: bool) -> list[Effect]:
    """Nobody could be asked: said kindly to the newcomer, and to the hosts as a number and no name (R13)."""
    row.member = None
    effects = await _stand(call, row, Standing.LOOKING, _given_up(call, space, row))
    if again:
        return effects
    where = room_name(space, "your congregation")
    effects += await _tell(
        call,
        row,
        row.newcomer,
        f"Nobody in **{where}** is free to be beside you just now; that says nothing about you. I go on looking until "
        f"{clock.long_day(row.review)}, and tell you here. Until then `calls` shows crews to be curious about, and `dyad` and a name "
        "asks somebody yourself.",
    )
    waiting = await Onboarding.filter(room=space.id, state=Standing.LOOKING).count()
    some = "1 newcomer" if waiting == 1 else f"{waiting} newcomers"
    text = (
        f"In **{where}** {some} would like somebody beside them, and nobody is free just now. `welcome willing` is how one says "
        "that one would; `welcome pod` and names welcomes several at once."
    )
    here = replace(call, room=space, thread=None)
    for host in await hosts_of(space, call.house.me):
        if host != row.newcomer:
            effects += await whispered(here, host, text, about=about_space(space), dispensable=True)
    return effects


async def look_again(call: Call, space: Room) -> list[Effect]:
    """Somebody could be free now: those who wait longest are thought of first."""
    effects: list[Effect] = []
    for row in await Onboarding.filter(room=space.id, state=Standing.LOOKING).order_by("id"):
        asks = await Question.filter(person=row.newcomer, inquiry="welcome-inviter")
        if not any(each.data.get("onboarding") == row.id for each in asks):
            effects += await _look(call, row, again=True)
    return effects


# ------------------------------------------------------------------------------------- the yes of both


async def _ask_member(call: Call, row: Onboarding) -> list[Effect]:
    assert row.member is not None
    assert row.until is not None
    who = await name(row.room, row.newcomer)
    where = room_name(await _space(row), "your congregation")
    day = clock.wall(row.until, await zone_of(call, row.member, await _space(row))).date()
    text = (
        f"{await hello(row.member)}**{who}** is new in **{where}** and would like somebody beside them for three months: a first "
        "talk within a week, then about once a month, and each commits to something for the other. Would that be you? "
        f"After {clock.long_day(day)} I ask somebody else.\n\n✅ yes · ✋ not this time\n\n*Not this time needs no reason, and "
        f"{who} does not hear that you were asked.*"
    )
    return await _ask(call, row, row.member, text, "welcome-member", until=row.until)


@inquiry(
    name="welcome-member",
    options=(YES, NOT_NOW),
    late="That was asked a while ago, and somebody else was asked since. `welcome` shows where you stand.",
)
async def member_said(call: Call, question: Question, said: str) -> Effects:
    """They would, and the newcomer is asked about them; or the next is asked, and nobody hears of it."""
    if said not in (YES.word, NO.word):
        return [Say(text=_PLAIN)]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or row.state is not Standing.ASKED or row.member != call.person:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    if said == NO.word:
        return [
            Say(text="Good: not this time, and that needs no reason."),
            *await _look(call, row),
        ]
    stands = await _stand(call, row, Standing.INTRODUCED, now_of(call) + THINKING)
    who = await name(row.room, row.newcomer)
    return [
        Say(text=f"Thank you. I ask {who} now; whatever they say, you hear of it here."),
        *stands,
        *await _ask_newcomer(call, row),
    ]


async def _ask_newcomer(call: Call, row: Onboarding) -> list[Effect]:
    assert row.member is not None
    assert row.until is not None
    who = await name(row.room, row.member)
    text = (
        f"**{who}** would be beside you for your first three months. Nothing has begun; it is yours to say.\n\n"
        f"✅ yes · 🔁 somebody else · ✋ not this time\n\n*None of them needs a reason, and {who} hears no more than “not this time”.*"
    )
    return await _ask(call, row, row.newcomer, text, "welcome-newcomer", until=row.until)


@inquiry(
    name="welcome-newcomer",
    options=(YES, SOMEBODY_ELSE, NOT_NOW),
    late="That was asked a while ago, and is over. `welcome me` begins anew.",
)
async def newcomer_said(call: Call, question: Question, said: str) -> Effects:
    """Both have said yes, or it is not this time."""
    if said not in (YES.word, NO.word, SOMEBODY_ELSE.word):
        return [Say(text="A word is enough: ✅ yes · 🔁 somebody else · ✋ not this time.")]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or row.state is not Standing.INTRODUCED or row.newcomer != call.person:
        return [Say(text="That is not asked any more. `welcome` shows where you stand.")]
    if said == YES.word:
        return await _paired(call, row)
    told = await _not_this_time(call, row)
    if said == SOMEBODY_ELSE.word:
        return [Say(text="Good. I ask somebody else."), *told, *await _look(call, row)]
    return [
        Say(text="Good: not this time, and that needs no reason. `welcome me` is always open."),
        *told,
        *await _gone(call, row),
    ]


async def _not_this_time(call: Call, row: Onboarding) -> list[Effect]:
    """The same words for a no, for silence and for somebody who left (R13)."""
    assert row.member is not None
    who = await name(row.room, row.newcomer)
    return await _tell(
        call, row, row.member, f"Being beside **{who}**: not this time. Thank you for having said yes.", last=True
    )  # fmt: skip


async def _paired(call: Call, row: Onboarding) -> list[Effect]:
    """Both would (R31): they look for a time to talk, and its end stands in the calendar (R16)."""
    space = await _space(row)
    row.began = today(call, space)
    row.review, row.tried, row.inviter = pure.closing_day(row.began), [], None
    effects = await _stand(call, row, Standing.PROPOSED, None)
    first = row.began + pure.FIRST_TALK
    for person in _two(row):
        who = await name(row.room, row.other(person))
        effects += await _tell(
            call,
            row,
            person,
            f"You and **{who}** are an onboarding pair, until you look at it together on **{clock.long_day(row.review)}**.\n\nNext: "
            f"your first talk, by {clock.long_day(first)} if you can; I ask you both for a time below. After it each of you writes one "
            "to three things that you commit to for the other. `welcome` shows where you stand, and `welcome end` ends it at any "
            "time.",
        )
    return [*effects, *await _weeks(call, row), *await _meet(call, row)]


def _two(row: Onboarding) -> tuple[str, str]:
    return row.newcomer, row.other(row.newcomer)


async def _meet(call: Call, row: Onboarding) -> list[Effect]:
    """A time is looked for by both."""
    return await one_to_ones.begin(
        call, _two(row), circle=row.room, occasion=Occasion.ONBOARDING, subject=about(row)
    )


async def meets(call: Call, row: Onboarding) -> list[Effect]:
    """One of the two would like to talk; if a time is looked for already, that is said."""
    if await OneToOne.exists(occasion=Occasion.ONBOARDING, subject=about(row)):
        return [Say(text="A one-to-one of yours is on its way already: `one-to-one` shows it.")]
    return await _meet(call, row)


# ------------------------------------------------------------------------------------------- commitments


async def _met(call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
    """After they have talked, whoever has not written yet is offered to."""
    row = await row_of(Onboarding, one.subject.partition(":")[2])
    if row is None or row.state is not Standing.PROPOSED or ended is not Ended.MET:
        return []
    said = _read(call, row)
    effects: list[Effect] = []
    for person in _two(row):
        if not said.commits.get(_side(row, person)):
            effects += await _offer_to_write(call, row, person)
    return effects


one_to_ones.FOLLOWS[Occasion.ONBOARDING] = _met


async def _offer_to_write(call: Call, row: Onboarding, person: str) -> list[Effect]:
    who = await name(row.room, row.other(person))
    text = (
        f"What would you like to commit to for **{who}**, these three months? One to three lines, such as “I answer within two "
        f"days” or “I bring you along on Thursday”. I show them to nobody but the two of you, and to {who} only when both of you have "
        "written; until then your pair stays proposed.\n\n✏️ write · ⏭️ pass"
    )
    return await _ask(
        call, row, person, text, "welcome-offer", until=now_of(call) + timedelta(days=7)
    )


@inquiry(
    name="welcome-offer",
    options=(WRITE, PASS),
    late="`welcome commit` writes what you commit to, at any time.",
)
async def offer_said(call: Call, question: Question, said: str) -> Effects:
    """Now, or another time."""
    if said not in (WRITE.word, PASS.word):
        return [Say(text="A word is enough: ✏️ write · ⏭️ pass.")]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or said == PASS.word:
        return [Say(text="Good. `welcome commit` is always open.")]
    return await writes(call, row)


async def writes(call: Call, row: Onboarding) -> list[Effect]:
    """Ask for one's own commitments; those that stand are shown first."""
    if row.state not in _WRITING:
        raise Refused(
            "A pair commits to something in its three months, so nothing was asked. `welcome` shows where you stand."
        )
    who = await name(row.room, row.other(call.person))
    mine = _read(call, row).commits.get(_side(row, call.person), ())
    stands = f"So far:\n\n{_listed(mine)}\n\nWhat you write now replaces it. " if mine else ""
    return [
        Ask(
            inquiry="welcome-commit",
            text=f"{stands}**What do you commit to for {who}?** One to three lines in one message. *Your next message answers this; "
            "✋ stop leaves it.*",
            until=call.at + _A_MOMENT,
            data={"onboarding": row.id},
            person=call.person,
            private=True,
        )
    ]


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {verbatim(line)}" for line in lines)


@inquiry(name="welcome-commit", options=(STOP,), takes_words=True, begun=True)
async def commit_said(call: Call, question: Question, said: str) -> Effects:
    """Seal what somebody commits to; the other sees it when both have written (R42)."""
    row = await row_of(Onboarding, question.data.get("onboarding"))
    if said == STOP.word or row is None or row.state not in _WRITING:
        await question.delete()
        return [Say(text="Nothing was changed. `welcome commit` is always open.")]
    lines = pure.read_commitments(said)
    await question.delete()
    before = row.state
    kept = _read(call, row)
    kept = replace(kept, commits={**kept.commits, _side(row, call.person): lines})
    effects = await _keep(call, row, kept)
    await _forget_offers(row, call.person)
    other = row.other(call.person)
    who = await name(row.room, other)
    if kept.standing() is Standing.PROPOSED:
        text = (
            f"Kept, sealed:\n\n{_listed(lines)}\n\nYour pair stays proposed until both of you have written; then you both see all of "
            "it. `welcome commit` changes yours."
        )
        if not await _is_offered(row, other):
            effects += await _offer_to_write(call, row, other)
        return [Say(text=text), *effects]
    if before is Standing.PROPOSED:
        for person in _two(row):
            effects += await _tell(
                call,
                row,
                person,
                f"Both of you have written.\n\n{await _commitments(row, kept, person)}\n\nOnly the two of you see this. `welcome commit` "
                "changes yours.",
            )
        return effects
    mine = await name(row.room, call.person)
    told = await _tell(
        call, row, other, f"**{mine}** now commits to this for you:\n\n{_listed(lines)}"
    )
    return [Say(text=f"Kept, and {who} is told:\n\n{_listed(lines)}"), *effects, *told]


async def _is_offered(row: Onboarding, person: str) -> bool:
    """Whether somebody is asked already: asked twice, they would answer a question that has closed under their hand."""
    asks = Question.filter(person=person, inquiry__in=["welcome-offer", "welcome-commit"])
    return any(each.data.get("onboarding") == row.id for each in await asks)


async def _forget_offers(row: Onboarding, person: str) -> None:
    for question in await Question.filter(person=person, inquiry="welcome-offer"):
        if question.data.get("onboarding") == row.id:
            await question.delete()


async def _commitments(row: Onboarding, said: Said, person: str) -> str:
    """Both sides, for one of the two."""
    mine, side = said.commits, _side(row, person)
    who = await name(row.room, row.other(person))
    theirs = mine.get("m" if side == "n" else "n", ())
    return f"You commit to:\n\n{_listed(mine.get(side, ()))}\n\n**{who}** commits to:\n\n{_listed(theirs)}"


# ------------------------------------------------------------------------------------------- the weeks


async def _weeks(call: Call, row: Onboarding) -> list[Effect]:
    """The prompts of each of the two, on their own clocks, and the closing question (R43)."""
    assert row.began is not None
    space, rings = await _space(row), []
    for person in _two(row):
        zone = await zone_of(call, person, space)
        for week, day in pure.weeks(row.began):
            at = clock.resolve(datetime.combine(day, _MORNING), zone)
            side = _side(row, person)
            rings.append(
                Ring(
                    ritual="welcome-week",
                    about=about(row),
                    at=at,
                    when=f"{side} {week}",
                    useful_until=at + _STILL_PROMPTED,
                    room=row.room,
                    content={"onboarding": row.id, "week": week, "side": side},
                )
            )
    at = clock.resolve(datetime.combine(row.review, _MORNING), call.house.zone_of(space))
    closing = Ring(
        ritual="welcome-closing",
        about=about(row),
        at=at,
        when="closing",
        room=row.room,
        content={"onboarding": row.id},
    )
    return [*rings, closing]


@ritual(
    name="welcome-week",
    help="offers each of an onboarding pair something to think of, in weeks 1, 4, 8 and 12",
)
async def week_prompt(call: Call) -> Effects:
    """A thought, and a tap that looks for a time; passing is as good."""
    row = await row_of(Onboarding, call.content.get("onboarding"))
    if row is None or row.state not in _WRITING:
        return []
    week = int(str(call.content["week"]))
    person = row.newcomer if call.content["side"] == "n" else row.other(row.newcomer)
    who = await name(row.room, row.other(person))
    said = _read(call, row)
    written = bool(said.commits.get(_side(row, person)))
    parts = [f"**Week {week} with {who}.** {pure.prompt(week)}"]
    if said.standing() is Standing.ACTIVE:
        parts.append(await _commitments(row, said, person))
    elif not written:
        parts.append(
            "Your pair is proposed until both of you have written what you commit to; ✏️ writes yours."
        )
    parts.append(f"✅ look for a time{'' if written else ' · ✏️ write'} · ⏭️ pass")
    return await _ask(
        call,
        row,
        person,
        "\n\n".join(parts),
        "welcome-week",
        until=now_of(call) + timedelta(days=7),
        without=(WRITE.word,) if written else (),
    )


@inquiry(
    name="welcome-week",
    options=(TIME, WRITE, PASS),
    late="`welcome meet` looks for a time at any time.",
)
async def week_said(call: Call, question: Question, said: str) -> Effects:
    """A time is looked for, or it is let be."""
    if said not in (TIME.word, WRITE.word, PASS.word):
        return [Say(text="A word is enough: ✅ look for a time · ⏭️ pass.")]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or said == PASS.word:
        return [Say(text="Good. `welcome` shows where you stand.")]
    return await (writes(call, row) if said == WRITE.word else meets(call, row))


# --------------------------------------------------------------------------------------------- the tour


def card(row: Onboarding) -> str:
    """Under which a newcomer's own view is said, with its taps."""
    return about(row)


async def ticked(
    call: Call, row: Onboarding, *, met: int = 0, visited: bool | None = None
) -> list[Effect]:
    """The newcomer ticks something, or takes a tick back; nobody is told."""
    if row.newcomer != call.person:
        raise Refused("The tour is the newcomer's own to tick. Nothing was changed.")
    kept = _read(call, row)
    tour = Tour(
        min(max(kept.tour.met + met, 0), pure.TOUR_PEOPLE),
        kept.tour.visited if visited is None else visited,
    )
    scrub = await _keep(call, row, replace(kept, tour=tour))
    text, _taps = await _text(call, row)
    done = (
        " That was the tour; there is always more to see."
        if tour.done and not kept.tour.done
        else ""
    )
    return [
        Edit(name=card(row), text=text),
        Say(
            text=f"{tour.words()}.{done} `welcome untick met` and `welcome untick visited` take it back."
        ),
        *scrub,
    ]


@tap(
    prefix="onboarding",
    labels={
        "[i] met somebody|someone": MET,
        "[i] visited [a|an] [open] session": VISITED,
    },
)
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """🤝 and 🚪 under a newcomer's own view."""
    row = await row_of(Onboarding, subject)
    if row is None or row.newcomer != call.person or row.state not in PAIRED:
        return [Say(text="That is over. Nothing was changed.")]
    if sign(said) == sign(MET):
        return await ticked(call, row, met=1)
    if sign(said) == sign(VISITED):
        return await ticked(call, row, visited=True)
    raise NotUnderstood(f"Under that message {MET} and {VISITED} mean something.")


# ------------------------------------------------------------------------------------- where one stands


async def shown(call: Call, row: Onboarding) -> list[Effect]:
    """Where one stands, and the next step; a question that waits for one is asked anew."""
    mine = row.newcomer == call.person
    match row.state:
        case Standing.OFFERED:
            return await _ask_would(call, row)
        case Standing.DECLINED:
            return [Say(text="Nobody is beside you, as you said. `welcome me` asks for somebody.")]
        case Standing.INTRODUCED if mine:
            return await _ask_newcomer(call, row)
        case Standing.INTRODUCED:
            who = await name(row.room, row.newcomer)
            return [Say(text=f"You would be beside **{who}**; they are asked, and you hear of it.")]
        case Standing.ASKED if not mine:
            return await _ask_member(call, row)
        case Standing.LOOKING | Standing.ASKED:
            return await _still_looking(call, row)
    return await _pair_shown(call, row)


async def _pair_shown(call: Call, row: Onboarding) -> list[Effect]:
    """A pair for one of the two, and what is asked of them just now."""
    text, taps = await _text(call, row)
    stands: list[Effect] = [Say(text=text, name=card(row) if taps else None, taps=taps)]
    if row.state is not Standing.CLOSING or _side(row, call.person) in _read(call, row).on:
        return stands
    asks = await Question.filter(person=call.person, inquiry="welcome-stay")
    if any(each.data.get("onboarding") == row.id for each in asks):
        return [*stands, *await _ask_stay(call, row)]
    return [*stands, *await _ask_on(call, row, call.person)]


async def _still_looking(call: Call, row: Onboarding) -> list[Effect]:
    """The same words whoever was asked, and however often."""
    for question in await Question.filter(person=call.person, inquiry="welcome-inviter"):
        if question.data.get("onboarding") == row.id:
            return await _would(call, row)
    where = room_name(await _space(row), "your congregation")
    return [
        Say(
            text=f"I look for somebody in **{where}** to be beside you, and you hear of it here. `pairing languages` and `timezone` "
            "help to find who fits; `welcome end` takes it back."
        )
    ]


async def _text(call: Call, row: Onboarding) -> tuple[str, tuple[str, ...]]:
    """A pair, for one of the two, with what can be tapped."""
    who = await name(row.room, row.other(call.person))
    where = room_name(await _space(row), "your congregation")
    newcomer = row.newcomer == call.person
    parts = [
        f"**{who}** is beside you in **{where}**"
        if newcomer
        else f"You are beside **{who}** in **{where}**"
    ]
    parts[0] += f", until {clock.long_day(row.review)}."
    try:
        said = said_of(call, row)
    except KeyGone:
        said = Said()
        parts.append(_LOST)
    mine = said.commits.get(_side(row, call.person), ())
    if said.standing() is Standing.ACTIVE:
        parts.append(await _commitments(row, said, call.person))
    else:
        parts.append(
            "Proposed: it becomes active when both of you have written what you commit to."
        )
        parts += [f"You have written:\n\n{_listed(mine)}"] if mine else []
    parts.append(f"The newcomer’s tour: {said.tour.words()}")
    if row.state is Standing.CLOSING:
        noted = _side(row, call.person) in said.on
        parts.append(
            "You have said how it goes on; you hear the rest here."
            if noted
            else "Next: say how it goes on, below. `welcome end` ends it."
        )
    else:
        first = "" if mine else "`welcome commit` writes what you commit to · "
        parts.append(f"Next: {first}`welcome meet` looks for a time · `welcome end` ends it.")
    if not newcomer or said.tour.done:
        return "\n\n".join(parts), ()
    taps = (
        *((MET,) if said.tour.met < pure.TOUR_PEOPLE else ()),
        *(() if said.tour.visited else (VISITED,)),
    )
    labels = {MET: f"{MET} I met somebody", VISITED: f"{VISITED} I visited a session"}
    parts.append(" · ".join(labels[each] for each in taps))
    return "\n\n".join(parts), taps


# ---------------------------------------------------------------------------------- after three months


@ritual(name="welcome-closing", help="asks an onboarding pair after three months how it goes on")
async def closing(call: Call) -> Effects:
    """The newcomer is asked whether they stay, and with whom; both how the two go on (R43)."""
    row = await row_of(Onboarding, call.content.get("onboarding"))
    if row is None or row.state not in _WRITING:
        return []
    effects = await _stand(call, row, Standing.CLOSING, now_of(call) + CLOSES)
    member = row.other(row.newcomer)
    return [*effects, *await _ask_stay(call, row), *await _ask_on(call, row, member)]


async def _ask_stay(call: Call, row: Onboarding) -> list[Effect]:
    assert row.until is not None
    for question in await Question.filter(person=row.newcomer, inquiry="welcome-stay"):
        if question.data.get("onboarding") == row.id:
            await question.delete()
    return await ask_to_stay(
        await _here(call, row),
        row.newcomer,
        about=about(row),
        until=row.until,
        data={"onboarding": row.id, "space": row.room},
    )


async def ask_to_stay(
    call: Call, person: str, *, about: str, until: datetime, data: dict[str, object]
) -> list[Effect]:
    """The closing question of a newcomer, for them alone (R43); the room of the call is the congregation."""
    where = room_name(call.room, "the congregation")
    return await asked(
        call,
        person,
        f"Three months in **{where}**. Would you like to stay? What you say is between you and me, and I do not keep it.\n\n"
        "✅ stay · 🌱 not sure yet · 👋 go",
        about=about,
        inquiry="welcome-stay",
        until=until,
        data=data,
    )


@inquiry(
    name="welcome-stay",
    options=(STAY, OPEN, GO),
    late="That was asked a while ago. `calls` shows crews to be curious about.",
)
async def stay_said(call: Call, question: Question, said: str) -> Effects:
    """Whoever stays is shown which crews there are; whoever goes, how."""
    if said not in (STAY.word, OPEN.word, GO.word):
        return [Say(text="A word is enough: ✅ stay · 🌱 not sure yet · 👋 go.")]
    await question.delete()
    row = await row_of(Onboarding, question.data.get("onboarding"))
    effects: list[Effect] = []
    if said == GO.word:
        text = (
            "Good, and that needs no reason; I tell nobody. In your app: open the congregation, then its name at the top, then "
            "*Leave*. `leave` takes you out of a crew, and `forget me` removes what I keep about you."
        )
        effects.append(Say(text=text))
    else:
        head = (
            "Good that you stay. **Which crew would be yours?** There is no hurry."
            if said == STAY.word
            else "Good: it can stay open. **These are the crews and calls** that you can look at meanwhile."
        )
        effects.append(await curiosity.listing(call, call.person, head=head))
    if row is not None and row.state is Standing.CLOSING:
        effects += await _ask_on(call, row, call.person)
    return effects


async def _ask_on(call: Call, row: Onboarding, person: str) -> list[Effect]:
    assert row.until is not None
    who = await name(row.room, row.other(person))
    text = (
        f"Three months with **{who}** have gone by. Thank each other and close, or continue as partners: a dyad with a rhythm of its "
        "own? It continues when both of you say so; otherwise it closes with thanks, in the same words for both.\n\n"
        "🙏 thank and close · 👥 continue as partners"
    )
    return await _ask(call, row, person, text, "welcome-on", until=row.until)


@inquiry(
    name="welcome-on",
    options=(THANK, PARTNERS),
    late="Your onboarding pair has closed, with thanks. `dyad` and a name asks for a dyad.",
)
async def on_said(call: Call, question: Question, said: str) -> Effects:
    """Both are heard before anything follows, and neither learns who would have gone on."""
    if said not in (THANK.word, PARTNERS.word):
        return [Say(text="A word is enough: 🙏 thank and close · 👥 continue as partners.")]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or row.state is not Standing.CLOSING or row.until is None:
        return [Say(text="That pair has closed already, with thanks.")]
    kept = _read(call, row)
    kept = replace(kept, on={**kept.on, _side(row, call.person): said == PARTNERS.word})
    effects = await _keep(call, row, kept)
    if len(kept.on) == 2:  # noqa: PLR2004 - both of them
        return [*effects, *await _closed(call, row, kept)]
    day = clock.wall(row.until, await zone_of(call, call.person, await _space(row))).date()
    return [
        *effects,
        Say(text=f"Noted. You hear here how it goes on, by {clock.long_day(day)} at the latest."),
    ]


async def _closed(call: Call, row: Onboarding, said: Said) -> list[Effect]:
    """It is over: both would go on and are a dyad, or both hear the same thanks."""
    newcomer, member = _two(row)
    if said.on.get("n") and said.on.get("m"):
        gone = await _gone(call, row)
        return [*gone, *await dyads.begun(call, row.other(call.person))]
    effects: list[Effect] = []
    for person in (newcomer, member):
        who = await name(row.room, row.other(person))
        effects += await _tell(
            call,
            row,
            person,
            f"Your three months with **{who}** are complete, with thanks to both of you. `dyad` and a name asks somebody for a dyad, "
            "whenever you like.",
            last=True,
        )
    gone = await _gone(call, row)
    return [*gone, *effects, *await look_again(call, await Room.get(id=row.room))]


# ---------------------------------------------------------------------------------- time goes by; the end


@ritual(name="welcome-turn", help="goes on where nobody has answered in an onboarding")
async def turn(call: Call) -> Effects:
    """The time to answer is over; silence is told to nobody as silence."""
    row = await row_of(Onboarding, call.content.get("onboarding"))
    if row is None or row.until is None or row.until > now_of(call):
        return []
    match row.state:
        case Standing.OFFERED:
            return await _stand(call, row, Standing.DECLINED, now_of(call) + REMEMBERED)
        case Standing.DECLINED:
            return await _gone(call, row)
        case Standing.LOOKING if today(call, await _space(row)) >= row.review:
            text = "I have found nobody to be beside you this time, and look no further. `welcome me` begins anew whenever you like."
            told = await _tell(call, row, row.newcomer, text, last=True)
            return [*await _gone(call, row), *told]
        case Standing.INTRODUCED:
            told = await _not_this_time(call, row)
            return [*await _gone(call, row), *told]
        case Standing.CLOSING:
            return await _closed(call, row, _read(call, row))
    # Nobody was asked yet, or the time of whoever was asked is over.
    return await _look(call, row, waited=row.state is Standing.ASKED)


async def end(call: Call, row: Onboarding) -> list[Effect]:
    """One of the two ends it in one act; the other hears only that it is over (R11)."""
    space = await _space(row)
    if row.state not in PAIRED:
        told = await _withdrawn(call, row, call.person)
        return [
            Say(text="Taken back, and that needs no reason. `welcome` shows what is always open."),
            *told,
        ]
    who = await name(row.room, row.other(call.person))
    told = await _over(call, row, call.person)
    return [
        Say(text=f"Done: your onboarding pair with {who} is over, and that needs no reason."),
        *told,
        *await look_again(call, space),
    ]


async def _over(call: Call, row: Onboarding, person: str) -> list[Effect]:
    """One side of a pair is over: the other hears that it is, and nothing is kept."""
    other = row.other(person)
    text = f"Your onboarding pair with **{await name(row.room, person)}** is over, with thanks."
    if other == row.newcomer:
        text += " `welcome me` asks for somebody else to be beside you."
    told = await _tell(call, row, other, text, last=True)
    return [*await _gone(call, row), *told]


async def _withdrawn(call: Call, row: Onboarding, person: str) -> list[Effect]:
    """What was not begun is taken back by one of the two; whoever had said yes hears "not this time"."""
    introduced = row.state is Standing.INTRODUCED
    if row.newcomer == person:
        told = await _not_this_time(call, row) if introduced else []
        return [*await _gone(call, row), *told]
    told = []
    if introduced:
        who = await name(row.room, person)
        text = f"With **{who}** it does not come about this time. I ask whether somebody else would be beside you."
        told = await _tell(call, row, row.newcomer, text)
    return [*told, *await _look(call, row)]


async def without(call: Call, space: Room, *, as_newcomer: bool = False) -> list[Effect]:
    """Everything of the sender's in a congregation is over; `as_newcomer`: but for those whom they are beside."""
    effects: list[Effect] = []
    quiet, person = replace(call, sender=None), call.person
    for row in await Onboarding.filter(room=space.id).order_by("id"):
        if person != row.newcomer and (as_newcomer or person != row.member):
            continue
        if row.state in PAIRED:
            effects += await _over(quiet, row, person)
        else:
            effects += await _withdrawn(quiet, row, person)
    return effects


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a congregation is beside nobody there, and has nobody."""
    space = call.room
    if space.kind is not RoomKind.CONGREGATION:
        return []
    await Welcomer.filter(room=space.id, person=call.person).delete()
    gone = await without(call, space)
    for row in await Onboarding.filter(room=space.id, inviter=call.person):
        row.inviter = None
        await row.save(update_fields=["inviter"])
    return [*gone, *await look_again(replace(call, sender=None), space)] if gone else []


async def let_go(call: Call, space: Room) -> list[Effect]:
    """A congregation is looked after no more: the people of each pair hear so, and what they sealed is unreadable.

    To be called while its rows are still there.
    """
    effects: list[Effect] = []
    of = room_name(space, "your congregation")
    for row in await Onboarding.filter(room=space.id).order_by("id"):
        told: dict[str, str] = {}
        if row.state in PAIRED and row.member is not None:
            for person in (row.newcomer, row.member):
                who = await called(row.other(person), person, space.id)
                told[person] = (
                    f"I look after **{of}** no more, so I am no part of your onboarding pair with **{who}** any more: what you "
                    "wrote for each other is deleted. The two of you go on as you like."
                )
        elif row.state in UNDER_WAY:
            told[row.newcomer] = (
                f"I look after **{of}** no more, so I look for nobody to be beside you any more."
            )
        effects += await _gone(call, row)
        for person, text in told.items():
            effects += await whispered(
                replace(call, room=space, thread=None), person, text, about=about_space(space)
            )
    return effects


LET_GO.append(let_go)


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: they would be beside nobody, and every pair of theirs is over for the other."""
    await Welcomer.filter(person=call.person).delete()
    effects: list[Effect] = []
    both = Q(newcomer=call.person) | Q(member=call.person)
    for room in sorted({row.room for row in await Onboarding.filter(both)}):
        space = await Room.get_or_none(id=room)
        if space is not None:
            effects += await without(call, space)
    return effects


async def kept_of(call: Call) -> dict[str, list[dict[str, object]]]:
    """What is kept of the sender's own: values that JSON can hold, without what another has written or was asked."""
    person = call.person
    rows = await Onboarding.filter(newcomer=person).order_by("id")
    rows += await Onboarding.filter(member=person).order_by("id")
    return {
        "would_be_beside_newcomers": [
            {"room": each.room, "at_once": each.most, "rests_until": each.rests_until}
            for each in await Welcomer.filter(person=person).order_by("id")
        ],
        "onboarding": [_exported(call, row) for row in rows],
    }


def _exported(call: Call, row: Onboarding) -> dict[str, object]:
    newcomer = row.newcomer == call.person
    waiting = row.state in (Standing.LOOKING, Standing.ASKED)
    found_: dict[str, object] = {
        "room": row.room,
        "you_are": "the newcomer" if newcomer else "beside the newcomer",
        # Whom else was asked, and who was not asked yet, is nobody's to read.
        "state": Standing.LOOKING.value if newcomer and waiting else row.state.value,
        "with": row.other(call.person)
        if row.member is not None and not (newcomer and waiting)
        else None,
        "since": row.began,
        "review": row.review,
    }
    if newcomer and row.inviter is not None:
        found_["invited_by"] = row.inviter
    try:
        said = said_of(call, row)
    except KeyGone:
        return {**found_, "unreadable": True}
    found_["you_commit_to"] = list(said.commits.get(_side(row, call.person), ()))
    if newcomer:
        found_["tour"] = {"met": said.tour.met, "visited": said.tour.visited}
    if _side(row, call.person) in said.on:
        found_["you_would_continue_as_partners"] = said.on[_side(row, call.person)]
    return found_
