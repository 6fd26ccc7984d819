"""Play how two congregations on two homeservers become an assembly: one founds it, the other is asked in, and both decide.

Nobody is above them: each host speaks with their own keeper alone, and the keepers write to each other.
"""

from collections.abc import Sequence
from typing import Final

from deploy.stage import Congregation, Place, Stage

NAME: Final = "River"
PURPOSE: Final = "Congregations along the river, each for itself."
VALUES: Final = "consent; plain words"
BECAUSE: Final = "we have eaten at each other’s tables twice"

#: The host of each, and who else of Lakeside may be written to.
FOUNDER: Final = "Mara"
NEIGHBOUR: Final = "Tamsin"
CONTACT: Final = "Jo"

PLACE: Final = "Lake Orta"
HELLO: Final = "Welcome to the river, all of Harbour."

TITLE: Final = "A week of guests"
MATTER: Final = "In the first week of June each of us has beds for eight guests"
OBJECTION: Final = "we have three beds, and would have to send people away"
BETTER: Final = "In the first week of June each of us has a bed for whoever fits in"


async def play(stage: Stage) -> None:
    """Play it between the hosts of both congregations. Raises StoryBroken."""
    mara, tamsin = stage.chats[FOUNDER], stage.chats[NEIGHBOUR]
    people = await _founded(stage, mara)
    await _introduced(stage, mara)
    await _entered(stage, mara, tamsin, people)
    await _shown(stage, mara, tamsin)
    await _objected(stage, mara, tamsin)
    await _agreed(stage, mara, tamsin)


# ------------------------------------------------------------------------------------- founding, entering


async def _founded(stage: Stage, mara: Place) -> Place:
    """Found it; its room for people."""
    stage.scene("Lakeside founds an assembly: congregations that act together, each for itself")
    await stage.says(mara, FOUNDER, f"assembly found {NAME}")
    await stage.hears(mara, NAME, "What is it for?")
    await stage.says(mara, FOUNDER, PURPOSE)
    await stage.hears(mara, "What do you hold dear together?")
    await stage.says(mara, FOUNDER, VALUES)
    understood = await stage.hears(mara, f"I would found {NAME}", PURPOSE)
    await stage.tap(mara, FOUNDER, understood, "✅")
    await stage.hears(mara, f"I make the rooms of {NAME} now")
    await stage.hears(mara, f"{NAME} is founded, and Lakeside has its first seat")
    stage.transcript.note(
        "Six rooms are for keepers, in clear words that every congregation can read; one is for people, and encrypted."
    )
    return await _comes_in(stage, stage.lakeside, [FOUNDER])


async def _comes_in(stage: Stage, congregation: Congregation, hosts: Sequence[str]) -> Place:
    """Hosts come into the assembly's space and its room for people."""
    await stage.gathered(congregation, NAME, hosts)
    return await stage.gathered(congregation, f"{NAME}: people", hosts)


async def _introduced(stage: Stage, mara: Place) -> None:
    stage.scene("It introduces Harbour: all with a seat are asked, and so far that is one")
    keeper = stage.harbour.keeper.user_id
    await stage.says(mara, FOUNDER, f"assembly introduce {keeper} Harbour because {BECAUSE}")
    shown = await stage.hears(mara, "I would introduce Harbour", BECAUSE)
    await stage.tap(mara, FOUNDER, shown, "✅")
    await stage.hears(mara, "I have introduced Harbour")
    await stage.hears(mara, "(matter 1)", "Shall Harbour be asked in?", BECAUSE)
    await stage.says(mara, FOUNDER, "assembly say 1 consent")
    await stage.hears(mara, "Said: Lakeside consents")
    await stage.hears(
        mara,
        "is accepted: Shall Harbour be asked in?\n\n1 of 1 congregation consents",
        "I have invited the keeper of Harbour",
    )


async def _entered(stage: Stage, mara: Place, tamsin: Place, people: Place) -> None:
    stage.scene("Harbour reads what it is asked into, and has a seat only after its own yes")
    asked = await stage.hears(
        tamsin, f"Harbour is invited to take a seat in the assembly {NAME}", PURPOSE, VALUES
    )
    await stage.tap(tamsin, NEIGHBOUR, asked, "✅")
    await stage.hears(tamsin, f"I enter the rooms of {NAME} now")
    await stage.hears(tamsin, f"Harbour has a seat in {NAME} now")
    await stage.hears(mara, "Harbour, which your congregation introduced, has taken its seat")
    theirs = await _comes_in(stage, stage.harbour, [NEIGHBOUR])
    await stage.says(people, FOUNDER, HELLO)
    await stage.reads(theirs, HELLO)
    stage.transcript.note(f"{NEIGHBOUR} reads it on the other homeserver; no keeper needs to.")


# ------------------------------------------------------------------------------------------ the directory


async def _shown(stage: Stage, mara: Place, tamsin: Place) -> None:
    stage.scene("A card says about how many they are, and names only who has said yes themselves")
    await stage.says(mara, FOUNDER, "assembly card")
    for question, answer in (
        ("Where are you?", PLACE),
        ("Which languages?", "it, en"),
        ("What are you for", "A lake, a kitchen, and time for each other."),
        ("How does one get in?", "by invitation"),
        ("Are guests from other congregations welcome?", "welcome"),
        ("Who may be written to?", CONTACT),
    ):
        await stage.hears(mara, question)
        await stage.says(mara, FOUNDER, answer)
    understood = await stage.hears(
        mara, "I understood", PLACE, f"{CONTACT}, once they have said yes"
    )
    await stage.tap(mara, FOUNDER, understood, "✅")
    await stage.hears(mara, "Published.")
    asked = await stage.each_hears(
        stage.lakeside, [CONTACT], f"May other congregations of {NAME} write to you"
    )
    await stage.each_taps(asked, "✅")
    await stage.hears(stage.chats[CONTACT], "the card names you now")
    contact = stage.lakeside[CONTACT].user_id
    await stage.asks_until(
        tamsin,
        NEIGHBOUR,
        "assembly directory",
        "Harbour: no card yet",
        "fewer than 10 people",
        contact,
    )


# ------------------------------------------------------------------------------------------ one decision


async def _objected(stage: Stage, mara: Place, tamsin: Place) -> None:
    stage.scene("Harbour asks both, Lakeside objects, and each keeper counts for itself")
    await _put(stage, mara, tamsin, f"assembly put {TITLE}: {MATTER}", "(matter 2)")
    await stage.says(tamsin, NEIGHBOUR, "assembly say 2 consent")
    await stage.hears(tamsin, "Said: Harbour consents")
    await stage.says(mara, FOUNDER, f"assembly say 2 objection because {OBJECTION}")
    shown = await stage.hears(mara, "all congregations would read that Lakeside objects", OBJECTION)
    await stage.tap(mara, FOUNDER, shown, "✅")
    await stage.hears(mara, "All have spoken now")
    await _comes_out(
        stage,
        mara,
        tamsin,
        f"is refused: {TITLE}",
        "1 of 2 congregations consents, 1 objects",
        "2 of 2 have counted the same",
    )


async def _agreed(stage: Stage, mara: Place, tamsin: Place) -> None:
    stage.scene(
        "Other words take the reason in, and both consent; what they make of it is their own"
    )
    await stage.says(tamsin, NEIGHBOUR, "assembly matter 2")
    await stage.hears(tamsin, "Lakeside objects", OBJECTION)
    await _put(stage, mara, tamsin, f"assembly amend 2: {BETTER}", "(matter 3)")
    await stage.says(tamsin, NEIGHBOUR, "assembly say 3 consent")
    await stage.hears(tamsin, "Said: Harbour consents")
    await stage.says(mara, FOUNDER, "assembly say 3 consent")
    await stage.hears(mara, "Said: Lakeside consents")
    await _comes_out(
        stage,
        mara,
        tamsin,
        f"is accepted: {TITLE}",
        "2 of 2 congregations consent",
        "nothing in your congregation changes by them",
    )


async def _put(stage: Stage, mara: Place, tamsin: Place, words: str, number: str) -> None:
    """Harbour's host puts a matter, and both hosts are asked."""
    await stage.says(tamsin, NEIGHBOUR, words)
    understood = await stage.hears(tamsin, "I understood, for all congregations", TITLE)
    await stage.tap(tamsin, NEIGHBOUR, understood, "✅")
    await stage.hears(tamsin, "The matter is with the congregations now")
    await stage.listens(tamsin, number, TITLE)
    await stage.hears(mara, number, TITLE)


async def _comes_out(stage: Stage, mara: Place, tamsin: Place, *parts: str) -> None:
    """Both hosts hear the same, each from their own keeper."""
    await stage.hears(mara, *parts)
    await stage.listens(tamsin, *parts)
    stage.transcript.note(f"{NEIGHBOUR}’s keeper has counted for itself, and says the same.")
