"""Who is asked into a welcome pod: one who knows the place opens it for up to seven newcomers (DYAD-6).

A pod is made of those who have said yes themselves; a no and a silence are "not this time" to whoever invited, and nothing
to the others (R13). A yes ends the pair that somebody is in, and that is said before.
"""

import re
from dataclasses import replace

from handlers import askings
from handlers.asking import asked, now_of
from handlers.language import (
    DECLINE,
    YES,
    Call,
    Effect,
    Effects,
    Invite,
    Refused,
    Say,
    inquiry,
    ritual,
)
from handlers.names import name, names, room_name
from handlers.welcome import companions, onboarding, onboardings, pod_room, pods
from handlers.welcome.pods import FEWEST
from handlers.whom import named, whom
from handlers.words import folded
from practices import clock
from practices import onboarding as pure
from practices.defaults import PATIENCE
from practices.onboarding import MOST_NEWCOMERS
from storage.database import row_of
from storage.members import Member
from storage.onboardings import Pod, PodPlace, PodStage, pairs_of, places, pods_of
from storage.questions import Question
from storage.rooms import Room

# ---------------------------------------------------------------------------------------------- whom to ask


async def people_of(call: Call, space: Room, said: str) -> list[str]:
    """Those named between commas or “and”, each once. Raises Refused."""
    members = await Member.filter(room=space.id).exclude(person=call.house.me)
    parts: list[str] = []
    for part in re.split(r",|;|\band\b", said):
        # “nia omar” is two people, unless somebody is called so.
        words = part.split()
        parts += words if not named(members, folded(part)) else [" ".join(words)]
    found = list(dict.fromkeys([await whom(call, space, part) for part in parts]))
    return [person for person in found if person != call.person]


async def opened(call: Call, space: Room, people: list[str]) -> list[Effect]:
    """Ask each newcomer; the room is made when enough would come."""
    refusal = pure.pod_refusal(len(people))
    if refusal is not None:
        raise Refused(refusal)
    if len(people) < FEWEST:
        raise Refused(
            "A welcome pod is three people or more: you and at least two newcomers. Nobody was asked; for one newcomer `welcome` and "
            "their name brings somebody beside them."
        )
    if call.person in await companions.newcomers(space):
        raise Refused(
            "A pod is opened by somebody who knows the place, and you are new there yourself just now. Nobody was asked; `dyad` and a "
            "name is open to everybody."
        )
    put = await askings.may_ask_each(call, people, askings.POD)
    until = call.at + PATIENCE
    pod = await Pod.create(
        room=space.id,
        opener=call.person,
        until=until,
        review=pure.closing_day(onboardings.today(call, space)),
    )
    effects: list[Effect] = []
    for person in people:
        effects += await _invited(call, space, pod, person, put=person in put)
    last = clock.long_day(clock.wall(until, call.house.zone_of(space)).date())
    text = (
        f"{len(people)} people are asked, each in private, and can answer until {last}. As soon as {FEWEST} of them would come I "
        "make your room. `welcome pod invite` and a name asks another, `welcome end pod` takes it back."
    )
    return [Say(text=text), *effects, pods.hour(pod, until, until.isoformat(), ritual="pod-turn")]


async def more(call: Call, space: Room, pod: Pod, people: list[str]) -> list[Effect]:
    """Ask others into a pod that there is, as long as it stays eight at most (R44)."""
    there = {place.person for place in await places(pod)}
    before = {
        str(each) for each in await PodPlace.filter(pod=pod.id).values_list("person", flat=True)
    }
    fresh = [person for person in people if person not in before]
    if not fresh:
        raise Refused(
            "They are with you, or were asked already: nobody is asked twice. `welcome pod` shows who comes."
        )
    if len(there) + len(fresh) > MOST_NEWCOMERS:
        refusal = pure.pod_refusal(len(there) + len(fresh))
        raise Refused(
            f"{refusal} When somebody leaves, or would rather not, there is a place again."
        )
    put = await askings.may_ask_each(call, fresh, askings.POD)
    until = call.at + PATIENCE
    effects: list[Effect] = []
    for person in fresh:
        effects += await _invited(call, space, pod, person, put=person in put)
    asked_ = ", ".join(await names(space.id, fresh))
    return [
        Say(text=f"Asked in private: {asked_}."),
        *effects,
        pods.hour(pod, until, until.isoformat(), ritual="pod-turn"),
    ]


async def _invited(call: Call, space: Room, pod: Pod, person: str, *, put: bool) -> list[Effect]:
    """Keep a place for them until they have answered, or their time is over; it may be that nothing is put to them."""
    until = now_of(call) + PATIENCE
    await PodPlace.create(pod=pod.id, person=person, until=until)
    if not put:
        return []
    opener, where = await name(space.id, pod.opener), room_name(space, "your congregation")
    paired = any(row.newcomer == person for row in await pairs_of(person, space.id))
    also = (
        "One is in a pod or in a pair, not in both: a yes ends your onboarding pair.\n\n"
        if paired
        else ""
    )
    text = (
        f"**{opener}** invites you into a welcome pod in **{where}**: {opener} and up to {MOST_NEWCOMERS} newcomers, a room of your "
        f"own, a meeting about once a month, for three months. You can leave at any time with a word.\n\n{also}✅ yes · ✋ not this "
        "time\n\n*Not this time needs no reason.*"
    )
    return await asked(
        replace(call, room=space, thread=None),
        person,
        f"{await onboardings.hello(person)}{text}{await askings.way_out(call, person, asker=pod.opener)}",
        about=pods.about(pod),
        inquiry="pod-invited",
        until=until,
        data={"pod": pod.id, "paired": paired},
    )


# -------------------------------------------------------------------------------------------- their answers


@inquiry(
    name="pod-invited",
    options=(YES, DECLINE),
    late="That invitation has rested for a while. `welcome me` asks for somebody beside you.",
)
async def invited_said(call: Call, question: Question, said: str) -> Effects:
    """A place in the pod, or not this time."""
    if said not in (YES.word, "no"):
        return [Say(text="A word is enough: ✅ yes · ✋ not this time.")]
    pod = await row_of(Pod, question.data.get("pod"))
    place = (
        await PodPlace.get_or_none(pod=pod.id, person=call.person, agreed=False, declined=False)
        if pod
        else None
    )
    if pod is None or place is None:
        await question.delete()
        return [Say(text="That invitation is over. `welcome me` asks for somebody beside you.")]
    space = await Room.get(id=pod.room)
    if said == YES.word:
        return await _comes(call, question, space, pod, place)
    await question.delete()
    await _declined(place)
    mine = await name(space.id, call.person)
    told = await pods.tell(
        call, pod, pod.opener, f"**{mine}** and your welcome pod: not this time."
    )
    return [Say(text="Good: not this time, and that needs no reason."), *told]


async def _declined(place: PodPlace) -> None:
    place.declined = True
    await place.save(update_fields=["declined"])


async def _comes(
    call: Call, question: Question, space: Room, pod: Pod, place: PodPlace
) -> list[Effect]:
    if await pods_of(call.person, space.id):
        return [
            Say(
                text="You are in another welcome pod there. `welcome end pod` leaves it; then a yes takes you into this one."
            )
        ]
    paired = any(row.newcomer == call.person for row in await pairs_of(call.person, space.id))
    if paired and not question.data.get("paired"):
        question.data = {**question.data, "paired": True}
        await question.save(update_fields=["data"])
        return [
            Say(
                text="You are in an onboarding pair by now, and one is in a pod or in a pair, not in both. Another yes ends the pair and "
                "takes you into the pod; ✋ leaves all as it is."
            )
        ]
    await question.delete()
    place.agreed = True
    await place.save(update_fields=["agreed"])
    await askings.lift(call, pod.opener, call.person, askings.POD)
    effects = await onboarding.without(call, space, as_newcomer=True)
    if pod.home is not None:
        home = await pods.home_of(pod)
        text = "Good that you come. The invitation to the pod’s room is in your app."
        invite = [Invite(person=call.person, room=home.id)] if home is not None else []
        return [Say(text=text), *effects, *invite]
    text = "Good that you come. I make the room as soon as enough of you would; the invitation comes in your app."
    return [Say(text=text), *effects, *await _perhaps_made(call, space, pod)]


async def _perhaps_made(call: Call, space: Room, pod: Pod) -> list[Effect]:
    """Ask for the room once enough would come."""
    coming = await places(pod, agreed=True)
    if pod.stage is not PodStage.INVITING or len(coming) < FEWEST:
        return []
    pod.stage = PodStage.MAKING
    await pod.save(update_fields=["stage"])
    return [await pod_room.room_wanted(space, pod), pod_room.closing_hour(call, space, pod)]


@ritual(
    name="pod-turn", help="closes what was asked of newcomers who were invited into a welcome pod"
)
async def turn(call: Call) -> Effects:
    """The time to answer is over; with fewer than two newcomers there is no pod."""
    pod = await row_of(Pod, call.content.get("pod"))
    if pod is None:
        return []
    for place in await places(pod, agreed=False):
        if place.until is None or place.until <= now_of(call):
            await _declined(place)
    if pod.stage is not PodStage.INVITING or await places(pod, agreed=False):
        return []
    return await pods.comes_to_nothing(call, pod)
