"""Every feature, one line each, and how their declarations become one catalogue."""

from collections.abc import Iterable
from types import ModuleType
from typing import TypeVar

from handlers import (
    about,
    adoption,
    alone,
    amending,
    arrivals,
    asides,
    asking,
    assemblies,
    assembling,
    assembly_matters,
    assembly_positions,
    attendance,
    belonging,
    calling,
    carrying,
    changes,
    charter,
    claims,
    closing,
    commitments,
    commons,
    contacts,
    coowners,
    correspondence,
    courier,
    curiosity,
    cycles,
    decisions,
    delegate_circles,
    delegates,
    delegations,
    digest,
    directory,
    domains,
    drafting,
    dyads,
    ending,
    entering,
    evaluations,
    forming,
    forms,
    game,
    handed,
    handovers,
    helping,
    hosting,
    introducing,
    joining,
    journal,
    leaving,
    links,
    matters,
    mediators,
    members,
    money,
    moves,
    newsletter,
    notices,
    objections,
    offers,
    onboarding,
    one_to_ones,
    opening,
    openings,
    origins,
    outcomes,
    own_data,
    pairing,
    partnership,
    parts,
    pathway,
    pausing,
    points,
    polls,
    practice,
    progress,
    prompts,
    proxies,
    record,
    recounts,
    reminders,
    renewing,
    reports,
    representatives,
    retrospective,
    reviews,
    rhythm,
    rota,
    rounds,
    safety,
    scripts,
    seals,
    sendings,
    settings,
    sketches,
    splitting,
    sprints,
    steps,
    stewardship,
    takebacks,
    tasks,
    times,
    trial,
    unsealing,
    visitor,
    votes,
    voting,
    waiting,
    welcome,
    welcomers,
    whose,
    writing,
)
from handlers.language import Catalogue, Command, Declared, File, Inquiry, Ritual, Tap, Watch

FEATURES = (
    about,
    adoption,
    alone,
    amending,
    arrivals,
    asides,
    asking,
    assemblies,
    assembling,
    assembly_matters,
    assembly_positions,
    attendance,
    belonging,
    calling,
    carrying,
    changes,
    charter,
    claims,
    closing,
    commitments,
    commons,
    contacts,
    coowners,
    correspondence,
    courier,
    curiosity,
    cycles,
    decisions,
    delegate_circles,
    delegates,
    delegations,
    digest,
    directory,
    domains,
    drafting,
    dyads,
    ending,
    entering,
    evaluations,
    forming,
    forms,
    game,
    handed,
    handovers,
    helping,
    hosting,
    introducing,
    joining,
    journal,
    leaving,
    links,
    matters,
    mediators,
    members,
    money,
    moves,
    newsletter,
    notices,
    objections,
    offers,
    onboarding,
    one_to_ones,
    opening,
    openings,
    origins,
    outcomes,
    own_data,
    pairing,
    partnership,
    parts,
    pathway,
    pausing,
    points,
    polls,
    practice,
    progress,
    prompts,
    proxies,
    record,
    recounts,
    reminders,
    renewing,
    reports,
    representatives,
    retrospective,
    reviews,
    rhythm,
    rota,
    rounds,
    safety,
    scripts,
    seals,
    sendings,
    settings,
    sketches,
    splitting,
    sprints,
    steps,
    stewardship,
    takebacks,
    tasks,
    times,
    trial,
    unsealing,
    visitor,
    votes,
    voting,
    waiting,
    welcome,
    welcomers,
    whose,
    writing,
)

T = TypeVar("T")


class TwoOfAName(Exception):
    """Two declarations answer to the same name."""


def _put(table: dict[str, T], names: Iterable[str], declared: T) -> None:
    for name in names:
        if name in table:
            raise TwoOfAName(name)
        table[name] = declared


def declarations(feature: ModuleType) -> Iterable[Declared]:
    """What a feature itself declares, in the order in which it stands there."""
    return [
        value
        for value in vars(feature).values()
        if isinstance(value, Command | Ritual | Inquiry | Tap | File | Watch)
        and value.answer.__module__ == feature.__name__
    ]


def collect(features: Iterable[ModuleType]) -> Catalogue:
    """One catalogue of all that `features` declare; raises TwoOfAName."""
    catalogue = Catalogue()
    for feature in features:
        for declared in declarations(feature):
            _enter(catalogue, declared)
    return catalogue


def _enter(catalogue: Catalogue, declared: Declared) -> None:
    match declared:
        case Command():
            _put(catalogue.commands, [declared.name], declared)
            _put(catalogue.words, declared.words, declared)
        case Ritual():
            _put(catalogue.rituals, [declared.name], declared)
        case Inquiry():
            _put(catalogue.inquiries, [declared.name], declared)
        case Tap():
            _put(catalogue.taps, [declared.prefix], declared)
        case File():
            _put(catalogue.files, declared.suffixes, declared)
        case Watch():
            catalogue.watches.setdefault(declared.kind, []).append(declared)


CATALOGUE = collect(FEATURES)
