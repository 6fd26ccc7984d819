"""Polls for the tests: terms that are settled, voices as people type them, and what they add up to."""

from typing import Any

from practices.polls.forms import form, voice
from practices.polls.poll import Ballot, Result, Terms, Turnout, Way

#: Two evenings and a late one, on the clocks of Rome.
TIMES = ("2026-11-26T19:00+01:00", "2026-11-27T19:00+01:00", "2026-12-03T20:30+01:00")


def asked(way: Way, *options: str, topic: str = "What shall we cook?", **terms: Any) -> Terms:
    """Terms as a circle opens them."""
    return form(way).settle(Terms(way=way, topic=topic, options=options, **terms))


def anything(way: Way, **terms: Any) -> Terms:
    """Some poll of a way, with three options where it needs any."""
    options = () if form(way).positions or way is Way.QUESTION else ("Tea", "Soup", "Bread")
    return asked(way, *(TIMES if way is Way.TIMES else options), **terms)


def marks(terms: Terms, text: str) -> dict[int, int]:
    return dict(voice(terms, text).marks)


def counted(terms: Terms, *texts: str, entitled: int = 30) -> Result:
    """What voices add up to, each as it was typed."""
    return summed(terms, *(voice(terms, text) for text in texts), entitled=entitled)


def summed(terms: Terms, *ballots: Ballot, entitled: int = 30) -> Result:
    turnout = Turnout(entitled=entitled, cast=len(ballots))
    return form(terms.way).tally(terms, ballots, turnout)
