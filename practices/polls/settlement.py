"""What every way asks of the terms before a poll is opened.

It promises that terms which were settled can be counted: there is something to answer, no two answers read alike, and
whatever cannot be kept, such as a secret that would be none, is refused with the nearest thing that works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from practices.polls.poll import Showing, Terms
from practices.polls.wording import folded, number
from practices.understanding import NotUnderstood, shown

__all__ = ["LONGEST_OPTION", "LONGEST_TOPIC", "MOST_OPTIONS", "common", "with_options", "within"]

LONGEST_TOPIC = 4000
"""Characters: a proposal of about a page."""

LONGEST_OPTION = 200

MOST_OPTIONS = 20
"""As many as Element's own poll can hold, and more than most people like to read."""


def common(
    terms: Terms, *, open_because: str = "", quorum: bool = True, passing: bool = False
) -> Terms:
    """The terms as every way has them: words on one matter, and a secret that stays one until the end.

    `open_because` says why this way cannot be secret; "" where it can. Raises NotUnderstood.
    """
    topic = terms.topic.strip()
    if not topic:
        raise NotUnderstood("There is no question yet. Say what you would like to ask everybody.")
    if len(topic) > LONGEST_TOPIC:
        raise NotUnderstood(
            f"That is longer than {LONGEST_TOPIC} characters, about a page. "
            "A shorter text is read by more people; a link can hold the rest."
        )
    if terms.secret and open_because:
        raise NotUnderstood(f"This cannot be asked in secret: {open_because}")
    if terms.quorum is not None:
        if not quorum:
            raise NotUnderstood(
                "Here everybody's words count alike, so there is no quorum to reach."
            )
        within("quorum", terms.quorum, 1, 100, " %")
    if terms.passing is not None and not passing:
        raise NotUnderstood(
            "Only a proposal has a type such as “significant”. Ask it as a proposal, or leave the type out."
        )
    showing = Showing.AT_CLOSE if terms.secret else terms.showing
    return replace(terms, topic=topic, showing=showing)


def within(what: str, given: int, lowest: int, highest: int, unit: str = "") -> None:
    """Refuse a number outside its bounds, both allowed."""
    if not lowest <= given <= highest:
        raise NotUnderstood(
            f"The {what} can be from {lowest} to {highest}{unit}, and {given}{unit} is not."
        )


def with_options(
    terms: Terms,
    *,
    fewest: int = 2,
    most: int = MOST_OPTIONS,
    read_as: Callable[[str], str] = folded,
) -> Terms:
    """The terms with options of one line each, so many of them, no two alike.

    `read_as` is how an option is compared with others. Raises NotUnderstood.
    """
    options = tuple(" ".join(each.split()) for each in terms.options if each.strip())
    if len(options) < fewest:
        raise NotUnderstood(
            f"There {'is' if len(options) == 1 else 'are'} {len(options)} to choose from, and at least {fewest} are "
            "needed. Write them one a line, or with commas."
        )
    if len(options) > most:
        raise NotUnderstood(
            f"Those are {len(options)} to choose from, and {most} are the most. The others can be asked next."
        )
    for at, option in enumerate(options):
        _check(option, at, options, read_as)
    return replace(terms, options=options)


def _check(option: str, at: int, options: Sequence[str], read_as: Callable[[str], str]) -> None:
    if len(option) > LONGEST_OPTION:
        raise NotUnderstood(
            f"{shown(option)} is longer than {LONGEST_OPTION} letters. Shorter words are enough."
        )
    alike = [each for each in options[:at] if read_as(each) == read_as(option)]
    if alike:
        raise NotUnderstood(
            f"{shown(alike[0])} and {shown(option)} read alike. Once is enough, or a word more tells them apart."
        )
    if number(option) not in {None, at}:
        raise NotUnderstood(
            f"{shown(option)} is only a number, and could be taken for the number in the list. "
            "A word with it is enough, such as “3 people”."
        )
