"""One-to-ones: two people, or three, see theirs ahead, and move one, call one off, or have half time signalled (DYAD-1).

All of it is said in private, each by their own clock.
"""

from collections.abc import Sequence

from handlers.dyads.appointments import is_told_nothing, noted_met, others, zone_for
from handlers.dyads.one_to_one_arrangements import further, moved, own_time
from handlers.dyads.one_to_one_hours import ANEW, HALF, OFF, signalled
from handlers.dyads.one_to_one_partings import declined
from handlers.language import Argument, Call, Effect, Effects, Refused, Say, command, tap
from handlers.words import first_word, folded, sign
from practices import clock
from practices.circles import RoomKind
from practices.dates import read_when
from practices.dyads import Stage
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.dyads import OneToOne, ahead_of


@command(
    name="one-to-one",
    unseen=True,
    aliases=("one-to-ones", "121", "talks"),
    help="see your one-to-ones ahead; move one, call one off, or have half time signalled",
    example="one-to-one",
    kinds=frozenset({RoomKind.PRIVATE}),
    instead="In our private chat `one-to-one` shows yours.",
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing to see them; “move 1”, “off 1”, “signal 1”, or “1 thursday 19:00” for a time of your own",
        ),
    ),
)
async def one_to_one(call: Call, what: str | None) -> Effects:
    """One's own, by the numbers of this list."""
    mine = [each for each in await ahead_of(call.person) if not is_told_nothing(each, call.person)]
    if not mine:
        raise Refused(
            "No one-to-one of yours is ahead. `dyad` followed by a name asks somebody to meet with you regularly."
        )
    if not what:
        return [Say(text=await _listed(call, mine))]
    word, rest_ = first_word(what)
    if folded(word).lstrip("#").isdecimal():
        one = _numbered(mine, word)
        return await _said_of(call, one, rest_)
    one = _numbered(mine, rest_) if rest_ else mine[0] if len(mine) == 1 else _numbered(mine, "")
    return await _said_of(call, one, word)


def _numbered(mine: Sequence[OneToOne], said: str) -> OneToOne:
    """The one that a number of the list means. Raises Refused."""
    digits = folded(said).lstrip("#")
    if digits.isdecimal() and len(digits) < 4 and 0 < int(digits) <= len(mine):  # noqa: PLR2004 - a short list
        return mine[int(digits) - 1]
    raise Refused(
        "I don't know which one you mean, so nothing was changed. `one-to-one` numbers them."
    )


async def _said_of(call: Call, one: OneToOne, said: str) -> list[Effect]:
    """What somebody says of one of theirs: a word, or a time."""
    match folded(said):
        case "off" | "cancel" | "call off" | "not this time" | "no":
            return await declined(call, one)
        case "signal" | "half" | "half time" | "halftime":
            return await signalled(call, one)
        case "move" | "others" | "change" | "another time" | "":
            return await _another_time(call, one)
    if one.stage is Stage.ARRANGING:
        return await own_time(call, one, said)
    zone = await zone_for(call, one, call.person)
    at = read_when(said, now=call.at, zone=zone).at
    raise Refused(
        f"A time stands for it already, and **{clock.short_words(at, zone)}** was not written down. `one-to-one move` gives "
        "the other up first, for all of you; then write the time."
    )


async def _another_time(call: Call, one: OneToOne) -> list[Effect]:
    """Further times; a time that stood is given up, and on the morning after what was said of it counts (R33)."""
    if one.stage is Stage.ARRANGING:
        return await further(call, one)
    if one.stage is Stage.ASKED:
        await noted_met(call, one)
    return await moved(call, one)


async def _listed(call: Call, mine: Sequence[OneToOne]) -> str:
    lines = []
    for number, one in enumerate(mine, 1):
        zone = await zone_for(call, one, call.person)
        when = clock.short_words(one.at, zone) if one.at else "a time is being looked for"
        lines.append(f"{number}. {await others(one, call.person)}: {when}")
    return (
        "\n".join(lines)
        + "\n\n`one-to-one move 1` looks for another time, `one-to-one off 1` means not this time, `one-to-one signal 1` is for "
        "half time."
    )


@tap(
    prefix="one-to-one",
    labels={
        "signal me at half time": HALF,
        "signal [at] half time": HALF,
        "half time": HALF,
        "stop the signal at half time": HALF,
        "[find] another time": ANEW,
        "others": ANEW,
        "not this time": OFF,
        "call it off": OFF,
    },
)
async def changed(call: Call, subject: str, said: str) -> Effects:
    """What somebody does with a time that is agreed on."""
    one = await row_of(OneToOne, subject)
    wanted = sign(said)
    if wanted not in (sign(HALF), sign(ANEW), sign(OFF)):
        raise NotUnderstood(f"Under that message {HALF}, {ANEW} and {OFF} mean something.")
    if one is None or call.person not in one.people or one.stage is not Stage.AGREED:
        return [Say(text="That one-to-one is over, or was moved. Nothing was changed.")]
    if wanted == sign(HALF):
        return await signalled(call, one)
    return await (moved(call, one) if wanted == sign(ANEW) else declined(call, one))
