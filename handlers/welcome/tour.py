"""The newcomer's tour: people met and a session visited, ticked under the words that say where their pair stands (DYAD-6).

The ticks are the newcomer's own to set and to take back, and are seen by the two of the pair alone.
"""

from dataclasses import replace

from handlers.language import Call, Edit, Effect, Effects, KeyGone, Refused, Say, tap
from handlers.names import name, room_name
from handlers.welcome import onboardings, promises
from handlers.words import sign
from practices import clock
from practices import onboarding as pure
from practices.onboarding import Standing, Tour
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.onboardings import PAIRED, Onboarding

MET, VISITED = "🤝", "🚪"


def card(row: Onboarding) -> str:
    """Under which a newcomer's own view is said, with its taps."""
    return onboardings.about(row)


async def text_of(call: Call, row: Onboarding) -> tuple[str, tuple[str, ...]]:
    """A pair, for one of the two, with what can be tapped."""
    parts = [await _with_whom(call, row)]
    try:
        said = promises.said_of(call, row)
    except KeyGone:
        said = promises.Said()
        parts.append(promises.LOST)
    parts += await _committed(call, row, said)
    parts.append(f"The newcomer’s tour: {said.tour.words()}")
    parts.append(_next_step(call, row, said))
    if row.newcomer != call.person or said.tour.done:
        return "\n\n".join(parts), ()
    taps = (
        *((MET,) if said.tour.met < pure.TOUR_PEOPLE else ()),
        *(() if said.tour.visited else (VISITED,)),
    )
    labels = {MET: f"{MET} I met somebody", VISITED: f"{VISITED} I visited a session"}
    parts.append(" · ".join(labels[each] for each in taps))
    return "\n\n".join(parts), taps


async def _with_whom(call: Call, row: Onboarding) -> str:
    """Who is beside whom, where, and until when."""
    who = await name(row.room, row.other(call.person))
    where = room_name(await onboardings.space_of(row), "your congregation")
    pair = (
        f"**{who}** is beside you in **{where}**"
        if row.newcomer == call.person
        else f"You are beside **{who}** in **{where}**"
    )
    return f"{pair}, until {clock.long_day(row.review)}."


async def _committed(call: Call, row: Onboarding, said: promises.Said) -> list[str]:
    """What both commit to; while only one has written, their own lines for themselves (R42)."""
    if said.standing() is Standing.ACTIVE:
        return [await promises.both_sides(row, said, call.person)]
    mine = said.commits.get(promises.side_of(row, call.person), ())
    return [
        "Proposed: it becomes active when both of you have written what you commit to.",
        *([f"You have written:\n\n{promises.listed(mine)}"] if mine else []),
    ]


def _next_step(call: Call, row: Onboarding, said: promises.Said) -> str:
    """What one of the two can do now."""
    side = promises.side_of(row, call.person)
    if row.state is Standing.CLOSING:
        if side in said.on:
            return "You have said how it goes on; you hear the rest here."
        return "Next: say how it goes on, below. `welcome end` ends it."
    first = "" if said.commits.get(side) else "`welcome commit` writes what you commit to · "
    return f"Next: {first}`welcome meet` looks for a time · `welcome end` ends it."


# ------------------------------------------------------------------------------------------------ the ticks


async def ticked(
    call: Call, row: Onboarding, *, met: int = 0, visited: bool | None = None
) -> list[Effect]:
    """The newcomer ticks something, or takes a tick back; nobody is told."""
    if row.newcomer != call.person:
        raise Refused("The tour is the newcomer's own to tick. Nothing was changed.")
    kept = promises.read(call, row)
    tour = Tour(
        min(max(kept.tour.met + met, 0), pure.TOUR_PEOPLE),
        kept.tour.visited if visited is None else visited,
    )
    scrub = await promises.keep(call, row, replace(kept, tour=tour))
    text, _taps = await text_of(call, row)
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
