"""How it goes on after three months: whether a newcomer stays, with which crew, and whether the two continue (R43).

Whether somebody stays is asked alone and not kept. Both are heard before anything follows, and neither learns who would
have gone on: they are a dyad, or both hear the same thanks.
"""

from dataclasses import replace
from datetime import datetime

from handlers.asking import asked, now_of, zone_of
from handlers.crews import curiosity
from handlers.dyads import dyad_proposals
from handlers.language import Call, Effect, Effects, Option, Say, inquiry, ritual
from handlers.names import name, room_name
from handlers.welcome import companions, onboardings, promises
from handlers.welcome.onboardings import CLOSES, WRITING
from practices import clock
from practices.onboarding import Standing
from storage.database import row_of
from storage.onboardings import Onboarding
from storage.questions import Question, forget_about
from storage.rooms import Room

STAY = Option(sign="✅", word="stay", also=("yes", "y", "👍", "✔"))
OPEN = Option(sign="🌱", word="not sure", also=("not sure yet", "perhaps", "maybe"))
GO = Option(sign="👋", word="go", also=("no", "n", "leave", "✋", "👎"))
THANK = Option(
    sign="🙏", word="thank and close", also=("close", "thank", "thanks", "no", "end", "✋", "👎")
)
PARTNERS = Option(
    sign="👥", word="continue as partners", also=("continue", "go on", "partners", "yes", "✅")
)


@ritual(name="welcome-closing", help="asks an onboarding pair after three months how it goes on")
async def closing(call: Call) -> Effects:
    """The newcomer is asked whether they stay, and with whom; both how the two go on (R43)."""
    row = await row_of(Onboarding, call.content.get("onboarding"))
    if row is None or row.state not in WRITING:
        return []
    effects = await onboardings.stand(call, row, Standing.CLOSING, now_of(call) + CLOSES)
    member = row.other(row.newcomer)
    return [*effects, *await ask_of_staying(call, row), *await ask_of_going_on(call, row, member)]


# ---------------------------------------------------------------------------------------- whether they stay


async def ask_of_staying(call: Call, row: Onboarding) -> list[Effect]:
    """Ask the newcomer of a pair whether they stay, until `row.until` (R43); asked anew it stands once."""
    assert row.until is not None
    await forget_about("onboarding", row.id, person=row.newcomer, inquiry="welcome-stay")
    return await ask_to_stay(
        await onboardings.here(call, row),
        row.newcomer,
        about=onboardings.about(row),
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
        effects += await ask_of_going_on(call, row, call.person)
    return effects


# ---------------------------------------------------------------------------------------- how the two go on


async def ask_of_going_on(call: Call, row: Onboarding, person: str) -> list[Effect]:
    """Ask one of the two how they go on, until `row.until` (R43)."""
    assert row.until is not None
    who = await name(row.room, row.other(person))
    text = (
        f"Three months with **{who}** have gone by. Thank each other and close, or continue as partners: a dyad with a rhythm of its "
        "own? It continues when both of you say so; otherwise it closes with thanks, in the same words for both.\n\n"
        "🙏 thank and close · 👥 continue as partners"
    )
    return await onboardings.ask(call, row, person, text, "welcome-on", until=row.until)


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
    kept = promises.read(call, row)
    kept = replace(kept, on={**kept.on, promises.side_of(row, call.person): said == PARTNERS.word})
    effects = await promises.keep(call, row, kept)
    if len(kept.on) == 2:  # noqa: PLR2004 - both of them
        return [*effects, *await closed(call, row, kept)]
    day = clock.wall(
        row.until, await zone_of(call, call.person, await onboardings.space_of(row))
    ).date()
    return [
        *effects,
        Say(text=f"Noted. You hear here how it goes on, by {clock.long_day(day)} at the latest."),
    ]


async def closed(call: Call, row: Onboarding, said: promises.Said) -> list[Effect]:
    """It is over: both would go on and are a dyad, or both hear the same thanks."""
    newcomer, member = onboardings.the_two(row)
    if said.on.get("n") and said.on.get("m"):
        gone = await onboardings.gone(call, row)
        return [*gone, *await dyad_proposals.begun(call, row.other(call.person))]
    effects: list[Effect] = []
    for person in (newcomer, member):
        who = await name(row.room, row.other(person))
        effects += await onboardings.tell(
            call,
            row,
            person,
            f"Your three months with **{who}** are complete, with thanks to both of you. `dyad` and a name asks somebody for a dyad, "
            "whenever you like.",
            last=True,
        )
    gone = await onboardings.gone(call, row)
    return [*gone, *effects, *await companions.look_again(call, await Room.get(id=row.room))]
