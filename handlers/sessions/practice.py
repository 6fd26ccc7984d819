"""Practices: what fits a group, calling one, and the clock that keeps whose turn it is.

Only the clock is kept here: nothing that anybody says, no pass, and after the end not even that there was a sitting;
one that was stopped may be taken up for half a day where it was. Who came to a meeting is the record's (R18). Every hour of it is written ahead, so that a daemon that was killed goes on where it was.

A sitting is called by `start`, and begins when somebody taps ▶️ or, where one person is its focus, when that person
agrees to be. A wish to stop needs a second voice, or whoever called says it again. Whoever comes late is asked in
private whether they come in, and comes in by a word as well.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from handlers.asking import asked
from handlers.conversation import MISSING, PATIENCE, chosen, run
from handlers.crews import lookbacks
from handlers.house.adoption import CIRCLES
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Option,
    Redact,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.meetings import meetings, record
from handlers.meetings.commitments import harvest
from handlers.names import name, names, people, room_name
from handlers.oneself.steps import ask_step
from handlers.reciprocity import game, offers
from handlers.sessions import forms, sitting
from handlers.sessions.fitting import (
    SPACES,
    Wanted,
    can_be_called,
    check_size,
    listed,
    misfit_words,
    nothing_fits,
    read_wanted,
    size_words,
    what_fits,
)
from handlers.sessions.preview import minutes_words, preview
from handlers.sessions.scripts import script_for, scripts_for
from handlers.words import escaped, sign
from practices import library
from practices import session as course
from practices.circles import RoomKind, Scale
from practices.script import Outcome, Script
from practices.session import Ending, Kind, Mode, Session, Step
from storage import sessions
from storage.coming import Coming
from storage.database import row_of
from storage.meetings import Meeting, Standing
from storage.members import is_in
from storage.questions import Question
from storage.rooms import Room
from storage.sessions import Focus, Series
from storage.sessions import Session as Row
from storage.visitors import visits, waits

#: How many are offered to whoever says no more than "start".
OFFERED = 3

#: A sitting that was called and is begun by nobody is forgotten.
CALLED = timedelta(hours=1)

#: A meeting is running from so long before its hour on.
EARLY = timedelta(minutes=30)

#: In a larger room nobody is taken to be in it who has not said so.
LARGEST_LISTED = max(Scale.CREW.sizes)

#: A room is upgraded seldom; a ring of successors ends after so many.
MOVES = 8

#: How long after a sitting its questions may be answered.
AFTERWARDS = timedelta(hours=24)


# ------------------------------------------------------------------------------------------- what fits


@command(
    name="practice",
    aliases=("practices",),
    help="see which practices fit your group now, or how one of them would run",
    example="practice listening circle",
    kinds=CIRCLES | SPACES,
    arguments=(Argument(name="which", help="one of them, by its name", rest=True),),
)
async def practice(call: Call, which: str | None) -> Effects:
    """Show what there is, or one of them."""
    if which is not None:
        script = await script_for(call.room, which)
        start = f"`{call.house.prefix}start {escaped(script.name)}` calls it, in the room of those who hold it."
        return [await _offer(call, script, f"{preview(script)}\n\n", start)]
    size = len(await people(call.room, call.house.me))
    fitting, smaller = await what_fits(call.room, size)
    if not fitting and not smaller:
        return [Say(text=nothing_fits(call, size))]
    lines = [f"What fits the {size} of you:", "", *(f"- {listed(each)}" for each in fitting)]
    if smaller:
        some = ", ".join(f"{escaped(each.name)} ({size_words(each)})" for each in smaller)
        lines += ["", f"For some of you, while the others listen: {some}."]
    first = (fitting or smaller)[0]
    start = f"`{call.house.prefix}start {escaped(first.name)}` calls one."
    return [await _offer(call, first, "\n".join([*lines, "", ""]), start)]


async def _offer(call: Call, script: Script, told: str, start: str) -> Say:
    """What there is, with a tap that calls it where it can be called now."""
    if call.room.kind not in CIRCLES or await sessions.running(call.room.id):
        return Say(text=told + start)
    size = len(await people(call.room, call.house.me))
    if not can_be_called(call.room, script, size):
        many = "one" if size == 1 else str(size)
        fits = f"It is for {size_words(script)} people, and you are {many}; `{call.house.prefix}practice` lists what fits."
        return Say(text=told + fits)
    tap_words = f"▶️ call the {escaped(script.name)} · {start}"
    return Say(text=told + tap_words, name=sitting.offer(script), taps=(RESUME.sign,))


@tap(
    prefix="practice",
    labels={
        "call|calls it": "▶️",
        "call the …": "▶️",
        "who takes on what": record.TAKEN_ON,
    },
)
async def taken_up(call: Call, subject: str, said: str) -> Effects:
    """▶️ under what was offered calls it; once a practice is called, it calls nothing more. 📝 asks who takes on what."""
    if sign(said) == record.TAKEN_ON and call.person in await people(call.room, call.house.me):
        return await run(call, harvest, {})
    option = chosen(by_word, said)
    if option is None or option.word != RESUME.word or not await is_in(call.room.id, call.person):
        return []
    if await sessions.running(call.room.id):
        return []
    return await run(call, start, {start.arguments[0].name: subject})


# --------------------------------------------------------------------------------------------- calling


@command(
    name="start",
    aliases=("begin",),
    help="call a practice: I keep the time and whose turn it is",
    example="start listening circle",
    kinds=CIRCLES | SPACES | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="what",
            help="its name; then, if you like, “short” for its short form, “written” to share in writing, "
            "or which sitting of a series",
            rest=True,
        ),
    ),
)
async def start(call: Call, what: str | None) -> Effects:
    """Call a practice together, or ask which."""
    if call.room.kind not in CIRCLES:
        raise Refused(
            "A practice is held in the room of those who sit together. Nothing was begun; "
            f"`{call.house.prefix}start` in the room of your crew, your dyad or your working group calls one."
        )
    running = await sessions.running(call.room.id)
    if running is not None:
        if what is None and running.state is None:
            return await _said(call, running, RESUME.word)
        raise Refused(await _runs_already(call, running))
    present = await people(call.room, call.house.me)
    if len(present) < course.FEWEST:
        raise Refused(
            "You are alone in this room, and a practice is held with others. Nothing was begun; "
            "once somebody else is here, it can."
        )
    if what is None:
        return await _which(call, len(present))
    wanted = await read_wanted(call, what)
    check_size(call, wanted.script, len(present))
    if wanted.written and await visits(call.room.id, call.person):
        raise Refused(
            "What people share in writing is taken away after it, so one of the crew's members calls that. Nothing "
            f"was begun; `{call.house.prefix}start {escaped(wanted.script.name)}` calls it to be spoken."
        )
    return await _called(call, wanted, present)


async def hold(call: Call, name: str) -> list[Effect]:
    """Call the practice of this name and begin it, for somebody who has tapped that they want that.

    One tap is enough, and whoever taps as well is answered with nothing, so that nobody is interrupted. Where more or
    fewer are in than it is for, it is only called. Raises Refused.
    """
    row = await sessions.running(call.room.id)
    if row is not None and (row.state is not None or library.key(row.script) != library.key(name)):
        return []
    effects: list[Effect] = []
    if row is None:
        effects += await run(call, start, {start.arguments[0].name: name})
        row = await sessions.running(call.room.id)
    script = await _script(call, row) if row else None
    if row is None or script is None or script.focus or misfit_words(script, len(row.people)):
        return effects
    return [*effects, *await _begun(call, row, script)]


async def _runs_already(call: Call, row: Row) -> str:
    script = await _script(call, row)
    running = sitting.title(row, script) if script else f"**{escaped(row.script)}**"
    since = sitting.hour(call, row.began_at)
    if call.person not in await present_people(row):
        return (
            f"A {running} is on here since {since}, so no other was begun. `{call.house.prefix}in` brings you in, "
            "and so does 🙋 under its first message."
        )
    return (
        f"You are in a {running} here since {since}, so no other was begun. ⏹️ under its message ends it, "
        "when two of you say so, or whoever called it says so twice."
    )


async def _which(call: Call, size: int) -> list[Effect]:
    fitting, smaller = await what_fits(call.room, size)
    some = (fitting or smaller)[:OFFERED]
    if not some:
        raise Refused(nothing_fits(call, size))
    lines = ["Which practice shall it be?", "", *(f"- {listed(each)}" for each in some)]
    lines += [
        "",
        f"Just write its name; `{call.house.prefix}practice` lists them all, `stop` ends this.",
    ]
    return [
        Ask(
            inquiry=MISSING,
            text="\n".join(lines),
            until=call.at + PATIENCE,
            data={"command": "start", "argument": "what", "given": {}},
            person=call.person,
        )
    ]


async def _called(call: Call, wanted: Wanted, present: list[str]) -> list[Effect]:
    """Note that a practice is called, say who is in, and ask who is its focus."""
    over = await sessions.stopped(call.room.id)
    effects: list[Effect] = list(await _put_away(over)) if over else []
    meeting = await meeting_now(call)
    series = await Series.get_or_none(room=call.room.id, script=wanted.script.name)
    number = wanted.sitting if wanted.sitting is not None else (series.following if series else 0)
    row = await Row.create(
        room=call.room.id,
        script=wanted.script.name,
        form=wanted.form,
        sitting=number if number < len(wanted.script.sittings) else 0,
        written=wanted.written,
        meeting=meeting.id if meeting else None,
        began_by=call.person,
        began_at=call.at,
    )
    listed = await _listed_people(call, meeting, present)
    if wanted.written:
        # What is shared in writing is taken away, so everybody says themselves that they are in.
        listed = [call.person]
    row.people = sorted(listed, key=lambda person: _place(row, person))
    await row.save()
    effects += [
        Say(
            text=await _opening(call, row, wanted.script),
            name=sitting.message(row, 0),
            taps=("▶️", "🙋", "👋", "⏹️"),
            answers=False,
        ),
        _hour(row, call.at + CALLED),
    ]
    await _listen(row, None, call.at + CALLED)
    if wanted.script.focus:
        effects += await _propose_focus(call, row, [])
    return effects


def _place(row: Row, person: str) -> str:
    """Where a person sits in this circle: no order of names, of coming or of speaking."""
    return blake2b(f"{row.id} {person}".encode(), digest_size=8).hexdigest()


async def meeting_now(call: Call) -> Meeting | None:
    """The meeting of this room that is running now."""
    length = timedelta(minutes=int(meetings.setting(call.room, "meeting-minutes")))
    near = Meeting.filter(
        room=call.room.id, at__gt=call.at - length, at__lte=call.at + EARLY
    ).exclude(standing=Standing.SKIPPED)
    return await near.order_by("-at").first()


async def _listed_people(call: Call, meeting: Meeting | None, present: list[str]) -> list[str]:
    """Who is taken to be in: those who come to the meeting that runs, or all but those who said that they do not.

    Of a large room it is only whoever calls.
    """
    if len(present) > LARGEST_LISTED:
        return [call.person]
    answers = await Coming.filter(meeting=meeting.id) if meeting is not None else []
    coming = {each.person for each in answers if each.answer.present}
    if not coming:
        coming = {*present} - {each.person for each in answers}
    return [person for person in present if person in coming or person == call.person]


async def _opening(call: Call, row: Row, script: Script) -> str:
    """What is called, who is in, and what one may do."""
    shape = _shape(script, row)
    size = len(row.people)
    time = minutes_words(shape.minutes_for(max(size, shape.least), sitting=row.sitting))
    longer = shape.booked is not None and minutes_words(shape.booked) != time
    booked = f"; book {minutes_words(shape.booked)}" if shape.booked and longer else ""
    parts = [f"{sitting.title(row, script)} – about {time}{booked}. {escaped(script.purpose)}"]
    if script.sittings[row.sitting].before:
        parts.append(f"*{escaped(script.sittings[row.sitting].before)}*")
    if script.roles:
        parts.append(
            " · ".join(f"{escaped(each.name)}: {escaped(each.holds)}" for each in script.roles)
        )
    if script.link:
        parts.append(f"Its guides: {escaped(script.link)}")
    if row.written:
        parts.append(
            "In writing, in turn, by those who tap 🙋. What you write here while you have the turn, or in a part that is "
            "for all of you, is taken away within a day after it; nothing else is."
        )
    parts.append(f"In the circle: {', '.join(await names(row.room, row.people)) or 'nobody yet'}.")
    misfit = misfit_words(script, size)
    if misfit:
        parts.append(misfit)
    begins = "It begins when somebody agrees to be its focus" if script.focus else "▶️ begin"
    parts.append(f"{begins} · 🙋 I am in · 👋 not this time · ⏹️ leave it")
    return "\n\n".join(parts)


def _shape(script: Script, row: Row) -> Script:
    """The script in the form in which it is held."""
    return script.in_form(row.form) if row.form in dict(script.forms) else script


# ------------------------------------------------------------------------------------------- the focus

ANOTHER = Option(sign="➡️", word="another", also=("somebody else", "someone else", *NO.also, "no"))
GLADLY = Option(sign="🙌", word="me", also=("i would", "i will", "i'd like to", "i would like to"))


async def _propose_focus(call: Call, row: Row, passed: list[str]) -> list[Effect]:
    """Ask whether one of them would be the focus: whoever was longest ago, or never (R70)."""
    person = await _next_focus(row, await present_people(row), passed)
    if person is None:
        return []
    return [
        Ask(
            inquiry="focus",
            text=await _focus_words(row, person),
            until=call.at + CALLED,
            data={"session": row.id, "person": person, "passed": passed},
        )
    ]


async def present_people(row: Row) -> list[str]:
    """Who takes part in a sitting just now."""
    return row.people if row.state is None else list(course.from_state(row.state).people)


async def _next_focus(row: Row, among: list[str], passed: list[str]) -> str | None:
    last = {each.person: each.at for each in await Focus.filter(room=row.room)}
    never = [person for person in among if person not in last]
    others = sorted((each for each in among if each in last), key=lambda each: last[each])
    return next((person for person in [*never, *others] if person not in passed), None)


async def _focus_words(row: Row, person: str) -> str:
    return (
        f"Who brings something this time? It could be **{await name(row.room, person)}**, and need not be.\n\n"
        "✅ yes, I do · ➡️ somebody else · 🙌 I would like to"
    )


@inquiry(name="focus", options=(YES, ANOTHER, GLADLY))
async def focus(call: Call, question: Question, said: str) -> Effects:
    """Nobody is the focus without their own yes."""
    row = await row_of(Row, question.data["session"])
    if row is None:
        await question.delete()
        return []
    person = str(question.data["person"])
    if call.person not in await present_people(row):
        return []
    if said == GLADLY.word or (said == YES.word and call.person == person):
        return [*sitting.taken_back(call, row), *await _focus_found(call, row, question)]
    if said == ANOTHER.word and call.person in (person, row.began_by):
        return [*sitting.taken_back(call, row), *await _another_focus(call, row, question, person)]
    return []


async def _focus_found(call: Call, row: Row, question: Question) -> list[Effect]:
    """Say whose it is. What was asked is taken back when somebody else was named in it: they did not take it."""
    text = f"**{await name(row.room, call.person)}** brings something this time."
    effects: list[Effect] = [Edit(name=f"question:{question.id}", text=text, room=row.room)]
    if call.person != question.data["person"]:
        effects = [_unasked(question), Say(text=text, room=row.room, answers=False)]
    await question.delete()
    script = await _script(call, row)
    if script is None:
        return [*effects, *await _script_gone(call, row)]
    if row.state is None:
        row.focus = call.person
        await row.save()
        if misfit_words(script, len(row.people)):
            return [*effects, *await _opened_anew(call, row, script)]
        return [*effects, *await _begun(call, row, script)]
    session = course.from_state(row.state)
    step = course.focused(session, script, call.person, call.at)
    return [*effects, *await _went(call, row, script, session, step)]


def _unasked(question: Question) -> Redact:
    """Take a question back. An edit would not do: what a message once said stays to be read."""
    return Redact(target=f"question:{question.id}", room=question.room)


async def _another_focus(call: Call, row: Row, question: Question, person: str) -> list[Effect]:
    """Ask the next one, in a message of its own: nothing tells who did not want to (R10)."""
    known = question.data["passed"]
    assert isinstance(known, list)
    await question.delete()
    proposed = await _propose_focus(call, row, [*known, person])
    if proposed:
        return [_unasked(question), *proposed]
    text = (
        "Nobody needs to bring something today, and that is fine. Another practice may fit: "
        f"`{call.house.prefix}practice` lists them."
    )
    nobody = Say(text=text, room=row.room, answers=False)
    return [_unasked(question), nobody, *await _called_off(call, row)]


async def _called_off(call: Call, row: Row) -> list[Effect]:
    """End a sitting that waits for its focus, begun or not."""
    script = await _script(call, row)
    if row.state is None or script is None:
        return await _forgotten(row)
    session = course.from_state(row.state)
    step = course.called_off(session, script, call.at)
    return await _went(call, row, script, session, step)


# ------------------------------------------------------------------------------------ before it begins


async def _before(call: Call, row: Row, script: Script, word: str) -> list[Effect]:
    """Somebody comes, stays out, begins or leaves it, while it is only called."""
    person = call.person
    match word:
        case HERE.word if person not in row.people and await is_in(row.room, person):
            row.people = [*row.people, person]
        case RESUME.word if (
            row.written and person not in row.people and await is_in(row.room, person)
        ):
            row.people = [*row.people, person]
            await row.save()
            opened = await _opened_anew(call, row, script)
            return [*opened, *await _begin(call, row, script)]
        case AWAY.word if person in row.people:
            row.people = [each for each in row.people if each != person]
            row.focus = None if row.focus == person else row.focus
        case STOP.word if person in row.people or person == row.began_by:
            return await _forgotten(row)
        case RESUME.word if person in row.people:
            return await _begin(call, row, script)
        case _:
            return []
    await row.save()
    return await _opened_anew(call, row, script)


async def _opened_anew(call: Call, row: Row, script: Script) -> list[Effect]:
    return [
        Edit(name=sitting.message(row, 0), text=await _opening(call, row, script), room=row.room)
    ]


async def _begin(call: Call, row: Row, script: Script) -> list[Effect]:
    """Begin, if as many are in as it is for, and somebody is its focus."""
    misfit = misfit_words(script, len(row.people))
    if misfit:
        return [Say(text=f"It has not begun yet. {misfit}", answers=False)]
    if script.focus and row.focus is None:
        if await Question.exists(room=row.room, inquiry="focus", until__gt=call.at):
            return [Say(text="It begins when somebody has agreed, above, to bring something.")]
        return await _propose_focus(call, row, [])
    return await _begun(call, row, script)


async def _begun(call: Call, row: Row, script: Script) -> list[Effect]:
    step = course.begin(
        script,
        people=tuple(row.people),
        by=row.began_by,
        now=call.at,
        focus=row.focus,
        form=row.form,
        sitting=row.sitting,
        mode=Mode.WRITTEN if row.written else Mode.SPOKEN,
        turn_minutes=float(meetings.setting(call.room, "turn-minutes")),
    )
    since = sitting.hour(call, call.at)
    text = f"{sitting.title(row, script)}, since {since}.\n\n🙋 I come in · 👋 I step out"
    begun = Edit(name=sitting.message(row, 0), text=text, room=row.room)
    apart = lookbacks.asked_apart(call, script.name)
    return [begun, *apart, *await _went(call, row, script, None, step)]


async def _forgotten(row: Row) -> list[Effect]:
    """A sitting that was called and is not held leaves nothing behind."""
    effects = await _put_away(row)
    text = f"~~{escaped(row.script)}~~ It is not held this time."
    return [*effects, Edit(name=sitting.message(row, 0), text=text, room=row.room)]


async def _asked_no_more(row: Row) -> None:
    """What was asked while a sitting ran is over; whoever answers later whether they come in is told so."""
    await Question.filter(room=row.room, inquiry__in=_ASKED).delete()
    of_it = [
        each.id
        for each in await Question.filter(inquiry="come-in")
        if each.data.get("session") == row.id
    ]
    await Question.filter(id__in=of_it).update(until=row.began_at)


async def _put_away(row: Row) -> list[Effect]:
    """Delete a sitting with its questions and its hours; whom it was put to that nobody brought something goes, too."""
    open_still = await Question.filter(room=row.room, inquiry="focus")
    await _asked_no_more(row)
    await Question.filter(room=row.room, inquiry="stopped").update(until=row.began_at)
    await row.delete()
    called_off = CallOff(about=f"session:{row.id}", ritual="clock")
    return [called_off, *(_unasked(question) for question in open_still)]


# ------------------------------------------------------------------------------------- what people say

DONE = Option(
    sign="✅", word="done", also=("finished", "i'm done", "i am done", "heard", "i feel heard")
)
PASS = Option(sign="⏭️", word="pass", also=("i pass", "pass it on"))
NEXT = Option(sign="➡️", word="next", also=("onward",))
PAUSE = Option(sign="⏸️", word="pause", also=("break",))
RESUME = Option(sign="▶️", word="resume", also=("go on", "continue", "begin"))
STOP = Option(sign="⏹️", word="stop", also=("end",))
HERE = Option(
    sign="🙋",
    word="here",
    also=(
        "i'm here", "i am here", "i'm in", "i am in", "in", "join", "let me in", "come in", "i come in", "i'd come in",
        "can i come in", "can i come in?", "may i come in", "may i come in?",
    ),
)  # fmt: skip
AWAY = Option(sign="👋", word="away", also=("step out", "i step out"))
LISTEN = Option(sign="👂", word="listening", also=("i listen",))
MARK = Option(sign="🔒", word="mark", also=("not again",))

#: What is asked while a sitting runs, and of nobody after it.
_ASKED = ("sitting", "focus", "optional")


@inquiry(
    name="sitting",
    options=(DONE, PASS, NEXT, PAUSE, RESUME, STOP, HERE, AWAY, LISTEN, MARK),
    first=True,
)
async def by_word(call: Call, question: Question, said: str) -> Effects:
    """A word about the clock, with the prefix or, of whoever has the turn, without."""
    row = await row_of(Row, question.data["session"])
    if row is None:
        await question.delete()
        return []
    return [*sitting.taken_back(call, row), *await _said(call, row, said)]


@tap(
    prefix=sitting.NAMED,
    labels={
        "begin": RESUME.sign,
        "goes on": RESUME.sign,
        "i am in": HERE.sign,
        "not this time": AWAY.sign,
        "leave it": STOP.sign,
        "i listen [and] [speak] [next]": LISTEN.sign,
        "what i shared is not mentioned again": MARK.sign,
    },
)
async def by_tap(call: Call, subject: str, said: str) -> Effects:
    """A tap under a message of the sitting, or a reply to it."""
    number, _, _step = subject.partition(":")
    row = await row_of(Row, number)
    option = chosen(by_word, said)
    if row is None or option is None or row.room != call.room.id:
        return []
    return [*sitting.taken_back(call, row), *await _said(call, row, option.word)]


async def _said(call: Call, row: Row, word: str) -> list[Effect]:
    script = await _script(call, row)
    if script is None:
        return await _script_gone(call, row)
    if row.state is None:
        return await _before(call, row, script, word)
    if row.stopped:
        return []
    session = course.from_state(row.state)
    outside = call.person not in session.people
    stops = word == STOP.word and call.person == session.began_by
    if outside and not stops and word not in (HERE.word, AWAY.word):
        return [await _outside(call, row)]
    step = await _stepped(call, session, script, word)
    if step.session == session:
        return await _why_nothing(call, row, session, word)
    return [*await _went(call, row, script, session, step), *_told_alone(call, step.session, word)]


async def _stepped(call: Call, session: Session, script: Script, word: str) -> Step:
    """What a word of a person makes of a sitting."""
    if word == HERE.word and not await is_in(call.room.id, call.person):
        return Step(session)
    ways = {
        DONE.word: course.done,
        PASS.word: course.passed,
        NEXT.word: course.next_phase,
        PAUSE.word: course.paused,
        RESUME.word: course.resumed,
        STOP.word: course.stopped,
        HERE.word: course.joined,
        AWAY.word: course.left,
        LISTEN.word: course.listens,
        MARK.word: course.marks,
    }
    return ways[word](session, script, call.person, call.at)


def _told_alone(call: Call, session: Session, word: str) -> list[Effect]:
    """Whoever tapped what is taken back hears, privately, what came of it: the room is not told whose it was."""
    if session.ended is not None or call.content.get("overheard"):
        return []
    match word:
        case HERE.word:
            turn = ", with a turn at the end of the round" if session.holder is not None else ""
            text = f"You are in{turn}."
        case STOP.word if call.person == session.began_by:
            text = (
                "You would like to stop here. ⏹️ from one more of you ends it, and so does ⏹️ from you once more, "
                "as you called it. ▶️ takes your wish back."
            )
        case STOP.word:
            text = (
                "You would like to stop here. One more of you ends it, with ⏹️; the room reads that somebody would "
                "like to. ▶️ takes your wish back."
            )
        case _:
            return []
    return [Whisper(person=call.person, text=text)]


async def _outside(call: Call, row: Row) -> Ask:
    return await _ask_in(
        call, row, "You are not in that circle just now, so nothing was changed.", call.person
    )


async def _why_nothing(call: Call, row: Row, session: Session, word: str) -> list[Effect]:
    """Whoever wrote a word that changed nothing hears privately why; of taps only those that ask for an answer."""
    if call.person in session.people and word in (HERE.word, STOP.word):
        return _told_alone(call, session, word)
    if call.event_id is None or session.holder in (None, call.person):
        return []
    if word not in (DONE.word, PASS.word, NEXT.word):
        return []
    whose = await name(row.room, session.holder)
    return [
        Whisper(
            person=call.person,
            text=f"{whose} has the turn, and ends it in their own time, so nothing was changed.",
        )
    ]


# ---------------------------------------------------------------------------------------- who comes late

COME_IN = replace(HERE, also=(*HERE.also, YES.word, *YES.also))
NOT_NOW = replace(NO, also=(*NO.also, "not this time", "later"))
LATE = "That sitting is over by now, so nothing was changed. The next one is open to you from its beginning."


@watch(kind=Change.JOINED)
async def came(call: Call) -> Effects:
    """Whoever comes into a room in which people sit hears so alone, and how they come in (R64)."""
    row = await sessions.running(call.room.id)
    if row is None or call.room.kind not in CIRCLES or await waits(call.room.id, call.person):
        return []
    script = await _script(call, row)
    if script is None or call.person in await present_people(row):
        return []
    since = f"since {sitting.hour(call, row.began_at)}"
    is_on = f"is on just now, {since}" if row.state is not None else "is about to begin"
    where = room_name(call.room, "this room")
    return [
        await _ask_in(
            call,
            row,
            f"Good that you are in {where}. A {sitting.title(row, script)} {is_on}.",
            call.person,
        )
    ]


async def _ask_in(call: Call, row: Row, head: str, person: str) -> Ask:
    """Ask somebody alone whether they come in. They have just come, or tapped: it is no call in the night (R15)."""
    await Question.filter(inquiry="come-in", person=person).delete()
    return Ask(
        inquiry="come-in",
        text=f"{head}\n\n🙋 I come in · ✋ not now\n\nWith 🙋 you are in, with a turn at the end of the round where there "
        f"are turns. *In words: `in` here, or `{call.house.prefix}in` in the room.*",
        until=call.at + course.PAUSE,
        data={"session": row.id},
        person=person,
        private=True,
    )


@inquiry(name="come-in", options=(COME_IN, NOT_NOW), late=LATE)
async def come_in(call: Call, question: Question, said: str) -> Effects:
    """Somebody who came late comes in, or listens from outside."""
    row = await row_of(Row, question.data["session"])
    if row is None or row.stopped:
        await question.delete()
        return [Say(text=LATE)]
    if said == NOT_NOW.word:
        await question.delete()
        return [
            Say(text=f"Good. `{call.house.prefix}in` in the room brings you in while it lasts.")
        ]
    if said != HERE.word:
        return [Say(text="🙋 brings you in; ✋ not now is fine, too.")]
    await question.delete()
    room = await Room.get(id=row.room)
    if not await is_in(row.room, call.person) or await waits(row.room, call.person):
        return [Say(text="Those who sit there are in that room, so nothing was changed.")]
    effects = await _said(replace(call, room=room, thread=None), row, HERE.word)
    heard = any(isinstance(each, Whisper) for each in effects)
    return [*effects, *([] if heard else [Say(text="You are in.")])]


async def overheard(call: Call) -> list[Effect]:
    """Somebody of a circle that shares in writing wrote in their turn: it is noted that they did, so that it goes again.

    While somebody has the turn nobody else's words are part of it, and nobody's are while the clock rests.
    """
    row = await sessions.running(call.room.id)
    if row is None or not row.written or row.state is None:
        return []
    session = course.from_state(row.state)
    sharing = session.people if session.holder is None else (session.holder,)
    if session.paused is not None or call.sender not in sharing:
        return []
    return await forms.said(call, row)


@watch(kind=Change.SHARED)
async def shared(call: Call) -> Effects:
    """Somebody wrote in a room whose people share in writing just now."""
    return await overheard(call)


# --------------------------------------------------------------------------------------------- the clock


@ritual(
    name="clock",
    help="keeps the time of a practice: half a minute left, the end of a turn, what comes next",
)
async def strike(call: Call) -> Effects:
    """Look at the clock of a sitting; an hour of an earlier step is none of ours."""
    row = await row_of(Row, call.content["session"])
    if row is None or row.step != call.content["step"]:
        return []
    script = await _script(call, row)
    if script is None:
        return await _script_gone(call, row)
    if row.state is None:
        return await _forgotten(row)
    if row.stopped:
        return await _put_away(row)
    session = course.from_state(row.state)
    now = call.kept_at or call.at
    # What people are told reads the clock off the call, and this one is kept now.
    step = course.tick(session, script, now)
    return await _went(replace(call, at=now), row, script, session, step)


def _hour(row: Row, at: datetime) -> Ring:
    return Ring(
        ritual="clock",
        about=f"session:{row.id}",
        at=at,
        when=str(row.step),
        room=row.room,
        content={"session": row.id, "step": row.step},
    )


async def _went(
    call: Call, row: Row, script: Script, before: Session | None, step: Step
) -> list[Effect]:
    """Keep where a sitting stands now, tell it, and write its next hour ahead."""
    session = step.session
    row.step += 1
    effects: list[Effect] = [CallOff(about=f"session:{row.id}", ritual="clock")]
    effects += await sitting.told(call, row, script, before, session, step.said)
    effects += await _decided(call, row, before, session)
    for said in step.said:
        match said.kind:
            case Kind.NEXT_STEP if said.person is not None:
                effects += await ask_step(call, said.person, about=f"step:{row.id}")
            case Kind.OPTIONAL:
                effects.append(await _ask_optional(call, row, script, session))
            case Kind.FOCUS_LEFT:
                effects += await _focus_left(call, row, session)
            case Kind.PHASE:
                effects += await _form(call, row, script, session)
            case _:
                pass
    if session.ended is not None:
        return [*effects, *await _ended(call, row, script, session)]
    row.state = course.as_state(session)
    await row.save()
    assert step.due is not None
    await _listen(row, session, step.due)
    return [*effects, _hour(row, step.due)]


async def _form(call: Call, row: Row, script: Script, session: Session) -> list[Effect]:
    """What is asked in writing in the phase that has begun."""
    phase = course.phases(session, script)[session.phase]
    return await forms.open_form(call, row, session.phase, phase, list(session.people))


async def _listen(row: Row, session: Session | None, due: datetime) -> None:
    """Understand words about the clock: with the prefix from all, without it from whoever has the turn.

    Whoever shares in writing is not listened to for words: what they write is theirs.
    """
    await Question.filter(room=row.room, inquiry="sitting").delete()
    listened: list[str | None] = [None]
    if session is not None and session.holder is not None and session.mode is Mode.SPOKEN:
        listened.append(session.holder)
    for person in listened:
        await Question.create(
            room=row.room,
            person=person,
            inquiry="sitting",
            data={"session": row.id},
            until=due + AFTERWARDS,
        )


async def _script(call: Call, row: Row) -> Script | None:
    """The script of a sitting; None when its people have taken it away meanwhile."""
    room = call.room if call.room.id == row.room else await Room.get(id=row.room)
    wanted = library.key(row.script)
    return next(
        (each for each in await scripts_for(room) if library.key(each.name) == wanted), None
    )


async def _script_gone(call: Call, row: Row) -> list[Effect]:
    effects: list[Effect] = [*sitting.turn_over(row), *await forms.close(call, row)]
    effects += await _put_away(row)
    return [
        *effects,
        Say(
            text=f"The script of your {escaped(row.script)} is not there any more, so I have put its clock away.",
            room=row.room,
            answers=False,
        ),
    ]


# ------------------------------------------------------------------------------- what is asked meanwhile


async def _ask_optional(call: Call, row: Row, script: Script, session: Session) -> Ask:
    phase = course.phases(session, script)[session.phase]
    time = minutes_words(phase.minutes_for(len(session.people)))
    return Ask(
        inquiry="optional",
        text=f"Next, if you like: **{escaped(phase.name)}**, about {time}. It takes place when more than half of you "
        "want it.\n\n✅ yes · ✋ not today",
        until=session.until + course.PAUSE,
        data={"session": row.id},
    )


@inquiry(name="optional", options=(YES, NO), matter="whether what is optional takes place")
async def optional(call: Call, question: Question, said: str) -> Effects:
    """Somebody of the circle says whether they want what is optional."""
    row = await row_of(Row, question.data["session"])
    script = await _script(call, row) if row else None
    if row is None or row.state is None or script is None or said not in (YES.word, NO.word):
        return []
    session = course.from_state(row.state)
    step = course.voted(session, script, call.person, call.at, yes=said == YES.word)
    return [] if step.session == session else await _went(call, row, script, session, step)


async def _decided(call: Call, row: Row, before: Session | None, session: Session) -> list[Effect]:
    """What was optional is begun or left out: the question is struck through."""
    if (
        before is None
        or not before.deciding
        or (session.deciding and session.phase == before.phase)
    ):
        return []
    asked_of = await Question.filter(room=row.room, inquiry="optional")
    await Question.filter(id__in=[each.id for each in asked_of]).delete()
    return [
        Edit(name=f"question:{each.id}", text="~~Next, if you like~~", room=row.room)
        for each in asked_of
    ]


async def _focus_left(call: Call, row: Row, session: Session) -> list[Effect]:
    """Those who stay may close, or go on with what another of them brings; who went is not said, and none of it stays."""
    row.state = course.as_state(session)
    text = (
        "Whoever brought something is no longer in the circle, and the clock rests. You may close here with ⏹️, "
        "or begin anew with what another of you brings."
    )
    line = sitting.message(row, row.step)
    row.lines = [*row.lines, line]
    rest = Say(text=text, room=row.room, name=line, taps=("⏹️",), answers=False)
    return [rest, *await _propose_focus(call, row, [])]


# ------------------------------------------------------------------------------------------- the closing


async def _ended(call: Call, row: Row, script: Script, session: Session) -> list[Effect]:
    """Say the last words, and forget that there was a sitting, but for whose turn it is next; one that was stopped rests."""
    last = await sitting.closing(call, row, script, session)
    effects: list[Effect] = await forms.close(call, row)
    if session.ended is Ending.CLOSED and row.meeting is not None:
        effects += await record.sat(call, row.meeting, session.people)
    if session.ended is Ending.STOPPED and not row.written and not session.lacks_focus:
        return [*await _rests(call, row, session, last.text), *effects]
    effects.insert(0, last)
    if session.ended in (Ending.CLOSED, Ending.FADED) and session.focus is not None:
        await Focus.update_or_create({"at": call.at}, room=row.room, person=session.focus)
    if session.ended is Ending.CLOSED:
        await _remember_series(row, script)
        if script.outcome is Outcome.LISTENED:
            effects += await _ask_listened(call, row, session)
        elif script.outcome is Outcome.RESPECT and call.room.kind in meetings.PAIRS:
            effects.append(offers.noted(call, f"session:{row.id}"))
    return [*effects, *await _put_away(row)]


async def _rests(call: Call, row: Row, session: Session, closing: str) -> list[Effect]:
    """Keep where a sitting was stopped, for half a day, and offer to go on there."""
    await _asked_no_more(row)
    row.state = course.as_state(session)
    await row.save()
    until = call.at + course.PAUSE
    again = f"▶️ go on where it was, until {sitting.hour(call, until)}"
    return [
        Ask(
            inquiry="stopped",
            text=f"{closing}\n\n{again}",
            until=until,
            data={"session": row.id},
        ),
        _hour(row, until),
    ]


@inquiry(name="stopped", options=(RESUME,), late=LATE)
async def gone_on(call: Call, question: Question, said: str) -> Effects:
    """Somebody of those who sat in it takes a stopped sitting up, where it was."""
    row = await row_of(Row, question.data["session"])
    script = await _script(call, row) if row else None
    if row is None or row.state is None or script is None or not row.stopped:
        return [Whisper(person=call.person, text=LATE)]
    if said != RESUME.word:
        return []
    session = course.from_state(row.state)
    step = course.taken_up(session, script, call.person, call.at)
    if step.session == session:
        text = "Those who sat in it take it up, so nothing was changed. `{}` calls another."
        start = f"{call.house.prefix}start"
        return [Whisper(person=call.person, text=text.format(start))]
    await question.delete()
    text = f"{sitting.title(row, script)} was stopped here, and goes on."
    goes_on = Edit(name=f"question:{question.id}", text=text, room=row.room)
    return [goes_on, *await _went(call, row, script, None, step)]


async def _remember_series(row: Row, script: Script) -> None:
    if len(script.sittings) == 1:
        return
    after = sitting.following(row, script)
    if after is None:
        await Series.filter(room=row.room, script=script.name).delete()
        return
    await Series.update_or_create({"following": after}, room=row.room, script=script.name)


async def _ask_listened(call: Call, row: Row, session: Session) -> list[Effect]:
    """Ask everybody present, each alone: only whether all said yes is ever said (R82)."""
    effects: list[Effect] = []
    data = {"session": row.id, "room": row.room, "people": list(session.people)}
    for person in session.people:
        effects += await asked(
            call,
            person,
            "Was everyone listened to? Nobody learns what you say; only if all of you say yes, the circle hears that."
            "\n\n✅ yes · ✋ not quite",
            about=f"listened:{row.id}",
            inquiry="listened",
            until=call.at + AFTERWARDS,
            data=data,
        )
    return effects


@inquiry(name="listened", options=(YES, NO))
async def was_listened(call: Call, question: Question, said: str) -> Effects:
    """Note a yes; a no is not kept, and looks like an answer that has not come."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ not quite.")]
    question.answers = {call.person: said} if said == YES.word else {}
    await question.save(update_fields=["answers"])
    thanks = Say(text="Thank you.")
    wanted = question.data["people"]
    assert isinstance(wanted, list)
    same = [
        each
        for each in await Question.filter(inquiry="listened", person__in=wanted)
        if each.data["session"] == question.data["session"]
    ]
    agreed = {each.person for each in same if each.answers}
    if not agreed.issuperset(wanted):
        return [thanks]
    await Question.filter(id__in=[each.id for each in same]).delete()
    room = await _circle_of(str(question.data["room"]))
    if room is None:
        return [thanks]
    there = replace(call, room=room, thread=None)
    about = f"session:{question.data['session']}"
    return [
        thanks,
        Say(text="All of you say that everyone was listened to.", room=room.id, answers=False),
        *await listened(there, [str(person) for person in wanted], about),
    ]


async def _circle_of(room: str) -> Room | None:
    """The room that a circle sits in now, though it was upgraded meanwhile; None when it is gone."""
    found = await Room.get_or_none(id=room)
    for _ in range(MOVES):
        if found is None or found.successor is None:
            return found
        found = await Room.get_or_none(id=found.successor)
    return found


async def listened(call: Call, people: list[str], about: str) -> list[Effect]:
    """What follows when all of `people` said that everyone was listened to: nothing, unless they play for it (R82).

    `call.room` is the circle's room; `about` names the sitting, once for all time.
    """
    return await game.circle_listened(call, call.room, people, about)


# ----------------------------------------------------------------------------------------- people leaving


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Somebody left the room in the middle: their turn passes on."""
    await Focus.filter(room=call.room.id, person=call.person).delete()
    row = await Row.get_or_none(room=call.room.id)
    return await stepped_out(call, row) if row else []


async def stepped_out(call: Call, row: Row) -> list[Effect]:
    """The sender takes part in a sitting of this room no more; one that they called and nobody began ends."""
    if row.state is None and row.began_by == call.person:
        return await _forgotten(row)
    if row.began_by == call.person:
        row.began_by = ""
        if row.state is not None:
            row.state = {**row.state, "began_by": ""}
        await row.save()
    return await _left_stopped(call, row) if row.stopped else await _said(call, row, AWAY.word)


async def _left_stopped(call: Call, row: Row) -> list[Effect]:
    """Whoever is gone is gone from what may be taken up, too; with fewer than two there is nothing to take up."""
    script = await _script(call, row)
    assert row.state is not None
    session = replace(course.from_state(row.state), ended=None)
    if script is None:
        return await _put_away(row)
    without = course.left(session, script, call.person, call.at).session
    if without.ended is not None or without.lacks_focus:
        return await _put_away(row)
    row.people = [each for each in row.people if each != call.person]
    kept = course.as_state(replace(without, ended=Ending.STOPPED))
    row.state = {
        field: [each for each in value if each != call.person] if isinstance(value, list) else value
        for field, value in kept.items()
    }
    await row.save()
    return []
