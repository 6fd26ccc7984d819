"""What hosts say about assemblies, in private: founding one, introducing others, the card, the directory, leaving, and how things stand."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from handlers.assembly import (
    assembling,
    assembly_matters,
    assembly_positions,
    commons,
    concerns,
    delegates,
    directory,
    entering,
    handovers,
    introducing,
    mediators,
    moves,
    newsletter,
    origins,
    seating,
    sharing,
    shelf,
    siblings,
    sprints,
)
from handlers.assembly.assembly_words import ALSO, BY_WORD, SAYINGS, grouped, lacking
from handlers.assembly.letterbox import post
from handlers.assembly.outgoing import others_told
from handlers.conversation import MISSING, PATIENCE, answered_by
from handlers.hosts import congregation_of, hosting
from handlers.house.adoption import kept_by
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Effect,
    Effects,
    Refused,
    Say,
    Saying,
    command,
    inquiry,
)
from handlers.names import name, room_name
from handlers.words import escaped, first_word, folded, similar
from practices.assembly.ledger import Ledger
from practices.assembly.letters import ACCOUNT, Kind, Part
from practices.circles import RoomKind
from practices.understanding import shown
from storage.assemblies import Assembly, State, ledger, seated
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

_LONGEST_NAME, _LONGEST_REASON = 80, 2000


async def _surely(_call: Call, rest: str) -> bool:
    """Whether a word of ours stands behind `assembly`: then it is no answer to anything."""
    return folded(first_word(rest)[0]) in {*WORDS, *ALSO}


@command(
    name="assembly",
    help="take part in an assembly of congregations: found one, introduce another, your card, what is decided together, leave",
    example="assembly",
    sentences={
        "take my name off the|our card": "card without me",
        "take me off the|our card": "card without me",
        "remove my name from the|our card": "card without me",
        "found|start|create an|our assembly": "found",
        "order|get the newsletter": "news monthly",
    },
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        Argument(
            name="what",
            help="one of the words below; nothing: how things stand, and the next step",
        ),
        Argument(
            name="rest", help="what belongs to that word; what is missing I ask for", rest=True
        ),
    ),
    sayings=SAYINGS,
    surely=_surely,
)
async def assembly_(call: Call, what: str | None, rest: str | None) -> Effects:
    """Do one of these things, ask for what is missing of it, or tell how things stand."""
    said, rest = first_word(" ".join(filter(None, (what, rest))))
    if not said:
        return await _status(call)
    word = ALSO.get(folded(said), folded(said))
    meant = WORDS.get(word)
    if meant is None:
        raise Refused(_unknown(said))
    lacks = lacking(BY_WORD[word], rest)
    if lacks is not None and await _can_be_asked(call, word):
        return [_ask_for(call, lacks, f"{word} {rest}".strip())]
    return await meant(call, rest)


def _unknown(said: str) -> str:
    meant = similar(said, [*WORDS, *ALSO])
    head = f"I don't know what {escaped(shown(said))} would be with an assembly."
    if meant is not None:
        word = ALSO.get(meant, meant)
        return f"{head} Did you mean **assembly {word}**? Nothing was changed.\n\n`help assembly {word}` tells what it does."
    words = grouped(SAYINGS, "- ", short=True)
    return (
        f"{head} Nothing was changed. Behind `assembly` stands:\n\n{words}\n\n`help assembly` shows how each is used, and "
        "`help assembly` with one of them tells what it does."
    )


async def _can_be_asked(call: Call, word: str) -> bool:
    """Whether the sender may say it at all; raises Refused where they may not. What is being founded is gone on with."""
    if word == "found":
        spaces = [space.id for space in await kept_by(call)] or [(await congregation_of(call)).id]
        return not await Assembly.filter(room__in=spaces, state=State.FOUNDING).exists()
    await which(call)
    return True


def _ask_for(call: Call, lacks: Saying, so_far: str) -> Ask:
    """The question for what a word lacks; its answer stands behind what was said so far."""
    joined = "" if so_far == lacks.word else lacks.joined
    begun = f"{so_far.removesuffix(joined)}:" if joined == ":" else f"{so_far} {joined}".strip()
    return Ask(
        inquiry=MISSING,
        text=f"{lacks.asks}\n\n{answered_by(in_room=False)}",
        until=call.at + PATIENCE,
        data={"command": "assembly", "argument": "rest", "given": {"what": begun}},
        person=call.person,
        private=not call.is_private,
    )


def _named(text: str, word: str) -> tuple[str, str]:
    """What stands before and after the last `word`: "River Assembly for Lakeside"."""
    before, found, after = f" {text}".rpartition(f" {word} ")
    return (before.strip(), after.strip()) if found else (text.strip(), "")


async def which(call: Call, named: str = "") -> Assembly:
    """The assembly in which a congregation of the sender has a seat; of several the one named. Raises Refused."""
    mine = await kept_by(call)
    if not mine:
        await congregation_of(call)
    found = await seated(space.id for space in mine)
    if named:
        found = [each for each in found if folded(each.name) == folded(named)] or found
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            "Your congregation has no seat in an assembly. Nothing was changed. `assembly found NAME` founds one; into one "
            "that is there, a congregation with a seat introduces yours."
        )
    names = ", ".join(f"**{escaped(each.name)}**" for each in found)
    raise Refused(
        f"Your congregation has a seat in more than one: {names}. Nothing was changed; with `in` and its name at the end I "
        "know which one is meant."
    )


# --------------------------------------------------------------------------------------------- the words


async def _found(call: Call, rest: str) -> Effects:
    name, congregation = rest.strip(), ""
    mine = await kept_by(call)
    if len(mine) > 1:
        name, congregation = _named(rest, "for")
    return await assembling.begun(call, await congregation_of(call, congregation), name)


async def _introduce(call: Call, rest: str) -> Effects:
    keeper, rest = first_word(rest)
    words, _, because = f" {rest}".partition(" because ")
    name, named = words.strip(), ""
    if len(await seated(space.id for space in await kept_by(call))) > 1:
        name, named = _named(words, "in")
    assembly = await which(call, named)
    if not ACCOUNT.fullmatch(keeper) or not 0 < len(name) <= _LONGEST_NAME:
        raise Refused(
            "To introduce a congregation I need its keeper's address and its name: `assembly introduce "
            "@kinkeeper:harbour.example Harbour because we have met for years`. Nothing was sent; its hosts can tell you the "
            "address."
        )
    if len(because) > _LONGEST_REASON:
        raise Refused(
            f"At most {_LONGEST_REASON} letters of reasons can be sent. Nothing was sent; a shorter text can."
        )
    return await introducing.introduce(call, assembly, keeper, name, because.strip())


async def _card(call: Call, rest: str) -> Effects:
    if directory.is_about_oneself(rest):
        return await directory.without(call, await of_member(call, _named(f" {rest}", "in")[1]))
    words, named = _named(f" {rest}", "in")
    part = directory.part_called(words)
    if part is None and words and not named:
        named = words
    return await directory.begun(call, await which(call, named), part)


async def _directory(call: Call, rest: str) -> Effects:
    assembly = await of_member(call, _named(f" {rest}", "in")[1] or rest)
    return [Say(text=await directory.shown(call, assembly))]


async def _picture(call: Call, rest: str) -> Effects:
    assembly = await of_member(call, _named(f" {rest}", "in")[1] or rest)
    return await siblings.drawn(call, assembly, "")


async def of_member(call: Call, named: str = "") -> Assembly:
    """The assembly in which a congregation has a seat that the sender belongs to, as host or not; of several the one named.

    Raises Refused.
    """
    found = await _around(call)
    if named:
        found = [each for each in found if folded(each.name) == folded(named)] or found
    if len(found) == 1:
        return found[0]
    if not found:
        return await which(call, named)
    names = ", ".join(f"**{escaped(each.name)}**" for each in found)
    raise Refused(
        f"You belong to more than one assembly: {names}. Nothing was changed; with `in` and its name at the end I know which one is "
        "meant."
    )


async def _around(call: Call) -> list[Assembly]:
    """The assemblies in which a congregation has a seat that the sender belongs to."""
    rooms = await Member.filter(person=call.person).values_list("room", flat=True)
    spaces = await Room.filter(id__in=list(rooms), kind=RoomKind.CONGREGATION, joined=True)
    return await seated(space.id for space in spaces)


async def _leave(call: Call, rest: str) -> Effects:
    for space in await kept_by(call):
        founding = await Assembly.filter(room=space.id, state=State.FOUNDING).first()
        if founding is not None:
            return [
                *await assembling.given_up(founding),
                Say(
                    text=f"**{escaped(founding.name)}** is not founded; the rooms that stood are left."
                ),
            ]
    spaces = [space.id for space in await kept_by(call)]
    entering_ = await Assembly.filter(room__in=spaces, state=State.ENTERING).order_by("id").first()
    named = _named(f" {rest}", "in")[1] or rest
    if entering_ is not None and (
        folded(entering_.name) == folded(named) or not await seated(spaces)
    ):
        return [
            *await entering.declined(entering_),
            Say(
                text=f"I leave the rooms of **{escaped(entering_.name)}**; no seat was taken there. Another congregation can "
                "introduce yours again."
            ),
        ]
    assembly = await which(call, named)
    space = await Room.get(id=assembly.room)
    return [
        Ask(
            inquiry="assembly-leave",
            text=f"**{room_name(space, 'Your congregation')}** would give up its seat in **{escaped(assembly.name)}**: its card "
            f"goes, and I leave the rooms. {_afterwards(await ledger(assembly))} What you adopted from others stays yours. Whoever of "
            "you is in the room for people stays there, and reads on, until they leave it themselves.\n\nLeave? ✅ yes · ✋ no",
            until=call.at + timedelta(days=1),
            data={"assembly": assembly.id},
            person=call.person,
            private=True,
        )
    ]


def _afterwards(known: Ledger) -> str:
    """What becomes of an assembly that a congregation leaves."""
    if len(known.roll.seats) == 1:
        return (
            "No other congregation has a seat, so that is the end of the assembly: nobody could ask you in again. A new one can be "
            "founded at any time."
        )
    return "The others go on. To come back, another congregation introduces you."


@inquiry(name="assembly-leave", options=(YES, NO))
async def leaving(call: Call, question: Question, said: str) -> Effects:
    """Leave on a yes."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    assembly = await Assembly.get_or_none(id=question.data.get("assembly"))
    if assembly is None or assembly.state is not State.SEATED:
        return [Say(text="Your congregation has no seat there any more. Nothing was changed.")]
    if said == NO.word:
        return [Say(text="Your congregation keeps its seat.")]
    space = await Room.get(id=assembly.room)
    await hosting(call, space)
    congregation = room_name(space, "your congregation")
    to_others = (
        f"**{await name(space.id, call.person)}** has said for **{congregation}** that it leaves **{escaped(assembly.name)}**. Its seat is "
        "given up; what it adopted stays."
    )
    return [
        *await others_told(call, assembly, to_others),
        *await _gone(call, assembly, space),
        Say(
            text=f"Done: **{congregation}** has left **{escaped(assembly.name)}**. What it adopted stays. Whoever of you is in the "
            "room for people can leave it themselves."
        ),
    ]


async def _gone(call: Call, assembly: Assembly, space: Room) -> list[Effect]:
    """Our congregation leaves an assembly however far it has come in it; the others hear of a seat that is given up."""
    effects: list[Effect] = []
    if assembly.state is State.SEATED:
        if (await ledger(assembly)).roll.seat_of(call.house.me) is not None:
            _letter, carried = await post(
                call,
                assembly,
                Kind.LEAVE,
                {},
                f"**{room_name(space, 'A congregation')}** leaves, with thanks.",
                answers=assembly.seat,
            )
            effects.append(carried)
        effects += await directory.taken_back(assembly)
    return effects + await entering.declined(assembly)


async def left_all(call: Call, space: Room) -> list[Effect]:
    """We speak for a congregation no more: it leaves every assembly."""
    effects: list[Effect] = []
    for assembly in await Assembly.filter(room=space.id).exclude(state=State.LEFT).order_by("id"):
        effects += await _gone(call, assembly, space)
    return effects


def _with_a_seat(
    act: Callable[[Call, Assembly, str], Awaitable[Effects]], *, speaks: bool = True
) -> Callable[[Call, str], Awaitable[Effects]]:
    """A word about the assembly in which a congregation of the sender has a seat, of several the one named at its end.

    What `speaks` is refused once another account speaks for the congregation.
    """

    async def word(call: Call, rest: str) -> Effects:
        mine = await seated(space.id for space in await kept_by(call))
        named = next(
            (
                each.name
                for each in mine
                if f" {rest}".casefold().endswith(f" in {each.name}".casefold())
            ),
            "",
        )
        words = rest.strip()[: -len(f" in {named}")] if named else rest
        assembly = await which(call, named)
        if speaks and (await ledger(assembly)).roll.seat_of(call.house.me) is None:
            raise Refused(
                "Another account speaks for your congregation there now. Nothing was sent; to that one the same words can be "
                "said. `assembly leave` lets me go."
            )
        return await act(call, assembly, words)

    return word


#: The words after `assembly`, and what each does: `word(call, rest)`.
WORDS: Mapping[str, Callable[[Call, str], Awaitable[Effects]]] = {
    "found": _found,
    "introduce": _introduce,
    "card": _card,
    "directory": _directory,
    "leave": _leave,
    "dismiss": entering.dismiss,
    "reconsider": entering.reconsider,
    "withdraw": _with_a_seat(introducing.withdraw),
    "matters": _with_a_seat(assembly_matters.listed, speaks=False),
    "matter": _with_a_seat(assembly_matters.one, speaks=False),
    "decisions": _with_a_seat(assembly_matters.decisions, speaks=False),
    "put": _with_a_seat(assembly_matters.put),
    "amend": _with_a_seat(assembly_matters.amend),
    "say": _with_a_seat(assembly_positions.say),
    "concern": _with_a_seat(concerns.concern),
    "part": _with_a_seat(concerns.part),
    "move": _with_a_seat(moves.move),
    "hand": _with_a_seat(handovers.hand_over),
    "invite": _with_a_seat(handovers.let_in),
    "keeper": _with_a_seat(handovers.keeper),
    "claim": handovers.claim,
    "sprint": _with_a_seat(sprints.announce),
    "join": _with_a_seat(sprints.join),
    "practices": _with_a_seat(shelf.listed, speaks=False),
    "practice": _with_a_seat(shelf.one, speaks=False),
    "share": _with_a_seat(sharing.share),
    "adopt": _with_a_seat(origins.adopt, speaks=False),
    "fork": _with_a_seat(shelf.fork, speaks=False),
    "pin": _with_a_seat(origins.pin, speaks=False),
    "unpin": _with_a_seat(origins.unpin, speaks=False),
    "board": _with_a_seat(commons.shown_board, speaks=False),
    "need": _with_a_seat(commons.need),
    "offer": _with_a_seat(commons.offer),
    "answer": _with_a_seat(commons.answer),
    "thank": _with_a_seat(commons.thank),
    "done": _with_a_seat(commons.done),
    "lesson": _with_a_seat(newsletter.lesson),
    "news": _with_a_seat(newsletter.news, speaks=False),
    "sibling": _with_a_seat(siblings.sibling),
    "guests": _with_a_seat(siblings.guests, speaks=False),
    "picture": _picture,
    "circle": delegates.circle,
    "mediator": mediators.mediator,
    "searches": _with_a_seat(mediators.listed),
}


# ------------------------------------------------------------------------------------------ how things stand


async def _status(call: Call) -> Effects:
    mine = await kept_by(call)
    if not mine:
        return await _to_a_member(call)
    lines = [
        f"- {await _standing(call, each, room_name(space, 'your congregation'))}"
        for space in mine
        for each in await Assembly.filter(room=space.id).exclude(state=State.LEFT).order_by("id")
    ]
    asked = {space.id for space in mine}
    lines += [
        f"- **{escaped(each.name)}** invites you, by {escaped(each.invited_by)}. Next: my question in our private chat waits for a yes "
        f"or a no; `assembly dismiss {escaped(each.name)}` lets it go."
        for each in await Assembly.filter(state=State.INVITED).order_by("id")
        if entering.ASKED in each.told and not asked <= entering.said_no(each)
    ]
    if lines:
        return [Say(text="\n".join([*lines, "", "`help assembly` lists all words."]))]
    return [
        Say(
            text="Your congregation takes part in no assembly: congregations that act together, each for itself.\n\nNext: "
            "`assembly found NAME` founds one, or a congregation with a seat introduces yours."
        )
    ]


async def _to_a_member(call: Call) -> Effects:
    """How things stand, to somebody whose congregation others speak for."""
    there = await _around(call)
    if not there:
        await congregation_of(call)
    lines = []
    for assembly in there:
        seats = (await ledger(assembly)).roll.seats
        space = await Room.get(id=assembly.room)
        lines.append(
            f"- **{escaped(assembly.name)}**: {room_name(space, 'your congregation')} is one of {len(seats)} "
            f"congregation{'s' * (len(seats) != 1)} that act together, each for itself. Those who moderate its space speak for it."
        )
    words = (
        "What you can do here: `assembly directory` shows who the others are, `assembly picture` draws them, `assembly mediator` looks "
        "for a mediator elsewhere without saying who asks. `assembly card without me` takes your name off the card."
    )
    return [Say(text="\n".join([*lines, "", words]))]


async def _standing(call: Call, assembly: Assembly, congregation: str) -> str:
    """How one assembly stands, and the next useful step in it."""
    name = f"**{escaped(assembly.name)}**"
    match assembly.state:
        case State.FOUNDING if not assembly.draft.get("agreed"):
            return (
                f"{name} is not founded: not all was said. Next: `assembly found NAME` begins anew."
            )
        case State.FOUNDING:
            return f"{name}: its rooms are being made. Next: `assembly found` tries again what is missing."
        case State.ENTERING:
            return f"{name}: {_entering_words(assembly, congregation)}"
        case _:
            known = await ledger(assembly)
            seats = len(known.roll.seats)
            standings = [known.standing(matter.id) for matter in known.matters()]
            still = [each for each in standings if each is not None and each.word is None]
            return (
                f"{name}: {congregation} is one of {seats} congregation{'s' * (seats != 1)}, "
                f"{len(still) or 'no'} matter{'s' * (len(still) != 1)} open. Next: {await _next(call, assembly, known)}"
            )


def _entering_words(assembly: Assembly, congregation: str) -> str:
    """How far an entry is."""
    rooms = {*Part, *assembly.former}
    if not assembly.is_read:
        return (
            f"I have read {len(rooms & set(assembly.read))} of its {len(rooms)} rooms so far; then {congregation} takes its seat. "
            "Next: nothing is to be done; `assembly leave` lets go."
        )
    if seating.HIDDEN in assembly.told:
        return (
            f"I have asked for letters that nobody can show me any more; when they have come, {congregation} takes its seat. Next: "
            "nothing is to be done; `assembly leave` lets go."
        )
    return (
        f"I have read all, and {congregation} has no seat there. Next: wait until the others ask it in; or, if its former account is "
        "lost, `assembly claim NAME`. `assembly leave` lets go."
    )


async def _next(call: Call, assembly: Assembly, known: Ledger) -> str:
    """The next useful step of a congregation that has its seat."""
    me = call.house.me
    if known.roll.seat_of(me) is None:
        return "another account speaks for it there now; `assembly leave` lets me go."
    if await directory.own(call, assembly) is None:
        return "`assembly card` makes its card, by which the others know it."
    for number, standing in assembly_matters.still_ours(assembly, known, me):
        over = standing.word is not None or standing.torn or standing.matter.until <= call.at
        seat = assembly_matters.own_seat(standing, me)
        if not over and seat is not None and seat not in standing.positions:
            return f"`assembly matter {number}` shows what the others ask, and `assembly say {number} consent` answers."
    if len(known.roll.seats) == 1:
        return "`assembly introduce @keeper:server NAME because …` asks another congregation in."
    return "`assembly board` shows what the others need and offer, `assembly practices` what they share."
