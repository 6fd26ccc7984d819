"""Whether one person may be asked something by another through us: the one brake before every private request.

Whoever has begun nothing is asked by the same person about the same matter once, and then not for a while, whatever is taken
back, ended or forgotten meanwhile; nobody asks more than a few different people within a day, nor one of them more than twice,
whatever it is about; and whoever is asked a second time within a month reads how to be asked no more. Whoever has said "not
with" of somebody is not asked by them (practices.pairing): the asker is answered in the same words, what they asked stands as it
would, and ends as every silence does, so that nobody can tell (R13).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b

from handlers.asking import now_of
from handlers.crews.callings import spaces_of
from handlers.language import Call, Refused
from handlers.names import called
from handlers.pairing import preferences
from handlers.words import folded
from practices import pathway
from practices.onboarding import MOST_NEWCOMERS
from storage import askings

#: More different people than these within a day would be a campaign.
MOST_A_DAY = 3

A_DAY = timedelta(days=1)

#: The same person is asked by one so often within a day, at most, whatever it is about.
MOST_TO_ONE = 2

#: From the second of so long on, what they are asked says how to be asked no more.
A_MONTH = timedelta(days=30)

#: So long two who have opened what they said of their partnership can suggest a day to look again.
OPENED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that one person can ask another through us."""

    name: str
    #: So long the same person is not asked again by the same one, unless they have said yes, or ask themselves.
    rests: timedelta
    #: How many different people have been asked by one within a day, at most, when this one is asked too.
    #: None: they are not counted, as only those can be asked who have said that they would be.
    most: int | None = MOST_A_DAY
    #: How many can be asked by one, in all of `rests`; None: no other number than that of a day.
    few: int | None = None
    #: Something within what the two have agreed on already, or of those who would be asked: it has its own rest alone.
    agreed: bool = False
    #: To how many askings of one person it is put, in all of `patience`; the others end as silence does. None: to any number.
    at_once: int | None = None
    patience: timedelta = timedelta(days=14)


DYAD = Matter("dyad", timedelta(days=180))
#: Other terms for a dyad, and its waking: a week of quiet between two who have agreed already.
TERMS = Matter("terms", timedelta(days=7), agreed=True)
WAKE = Matter("wake", timedelta(days=14), agreed=True)
#: A one-to-one now, in a dyad or an onboarding pair, until its time is agreed on.
MEET = Matter("meet", timedelta(days=7), agreed=True)
STEWARD = Matter("steward", timedelta(days=90))
PARTNERSHIP = Matter("partnership", timedelta(days=30))
AGAIN = Matter("again", timedelta(days=14), agreed=True)
PATHWAY = Matter("pathway", pathway.AGAIN, few=pathway.MOST_ASKED, at_once=3)
#: A pod is asked together, up to as many as fit in it, and some more for whoever would rather not.
POD = Matter("pod", timedelta(days=90), most=MOST_NEWCOMERS + 3)
#: Whether somebody new would like somebody beside them, at a member's word.
OFFER = Matter("offer", timedelta(days=180), most=MOST_NEWCOMERS)
#: Whether whoever invited somebody new would be beside them, at the newcomer's word.
INVITER = Matter("inviter", timedelta(days=90))
#: The same of whoever has said that they would be beside newcomers.
BESIDE = Matter("beside", timedelta(days=90), most=None, agreed=True)
#: Whether somebody would be a safety contact, at a host's word.
CONTACT = Matter("contact", timedelta(days=90), most=6)
#: Whether somebody would mediate for another congregation, at a host's word: as long as a search is open.
MEDIATOR = Matter("mediator", timedelta(days=14))

MATTERS = (
    DYAD,
    TERMS,
    WAKE,
    MEET,
    STEWARD,
    PARTNERSHIP,
    AGAIN,
    PATHWAY,
    POD,
    OFFER,
    INVITER,
    BESIDE,
    CONTACT,
    MEDIATOR,
)

_PLACES = max(each.most or 0 for each in MATTERS)


def _mark(call: Call, *words: str) -> str:
    """A mark that nobody can read or make without the operator's secret."""
    key = call.house.keys.key("askings")
    return blake2b("\n".join(words).encode(), key=key, digest_size=32).hexdigest()


def _of(call: Call, matter: Matter, asker: str, person: str) -> str:
    return _mark(call, matter.name, asker, person)


def _today(call: Call, asker: str, person: str) -> str:
    return _mark(call, "day", asker, person)


def _pair_of(asker: str, person: str) -> str:
    return f"{asker} {person}"


def _counted(call: Call, what: str, who: str, most: int) -> list[str]:
    """Numbered marks, of which one is taken with each asking: how many are, and for whom is in none of them."""
    return [_mark(call, "count", what, who, str(number)) for number in range(most)]


async def _taken(call: Call, what: str, who: str, most: int) -> int:
    return len(await askings.standing(_counted(call, what, who, most), now_of(call)))


async def _take(call: Call, what: str, who: str, most: int, many: int, span: timedelta) -> None:
    places = _counted(call, what, who, most)
    taken = await askings.standing(places, now_of(call))
    free = [place for place in places if place not in taken]
    await askings.keep(free[:many], now_of(call) + span)


# ------------------------------------------------------------------------------------------- what is asked


async def may_ask(call: Call, person: str, matter: Matter, *, asker: str | None = None) -> bool:
    """Whether the question is put to them, which the asker must not be able to tell. Raises Refused."""
    return person in await may_ask_each(call, [person], matter, asker=asker)


async def may_ask_each(
    call: Call, people: Iterable[str], matter: Matter, *, asker: str | None = None
) -> frozenset[str]:
    """Mark that the sender asks these people; those to whom the question is put are returned.

    Raises Refused, and nobody is asked, when one of them was asked lately, or they are too many.
    """
    who, wanted = asker or call.person, list(dict.fromkeys(people))
    await check(call, wanted, matter, asker=who)
    now = now_of(call)
    await askings.tidy(now)
    if matter.most is not None:
        today = {_today(call, who, person) for person in wanted}
        fresh = today - await askings.standing(today, now)
        await _take(call, "day", who, _PLACES, len(fresh), A_DAY)
        await askings.keep(fresh, now + A_DAY)
    if matter.few is not None:
        await _take(call, matter.name, who, matter.few, len(wanted), matter.rests)
    for person in wanted:
        if not matter.agreed:
            pair = _pair_of(who, person)
            await _take(call, "to one", pair, MOST_TO_ONE, 1, A_DAY)
            await _take(call, "month", pair, 2, 1, A_MONTH)
        # Whoever asks has begun it: what they were asked themselves, and did not want, may be asked anew.
        await lift(call, person, who, matter)
    await askings.keep([_of(call, matter, who, person) for person in wanted], now + matter.rests)
    return frozenset([person for person in wanted if await _is_put(call, person, who, matter)])


async def _is_put(call: Call, person: str, asker: str, matter: Matter) -> bool:
    """Whether they are asked; only what is put to them takes a place of theirs, and that none is left is told to nobody."""
    if await excludes(call, person, asker):
        return False
    if matter.at_once is None:
        return True
    places = f"to {matter.name}"
    if await _taken(call, places, person, matter.at_once) >= matter.at_once:
        return False
    await _take(call, places, person, matter.at_once, 1, matter.patience)
    return True


async def check(
    call: Call, people: Collection[str], matter: Matter, *, asker: str | None = None
) -> None:
    """Raise Refused when one of these people was asked lately, or they are too many; nothing is written."""
    who, now = asker or call.person, now_of(call)
    for person in people:
        if await lately(call, person, matter, asker=who):
            raise Refused(
                f"You have asked **{await called(person, who)}** within the last {matter.rests.days} days, so nobody was asked now. "
                "Whenever they ask you, you hear of it here; and you can speak with them yourself."
            )
        if not matter.agreed and await _asked_enough(call, who, person):
            raise Refused(
                f"You have asked **{await called(person, who)}** {MOST_TO_ONE} things within a day already, so nobody was asked now. "
                "Tomorrow there is room again; and you can speak with them yourself."
            )
    today = {_today(call, who, person) for person in people}
    fresh = len(today - await askings.standing(today, now))
    taken = await _taken(call, "day", who, _PLACES)
    if fresh and matter.most is not None and taken + fresh > matter.most:
        raise Refused(
            f"That would be more than {matter.most} people whom you ask within a day, so nobody was asked. Tomorrow there is room "
            "again; few, who know you, say more."
        )
    season = await _taken(call, matter.name, who, matter.few or 0)
    if matter.few is not None and season + len(people) > matter.few:
        raise Refused(
            f"That would be more than {matter.few} people within {matter.rests.days} days, so nobody was asked. Few, who "
            "know you well, say more."
        )


async def _asked_enough(call: Call, asker: str, person: str) -> bool:
    return await _taken(call, "to one", _pair_of(asker, person), MOST_TO_ONE) >= MOST_TO_ONE


async def way_out(call: Call, person: str, *, asker: str | None = None) -> str:
    """For the end of a question, from the second that the asker puts to them within a month: how to be asked no more; else ""."""
    who = asker or call.person
    if await _taken(call, "month", _pair_of(who, person), 2) < 2:  # noqa: PLR2004 - the second
        return ""
    name = await called(who, person)
    try:
        reader = replace(call, sender=person)
        known = await preferences.somebody(reader, name, await spaces_of(person)) == who
    except Refused:
        known = False
    typed = folded(name) if known and name.isalnum() else who.replace("`", "")
    return f"\n\n*`pairing not with {typed}`, said to me, and I put no request of theirs to you any more. They are not told.*"


async def lately(call: Call, person: str, matter: Matter, *, asker: str | None = None) -> bool:
    """Whether somebody was asked by the sender so lately that they are not asked again yet."""
    mark = _of(call, matter, asker or call.person, person)
    return bool(await askings.standing([mark], now_of(call)))


async def many(call: Call, matter: Matter) -> int:
    """How many of the few whom the sender can ask in a season have been asked."""
    return await _taken(call, matter.name, call.person, matter.few or 0)


async def lift(call: Call, asker: str, person: str, matter: Matter) -> None:
    """Let the same be asked again: whoever was asked has said yes, or asks now themselves."""
    await askings.lift([_of(call, matter, asker, person)])


async def excludes(call: Call, person: str, other: str) -> bool:
    """Whether somebody has said "not with" of another; so too where what they have said cannot be read any more.

    It is for the one who said it, and for what is not put to them: nothing that `other` reads may depend on it.
    """
    try:
        return other in (await preferences.preferred(call, person)).not_with
    except ValueError:
        return True


async def excluded(call: Call) -> frozenset[str]:
    """Those of whom the sender has said "not with", for what the sender alone reads; none where it cannot be read any more."""
    try:
        return (await preferences.preferred(call, call.person)).not_with
    except ValueError:
        return frozenset()


# ------------------------------------------------------------------------------- what two have opened together


def _pair(call: Call, one: str, other: str) -> str:
    return _mark(call, "opened", *sorted((one, other)))


async def opened(call: Call, one: str, other: str) -> None:
    """Two have opened a partnership reflection: for a while either can suggest a day to look again."""
    await askings.keep([_pair(call, one, other)], now_of(call) + OPENED)


async def have_opened(call: Call, other: str) -> bool:
    """Whether the sender and another have opened one lately."""
    return bool(await askings.standing([_pair(call, call.person, other)], now_of(call)))
