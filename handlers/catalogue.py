"""Every feature, one line each, and how their declarations become one catalogue."""

from collections.abc import Iterable
from types import ModuleType
from typing import TypeVar

from handlers import asides, asking, meant
from handlers.assembly import (
    assemblies,
    assembling,
    assembly_matters,
    assembly_positions,
    commons,
    correspondence,
    delegate_circles,
    delegates,
    digest,
    directory,
    entering,
    handovers,
    introducing,
    mediators,
    moves,
    newsletter,
    origins,
    seals,
    seating,
    sendings,
    sprints,
)
from handlers.crews import (
    calling,
    changes,
    charter,
    curiosity,
    cycles,
    ending,
    forming,
    joining,
    pausing,
    retrospective,
    splitting,
    trial,
    visitor,
)
from handlers.domains import (
    delegations,
    domains,
    evaluations,
    handed,
    links,
    matters,
    notices,
    representatives,
    sketches,
    whose,
)
from handlers.dyads import (
    dyad_proposals,
    dyad_rests,
    dyad_rhythms,
    dyad_rooms,
    dyad_terms,
    dyads,
    one_to_one_arrangements,
    one_to_one_hours,
    one_to_one_mornings,
    one_to_one_partings,
    one_to_ones,
)
from handlers.house import (
    about,
    adoption,
    arrivals,
    belonging,
    courier,
    endless,
    helping,
    leaving,
    members,
    own_data,
    reminders,
    settings,
    times,
    waiting,
)
from handlers.language import Catalogue, Command, Declared, File, Inquiry, Ritual, Tap, Watch
from handlers.meetings import attendance, commitments, hosting, record, rhythm
from handlers.oneself import (
    contacts,
    journal,
    money,
    openings,
    parts,
    pathway,
    prompts,
    safety,
    steps,
    writing,
)
from handlers.pairing import draws, overdue, pairing, partaking, rota, yearly
from handlers.partnership import alone, partnership, unsealing
from handlers.polls import (
    amending,
    closing,
    drafting,
    objections,
    opening,
    outcomes,
    polls,
    progress,
    proxies,
    recounts,
    rounds,
    takebacks,
    votes,
    voting,
)
from handlers.reciprocity import claims, coowners, game, offers, points
from handlers.register import carrying, decisions, renewing, reviews, tasks
from handlers.sessions import forms, practice, reports, scripts
from handlers.stewardship import (
    steward_newcomers,
    steward_rounds,
    stewardship,
    stewardship_proposals,
    stewardship_years,
)
from handlers.welcome import (
    companions,
    onboarding,
    pod_invitations,
    pod_room,
    promises,
    staying,
    tour,
    weeks,
    welcome,
    welcomers,
)

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
    companions,
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
    draws,
    dyad_proposals,
    dyad_rests,
    dyad_rhythms,
    dyad_rooms,
    dyad_terms,
    dyads,
    ending,
    endless,
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
    meant,
    mediators,
    members,
    money,
    moves,
    newsletter,
    notices,
    objections,
    offers,
    onboarding,
    one_to_one_arrangements,
    one_to_one_hours,
    one_to_one_mornings,
    one_to_one_partings,
    one_to_ones,
    opening,
    openings,
    origins,
    outcomes,
    overdue,
    own_data,
    pairing,
    partaking,
    partnership,
    parts,
    pathway,
    pausing,
    pod_invitations,
    pod_room,
    points,
    polls,
    practice,
    progress,
    promises,
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
    seating,
    sendings,
    settings,
    sketches,
    splitting,
    sprints,
    staying,
    steps,
    steward_newcomers,
    steward_rounds,
    stewardship,
    stewardship_proposals,
    stewardship_years,
    takebacks,
    tasks,
    times,
    tour,
    trial,
    unsealing,
    visitor,
    votes,
    voting,
    waiting,
    weeks,
    welcome,
    welcomers,
    whose,
    writing,
    yearly,
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
