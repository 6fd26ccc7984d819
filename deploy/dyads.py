"""Play what is between two people: a dyad, a pairing round, a page that nobody keeps, and a reflection that opens for both.

All of it is said in private chats. Each scene is told as one of the two sees it; the other sees no more.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from deploy.event import Event
from deploy.stage import LAKESIDE, NEIGHBOURS, Place, Stage, StoryBroken

ASKING: Final = "Jo"
ASKED: Final = "Ana"
HOST: Final = LAKESIDE[0]
WRITING: Final = "Lee"

#: Who would rather not meet whom in a pairing round.
RATHER_NOT: Final = "Ben"
WITH: Final = "Lee"

#: From the beginning, a Tuesday at 10:00, to the morning after the first one-to-one, and to the pairing round.
AFTER_TALK: Final = timedelta(days=3)
ROUND: Final = timedelta(days=6)

MINUTES: Final = timedelta(minutes=3)
PAGE: Final = "I am tired of being the one who remembers birthdays"

#: What each of the two says of their partnership: a point, why, a moment as the dictator, and one as the partner.
JOS: Final = ("70", "You choose the days, and I the topics", "The boat trip", "The soup we made up")
ANAS: Final = ("45", "I say yes too fast", "When I sold the tent", "Our letter to the town")


async def play(stage: Stage, space: Place, begins: datetime) -> None:
    """Play it among Lakeside's five and three who live near, from `begins` on, a Tuesday at 10:00. Raises StoryBroken."""
    stage.travel(begins)
    await _become_a_dyad(stage)
    hall = await _round_begins(stage, space)
    await _take_part(stage, space)
    stage.travel(begins + AFTER_TALK)
    await _have_met(stage, hall)
    await _nothing_kept(stage, begins + AFTER_TALK)
    await _look_alone(stage)
    await _opened(stage)
    stage.travel(begins + ROUND)
    await _brought_together(stage, hall)
    await stage.nothing_else_was_said()


# ---------------------------------------------------------------------------------------------- a dyad


async def _become_a_dyad(stage: Stage) -> None:
    stage.scene("Two people become a dyad: the second yes makes it, and nobody else hears of it")
    jo, ana = stage.chats[ASKING], stage.chats[ASKED]
    await stage.says(jo, ASKING, f"dyad {ASKED}")
    asked = await stage.hears(jo, f"I would ask {ASKED}", "once a month", "Nobody else hears of it")
    await stage.tap(jo, ASKING, asked, "✅")
    await stage.hears(jo, f"{ASKED} is asked")
    question = await stage.hears(ana, f"{ASKING} asks whether you would like to be a dyad")
    await stage.tap(ana, ASKED, question, "✅")
    await stage.hears(ana, f"You and {ASKING} are a dyad")
    await stage.listens(jo, f"You and {ASKED} are a dyad")
    times = await stage.hears(ana, f"A one-to-one with {ASKING}", "Which would suit you")
    await stage.tap(ana, ASKED, times, "1️⃣")
    await stage.hears(ana, "Noted: ")
    stage.transcript.note(f"{ASKING} is asked the same, and taps the same.")
    theirs = await stage.listens(jo, f"A one-to-one with {ASKED}")
    await stage.tap(jo, ASKING, theirs, "1️⃣")
    await stage.hears(jo, f"your one-to-one with {ASKED}")
    await stage.listens(ana, f"your one-to-one with {ASKING}")


async def _have_met(stage: Stage, hall: Place) -> None:
    stage.scene("The morning after: did you meet? Yes and the day is all that stays of it")
    question = await stage.hears(stage.chats[ASKING], f"Did you meet, {ASKED} and you?")
    await stage.listens(stage.chats[ASKED], f"Did you meet, {ASKING} and you?")
    await stage.tap(stage.chats[ASKING], ASKING, question, "✅")
    await stage.hears(stage.chats[ASKING], "Good to hear.")
    await stage.hears(hall, "the next pairing round is drawn")


# --------------------------------------------------------------------------------------- a pairing round


async def _round_begins(stage: Stage, space: Place) -> Place:
    stage.scene("A pairing round for whoever likes; its host sees numbers, and never who")
    lakeside = stage.lakeside
    hall = await stage.room(lakeside, "Hall", (HOST, ASKING), parent=space.id)
    await stage.listens(hall, "Hello. I am Kinkeeper")
    await stage.says(hall, HOST, "!adopt working")
    await stage.listens(hall, "I look after this")
    mara = stage.chats[HOST]
    await stage.says(mara, HOST, "pairing begin")
    understood = await stage.hears(mara, "I understood: a pairing round", "every first Monday")
    await stage.tap(mara, HOST, understood, "✅")
    await stage.hears(mara, "Begun")
    invitation = await stage.hears(hall, "A pairing round begins", "sometimes three meet")
    await stage.tap(hall, ASKING, invitation, "✅")
    await stage.hears(stage.chats[ASKING], "You take part in the pairing round", "Nobody is told")
    return hall


async def _take_part(stage: Stage, space: Place) -> None:
    await asyncio.gather(*(_come_near(stage, space, name) for name in NEIGHBOURS))
    *first, last = NEIGHBOURS
    stage.transcript.note(
        f"{', '.join(first)} and {last} come into {space.name}, too: a round begins with eight."
    )
    others = [name for name in (*LAKESIDE, *NEIGHBOURS) if name != ASKING]
    await asyncio.gather(*(_takes_part(stage, name) for name in others))
    stage.transcript.note("The others say “pairing in”, each in their own chat.")
    chat = stage.chats[RATHER_NOT]
    await stage.says(chat, RATHER_NOT, f"pairing not with {WITH}")
    await stage.hears(chat, "Noted", "It is sealed, nobody is told, and it needs no reason.")
    await stage.says(stage.chats[HOST], HOST, "pairing preview")
    await stage.hears(
        stage.chats[HOST],
        "8 take part, which makes 4 pairs",
    )


async def _come_near(stage: Stage, space: Place, name: str) -> None:
    """Somebody comes into the space, and opens a private chat."""
    person = stage.lakeside[name]
    await stage.lakeside[HOST].invite(space.id, person.user_id)
    await person.join(space.id)
    await stage.listens(await stage.private(stage.lakeside, name), "This is our private chat")


async def _takes_part(stage: Stage, name: str) -> None:
    chat = stage.chats[name]
    await chat.people[name].say(chat.id, "pairing in")
    await stage.listens(chat, "You take part in the pairing round")


#: How the question begins that both of a pair get.
_MEET = "A one-to-one with "


async def _brought_together(stage: Stage, hall: Place) -> None:
    stage.scene("The round is drawn: each hears whom they meet, and nobody else does")
    heard = {
        name: await stage.listens(chat, _MEET, "from the pairing round")
        for name, chat in stage.chats.items()
    }
    pairs = {frozenset({name, *_whom(event)}) for name, event in heard.items()}
    met = sorted(name for two in pairs for name in two)
    if met != sorted((*LAKESIDE, *NEIGHBOURS)) or any(len(two) > len("ab") for two in pairs):
        raise StoryBroken(f"expected all eight in pairs, and heard {heard}")
    if frozenset({RATHER_NOT, WITH}) in pairs:
        raise StoryBroken(f"expected {RATHER_NOT} and {WITH} apart, and heard of {pairs}")
    for first, last in sorted(map(sorted, pairs)):
        stage.transcript.note(f"{first} and {last} are asked which times suit them.")
    mara = stage.chats[HOST]
    stage.transcript.note("So it would go on each month; here it ends with one round.")
    await stage.says(mara, HOST, "pairing end")
    await stage.hears(mara, "The pairing round is over.", "who took part is forgotten")
    await stage.listens(hall, "The pairing round ends.")


def _whom(event: Event) -> list[str]:
    """Whom somebody meets, as the first words of their question say it."""
    names = event.text.removeprefix(_MEET).partition(", ")[0]
    return names.split(" and ")


# --------------------------------------------------------------------------------------- for oneself alone


async def _nothing_kept(stage: Stage, now: datetime) -> None:
    stage.scene("A few minutes of writing for oneself, of which nothing is kept")
    chat = stage.chats[WRITING]
    await stage.says(chat, WRITING, "reflect needs")
    await stage.hears(chat, "Shall anything of it stay?")
    await stage.says(chat, WRITING, "keep nothing")
    await stage.hears(chat, "How many minutes?")
    await stage.says(chat, WRITING, "3")
    prompt = await stage.hears(chat, "3 minutes, until", "I am silent until the bell")
    await stage.says(chat, WRITING, PAGE)
    stage.travel(now + MINUTES)
    await stage.hears(chat, "The time is over")
    await stage.forgets(chat, PAGE, prompt.text)


# ------------------------------------------------------------------------------- a partnership reflection


async def _look_alone(stage: Stage) -> None:
    stage.scene("Two people look at their partnership, each alone, and all of it is sealed")
    jo, ana = stage.chats[ASKING], stage.chats[ASKED]
    await stage.says(jo, ASKING, f"partnership with {ASKED}")
    asked = await stage.hears(jo, f"I would ask {ASKED}", "opened only if you both choose it")
    await stage.tap(jo, ASKING, asked, "✅")
    await stage.hears(jo, f"{ASKED} is asked")
    question = await stage.listens(ana, f"{ASKING} asks whether you would look together")
    await stage.tap(ana, ASKED, question, "✅")
    await stage.hears(jo, "each alone", "opens in both your chats at the same moment")
    await stage.listens(ana, "each alone")
    for said, answers in _alone(ASKED, JOS):
        await stage.says(jo, ASKING, said)
        for answer in answers:
            await stage.hears(jo, answer)
    for said, answers in _alone(ASKING, ANAS):
        await ana.people[ASKED].say(ana.id, said)
        for answer in answers:
            await stage.listens(ana, answer)
    stage.transcript.note(f"{ASKED} does the same, alone; neither hears how far the other is.")


def _alone(other: str, said: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """What one of the two writes, up to the seal, and with what words each of it is answered."""
    point, why, dictator, partner = said
    return [
        ("begin", (f"Where do you and {other} stand",)),
        (point, (f"{point} of 100", "Why there?")),
        (why, ("One moment in which you were the dictator",)),
        (dictator, ("One moment in which you were the partner",)),
        (partner, (partner, "Next: seal it")),
        ("seal", (f"Would you open it with {other}?",)),
    ]


async def _opened(stage: Stage) -> None:
    stage.scene("It opens when both have chosen that: for both, in the same moment")
    jo, ana = stage.chats[ASKING], stage.chats[ASKED]
    await stage.says(jo, ASKING, "open")
    await stage.hears(jo, "you have chosen to open it", "You hear nothing before.")
    await stage.says(ana, ASKED, "open")
    here = await stage.hears(jo, f"Opened, for you and {ASKED}", *ANAS[1:])
    there = await stage.listens(ana, f"Opened, for you and {ASKING}", *JOS[1:])
    apart = abs(here.at - there.at) / 1000
    stage.transcript.note(
        f"{ASKED} reads {ASKING}’s in the same moment; {apart:.1f} s lie between."
    )
    for chat, mine in ((jo, JOS), (ana, ANAS)):
        await stage.listens(chat, "You", *mine[1:])
        await stage.listens(chat, "I have kept nothing of it")
        await stage.listens(chat, "one change", "a day to look again")
