"""What books only when several people confirm it in private: respect in an exchange, and owning something together.

Nobody learns what another answered; a no and a silence are the same to see.
"""

from collections.abc import Collection

from handlers.asking import waking_of
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    Effect,
    Effects,
    Ring,
    Say,
    inquiry,
    ritual,
)
from handlers.names import name, names, room_name
from handlers.reciprocity.bookings import book, game_on, players
from handlers.words import escaped
from practices import game as rules
from practices.defaults import PATIENCE
from practices.game import Event
from storage.bookings import Claim, Game, digest
from storage.database import row_of
from storage.members import is_in
from storage.questions import Question
from storage.rooms import Room


async def claims_of(
    call: Call,
    room: Room,
    key: str,
    persons: Collection[str],
    *,
    event: Event,
    cause: str,
    about: str | None = None,
) -> list[Claim]:
    """One row for each of those who have to confirm, in their order."""
    return [
        await Claim.create(
            room=room.id,
            person=person,
            key=key,
            event=event,
            cause=cause,
            about=about,
            of=len(persons),
            until=call.at + PATIENCE,
        )
        for person in persons
    ]


async def put(call: Call, room: Room, claim: Claim, *, by: str | None = None) -> list[Effect]:
    """Ask one person for their part of a claim, now or in their morning (R15); `by` is who has said so."""
    waking = await waking_of(call, room, claim.person)
    if waking > (call.kept_at or call.at):
        return [
            Ring(
                ritual="claim",
                about=f"claim:{claim.id}",
                at=waking,
                when=waking.isoformat(),
                useful_until=claim.until,
                room=room.id,
                content={"claim": claim.id} if by is None else {"claim": claim.id, "by": by},
            )
        ]
    return [
        Ask(
            inquiry="claim",
            private=True,
            person=claim.person,
            until=claim.until,
            data={"claim": claim.id},
            text=await _claim_text(room, claim, by),
        )
    ]


async def _claim_text(room: Room, claim: Claim, by: str | None) -> str:
    rest = await Claim.filter(key=claim.key).exclude(id=claim.id)
    others = " and ".join(await names(room.id, [each.person for each in rest]))
    where = f"**{room_name(room, 'Your circle')}**"
    if claim.event is Event.RESPECTED:
        return (
            f"{where}: what went between you and **{others}** at your meeting, was it held with respect? When both of you "
            "say yes it is +1 for each; anything else is shown to nobody.\n\n✅ yes · ✋ no"
        )
    if by is None or not await is_in(room.id, by):
        says = "it was said"
    else:
        says = f"{await name(room.id, by)} says"
    return (
        f"{where}: {says} that you own **{escaped(claim.about or '')}** together with **{others}**. Do you, as a legal entity or by a written "
        "contract? When all of you have said yes it is +100 for each, and the room hears that you do; anything else is "
        "shown to nobody.\n\n✅ yes · ✋ no"
    )


@ritual(name="claim", help="asks somebody in their morning to confirm something of the game")
async def claim_later(call: Call) -> Effects:
    """The night of one of them is over."""
    claim = await row_of(Claim, call.content["claim"])
    if claim is None or not await is_in(claim.room, claim.person):
        return []
    by = call.content.get("by")
    return await put(call, call.room, claim, by=None if by is None else str(by))


@inquiry(name="claim", options=(YES, NO))
async def claimed(call: Call, question: Question, said: str) -> Effects:
    """One of them confirms, or not; the answer is the same either way for what the others have said."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    claim = await row_of(Claim, question.data["claim"])
    room = await Room.get_or_none(id=claim.room) if claim else None
    if claim is None or room is None or not await is_in(room.id, call.person):
        return [Say(text="That question has passed. Nothing was changed.")]
    thanks = Say(text=_thanks(claim, said))
    if said == NO.word:
        return [thanks]
    claim.agreed = True
    await claim.save(update_fields=["agreed"])
    return [thanks, *await _confirmed(call, room, claim)]


def _thanks(claim: Claim, said: str) -> str:
    """What becomes of an answer, as far as it holds: what all confirm of owning together is said in their room."""
    if claim.event is Event.CO_OWNS and said == YES.word:
        return "Thank you. When all have confirmed it, the room hears it; until then nobody is told what you answered."
    return "Thank you. Nobody is told what you answered."


async def _confirmed(call: Call, room: Room, claim: Claim) -> list[Effect]:
    """Book what all have confirmed by now."""
    found = await game_on(call, room)
    agreed = await Claim.filter(key=claim.key, agreed=True)
    all_of_them = await players(call, room, [each.person for each in agreed])
    if found is None or len(all_of_them) < claim.of:
        return []
    if claim.event is Event.RESPECTED:
        respect = rules.Respect(
            cause=claim.cause, at=call.at, pair=all_of_them, confirmed=all_of_them
        )
        await book(room, found, rules.respected(respect))
        return []
    owned = rules.Incorporation(
        entity=claim.cause, at=call.at, owners=all_of_them, confirmed=all_of_them
    )
    await book(room, found, rules.incorporated(owned), about=claim.about)
    await Claim.filter(key=claim.key).delete()
    who = " and ".join(await names(room.id, all_of_them))
    return [
        Say(
            text=f"**{escaped(claim.about or '')}** is owned together by {who}: all of them have confirmed it.",
            room=room.id,
            answers=False,
        )
    ]


async def ask_respect(
    call: Call, room: Room, found: Game, cause: str, pair: list[str]
) -> list[Effect]:
    """Ask both, once a meeting, whether their exchange was held with respect."""
    key = digest("respected", found.id, cause, *pair)
    if await Claim.exists(key=key):
        return []
    claims = await claims_of(call, room, key, pair, event=Event.RESPECTED, cause=cause)
    return [effect for claim in claims for effect in await put(call, room, claim)]
