"""Offers and asks of a crew or a dyad: one list that stays true, and a quiet word to whoever gives (CREW-4, CREW-5).

Whoever likes takes up what is offered, or gives what is asked for. Either of the two says when it is done, and either
lets it rest without a reason: the room sees that it rests, and nothing else. Nobody is counted, owed or compared, and
the list is forgotten line by line, thirty days after each is done or rests.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.asking import whispered
from handlers.language import (
    NO,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.meetings.meetings import PAIRS, may_ring, meets, reachable
from handlers.names import people
from handlers.reciprocity.bookings import cause_of
from handlers.reciprocity.game import exchange
from handlers.reciprocity.gifts import (
    AGAIN,
    DONE,
    OPEN,
    REST,
    TAKE,
    card_words,
    list_words,
    match_words,
    recall_words,
    why_not,
)
from handlers.words import escaped, first_word, folded, sign
from practices import offers as rules
from practices.circles import Life
from practices.meetings import is_quiet, next_waking
from practices.offers import Kind, Move, NotNow, NotTheirs, Standing
from practices.understanding import NotUnderstood, shown
from storage import sessions
from storage.database import row_of
from storage.members import is_in
from storage.offers import Offer
from storage.questions import Question
from storage.rooms import Room

#: Under this name each room's list is said; the newest is the one that stays true.
LIST = "offers"

_SIGNS = {
    sign(TAKE): Move.TAKE,
    sign(DONE): Move.FINISH,
    sign(REST): Move.REST,
    sign(AGAIN): Move.AGAIN,
}

_WORDS = {
    Move.TAKE: ("take", "i take it", "i take it up", "i can", "i can give that", "gladly", "yes"),
    Move.FINISH: ("done", "given", "it is done", "it's done"),
    Move.REST: ("rest", "let it rest", "let it go", "withdraw"),
    Move.AGAIN: ("again", "not yet", "undo"),
}

#: What is said of one of them means the same as the tap.
LABELS = {words: key for key, move in _SIGNS.items() for words in _WORDS[move]} | {
    "let it rest no reason asked": sign(REST)
}


# ---------------------------------------------------------------------------------------------- saying


@command(
    name="offer",
    help="offer something to the others here, in a few words; whoever likes takes it up",
    example="offer an hour of help with tax",
    kinds=PAIRS,
    arguments=(
        Argument(
            name="what",
            help="a short title; several, one a line",
            rest=True,
            question="What do you offer? A few words are enough; several go one a line.",
        ),
    ),
)
async def offer(call: Call, what: str) -> Effects:
    """Put one or more offers on the list."""
    return await _said(call, Kind.OFFER, what)


@command(
    name="need",
    aliases=("wish",),
    help="ask the others here for something, in a few words; whoever can gives it",
    example="need a lift on friday",
    kinds=PAIRS,
    arguments=(
        Argument(
            name="what",
            help="a short title; several, one a line",
            rest=True,
            question="What would you like? A few words are enough; several go one a line.",
        ),
    ),
)
async def need(call: Call, what: str) -> Effects:
    """Put one or more asks on the list."""
    return await _said(call, Kind.ASK, what)


GIVE = Option(sign="🤲", word="offer", also=("i offer", "an offer", "i offer something", "give"))
WISH = Option(
    sign="🙏", word="ask", also=("i ask", "an ask", "need", "i need", "i ask for something")
)

#: How long after a sitting it can be said in private what was offered or asked for.
AFTERWARDS = timedelta(hours=24)

_QUESTIONS = {
    Kind.OFFER: "What do you offer {them}? A few words are enough; several go one a line.",
    Kind.ASK: "What would you like of {them}? A few words are enough; several go one a line.",
}

#: "I offer an hour of help", "need: a lift on friday".
_BEGINS = re.compile(
    r"(?:i |i'd |i would )?(?:(?P<offer>offer)|(?P<ask>need|ask for|like|wish for))\b:?\s*(?P<what>\S.*)?",
    re.IGNORECASE | re.DOTALL,
)


def noted(call: Call, occasion: str) -> Ask:
    """How what was offered or asked for is put on the list, after talking about money (CREW-4).

    `occasion` names the sitting, such as `session:12`.
    """
    return Ask(
        inquiry="offers-noted",
        text="What was offered or asked for can stand on your list, for somebody to take it up. I ask for the words in "
        f"private.\n\n{GIVE.sign} I offer something · {WISH.sign} I ask for something\n\n"
        f"*In words, here: `{call.house.prefix}offer an hour of help` · `{call.house.prefix}need a lift on friday`*",
        until=call.at + AFTERWARDS,
        data={"about": occasion},
    )


@inquiry(name="offers-noted", options=(GIVE, WISH))
async def noting(call: Call, question: Question, said: str) -> Effects:
    """Ask whoever taps for their words, in private; words in a reply are taken as they are."""
    if call.person not in await people(call.room, call.house.me):
        return []
    begins = _BEGINS.fullmatch(said.strip())
    if said not in (GIVE.word, WISH.word) and begins is None:
        return []
    kind = Kind.ASK if said == WISH.word or (begins and begins["ask"]) else Kind.OFFER
    occasion = str(question.data.get("about"))
    if begins is not None and begins["what"]:
        return await _said(call, kind, begins["what"], occasion)
    return [
        Ask(
            inquiry="offer-words",
            private=True,
            person=call.person,
            until=question.until,
            data={"room": call.room.id, "list": kind.value, "about": occasion},
            text=f"{_QUESTIONS[kind].format(them=meets(call.room))}\n\n{NO.sign} nothing *(or just let it be)*",
        )
    ]


@inquiry(name="offer-words", options=(NO,), takes_words=True)
async def worded(call: Call, question: Question, said: str) -> Effects:
    """Put what somebody writes in private on the list of their circle, where all see it."""
    if said == NO.word:
        await question.delete()
        return [Say(text="Good.")]
    room = await Room.get_or_none(id=str(question.data.get("room")))
    if (
        room is None
        or room.life is Life.CLOSED
        or call.person not in await people(room, call.house.me)
    ):
        raise Refused("You are not in that circle any more, so nothing was put on its list.")
    kind = Kind.ASK if question.data.get("list") == Kind.ASK.value else Kind.OFFER
    there = replace(call, room=room)
    listed = await _said(there, kind, said, str(question.data.get("about")))
    await question.delete()
    return [*listed, Say(text=f"It stands on the list of {meets(room)}, for all of you to see.")]


async def _said(call: Call, kind: Kind, what: str, sitting: str | None = None) -> list[Effect]:
    """Put something on the list of `call.room`; `sitting` is the one at which it was said, if that is over."""
    titles = rules.titles(what)
    kept = await Offer.filter(room=call.room.id)
    _check_new(call, kind, titles, kept)
    occasion = await _occasion(call) or sitting
    numbers = {each.number for each in kept}
    effects: list[Effect] = []
    for title in titles:
        number = rules.free_number(numbers)
        numbers.add(number)
        row = await Offer.create(
            room=call.room.id,
            number=number,
            kind=kind,
            owner=call.person,
            title=title,
            said_at=call.at,
            occasion=occasion,
        )
        card = await card_words(call, call.room, row)
        effects.append(
            Say(
                text=card,
                room=call.room.id,
                name=f"offer:{row.id}",
                taps=(TAKE, REST),
                answers=sitting is None,
            )
        )
    effects.append(await _listed_anew(call, call.room))
    if occasion is not None:
        own = [call.person]
        effects += await exchange(
            call,
            call.room,
            about=occasion,
            offered=own if kind is Kind.OFFER else [],
            asked=own if kind is Kind.ASK else [],
        )
    return effects


def _check_new(call: Call, kind: Kind, titles: Collection[str], kept: Collection[Offer]) -> None:
    """Refuse what stands on the list already, and a list that nobody could read any more."""
    mine = {
        rules.same(each.title): each.number
        for each in kept
        if (each.kind, each.owner, each.standing) == (kind, call.person, Standing.SAID)
    }
    for title in titles:
        number = mine.get(rules.same(title))
        if number is not None:
            raise Refused(
                f"{escaped(shown(title))} stands on your list already, as **{number}**. Nothing was added; "
                f"`{call.house.prefix}offers` shows the list."
            )
    if sum(each.standing in OPEN for each in kept) + len(titles) > rules.MOST_OPEN:
        raise Refused(
            f"The list has {rules.MOST_OPEN} lines at most, so that it is still read, and nothing was added. "
            f"`{call.house.prefix}withdraw` with a number makes room, and so does `{call.house.prefix}given`."
        )


async def _occasion(call: Call) -> str | None:
    """The meeting or sitting that is going on; None in between, where the game counts nothing (Q4)."""
    meeting = await cause_of(call.room, call.at)
    if meeting is not None:
        return meeting
    sitting = await sessions.running(call.room.id)
    return f"session:{sitting.id}" if sitting is not None and sitting.state is not None else None


# --------------------------------------------------------------------------------------------- the list


@command(
    name="offers",
    aliases=("needs",),
    help="see what is offered, asked for and taken up here; one list that stays true",
    example="offers",
    kinds=PAIRS,
    arguments=(
        Argument(
            name="what", help="“again 2” takes back that number 2 is done or rests", rest=True
        ),
    ),
)
async def offers(call: Call, what: str | None) -> Effects:
    """Say the list anew; the one before points to it."""
    if what is not None:
        return await _again(call, what)
    return [
        Edit(name=LIST, text="The list of offers and asks stands anew, below."),
        Say(text=await list_words(call, call.room), name=LIST),
    ]


async def _again(call: Call, what: str) -> list[Effect]:
    word, rest = first_word(what)
    if folded(word) not in _WORDS[Move.AGAIN]:
        raise NotUnderstood(
            f"I did not understand {shown(what)}. Say offers for the list, offers again 2 to take back that 2 is done or "
            "rests, or offer with a few words to add something."
        )
    row = await _numbered(call, _number(rest, call))
    effects = await _moved(call, row, Move.AGAIN)
    return [*effects, Say(text=f"It stands again: {escaped(row.title)}")]


async def _listed_anew(call: Call, room: Room) -> Edit:
    return Edit(name=LIST, text=await list_words(call, room), room=room.id)


async def _shown_anew(call: Call, room: Room, row: Offer) -> list[Effect]:
    """Both messages and the list, as things stand now."""
    return [
        Edit(name=f"offer:{row.id}", text=await card_words(call, room, row), room=room.id),
        Edit(name=f"taken:{row.id}", text=await match_words(call, room, row), room=room.id),
        await _listed_anew(call, room),
    ]


# ------------------------------------------------------------------------------------- by word and by tap


def _number(text: str, _call: Call) -> int:
    digits = first_word(text)[0].lstrip("#").rstrip(".,:)")
    if not digits.isdecimal() or len(digits) > len("999999"):
        raise NotUnderstood(
            f"I did not understand {shown(text)}. The number stands beside it in the list, such as 2."
        )
    return int(digits)


NUMBER = Argument(
    name="number",
    help="its number in the list",
    read=_number,
    question="Which one? Its number stands beside it in the list, such as 2.",
)


@command(
    name="take",
    help="take up what somebody offers here, or give what somebody needs",
    example="take 2",
    kinds=PAIRS,
    arguments=(NUMBER,),
)
async def take(call: Call, number: int) -> Effects:
    """Accept an offer or an ask."""
    return await _moved(call, await _numbered(call, number), Move.TAKE)


@command(
    name="given",
    help="say that something which was taken up here is done; either of the two can",
    example="given 2",
    kinds=PAIRS,
    arguments=(NUMBER,),
)
async def given(call: Call, number: int) -> Effects:
    """Mark it done."""
    row = await _numbered(call, number)
    effects = await _moved(call, row, Move.FINISH)
    return [*effects, Say(text=f"Noted as done: {escaped(row.title)}\n\nThanks may be said.")]


@command(
    name="withdraw",
    help="let an offer or a need of yours rest, or one that you took up; no reason asked",
    example="withdraw 2",
    kinds=PAIRS,
    arguments=(NUMBER,),
)
async def withdraw(call: Call, number: int) -> Effects:
    """Let it rest."""
    row = await _numbered(call, number)
    effects = await _moved(call, row, Move.REST)
    return [*effects, Say(text=f"It rests: {escaped(row.title)}")]


async def _numbered(call: Call, number: int) -> Offer:
    """The one of that number here. Raises Refused."""
    # Larger ones would not fit the column, and are nobody's.
    row = await Offer.get_or_none(room=call.room.id, number=number) if number < 10**6 else None
    if row is None:
        raise Refused(
            f"Nothing here goes by the number {number}, so nothing was changed. `{call.house.prefix}offers` shows what "
            "there is."
        )
    return row


@tap(prefix="offer", labels=LABELS)
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """A tap under one of its messages, or a reply; whoever it does not fit hears so in private."""
    move = _SIGNS.get(sign(said)) or next(
        (move for move, words in _WORDS.items() if folded(said) in words), None
    )
    if move is None:
        return []
    row = await row_of(Offer, subject.partition(":")[0])
    if row is None:
        return [_apart(call, "That one is forgotten by now. Nothing was changed.")]
    try:
        effects = await _moved(call, row, move)
    except Refused as refused:
        repeated = row.standing is _WANTED[move] and call.person in (row.owner, row.taken_by)
        own = call.person == row.owner and move is Move.TAKE
        return [] if repeated and not own else [_apart(call, str(refused))]
    if call.room.id == row.room:
        return effects
    return [*effects, Say(text=f"{_DID[move]}: {escaped(row.title)}")]


@tap(prefix="taken", labels=LABELS)
async def tapped_later(call: Call, subject: str, said: str) -> Effects:
    """The same, under the message that says who takes it up, or under a reminder of it."""
    effects: Effects = await tapped.answer(call, subject, said)
    return effects


_WANTED = {
    Move.TAKE: Standing.ACCEPTED,
    Move.FINISH: Standing.DONE,
    Move.REST: Standing.WITHDRAWN,
    Move.AGAIN: Standing.SAID,
}

_DID = {
    Move.TAKE: "Taken up",
    Move.FINISH: "Noted as done",
    Move.REST: "It rests",
    Move.AGAIN: "It stands again",
}


def _apart(call: Call, text: str) -> Effect:
    """For one pair of eyes: a slip of the finger is nothing for the room."""
    return Whisper(person=call.person, text=text)


# ---------------------------------------------------------------------------------------------- moving


async def _moved(call: Call, row: Offer, move: Move) -> list[Effect]:
    """Move it on, if it is the person's to move. Raises Refused."""
    room = call.room if call.room.id == row.room else await Room.get(id=row.room)
    present = await people(room, call.house.me)
    if call.person not in present or room.life is Life.CLOSED:
        raise Refused(
            "Offers and asks are between the members of a circle that goes on, so nothing was changed."
        )
    by = rules.who(call.person, owner=row.owner, taken_by=row.taken_by)
    try:
        row.standing = rules.moved(row.standing, move, by)
    except (NotNow, NotTheirs) as refused:
        raise Refused(await why_not(call, room, row, move, by)) from refused
    match move:
        case Move.TAKE:
            return await _taken(call, room, row)
        case Move.AGAIN:
            return await _stands_again(call, room, row, present)
        case Move.FINISH | Move.REST:
            return await _ended(call, room, row)


async def _taken(call: Call, room: Room, row: Offer) -> list[Effect]:
    """Two have found each other: the room hears it, and whoever said it is called if they are awake."""
    row.taken_by, row.taken_at = call.person, call.at
    await row.save()
    ringing = (row.owner,) if await may_ring(call, row.owner) else ()
    match = Say(
        text=await match_words(call, room, row),
        name=f"taken:{row.id}",
        taps=(DONE, REST),
        mention=ringing,
        answers=False,
    )
    return [
        Edit(name=f"offer:{row.id}", text=await card_words(call, room, row), room=room.id),
        match,
        await _listed_anew(call, room),
        *_recalled(row, call.at),
        *await _played(call, room, row),
    ]


async def _played(call: Call, room: Room, row: Offer) -> list[Effect]:
    """Level 2 of the game, if it is on: what happens or was said at a meeting counts once for it (R83, Q4).

    An offer counted when it was said is not counted again for being taken up at a later meeting.
    """
    occasion = await _occasion(call) or row.occasion
    giver = rules.giver(row.kind, owner=row.owner, taken_by=row.taken_by)
    if occasion is None or giver is None or row.taken_by is None:
        return []
    fresh = [row.owner] if row.occasion is None else []
    return await exchange(
        call,
        room,
        about=occasion,
        offered=fresh if row.kind is Kind.OFFER else [giver],
        asked=fresh if row.kind is Kind.ASK else [],
        pairs=[(row.owner, row.taken_by)],
    )


async def _ended(call: Call, room: Room, row: Offer) -> list[Effect]:
    """It is done, or rests: nothing is recalled any more, and in thirty days it is forgotten."""
    row.ended_at = call.at
    await row.save()
    fades = Ring(
        ritual="offer-fades",
        about=f"offer:{row.id}",
        at=rules.fades_at(call.at),
        when=call.at.isoformat(),
        room=room.id,
        content={"offer": row.id},
    )
    return [CallOff(about=f"offer:{row.id}"), fades, *await _shown_anew(call, room, row)]


async def _stands_again(
    call: Call, room: Room, row: Offer, present: Collection[str]
) -> list[Effect]:
    """A slip is taken back; if whoever had taken it up has gone, it is open to all again. Raises Refused."""
    if row.owner not in present:
        raise Refused(
            "Whoever said it is not here any more, so it stays done. Nothing was changed."
        )
    row.ended_at = None
    if row.standing is Standing.SAID or row.taken_by not in present:
        row.standing, row.taken_by, row.taken_at = Standing.SAID, None, None
    await row.save()
    return [
        CallOff(about=f"offer:{row.id}"),
        *_recalled(row, call.at),
        *await _shown_anew(call, room, row),
    ]


# -------------------------------------------------------------------------------------------- the hours


def _recalled(row: Offer, now: datetime) -> list[Effect]:
    """The hours ahead at which whoever gives is reminded (R98)."""
    if row.standing is not Standing.ACCEPTED or row.taken_at is None:
        return []
    return [
        _recall_hour(row, each.days, each.at, each.useful_until)
        for each in rules.recalls(row.taken_at)
        if each.at > now
    ]


def _recall_hour(row: Offer, days: int, at: datetime, useful_until: datetime) -> Ring:
    return Ring(
        ritual="offer-recall",
        about=f"offer:{row.id}",
        at=at,
        when=f"{days} {at.isoformat()}",
        useful_until=useful_until,
        room=row.room,
        content={"offer": row.id, "days": days, "until": useful_until.isoformat()},
    )


@ritual(
    name="offer-recall",
    help="reminds whoever gives, in private, 7 and 30 days after an offer or an ask was taken up",
)
async def recall(call: Call) -> Effects:
    """Say it now or in the giver's morning; not where they do not want to be called."""
    row = await row_of(Offer, call.content["offer"])
    if row is None or row.standing is not Standing.ACCEPTED:
        return []
    room = call.room if call.room.id == row.room else await Room.get(id=row.room)
    giver = rules.giver(row.kind, owner=row.owner, taken_by=row.taken_by)
    if giver is None or room.life is Life.CLOSED or not await is_in(room.id, giver):
        return []
    near = (await reachable(room, [giver])).get(giver)
    if near is None:
        return []
    now, days = call.kept_at or call.at, int(str(call.content["days"]))
    if is_quiet(now, *near):
        # The hour waits, not the word: by the morning it may be done.
        until = datetime.fromisoformat(str(call.content["until"]))
        return [_recall_hour(row, days, next_waking(now, *near), until)]
    text = await recall_words(room, row, days)
    there, name = replace(call, room=room), f"taken:{row.id}:{days}"
    return await whispered(there, giver, text, about=f"offer:{row.id}", name=name, dispensable=True)


@ritual(
    name="offer-fades",
    help="forgets an offer or an ask, 30 days after it was done or was let rest",
)
async def fades(call: Call) -> Effects:
    """What is over is not kept."""
    row = await row_of(Offer, call.content["offer"])
    if row is not None and row.ended_at is not None:
        await row.delete()
    return []


# ------------------------------------------------------------------------------------------ people leaving


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """What somebody said rests when they go, and what they had taken up is open to the others again."""
    gone = call.person
    effects: list[Effect] = []
    for row in await Offer.filter(room=call.room.id, standing__in=OPEN).order_by("number"):
        if row.owner == gone:
            row.standing = Standing.WITHDRAWN
            effects += await _ended(call, call.room, row)
        elif row.taken_by == gone:
            row.standing, row.taken_by, row.taken_at = Standing.SAID, None, None
            await row.save()
            effects.append(CallOff(about=f"offer:{row.id}"))
            effects += await _shown_anew(call, call.room, row)
    return effects
