"""The room of a welcome pod and its three months: a rhythm to say yes to, a thought in some weeks, and the closing (R43, R44).

Nothing that is said in it is kept. After three months each newcomer is asked, alone, how it goes on, and the room stays theirs.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from handlers.asking import now_of
from handlers.language import (
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Invite,
    MakeRoom,
    Ring,
    Say,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import name, room_name
from handlers.welcome import onboardings, pods, staying
from handlers.welcome.onboardings import MORNING, STILL_PROMPTED
from handlers.welcome.pods import STAYS
from handlers.words import escaped
from practices import clock, rhythm
from practices import onboarding as pure
from practices.circles import RoomKind
from practices.dates import read_rhythm
from practices.defaults import PATIENCE
from storage.database import row_of
from storage.members import is_in
from storage.onboardings import Pod, PodStage, places
from storage.rooms import Room

#: A room that was refused is asked for again so often, a day apart.
_MOST_REFUSALS = 3


# ------------------------------------------------------------------------------------------------- the room


async def room_wanted(space: Room, pod: Pod) -> MakeRoom:
    """The room of a pod, for whoever opened it and those who would come; what was refused before is asked for as a new one."""
    where = (space.name or "").strip()
    coming = [place.person for place in await places(pod, agreed=True)]
    return MakeRoom(
        name=f"Welcome pod of {where}" if where else "Welcome pod",
        about=f"{pods.about(pod)}:{pod.refusals}" if pod.refusals else pods.about(pod),
        kind=RoomKind.WORKING,
        invite=(pod.opener, *coming),
        content={"pod": pod.id, "people": coming},
    )


async def _of_room(call: Call) -> Pod | None:
    kind, _, number = str(call.content.get("about", "")).partition(":")
    return await row_of(Pod, number.partition(":")[0]) if kind == "pod" else None


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The room of a pod is there: what happens in three months, and a rhythm to say yes to."""
    pod = await _of_room(call)
    if pod is None:
        return []
    room, space = call.room, await Room.get(id=pod.room)
    coming = [place.person for place in await places(pod, agreed=True)]
    given = call.content.get("people")
    invited = given if isinstance(given, list) else []
    room.name = room.name or str(call.content.get("name") or "") or None
    room.zone, room.adopted_at = space.zone or call.house.zone, call.at
    room.noticed_size = len(coming) + 1
    await room.save()
    began = onboardings.today(call, space)
    pod.home, pod.stage, pod.review = room.id, PodStage.OPEN, pure.closing_day(began)
    await pod.save()
    return [
        meetings.circle_state(room),
        # Who said yes while the room was being made was not among those it was made for.
        *(Invite(person=each, room=room.id) for each in coming if each not in invited),
        Say(text=await _first_words(call, space, pod), answers=False),
        _rhythm(call, pod),
        *_hours(call, pod, began),
        CallOff(about=pods.about(pod), ritual="pod-closing"),
        closing_hour(call, space, pod),
    ]


async def _first_words(call: Call, space: Room, pod: Pod) -> str:
    """Who is in the room, what comes, and how one leaves."""
    who, prefix = await name(space.id, pod.opener), call.house.prefix
    return (
        f"Welcome. This is your welcome pod in **{room_name(space, 'your congregation')}**: **{who}**, who knows the place, and you who "
        f"are new; equals in this room, which is encrypted. Until **{clock.long_day(pod.review)}** I offer something to think of in "
        "weeks 1, 4, 8 and 12; what you say here I do not keep.\n\n"
        f"Next: a first meeting, with stories, hopes and fears, and then about one a month. Each of you can leave at any time; "
        f"`{prefix}release` sends me away."
    )


def _hours(call: Call, pod: Pod, began: date) -> list[Ring]:
    """The prompts of its weeks on the clock of its room (R43)."""
    zone = call.house.zone_of(call.room)
    rings = []
    for week, day in pure.weeks(began):
        at = clock.resolve(datetime.combine(day, MORNING), zone)
        late = at + STILL_PROMPTED
        rings.append(pods.hour(pod, at, str(week), ritual="pod-week", useful_until=late, week=week))
    return rings


def closing_hour(call: Call, space: Room, pod: Pod) -> Ring:
    """The hour of its closing day, which it has from when its room is asked for (R16, R43)."""
    at = clock.resolve(datetime.combine(pod.review, MORNING), call.house.zone_of(space))
    return pods.hour(pod, at, pod.review.isoformat(), ritual="pod-closing")


_ORDINALS = ("first", "second", "third", "fourth")


def _rhythm(call: Call, pod: Pod) -> Ask:
    """A monthly meeting, said back before it is kept; other words are as good."""
    zone = call.house.zone_of(call.room)
    day = clock.wall(call.at, zone).date() + timedelta(days=9)
    place = _ORDINALS[min((day.day - 1) // 7, len(_ORDINALS) - 1)]
    kept = read_rhythm(f"{place} {day:%A} 19:00".casefold(), now=call.at, zone=zone)
    return Ask(
        inquiry="rhythm",
        text=f"When do you meet? One way would be **{rhythm.words(kept)}**, {escaped(zone.key)}. When you have spoken about it, whoever "
        f"opened the pod taps ✅, or says another time here; `{call.house.prefix}rhythm second tuesday 18:30` is anybody’s to say.\n\n"
        "✅ right · ✏️ change",
        until=call.at + PATIENCE,
        data={"rhythm": rhythm.as_state(kept)},
        person=pod.opener,
    )


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused: it is tried again, a few times; whoever opened the pod hears what else works."""
    pod = await _of_room(call)
    if pod is None:
        return []
    pod.refusals += 1
    if pod.refusals > _MOST_REFUSALS:
        text = (
            "I could not make the room for your welcome pod: the server did not let me, and I try no more. What works: make a room in "
            f"your app, invite the others and me, and say `{call.house.prefix}adopt` there."
        )
        told = await pods.tell(call, pod, pod.opener, text, last=True)
        return [*await pods.gone(pod), *told]
    await pod.save(update_fields=["refusals"])
    text = "I could not make the room for your welcome pod just now. Nothing is lost: I try again tomorrow."
    tomorrow = now_of(call) + timedelta(days=1)
    again = pods.hour(pod, tomorrow, str(pod.refusals), ritual="pod-make")
    return [again, *await pods.tell(call, pod, pod.opener, text)]


@ritual(name="pod-make", help="asks once more for the room of a welcome pod")
async def make_again(call: Call) -> Effects:
    """A day later."""
    pod = await row_of(Pod, call.content.get("pod"))
    if pod is None or pod.stage is not PodStage.MAKING:
        return []
    return [await room_wanted(await Room.get(id=pod.room), pod)]


# ----------------------------------------------------------------------------------------- the three months


@ritual(name="pod-week", help="offers a welcome pod something to think of, in weeks 1, 4, 8 and 12")
async def week_prompt(call: Call) -> Effects:
    """Said in its room, silently, and to nobody in particular."""
    pod = await row_of(Pod, call.content.get("pod"))
    home = pod and await pods.home_of(pod)
    if pod is None or home is None:
        return []
    week = int(str(call.content["week"]))
    text = f"**Week {week}.** {pure.prompt(week, pod=True)}"
    return [Say(text=text, room=home.id, answers=False)]


@ritual(
    name="pod-closing",
    help="closes a welcome pod after three months, and asks each newcomer how it goes on",
)
async def closing(call: Call) -> Effects:
    """Each newcomer is asked alone; the room hears that it stays theirs (R43, R44). Without a room it does not come about."""
    pod = await row_of(Pod, call.content.get("pod"))
    if pod is None:
        return []
    if pod.stage is not PodStage.OPEN:
        return await pods.comes_to_nothing(call, pod)
    space = await Room.get(id=pod.room)
    effects: list[Effect] = []
    for place in await places(pod, agreed=True):
        if await is_in(space.id, place.person):
            effects += await staying.ask_to_stay(
                replace(call, room=space, thread=None),
                place.person,
                about=onboardings.about_space(space),
                until=now_of(call) + onboardings.CLOSES,
                data={"space": space.id},
            )
    text = (
        "Three months have gone by, and your welcome pod is complete, with thanks to all of you. I ask each newcomer in private how it "
        f"goes on for them.\n\n{STAYS.format(prefix=call.house.prefix)}"
    )
    return [*await pods.gone_with(call, pod, text), *effects]
