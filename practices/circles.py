"""The scales of microsolidarity: how many people each of them holds, and what is said about it.

It promises one answer per size, in the community's words, and never a comparison of people or of
circles. The numbers are those of the catalogue (R1, R45-R47, R109, R123).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "CIRCLES_A_PERSON",
    "MOST_MEMBERS",
    "Audience",
    "Fit",
    "Life",
    "Notice",
    "RoomKind",
    "Scale",
    "Stage",
    "congregation_full",
    "congregation_notice",
    "congregation_stage",
    "crew_activates",
    "crew_fits",
    "crew_hint",
    "crew_hint_due",
    "crew_refusal",
    "crew_too_small",
    "division",
    "fits",
    "founding_fits",
    "founding_words",
    "pairs",
]


class Scale(StrEnum):
    """The five scales, and no sixth (R1)."""

    SELF = "self"
    DYAD = "dyad"
    CREW = "crew"
    CONGREGATION = "congregation"
    ASSEMBLY = "assembly"

    @property
    def sizes(self) -> range:
        """How many people it holds; for an assembly, how many congregations."""
        return _SIZES[self]


_SIZES = {
    Scale.SELF: range(1, 2),
    Scale.DYAD: range(2, 3),
    Scale.CREW: range(3, 9),
    Scale.CONGREGATION: range(1, 201),
    Scale.ASSEMBLY: range(1, 201),
}


class RoomKind(StrEnum):
    """What a room is to Kinkeeper, as the room's own state says it."""

    PRIVATE = "private"
    DYAD = "dyad"
    CREW = "crew"
    CONGREGATION = "congregation"
    WORKING = "working"
    ASSEMBLY = "assembly"
    PROTOCOL = "protocol"
    NONE = "none"

    @property
    def scale(self) -> Scale | None:
        """The scale that a room of this kind belongs to; None for a room that is no circle yet."""
        return _SCALES[self]


_SCALES = {
    RoomKind.PRIVATE: Scale.SELF,
    RoomKind.DYAD: Scale.DYAD,
    RoomKind.CREW: Scale.CREW,
    RoomKind.CONGREGATION: Scale.CONGREGATION,
    RoomKind.WORKING: Scale.CONGREGATION,
    RoomKind.ASSEMBLY: Scale.ASSEMBLY,
    RoomKind.PROTOCOL: Scale.ASSEMBLY,
    RoomKind.NONE: None,
}


class Life(StrEnum):
    """Where a crew stands on its way (practices 12.2); before it there is only a call."""

    #: Its people have met; their charter is not accepted by all yet (R52).
    FORMING = "forming"
    ACTIVE = "active"
    PAUSED = "paused"
    #: It has ended; what it kept can be taken along for a while (R60).
    CLOSED = "closed"


def fits(scale: Scale, size: int) -> bool:
    """Whether that many people (for an assembly: congregations) make a circle of that scale."""
    return size in scale.sizes


def pairs(size: int) -> int:
    """How many relations of two there are among that many people."""
    return size * (size - 1) // 2


# Crews.

_ONE_CONVERSATION = 6
"""Up to this many people keep to one conversation at one table (seed 4, R47)."""


class Fit(StrEnum):
    """How a number of people suits a crew."""

    TOO_SMALL = "too small"
    GOOD = "good"
    FULL = "full"
    TOO_LARGE = "too large"


def crew_fits(size: int) -> Fit:
    """Below three too small, three to six good, seven and eight full, from nine too large."""
    if size < Scale.CREW.sizes.start:
        return Fit.TOO_SMALL
    if size <= _ONE_CONVERSATION:
        return Fit.GOOD
    return Fit.FULL if size in Scale.CREW.sizes else Fit.TOO_LARGE


def crew_activates(size: int) -> bool:
    """Whether that many members can make their crew active (R45)."""
    return crew_fits(size) in {Fit.GOOD, Fit.FULL}


def division(size: int) -> tuple[int, ...]:
    """The sizes of the fewest crews that keep one conversation each, as even as they can be.

    Nine become four and five (R46). Raises ValueError below three, who are no crew.
    """
    if crew_fits(size) is Fit.TOO_SMALL:
        raise ValueError("fewer than three people are not divided into crews")
    crews = -(-size // _ONE_CONVERSATION)
    small, larger = divmod(size, crews)
    return (small,) * (crews - larger) + (small + 1,) * larger


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _number(size: int) -> str:
    return _NUMBERS[size] if size < len(_NUMBERS) else str(size)


def _listed(sizes: tuple[int, ...]) -> str:
    """As in `four and five`, or for many crews `three of 5 and two of 6`."""
    if len(sizes) <= len("ab"):
        return " and ".join(_number(size) for size in sizes)
    counts = {size: sizes.count(size) for size in sizes}
    return " and ".join(f"{_number(count)} of {_number(size)}" for size, count in counts.items())


def crew_hint_due(before: int, after: int) -> bool:
    """Whether growing so gives the crew its one hint (R47): it has just passed six."""
    return before <= _ONE_CONVERSATION < after <= max(Scale.CREW.sizes)


def crew_hint(size: int) -> str:
    """What a crew of seven or eight hears once (R47)."""
    return (
        f"You are {_number(size)} now. Three to six people keep to one conversation more easily; "
        f"at {_number(size)} a table tends to become two. Nothing needs to change: "
        "you may try meeting in halves now and then, and see how it feels."
    )


def crew_refusal(size: int, name: str) -> str:
    """Why `name` was not added to a crew that would then be `size`, and what works (R46)."""
    parts = division(max(size, max(Scale.CREW.sizes) + 1))
    many = "Two crews" if len(parts) == len("ab") else f"{_number(len(parts)).capitalize()} crews"
    others = (
        "the other begins in a room"
        if many == "Two crews"
        else "each of the others begins in a room"
    )
    return (
        f"A crew is at most eight people, as many as share one table, so {name} is not added. "
        f"{many} would have room for everyone: {_listed(parts)}. "
        f"One of them can stay here; {others} of its own, to which you invite me."
    )


def crew_too_small(size: int) -> str:
    """Why a crew of one or two is not active yet, and what comes next (R45)."""
    missing = Scale.CREW.sizes.start - size
    people = "one more person" if missing == 1 else f"{_number(missing)} more people"
    return (
        f"A crew begins with three people; {people} and it can start. "
        "Until then it stays open, and whoever you ask can say yes or no freely."
    )


# Congregations.

_FOUNDERS = range(20, 31)
_FEWEST_FOUNDERS = 12
_WORKING = 90
_TALK = 101
_TALK_WITH_ALL = 150
MOST_MEMBERS = 200
"""The edge of a congregation: nobody joins after this many (R123)."""
CIRCLES_A_PERSON = 3
"""How many crews one person may be in, unless the congregation has agreed otherwise (R3)."""


def founding_fits(size: int) -> Fit:
    """How a number of founders suits a beginning: 20 to 30, from 12 with a note (R109).

    `Fit.FULL` is more than 30: more than a founding circle, though nobody is turned away.
    """
    if size < _FEWEST_FOUNDERS:
        return Fit.TOO_SMALL
    if size > MOST_MEMBERS:
        return Fit.TOO_LARGE
    return Fit.FULL if size >= _FOUNDERS.stop else Fit.GOOD


def founding_words(size: int) -> str | None:
    """What is said about a number of founders; None when there is nothing to say (R109)."""
    if size < _FEWEST_FOUNDERS:
        return (
            "A congregation begins with twenty to thirty people, and with twelve at the least. "
            "A crew of three can start today, and needs no congregation around it."
        )
    if size in _FOUNDERS:
        return None
    if size < _FOUNDERS.start:
        return (
            "Twenty to thirty founders carry a beginning more easily. You can start as you are; "
            "a few more invitations from each of you would help."
        )
    return (
        "Twenty to thirty founders know each other more easily than more do. You can start as "
        "you are; crews early on keep it a company of friends."
    )


class Stage(StrEnum):
    """Where a congregation stands on its way, by its size alone."""

    FOUNDING = "founding"
    FORMING = "forming"
    COMPLETE = "complete"
    SPLIT_TALK = "split talk"


def congregation_stage(size: int) -> Stage:
    """Founders up to 30; their guests come up to 90; complete up to 100; then the talk begins."""
    if size < _FOUNDERS.stop:
        return Stage.FOUNDING
    if size <= _WORKING:
        return Stage.FORMING
    return Stage.COMPLETE if size < _TALK else Stage.SPLIT_TALK


class Audience(StrEnum):
    """Who hears a notice about the size of a congregation, privately and once."""

    WEAVERS = "weavers"
    EVERYONE = "everyone"
    INVITER = "inviter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Words about a congregation's size, and for whom. `refused` when the newcomer stays out."""

    to: Audience
    text: str
    refused: bool = False


def congregation_full(size: int) -> bool:
    """Whether nobody can join a congregation of that size any more (R123)."""
    return size >= MOST_MEMBERS


def congregation_notice(before: int, after: int) -> Notice | None:
    """What growing from one size to another gives rise to: mostly nothing (R123, CONG-14).

    The 101st member opens the talk among the Weavers, the 150th among everyone, and nobody
    can be the 201st.
    """
    if after > MOST_MEMBERS and after > before:
        return Notice(to=Audience.INVITER, text=_CLOSED, refused=True)
    if before < _TALK_WITH_ALL <= after:
        return Notice(to=Audience.EVERYONE, text=_TALK_TOGETHER)
    if before < _TALK <= after:
        return Notice(to=Audience.WEAVERS, text=_TALK_BEGINS)
    return None


_TALK_BEGINS = (
    "There are more than a hundred of you now. That is when many congregations begin to talk "
    "about becoming two, unhurried and crew by crew. Any of you can open that talk at your next meeting; nothing needs to change yet."
)
_TALK_TOGETHER = (
    "There are 150 of you now, about as many as can know each other. Two congregations with room "
    "to breathe may serve you better than one: every crew stays whole and chooses for itself. "
    "The Weavers can open the talk whenever you like."
)
_CLOSED = (
    "A congregation holds at most 200 people, and yours is whole. A crew outside it can start "
    "with three, and becoming two congregations makes room again; the Weavers can open that talk."
)
