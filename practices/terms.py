"""The terms of a poll, and what a voice in it says, as plain JSON: what is written is read back the same."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from practices.polls.poll import Marks, Passing, Showing, Terms, Way

__all__ = ["as_state", "from_state", "marks", "marks_state"]

_ENUMS = {"way": Way, "passing": Passing, "showing": Showing}


def as_state(terms: Terms) -> dict[str, object]:
    """Terms as JSON without floats. `from_state` reads it."""
    state: dict[str, object] = {}
    for field in fields(Terms):
        value = getattr(terms, field.name)
        if isinstance(value, tuple):
            value = list(value)
        elif field.name in _ENUMS and value is not None:
            value = value.value
        state[field.name] = value
    return state


def from_state(state: Mapping[str, Any]) -> Terms:
    """The terms that `as_state` wrote. Raises ValueError or TypeError for anything else."""
    known: dict[str, Any] = dict(state)
    for name, kind in _ENUMS.items():
        if known.get(name) is not None:
            known[name] = kind(known[name])
    known["options"] = tuple(str(each) for each in known.get("options", ()))
    return Terms(**known)


def marks_state(said: Marks) -> dict[str, int]:
    """Marks as JSON, whose keys are text; in the order of the options, whoever typed them in another."""
    return {str(place): said[place] for place in sorted(said)}


def marks(state: Mapping[str, int]) -> dict[int, int]:
    """The marks that `marks_state` wrote."""
    return {
        int(place): number for place, number in sorted(state.items(), key=lambda item: int(item[0]))
    }
