"""What people take on at a meeting: said back before it is kept, and recalled to its owner once, in private.

Nothing is kept in anybody's name before they have said themselves that it is right. A commitment is seen by the circle; only its owner marks it done, changes it or lets it go, and no reason is asked.
It is listed once more with the question about the meeting that follows, and never as something left undone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from handlers.house.adoption import CIRCLES
from handlers.language import (
    CHANGE,
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
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
from handlers.meetings import meetings
from handlers.names import name, room_name
from handlers.register import register
from handlers.whom import whom
from handlers.words import first_word, folded, sign, verbatim
from practices import clock
from practices.circles import RoomKind
from practices.dates import read_when
from practices.meetings import Quiet, is_quiet, next_waking
from practices.understanding import NotUnderstood
from practices.understanding import shown as quoted
from storage.commitments import Commitment, CommitmentKind
from storage.database import row_of
from storage.decisions import Decision
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting, Standing
from storage.members import is_in
from storage.outbox import Owed
from storage.questions import Question
from storage.rooms import Room

#: How long what was understood waits for a yes.
PATIENCE = timedelta(hours=1)

#: More than one meeting ever agrees on, and longer than one thing to do.
MOST_LINES = 20
LONGEST = 300
MOST_DIGITS = 6

#: More open at once is a list that nobody looks at; and so many of it are shown.
MOST_OPEN = 20
SHOWN = 10

#: How long what somebody else said of a person waits for that person's yes.
OWN_WORD = timedelta(days=7)

#: At this time of day an owner is reminded: the day before, or some days after the meeting.
RECALL = time(10)
WITHOUT_A_DATE = timedelta(days=3)

DONE, LET_GO, NOT_YET = "✅", "✋", "↩"

HARVEST_QUESTION = (
    "Who takes on what? One line each, with a name or “me”, and a day where there is one. For example:\n\n"
    "me: bring the tea list by friday\n\nme: ask about the room"
)


# --------------------------------------------------------------------------------------- how it is read


#: So many words at most say a day, and its time: further from the end than this none is looked for.
LONGEST_DAY = 16


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do, as a person wrote it, and the day until which, if they named one."""

    what: str
    due: date | None


def read_line(text: str, now: datetime, zone: ZoneInfo) -> Line:
    """What is to be done, and by when: the day after the last "by", if that is one. Raises Refused."""
    text = " ".join(text.split())
    words = text.split(" ")
    found = Line(text, None)
    for index in reversed(range(max(1, len(words) - 1 - LONGEST_DAY), len(words) - 1)):
        if words[index].casefold() in ("by", "until"):
            due = _day(" ".join(words[index + 1 :]), now, zone)
            if due is not None:
                found = Line(" ".join(words[:index]).rstrip(" ,;"), due)
                break
    if len(found.what) > LONGEST:
        raise Refused(
            f"That is longer than {LONGEST} letters, and I keep only what is to be done. Nothing was kept; "
            "a few words are enough."
        )
    return found


def _day(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    try:
        return read_when(text, now=now, zone=zone, at=time(23, 59)).local.date()
    except NotUnderstood:
        return None


def day_words(day: date) -> str:
    """As in `Friday 18 December`."""
    return f"{clock.WEEKDAYS[day.weekday()]} {day.day} {clock.MONTHS[day.month - 1]}"


#: A day so far ahead may be meant for this year, in which it has passed: its year is said back.
FAR = timedelta(days=300)


def _what_words(what: str, due: date | None, now: datetime | None = None) -> str:
    """What somebody takes on, and by when; with `now`, where it is said back, also in which year when that is far."""
    if due is None:
        return verbatim(what)
    year = f" {due.year}" if now is not None and due - now.date() > FAR else ""
    return f"{verbatim(what)}, by {day_words(due)}{year}"


async def lines(room: Room, kept: Iterable[Commitment]) -> list[str]:
    """Commitments as a list in Markdown, each with its owner's name; those that are done say so, and a few stand for many."""
    every = list(kept)
    listed = [
        f"- {await name(room.id, each.owner)}: {_what_words(each.what, each.due)}"
        + (" – done" if each.done_at else "")
        for each in every[:SHOWN]
    ]
    return listed + _more(len(every), "- ")


def _more(count: int, bullet: str = "") -> list[str]:
    """How many are not listed."""
    return [f"{bullet}and {count - SHOWN} more"] if count > SHOWN else []


async def new_since_last(room: Room, meeting: Meeting) -> list[Commitment]:
    """What is open and was taken on since the meeting before this one began."""
    before = Meeting.filter(room=room.id, at__lt=meeting.at).exclude(standing=Standing.SKIPPED)
    last = await before.order_by("-at").first()
    found = Commitment.filter(room=room.id, done_at=None)
    if last is not None:
        found = found.filter(made_at__gte=last.at)
    return await found.order_by("id")


# ---------------------------------------------------------------------------------------------- keeping


@command(
    name="harvest",
    help="keep who takes on what, at the end of a meeting",
    example="harvest Ben: bring the tea list by friday",
    kinds=CIRCLES,
    arguments=(
        Argument(
            name="lines",
            help="one line each: “Ben: bring the tea list by friday”; “decided: …” keeps a decision",
            rest=True,
            question=HARVEST_QUESTION,
        ),
    ),
)
async def harvest(call: Call, lines: str) -> Effects:
    """Say back what was understood; it is kept on a yes."""
    return await said_back(call, lines)


async def said_back(call: Call, lines: str, decision: int | None = None) -> Effects:
    """Say back who takes on what, perhaps as what follows from a decision; it is kept on a yes. Raises Refused."""
    found = [line for line in (_bare(line) for line in lines.splitlines()) if line]
    if len(found) > MOST_LINES:
        raise Refused(
            f"Those are more than {MOST_LINES} lines, so nothing was kept. What matters most fits in fewer."
        )
    items = [await _item(call, line) for line in found]
    if not items:
        raise Refused(f"I found nothing to keep there. {HARVEST_QUESTION}")
    shown = [await _shown_item(call.room, item, call.at) for item in items]
    return [
        Ask(
            inquiry="harvest",
            text="\n".join(["I understood:", "", *shown, "", "✅ right · ✏️ change"]),
            until=call.at + PATIENCE,
            data={"items": items, "decision": decision},
            person=call.person,
        )
    ]


def _bare(line: str) -> str:
    """A line without the bullet that some people begin it with."""
    return line.strip().removeprefix("- ").removeprefix("* ").removeprefix("• ").strip()


async def _item(call: Call, line: str) -> dict[str, str | None]:
    # An id has a colon of its own.
    who, colon, what = line.partition(": " if line.startswith("@") else ":")
    if not colon or not what.strip():
        raise Refused(
            f"I could not tell who takes on {verbatim(quoted(line))}. Nothing was kept. {HARVEST_QUESTION}"
        )
    if folded(who) in ("decided", "decision", "we decided"):
        return {"owner": None, "what": _short(what), "due": None}
    owner = await whom(call, call.room, who)
    read = read_line(what, call.at, call.circle_zone)
    return {"owner": owner, "what": read.what, "due": read.due.isoformat() if read.due else None}


def _short(what: str) -> str:
    """A decision's own words on one line. Raises Refused."""
    what = " ".join(what.split())
    if len(what) > LONGEST:
        raise Refused(
            f"That is longer than {LONGEST} letters, and I keep what was decided, not what was said. "
            "Nothing was kept; one sentence is enough."
        )
    return what


async def _shown_item(room: Room, item: dict[str, str | None], now: datetime | None = None) -> str:
    what, due = str(item["what"]), item["due"]
    if item["owner"] is None:
        return f"- decided: {verbatim(what)}"
    words = _what_words(what, date.fromisoformat(due) if due else None, now)
    return f"- {await name(room.id, item['owner'])}: {words}"


@inquiry(name="harvest", options=(YES, CHANGE))
async def harvested(call: Call, question: Question, said: str) -> Effects:
    """Keep on a yes what was decided and what is the speaker's own, and ask the others for theirs.

    Anything else asks for it in other words.
    """
    await question.delete()
    if said != YES.word:
        return [_again(call, "harvest", "lines", HARVEST_QUESTION)]
    items = question.data["items"]
    assert isinstance(items, list)
    effects: list[Effect] = []
    kept = [item for item in items if item["owner"] in (None, call.person)]
    for item in kept:
        if item["owner"] is None:
            await decide(call, str(item["what"]))
    own, follows = [item for item in kept if item["owner"] is not None], _follows(question)
    effects += await _keep_items(call, own, follows)
    waiting = [item for item in items if item not in kept]
    if kept:
        shown = [await _shown_item(call.room, item) for item in kept]
        effects += [
            Edit(
                name=f"question:{question.id}",
                text="\n".join(["Kept:", "", *shown, "", _foot(call)]),
            ),
            Say(text=_kept_words(call)),
        ]
    return [*effects, *([await _ask_owners(call, waiting, follows)] if waiting else [])]


def _follows(question: Question) -> int | None:
    """The decision that what is asked about follows from."""
    decision = question.data.get("decision")
    return decision if isinstance(decision, int) else None


async def _keep_items(
    call: Call, items: list[dict[str, str | None]], decision: int | None = None
) -> list[Effect]:
    """Write down what the person of the call has said yes to. Raises Refused."""
    effects: list[Effect] = []
    for item in items:
        due = date.fromisoformat(item["due"]) if item["due"] else None
        effects += await keep(call, call.person, str(item["what"]), due, decision=decision)
    return effects


async def _ask_owners(
    call: Call, waiting: list[dict[str, str | None]], decision: int | None = None
) -> Ask:
    """What somebody has said of others, for each of them to say whether it is so."""
    return Ask(
        inquiry="harvest-own",
        text=await _waiting_words(call, waiting, []),
        until=call.at + OWN_WORD,
        data={"items": waiting, "kept": [], "decision": decision},
    )


async def _waiting_words(
    call: Call, waiting: list[dict[str, str | None]], kept: list[dict[str, str | None]]
) -> str:
    parts = []
    if waiting:
        shown = [await _shown_item(call.room, item) for item in waiting]
        ask = f"{YES.sign} mine is right · {NO.sign} mine is not"
        parts.append("\n".join(["Kept as soon as each says so for themselves:", "", *shown]))
        parts.append(ask)
    if kept:
        shown = [await _shown_item(call.room, item) for item in kept]
        parts.append("\n".join(["Kept:", "", *shown]))
    parts.append(_foot(call))
    return "\n\n".join(parts)


@inquiry(name="harvest-own", options=(YES, NO))
async def owned(call: Call, question: Question, said: str) -> Effects:
    """Somebody says whether what they are said to take on is right; others' lines wait for the others."""
    items, kept = question.data["items"], question.data["kept"]
    assert isinstance(items, list)
    assert isinstance(kept, list)
    mine = [item for item in items if item["owner"] == call.person]
    if not mine or said not in (YES.word, NO.word) or not await is_in(call.room.id, call.person):
        return []
    effects: list[Effect] = []
    if said == YES.word:
        if await full(call.person, len(mine)):
            # Not a refusal: that would end the question for the others, too.
            return [Say(text=TOO_MANY)]
        effects, kept = await _keep_items(call, mine, _follows(question)), [*kept, *mine]
    waiting = [item for item in items if item not in mine]
    text = await _waiting_words(call, waiting, kept) if waiting or kept else "Nothing was kept."
    if waiting:
        question.data = {**question.data, "items": waiting, "kept": kept}
        await question.save(update_fields=["data"])
    else:
        await question.delete()
    return [Edit(name=f"question:{question.id}", text=text), *effects]


TOO_MANY = (
    f"You have as many things open as I keep for one person, {MOST_OPEN}, so nothing more was kept. `commit` in our "
    "private chat lists them; what is done or let go makes room."
)


async def full(person: str, more: int = 1) -> bool:
    """Whether somebody has so much open, everywhere, that nothing `more` is kept for them."""
    return await Commitment.filter(owner=person, done_at=None).count() + more > MOST_OPEN


def _foot(call: Call) -> str:
    return (
        f"`{call.house.prefix}commit` lists what is open; everybody changes or lets go their own."
    )


def _kept_words(call: Call) -> str:
    return f"Kept. I recall it once, to whoever took it on, in private. `{call.house.prefix}record` shows it."


def _again(call: Call, command_: str, argument: str, text: str) -> Ask:
    return Ask(
        inquiry="missing",
        text=f"{text}\n\n*Your next message answers this; `stop` ends it.*",
        until=call.at + PATIENCE,
        data={"command": command_, "argument": argument, "given": {}},
        person=call.person,
    )


async def keep(
    call: Call,
    owner: str,
    what: str,
    due: date | None,
    kind: CommitmentKind = CommitmentKind.COMMITMENT,
    decision: int | None = None,
) -> list[Effect]:
    """Write a commitment of the circle of `call.room` down, with the hour at which its owner is reminded.

    `decision` is what it follows from. This is the only way in which there comes to be one. Raises Refused for more than `MOST_OPEN` of one person.
    """
    if await full(owner):
        raise Refused(TOO_MANY)
    last = await latest(call.room.id, call.at)
    kept = await Commitment.create(
        room=call.room.id,
        owner=owner,
        what=what,
        due=due,
        made_at=call.at,
        meeting=last.id if last else None,
        kind=kind,
        decision=decision,
    )
    return _recalled(call, kept)


async def decide(call: Call, what: str) -> Decision:
    """Write a decision of the circle of `call.room` down. Raises Refused when it is too long."""
    last = await latest(call.room.id, call.at)
    return await Decision.create(
        room=call.room.id,
        meeting=last.id if last else None,
        what=_short(what),
        person=call.person,
        made_at=call.at,
    )


async def latest(room: str, now: datetime) -> Meeting | None:
    """The last meeting of a room that has begun and was not left out."""
    begun = Meeting.filter(room=room, at__lte=now).exclude(standing=Standing.SKIPPED)
    return await begun.order_by("-at").first()


def _recalled(call: Call, kept: Commitment) -> list[Effect]:
    """The hour at which the owner of a commitment is reminded, once: the day before, or three days from now.

    `call.room` is the circle. What is due tomorrow is recalled on its own morning, what is due today not at all.
    """
    zone = call.circle_zone
    today = clock.wall(call.at, zone).date()
    day = kept.due - timedelta(days=1) if kept.due else today + WITHOUT_A_DATE
    at = clock.resolve(datetime.combine(day, RECALL), zone)
    if at <= call.at and kept.due is not None:
        at = clock.resolve(datetime.combine(kept.due, RECALL), zone)
    if at <= call.at:
        return []
    return [_recall_hour(call, kept, at, day.isoformat())]


@ritual(name="recall", help="reminds somebody once, in private, of what they took on at a meeting")
async def recall(call: Call) -> Effects:
    """Say it to its owner, now or in their morning; never to somebody who does not want to be called."""
    kept = await row_of(Commitment, call.content["commitment"])
    if kept is None or kept.done_at is not None or kept.asked:
        return []
    if not await is_in(kept.room, kept.owner):
        return []
    now = call.kept_at or call.at
    near = (await meetings.reachable(call.room, [kept.owner])).get(kept.owner)
    if near is not None:
        again = await _not_now(kept.owner, near, now)
        if again is not None:
            return [_recall_hour(call, kept, again, again.isoformat())]
    together = [kept] if near is None else [kept, *await _due_too(call, kept, near[0])]
    await Commitment.filter(id__in=[each.id for each in together]).update(asked=True)
    if near is None:
        return []
    if len(together) > 1:
        text, name = await _together_words(together), f"recalled:{kept.id}"
        return [Whisper(person=kept.owner, text=text, name=name)]
    return [
        Whisper(
            person=kept.owner,
            text=f"You took something on in {meetings.meets(call.room)}: {_what_words(kept.what, kept.due)}\n\n"
            f"{DONE} done · {LET_GO} let it go *(neither needs a reason, and I ask only once)*",
            name=f"commitment:{kept.id}",
            taps=(DONE, LET_GO),
        )
    ]


async def _not_now(owner: str, near: tuple[ZoneInfo, Quiet], now: datetime) -> datetime | None:
    """When an owner may be reminded, if not now: after their night, and once a day at most."""
    zone, quiet = near
    if is_quiet(now, zone, quiet):
        return next_waking(now, zone, quiet)
    today = clock.wall(now, zone).date()
    midnight = clock.resolve(datetime.combine(today, time(0)), zone)
    chats = await Room.filter(private_with=owner).values_list("id", flat=True)
    alone = Q(name__startswith="commitment:") & ~Q(name__endswith=":done")
    recalled = Owed.filter(alone | Q(name__startswith="recalled:"), made_at__gte=midnight)
    if not await recalled.filter(lane__in=[owner, *chats]).exists():
        return None
    tomorrow = clock.resolve(datetime.combine(today + timedelta(days=1), RECALL), zone)
    return next_waking(tomorrow, zone, quiet)


def _recall_hour(call: Call, kept: Commitment, at: datetime, when: str) -> Ring:
    """The hour of a reminder; of no use any more when the day until which it was meant is over."""
    zone = call.circle_zone
    late = clock.resolve(datetime.combine(kept.due, time(23, 59)), zone) if kept.due else None
    return Ring(
        ritual="recall",
        about=f"commitment:{kept.id}",
        at=at,
        when=when,
        useful_until=late,
        room=kept.room,
        content={"commitment": kept.id},
    )


async def _due_too(call: Call, kept: Commitment, zone: ZoneInfo) -> list[Commitment]:
    """What else its owner would be reminded of until their midnight: one word a day is enough."""
    own = Commitment.filter(owner=kept.owner, done_at=None, asked=False).exclude(id=kept.id)
    others = {f"commitment:{each.id}": each for each in await own.order_by("id")}
    now = call.kept_at or call.at
    tomorrow = clock.wall(now, zone).date() + timedelta(days=1)
    midnight = clock.resolve(datetime.combine(tomorrow, time(0)), zone)
    # Hours that strike together with this one are settled already.
    still = Q(state=Settled.WAITING, at__lt=midnight) | Q(state=Settled.SETTLED, settled_at=now)
    hours = await Heard.filter(still, about__in=list(others), kind=Kind.HOUR)
    due = [others[about] for about in dict.fromkeys(str(hour.about) for hour in hours)]
    rooms = await Room.in_bulk({each.room for each in due}, "id")
    wanted = {
        room.id
        for room in rooms.values()
        if await is_in(room.id, kept.owner) and await meetings.reachable(room, [kept.owner])
    }
    return [each for each in due if each.room in wanted]


async def _together_words(together: list[Commitment]) -> str:
    """Several things recalled at once, by the numbers of the private list."""
    own = Commitment.filter(owner=together[0].owner, done_at=None).order_by("id")
    numbers = {each.id: number for number, each in enumerate(await own, 1)}
    rooms = await Room.in_bulk({each.room for each in together}, "id")
    shown = [
        f"{numbers[each.id]}. {_what_words(each.what, each.due)} ({room_name(rooms[each.room], 'a circle')})"
        for each in sorted(together, key=lambda each: each.id)
    ]
    first = numbers[together[0].id]
    how = f"`commit done {first}` or `commit drop {first}` *(neither needs a reason, and I ask only once)*"
    return "\n".join(["You took something on:", "", *shown[:SHOWN], *_more(len(shown)), "", how])


# ------------------------------------------------------------------------------------ looking after one's own


@tap(prefix="commitment", labels={"done": DONE, "let it go": LET_GO, "not yet": NOT_YET})
async def told(call: Call, subject: str, said: str) -> Effects:
    """A tap or a word under the reminder, or under what was said after it."""
    kept = await row_of(Commitment, subject.partition(":")[0])
    if kept is None or kept.owner != call.person:
        return []
    word, key = folded(said), sign(said)
    if (word in ("done", "yes") or key == DONE) and kept.done_at is None:
        return await _done(call, kept)
    if (word in ("not yet", "undo") or key == NOT_YET) and kept.done_at is not None:
        kept.done_at = None
        await kept.save(update_fields=["done_at"])
        return [Say(text=f"Good, it stands again: {_what_words(kept.what, kept.due)}")]
    if (word in ("let it go", "drop", "no") or key == LET_GO) and kept.done_at is None:
        return await _let_go(kept)
    return []


async def _done(call: Call, kept: Commitment) -> list[Effect]:
    kept.done_at = call.at
    await kept.save(update_fields=["done_at"])
    return [
        CallOff(about=f"commitment:{kept.id}"),
        Say(
            text=f"Good, that is done: {_what_words(kept.what, kept.due)}\n\n{NOT_YET}️ not yet",
            name=f"commitment:{kept.id}:done",
            taps=(f"{NOT_YET}️",),
        ),
    ]


async def _let_go(kept: Commitment) -> list[Effect]:
    await kept.delete()
    return [
        CallOff(about=f"commitment:{kept.id}"),
        Say(text=f"Let go: {_what_words(kept.what, kept.due)}"),
    ]


@command(
    name="commit",
    aliases=("commitments",),
    help="take something on yourself, or see, finish, change or let go what you took on",
    example="commit bring the list by friday",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="what",
            help="what and by when; or “done 1”, “change 1 bring the list by monday”, “drop 1”",
            rest=True,
        ),
    ),
)
async def commit(call: Call, what: str | None) -> Effects:
    """Say back a new one, or look after those that are kept."""
    if what is None:
        return await _listed(call)
    word, rest = first_word(what)
    digits, change = first_word(rest)
    number = _number(digits)
    if folded(word) in ("done", "drop", "change") and (number is not None or not rest):
        kept = await _mine(call, number)
        if folded(word) == "done":
            return await _done(call, kept)
        if folded(word) == "drop":
            return await _let_go(kept)
        if change:
            return await _changed(call, kept, change)
        raise Refused(
            "Into what shall I change it? For example: commit change 1 bring the list by monday. "
            "Nothing was changed."
        )
    if call.is_private:
        raise Refused(
            "What you take on belongs to one of your circles: write it in that room. Nothing was kept here."
        )
    return [_said_back(call, read_line(what, call.at, call.circle_zone))]


def _number(word: str) -> int | None:
    """The number by which something on a list is called; None for other words."""
    digits = word.lstrip("#")
    return int(digits) if digits.isdecimal() and len(digits) <= MOST_DIGITS else None


def _said_back(call: Call, line: Line) -> Ask:
    return Ask(
        inquiry="commit",
        text=f"I understood: you take on {_what_words(line.what, line.due, call.at)}\n\n✅ right · ✏️ change",
        until=call.at + PATIENCE,
        data={"what": line.what, "due": line.due.isoformat() if line.due else None},
        person=call.person,
    )


@inquiry(name="commit", options=(YES, CHANGE))
async def committing(call: Call, question: Question, said: str) -> Effects:
    """Keep it on a yes."""
    await question.delete()
    if said != YES.word:
        return [
            _again(
                call,
                "commit",
                "what",
                "What is it, and by when? For example: bring the list by friday.",
            )
        ]
    due = question.data["due"]
    kept = await keep(
        call,
        call.person,
        str(question.data["what"]),
        date.fromisoformat(str(due)) if due else None,
    )
    return [*kept, Say(text=_kept_words(call))]


async def _own(call: Call) -> list[Commitment]:
    """What the person has open here; in private, everywhere. Its order gives the numbers."""
    found = Commitment.filter(owner=call.person, done_at=None)
    if not call.is_private:
        found = found.filter(room=call.room.id)
    return await found.order_by("id")


async def _mine(call: Call, number: int | None) -> Commitment:
    """One of the person's own by its number, or the only one. Raises Refused."""
    own = await _own(call)
    if number is None and len(own) == 1:
        return own[0]
    if number is not None and 1 <= number <= len(own):
        return own[number - 1]
    prefix = "" if call.is_private else call.house.prefix
    raise Refused(
        "Nothing that you took on here goes by that number, so nothing was changed. "
        f"`{prefix}commit` lists it."
    )


async def _listed(call: Call) -> list[Effect]:
    own, prefix = await _own(call), "" if call.is_private else call.house.prefix
    rooms = await Room.in_bulk({each.room for each in own}, "id") if call.is_private else {}
    parts = []
    if own:
        mine = [
            f"{number}. {_what_words(each.what, each.due)}"
            + (f" ({room_name(rooms[each.room], 'a circle')})" if each.room in rooms else "")
            for number, each in enumerate(own, 1)
        ]
        parts.append("\n".join(["You took on:", "", *mine[:SHOWN], *_more(len(mine))]))
    if not call.is_private:
        others = Commitment.filter(room=call.room.id, done_at=None).exclude(owner=call.person)
        theirs = await others.order_by("id")
        if theirs:
            parts.append("\n".join(["Others took on:", "", *await lines(call.room, theirs)]))
    if not parts:
        return [
            Say(
                text=f"Nothing is open. `{call.house.prefix}commit bring the list by friday` takes something on."
            )
        ]
    if own:
        parts.append(f"`{prefix}commit done 1`, `{prefix}commit drop 1`: neither needs a reason.")
    return [Say(text="\n\n".join(parts))]


async def _changed(call: Call, kept: Commitment, change: str) -> list[Effect]:
    room = call.room if call.room.id == kept.room else await Room.get(id=kept.room)
    there = Call(key=call.key, at=call.at, room=room, house=call.house, sender=call.sender)
    line = read_line(change, call.at, there.circle_zone)
    kept.what, kept.due, kept.asked = line.what, line.due, False
    await kept.save(update_fields=["what", "due", "asked"])
    return [
        CallOff(about=f"commitment:{kept.id}"),
        *_recalled(there, kept),
        Say(text=f"Changed: you take on {_what_words(kept.what, kept.due, call.at)}"),
    ]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever goes leaves nothing undone behind: what they had open is let go."""
    gone = await Commitment.filter(room=call.room.id, owner=call.person, done_at=None)
    await Commitment.filter(id__in=[each.id for each in gone]).delete()
    return [CallOff(about=f"commitment:{each.id}") for each in gone]


# --------------------------------------------------------------------------------------------- decisions


@command(
    name="decided",
    help="write down what you decided, in one sentence",
    example="decided we meet in the garden from May on",
    kinds=CIRCLES,
    arguments=(
        Argument(
            name="what",
            help="the decision; or “drop 1” to take back one that you wrote down",
            rest=True,
            question="What have you decided? One sentence is enough.",
        ),
    ),
)
async def decided(call: Call, what: str) -> Effects:
    """Keep a decision with the last meeting, or take one back."""
    word, rest = first_word(what)
    number = _number(rest)
    if folded(word) == "drop" and number is not None:
        return await _dropped(call, number)
    kept = await decide(call, what)
    place = len(await decisions(call.room.id, kept.meeting))
    return [
        Say(
            text=f"Noted as decided: {verbatim(kept.what)}\n\n{register.NOT_SO} not so – a tap of any of you ends it, within a day"
            f"\n\n`{call.house.prefix}decided drop {place}` takes it back. `{call.house.prefix}decisions` lists it, as number {kept.id}.",
            name=register.about(kept),
            taps=(register.NOT_SO,),
        ),
        *await register.entered(call, kept, None),
    ]


async def decisions(room: str, meeting: int | None) -> list[Decision]:
    """What was decided at a meeting; None: before there was any."""
    return await Decision.filter(room=room, meeting=meeting).order_by("id")


async def _dropped(call: Call, number: int) -> list[Effect]:
    last = await latest(call.room.id, call.at)
    found = await decisions(call.room.id, last.id if last else None)
    if not 1 <= number <= len(found) or found[number - 1].person != call.person:
        raise Refused(
            "No decision of that number was written down by you at the last meeting, so nothing was changed. "
            f"{await _instead(call, number)}"
        )
    gone = await register.removed(call, found[number - 1])
    return [*gone, Say(text=f"Taken back: {verbatim(found[number - 1].what)}")]


async def _instead(call: Call, number: int) -> str:
    """What works on the entry of that number in the register, which is another one than its place at the last meeting."""
    prefix = call.house.prefix
    row = await Decision.get_or_none(id=number, room=call.room.id)
    if row is None:
        return f"`{prefix}record` shows them; whoever wrote one down takes it back."
    said = f"If you mean number {row.id} of `{prefix}decisions`:"
    end = f"`{prefix}review {row.id} end` asks all of you whether it ends."
    if call.at > row.made_at + register.UNDO or not await register.is_one_persons(row):
        return f"{said} {end}"
    if row.person == call.person:
        return f"{said} `{prefix}agreement {row.id} undo` takes it back."
    return f"{said} `{prefix}agreement {row.id} not so` says that it was not decided, and {end}"
