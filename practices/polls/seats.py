"""Seats: several people are found for several places, so that every part of a group is heard in proportion.

It is counted by the single transferable vote under the Scottish rules (stv.py), shown stage by stage. It promises that
every vote is accounted for at every stage, with a candidate, exhausted or cut off, and that a tie is never hidden.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from practices.polls import rankings, stv
from practices.polls import turnout as turned_out
from practices.polls.chart import Cell, Table
from practices.polls.poll import Ballot, Form, Result, Terms, Turnout, Way
from practices.polls.settlement import common, with_options
from practices.polls.stv import ONE, Act, Count, Stage, Tie, decimals
from practices.polls.wording import listed, plural
from practices.understanding import NotUnderstood

__all__ = ["FORM"]


def _settle(terms: Terms) -> Terms:
    settled = with_options(common(terms))
    names = len(settled.options)
    if settled.seats < 1:
        raise NotUnderstood("At least one seat is needed. Say for how many, such as: 3 seats.")
    if settled.seats >= names:
        raise NotUnderstood(
            f"There are {names} names for {plural(settled.seats, 'seat')}, so there is nothing to choose. "
            "Ask for consent to them as a proposal, or add names."
        )
    return replace(settled, least=1, most=names)


def _tally(terms: Terms, ballots: tuple[Ballot, ...], turnout: Turnout) -> Result:
    profile = rankings.profile(ballots)
    count = stv.count(profile, size=len(terms.options), seats=terms.seats)
    valid = sum(papers for ranking, papers in profile if ranking)
    return Result(
        lines=(*_lines(terms, count, valid), *turned_out.lines(turnout, terms.quorum)),
        chart=_table(terms, count, turnout),
        sums={
            "way": str(Way.SEATS),
            **turned_out.as_sums(turnout, terms.quorum),
            "seats": terms.seats,
            "ballots": valid,
            "quota": count.quota,
            "elected": [terms.options[at] for at in count.elected],
            "stages": [_stage_sums(terms.options, stage) for stage in count.stages],
        },
    )


def _lines(terms: Terms, count: Count, valid: int) -> list[str]:
    if not count.stages:
        return []
    names = listed(terms.options[at] for at in count.elected)
    the_seats = "the seat goes" if terms.seats == 1 else f"the {terms.seats} seats go"
    lines = [
        f"By this count {the_seats} to {names}, of {len(terms.options)} names.",
        f"A seat needs {count.quota} of {valid} votes (the quota), or to be among the last who are left.",
    ]
    lines += [
        f"In stage {number}: {_tie(terms.options, stage.act, stage.tie)}"
        for number, stage in enumerate(count.stages, start=1)
        if stage.tie is not None
    ]
    over = count.stages[-1].exhausted + count.stages[-1].lost
    if over:
        lines.append(
            f"{_short(over)} of {valid} votes went no further: their ballots named nobody who was still in, or it is what "
            "the rounding left."
        )
    return lines


def _tie(options: tuple[str, ...], act: Act, tie: Tie) -> str:
    names, chosen = listed(options[at] for at in tie.level), options[tie.chosen]
    what = f"{chosen} passed on the surplus first" if act is Act.SURPLUS else f"{chosen} went out"
    if tie.by_stage is not None:
        return f"{names} were level; what they had in stage {tie.by_stage} told them apart, and {what}."
    earlier = "earlier" if act is Act.SURPLUS else "later"
    return (
        f"{names} were level in every stage, so the order of the list had to tell: {chosen} stands {earlier} in it, and "
        f"{what}. Lots could have fallen otherwise."
    )


def _short(votes: int) -> str:
    """With two places behind the point, as people read it: `1038.43`, `8`."""
    hundredths = (votes + ONE // 200) // (ONE // 100)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def _stage_sums(options: tuple[str, ...], stage: Stage) -> dict[str, Any]:
    tie = None
    if stage.tie is not None:
        tie = {
            "level": [options[at] for at in stage.tie.level],
            "chosen": options[stage.tie.chosen],
            "parted by stage": stage.tie.by_stage,
        }
    return {
        "act": str(stage.act),
        "whose": None if stage.whose is None else options[stage.whose],
        "votes": {
            option: decimals(votes) for option, votes in zip(options, stage.votes, strict=True)
        },
        "exhausted": decimals(stage.exhausted),
        "cut off": decimals(stage.lost),
        "elected": [options[at] for at in stage.elected],
        "tie": tie,
    }


def _table(terms: Terms, count: Count, turnout: Turnout) -> Table:
    rows = [
        (option, tuple(_cell(stage, at) for stage in count.stages))
        for at, option in enumerate(terms.options)
    ]
    over = tuple(Cell(words=_short(stage.exhausted + stage.lost)) for stage in count.stages)
    quota = f"A seat needs {count.quota}. " if count.stages else ""
    return Table(
        title=terms.topic,
        columns=tuple(
            _column(terms.options, number, stage)
            for number, stage in enumerate(count.stages, start=1)
        ),
        rows=(*rows, ("no further", over)),
        foot=f"{quota}{turned_out.foot(turnout, terms.quorum)}",
    )


def _column(options: tuple[str, ...], number: int, stage: Stage) -> str:
    if stage.whose is None:
        return f"{number}: first choices"
    what = "surplus of" if stage.act is Act.SURPLUS else "without"
    return f"{number}: {what} {options[stage.whose]}"


def _cell(stage: Stage, at: int) -> Cell:
    if at in stage.elected:
        return Cell(words=_short(stage.votes[at]), mark="elected")
    if stage.act is Act.EXCLUSION and stage.whose == at:
        return Cell(words="out", mark="excluded")
    if at in stage.excluded:
        return Cell(words="", mark="out")
    return Cell(words=_short(stage.votes[at]))


FORM = Form(
    way=Way.SEATS,
    purpose="find people for several seats, so that every part of you is heard in proportion",
    days=7,
    positions=(),
    single=False,
    settle=_settle,
    read=rankings.read,
    words=rankings.words,
    tally=_tally,
)
