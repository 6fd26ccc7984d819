"""What follows from a decision for somebody to do: kept as what they take on, with its day, when they say so themselves.

It is the same as what people take on at a meeting: nobody is given anything to do, and only its owner looks after it.
"""

from handlers.conversation import run
from handlers.house.adoption import CIRCLES
from handlers.language import Argument, Call, Effects, Refused, Say, command, tap
from handlers.meetings.commitments import HARVEST_QUESTION, said_back
from handlers.meetings.commitments import lines as listed
from handlers.names import people
from handlers.polls.voting import numbered
from handlers.register import register
from handlers.words import first_word, folded, sign
from practices.agreements import Standing
from storage.commitments import Commitment
from storage.database import row_of
from storage.decisions import Decision


@command(
    name="task",
    help="keep who takes on what after something you decided",
    example="task 12 Ben: bring the tea list by friday",
    kinds=CIRCLES,
    arguments=(
        Argument(name="which", help="the number of the decision", question="After which decision? Its number is enough."),
        Argument(
            name="lines",
            help="one line each, with a name or “me” in front, and a day where there is one",
            rest=True,
            question=HARVEST_QUESTION,
        ),
    ),
)  # fmt: skip
async def task(call: Call, which: str, lines: str) -> Effects:
    """Say back who takes on what; it is kept on a yes of each."""
    number, _rest = numbered(which)
    if number is None:
        raise Refused(
            "What somebody takes on after a decision goes by its number: `task 12 me: bring the tea list`. Nothing was "
            f"kept; `{call.house.prefix}decisions` lists them."
        )
    row = await register.find(call, number)
    if row.standing is not Standing.HOLDS:
        raise Refused(
            f"Number {row.id} holds no longer, so nothing was kept. `{call.house.prefix}commit …` takes something on all the same."
        )
    return await said_back(call, lines, row.id)


@command(
    name="tasks",
    help="see who has taken on what after something you decided",
    example="tasks",
    kinds=CIRCLES,
    arguments=(
        Argument(name="which", help="the number of a decision; left out, I show what is open after all of them"),
        Argument(name="lines", help="one line each, to keep who takes on what after it", rest=True),
    ),
)  # fmt: skip
async def tasks(call: Call, which: str | None, lines: str | None) -> Effects:
    """List what is open after what was decided, by decision; nobody is listed for what they have not done."""
    if lines is not None and which is not None:
        return await task.answer(call, which, lines)
    number, _rest = numbered(which) if which is not None else (None, "")
    found = Commitment.filter(room=call.room.id, decision__not_isnull=True, done_at=None)
    if number is not None:
        row = await register.find(call, number)
        found = found.filter(decision=row.id)
    rows: dict[int, list[Commitment]] = {}
    for each in await found.order_by("decision", "id"):
        rows.setdefault(int(each.decision or 0), []).append(each)
    prefix = call.house.prefix
    how = f"*`{prefix}task 12 me: bring the tea list by friday` keeps one after number 12, `{prefix}commit done 1` marks yours done.*"
    if not rows:
        return [Say(text=f"Nothing is open after what you decided.\n\n{how}")]
    parts = []
    for decision, kept in rows.items():
        of = await Decision.get_or_none(id=decision)
        head = f"After {decision}: {register.title(of)}" if of is not None else f"After {decision}:"
        parts.append("\n".join([head, "", *await listed(call.room, kept)]))
    return [Say(text="\n\n".join([*parts, how]))]


#: What is said in a reply, or behind its number, of something that was written down and was not decided.
GAINSAYING = frozenset({"not so", "that is not so", "that's not so", "no", "wrong"})


@tap(
    prefix="decision",
    labels={"who takes on what": register.TASK, "not so": register.NOT_SO},
    unseen=(register.NOT_SO,),
)
async def under(call: Call, subject: str, said: str) -> Effects:
    """A tap under what was decided, or a reply that says who takes on what: “task Ben: the list by friday”."""
    row = await row_of(Decision, subject)
    if (
        row is None
        or row.room != call.room.id
        or call.person not in await people(call.room, call.house.me)
    ):
        return []
    if sign(said) == sign(register.NOT_SO) or folded(said) in GAINSAYING:
        if await register.is_one_persons(row) and row.standing is Standing.HOLDS:
            return await register.gainsaid(call, row)
        return []
    if sign(said) == sign(register.TASK):
        return await run(call, task, {"which": str(row.id)})
    word, rest = first_word(said)
    if folded(word) in ("task", "tasks") and rest:
        return await run(call, task, {"which": str(row.id), "lines": rest})
    if folded(said) in ("task", "tasks", "who takes on what"):
        return await run(call, task, {"which": str(row.id)})
    return []
