"""What the messages about offers and asks say: the list, the two messages of each, and why something was not done.

They are written anew whenever something changes, so that they stay true. Nobody is counted or compared, and of what
rests it is not said at whose wish.
"""

from handlers.language import Call
from handlers.meetings.meetings import meets
from handlers.names import name
from handlers.words import escaped
from practices.offers import RECALL_DAYS, Kind, Move, Standing, Who
from storage.offers import Offer
from storage.rooms import Room

#: What the list shows.
OPEN = (Standing.SAID, Standing.ACCEPTED)

TAKE, DONE, REST, AGAIN = "🤝", "✅", "✋", "↩️"


async def list_words(call: Call, room: Room) -> str:
    """What is open and what is taken up, in the order of its numbers, which is nobody's."""
    rows = await Offer.filter(room=room.id, standing__in=OPEN).order_by("number")
    prefix = call.house.prefix
    if not rows:
        return (
            f"Nothing is offered or asked for just now. `{prefix}offer an hour of help with tax` or "
            f"`{prefix}need a lift on friday` puts something here, and whoever likes takes it up."
        )
    open_ones = [row for row in rows if row.standing is Standing.SAID]
    parts = {
        "Offered": [row for row in open_ones if row.kind is Kind.OFFER],
        "Asked for": [row for row in open_ones if row.kind is Kind.ASK],
        "Taken up": [row for row in rows if row.standing is Standing.ACCEPTED],
    }
    lines = [
        "\n".join([f"**{head}**", "", *[await _line(room, row) for row in found]])
        for head, found in parts.items()
        if found
    ]
    foot = (
        f"`{prefix}take 1` takes one up · `{prefix}given 1` when it is done · `{prefix}withdraw 1` lets it rest, no reason "
        "asked"
    )
    return "\n\n".join([*lines, foot])


async def _line(room: Room, row: Offer) -> str:
    owner = await name(room.id, row.owner)
    head = f"- **{row.number}** {escaped(row.title)} – {owner}"
    if row.standing is Standing.SAID or row.taken_by is None:
        return head
    taker = await name(room.id, row.taken_by)
    if row.kind is Kind.OFFER:
        return f"{head} offers, {taker} takes it up"
    return f"{head} asked, {taker} gives"


async def card_words(call: Call, room: Room, row: Offer) -> str:
    """The message with which it was said, as it stands now."""
    owner, title = await name(room.id, row.owner), escaped(row.title)
    if row.standing is Standing.WITHDRAWN:
        return _rests(call, row)
    verb = "offers" if row.kind is Kind.OFFER else "would like"
    text = f"**{owner}** {verb}: {title}"
    if row.standing is Standing.DONE:
        return f"{text}\n\n{DONE} Done."
    if row.standing is Standing.ACCEPTED and row.taken_by is not None:
        taker = await name(room.id, row.taken_by)
        taken = "takes it up" if row.kind is Kind.OFFER else "can give that"
        return f"{text}\n\n{TAKE} **{taker}** {taken}."
    mine = "I take it up" if row.kind is Kind.OFFER else "I can give that"
    return f"{text}\n\n{TAKE} {mine} · {REST} let it rest *({owner})* · `{call.house.prefix}take {row.number}`"


async def match_words(call: Call, room: Room, row: Offer) -> str:
    """The message with which it was accepted, as it stands now."""
    title, prefix = escaped(row.title), call.house.prefix
    if row.standing is Standing.WITHDRAWN:
        return _rests(call, row)
    if row.standing is Standing.SAID:
        return f"~~{title}~~ It is open again."
    if row.standing is Standing.DONE or row.taken_by is None:
        return (
            f"{DONE} Done: {title}\n\nThanks may be said, here or to each other. "
            f"*{AGAIN} not yet: `{prefix}offers again {row.number}`*"
        )
    owner, taker = await name(room.id, row.owner), await name(room.id, row.taken_by)
    if row.kind is Kind.OFFER:
        text = f"**{taker}** takes up what **{owner}** offers: {title}"
    else:
        text = f"**{taker}** can give what **{owner}** would like: {title}"
    return (
        f"{text}\n\nYou two say how and when. {DONE} done · {REST} let it rest, no reason asked · "
        f"`{prefix}given {row.number}`"
    )


def _rests(call: Call, row: Offer) -> str:
    again = f"`{call.house.prefix}offers again {row.number}`"
    return f"~~{escaped(row.title)}~~ It rests. *{AGAIN} {again}*"


async def recall_words(room: Room, row: Offer, days: int) -> str:
    """The private word to whoever gives, so many days after it was taken up (R98)."""
    title, where = escaped(row.title), meets(room)
    if row.kind is Kind.OFFER:
        taker = await name(room.id, row.taken_by or row.owner)
        text = f"In {where} **{taker}** took up what you offered: {title}"
    else:
        text = f"In {where} **{await name(room.id, row.owner)}** asked for something, and you said that you can give it: {title}"
    again = "" if days == RECALL_DAYS[0] else " I don't recall it again."
    return (
        f"{text}\n\nReply {DONE} “done” when it is, or {REST} “rest” to let it go; neither needs a reason, and nothing need "
        f"be said.{again}"
    )


async def why_not(call: Call, room: Room, row: Offer, move: Move, by: Who) -> str:
    """Why a move changed nothing, and the nearest thing that works."""
    if by is Who.OWNER and (row.standing, move) == (Standing.ACCEPTED, Move.TAKE):
        taker = await name(room.id, row.taken_by or row.owner)
        return (
            f"That is your own, and **{taker}** has taken it up. Nothing was changed; "
            f"`{call.house.prefix}given {row.number}` says that it is done."
        )
    if by is Who.TAKER and (row.standing, move) == (Standing.ACCEPTED, Move.TAKE):
        return f"You have taken that up already. `{call.house.prefix}given {row.number}` says that it is done."
    if row.standing is Standing.ACCEPTED and move in (Move.FINISH, Move.REST):
        two = [each for each in (row.owner, row.taken_by) if each is not None]
        between = " and ".join([f"**{await name(room.id, each)}**" for each in two])
        return f"That is between {between}, and theirs to say. Nothing was changed."
    text = _WHY_NOT.get((row.standing, move)) or _WHY_NOT_ENDED[row.standing]
    return text.format(prefix=call.house.prefix, number=row.number)


_WHY_NOT = {
    (Standing.SAID, Move.TAKE): (
        "That is your own, so somebody else takes it up, and nothing was changed. `{prefix}withdraw {number}` lets it rest."
    ),
    (Standing.SAID, Move.FINISH): (
        "Nobody has taken that up yet, so nothing was changed. `{prefix}take {number}` takes it up."
    ),
    (Standing.SAID, Move.REST): (
        "Whoever said it lets it rest, and nobody else. Nothing was changed."
    ),
    (Standing.SAID, Move.AGAIN): "It stands already, so nothing needed to be done.",
    (Standing.ACCEPTED, Move.TAKE): (
        "Somebody has taken that up already, so nothing was changed. `{prefix}offers` shows what is open."
    ),
    (Standing.ACCEPTED, Move.AGAIN): "It stands already, so nothing needed to be done.",
    (Standing.DONE, Move.AGAIN): (
        "One of the two whose it was can say that it is not done yet, and nobody else. Nothing was changed."
    ),
    (Standing.WITHDRAWN, Move.AGAIN): (
        "Whoever said it can bring it back, and nobody else. Nothing was changed."
    ),
}

_WHY_NOT_ENDED = {
    Standing.DONE: "That is done already, so nothing was changed. `{prefix}offers` shows what is open.",
    Standing.WITHDRAWN: "That rests by now, so nothing was changed. `{prefix}offers` shows what is open.",
}
