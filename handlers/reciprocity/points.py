"""Points: one's own in private, taken back at one's wish, and a crew's one sum.

No command here lets anybody learn another's; what goes into the sum is told in `practices.game`.
"""

from handlers.asking import zone_of
from handlers.conversation import in_private
from handlers.language import (
    Argument,
    Call,
    Effects,
    Refused,
    Say,
    command,
)
from handlers.names import room_name
from handlers.reciprocity.bookings import (
    HARMLESS,
    PLAYING,
    circles_of,
    game_played,
    line_of,
    look_back,
    plainly,
    total_of,
)
from handlers.words import first_word, folded, plain
from practices import game as rules
from practices.circles import RoomKind
from practices.game import Dispute
from practices.understanding import NotUnderstood, shown
from storage.bookings import Booking, Game
from storage.rooms import Room

#: How many bookings `points` shows of each circle.
SHOWN = 30


@command(
    name="points",
    help="your own points in the game and what they are for; I answer in private",
    example="points",
    kinds=PLAYING | {RoomKind.PRIVATE},
)
async def points(call: Call) -> Effects:
    """Own total and own bookings, of this circle or of every one."""
    if call.is_private:
        circles = await circles_of(call)
        if not circles:
            raise Refused(
                f"You play in no circle now. `{call.house.prefix}game` in a crew's or a dyad's room explains it and asks everybody."
            )
    else:
        await game_played(call)
        circles = [call.room]
    parts = [await _own(call, room) for room in circles]
    rooms = [room.id for room in circles]
    numbered = Booking.filter(room__in=rooms, person=call.person, number__gt=0)
    newest = await numbered.order_by("-at", "-number").first()
    foot = HARMLESS
    if newest is not None:
        number = newest.number
        foot += f" `dispute {number}` takes number {number} back, and no reason is asked."
    return in_private(call, "\n\n".join([*parts, foot]))


async def _own(call: Call, room: Room) -> str:
    """The points of the person of the call in one circle."""
    rows = await Booking.filter(room=room.id, person=call.person).order_by("-at", "-number")
    head = f"**{room_name(room, 'Your circle')}**: **{plainly(total_of(rows))}** points."
    if not rows:
        return f"{head} Nothing is booked yet."
    zone = await zone_of(call, call.person, room)
    lines = [f"- {await line_of(row, zone)}" for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(f"- and {len(rows) - SHOWN} before that; `export` has them all")
    return "\n".join([head, "", *lines])


def _number(text: str, _call: Call) -> int:
    digits = plain(text).lstrip("#")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > len("999999"):
        raise NotUnderstood(f"{shown(text)} is no number of a booking. For example: dispute 3.")
    return int(digits)


NUMBER = Argument(
    name="number",
    help="the number that the booking has in your points",
    read=_number,
    question="Which one? Say its number; `points` lists them.",
)


async def _booking(call: Call, number: int) -> Booking:
    """Somebody's own booking. Raises Refused; nobody can call another's by a number."""
    found = await Booking.filter(person=call.person, number=number).first() if number else None
    if found is None:
        raise Refused(
            f"You have no booking number {number}. Nothing was changed; `points` lists yours."
        )
    return found


@command(
    name="dispute",
    help="take back one of your own bookings in the game, no reason asked",
    example="dispute 3",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(NUMBER,),
)
async def dispute(call: Call, number: int) -> Effects:
    """Reverse at once (R91); nobody else learns of it."""
    row = await _booking(call, number)
    if row.dispute is Dispute.OPEN:
        raise Refused(f"Number {number} is taken back already. Nothing was changed.")
    try:
        row.dispute = rules.against(row.dispute)
    except rules.Settled as settled:
        raise Refused(
            f"You have talked about number {number}, and it stays as you left it. Nothing was changed."
        ) from settled
    await row.save(update_fields=["dispute"])
    rows = await Booking.filter(room=row.room, person=call.person)
    return [
        Say(
            text=f"Done: number {number} is taken back, and you have **{plainly(total_of(rows))}** points there now. "
            f"Nobody is told.\n\nOnce you have talked about it together, `talked {number} stands` or `talked {number} gone` "
            "says how you left it; there is no hurry."
        )
    ]


def _how(text: str, _call: Call) -> Dispute:
    word = folded(first_word(text)[0])
    if word in ("stands", "stand", "stays", "keep"):
        return Dispute.STANDS
    if word in ("gone", "away", "off", "drop"):
        return Dispute.GONE
    raise NotUnderstood(f"I did not understand {shown(text)}. Say stands, or gone.")


@command(
    name="talked",
    help="say how you left a booking that you had taken back, once you have talked about it together",
    example="talked 3 stands",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        NUMBER,
        Argument(
            name="how",
            help="stands, or gone",
            read=_how,
            rest=True,
            question="How did you leave it: does it stand, or is it gone?",
        ),
    ),
)
async def talked(call: Call, number: int, how: Dispute) -> Effects:
    """The crew has talked: the booking stands again, or is gone for good."""
    row = await _booking(call, number)
    if row.dispute is not Dispute.OPEN:
        raise Refused(
            f"Number {number} is not taken back, so there is nothing to settle. Nothing was changed; "
            f"`dispute {number}` takes it back."
        )
    row.dispute = how
    await row.save(update_fields=["dispute"])
    if row.event in rules.KNOWN and not rules.in_sum(row.event, how):
        await _into_sum(row.room, -row.points)
    ending = (
        "It counts again."
        if how is Dispute.STANDS
        else "It is gone; your crew's sum leaves it out from its next record on."
    )
    return [Say(text=f"Noted for number {number}. {ending}")]


async def _into_sum(room: str, points: int) -> None:
    """What the crew's sum gets at its next record."""
    found = await Game.get(room=room)
    found.pending += points
    await found.save(update_fields=["pending"])


@command(
    name="sum",
    help="the one sum of the whole crew in the game",
    example="sum",
    kinds=PLAYING,
)
async def sum_(call: Call) -> Effects:
    """One number, the same for whoever asks."""
    found, prefix = await game_played(call), call.house.prefix
    if call.room.kind is RoomKind.DYAD:
        raise Refused(
            f"With two of you the sum less your own would be the other's, so there is none. `{prefix}points` tells each their own."
        )
    if found.total is None:
        return [
            Say(
                text="There is no sum yet: it comes with the record of a meeting of three or more of you."
            )
        ]
    text = f"Together: **{plainly(found.total)}** points, as of your last record. They are a game and decide nothing."
    return [Say(text=f"{text}\n\n{look_back(call)}" if found.total < 0 else text)]
