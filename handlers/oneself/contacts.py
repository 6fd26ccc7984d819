"""The safety contacts of a congregation: its hosts name them, each of them agrees in private, and each for a term (R16, R19).

Until somebody has agreed they are named to nobody. They can step back in one action, and a host can take anybody's place back
in one. Every host hears in private who is named and by whom, who is named no more and who took the name back, and when
fewer than two stand; what anybody writes to a contact they never hear.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from handlers import askings
from handlers.asking import asked, now_of, whispered
from handlers.hosts import congregation_of, hosts_of
from handlers.house.adoption import LET_GO
from handlers.language import (
    NO,
    YES,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.names import called, name, room_name
from handlers.power import moderates
from handlers.whom import whom
from handlers.words import escaped, first_word, folded
from practices import clock, safety
from practices.circles import RoomKind
from practices.dates import read_when
from practices.defaults import PATIENCE
from practices.understanding import shown
from storage.database import row_of
from storage.inbox import rung_ahead
from storage.members import Member, is_in
from storage.notes import SafetyContact
from storage.questions import Question
from storage.rooms import Room

#: When a term ends, and its end is asked about.
MORNING = time(10)

_NAME = frozenset({"name", "propose", "add"})
_REPLACE = frozenset({"replace", "swap"})
_WITHDRAW = frozenset({"withdraw", "remove", "resign"})
_LIST = frozenset({"contacts", "contact", "list", "who"})


async def standing(space: Room, today: date) -> list[str]:
    """The people whom a congregation names today: agreed, within their term, and still among its people."""
    rows = SafetyContact.filter(room=space.id, agreed=True, until__gte=today).order_by("id")
    return [row.person for row in await rows if await is_in(space.id, row.person)]


async def hint(call: Call) -> str:
    """For a host of a congregation with fewer than two contacts, what mends it; "" for anybody else."""
    for space in await _hosted(call):
        if len(await standing(space, _today(call, space))) < safety.FEWEST:
            return (
                f"\n\n*You host **{room_name(space, 'your congregation')}**: `safety name Tamsin` asks somebody to be a contact "
                "for its people.*"
            )
    return ""


async def _hosted(call: Call) -> list[Room]:
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    spaces = await Room.filter(id__in=list(mine), kind=RoomKind.CONGREGATION, joined=True)
    return [space for space in spaces if moderates(space, call.person)]


def _today(call: Call, space: Room) -> date:
    return clock.wall(now_of(call), call.house.zone_of(space)).date()


async def arranged(call: Call, what: str) -> list[Effect] | None:
    """What a host, or a contact, says of the contacts; None for any other words. Raises Refused."""
    word, rest = first_word(what)
    match folded(word):
        case said if said in _LIST and not rest:
            return await _listed(call)
        case said if said in _NAME and rest:
            return await _named(call, rest)
        case said if said in _REPLACE and rest:
            return await _replaced(call, rest)
        case said if said in _WITHDRAW:
            return await _withdrawn(call, rest)
    return None


# ---------------------------------------------------------------------------------------------- naming

_UNTIL = re.compile(
    r"^(?P<who>.+?)(?: until (?P<until>.+?))?(?: for (?P<space>.+))?$", re.IGNORECASE
)


def _read(call: Call, space: Room, said: str | None) -> date:
    """The last day of a term. Raises Refused."""
    today = _today(call, space)
    if said is None:
        return safety.term(today)
    zone = call.house.zone_of(space)
    until = clock.wall(read_when(said, now=call.at, zone=zone, at=MORNING).at, zone).date()
    if until <= today or until > safety.longest_term(today):
        raise Refused(
            f"A term is at most {safety.LONGEST_MONTHS} months and ends after today; {escaped(shown(said))} is not. Nobody was "
            "asked. Without a day it is a year."
        )
    return until


async def _named(call: Call, rest: str, *, follows: SafetyContact | None = None) -> list[Effect]:
    found = _UNTIL.match(rest)
    assert found is not None
    space = await congregation_of(call, found["space"] or "")
    person = await whom(call, space, found["who"])
    until = _read(call, space, found["until"])
    row = await SafetyContact.get_or_none(room=space.id, person=person)
    who = await name(space.id, person)
    if row is not None and row.until >= _today(call, space):
        state = (
            f"is a contact already, until {clock.long_day(row.until)}"
            if row.agreed
            else "was asked already, and has two weeks to think about it"
        )
        raise Refused(f"**{who}** {state}. Nothing was changed.")
    put = person == call.person or await askings.may_ask(call, person, askings.CONTACT)
    if row is not None:
        await row.delete()
    row = await SafetyContact.create(
        room=space.id, person=person, until=until, follows=follows.id if follows else 0
    )
    others = await name(space.id, call.person)
    text = (
        f"**{others}** asks whether you would be a **safety contact** for the people of **{room_name(space, 'your congregation')}**, "
        f"until **{clock.long_day(until)}**: somebody to turn to outside the own crew, when there is harassment, abuse or fear.\n\n"
        "They would see your name and could write to you, directly or through me. What comes through me is for you alone; "
        "it comes at any hour, at night without a ring. You need not solve anything: listening, and knowing where help is, is "
        "much. You can step back whenever you like.\n\n✅ yes · ✋ no"
    )
    asks: list[Effect] = [_lapse(call, space, row, [call.person])]
    if put:
        asks += await asked(
            call,
            person,
            f"{text}{await askings.way_out(call, person)}",
            about=_about(row),
            inquiry="safety-accept",
            until=call.at + PATIENCE,
            data={"term": row.id, "host": call.person},
        )
    told = "I ask you here." if person == call.person else f"I ask **{who}** in private."
    after = (
        "" if follows is None else f" Until then **{await name(space.id, follows.person)}** stays."
    )
    return [
        *asks,
        Say(
            text=f"{told} With a yes it holds until **{clock.long_day(until)}**, and you hear of it.{after}"
        ),
    ]


def _lapse(call: Call, space: Room, row: SafetyContact, hosts: list[str]) -> Ring:
    """The hour at which whoever has not agreed is asked no more. Of its hosts one who is forgotten is taken out."""
    at = now_of(call) + PATIENCE + timedelta(days=1)
    return Ring(
        ritual="safety-lapse",
        about=_about(row),
        at=at,
        when=at.isoformat(),
        room=space.id,
        content={"term": row.id, "hosts": hosts},
    )


@ritual(
    name="safety-lapse",
    help="ends the asking of a safety contact who has not answered in two weeks, and tells the host who asked",
)
async def lapse(call: Call) -> Effects:
    """Two weeks without a yes; a silence is told in the words of a no (R13)."""
    row = await row_of(SafetyContact, call.content["term"])
    if row is None or row.agreed:
        return []
    await _gone(row)
    told = await _not_this_time(call.room, row)
    hosts, effects = call.content["hosts"], list[Effect]()
    assert isinstance(hosts, list)
    for host in hosts:
        if str(host) in await hosts_of(call.room, call.house.me):
            effects += await _whispered(call, str(host), row, told)
    return effects


async def _not_this_time(space: Room, row: SafetyContact) -> str:
    who, of = await name(space.id, row.person), room_name(space, "your congregation")
    return f"**{who}**, as a safety contact of **{of}**: not this time."


async def _replaced(call: Call, rest: str) -> list[Effect]:
    old, _, new = rest.partition(" with ")
    if not new.strip():
        raise Refused("Say both names: `safety replace Tamsin with Rui`. Nothing was changed.")
    space = await congregation_of(call, _space_in(new))
    return await _named(call, new, follows=await _contact(call, space, old))


def _space_in(said: str) -> str:
    found = _UNTIL.match(said)
    return (found and found["space"]) or ""


async def _contact(call: Call, space: Room, said: str) -> SafetyContact:
    """The contact of a congregation that is meant. Raises Refused."""
    person = await whom(call, space, said)
    row = await SafetyContact.get_or_none(room=space.id, person=person)
    if row is None:
        raise Refused(
            f"**{await name(space.id, person)}** is no contact of **{room_name(space, 'your congregation')}**. Nothing was "
            "changed; `safety contacts` shows who is."
        )
    return row


def _about(row: SafetyContact) -> str:
    return f"safety:{row.id}"


@inquiry(name="safety-accept", options=(YES, NO))
async def accepted(call: Call, question: Question, said: str) -> Effects:
    """From a yes on they are named; of a no whoever asked hears “not this time”."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    row = await SafetyContact.get_or_none(id=question.data["term"], person=call.person)
    space = None if row is None else await Room.get_or_none(id=row.room, joined=True)
    if row is None or space is None or row.until < _today(call, space):
        return [Say(text="That was taken back meanwhile, with thanks. Nothing was changed.")]
    host = str(question.data["host"])
    of = room_name(space, "your congregation")
    if said == NO.word:
        await row.delete()
        return [
            CallOff(about=_about(row)),
            Say(text="Good, and thank you for thinking about it."),
            *await _whispered(call, host, row, await _not_this_time(space, row)),
        ]
    await askings.lift(call, host, call.person, askings.CONTACT)
    row.agreed, follows = True, row.follows
    row.follows = 0
    await row.save(update_fields=["agreed", "follows"])
    effects: list[Effect] = [
        Say(
            text=f"Thank you. The people of **{of}** find your name under `safety`, until **{clock.long_day(row.until)}**; those "
            "of your own crews are shown others. `safety withdraw` ends it at any time."
        ),
        *_hours(call, space, row),
    ]
    former = await SafetyContact.get_or_none(id=follows, room=space.id) if follows else None
    told = f" is a safety contact of **{of}** now, asked by **{await name(space.id, host)}**"
    if former is not None:
        told += f", in the place of **{await name(space.id, former.person)}**"
        effects += await _ended(call, space, former, "Somebody else is named in your place now.")
    return [*effects, *await _told_hosts(call, space, row.person, f"{told}.")]


async def _whispered(call: Call, person: str, row: SafetyContact, text: str) -> list[Effect]:
    return await whispered(call, person, text, about=_about(row))


# ----------------------------------------------------------------------------------------- stepping back


async def _withdrawn(call: Call, rest: str) -> list[Effect]:
    """A contact steps back, or a host takes somebody's place back: one action, and no reason."""
    own = await SafetyContact.filter(person=call.person).order_by("id")
    found = re.match(r"^(?P<who>.+?)(?: for (?P<space>.+))?$", rest) if rest else None
    if found is None or folded(found["who"]) in ("me", "myself"):
        if not own:
            raise Refused("You are no safety contact, so nothing was changed.")
        effects: list[Effect] = []
        for row in own:
            space = await Room.get(id=row.room)
            effects += await _stepped_back(call, space, row)
        return [*effects, Say(text="Done: you are named no more. Thank you for the time you gave.")]
    space = await congregation_of(call, found["space"] or "")
    row = await _contact(call, space, found["who"])
    who = await name(space.id, row.person)
    of = room_name(space, "your congregation")
    agreed = row.agreed
    ended = await _ended(
        call, space, row, f"You are a safety contact of **{of}** no more, with thanks."
    )
    effects = [*ended, Say(text=f"Done: **{who}** is named no more.{await _warning(call, space)}")]
    if not agreed:
        return effects
    # No host can change by themselves whom people find, so that the others do not know of it.
    told = f" is a safety contact of **{of}** no more: **{await name(space.id, call.person)}** took the name back."
    return [*effects, *await _told_hosts(call, space, row.person, told)]


async def _ended(call: Call, space: Room, row: SafetyContact, text: str) -> list[Effect]:
    """Nobody finds them any more; they hear of it themselves."""
    was = row.agreed
    await _gone(row)
    effects: list[Effect] = [CallOff(about=_about(row))]
    return [*effects, *(await _whispered(call, row.person, row, text) if was else [])]


async def _gone(row: SafetyContact) -> None:
    await row.delete()
    for each in await Question.filter(
        person=row.person, inquiry__in=["safety-accept", "safety-again"]
    ):
        if each.data.get("term") == row.id:
            await each.delete()


async def _stepped_back(call: Call, space: Room, row: SafetyContact) -> list[Effect]:
    was = row.agreed
    await _gone(row)
    effects: list[Effect] = [CallOff(about=_about(row))]
    if not was:
        return effects
    told = f" is a safety contact of **{room_name(space, 'your congregation')}** no more."
    return [*effects, *await _told_hosts(call, space, row.person, told)]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves the congregation is no contact of it any more."""
    if call.sender is None:
        return []
    row = await SafetyContact.get_or_none(room=call.room.id, person=call.person)
    return [] if row is None else await _stepped_back(call, call.room, row)


async def let_go(call: Call, space: Room) -> list[Effect]:
    """A congregation is looked after no more: whoever was named for it hears so. To be called while its rows are there."""
    effects: list[Effect] = []
    of = room_name(space, "your congregation")
    for row in await SafetyContact.filter(room=space.id).order_by("id"):
        text = f"I look after **{of}** no more, so you are a safety contact of it no more, with thanks."
        effects += await _ended(call, space, row, text)
    return effects


LET_GO.append(let_go)


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: they are named nowhere any more."""
    effects: list[Effect] = []
    for row in await SafetyContact.filter(person=call.person):
        space = await Room.get_or_none(id=row.room)
        if space is None:
            await _gone(row)
        else:
            effects += await _stepped_back(call, space, row)
    return effects


async def kept_of(call: Call, names: dict[str, str | None]) -> list[dict[str, object]]:
    """Where the sender is named or asked: values that JSON can hold."""
    rows = await SafetyContact.filter(person=call.person).order_by("id")
    asked_of = Question.filter(person=call.person, inquiry="safety-accept", until__gt=now_of(call))
    put = {each.data.get("term") for each in await asked_of}
    return [
        {"congregation": names.get(row.room), "agreed": row.agreed, "until": row.until}
        for row in rows
        if row.agreed or row.id in put  # what was put to nobody is not told here either
    ]


# ------------------------------------------------------------------------------------------------ hosts


async def _listed(call: Call) -> list[Effect] | None:
    """Who stands in a host's congregations, who is asked, and until when; for anybody else the door itself."""
    spaces = await _hosted(call)
    if not spaces:
        return None
    parts = []
    for space in sorted(spaces, key=lambda each: (room_name(each, ""), each.id)):
        rows = await SafetyContact.filter(room=space.id, until__gte=_today(call, space)).order_by(
            "id"
        )
        lines = [
            f"- {await name(space.id, row.person)}, until {clock.long_day(row.until)}"
            + ("" if row.agreed else " (asked)")
            for row in rows
        ]
        head = f"Safety contacts of **{room_name(space, 'your congregation')}**:"
        parts.append(
            "\n".join([head, "", *(lines or ["- nobody yet"])]) + await _warning(call, space)
        )
    foot = "`safety name Tamsin` asks somebody, for a year; `safety replace Tamsin with Rui` and `safety withdraw Tamsin` change it."
    return [Say(text="\n\n".join([*parts, foot]))]


async def _warning(call: Call, space: Room) -> str:
    """A sentence where not everybody can find two; "" otherwise."""
    found = await standing(space, _today(call, space))
    if len(found) < safety.FEWEST:
        many = "nobody is" if not found else "one person is"
        return (
            f"\n\n⚠️ Just now {many} named. Everybody should find at least {safety.FEWEST} outside their own crews; "
            "`safety name Tamsin` asks somebody."
        )
    if set(found) <= set(await hosts_of(space, call.house.me)):
        return "\n\n⚠️ All of them host this congregation. Somebody who does not would be good beside them."
    return ""


async def _told_hosts(call: Call, space: Room, contact: str, told: str) -> list[Effect]:
    """A private word about a contact to each host but the one who speaks, with the warning where there is one.

    `told` follows their name, as whoever reads it knows them.
    """
    effects: list[Effect] = []
    warning = await _warning(call, space)
    for host in await hosts_of(space, call.house.me):
        if host != call.sender:
            whole = f"**{await called(contact, host, space.id)}**{told}{warning}"
            effects += await whispered(call, host, whole, about=f"contacts:{space.id}"[:64])
    return effects


# ------------------------------------------------------------------------------------------------- terms


def _hours(call: Call, space: Room, row: SafetyContact) -> list[Effect]:
    zone = call.house.zone_of(space)
    over = clock.resolve(datetime.combine(row.until + timedelta(days=1), MORNING), zone)
    soon = clock.resolve(
        datetime.combine(row.until - timedelta(days=safety.AHEAD_DAYS), MORNING), zone
    )
    effects: list[Effect] = [CallOff(about=_about(row))]
    for named, at in (("safety-soon", soon), ("safety-over", over)):
        if at > now_of(call) or named == "safety-over":
            effects.append(
                Ring(
                    ritual=named,
                    about=_about(row),
                    at=at,
                    when=at.isoformat(),
                    room=space.id,
                    content={"term": row.id},
                )
            )
    return effects


async def without_hour(space: Room) -> list[SafetyContact]:
    """Those who are named, or asked, and of whom no hour would ever end it (R16)."""
    rows = await SafetyContact.filter(room=space.id).order_by("id")
    ahead = await rung_ahead(map(_about, rows), "safety-over", "safety-lapse")
    return [row for row in rows if _about(row) not in ahead]


def rung_again(call: Call, space: Room, row: SafetyContact) -> list[Effect]:
    """The hours of one of those; no host is told by them who had asked, as that was lost."""
    return _hours(call, space, row) if row.agreed else [_lapse(call, space, row, [])]


@ritual(
    name="safety-soon",
    help="asks a safety contact, two weeks before the end of their term, whether to go on",
)
async def soon(call: Call) -> Effects:
    """Two weeks are left."""
    row = await row_of(SafetyContact, call.content["term"])
    if row is None or not row.agreed:
        return []
    text = (
        f"Your term as a safety contact of **{room_name(call.room, 'your congregation')}** ends on "
        f"**{clock.long_day(row.until)}**. Would you go on for another year?\n\n✅ yes · ✋ no"
    )
    until = datetime.combine(row.until, MORNING, UTC)
    return await asked(
        call,
        row.person,
        text,
        about=_about(row),
        inquiry="safety-again",
        until=until,
        data={"term": row.id},
    )


@inquiry(name="safety-again", options=(YES, NO), late="That term is over. Nothing was changed.")
async def again(call: Call, question: Question, said: str) -> Effects:
    """A year more, or the end as it was agreed."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    row = await SafetyContact.get_or_none(id=question.data["term"], person=call.person, agreed=True)
    space = None if row is None else await Room.get_or_none(id=row.room, joined=True)
    if row is None or space is None:
        return [Say(text="You are named no more already. Nothing was changed.")]
    if said == NO.word:
        return [Say(text=f"Good: it ends on **{clock.long_day(row.until)}**. Thank you.")]
    row.until = safety.term(row.until)
    await row.save(update_fields=["until"])
    return [
        Say(text=f"Thank you: until **{clock.long_day(row.until)}**."),
        *_hours(call, space, row),
    ]


@ritual(
    name="safety-over", help="ends the term of a safety contact on its day, and tells the hosts"
)
async def over(call: Call) -> Effects:
    """A term is over."""
    row = await row_of(SafetyContact, call.content["term"])
    if row is None:
        return []
    if row.until >= _today(call, call.room):
        return _hours(call, call.room, row)  # the congregation's clock was changed meanwhile
    of = room_name(call.room, "your congregation")
    ended = await _ended(
        call, call.room, row, f"Your term as a safety contact of **{of}** is over, with thanks."
    )
    return [
        *ended,
        *await _told_hosts(
            call, call.room, row.person, f"’s term as a safety contact of **{of}** is over."
        ),
    ]
