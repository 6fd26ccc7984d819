"""What the features about welcome pods share: where a pod stands, its words and hours, and how it ends (DYAD-6).

A pod is eight people at most (R44). Anybody goes out of it in one act (R11); when it is over nothing of it is kept, and its
room stays theirs.
"""

from dataclasses import replace
from datetime import datetime

from handlers.asking import whispered
from handlers.house.adoption import LET_GO
from handlers.language import Call, CallOff, Effect, Remove, Ring, Say
from handlers.names import name, names, room_name
from handlers.power import may_remove
from handlers.welcome import onboardings
from practices import clock
from practices.circles import RoomKind
from practices.onboarding import POD
from storage.members import is_in
from storage.onboardings import Pod, PodPlace, PodStage, places
from storage.questions import forget_about
from storage.rooms import Room

#: A pod begins when so many newcomers would come; with one it would be a pair.
FEWEST = POD[0] - 1

#: What becomes of the room when a pod is over (R44); `prefix` is what commands begin with.
STAYS = (
    "This room stays yours, with its rhythm, for as long as you like. To become a crew, `{prefix}release` and then `{prefix}adopt crew` "
    "begin as one; `{prefix}release` alone sends me away."
)


def about(pod: Pod) -> str:
    """What its hours, its questions and its room belong to."""
    return f"pod:{pod.id}"


def hour(
    pod: Pod,
    at: datetime,
    when: str,
    *,
    ritual: str,
    useful_until: datetime | None = None,
    **content: object,
) -> Ring:
    """One of its hours: `at` the ritual is kept, unless it strikes later than `useful_until`; `when` tells it from others."""
    return Ring(
        ritual=ritual,
        about=about(pod),
        at=at,
        when=when,
        useful_until=useful_until,
        room=pod.room,
        content={"pod": pod.id, **content},
    )


# ------------------------------------------------------------------------------------------------ its words


async def tell(call: Call, pod: Pod, person: str, text: str, *, last: bool = False) -> list[Effect]:
    """A private word about a pod; a last one outlives it."""
    space = await Room.get(id=pod.room)
    whose = onboardings.about_space(space) if last else about(pod)
    return await whispered(replace(call, room=space, thread=None), person, text, about=whose)


async def home_of(pod: Pod) -> Room | None:
    """The room of a pod, or the one that has taken its place, as long as it is looked after."""
    seen: set[str] = set()
    known, room = pod.home, None
    while known and known not in seen:
        seen.add(known)
        room = await Room.get_or_none(id=known) or room
        known = room.successor if room is not None else None
    return room if room is not None and room.joined and room.kind is not RoomKind.NONE else None


async def shown(call: Call, pod: Pod) -> list[Effect]:
    """Where a pod stands, and its next step."""
    space = await Room.get(id=pod.room)
    where = room_name(space, "your congregation")
    coming = [place.person for place in await places(pod, agreed=True)]
    mine = pod.opener == call.person
    whose = (
        "Your welcome pod" if mine else f"The welcome pod of **{await name(space.id, pod.opener)}**"
    )
    who = ", ".join(await names(space.id, coming)) or "nobody so far"
    if pod.stage is not PodStage.OPEN:
        last = clock.long_day(clock.wall(pod.until, call.house.zone_of(space)).date())
        text = f"{whose} in **{where}**: with {who}. I make its room when {FEWEST} newcomers would come; answers are open until {last}."
    else:
        text = (
            f"{whose} in **{where}**: with {who}, until **{clock.long_day(pod.review)}**. Next: your monthly meeting, in the pod’s "
            "room; `when` shows the date."
        )
    invites = " `welcome pod invite` and a name asks another;" if mine else ""
    end = "ends it" if mine else "leaves it"
    return [Say(text=f"{text}\n\n{invites} `welcome end pod` {end}.".replace("\n\n ", "\n\n"))]


# -------------------------------------------------------------------------------------------------- its end


async def gone(pod: Pod) -> list[Effect]:
    """Nothing is kept of a pod; its room stays as it is."""
    await forget_about("pod", pod.id, inquiry="pod-invited")
    await PodPlace.filter(pod=pod.id).delete()
    await pod.delete()
    return [CallOff(about=about(pod))]


async def gone_with(call: Call, pod: Pod, text: str) -> list[Effect]:
    """It is over, and its room, if it has one, hears so in these words."""
    home = await home_of(pod)
    said = [Say(text=text, room=home.id, answers=False)] if home is not None else []
    return [*await gone(pod), *said]


async def _not_this_time(call: Call, pod: Pod) -> list[Effect]:
    """Whoever would have come hears the same words, whatever was the reason (R13)."""
    effects: list[Effect] = []
    text = "The welcome pod does not come about this time. `welcome me` asks for somebody to be beside you."
    for place in await places(pod, agreed=True):
        effects += await tell(call, pod, place.person, text, last=True)
    return effects


async def comes_to_nothing(call: Call, pod: Pod) -> list[Effect]:
    """Fewer than two would come, or it was taken back: whoever would have come hears the same words."""
    effects = await _not_this_time(call, pod)
    if pod.opener != call.sender:
        text = (
            "Your welcome pod does not come about this time; that is common. `welcome` and a name lets somebody new be asked whether "
            "they would like one person beside them."
        )
        effects += await tell(call, pod, pod.opener, text, last=True)
    return [*await gone(pod), *effects]


async def _ended(call: Call, pod: Pod) -> list[Effect]:
    if pod.stage is not PodStage.OPEN:
        return await comes_to_nothing(call, pod)
    text = (
        "Your welcome pod ends here as a pod. In our private chat `welcome me` asks for somebody to be beside you.\n\n"
        + STAYS.format(prefix=call.house.prefix)
    )
    return await gone_with(call, pod, text)


async def without_opener(call: Call, pod: Pod) -> list[Effect]:
    """Whoever opened it is gone: nobody is told why, and nothing is said to them."""
    if pod.stage is PodStage.OPEN:
        return await _ended(call, pod)
    effects = await _not_this_time(call, pod)
    return [*await gone(pod), *effects]


# ------------------------------------------------------------------------------------------ going out of it


async def leaves(call: Call, pod: Pod) -> list[Effect]:
    """The sender goes out of a pod; when whoever opened it goes, its frame ends, and the room stays theirs (R11)."""
    if pod.opener == call.person:
        ended = await _ended(call, pod)
        return [Say(text="Done: it is over, and that needs no reason."), *ended]
    home = await home_of(pod)
    await PodPlace.filter(pod=pod.id, person=call.person).delete()
    if home is None or not await is_in(home.id, call.person):
        gone: list[Effect] = [Remove(person=call.person, room=home.id)] if home is not None else []
        return [Say(text="Done: you are not in the pod any more, and that needs no reason."), *gone]
    if may_remove(home, call.house.me, call.person):
        text = "Done: you are not in the pod and its room any more, and that needs no reason."
        return [Remove(person=call.person, room=home.id), Say(text=text)]
    text = (
        "Done: you are not in the pod any more, and that needs no reason. Its room does not let me take you out: in your app open it, "
        "then its name at the top, then *Leave*."
    )
    return [Say(text=text)]


async def let_go(call: Call, space: Room) -> list[Effect]:
    """A congregation is looked after no more: its pods hear so, where they talk or else each in private.

    To be called while its rows are still there.
    """
    effects: list[Effect] = []
    of = room_name(space, "your congregation")
    for pod in await Pod.filter(room=space.id).order_by("id"):
        head = f"I look after **{of}** no more, so your welcome pod"
        if await home_of(pod) is not None:
            text = f"{head} ends here as a pod. {STAYS.format(prefix=call.house.prefix)}"
            effects += await gone_with(call, pod, text)
            continue
        people = [pod.opener, *(place.person for place in await places(pod, agreed=True))]
        effects += await gone(pod)
        for person in people:
            effects += await whispered(
                replace(call, room=space, thread=None),
                person,
                f"{head} is over.",
                about=onboardings.about_space(space),
            )
    return effects


LET_GO.append(let_go)


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: pods that they opened end, and in others they have no place."""
    effects: list[Effect] = []
    for pod in await Pod.filter(opener=call.person):
        effects += await without_opener(replace(call, sender=None), pod)
    await PodPlace.filter(person=call.person).delete()
    return effects


async def kept_of(person: str) -> list[dict[str, object]]:
    """The pods that somebody opened or is in, and into which they are invited: values that JSON can hold."""
    rows: list[dict[str, object]] = [
        {
            "room": each.room,
            "you_are": "who opened it",
            "review": each.review,
            "state": each.stage.value,
        }
        for each in await Pod.filter(opener=person).order_by("id")
    ]
    for place in await PodPlace.filter(person=person, declined=False).order_by("id"):
        pod = await Pod.get_or_none(id=place.pod)
        if pod is not None:
            how = "a newcomer" if place.agreed else "invited"
            rows.append(
                {"room": pod.room, "you_are": how, "review": pod.review, "state": pod.stage.value}
            )
    return rows
