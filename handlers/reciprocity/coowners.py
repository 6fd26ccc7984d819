"""What some of a circle come to own together: noted in the game at the word of one, when all of them confirm it."""

from handlers.language import (
    Argument,
    Call,
    Effects,
    Refused,
    Say,
    command,
)
from handlers.reciprocity.bookings import PLAYING, game_played
from handlers.reciprocity.claims import claims_of, put
from handlers.whom import whom
from handlers.words import escaped, folded
from practices.game import Event
from storage.bookings import Booking, Claim, digest

#: Longer names are no names.
LONGEST_NAME = 120


@command(
    name="coowners",
    aliases=("co-owners",),
    help="note in the game that some of you own something together; I ask each of them in private",
    example="coowners Lakeside Bakery: Ana, Ben",
    kinds=PLAYING,
    arguments=(
        Argument(
            name="what",
            help="what it is called, a colon, and the names of all who own it; “me” is you",
            rest=True,
            question="What is it called, and who owns it together? For example: Lakeside Bakery: Ana, Ben.",
        ),
    ),
)
async def coowners(call: Call, what: str) -> Effects:
    """Level 5: ask all who are named; it books when all of them have confirmed (R87, Q8)."""
    found = await game_played(call)
    entity, _, listed = what.partition(":")
    entity = " ".join(entity.split())
    owners = await _named(call, listed)
    if not entity or len(entity) > LONGEST_NAME or len(owners) < 2:  # noqa: PLR2004 - sharing takes two
        raise Refused(
            f"Owning together takes a name and at least two of you: `{call.house.prefix}coowners Lakeside Bakery: Ana, Ben`. "
            "Nothing was noted."
        )
    if call.person not in owners:
        raise Refused(
            "What some of you own together is said by one of them. Nothing was noted, and nobody was asked; "
            f"`{call.house.prefix}coowners Lakeside Bakery: me, Ben` says it with yourself among them."
        )
    owners = [call.person, *(each for each in owners if each != call.person)]
    cause = f"entity:{digest(folded(entity))}"
    key = digest("co-owns", found.id, cause)
    await Claim.filter(key=key, until__lte=call.at).delete()
    if await Claim.exists(key=key):
        raise Refused(
            f"I have asked about **{escaped(entity)}** already, and the answers may take up to fourteen days."
        )
    if await _has_asked(call):
        raise Refused(
            "You have asked about something that you own together already, and the answers may take up to fourteen "
            "days. Nothing was noted; when it is confirmed or over, you can say the next."
        )
    booked = Booking.filter(room=call.room.id, cause=cause, event=Event.CO_OWNS, person__in=owners)
    if await booked.count() == len(owners):
        raise Refused(f"**{escaped(entity)}** is noted for all of them already; it counts once.")
    claims = await claims_of(
        call, call.room, key, owners, event=Event.CO_OWNS, cause=cause, about=entity
    )
    own, *others = claims  # whoever says it has confirmed it by that
    own.agreed = True
    await own.save(update_fields=["agreed"])
    return [
        *[
            effect
            for claim in others
            for effect in await put(call, call.room, claim, by=call.person)
        ],
        Say(
            text="By saying it you have confirmed it; I ask the others of those named, in private. "
            f"**{escaped(entity)}** is noted, and said here, when all of them have confirmed it."
        ),
    ]


async def _has_asked(call: Call) -> bool:
    """Whether something that the speaker has said is still to be confirmed: theirs is the first row of it."""
    still = Claim.filter(room=call.room.id, event=Event.CO_OWNS, until__gt=call.at)
    asked: dict[str, list[Claim]] = {}
    for claim in await still.order_by("id"):
        asked.setdefault(claim.key, []).append(claim)
    return any(rows[0].person == call.person and len(rows) == rows[0].of for rows in asked.values())


async def _named(call: Call, listed: str) -> list[str]:
    """The members whose names are listed. Raises Refused for a name that is nobody's, or more than one person's."""
    named = [each.strip() for each in listed.replace(" and ", ",").split(",")]
    return sorted({await whom(call, call.room, each) for each in named if each})
