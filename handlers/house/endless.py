"""Gives what stands in a congregation the hour back by which it ends, after a loss: stewardships, pairs, pods, contacts (R16).

An hour was lost with a room, was set aside after failures, or was never written. Nobody hears of it before it strikes.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from handlers.asking import now_of
from handlers.language import Call, Change, Effect, Effects, Ring, watch
from handlers.oneself import contacts
from handlers.stewardship import stewardship_years
from handlers.stewardship.steward_pairs import about, ring_of
from handlers.welcome import onboardings, pod_room, pods, weeks
from handlers.welcome.onboardings import WRITING
from practices.defaults import PATIENCE
from storage.inbox import rung_ahead
from storage.onboardings import Onboarding, Pod, PodStage
from storage.pairings import Stewardship, Tended
from storage.rooms import Room

_REVIEW = "steward-review"

#: By which hour a stewardship ends that does not run.
_ENDED_BY = {Tended.PROPOSED: "steward-lapse", Tended.REVIEW: "steward-over"}


async def stewardships_without(space: Room) -> list[Stewardship]:
    """Those that would be proposed, run or be asked about for ever."""
    rows = await Stewardship.filter(room=space.id).order_by("id")
    ahead = {
        name: await rung_ahead(map(about, rows), name) for name in {*_ENDED_BY.values(), _REVIEW}
    }
    return [row for row in rows if about(row) not in ahead[_ENDED_BY.get(row.state, _REVIEW)]]


async def pairs_without(space: Room) -> list[Onboarding]:
    """Newcomers with whom it would stand for ever as it does."""
    rows = await Onboarding.filter(room=space.id).order_by("id")
    turns = await rung_ahead(map(onboardings.about, rows), "welcome-turn")
    closings = await rung_ahead(map(onboardings.about, rows), "welcome-closing")
    return [
        row
        for row in rows
        if (row.until is not None or row.state in WRITING)
        and onboardings.about(row) not in (closings if row.until is None else turns)
    ]


async def pods_without(space: Room) -> list[Pod]:
    """Pods that would invite, wait for their room or go on for ever."""
    rows = await Pod.filter(room=space.id).order_by("id")
    turns = await rung_ahead(map(pods.about, rows), "pod-turn")
    closings = await rung_ahead(map(pods.about, rows), "pod-closing")
    return [
        row
        for row in rows
        if pods.about(row) not in (turns if row.stage is PodStage.INVITING else closings)
    ]


async def lacks(space: Room) -> bool:
    """Whether anything stands in a congregation that would never end."""
    return bool(
        await stewardships_without(space)
        or await pairs_without(space)
        or await pods_without(space)
        or await contacts.without_hour(space)
    )


@watch(kind=Change.UPDATED)
async def updated(call: Call) -> Effects:
    """Each gets the hour that it lacks: on its own day, or now if that has gone by."""
    if "assembly" in call.content:
        return []
    effects: list[Effect] = [
        _of_stewardship(call, row) for row in await stewardships_without(call.room)
    ]
    for pair in await pairs_without(call.room):
        effects += (
            [weeks.closing_hour(call, call.room, pair)]
            if pair.until is None
            else onboardings.turn_hour(call, pair)
        )
    effects += [_of_pod(call, pod) for pod in await pods_without(call.room)]
    for contact in await contacts.without_hour(call.room):
        effects += contacts.rung_again(call, call.room, contact)
    return list(_anew(call, effects))


def _of_stewardship(call: Call, row: Stewardship) -> Ring:
    named = _ENDED_BY.get(row.state)
    if named is None:
        return stewardship_years.review_hour(call, call.room, row)
    return ring_of(row, named, now_of(call) + PATIENCE + timedelta(days=1), named)


def _of_pod(call: Call, pod: Pod) -> Ring:
    if pod.stage is not PodStage.INVITING:
        return pod_room.closing_hour(call, call.room, pod)
    return pods.hour(pod, pod.until, pod.until.isoformat(), ritual="pod-turn")


def _anew(call: Call, effects: Iterable[Effect]) -> Iterable[Effect]:
    """The same hours under names of their own, as one that was set aside keeps the name it had."""
    for effect in effects:
        if isinstance(effect, Ring):
            yield replace(effect, when=f"{effect.when} anew {now_of(call).date()}")
        else:
            yield effect
