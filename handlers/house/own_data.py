"""What is kept about a person, in one file, and its removal (R12)."""

import json
from datetime import timedelta

from handlers.crews import keepsakes
from handlers.house import forgetting, kept
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Effects,
    Post,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.register import carrying
from handlers.words import first_word, folded
from practices.circles import RoomKind
from storage.questions import Question

PRIVATE = frozenset({RoomKind.PRIVATE})


@command(
    name="export",
    help="get everything I keep about you in one file, or what a crew of yours kept, or what a circle decided",
    example="export",
    kinds=PRIVATE,
    arguments=(
        Argument(
            name="what",
            help="“crew” or “decisions”, with the name of the circle if you are in several; left out, everything about you",
            rest=True,
        ),
    ),
    sentences={
        "what [data] do you keep|store|have|know|record|remember|save|collect about|on|of me": "",
        "what are you keeping|storing|recording|saving about|on|of me": "",
        "what|whats [is] kept|stored|recorded about|on|of me": "",
        "show me my data": "",
        "my data": "",
    },
)
async def export(call: Call, what: str | None) -> Effects:
    """One JSON file, in the private chat only."""
    word, rest = first_word(what or "")
    if folded(word) == "crew":
        return await keepsakes.crew_file(call, rest)
    if folded(word) in ("decisions", "agreements", "register"):
        return await carrying.files(call, rest)
    found = await kept.about(call)
    data = json.dumps(found, ensure_ascii=False, indent=2, default=str).encode()
    return [
        Post(filename="kinkeeper-about-you.json", mime="application/json", data=data),
        Say(text="This is all I keep about you. `forget me` removes it."),
    ]


@command(
    name="forget",
    help="have me delete everything I keep about you",
    example="forget me",
    kinds=PRIVATE,
    arguments=(Argument(name="whom", help="me", rest=True),),
    sentences={
        "delete|erase|remove my data": "",
        "delete|erase|remove|forget everything [you] [know|keep|have] [about|of|on] [me]": "",
        "forget about me": "",
    },
)
async def forget(call: Call, whom: str | None) -> Effects:
    """Ask once, then delete."""
    if folded(whom or "me") != "me":
        raise Refused("I forget only whoever asks me to: `forget me`. Nothing was changed.")
    return [
        Ask(
            inquiry="forget",
            text="I would delete your time zone and quiet hours, your reminders, and in every circle your answers, commitments, "
            "calls, points and whatever else names you. "
            "It cannot be brought back; `export` first gives you a copy. Your rooms and messages are yours and the "
            "homeserver's, and stay.\n\n✅ yes · ✋ no",
            until=call.at + timedelta(hours=1),
            person=call.person,
        )
    ]


@inquiry(name="forget", options=(YES, NO))
async def forget_now(call: Call, question: Question, said: str) -> Effects:
    """Delete on a yes."""
    await question.delete()
    if said != YES.word:
        return [Say(text="Nothing was deleted.")]
    effects = await forgetting.everything(call)
    return [
        *effects,
        Ring(
            ritual="forgotten",
            about=f"forget:{question.id}",
            at=call.at + timedelta(hours=1),
            content={"person": call.person},
        ),
        Say(
            text="Done: I keep nothing about you but that we share rooms, which the homeserver tells me anew, and for 14 days "
            "when something was said in this chat; not what. Leaving this chat ends that, too."
        ),
    ]


@ritual(
    name="forgotten", help="an hour after “forget me”, forgets the answers given meanwhile, too"
)
async def forgotten(call: Call) -> Effects:
    """The goodbye itself named whom it was for; that is not needed any more."""
    await forgetting.traces(str(call.content["person"]))
    return []
