"""Play how a crew decides: a proposal that is answered in three ways, and a round of consent with one objection.

What is counted comes with its whole, the numbers decide nothing, and what stands against something is worked on.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from deploy.event import Event
from deploy.stage import LAKESIDE, Place, Stage, StoryBroken
from practices import clock

PROPOSING: Final = "Jo"
PROPOSAL: Final = "We cook for our whole street on the first Sunday of a month"

#: Who answers in which way; whoever is left says nothing.
TAPPING: Final = "Ana"
WRITING: Final = "Ben"
IN_THE_POLL: Final = "Mara"
SILENT: Final = "Lee"

REASON: Final = "I work on Sundays until four"
OUTCOME: Final = "We cook from May on, and begin at five, when Ben is back from work"

#: From the beginning to the day before the end, to the end, and to the round of consent.
DAY_BEFORE: Final = timedelta(days=3, hours=8)
END: Final = timedelta(days=4, hours=8)
ROUND: Final = timedelta(days=7)

#: Who asks for consent, who objects, and whose words help.
ASKING: Final = "Mara"
OBJECTING: Final = "Ben"
HELPING: Final = "Lee"

DRAFT: Final = "We lend the big pots to whoever asks"
OBJECTION: Final = "the last ones came back burnt, and we had none to cook in"
BETTER: Final = "We lend the big pots to whoever asks, and keep two for ourselves"
REVIEW: Final = "in 6 weeks"


async def play(stage: Stage, crew: Place, begins: datetime) -> None:
    """Play it in a crew of Lakeside's five, from `begins` on, a Monday at 10:00. Raises StoryBroken."""
    stage.travel(begins)
    board, number = await _answered(stage, crew, clock.short_words(begins + END, crew.zone))
    await _changed(stage, crew, board)
    await _reminded(stage, begins)
    await _closed(stage, crew, board, begins)
    await _outcome(stage, crew)
    prompt = await _consent_asked(stage, crew, begins)
    await _one_objects(stage, crew, prompt)
    await _taken_in(stage, crew)
    await _kept(stage, crew)
    await _counted_again(stage, crew, number)
    await stage.nothing_else_was_said()


# ------------------------------------------------------------------------------------------- a proposal


async def _answered(stage: Stage, crew: Place, end: str) -> tuple[Event, str]:
    """Propose until `end`, and answer in three ways; the board of it, and its number."""
    stage.scene("A proposal, and three ways to answer: a tap, a word, and Element’s own poll")
    await stage.says(crew, PROPOSING, f"!propose {PROPOSAL}; form; until friday 18:00")
    board = await stage.hears(
        crew, PROPOSAL, f"Open until {end}", "Nobody has taken part yet, of 5"
    )
    form = await stage.hears(crew, PROPOSAL, "agree", "block")
    await stage.all_tap(crew, (PROPOSING, TAPPING), board, "👍")
    await stage.says(crew, WRITING, f"disagree because {REASON}", reply_to=board)
    await stage.vote(crew, IN_THE_POLL, form, "abstain")
    await stage.shows(
        crew,
        board,
        "👍 agree: 2 of 4 who voted",
        "abstain: 1 of 4 who voted",
        "disagree: 1 of 4 who voted",
        "4 of 5 entitled have taken part",
    )
    return board, _number(board)


def _number(board: Event) -> str:
    """The number of what is asked, as its message says it. Raises StoryBroken."""
    found = re.search(r"\(proposal (\d+)\)", board.text)
    if found is None:
        raise StoryBroken(f"expected a proposal with its number, and heard:\n  {board.text}")
    return found[1]


async def _changed(stage: Stage, crew: Place, board: Event) -> None:
    stage.scene("Somebody thinks again, and their newest voice counts")
    await stage.tap(crew, IN_THE_POLL, board, "👍")
    await stage.shows(crew, board, "👍 agree: 3 of 4 who voted", "abstain: 0 of 4 who voted")


async def _reminded(stage: Stage, begins: datetime) -> None:
    stage.scene("A day before the end: one private word for whoever has said nothing, and no other")
    stage.travel(begins + DAY_BEFORE)
    await stage.hears(stage.chats[SILENT], PROPOSAL, "If you would rather not, that is fine.")


async def _closed(stage: Stage, crew: Place, board: Event, begins: datetime) -> None:
    stage.scene("It closes: what came out of how many, in words and as a picture")
    stage.travel(begins + END)
    result = await stage.hears(
        crew,
        "Closed (proposal",
        "👍 agree: 3 of 4 who voted",
        "4 of 5 entitled have taken part",
        f"disagree – {WRITING}: {REASON}",
    )
    if SILENT in result.text:
        raise StoryBroken(f"{SILENT} has said nothing, and is named in:\n{result.text}")
    await stage.sees(crew, "\nagree: 3 of 4", "4 of 5 entitled")
    await stage.listens(crew, "👍 agree: 3 of 4 who voted")
    stage.transcript.note("Element’s own poll has ended with the same words.")
    await stage.shows(crew, board, "closed", "It decides nothing by itself")


async def _outcome(stage: Stage, crew: Place) -> None:
    stage.scene("What follows is for people to say: whoever asked is asked")
    chat = stage.chats[PROPOSING]
    await stage.hears(chat, "What follows from it?", "The numbers alone decide nothing.")
    await stage.says(chat, PROPOSING, OUTCOME)
    day = await stage.hears(chat, f"I understood: {OUTCOME}", "When do you look at it again?")
    await stage.tap(chat, PROPOSING, day, "✅")
    await stage.hears(crew, f"Outcome: {OUTCOME} – {PROPOSING}.", "You look at it again on")
    await stage.hears(chat, "It is kept, and your circle reads it")


# ------------------------------------------------------------------------------------- a round of consent


async def _consent_asked(stage: Stage, crew: Place, begins: datetime) -> Event:
    """One question and no reaction; what the proposer is asked then."""
    stage.scene("Consent: questions, then reactions, then a text that is ready to be tried")
    stage.travel(begins + ROUND)
    await stage.says(crew, ASKING, f"!consent {DRAFT}")
    await stage.hears(crew, f"{ASKING} proposes (consent round", DRAFT, f"{ASKING} facilitates.")
    ready = await stage.hears(crew, "Is it yours to decide, and needed now?")
    await stage.hears(stage.chats[ASKING], "your card", "Is this ours to decide")
    stage.transcript.note("Such a card goes along with every step, for whoever facilitates.")
    await stage.tap(crew, ASKING, ready, "▶️")
    questions = await stage.hears(crew, "Questions – ", "nothing (more) from me")
    await _card(stage)
    await stage.says(crew, HELPING, "How many of them have we?")
    await stage.says(crew, ASKING, "Four, and one with a lid.")
    await stage.all_tap(crew, LAKESIDE, questions, "✅")
    reactions = await stage.hears(crew, "Reactions to", "Nobody replies to it.")
    await _card(stage)
    await stage.all_tap(crew, LAKESIDE, reactions, "✅")
    prompt = await stage.hears(crew, f"{ASKING}, you have heard them", DRAFT)
    await _card(stage)
    return prompt


async def _card(stage: Stage) -> None:
    """The card of whoever facilitates has changed."""
    await stage.listens(stage.chats[ASKING], "your card")


async def _one_objects(stage: Stage, crew: Place, prompt: Event) -> None:
    stage.scene("Each is asked in private, and all answers are shown at one moment")
    await stage.tap(crew, ASKING, prompt, "✅")
    await stage.hears(crew, "Objections – I ask each of you, in our private chat")
    asked = await stage.each_hears(
        stage.lakeside, LAKESIDE, "asks for your consent", DRAFT, "safe enough to try"
    )
    await _card(stage)
    others = [name for name in LAKESIDE if name != OBJECTING]
    await stage.each_taps({name: asked[name] for name in others}, "✅")
    await stage.each_hears(stage.lakeside, others, "Sealed until all is shown: consent")
    chat = stage.chats[OBJECTING]
    await stage.says(chat, OBJECTING, f"objection: {OBJECTION}")
    await stage.hears(chat, "Yours was the last, and all is shown now: objection")
    await stage.hears(crew, "All at once: of 5 who answered, 4 consent, 1 objects.", OBJECTION)


async def _taken_in(stage: Stage, crew: Place) -> None:
    stage.scene("Whoever objects alone is cared for first; then all of them look for a better text")
    await stage.hears(crew, "One objection. Take a breath with it")
    await _card(stage)
    chat = stage.chats[OBJECTING]
    care = await stage.hears(chat, "Only you read this.", "would you like somebody beside you?")
    await stage.tap(chat, OBJECTING, care, "✅")
    await stage.hears(chat, "Good. It begins in the room, in your words.")
    objection = await stage.hears(crew, f"Objection 1, {OBJECTING}: {OBJECTION}")
    await _card(stage)
    await stage.says(crew, HELPING, f"amend: {BETTER}", reply_to=objection)
    offered = await stage.hears(crew, f"Offered by {HELPING} for objection 1", BETTER)
    await stage.all_tap(crew, (OBJECTING, ASKING), offered, "✅")
    await stage.hears(crew, f"Objection 1, {OBJECTING}, is taken in.", "version 2", BETTER)
    await stage.hears(crew, "Objections – The text has changed", "I ask again each of you")
    # Whose proposal it is has said yes to these words already.
    touched = [name for name in LAKESIDE if name != ASKING]
    asked = await stage.each_hears(
        stage.lakeside, touched, "The text has changed since", "version 2", BETTER
    )
    await _card(stage)
    await stage.each_taps(asked, "✅")
    for name in touched:
        # The last of them reads that all is shown now.
        await stage.listens(stage.chats[name], "all is shown")
    await stage.hears(crew, "All at once: of 4 who answered, 4 consent.")


async def _kept(stage: Stage, crew: Place) -> None:
    stage.scene("Nobody objects any more, and it lacks only the day on which they look at it again")
    asked = await stage.hears(crew, "Nobody objects any more", f"{ASKING}, ✅ in three months")
    await _card(stage)
    await stage.says(crew, ASKING, REVIEW, reply_to=asked)
    await stage.hears(
        crew,
        "Consented (round",
        BETTER,
        "safe enough to try",
        f"{OBJECTING}: {OBJECTION} – taken in",
    )


# -------------------------------------------------------------------------------------- looking back on it


async def _counted_again(stage: Stage, crew: Place, number: str) -> None:
    stage.scene("Anybody may count again, and read what they have decided")
    await stage.says(crew, SILENT, f"!recount {number}")
    await stage.hears(
        crew,
        "What went in: 4 stored ballots, of 5 entitled.",
        "It is the same as what was written down when it closed.",
    )
    await stage.hears(crew, "I read it in the room's own history as well")
    await stage.hears(crew, "4 voices in the room, each as I counted it.", "Nothing differs.")
    await stage.says(crew, SILENT, "!decisions")
    await stage.hears(crew, "You have decided, newest first:", BETTER, OUTCOME)
