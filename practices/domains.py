"""Whose call something is, by the cards of the domains that hold (DEC-5, R132).

It promises that no text is ever judged: `judge` says which of its words stand on which card, as scope or as limit, and leaves
it to people what follows from that. The same cards in another order give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from practices.cards import Card
from practices.scopes import Found, found, telling

__all__ = [
    "Held",
    "Hit",
    "Inside",
    "Judgement",
    "Outside",
    "Unclear",
    "find",
    "judge",
    "overlaps",
]

#: What stands in a name or among the responsibilities counts so much; what stands anywhere else counts once.
_SCOPE = 3

#: Another card whose words count for at least this part of the best one's is as near as that one, in quarters.
_NEAR = 3

#: So many words of a matter in a scope are enough to say so; or half of them, where it has few.
_ENOUGH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A domain that holds, and which it is."""

    id: int
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """How a matter stands on one card: nothing but words that both have."""

    held: Held
    #: Words that stand in its name or among its responsibilities.
    scope: tuple[Found, ...]
    #: Words that stand elsewhere: purpose, whom it serves, resources, measures.
    beside: tuple[Found, ...]
    limits: tuple[Found, ...]
    #: How many words the matter has that tell something.
    of: int

    @property
    def score(self) -> int:
        """How much of the matter stands there; limits count for nothing."""
        return _SCOPE * sum(each.likeness for each in self.scope) + sum(
            each.likeness for each in self.beside
        )

    @property
    def enough(self) -> bool:
        """Whether enough of the matter stands in the scope to say that it does; of what a limit names nothing is wanted."""
        named = {each.word for each in self.scope}
        limited = sum(each.word not in named for each in self.limits)
        return len(self.scope) >= _ENOUGH or self.of - limited <= 2 * len(self.scope)

    @property
    def only_money(self) -> bool:
        """Whether all that a limit names of the matter is what it costs."""
        return all(each.word.casefold() in _MONEY for each in self.limits)


@dataclass(frozen=True, slots=True)
class Inside:
    """The card names it, and no limit of it does: no wider vote is needed (R132)."""

    hit: Hit


@dataclass(frozen=True, slots=True)
class Outside:
    """A limit of the card names it; `hit.limits` says which."""

    hit: Hit


@dataclass(frozen=True, slots=True)
class Unclear:
    """The cards do not tell; those that come nearest, at most two, the best first."""

    nearest: tuple[Hit, ...]


#: Words for money: they tell what something costs, not what it is.
_MONEY = frozenset({
    "euro", "euros", "eur", "pound", "pounds", "dollar", "dollars", "franc", "francs", "crown", "crowns", "money",
})  # fmt: skip

Judgement = Inside | Outside | Unclear


def _hit(matter: tuple[str, ...], held: Held) -> Hit:
    card = held.card
    scope = found(matter, (card.name, *card.scope))
    known = {each.word for each in scope}
    rest = [word for word in matter if word not in known]
    return Hit(
        held=held,
        scope=scope,
        beside=found(rest, (card.purpose, card.serves, card.resources, card.measures)),
        limits=found(matter, card.limits),
        of=len(matter),
    )


def find(text: str, domains: Iterable[Held]) -> tuple[Hit, ...]:
    """The cards that have words of a matter, the best first; equals in the order of their numbers.

    A card that names it only as a limit comes last. The same cards in another order give the same answer.
    """
    matter = telling(text)
    hits = [_hit(matter, held) for held in domains]
    named = [hit for hit in hits if hit.score or hit.limits]
    return tuple(sorted(named, key=lambda hit: (-hit.score, hit.held.id)))


def judge(text: str, domains: Iterable[Held]) -> Judgement:
    """What the cards say of a matter. People decide whether that is so."""
    hits = find(text, domains)
    claims = [hit for hit in hits if hit.scope and hit.enough]
    if not claims:
        # A word that all of them want is no limit that names a matter: as much of it is wanted as of a scope.
        limited = [hit for hit in hits if hit.limits and 2 * len(hit.limits) >= hit.of]
        # Any sum of money would be named by a limit that speaks of one, whatever it is for.
        limited = [hit for hit in limited if hit.of == len(hit.limits) or not hit.only_money]
        if limited:
            return Outside(limited[0])
        return Unclear(tuple(hit for hit in hits if hit.score)[:2])
    best, *others = claims
    near = [hit for hit in others if 4 * hit.score >= _NEAR * best.score]
    if near:
        return Unclear((best, near[0]))
    return Outside(best) if best.limits else Inside(best)


def overlaps(card: Card, others: Iterable[Held]) -> tuple[tuple[Held, tuple[Found, ...]], ...]:
    """The other domains among whose responsibilities words of this one's stand, in the order of their numbers."""
    own = telling("\n".join((card.name, *card.scope)))
    found_ = [
        (held, found(own, (held.card.name, *held.card.scope)))
        for held in sorted(others, key=lambda held: held.id)
    ]
    return tuple((held, shared) for held, shared in found_ if shared)
