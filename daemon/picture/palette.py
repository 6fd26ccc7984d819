"""The colours of pictures: a card of its own that reads on light and on dark, blue for and orange against.

It promises that words on any ground have a contrast of at least 4.5, and what is filled one of 3 against the card
(WCAG 2.2, 1.4.3 and 1.4.11), and that nothing is told by colour alone: blue, grey and orange are those that people who
see few colours tell apart, and every one of them comes with a shape and with words.
"""

from math import ceil

#: Red, green and blue, 0 to 255 each.
Colour = tuple[int, int, int]

#: The card that everything lies on.
PAPER: Colour = (246, 241, 231)
#: What is empty: the rest of a bar, a time that nobody offered; and every second row of a table.
TRACK: Colour = (226, 218, 201)
ROW: Colour = (236, 229, 215)
#: Words, and quieter words.
INK: Colour = (24, 33, 43)
QUIET: Colour = (74, 83, 95)
WHITE: Colour = (255, 255, 255)
#: Bars that have no direction, and what stands out.
PLAIN: Colour = (10, 74, 134)
#: Who is out.
AGAINST: Colour = (138, 45, 12)

_STEPS = 4
#: Below this a screen's light grows evenly.
_DARKEST = 0.04045
_LEANS: tuple[Colour, ...] = (
    AGAINST,
    (178, 80, 8),
    (98, 106, 118),
    (43, 113, 174),
    PLAIN,
)

#: The more a time suits, the darker. None lies between the lightest that bears white words and the darkest that bears
#: dark ones.
HEAT: tuple[Colour, ...] = (
    TRACK,
    (190, 216, 236),
    (160, 200, 230),
    (130, 182, 221),
    (43, 113, 174),
    (24, 90, 151),
    (8, 60, 112),
)


def leaning(lean: float | None) -> Colour:
    """The colour of a position, by its direction from -1 (against) to 1 (for), in quarters; PLAIN where it has none."""
    if lean is None:
        return PLAIN
    quarters = round((min(1.0, max(-1.0, lean)) + 1) * _STEPS)
    below, rest = divmod(quarters, _STEPS // 2)
    above = min(below + 1, len(_LEANS) - 1)
    return mixed(_LEANS[below], _LEANS[above], rest / (_STEPS // 2))


def heat(share: float) -> Colour:
    """The colour of a time that suits this share of all, from 0 to 1."""
    step = ceil(min(1.0, max(0.0, share)) * (len(HEAT) - 1))
    return HEAT[step]


def words_on(ground: Colour) -> Colour:
    """The colour of words on a ground: whichever of dark and white stands out more."""
    return max((INK, WHITE), key=lambda colour: contrast(colour, ground))


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """So much of the other colour in the first, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= _DARKEST else ((part + 0.055) / 1.055) ** 2.4)
