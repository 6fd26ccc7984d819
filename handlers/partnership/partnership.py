"""Partnership reflection: two people look, each alone, at where they stand between domination and partnership (DYAD-5).

What either says is sealed, and opens only when both have chosen that: for both in one unit of work (R39). Until then
nothing that one of the two sees depends on what the other does: not whether they have begun, written, chosen, stopped,
left or been forgotten, and not when. After fourteen days, at a moment fixed when both accepted, what did not open is
deleted, the keys are destroyed, and both are told so in the same words (R40). No figure is made of what anybody said (R41).

Whoever chose to open and was told that nothing opened knows that it was not both; nobody who did not choose learns
anything. More cannot be hidden from somebody who waits for a yes.
"""

from datetime import timedelta

from handlers import askings
from handlers.asking import asked, now_of, whispered
from handlers.language import (
    DECLINE,
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    DestroyKey,
    Effect,
    Effects,
    KeyGone,
    Refused,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.names import called, typed
from handlers.oneself.safety import DOOR
from handlers.partnership.alone import ACTS, SHUT, STOP, act, beginning, screen
from handlers.partnership.reflecting import (
    TAKE_BACK,
    UNREADABLE,
    View,
    about,
    circles_of,
    gone,
    hour_of,
    new_side,
    nights_of,
    of_question,
    own_key,
    place_of,
    said_safely,
    seen,
    set_away,
    shared_zone,
    still_open,
    unasked,
    until_words,
    views_of,
)
from handlers.partnership.unsealing import SOON, suggest
from handlers.whom import named
from handlers.words import escaped, first_word, folded
from practices import partnership as pure
from practices.circles import RoomKind
from practices.dyads import State
from practices.partnership import OPEN, Step
from practices.understanding import shown
from storage import reflections
from storage.database import row_of
from storage.dyads import of_person
from storage.members import Member
from storage.questions import Question
from storage.reflections import Reflection, Stage, sides, sides_of
from storage.rooms import Room

#: So long whoever asked sees that it was not this time.
REST = askings.PARTNERSHIP.rests

A_WHILE = timedelta(hours=1)

_TOGETHER = (State.ACTIVE, State.RESTING, State.REVIEW)
_CHOSEN = {
    "on": "you have chosen to open it",
    "off": "it is sealed, and you have not chosen to open it",
}


@command(
    name="partnership",
    unseen=True,
    help="look with one other person, each alone first, where you stand between domination and partnership",
    example="partnership with ben",
    kinds=frozenset({RoomKind.PRIVATE}),
    instead="In our private chat `partnership with` and a name asks one person, and nobody else hears of it.",
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing to see where you are; “with” and a name to begin or go on; a name and “open”, “keep closed”, “change”, "
            "“stop”, “take back”, or “again on 1 march” for a day to look again",
        ),
    ),
)
async def partnership(call: Call, what: str | None) -> Effects:
    """Begin one, or go on with one's own."""
    said = (what or "").strip()
    if folded(first_word(said)[0]) == "with":
        said = first_word(said)[1]
    mine = await views_of(call)
    if not said:
        return await _listed(call, mine)
    word = folded(said)
    running = [view for view in mine if view.row.stage is Stage.OPEN]
    if word in ACTS and len(running) == 1 and not _named(mine, word):
        return await act(call, running[0], word)
    person, view, rest = await _meant(call, mine, said)
    word, day = folded(first_word(rest)[0]), first_word(rest)[1]
    if word == "again":
        return await suggest(call, person, day.removeprefix("on ").strip())
    if view is None:
        return await _to_ask(call, person, said)
    if folded(rest) in ACTS:
        word = ACTS[folded(rest)]
        if view.row.stage is not Stage.OPEN:
            return await _before(call, view, word)
        return await act(call, view, word)
    return await _one(call, view)


async def _listed(call: Call, views: list[View]) -> list[Effect]:
    """All of one's own; of a single one its next step. What one would rather not is there under its name alone."""
    mine = [view for view in views if view.row.stage is Stage.OPEN or not view.away]
    if not mine:
        return [Say(text=f"{UNREADABLE}\n\n{_LEAD}" if await _is_lost(call) else _LEAD)]
    if len(mine) == 1:
        return await _one(call, mine[0])
    lines = [f"- **{view.name}**: {await _stands(call, view)}" for view in mine]
    foot = "`partnership with` and a name goes on there."
    return [Say(text="\n".join(lines) + f"\n\n{foot}\n\n{DOOR}")]


_LEAD = (
    "Two people look, each alone first, where they stand between “one decides, one obeys” and “two different people in "
    "exchange”. What each of you marks and writes stays sealed until you both choose to open it.\n\nNext: `partnership with "
    f"ben` asks Ben, if you share a circle; only Ben hears of it.\n\n{DOOR}"
)


async def _is_lost(call: Call) -> bool:
    """Whether the sender is in one of which not even the other's name can be read any more."""
    for side in await sides_of(call.person):
        try:
            await seen(call, side)
        except KeyGone:
            return True
    return False


async def _stands(call: Call, view: View) -> str:
    """Where one's own side stands, in words; of the other's nothing is known."""
    if view.row.stage is Stage.RESTS:
        return "not this time"
    until = await until_words(call, view)
    if view.row.stage is Stage.ASKED:
        if view.side.asks:
            return f"asked; the answer is theirs, until {until}"
        return "not this time" if view.away else f"asks you, until {until}"
    match view.half.step:
        case Step.BEGIN:
            words = "not begun"
        case Step.LEFT:
            words = "you have stopped, and nothing of yours is kept"
        case Step.SEALED:
            words = _CHOSEN["on" if view.half.opens else "off"]
        case _:
            words = "you have begun"
    return f"{words}; until {until}"


async def _one(call: Call, view: View) -> list[Effect]:
    """The next step of one."""
    if view.row.stage is Stage.OPEN:
        return await screen(call, view)
    if view.row.stage is Stage.ASKED and not view.side.asks:
        await unasked(view.side)
        return [await _proposal(call, view)]
    if view.row.stage is Stage.ASKED:
        more = f"`partnership {typed(view.name)} take back` takes it back."
    else:
        more = f"From **{await until_words(call, view)}** on you can ask again; whenever they ask you, you hear of it here."
    return [said_safely(f"**{view.name}**: {await _stands(call, view)}. {more}")]


def _named(mine: list[View], word: str) -> list[View]:
    """Those of one's own whose other goes by a folded name or an id."""
    found = []
    for view in mine:
        name = folded(view.name.replace("\\", ""))
        if word in (
            name,
            *name.split()[:1],
            folded(view.other),
            folded(view.other).removeprefix("@"),
        ):
            found.append(view)
    return found


async def _meant(call: Call, mine: list[View], said: str) -> tuple[str, View | None, str]:
    """Who is meant by the words at the beginning, what one has with them, and what else was said. Raises Refused.

    Whoever one reflects with is known by the name they had when it began, wherever they are now.
    """
    words = said.split()
    known = await _known(call)
    for many in range(len(words), 0, -1):
        word, rest = folded(" ".join(words[:many])), " ".join(words[many:])
        own = _named(mine, word)
        people = {view.other for view in own} or set(named(known, word.removeprefix("@")))
        people = people or {each.person for each in known if folded(each.person) == word}
        if len(people) > 1:
            raise Refused(
                f"More than one person you know is called {escaped(shown(' '.join(words[:many])))}. Nobody was asked; an id such as "
                "@ben:example.org says who is meant."
            )
        if people:
            [person] = people
            return person, next((view for view in mine if view.other == person), None), rest
    raise Refused(
        f"I know nobody by the name {escaped(shown(said))} in a circle that you are both in, so nobody was asked. It begins between "
        "people who share a crew, a congregation or another room that I look after, or who are a dyad."
    )


async def _known(call: Call) -> list[Member]:
    """The people with whom the sender shares a circle or a dyad."""
    partners = [
        each.other(call.person) for each in await of_person(call.person) if each.state in _TOGETHER
    ]
    found = await Member.filter(room__in=await circles_of(call.person))
    found += await Member.filter(person__in=partners)
    return [each for each in found if each.person not in (call.person, call.house.me)]


# ------------------------------------------------------------------------------------------- asking


async def _to_ask(call: Call, person: str, said: str) -> list[Effect]:
    """Say back whom it would ask; only a yes asks them."""
    again = await _rejoined(call, person)
    if again is not None:
        return again
    await askings.check(call, [person], askings.PARTNERSHIP)
    name = await called(person, call.person)
    return [
        Ask(
            inquiry="partnership-right",
            text=f"I would ask **{name}** to look with you at your partnership: each alone, and opened only if you both choose it. "
            f"Nobody else hears of it.\n\n✅ ask {name} · ✋ leave it\n\n{DOOR}",
            until=call.at + A_WHILE,
            data={"said": said},
            person=call.person,
        )
    ]


async def _rejoined(call: Call, person: str) -> list[Effect] | None:
    """Whoever was forgotten and comes back is in what they were in: to the other nothing has happened.

    None where that person has nothing open with the sender.
    """
    for side in await sides_of(person):
        view = await still_open(call, side)
        if view is None or view.other != call.person or view.row.stage is Stage.RESTS:
            continue
        if len(await sides(view.row.id)) > 1:
            continue
        name = await called(person, call.person)
        mine = await new_side(call, view.row, call.person, person, name, asks=not side.asks)
        return await _one(call, await seen(call, mine))
    return None


@inquiry(name="partnership-right", options=(YES, NO), begun=True)
async def right(call: Call, question: Question, said: str) -> Effects:
    """A yes asks; whom, is read again from the words, so that nobody else's leaving shows in what is open here."""
    if said not in (YES.word, NO.word):
        return [Say(text="Nobody was asked yet: ✅ ask them · ✋ leave it")]
    await question.delete()
    if said == NO.word:
        return [Say(text=f"Nobody was asked.\n\n{DOOR}")]
    mine = await views_of(call)
    person, view, _rest = await _meant(call, mine, str(question.data["said"]))
    if view is not None:
        return await _one(call, view)
    again = await _rejoined(call, person)
    return again if again is not None else await _asks(call, person)


async def _asks(call: Call, person: str) -> list[Effect]:
    """Put it to the other."""
    put = await askings.may_ask(call, person, askings.PARTNERSHIP)
    await _forget_rests(call, person)
    row = await Reflection.create(ends=call.at + OPEN, zone=await shared_zone(call.person, person))
    name = await called(person, call.person)
    mine = await new_side(call, row, call.person, person, name, asks=True)
    theirs = await new_side(
        call, row, person, call.person, await called(call.person, person), asks=False
    )
    until = await until_words(call, await seen(call, mine))
    effects: list[Effect] = []
    if put:
        ask = await _proposal(call, await seen(call, theirs))
        effects = await asked(
            place_of(call, row),
            person,
            ask.text,
            about=about(row),
            inquiry=ask.inquiry,
            until=ask.until,
            data=ask.data,
        )
    else:
        # As if they had said already that they would rather not: it is in none of their lists.
        await set_away(call, await seen(call, theirs), away=True)
    return [
        *effects,
        hour_of(row, "partnership-lapses", row.ends),
        Say(
            text=f"{name} is asked, and needs no reason. You hear of a yes here; otherwise, after **{until}**, that it is not this "
            f"time. `partnership {typed(name)} take back` takes it back.\n\n{DOOR}"
        ),
    ]


async def _forget_rests(call: Call, person: str) -> None:
    """What the other once asked in vain rests no more, as they are asked now."""
    for side in [each for each in await sides_of(person) if each.asks]:
        try:
            view = await seen(call, side)
        except KeyGone:
            continue
        if view.other == call.person and view.row.stage is Stage.RESTS:
            await reflections.forget(view.row)


async def _proposal(call: Call, view: View) -> Ask:
    hello = ""
    if not await Room.exists(private_with=view.side.person):
        hello = "Hello. I am Kinkeeper, a program that helps people in your circles to keep in touch.\n\n"
    way_out = await askings.way_out(call, view.side.person, asker=view.other)
    return Ask(
        inquiry="partnership-asked",
        text=f"{hello}**{view.name}** asks whether you would look together at your partnership. Each of you alone marks a point on a "
        f"line from “{pure.DOMINATION}” to “{pure.PARTNERSHIP}” and writes why; it opens only if you both choose that, and is "
        f"deleted otherwise.\n\n✅ yes · ✋ not this time\n\n*Not this time needs no reason: {view.name} hears only when the two "
        f"weeks are over, in the same words as if you had not answered.*{way_out}\n\n{DOOR}",
        until=view.row.ends,
        data={"side": view.side.id},
        person=view.side.person,
    )


@inquiry(
    name="partnership-asked",
    options=(YES, DECLINE),
    late="That was asked a while ago, and is over. `partnership with` and a name asks anew.",
    gist="whether you look at your partnership with somebody",
)
async def asked_and_answered(call: Call, question: Question, said: str) -> Effects:
    """Both have said yes; or nothing is said, until the time is over."""
    view = await of_question(call, question)
    if said not in (YES.word, NO.word):
        return [Say(text=f"A yes or a no is enough: ✅ yes · ✋ not this time.\n\n{DOOR}")]
    await question.delete()
    if view is None or view.row.stage is not Stage.ASKED:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    if said == YES.word:
        return await _accepted(call, view)
    await set_away(call, view, away=True)
    return [
        Say(
            text=f"Good: not this time. If you change your mind before **{await until_words(call, view)}**, `partnership with "
            f"{typed(view.name)}` asks you again.\n\n{DOOR}"
        )
    ]


async def _accepted(call: Call, view: View) -> list[Effect]:
    """The second yes: from now on each is alone with it, until an end that nothing moves."""
    row = view.row
    await set_away(call, view, away=False)
    both = await sides(row.id)
    people = [side.person for side in both]
    for one, other in zip(people, people[::-1], strict=True):
        await askings.lift(call, one, other, askings.PARTNERSHIP)
    row.stage, row.ends = Stage.OPEN, pure.ends_at(call.at, await nights_of(call, row, people))
    await row.save()
    effects: list[Effect] = [CallOff(about=about(row))]
    for side in both:
        await unasked(side)
        ask = await beginning(call, await seen(call, side))
        effects += await asked(
            place_of(call, row),
            side.person,
            ask.text,
            about=about(row),
            inquiry=ask.inquiry,
            until=ask.until,
            data=ask.data,
        )
        effects.append(hour_of(row, "partnership-soon", row.ends - SOON, side=side.id))
    return [*effects, hour_of(row, "partnership-over", row.ends)]


@ritual(
    name="partnership-lapses",
    help="tells whoever asked for a partnership reflection that it is not this time, and later forgets that they asked",
    hears_first=True,
)
async def lapses(call: Call) -> Effects:
    """A no and a silence reach whoever asked at the same moment, in the same words (R13)."""
    row = await row_of(Reflection, call.content["reflection"])
    if row is None or row.stage is Stage.OPEN or row.ends > now_of(call):
        return []
    if row.stage is Stage.RESTS:
        return await gone(row)
    effects = await _rests(call, row)
    for side in await sides(row.id):
        try:
            name = f"**{(await seen(call, side)).name}** and a partnership reflection"
        except KeyGone:
            name = "The partnership reflection that you asked for"
        effects += await whispered(
            place_of(call, row), side.person, f"{name}: not this time.\n\n{DOOR}", about=about(row)
        )
    return effects


async def _rests(call: Call, row: Reflection) -> list[Effect]:
    """Nothing stays of it but that the same person was asked, for whoever asked, and for a while."""
    for side in await sides(row.id):
        await unasked(side)
        if not side.asks:
            await side.delete()
    row.stage, row.ends = Stage.RESTS, now_of(call) + REST
    await row.save()
    return [CallOff(about=about(row)), hour_of(row, "partnership-lapses", row.ends)]


async def _before(call: Call, view: View, word: str) -> list[Effect]:
    """What one can do before both have accepted: whoever asked takes it back."""
    if (
        view.row.stage is Stage.ASKED
        and view.side.asks
        and word in (TAKE_BACK.word, STOP.word, SHUT.word)
    ):
        effects = await _rests(call, view.row)
        free = await until_words(call, view)
        return [
            *effects,
            Say(
                text=f"Taken back: nothing is asked any more. From **{free}** on you can ask {view.name} again.\n\n{DOOR}"
            ),
        ]
    return await _one(call, view)


# ---------------------------------------------------------------------------------- one's own data


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: nothing of theirs stays, and to the other it is as if they were silent."""
    effects: list[Effect] = []
    for side in await sides_of(call.person):
        row = await Reflection.get(id=side.reflection)
        await unasked(side)
        others = [each for each in await sides(row.id) if each.id != side.id]
        if not others or (side.asks and row.stage is not Stage.OPEN):
            effects += await gone(row)
            continue
        effects.append(DestroyKey(owner=own_key(side)))
        await side.delete()
    return effects


async def kept_of(call: Call) -> list[dict[str, object]]:
    """What is kept of the sender's own side: values that JSON can hold, and nothing of the other's."""
    found: list[dict[str, object]] = []
    not_with = await askings.excluded(call)
    for side in await sides_of(call.person):
        try:
            view = await seen(call, side)
        except KeyGone:
            found.append({"with": UNREADABLE})
            continue
        if view.row.stage is Stage.ASKED and not side.asks and view.other in not_with:
            continue  # it was not put to them
        half = view.half
        found.append(
            {
                "with": view.other,
                "until": view.row.ends,
                "stage": view.row.stage.value,
                "you_asked": side.asks,
                "not_this_time": view.away and view.row.stage is Stage.ASKED,
                "point": half.point,
                **{step.value: half.words.get(step) for step in pure.WRITTEN},
                "sealed": half.step is Step.SEALED,
                "you_would_open_it": half.opens,
            }
        )
    return found
