"""Every feature, one line each, and how their declarations become one catalogue."""

from collections.abc import Iterable
from types import ModuleType
from typing import TypeVar

from handlers import (
    about,
    adoption,
    arrivals,
    attendance,
    greeting,
    members,
    mornings,
    own_data,
    reminders,
    rhythm,
    settings,
    times,
)
from handlers.language import Catalogue, Command, Declared, Inquiry, Ritual, Tap, Watch

FEATURES = (
    about,
    adoption,
    arrivals,
    attendance,
    greeting,
    members,
    mornings,
    own_data,
    reminders,
    rhythm,
    settings,
    times,
)

T = TypeVar("T")


class TwoOfAName(Exception):
    """Two declarations answer to the same name."""


def _put(table: dict[str, T], name: str, declared: T) -> None:
    if name in table:
        raise TwoOfAName(name)
    table[name] = declared


def declarations(feature: ModuleType) -> Iterable[Declared]:
    """What a feature itself declares, in the order in which it stands there."""
    return [
        value
        for value in vars(feature).values()
        if isinstance(value, Command | Ritual | Inquiry | Tap | Watch)
        and value.answer.__module__ == feature.__name__
    ]


def collect(features: Iterable[ModuleType]) -> Catalogue:
    """One catalogue of all that `features` declare; raises TwoOfAName."""
    catalogue = Catalogue()
    for feature in features:
        for declared in declarations(feature):
            match declared:
                case Command():
                    _put(catalogue.commands, declared.name, declared)
                    for word in declared.words:
                        _put(catalogue.words, word, declared)
                case Ritual():
                    _put(catalogue.rituals, declared.name, declared)
                case Inquiry():
                    _put(catalogue.inquiries, declared.name, declared)
                case Tap():
                    _put(catalogue.taps, declared.prefix, declared)
                case Watch():
                    catalogue.watches.setdefault(declared.kind, []).append(declared)
    return catalogue


CATALOGUE = collect(FEATURES)
