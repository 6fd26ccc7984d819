"""What follows from a decision for somebody to do: kept as what they take on, with its day, when they say so themselves.

It is the same as what people take on at a meeting: nobody is given anything to do, and only its owner looks after it.
"""

from handlers import register
from handlers.adoption import CIRCLES
from handlers.commitments import HARVEST_QUESTION, said_back
from handlers.conversation import run
from handlers.language import Argument, Call, Effects, Refused, command, tap
from handlers.names import people
from handlers.voting import numbered
from handlers.words import first_word, folded, sign
from practices.agreements import Standing
from storage.decisions import Decision


@command(
    name="task",
    aliases=("tasks",),
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


@tap(prefix="decision", labels={"who takes on what": register.TASK})
async def under(call: Call, subject: str, said: str) -> Effects:
    """A tap under what was decided, or a reply that says who takes on what: “task Ben: the list by friday”."""
    row = await Decision.get_or_none(id=int(subject)) if subject.isdecimal() else None
    if (
        row is None
        or row.room != call.room.id
        or call.person not in await people(call.room, call.house.me)
    ):
        return []
    if sign(said) == sign(register.TASK):
        return await run(call, task, {"which": str(row.id)})
    word, rest = first_word(said)
    if folded(word) in ("task", "tasks") and rest:
        return await run(call, task, {"which": str(row.id), "lines": rest})
    if folded(said) in ("task", "tasks", "who takes on what"):
        return await run(call, task, {"which": str(row.id)})
    return []
