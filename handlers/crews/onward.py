"""How a crew goes on after it has looked back, changed something, or rested: in its cycle, or in a new one."""

from handlers.crews import cycles, lookbacks
from handlers.language import Call, Effect, Say
from storage.cycles import running


async def go_on(call: Call) -> list[Effect]:
    """The crew of `call.room` goes on: in the cycle that runs, or else in a new one that is offered to it."""
    now, room = call.kept_at or call.at, call.room
    cycle = await running(room.id)
    if cycle is not None and not (await lookbacks.course(room, cycle, now)).is_over(now):
        return [Say(text="You go on, and your cycle runs as you agreed.", answers=False)]
    return await cycles.offer(call)
