"""What several people chose in secret, sealed together in one row, so that nobody reads what one of them chose.

A choice is sealed as its place in the list of all there are, so that every choice is of one length.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from handlers.language import Call
from storage.retrospectives import Retrospective, Split

Ballot = Retrospective | Split
C = TypeVar("C", bound=StrEnum)


def read(call: Call, ballot: Ballot, among: type[C]) -> dict[str, C]:
    """The choices so far, by person; `among` are all there are."""
    if ballot.sealed is None:
        return {}
    codes, found = tuple(among), call.house.keys.open(ballot.purpose, ballot.sealed)
    assert isinstance(found, Mapping)
    return {str(person): codes[int(code)] for person, code in found.items()}


async def keep(call: Call, ballot: Ballot, choices: Mapping[str, C], among: type[C]) -> None:
    """Seal the choices anew; of none at all nothing is kept."""
    order = tuple(among)
    codes = {person: order.index(choice) for person, choice in sorted(choices.items())}
    ballot.sealed = call.house.keys.seal(ballot.purpose, codes) if codes else None
    await ballot.save(update_fields=["sealed"])


async def withdraw(call: Call, ballot: Ballot, among: type[C]) -> dict[str, C]:
    """What the sender chose was never said; returns what the others did."""
    choices = read(call, ballot, among)
    if choices.pop(call.person, None) is not None:
        await keep(call, ballot, choices, among)
    return choices
