"""What the two of an onboarding pair commit to, each one to three things for the other (DYAD-6).

It is sealed with a key of the pair's own and shown to the two alone; from one side only the pair stays "proposed", and the
other reads nothing of it (R42). The newcomer's ticks, and how each would like to go on, stand under the same seal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from handlers.asking import now_of
from handlers.dyads import appointments
from handlers.language import (
    Ask,
    Call,
    Effect,
    Effects,
    KeyGone,
    Option,
    Refused,
    Say,
    Scrub,
    inquiry,
)
from handlers.names import name
from handlers.welcome import onboardings
from handlers.welcome.onboardings import A_MOMENT, PASS, WRITING
from handlers.words import verbatim
from practices import onboarding as pure
from practices.answers import is_written
from practices.dyads import Ended, Occasion
from practices.onboarding import Standing, Tour
from storage.database import row_of
from storage.dyads import OneToOne
from storage.onboardings import Onboarding
from storage.questions import Question, forget_about, open_about

PURPOSE = "onboarding"
WRITE = Option(sign="✏️", word="write", also=("write mine", "commit"))
STOP = Option(sign="✋", word="stop", also=("pass",))


@dataclass(frozen=True, slots=True)
class Said:
    """What the two wrote, what the newcomer ticked, and how each would like to go on; by side, "n" or "m"."""

    commits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tour: Tour = field(default_factory=Tour)
    on: dict[str, bool] = field(default_factory=dict)

    def standing(self) -> Standing:
        """Proposed until both have committed to something (R42)."""
        return pure.standing(self.commits.get("n", ()), self.commits.get("m", ()))


def side_of(row: Onboarding, person: str) -> str:
    """The side of one of the two: "n" is the newcomer's, "m" the member's."""
    return "n" if person == row.newcomer else "m"


def said_of(call: Call, row: Onboarding) -> Said:
    """What the two of a pair have said. Raises KeyGone when it cannot be read any more."""
    if row.sealed is None:
        return Said()
    raw = call.house.keys.of(onboardings.about(row)).open(PURPOSE, row.sealed)
    assert isinstance(raw, dict)
    return Said(
        commits={side: tuple(lines) for side, lines in raw["commits"].items()},
        tour=Tour(int(raw["met"]), bool(raw["visited"])),
        on=dict(raw["on"]),
    )


def read(call: Call, row: Onboarding) -> Said:
    """The same; what cannot be read any more is as if nothing had been said, and is written anew."""
    try:
        return said_of(call, row)
    except KeyGone:
        return Said()


async def keep(call: Call, row: Onboarding, said: Said) -> list[Effect]:
    """Seal it over what it was before, with the pair's own key; whether it stays proposed follows from it (R42)."""
    row.sealed = call.house.keys.of(onboardings.about(row)).seal(
        PURPOSE,
        {
            "commits": {side: list(lines) for side, lines in said.commits.items()},
            "met": said.tour.met,
            "visited": said.tour.visited,
            "on": said.on,
        },
    )
    if row.state in WRITING:
        row.state = said.standing()
    await row.save()
    return [Scrub()]


#: Said in its place when what was sealed cannot be read any more.
LOST = (
    "What you both had written for each other cannot be read any more: its key did not come along when I was moved to another "
    "machine. `welcome commit` writes it anew."
)


# ------------------------------------------------------------------------------------------------- in words


def listed(lines: Sequence[str]) -> str:
    """What somebody has committed to, a line each, in their own words."""
    return "\n".join(f"- {verbatim(line)}" for line in lines)


async def both_sides(row: Onboarding, said: Said, person: str) -> str:
    """What both commit to, for one of the two to read; for nobody else (R42)."""
    mine, side = said.commits, side_of(row, person)
    who = await name(row.room, row.other(person))
    theirs = mine.get("m" if side == "n" else "n", ())
    return f"You commit to:\n\n{listed(mine.get(side, ()))}\n\n**{who}** commits to:\n\n{listed(theirs)}"


# ------------------------------------------------------------------------------------- to be asked for them


async def _met(call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
    """After they have talked, whoever has not written yet is offered to."""
    row = await row_of(Onboarding, one.subject.partition(":")[2])
    if row is None or row.state is not Standing.PROPOSED or ended is not Ended.MET:
        return []
    said = read(call, row)
    effects: list[Effect] = []
    for person in onboardings.the_two(row):
        if not said.commits.get(side_of(row, person)):
            effects += await _offer_to_write(call, row, person)
    return effects


appointments.FOLLOWS[Occasion.ONBOARDING] = _met


async def _offer_to_write(call: Call, row: Onboarding, person: str) -> list[Effect]:
    who = await name(row.room, row.other(person))
    text = (
        f"What would you like to commit to for **{who}**, these three months? One to three lines, such as “I answer within two "
        f"days” or “I bring you along on Thursday”. I show them to nobody but the two of you, and to {who} only when both of you have "
        "written; until then your pair stays proposed.\n\n✏️ write · ⏭️ pass"
    )
    return await onboardings.ask(
        call, row, person, text, "welcome-offer", until=now_of(call) + timedelta(days=7)
    )


@inquiry(
    name="welcome-offer",
    options=(WRITE, PASS),
    late="`welcome commit` writes what you commit to, at any time.",
)
async def offer_said(call: Call, question: Question, said: str) -> Effects:
    """Now, or another time; whoever writes at once has written."""
    if said not in (WRITE.word, PASS.word):
        if is_written(said):
            return await commits(call, question, said)
        return [Say(text="A word is enough: ✏️ write · ⏭️ pass. Or write it right away.")]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or said == PASS.word:
        return [Say(text="Good. `welcome commit` is always open.")]
    return await writes(call, row)


async def writes(call: Call, row: Onboarding) -> list[Effect]:
    """Ask for one's own commitments; those that stand are shown first."""
    if row.state not in WRITING:
        raise Refused(
            "A pair commits to something in its three months, so nothing was asked. `welcome` shows where you stand."
        )
    who = await name(row.room, row.other(call.person))
    mine = read(call, row).commits.get(side_of(row, call.person), ())
    stands = f"So far:\n\n{listed(mine)}\n\nWhat you write now replaces it. " if mine else ""
    return [
        Ask(
            inquiry="welcome-commit",
            text=f"{stands}**What do you commit to for {who}?** One to three lines in one message. *Your next message answers this; "
            "✋ stop leaves it.*",
            until=call.at + A_MOMENT,
            data={"onboarding": row.id},
            person=call.person,
            private=True,
        )
    ]


# -------------------------------------------------------------------------------------------- to write them


@inquiry(name="welcome-commit", options=(STOP,), takes_words=True, begun=True)
async def commit_said(call: Call, question: Question, said: str) -> Effects:
    """Seal what somebody commits to, or leave it."""
    return await commits(call, question, said)


async def commits(call: Call, question: Question, said: str) -> Effects:
    """Seal what somebody commits to; the other sees it when both have written (R42). Raises NotUnderstood."""
    row = await row_of(Onboarding, question.data.get("onboarding"))
    if said == STOP.word or row is None or row.state not in WRITING:
        await question.delete()
        return [Say(text="Nothing was changed. `welcome commit` is always open.")]
    lines = pure.read_commitments(said)
    await question.delete()
    before = row.state
    kept = read(call, row)
    kept = replace(kept, commits={**kept.commits, side_of(row, call.person): lines})
    effects = await keep(call, row, kept)
    await forget_about("onboarding", row.id, person=call.person, inquiry="welcome-offer")
    if kept.standing() is Standing.PROPOSED:
        return await _written_alone(call, row, lines, effects)
    if before is Standing.PROPOSED:
        return [*effects, *await _both_written(call, row, kept)]
    return await _written_anew(call, row, lines, effects)


async def _written_alone(
    call: Call, row: Onboarding, lines: Sequence[str], effects: list[Effect]
) -> list[Effect]:
    """The other has not written: they are offered to, and read nothing until they have (R42)."""
    other = row.other(call.person)
    text = (
        f"Kept, sealed:\n\n{listed(lines)}\n\nYour pair stays proposed until both of you have written; then you both see all of "
        "it. `welcome commit` changes yours."
    )
    if not await _is_offered(row, other):
        effects = [*effects, *await _offer_to_write(call, row, other)]
    return [Say(text=text), *effects]


async def _both_written(call: Call, row: Onboarding, said: Said) -> list[Effect]:
    """Each of the two reads what both commit to."""
    effects: list[Effect] = []
    for person in onboardings.the_two(row):
        effects += await onboardings.tell(
            call,
            row,
            person,
            f"Both of you have written.\n\n{await both_sides(row, said, person)}\n\nOnly the two of you see this. `welcome commit` "
            "changes yours.",
        )
    return effects


async def _written_anew(
    call: Call, row: Onboarding, lines: Sequence[str], effects: list[Effect]
) -> list[Effect]:
    """Something else than before: the other is told what it is now."""
    other = row.other(call.person)
    who, mine = await name(row.room, other), await name(row.room, call.person)
    told = await onboardings.tell(
        call, row, other, f"**{mine}** now commits to this for you:\n\n{listed(lines)}"
    )
    return [Say(text=f"Kept, and {who} is told:\n\n{listed(lines)}"), *effects, *told]


async def _is_offered(row: Onboarding, person: str) -> bool:
    """Whether somebody is asked already: asked twice, they would answer a question that has closed under their hand."""
    asks = ["welcome-offer", "welcome-commit"]
    return bool(await open_about("onboarding", row.id, person=person, inquiry__in=asks))
