"""A question round: everybody answers in their own words, and nothing is counted but how many did."""

from __future__ import annotations

from dataclasses import replace

from practices.polls import turnout as turned_out
from practices.polls.poll import Ballot, Form, Marks, Result, Terms, Turnout, Way
from practices.polls.settlement import common
from practices.polls.wording import folded
from practices.understanding import NotUnderstood

__all__ = ["FORM"]


def _settle(terms: Terms) -> Terms:
    settled = common(
        terms,
        quorum=False,
        open_because="people's own words tell whose they are. A sense check can be.",
    )
    return replace(settled, options=())


def _read(terms: Terms, text: str) -> Marks:
    """Any words are an answer; they are kept as the reason of the voice."""
    if not folded(text):
        raise NotUnderstood("There was no answer in that. Say it in your own words.")
    return {}


def _words(terms: Terms, marks: Marks) -> str:
    return "an answer in your own words"


def _needs_reason(terms: Terms, marks: Marks) -> bool:
    return True


def _tally(terms: Terms, ballots: tuple[Ballot, ...], turnout: Turnout) -> Result:
    answered = sum(1 for ballot in ballots if ballot.reason.strip())
    line = f"{answered} of {turnout.entitled} entitled have answered in their own words."
    if answered == 1:
        line = f"1 of {turnout.entitled} entitled has answered in their own words."
    if not answered:
        line = f"Nobody has answered yet, of {turnout.entitled} entitled."
    return Result(
        lines=(line,),
        chart=None,
        sums={"way": str(Way.QUESTION), **turned_out.as_sums(turnout), "answered": answered},
    )


FORM = Form(
    way=Way.QUESTION,
    purpose="everybody answers in their own words; nothing is counted",
    days=7,
    positions=(),
    single=False,
    settle=_settle,
    read=_read,
    words=_words,
    needs_reason=_needs_reason,
    tally=_tally,
    proxied=False,
)
