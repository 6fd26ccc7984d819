"""The changes that a retrospective keeps: at most two, each with somebody who sees to it and a day (R58).

Nobody is given a task: a change is kept when the person named in it says that it is right.
"""

import re
from datetime import date, time, timedelta

from handlers.consent import answered_instead
from handlers.conversation import MISSING, not_understood
from handlers.conversation import PATIENCE as A_MOMENT
from handlers.crews import onward
from handlers.language import (
    CHANGE,
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Edit,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    command,
    inquiry,
)
from handlers.meetings import commitments
from handlers.names import name, people
from handlers.whom import ME, whom
from handlers.words import escaped, folded, verbatim
from practices import clock
from practices.circles import RoomKind
from practices.dates import read_when
from practices.defaults import PATIENCE
from practices.retrospective import MOST_CHANGES, Wanted, read_change, too_many_changes
from practices.understanding import NotUnderstood
from storage.commitments import Commitment, CommitmentKind
from storage.members import Member
from storage.questions import Question
from storage.retrospectives import Retrospective

#: For so long after it was opened a retrospective takes changes.
STILL = timedelta(days=28)

A_CHANGE = Option(sign="✏️", word="a change", also=("change", "one more", "another one"))
DONE = Option(sign="✅", word="done", also=("that is all", "that's all", "enough"))

_DROP = re.compile(r"(?:drop|remove|cancel|undo)\s+(?P<number>\d)", re.IGNORECASE)


@command(
    name="change",
    help="keep a change that you agreed on in a retrospective: what, who sees to it, and until when",
    example="change bring food in turns, Ben, by 1 february",
    kinds=frozenset({RoomKind.CREW}),
    arguments=(
        Argument(
            name="what",
            help="what changes, who sees to it, and by when; or “drop 1” to take one back",
            rest=True,
        ),
    ),
)
async def change(call: Call, what: str | None) -> Effects:
    """Say back a change to the person it names, or ask for what is missing."""
    if what is None:
        instead = await answered_instead(call, CHANGE.word)
        if instead is not None:
            return instead
    opened = await _latest(call)
    kept = await _kept(opened)
    if what is None:
        return [await _ask_what(call, kept)]
    drop = _DROP.fullmatch(what.strip())
    if drop is not None:
        return await _drop(kept, int(drop["number"]))
    _check_room(call, kept, what)
    wanted = read_change(what, await _called(call))
    return await _next(call, opened, wanted)


async def _latest(call: Call) -> Retrospective:
    """The retrospective that takes changes. Raises Refused."""
    found = await Retrospective.filter(room=call.room.id).order_by("-id").first()
    if found is None or found.opened_at + STILL < call.at:
        raise Refused(
            "Changes are agreed on while you look back together, so nothing was kept. "
            f"`{call.house.prefix}retrospective` begins that."
        )
    return found


async def _kept(opened: Retrospective) -> list[Commitment]:
    """The changes that a retrospective keeps so far."""
    changes = Commitment.filter(room=opened.room, kind=CommitmentKind.CHANGE)
    return await changes.filter(made_at__gte=opened.opened_at).order_by("id")


def _check_room(call: Call, kept: list[Commitment], what: str) -> None:
    if too_many_changes(len(kept)):
        raise Refused(
            f"You keep two changes already, and more than two at once rarely come true, so {escaped(_short(what))} "
            f"was not kept. `{call.house.prefix}change drop 1` makes room; what one of you promises by "
            "themselves needs no retrospective."
        )


def _short(what: str) -> str:
    return f"“{what[:60]}…”" if len(what) > 60 else f"“{what}”"  # noqa: PLR2004 - a line


async def _called(call: Call) -> set[str]:
    """How the members are called, folded, as `whom` understands it."""
    members = await people(call.room, call.house.me)
    found = set(ME)
    for member in await Member.filter(room=call.room.id, person__in=members):
        given, whole = folded(member.name or ""), folded(member.person)
        local = whole.removeprefix("@").partition(":")[0]
        found |= {given, *given.split()[:1], whole, local, f"@{local}"}
    return found - {""}


async def _ask_what(call: Call, kept: list[Commitment]) -> Effect:
    if too_many_changes(len(kept)):
        return Say(
            text=f"{await _listed(call, kept)}\n\n`{call.house.prefix}change drop 1` takes one back."
        )
    before = f"{await _listed(call, kept)}\n\n" if kept else ""
    return Ask(
        inquiry=MISSING,
        text=f"{before}What will you change, who sees to it, and by when? For example: bring food in turns, me, "
        "by 1 february.\n\n*Your next message answers this; `stop` ends it.*",
        until=call.at + A_MOMENT,
        data={"command": "change", "argument": "what", "given": {}},
        person=call.person,
    )


async def _listed(call: Call, kept: list[Commitment]) -> str:
    lines = [
        f"{number}. {await _words(call, each.what, each.owner, each.due)}"
        for number, each in enumerate(kept, start=1)
    ]
    return "You keep:\n\n" + "\n".join(lines)


async def _words(call: Call, what: str, owner: str, due: date | None) -> str:
    by = f", by {clock.long_day(due)}" if due else ""
    return f"{verbatim(what)}, {await name(call.room.id, owner)}{by}"


async def _drop(kept: list[Commitment], number: int) -> list[Effect]:
    if not 1 <= number <= len(kept):
        raise Refused(f"There is no change {number} here, so nothing was taken back.")
    await kept[number - 1].delete()
    return [Say(text=f"Taken back: {verbatim(kept[number - 1].what)}")]


# ------------------------------------------------------------------------------------ what is missing


async def _next(call: Call, opened: Retrospective, wanted: Wanted) -> list[Effect]:
    """Ask for the owner, then for the day, then whether it is right."""
    if wanted.owner is None:
        return [_ask(call, "change-owner", f"Who sees to it? {verbatim(wanted.what)}", wanted)]
    owner = await whom(call, call.room, wanted.owner)
    if owner not in await people(call.room, call.house.me):
        raise Refused(
            "A change is seen to by one of the crew, and they are your guest. Nothing was kept."
        )
    if wanted.by is None:
        known = Wanted(wanted.what, owner, None)
        return [
            _ask(
                call,
                "change-day",
                f"By when? For example: 1 february. {verbatim(wanted.what)}",
                known,
            )
        ]
    due = _due(call, wanted.by)
    text = await _words(call, wanted.what, owner, due)
    return [
        Ask(
            inquiry="change-right",
            text=f"I understood: **{text}**. {await name(call.room.id, owner)}, is that right?\n\n"
            "✅ yes · ✋ no",
            until=call.at + PATIENCE,
            data={
                "retrospective": opened.id,
                "what": wanted.what,
                "owner": owner,
                "due": due.isoformat(),
            },
            person=owner,
        )
    ]


def _ask(call: Call, inquiry_: str, text: str, wanted: Wanted) -> Ask:
    return Ask(
        inquiry=inquiry_,
        text=f"{text}\n\n*Your next message answers this; `stop` ends it.*",
        until=call.at + A_MOMENT,
        data={"what": wanted.what, "owner": wanted.owner, "by": wanted.by},
        person=call.person,
    )


def _due(call: Call, by: str) -> date:
    """The day that is meant. Raises NotUnderstood."""
    found = read_when(by, now=call.at, zone=call.circle_zone, at=time(23, 59))
    return clock.wall(found.at, call.circle_zone).date()


def _anything(text: str, _call: Call) -> str:
    return text


def _text(question: Question, key: str) -> str | None:
    found = question.data.get(key)
    return None if found is None else str(found)


def _what(question: Question) -> str:
    """What shall change. Raises Refused when the question does not know it any more."""
    what = _text(question, "what")
    if what is None:
        raise Refused("I have lost what that was about, so nothing was kept. Say it once more.")
    return what


@inquiry(name="change-owner", reads=_anything, begun=True)
async def owned(call: Call, question: Question, said: str) -> Effects:
    """Somebody is named who sees to a change."""
    await question.delete()
    return await _go_on(call, Wanted(_what(question), said, _text(question, "by")))


@inquiry(name="change-day", reads=_anything, begun=True)
async def dated(call: Call, question: Question, said: str) -> Effects:
    """A change gets its day."""
    await question.delete()
    by = re.sub(r"^(?:by|until|till|before)\s+", "", said.strip(), flags=re.IGNORECASE)
    return await _go_on(call, Wanted(_what(question), _text(question, "owner"), by))


async def _go_on(call: Call, wanted: Wanted) -> list[Effect]:
    try:
        return await _next(call, await _latest(call), wanted)
    except NotUnderstood as misunderstanding:
        raise Refused(not_understood(misunderstanding)) from misunderstanding


@inquiry(name="change-right", options=(YES, NO))
async def right(call: Call, question: Question, said: str) -> Effects:
    """The person named says whether a change is kept as it was understood."""
    if said not in (YES.word, NO.word):
        return []
    if said == YES.word and await commitments.full(call.person):
        # Not a refusal: that would end the question, and it can be kept once there is room.
        return [Say(text=commitments.TOO_MANY)]
    await question.delete()
    what = _what(question)
    message = f"question:{question.id}"
    if said == NO.word:
        return [Edit(name=message, text=f"Not kept: {verbatim(what)}")]
    number = int(str(question.data.get("retrospective", 0)))
    opened = await Retrospective.get_or_none(id=number)
    if opened is None:
        raise Refused("That retrospective is forgotten by now, so nothing was kept.")
    kept = await _kept(opened)
    _check_room(call, kept, what)
    due = date.fromisoformat(str(question.data["due"]))
    recalled = await commitments.keep(call, call.person, what, due, CommitmentKind.CHANGE)
    text = (
        f"Kept: {await _words(call, what, call.person, due)}. I bring it up at your next meeting."
    )
    effects: list[Effect] = [Edit(name=message, text=text), *recalled]
    if len(kept) + 1 == MOST_CHANGES:
        effects += await _that_is_all(call)
    return effects


# -------------------------------------------------------------------------- the crew has chosen to change


async def collect(call: Call, opened: Retrospective | None) -> list[Effect]:
    """The crew goes on with changes: name them, then go on."""
    if opened is not None and too_many_changes(len(await _kept(opened))):
        return await onward.go_on(call)
    return [
        Ask(
            inquiry="changes",
            text="What will you change? One or two things, each with who sees to it and by when: "
            f"`{call.house.prefix}change bring food in turns, me, by 1 february`. Rhythm and other agreements "
            "have words of their own.\n\n✏️ a change · ✅ done: you go on",
            until=(call.kept_at or call.at) + PATIENCE,
        )
    ]


@inquiry(name="changes", options=(A_CHANGE, DONE))
async def collected(call: Call, question: Question, said: str) -> Effects:
    """Somebody says that these are the changes, or has one more."""
    if call.person not in await people(call.room, call.house.me):
        return []
    if said == A_CHANGE.word:
        return [await _ask_what(call, await _kept(await _latest(call)))]
    if said != DONE.word:
        return []
    return await _that_is_all(call)


async def _that_is_all(call: Call) -> list[Effect]:
    """Go on, if that waited for the changes."""
    asked = await Question.filter(room=call.room.id, inquiry="changes", until__gt=call.at)
    if not asked:
        return []
    await Question.filter(id__in=[each.id for each in asked]).delete()
    text = "Your changes are named."
    edits: list[Effect] = [Edit(name=f"question:{each.id}", text=text) for each in asked]
    return [*edits, *await onward.go_on(call)]
