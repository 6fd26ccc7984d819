"""The pathway: what is looked at, whom one may ask about it, and how rarely (SELF-5, R30).

It promises that nobody is asked by the same person twice within a season, and never by more people at a time than they
can answer in peace.
"""

from datetime import timedelta

__all__ = ["AGAIN", "MOST_ASKED", "PATIENCE", "STEPS", "VIEWS"]

MOST_ASKED = 3
"""So many people can be asked, in all of `AGAIN`."""

AGAIN = timedelta(days=90)
"""After so long the same person can be asked once more."""

PATIENCE = timedelta(days=14)
"""So long somebody who is asked can answer."""

STEPS = (
    "taking part in a crew",
    "hosting a crew",
    "hosting a congregation",
    "linking congregations",
)
"""The pathway, which nobody has to walk."""

VIEWS = (
    "**Skills.** What can you do by now that you could not a year ago, and what do you shy away from?",
    "**With others.** Who comes to you, and for what? With whom would you like to stand otherwise?",
    "**Character.** What have you noticed in yourself that you would like to meet with more kindness, or with more courage?",
)
"""The self-view, one at a time."""
