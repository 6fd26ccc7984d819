"""The pathway: look at oneself, ask one to three people which skill to grow next, and choose one thing (SELF-5, R30).

What somebody is answered goes to whoever asked, and to nobody else; none of it is kept. Whoever is asked may leave it: it
is told as “not this time”, two weeks on, and nobody is reminded. What is chosen is sealed with the person's own key.
It is no rating, and no role asks for it.
"""

from datetime import date, timedelta
from typing import Any

from handlers import askings
from handlers.asking import asked, now_of, whispered, zone_of
from handlers.house.courier import quoted, reaches, too_long
from handlers.language import (
    PASS,
    STOP,
    Argument,
    Ask,
    Call,
    Effect,
    Effects,
    KeyGone,
    Option,
    Refused,
    Ring,
    Say,
    Scrub,
    command,
    inquiry,
    ritual,
)
from handlers.names import called
from handlers.oneself import safety
from handlers.whom import named
from handlers.words import escaped, first_word, folded
from practices import clock, pathway
from practices.answers import is_written
from practices.circles import RoomKind
from practices.understanding import shown
from storage.members import Member
from storage.notes import Pathway
from storage.questions import Question
from storage.rooms import Room

PURPOSE = "pathway"

PATIENCE = timedelta(hours=1)

#: Where people know each other.
SHARED = frozenset({RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING, RoomKind.CONGREGATION})

LONGEST_THING = 500

QUESTION = "Which skill would best equip me for the next step on my way?"

LOOK = Option(sign="🪞", word="look", also=("look at myself", "self-view"))
ASK = Option(sign="🙋", word="ask", also=("ask somebody", "ask people"))
CHOOSE = Option(sign="🎯", word="choose", also=("choose one thing",))
ON = Option(sign="➡️", word="on", also=("next", "go on"))
WRITE = Option(sign="✏️", word="write", also=("yes", "answer"))
NOT_NOW = Option(sign="✋", word="not this time", also=("no", "not now", "pass"))


def _kept(call: Call, row: Pathway | None) -> dict[str, Any]:
    """What is kept of a person: "thing" and "since", "awaited" (asking to how many). Raises KeyGone."""
    if row is None:
        return {}
    found = call.house.keys.of(row.person).open(PURPOSE, row.sealed)
    assert isinstance(found, dict)
    return found


async def _of(call: Call, person: str) -> dict[str, Any]:
    """The same, and nothing where its key is gone: there is nothing in it that somebody could not say anew."""
    try:
        return _kept(call, await Pathway.get_or_none(person=person))
    except KeyGone:
        return {}


async def _keep(call: Call, person: str, kept: dict[str, Any]) -> None:
    content = {name: value for name, value in kept.items() if value}
    if not content:
        await Pathway.filter(person=person).delete()
        return
    sealed = call.house.keys.of(person).seal(PURPOSE, content)
    await Pathway.update_or_create({"sealed": sealed}, person=person)


def _awaited(kept: dict[str, Any]) -> dict[str, int]:
    """How many have not answered yet, by what they were asked with: each asking has its own two weeks."""
    found = kept.get("awaited") or {}
    return dict(found) if isinstance(found, dict) else {"": int(found)}


def _one_less(kept: dict[str, Any], asking: object) -> dict[str, int]:
    awaited, one = _awaited(kept), str(asking or "")
    awaited[one] = awaited.get(one, 0) - 1
    return {each: many for each, many in awaited.items() if many > 0}


async def _today(call: Call) -> date:
    return clock.wall(now_of(call), await zone_of(call, call.person)).date()


@command(
    name="pathway",
    unseen=True,
    help="look at what to learn next: for yourself, by asking one to three people, and by choosing one thing",
    example="pathway",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        Argument(
            name="what",
            help="“look”, “ask Ben, Cleo”, “choose listening longer”, or “done” with what you chose",
            rest=True,
        ),
    ),
    sentences={"what can|could|should i learn next": ""},
)
async def pathway_(call: Call, what: str | None) -> Effects:
    """Where somebody stands with themselves, and three ways on."""
    word, rest = first_word(what or "")
    match folded(word):
        case "look":
            return [_view(call, 0)]
        case "ask":
            return await _asking(call, rest)
        case "choose":
            return await _chosen(call, rest) if rest else [_what(call)]
        case "done" | "erase" | "clear":
            return await _done(call)
    return [await _ways(call)]


async def _ways(call: Call) -> Ask:
    kept = await _of(call, call.person)
    thing = kept.get("thing")
    since = clock.long_day(date.fromisoformat(str(kept["since"]))) if thing else ""
    own = (
        f"Since {since} your one thing is:\n\n{quoted(str(thing))}\n\n`pathway done` ends it."
        if thing
        else ""
    )
    steps = " → ".join(pathway.STEPS)
    text = (
        f"**Your pathway.** {steps}: some walk it, nobody has to, and nobody is measured by it.\n\n"
        "What would be good to learn next?\n\n🪞 look at myself · 🙋 ask somebody · 🎯 choose one thing · ✋ stop"
    )
    return Ask(
        inquiry="pathway",
        text="\n\n".join(filter(None, [own, text])),
        until=call.at + PATIENCE,
        person=call.person,
    )


@inquiry(name="pathway", options=(LOOK, ASK, CHOOSE, STOP), begun=True)
async def way(call: Call, question: Question, said: str) -> Effects:
    """One of the three."""
    await question.delete()
    match said:
        case LOOK.word:
            return [_view(call, 0)]
        case ASK.word:
            return await _asking(call, "")
        case CHOOSE.word:
            return [_what(call)]
        case STOP.word:
            return [Say(text=f"Good. {safety.DOOR}")]
    return [await _ways(call)]


# ----------------------------------------------------------------------------------------- looking at oneself


def _view(call: Call, place: int) -> Ask:
    lead = (
        "Three questions to look at yourself with. Think, write or say it aloud: I keep none of it.\n\n"
        if place == 0
        else ""
    )
    return Ask(
        inquiry="pathway-view",
        text=f"{lead}{place + 1} of {len(pathway.VIEWS)} – {pathway.VIEWS[place]}\n\n➡️ on · ⏭️ pass · ✋ stop",
        until=call.at + PATIENCE,
        data={"place": place},
        person=call.person,
    )


@inquiry(name="pathway-view", options=(ON, PASS, STOP), takes_words=True, begun=True)
async def viewed(call: Call, question: Question, said: str) -> Effects:
    """The next question; what was written is read by nobody and kept nowhere."""
    await question.delete()
    place = int(str(question.data["place"])) + 1
    if said != STOP.word and place < len(pathway.VIEWS):
        return [_view(call, place)]
    text = f"`pathway ask` asks people who know you; `pathway choose` takes one thing along.\n\n{safety.DOOR}"
    return [Say(text=text)]


# -------------------------------------------------------------------------------------------- choosing


def _what(call: Call) -> Ask:
    return Ask(
        inquiry="pathway-thing",
        text="**Which one thing** do you take along for this cycle? A line is enough; I keep it sealed, for you alone.\n\n✋ stop",
        until=call.at + PATIENCE,
        person=call.person,
    )


@inquiry(name="pathway-thing", options=(STOP,), takes_words=True, begun=True)
async def thing_said(call: Call, question: Question, said: str) -> Effects:
    """Keep it sealed."""
    await question.delete()
    if said == STOP.word:
        return [Say(text=f"Nothing was changed. {safety.DOOR}")]
    return await _chosen(call, said)


async def _chosen(call: Call, thing: str) -> list[Effect]:
    if len(thing) > LONGEST_THING:
        raise Refused(
            f"That is longer than {LONGEST_THING} characters, so nothing was changed. One thing fits in a line."
        )
    kept = await _of(call, call.person)
    today = await _today(call)
    await _keep(call, call.person, {**kept, "thing": thing, "since": today.isoformat()})
    text = f"Kept, sealed, for you alone:\n\n{quoted(thing)}\n\n`pathway` shows it, `pathway done` ends it. {safety.DOOR}"
    return [Say(text=text), Scrub()]


async def _done(call: Call) -> list[Effect]:
    kept = await _of(call, call.person)
    if not kept.get("thing"):
        await _keep(call, call.person, kept)
        raise Refused(
            "You have chosen nothing just now, so nothing was changed. `pathway choose` does."
        )
    await _keep(call, call.person, {**kept, "thing": None, "since": None})
    return [Say(text="It is done with, and I keep it no longer."), Scrub()]


# ---------------------------------------------------------------------------------------------- asking


async def _asking(call: Call, rest: str) -> list[Effect]:
    if rest:
        return await _right(call, rest)
    return [
        Ask(
            inquiry="pathway-whom",
            text=f"**Whom would you like to ask?** One to {pathway.MOST_ASKED} people who know you well, from circles that you "
            "share; such as “Ben, Cleo”.\n\n✋ stop",
            until=call.at + PATIENCE,
            person=call.person,
        )
    ]


@inquiry(name="pathway-whom", options=(STOP,), takes_words=True, begun=True)
async def whom_said(call: Call, question: Question, said: str) -> Effects:
    """Show what they would read, before anybody does."""
    await question.delete()
    if said == STOP.word:
        return [Say(text=f"Nobody was asked. {safety.DOOR}")]
    return await _right(call, said)


async def _right(call: Call, said: str) -> list[Effect]:
    people = await _people(call, said)
    await askings.check(call, people, askings.PATHWAY)
    names = ", ".join([f"**{await called(person, call.person)}**" for person in people])
    return [
        Ask(
            inquiry="pathway-right",
            text=f"To {names}, each alone:\n\n> {await _words(call, people[0])}\n\nWhat they answer comes to you and to nobody else, and I keep "
            f"none of it. Whoever does not answer within {pathway.PATIENCE.days} days: not this time.\n\nAsk them? ✅ ask · ✋ stop",
            until=call.at + PATIENCE,
            data={"people": people},
            person=call.person,
        )
    ]


async def _people(call: Call, said: str) -> list[str]:
    """The people who are named, each in a circle with the sender. Raises Refused."""
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    rooms = await Room.filter(id__in=list(mine), joined=True, kind__in=list(SHARED))
    away = {call.person, call.house.me}
    known = [
        each
        for each in await Member.filter(room__in=[room.id for room in rooms])
        if each.person not in away
    ]
    found: list[str] = []
    for one in (part.strip() for part in said.replace(" and ", ",").split(",")):
        if not one:
            continue
        meant = named(known, folded(one).removeprefix("@")) or [
            each for each in {row.person for row in known} if each == one
        ]
        if len(meant) != 1:
            why = (
                "More than one person I know is"
                if meant
                else "In the circles that you share with others nobody is"
            )
            raise Refused(
                f"{why} called {escaped(shown(one))}, so nobody was asked. A whole name, or an id such as @ben:example.org, says "
                "who is meant; somebody who shares no circle with you, you can ask yourself."
            )
        found += meant
    found = sorted(set(found))
    if not 0 < len(found) <= pathway.MOST_ASKED:
        raise Refused(
            f"One to {pathway.MOST_ASKED} people can be asked, so nobody was. `pathway ask Ben, Cleo` asks two."
        )
    return found


async def _words(call: Call, to: str) -> str:
    """What one of them reads, in which the sender is called as they know them."""
    mine = await called(call.person, to)
    return f"**{mine}** asks you, as somebody who knows them: *{QUESTION}*"


@inquiry(
    name="pathway-right",
    options=(Option(sign="✅", word="ask", also=("yes", "ok")), STOP),
    begun=True,
)
async def right(call: Call, question: Question, said: str) -> Effects:
    """Ask each of them alone, now or in their morning."""
    if said not in ("ask", STOP.word):
        return [Say(text="Nobody was asked yet: ✅ ask · ✋ stop")]
    await question.delete()
    if said == STOP.word:
        return [Say(text=f"Nobody was asked. {safety.DOOR}")]
    listed = question.data["people"]
    assert isinstance(listed, list)
    people = [str(each) for each in listed]
    put = await askings.may_ask_each(call, people, askings.PATHWAY)
    over = call.at + pathway.PATIENCE
    effects: list[Effect] = []
    for person in sorted(put):
        text = (
            f"{await _words(call, person)}\n\nA line from you goes to them alone, and I keep none of it. Leaving it is fine: they hear "
            "“not this time”, and nobody is reminded.\n\n✏️ write · ✋ not this time"
            f"{await askings.way_out(call, person)}"
        )
        effects += await asked(
            call,
            person,
            text,
            about="pathway",
            inquiry="pathway-asked",
            until=over,
            data={"asker": call.person, "asking": call.key},
        )
    kept = await _of(call, call.person)
    awaited = {**_awaited(kept), call.key: len(people)}
    await _keep(call, call.person, {**kept, "awaited": awaited})
    hour = Ring(
        ritual="pathway-over",
        about="pathway",
        at=over,
        when=call.key,
        room=call.room.id,
        content={"asking": call.key},
    )
    return [
        *effects,
        hour,
        Say(text=f"Asked. What they answer comes to you here, and to nobody else. {safety.DOOR}"),
    ]


@inquiry(
    name="pathway-asked",
    options=(WRITE, NOT_NOW),
    late="The two weeks for that are over, and nothing was sent. You can tell them yourself whenever you like.",
)
async def answering(call: Call, question: Question, said: str) -> Effects:
    """Ask for the words, or leave it: nobody hears of that but as “not this time”, later."""
    if said == NOT_NOW.word:
        await question.delete()
        return [
            Say(text="Good. They hear no more than “not this time”, when the two weeks are over.")
        ]
    about = {
        "asker": question.data["asker"],
        "of": question.id,
        "asking": question.data.get("asking"),
    }
    if said == WRITE.word:
        return [await _line(call, about)]
    if is_written(said):
        return await _previewed(call, about, said)
    return [Say(text="✏️ write asks you for a line, ✋ not this time leaves it. Nothing was sent.")]


async def _line(call: Call, about: dict[str, object], *, anew: bool = False) -> Ask:
    """Ask for what shall go to whoever asked; `about` is what they asked with."""
    name = await called(str(about["asker"]), call.person)
    head = f"Write it once more, as {name} shall read it." if anew else ""
    return Ask(
        inquiry="pathway-word",
        text=f"{head or f'**What would you say to {name}?**'} Your next message is it; before it goes I show it to you once more. "
        "`stop` ends it, and nothing is sent.",
        until=call.at + PATIENCE,
        data=about,
        person=call.person,
    )


@inquiry(name="pathway-word", takes_words=True, begun=True)
async def written(call: Call, question: Question, said: str) -> Effects:
    """Show what would go, before it goes."""
    if too_long(said):
        return [Say(text=too_long(said))]
    about = {name: question.data.get(name) for name in ("asker", "of", "asking")}
    await question.delete()
    return await _previewed(call, about, said)


async def _previewed(call: Call, about: dict[str, object], said: str) -> list[Effect]:
    if too_long(said):
        return [Say(text=too_long(said))]
    name = await called(str(about["asker"]), call.person)
    return [
        Say(text=f"**{name}** would read:\n\n{quoted(said)}"),
        Ask(
            inquiry="pathway-send",
            text=f"To {name}, and nobody else:\n\n✅ send · ✏️ change · ✋ leave it",
            until=call.at + PATIENCE,
            data={**about, "words": said},
            person=call.person,
        ),
    ]


@inquiry(
    name="pathway-send",
    options=(safety.SEND, safety.CHANGE_IT, safety.LEAVE_IT),
    begun=True,
    late="The hour for that is over, and I have not kept what you wrote. Nothing was sent.",
)
async def answered(call: Call, question: Question, said: str) -> Effects:
    """Carry it to whoever asked, now or in their morning, and forget it; or change it, or leave it."""
    if said == safety.CHANGE_IT.word:
        about = {name: question.data.get(name) for name in ("asker", "of", "asking")}
        await question.delete()
        return [await _line(call, about, anew=True), Scrub()]
    if said == safety.LEAVE_IT.word:
        await question.delete()
        return [Say(text="Nothing was sent, and nothing of it is kept."), Scrub()]
    if said != safety.SEND.word:
        return [Say(text="Nothing was sent yet: ✅ send · ✏️ change · ✋ leave it")]
    asker, words = str(question.data["asker"]), str(question.data["words"])
    await question.delete()
    still = Question.filter(id=question.data["of"], person=call.person, inquiry="pathway-asked")
    if not await still.delete():
        raise Refused("That was answered, or taken back, meanwhile. Nothing was sent.")
    if not await reaches(asker):
        raise Refused(
            f"I can't reach **{await called(asker, call.person)}** just now, so nothing was sent. You can tell them yourself."
        )
    kept = await _of(call, asker)
    await _keep(call, asker, {**kept, "awaited": _one_less(kept, question.data.get("asking"))})
    text = (
        f"**{await called(call.person, asker)}** answers what you asked, which skill to grow next:\n\n{quoted(words)}\n\n"
        "*It is yours alone, and I have kept none of it. `pathway choose` takes one thing along.*"
    )
    told = await whispered(call, asker, text, about="pathway")
    return [
        *told,
        Say(
            text=f"It is on its way to **{await called(asker, call.person)}**, and to nobody else. Thank you."
        ),
        Scrub(),
    ]


@ritual(
    name="pathway-over",
    help="tells somebody, two weeks after they asked what to learn next, that whoever has not written does not this time",
)
async def over(call: Call) -> Effects:
    """Two weeks have passed; nobody is named."""
    person = call.room.private_with
    if person is None:
        return []
    kept = await _of(call, person)
    awaited = _awaited(kept)
    if not awaited.pop(str(call.content.get("asking") or ""), 0):
        return []
    await _keep(call, person, {**kept, "awaited": awaited})
    text = (
        "Two weeks have passed since you asked what to learn next. Whoever has not written: not this time. "
        "`pathway choose` takes one thing along."
    )
    return await whispered(call, person, text, about="pathway", dispensable=True)


async def forget(call: Call) -> None:
    """The sender asks to be forgotten."""
    await Pathway.filter(person=call.person).delete()


async def kept_of(call: Call) -> dict[str, object] | str | None:
    """What the sender chose, and how many they have asked lately: values that JSON can hold."""
    try:
        kept = _kept(call, await Pathway.get_or_none(person=call.person))
    except KeyGone:
        return "What you chose could not be read any more: its key is not on this machine, or was destroyed."
    lately = await askings.many(call, askings.PATHWAY)
    if not kept and not lately:
        return None
    return {
        "one_thing": kept.get("thing"),
        "since": kept.get("since"),
        "asked_lately": lately,
    }
