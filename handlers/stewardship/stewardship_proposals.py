"""A stewardship is proposed to two people, and begins when both have said yes (R36, R37).

A no of what somebody asked is told as a silence is (R13), and a no in a round, where nobody has asked, is told to nobody.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers import askings
from handlers.asking import asked, now_of, whispered
from handlers.crews.callings import spaces_of
from handlers.language import (
    NO,
    YES,
    Call,
    CallOff,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
)
from handlers.names import name, room_name
from handlers.stewardship.steward_pairs import (
    HOUR,
    RUNNING,
    about,
    about_asking,
    end,
    gone,
    ring_of,
    tell_in_vain,
    today_of,
)
from handlers.stewardship.stewardship_years import nudge_hour
from handlers.whom import whom
from handlers.words import folded
from practices import clock
from practices import stewardship as stewards
from practices.defaults import PATIENCE
from storage import questions
from storage.database import row_of
from storage.inbox import Heard, Kind, Settled
from storage.members import is_in
from storage.pairings import Stewardship, Tended
from storage.questions import Question
from storage.rooms import Room

#: Whoever is proposed several stewardships at once is asked one a day, up to this day.
_MOST_DAYS = 5


async def ask(call: Call, said: str) -> list[Effect]:
    """Somebody asks a member of a congregation of theirs to be their steward, as in `ana in Lakeside`. Raises Refused."""
    said, _, named = said.partition(" in ")
    spaces = await spaces_of(call.person)
    fitting = [each for each in spaces if not named or folded(each.name or "") == folded(named)]
    if not said or len(fitting) != 1:
        raise Refused(
            "Whom would you like as your steward, and in which congregation? For example `steward ask Ana`, or `steward ask Ana in "
            "Lakeside`. Nothing was asked."
        )
    space = fitting[0]
    other = await whom(call, space, said)
    return await ask_for(call, space, other)


async def ask_for(call: Call, space: Room, other: str) -> list[Effect]:
    """The sender asks somebody of a congregation to be their steward.

    Raises Refused for themselves, for those whose steward they are (R36), and for whoever is asked already, or was
    lately (askings.STEWARD).
    """
    if other == call.person:
        raise Refused("A steward is somebody else. Nothing was asked.")
    called = await name(space.id, other)
    rows = await Stewardship.filter(room=space.id)
    # Of what is only proposed nothing is told: it may not have been put to the sender, or they have said no to it (R13).
    if any(
        row.steward == call.person and row.stewardee == other and row.state in RUNNING
        for row in rows
    ):
        raise Refused(
            f"You are {called}'s steward, and no two have each other. Nothing was asked; somebody else can be asked."
        )
    if any(row.stewardee == call.person and row.steward == other for row in rows):
        raise Refused(f"{called} is your steward, or is asked already. Nothing was changed.")
    effects = await propose(
        call,
        space,
        steward=other,
        stewardee=call.person,
        agreed=(call.person,),
        put=await askings.may_ask(call, other, askings.STEWARD),
    )
    return [Say(text=f"I ask {called}. As soon as it is agreed, you hear of it here."), *effects]


async def propose(
    call: Call,
    space: Room,
    *,
    steward: str,
    stewardee: str,
    agreed: tuple[str, ...],
    put: bool = True,
) -> list[Effect]:
    """Ask those of the two who have not said yes; nothing begins before both have (R37).

    What is not `put` to them is asked of nobody, and lapses as any silence does. Whoever is asked something of a stewardship
    already is asked this on a later day: a round can bring one person several.
    """
    row = await Stewardship.create(
        room=space.id,
        steward=steward,
        stewardee=stewardee,
        agreed=sorted(agreed),
        by_round=not agreed,
        review=stewards.review_day(await today_of(call, space)),
    )
    until = now_of(call) + PATIENCE
    effects: list[Effect] = []
    for person in sorted({steward, stewardee} - set(agreed)) if put else ():
        days = await _days_until_asked(space, person, row)
        if days:
            effects.append(_asks_later(row, person, now_of(call) + timedelta(days=days), until))
        else:
            effects += await _put(call, space, row, person, until)
    effects.append(ring_of(row, "steward-lapse", until + timedelta(days=1), "lapse"))
    return effects


async def _days_until_asked(space: Room, person: str, row: Stewardship) -> int:
    """How many days somebody is spared: one for each other proposal of a round that they have not answered."""
    rows = await Stewardship.filter(room=space.id, state=Tended.PROPOSED).exclude(id=row.id)
    mine = [each for each in rows if person in (each.steward, each.stewardee)]
    return min(sum(person not in each.agreed for each in mine), _MOST_DAYS)


def _asks_later(row: Stewardship, person: str, at: datetime, until: datetime) -> Ring:
    return Ring(
        ritual="steward-ask",
        about=about_asking(row, person),
        at=at,
        when=at.isoformat(),
        room=row.room,
        content={"stewardship": row.id, "person": person, "until": until.isoformat()},
    )


async def _put(
    call: Call, space: Room, row: Stewardship, person: str, until: datetime
) -> list[Effect]:
    return await asked(
        replace(call, room=space, thread=None),
        person,
        await _question(space, row, person) + await _way_out(call, row, person),
        about=about(row),
        inquiry="steward-yes",
        until=until,
        data={"stewardship": row.id},
    )


@ritual(name="steward-ask", help="asks somebody of one more stewardship, a day after another")
async def asks(call: Call) -> Effects:
    """Their day has come; unless it came about, or lapsed, meanwhile."""
    row, person = (
        await row_of(Stewardship, call.content["stewardship"]),
        str(call.content["person"]),
    )
    if row is None or row.state is not Tended.PROPOSED or not await is_in(row.room, person):
        return []
    return await _put(
        call, call.room, row, person, datetime.fromisoformat(str(call.content["until"]))
    )


async def _next_asked(call: Call, space: Room) -> list[Effect]:
    """Whoever has answered one proposal is asked the next at once, and not only on its day."""
    rows = await Stewardship.filter(room=space.id, state=Tended.PROPOSED).order_by("id")
    for row in rows:
        waits = about_asking(row, call.person)
        hour = await Heard.filter(about=waits, state=Settled.WAITING, kind=Kind.HOUR).first()
        if hour is not None and hour.content:
            until = datetime.fromisoformat(str(hour.content["until"]))
            asks_now = await _put(call, space, row, call.person, until)
            return [CallOff(about=waits), *asks_now]
    return []


async def _way_out(call: Call, row: Stewardship, person: str) -> str:
    """How to be asked no more by the other; in a round, where nobody has asked, nothing."""
    return "" if row.by_round else await askings.way_out(call, person, asker=row.other(person))


async def _question(space: Room, row: Stewardship, person: str) -> str:
    other = await name(space.id, row.other(person))
    where = room_name(space, "your congregation")
    scope = (
        "A steward asks each month how it goes, stands beside the other in a conflict, and manages nothing; for a year, then you "
        "both look at it again. Either of you can end it at any time. Both names are seen by the congregation.\n\n"
        "✅ yes · ✋ not this time"
    )
    if person == row.steward:
        return f"In **{where}**: would you be **{other}**'s steward? {scope}"
    return f"In **{where}**: would you like **{other}** as your steward? {scope}"


@inquiry(
    name="steward-yes",
    options=(YES, Option(sign="✋", word="no", also=(*NO.also, "not this time"))),
    late="That question has rested for a while. Nothing was changed; `steward ask` and a name asks anew.",
)
async def yes_said(call: Call, question: Question, said: str) -> Effects:
    """One yes waits for the other; after a no whoever asked hears no more than that it does not come about."""
    if said not in (YES.word, NO.word):
        return [Say(text="A word is enough: ✅ yes · ✋ not this time.")]
    await question.delete()
    row = await row_of(Stewardship, question.data.get("stewardship"))
    if row is None or row.state is not Tended.PROPOSED:
        return [Say(text="That does not come about any more. Nothing was changed.")]
    space = await Room.get(id=row.room)
    other = row.other(call.person)
    if said == NO.word:
        thanks = Say(text="Good: not this time, and that needs no reason.")
        declined = await decline(call, space, row)
        return [thanks, *declined, *await _next_asked(call, space)]
    row.agreed = sorted({*row.agreed, call.person})
    await row.save(update_fields=["agreed"])
    if other not in row.agreed:
        text = "Thank you. As soon as it is agreed on both sides, you hear of it here."
        return [Say(text=text), *await _next_asked(call, space)]
    begins = await _begins(call, space, row)
    return [*begins, *await _next_asked(call, space)]


async def decline(call: Call, space: Room, row: Stewardship) -> list[Effect]:
    """A no of the sender to what is proposed: told to whoever asked, and in a round, where nobody has, to nobody (R13).

    There it stands as it stood until its time is over, and lapses then in the same words as a silence.
    """
    if row.by_round:
        row.agreed = sorted({*row.agreed} - {call.person})
        await row.save(update_fields=["agreed"])
        await questions.forget_about(
            "stewardship", row.id, inquiry="steward-yes", person=call.person
        )
        return []
    other = row.other(call.person)
    effects = await gone(row)
    if other in row.agreed:
        effects += await tell_in_vain(call, space, row, other)
    return effects


async def open_to(row: Stewardship, person: str) -> list[Question]:
    """What somebody is still asked about a proposal."""
    return await questions.open_about("stewardship", row.id, inquiry="steward-yes", person=person)


@ritual(name="steward-lapse", help="lets a stewardship rest that was not agreed on in time")
async def lapse(call: Call) -> Effects:
    """Two weeks without a yes of both."""
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is not Tended.PROPOSED:
        return []
    effects = await gone(row)
    for person in row.agreed:
        effects += await tell_in_vain(call, call.room, row, person)
    return effects


async def _begins(call: Call, space: Room, row: Stewardship) -> list[Effect]:
    """Both have said yes. Whoever was the stewardee's steward before is so no more, and no two have each other (R36)."""
    await askings.lift(call, row.stewardee, row.steward, askings.STEWARD)
    effects: list[Effect] = []
    for before in await Stewardship.filter(room=row.room, state__in=RUNNING):
        mutual = before.steward == row.stewardee and before.stewardee == row.steward
        if before.stewardee == row.stewardee or mutual:
            effects += await end(call, space, before, but=call.person)
    today = await today_of(call, space)
    row.state, row.agreed, row.began, row.review = (
        Tended.ACTIVE,
        [],
        today,
        stewards.review_day(today),
    )
    await row.save()
    zone = call.house.zone_of(space)
    for person in (row.steward, row.stewardee):
        other = await name(space.id, row.other(person))
        what = (
            f"You are **{other}**'s steward"
            if person == row.steward
            else f"**{other}** is your steward"
        )
        text = f"{what} from now on, until you look at it again on **{clock.long_day(row.review)}**. The first talk can be soon: `steward` shows what you can say."
        effects += await whispered(
            replace(call, room=space), person, text, about=f"{about(row)} begun"
        )
    review = clock.resolve(datetime.combine(row.review, HOUR), zone)
    return [
        CallOff(about=about(row), ritual="steward-lapse"),
        *effects,
        nudge_hour(call, space, row, 1),
        ring_of(row, "steward-review", review, "review"),
    ]
