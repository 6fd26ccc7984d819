"""Who could be asked to be beside a newcomer, in which order, and the yes of both (DYAD-6).

Nobody is assigned: whoever might be beside a newcomer is asked first, whoever invited them before all others (R38), and
then the newcomer (R31). A no is told to nobody but whoever waits for it, as "not this time" (R13), and somebody else is asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from handlers import askings
from handlers.asking import now_of, whispered, zone_of
from handlers.hosts import hosts_of
from handlers.language import (
    DECLINE,
    NO,
    YES,
    Call,
    Effect,
    Effects,
    KeyGone,
    Option,
    Refused,
    Say,
    inquiry,
)
from handlers.names import name, people, room_name
from handlers.pairing import preferences
from handlers.welcome import onboardings, weeks
from handlers.welcome.onboardings import A_MOMENT, MORNING, PLAIN
from practices import clock
from practices import onboarding as pure
from practices.onboarding import Standing, Volunteer
from storage.database import row_of
from storage.onboardings import Onboarding, Pod, Welcomer, beside, places
from storage.questions import Question, open_about
from storage.rooms import Room

#: So long whoever is asked may think about it; then somebody else is asked.
THINKING = timedelta(days=5)
SOMEBODY_ELSE = Option(sign="🔁", word="somebody else", also=("someone else", "another", "others"))


# --------------------------------------------------------------------------------------- who could be asked


async def _next(call: Call, space: Room, row: Onboarding) -> str | None:
    """Who is asked next. Raises KeyGone when what the newcomer said of others cannot be read."""
    rows = {each.person: each for each in await Welcomer.filter(room=space.id)}
    could = await _could(call, space, row, rows)
    said, lost = await preferences.of_all(call, {*could, row.newcomer})
    if row.newcomer in lost:
        raise KeyGone("what the newcomer said of others")
    busy = await beside(space.id)

    async def described(person: str) -> Volunteer:
        zone = await zone_of(call, person, space)
        offset = clock.wall(now_of(call), zone).replace(tzinfo=zone).utcoffset() or timedelta()
        known = rows.get(person)
        return Volunteer(
            id=person,
            languages=said[person].languages,
            ahead=int(offset.total_seconds() // 60),
            not_with=said[person].not_with,
            beside=busy.get(person, 0),
            most=known.most if known else pure.AT_ONCE[-1],
            rests_until=known.rests_until if known else None,
        )

    return pure.found(
        await described(row.newcomer),
        [await described(each) for each in sorted(could - set(lost))],
        inviter=row.inviter,
        tried=row.tried,
        today=onboardings.today(call, space),
        seed=onboardings.about(row),
    )


async def _could(
    call: Call, space: Room, row: Onboarding, rows: Mapping[str, Welcomer]
) -> set[str]:
    """Those who are there, would be beside newcomers or are named, and were not asked by this newcomer lately."""
    here = set(await people(space, call.house.me))
    could = {each for each in {*rows, row.inviter} if each is not None and each in here}
    could -= await newcomers(space)
    for each in could - {row.inviter}:
        if await askings.lately(call, each, askings.BESIDE, asker=row.newcomer):
            could.discard(each)
    return could


async def newcomers(space: Room) -> set[str]:
    """Those who are new in a congregation themselves."""
    rows = Onboarding.filter(room=space.id).exclude(state__in=[Standing.OFFERED, Standing.DECLINED])
    found_ = {str(each) for each in await rows.values_list("newcomer", flat=True)}
    for pod in await Pod.filter(room=space.id):
        found_ |= {place.person for place in await places(pod, agreed=True)}
    return found_


async def _may_be_asked(call: Call, row: Onboarding, named: str) -> bool:
    """Whether whoever is named as having invited a newcomer is asked; the newcomer is not told."""
    try:
        return await askings.may_ask(call, named, askings.INVITER, asker=row.newcomer)
    except Refused:
        return False


# ----------------------------------------------------------------------------------------------- the search


async def look(
    call: Call, row: Onboarding, *, again: bool = False, waited: bool = False
) -> list[Effect]:
    """Ask the next who could be beside a newcomer.

    `again`: nobody could before, and it was said; `waited`: the time of whoever was asked is over. Whoever is named as having
    invited them and cannot be asked is waited for like one who is, and that nobody is free is never said before such a wait:
    else the answer would tell who does not want whom.
    """
    space = await onboardings.space_of(row)
    try:
        who = await _next(call, space, row)
    except KeyGone:
        row.member = None
        stands = await onboardings.stand(call, row, Standing.LOOKING, _given_up(call, space, row))
        return [
            *stands,
            *(await onboardings.tell(call, row, row.newcomer, _UNREADABLE) if not again else []),
        ]
    if row.inviter is not None:
        named, row.inviter = row.inviter, None
        row.tried = sorted({*row.tried, named})
        put = await _may_be_asked(call, row, named)
        return await _thinks(call, row, named if put and who == named else None)
    if who is None and (waited or again):
        return await _nobody(call, space, row, again=again)
    if who is not None:
        row.tried = sorted({*row.tried, who})
        if not await askings.may_ask(call, who, askings.BESIDE, asker=row.newcomer):
            who = None
    return await _thinks(call, row, who)


async def _thinks(call: Call, row: Onboarding, who: str | None) -> list[Effect]:
    """Somebody is asked and has their time, or nobody is and as much time goes by; after a no the rest of it."""
    thought_of = row.state is Standing.ASKED and row.until is not None and row.until > now_of(call)
    until = row.until if who is None and thought_of else now_of(call) + THINKING
    row.member = who
    stands = await onboardings.stand(call, row, Standing.ASKED, until)
    return [*stands, *await ask_member(call, row)] if who is not None else stands


_UNREADABLE = (
    "What you had told me in private about whom you would like to meet, and whom not, cannot be read any more, so I ask nobody "
    "rather than somebody wrong. `pairing not with` and a name says it again, or `pairing languages any` if there is nothing to "
    "say; then `welcome me` goes on."
)


def _given_up(call: Call, space: Room, row: Onboarding) -> datetime:
    at = clock.resolve(datetime.combine(row.review, MORNING), call.house.zone_of(space))
    return max(at, now_of(call) + A_MOMENT)


async def _nobody(call: Call, space: Room, row: Onboarding, *, again: bool) -> list[Effect]:
    """Nobody could be asked: said kindly to the newcomer, and to the hosts as a number and no name (R13)."""
    row.member = None
    effects = await onboardings.stand(call, row, Standing.LOOKING, _given_up(call, space, row))
    if again:
        return effects
    where = room_name(space, "your congregation")
    effects += await onboardings.tell(
        call,
        row,
        row.newcomer,
        f"Nobody in **{where}** is free to be beside you just now; that says nothing about you. I go on looking until "
        f"{clock.long_day(row.review)}, and tell you here. Until then `calls` shows crews to be curious about, and `dyad` and a name "
        "asks somebody yourself.",
    )
    waiting = await Onboarding.filter(room=space.id, state=Standing.LOOKING).count()
    some = "1 newcomer" if waiting == 1 else f"{waiting} newcomers"
    text = (
        f"In **{where}** {some} would like somebody beside them, and nobody is free just now. `welcome willing` is how one says "
        "that one would; `welcome pod` and names welcomes several at once."
    )
    here = replace(call, room=space, thread=None)
    for host in await hosts_of(space, call.house.me):
        if host != row.newcomer:
            effects += await whispered(
                here, host, text, about=onboardings.about_space(space), dispensable=True
            )
    return effects


async def look_again(call: Call, space: Room) -> list[Effect]:
    """Somebody could be free now: those who wait longest are thought of first."""
    effects: list[Effect] = []
    for row in await Onboarding.filter(room=space.id, state=Standing.LOOKING).order_by("id"):
        if not await open_about(
            "onboarding", row.id, person=row.newcomer, inquiry="welcome-inviter"
        ):
            effects += await look(call, row, again=True)
    return effects


# ------------------------------------------------------------------------------------------ the yes of both


async def ask_member(call: Call, row: Onboarding) -> list[Effect]:
    """Ask somebody whether they would be beside a newcomer, until `row.until`; the newcomer does not hear of it (R13)."""
    assert row.member is not None
    assert row.until is not None
    who = await name(row.room, row.newcomer)
    where = room_name(await onboardings.space_of(row), "your congregation")
    day = clock.wall(
        row.until, await zone_of(call, row.member, await onboardings.space_of(row))
    ).date()
    text = (
        f"{await onboardings.hello(row.member)}**{who}** is new in **{where}** and would like somebody beside them for three months: a first "
        "talk within a week, then about once a month, and each commits to something for the other. Would that be you? "
        f"After {clock.long_day(day)} I ask somebody else.\n\n✅ yes · ✋ not this time\n\n*Not this time needs no reason, and "
        f"{who} does not hear that you were asked.*{await askings.way_out(call, row.member, asker=row.newcomer)}"
    )
    return await onboardings.ask(call, row, row.member, text, "welcome-member", until=row.until)


@inquiry(
    name="welcome-member",
    options=(YES, DECLINE),
    late="That was asked a while ago, and somebody else was asked since. `welcome` shows where you stand.",
)
async def member_said(call: Call, question: Question, said: str) -> Effects:
    """They would, and the newcomer is asked about them; or the next is asked, and nobody hears of it."""
    if said not in (YES.word, NO.word):
        return [Say(text=PLAIN)]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or row.state is not Standing.ASKED or row.member != call.person:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    if said == NO.word:
        return [
            Say(text="Good: not this time, and that needs no reason."),
            *await look(call, row),
        ]
    stands = await onboardings.stand(call, row, Standing.INTRODUCED, now_of(call) + THINKING)
    who = await name(row.room, row.newcomer)
    return [
        Say(text=f"Thank you. I ask {who} now; whatever they say, you hear of it here."),
        *stands,
        *await ask_newcomer(call, row),
    ]


async def ask_newcomer(call: Call, row: Onboarding) -> list[Effect]:
    """Ask a newcomer whether they would have beside them who has said yes, until `row.until` (R31)."""
    assert row.member is not None
    assert row.until is not None
    who = await name(row.room, row.member)
    text = (
        f"**{who}** would be beside you for your first three months. Nothing has begun; it is yours to say.\n\n"
        f"✅ yes · 🔁 somebody else · ✋ not this time\n\n*None of them needs a reason, and {who} hears no more than “not this time”.*"
    )
    return await onboardings.ask(call, row, row.newcomer, text, "welcome-newcomer", until=row.until)


@inquiry(
    name="welcome-newcomer",
    options=(YES, SOMEBODY_ELSE, DECLINE),
    late="That was asked a while ago, and is over. `welcome me` begins anew.",
)
async def newcomer_said(call: Call, question: Question, said: str) -> Effects:
    """Both have said yes, or it is not this time."""
    if said not in (YES.word, NO.word, SOMEBODY_ELSE.word):
        return [Say(text="A word is enough: ✅ yes · 🔁 somebody else · ✋ not this time.")]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or row.state is not Standing.INTRODUCED or row.newcomer != call.person:
        return [Say(text="That is not asked any more. `welcome` shows where you stand.")]
    if said == YES.word:
        return await _paired(call, row)
    told = await not_this_time(call, row)
    if said == SOMEBODY_ELSE.word:
        return [Say(text="Good. I ask somebody else."), *told, *await look(call, row)]
    return [
        Say(text="Good: not this time, and that needs no reason. `welcome me` is always open."),
        *told,
        *await onboardings.gone(call, row),
    ]


async def not_this_time(call: Call, row: Onboarding) -> list[Effect]:
    """The same words for a no, for silence and for somebody who left (R13)."""
    assert row.member is not None
    who = await name(row.room, row.newcomer)
    return await onboardings.tell(
        call, row, row.member, f"Being beside **{who}**: not this time. Thank you for having said yes.", last=True
    )  # fmt: skip


async def _paired(call: Call, row: Onboarding) -> list[Effect]:
    """Both would (R31): they look for a time to talk, and its end stands in the calendar (R16)."""
    space = await onboardings.space_of(row)
    row.began = onboardings.today(call, space)
    row.review, row.tried, row.inviter = pure.closing_day(row.began), [], None
    effects = await onboardings.stand(call, row, Standing.PROPOSED, None)
    first = row.began + pure.FIRST_TALK
    for person in onboardings.the_two(row):
        who = await name(row.room, row.other(person))
        effects += await onboardings.tell(
            call,
            row,
            person,
            f"You and **{who}** are an onboarding pair, until you look at it together on **{clock.long_day(row.review)}**.\n\nNext: "
            f"your first talk, by {clock.long_day(first)} if you can; I ask you both for a time below. After it each of you writes one "
            "to three things that you commit to for the other. `welcome` shows where you stand, and `welcome end` ends it at any "
            "time.",
        )
    return [*effects, *await weeks.hours(call, row), *await weeks.meet(call, row)]
