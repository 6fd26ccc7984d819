"""What of a poll may be seen, by whom and when: every surface asks here before it shows a result.

It promises that a poll never shows more than it said it would: not in the room, not in private, not in a picture, an
export or a recount. What is hidden shows only how many have taken part.

A secret result has one more condition, a smallest number of voices. Of one voice the result is that voice; of two each
knows the other's; so there are at least three. And when only a few of many have taken part, everybody can guess who they
are by who is about: so it also takes the quorum, or half of those entitled where there is no quorum. An asker who
expects fewer voices names a lower quorum, and then everybody knows beforehand what they can rely on. When all say the
same, everybody knows what each said; no smallest number helps against that, and people are told before they vote.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from practices.polls import turnout as turned_out
from practices.polls.poll import Result, Showing, Terms, Turnout

__all__ = [
    "FEWEST",
    "Place",
    "can_be_secret",
    "fewest",
    "results_visible",
    "shown",
    "voices_visible",
]

FEWEST = 3
"""No secret result is shown of fewer voices."""

_HALF = 50


class Place(StrEnum):
    """Where it would be seen."""

    #: By everybody in the room, whether they have taken part or not.
    ROOM = "room"
    #: By one person alone.
    PRIVATE = "private"


def fewest(terms: Terms, entitled: int) -> int:
    """How many voices a secret result needs before it is shown: the quorum or else half, and never fewer than three."""
    percent = _HALF if terms.quorum is None else terms.quorum
    return max(FEWEST, turned_out.needed(percent, entitled))


def can_be_secret(entitled: int) -> bool:
    """Whether so many people can have a secret at all: with fewer than three no result could ever be shown."""
    return entitled >= FEWEST


def results_visible(
    terms: Terms, *, viewer_took_part: bool, closed: bool, place: Place, turnout: Turnout
) -> bool:
    """Whether results may be seen here and now by this viewer.

    `closed` is true once no further voice can come; `turnout` is that of those entitled when the poll opened. In the
    room a viewer counts as somebody who has not taken part.
    """
    if terms.secret:
        return closed and turnout.cast >= fewest(terms, turnout.entitled)
    match terms.showing:
        case Showing.OPEN:
            return True
        case Showing.AFTER_MINE:
            return closed or (viewer_took_part and place is Place.PRIVATE)
        case Showing.AT_CLOSE:
            return closed


def voices_visible(
    terms: Terms, *, viewer_took_part: bool, closed: bool, place: Place, turnout: Turnout
) -> bool:
    """Whether it may be seen who said what (DEC-1): wherever results may, and of a secret poll never."""
    return not terms.secret and results_visible(
        terms, viewer_took_part=viewer_took_part, closed=closed, place=place, turnout=turnout
    )


def shown(
    result: Result,
    terms: Terms,
    *,
    viewer_took_part: bool,
    closed: bool,
    place: Place,
    turnout: Turnout,
) -> Result:
    """The result where it may be seen, else how many have taken part and when there will be more, with no chart."""
    if results_visible(
        terms, viewer_took_part=viewer_took_part, closed=closed, place=place, turnout=turnout
    ):
        if not closed:
            return result
        return replace(result, lines=turned_out.over(result.lines, turnout, terms.quorum))
    return Result(
        lines=(
            *turned_out.lines(turnout, terms.quorum, closed=closed),
            _when(terms, closed=closed, entitled=turnout.entitled),
        ),
        chart=None,
        sums={"way": str(terms.way), **turned_out.as_sums(turnout, terms.quorum)},
    )


def _when(terms: Terms, *, closed: bool, entitled: int) -> str:
    if terms.secret:
        wanted = fewest(terms, entitled)
        if closed:
            return (
                f"A secret result is shown from {wanted} of {entitled} entitled on, so that no voice can be guessed. "
                "You can ask again, with more time."
            )
        return f"The result is shown when it is over, if at least {wanted} of {entitled} entitled have taken part."
    if terms.showing is Showing.AFTER_MINE:
        return (
            "Whoever has taken part can see the result in private; everybody can when it is over."
        )
    return "The result is shown when it is over."
