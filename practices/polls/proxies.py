"""Proxies: somebody lets another speak for them where they do not speak themselves.

It promises one step and no more: whoever holds a proxy speaks with their own voice for both, and cannot pass it on. A
direct vote always wins, a proxy can be taken back at any time and ends when its time is over, and in a secret poll there
is none, since nobody may know what another said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from practices.understanding import NotUnderstood

__all__ = ["LONGEST", "Proxy", "allow", "holds", "spoken_for"]

LONGEST = timedelta(days=366)
"""A proxy is given anew at least once a year, so that nobody speaks for somebody who has forgotten it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """Somebody lets another speak for them."""

    person: str
    #: Who speaks for them.
    holder: str
    given_at: datetime
    #: From then on it says nothing; None: after the longest time there is.
    until: datetime | None = None


def holds(proxy: Proxy, now: datetime) -> bool:
    """Whether it holds at an aware instant: given and not over. What is taken back is none any more."""
    ends_at = min(proxy.given_at + LONGEST, proxy.until or datetime.max.replace(tzinfo=UTC))
    return proxy.given_at <= now < ends_at


def allow(
    person: str, holder: str, proxies: Iterable[Proxy], *, until: datetime | None, now: datetime
) -> None:
    """Whether `person` may let `holder` speak for them; an older proxy of theirs would be replaced.

    Raises NotUnderstood, saying what would do: not oneself, nobody who lets another speak for them, nobody who speaks
    for others already, and no end that is past or more than a year ahead. Without an end it holds a year.
    """
    if person == holder:
        raise NotUnderstood(
            "You speak for yourself already. A proxy is for somebody else who will be there."
        )
    if until is not None and not now < until <= now + LONGEST:
        raise NotUnderstood(
            "A proxy ends within a year, and not before it has begun. It can be given again then."
        )
    held = [each for each in proxies if holds(each, now)]
    if any(each.person == holder for each in held):
        raise NotUnderstood(
            "They let somebody else speak for them for now, and a proxy is not passed on. Ask somebody who speaks themselves."
        )
    if any(each.holder == person for each in held):
        raise NotUnderstood(
            "Somebody lets you speak for them, and a proxy is not passed on. Once they have taken it back you can give yours."
        )


def spoken_for(
    direct: Collection[str],
    proxies: Iterable[Proxy],
    *,
    entitled: Collection[str],
    now: datetime,
    secret: bool = False,
) -> dict[str, str]:
    """Who is spoken for by whom at an instant: those without a direct vote, by a holder who voted directly.

    Both have to be entitled. A holder who is spoken for themselves passes nothing on. Of several proxies the newest
    counts. In a secret poll nobody is.
    """
    if secret:
        return {}
    newest: dict[str, Proxy] = {}
    for proxy in sorted(proxies, key=lambda each: (each.given_at, each.holder)):
        if holds(proxy, now):
            newest[proxy.person] = proxy
    return {
        person: proxy.holder
        for person, proxy in sorted(newest.items())
        if person not in direct
        and proxy.holder in direct
        and proxy.holder != person
        and {person, proxy.holder} <= set(entitled)
    }
