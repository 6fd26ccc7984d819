"""What waits for one person, in all their circles together: `what needs me`, in the private chat and for them alone.

Nothing is counted up and nobody is behind: each line says what it is, and the one word that does it.
"""

from datetime import timedelta

from handlers.asking import now_of, zone_of
from handlers.domains.cards import title as domain_title
from handlers.language import Call, Effects, Say, command
from handlers.meetings.commitments import day_words
from handlers.names import people, room_name
from handlers.polls import tallyboard
from handlers.polls.outcomes import PATIENCE
from handlers.polls.progress import at_table, read
from handlers.polls.voices import waiting_for
from handlers.register import register
from handlers.register.register import circles
from handlers.words import escaped
from practices import clock, rounds
from practices.agreements import Standing, State
from practices.circles import RoomKind
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.domains import Domain, Link
from storage.polls import Poll, Stage
from storage.questions import Question
from storage.rooms import Room
from storage.rounds import open_in

#: What somebody took on is spoken of so long before its day; a term, as long before its end.
TASKS_AHEAD = timedelta(days=7)
TERMS_AHEAD = timedelta(days=28)

#: So many lines of one kind are said.
SHOWN = 8


@command(
    name="waiting",
    aliases=("mine",),
    help="see what waits for you in all your circles: what you are asked, what you took on, what is to be looked at",
    example="waiting",
    kinds=frozenset({RoomKind.PRIVATE}),
    sentences={
        "what needs me|doing": "",
        "needs me": "",
        "what|whats [is] waiting [for me]": "",
        "what waits [for] [me]": "",
        "what do i have to do [next|now]": "",
        "what should i do [next|now]": "",
    },
)
async def waiting(call: Call) -> Effects:
    """Everything of one's own, by kind."""
    rooms = {room.id: room for room in await circles(call)}
    parts = [
        _part("You are asked:", await _asked(call)),
        _part("Rounds wait for you:", await _rounds(call, rooms)),
        _part("What follows from it is for you to say:", await _outcomes(call, rooms)),
        _part("You took on:", await _tasks(call, rooms)),
        _part("Your circles look again at:", await _reviews(call, rooms)),
        _part("Open questions:", await _questions(call, rooms)),
        _part("You speak for a circle until:", await _terms(call, rooms)),
    ]
    said = [part for part in parts if part]
    if not said:
        return [Say(text="Nothing waits for you just now. I will write when something does.")]
    return [Say(text="\n\n".join(said))]


def _part(head: str, rows: list[str]) -> str:
    if not rows:
        return ""
    more = [f"- and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    return "\n".join([head, "", *(f"- {row}" for row in rows[:SHOWN]), *more])


async def _asked(call: Call) -> list[str]:
    return [
        f"{tallyboard.title(poll)} – in {await tallyboard.room_title(call, poll)}, until "
        f"{tallyboard.closes_words(call, poll)}; `vote {poll.id}` answers"
        for poll in await waiting_for(call, call.person)
    ]


async def _rounds(call: Call, rooms: dict[str, Room]) -> list[str]:
    found = []
    for row in await open_in(list(rooms)):
        here = await at_table(call, row)
        round_ = await read(here, row)
        if round_.paused is None and call.person in rounds.asked_now(round_):
            what = tallyboard.shortened(round_.text)
            found.append(
                f"{what} – in {register.called(rooms[row.room])}; `consent {row.id}` shows it"
            )
    return found


async def _outcomes(call: Call, rooms: dict[str, Room]) -> list[str]:
    """What the sender asked and nobody has said what follows from; after a week, what anybody may say."""
    over = Poll.filter(room__in=list(rooms), stage=Stage.CLOSED, outcome__isnull=True)
    found = []
    for poll in await over.order_by("id"):
        since = poll.asked_outcome_at
        mine = poll.author == call.person
        if since is None or not (poll.result or {}).get("cast"):
            continue
        if mine or now_of(call) >= since + PATIENCE:
            where = register.called(rooms[poll.room])
            found.append(f"{tallyboard.title(poll)} – in {where}; `outcome {poll.id} …` says it")
    return found


async def _tasks(call: Call, rooms: dict[str, Room]) -> list[str]:
    """Numbered as `commit` lists them; those without a day, and those whose day is near."""
    own = await Commitment.filter(owner=call.person, done_at=None).order_by("id")
    today = clock.wall(now_of(call), await zone_of(call, call.person)).date()
    found = []
    for number, each in enumerate(own, 1):
        if each.room not in rooms or (each.due is not None and each.due > today + TASKS_AHEAD):
            continue
        by = f", by {day_words(each.due)}" if each.due else ""
        where = register.called(rooms[each.room])
        found.append(f"{tallyboard.shortened(each.what)}{by} – {where}; `commit done {number}`")
    return found


async def _reviews(call: Call, rooms: dict[str, Room]) -> list[str]:
    rows = Decision.filter(
        room__in=list(rooms), standing=Standing.HOLDS, review_on__not_isnull=True
    )
    asked = {
        question.data.get("decision"): question
        for question in await Question.filter(inquiry=register.ASKED, room__in=list(rooms))
    }
    found = []
    for row in await rows.order_by("review_on", "id"):
        question = asked.get(row.id)
        answered = question is not None and call.person in question.answers
        if register.state_of(call, rooms[row.room], row) is State.DUE and not answered:
            where = register.called(rooms[row.room])
            found.append(f"{register.title(row)} – {where}; `agreement {row.id}` shows it")
    return found


async def _questions(call: Call, rooms: dict[str, Room]) -> list[str]:
    """What everybody in a circle is asked, and the sender has not answered."""
    inquiries, found = call.house.catalogue.inquiries, []
    asked = Question.filter(room__in=list(rooms), person=None, until__gt=now_of(call))
    for question in await asked.exclude(inquiry=register.ASKED).order_by("id"):
        known = inquiries.get(question.inquiry)
        if known is None or known.matter is None or call.person in question.answers:
            continue
        where = rooms[question.room]
        if call.person in await people(where, call.house.me):
            how = " or ".join(f"`say {option.word}`" for option in known.options[:2])
            found.append(f"{escaped(known.matter)} – in {register.called(where)}; {how}")
    return found


async def _terms(call: Call, rooms: dict[str, Room]) -> list[str]:
    """Where the sender links two circles, and that term or the domain itself comes to its day."""
    today = clock.wall(now_of(call), await zone_of(call, call.person)).date()
    found = []
    for link in await Link.filter(person=call.person, until__lte=today + TERMS_AHEAD).order_by(
        "until"
    ):
        domain = await Domain.get_or_none(id=link.domain)
        room = rooms.get(link.room) or await Room.get_or_none(id=link.room)
        if domain is not None and room is not None:
            where = room_name(room, "your circle")
            found.append(f"{clock.long_day(link.until)} – for {where}, in {domain_title(domain)}")
    return found
