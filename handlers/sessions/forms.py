"""Forms: questions that each answers privately, one at a time, that open for all at one moment and are gone a day later.

What people write is sealed before it is stored, opened once, and deleted in the same transaction. Passing is one
action, needs no reason and leaves no trace. What was shown, and people's own messages, are taken back by the homeserver
within a day (R8).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from tortoise.queryset import QuerySet

from handlers.asking import nights, whispered
from handlers.language import (
    CHANGE,
    STOP,
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Inquiry,
    Option,
    Redact,
    Ring,
    Say,
    Scrub,
    Whisper,
    inquiry,
    ritual,
    watch,
)
from handlers.names import fallback
from handlers.names import people as present_in
from handlers.power import may_take_back
from handlers.words import escaped, first_word, folded, similar, verbatim
from practices import clock, forms
from practices.forms import Answer, Line, Reveal, answers_words, is_due, offered, read_answer
from practices.meetings import is_quiet, next_waking
from practices.script import Form, Opens, Phase, Shows
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.inbox import Heard, Kind, Settled
from storage.members import Member
from storage.outbox import Delivery, Owed
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room
from storage.shares import OpenForm, Said, Seal, Share, forget_form, forget_person, note

#: What was written is deleted so long after it was shown: an hour before a day is over (R8).
SHREDDED_AFTER = timedelta(hours=23)

#: A form that waits for everybody opens at the latest after so long; a sitting that nobody closes is shredded then.
LONGEST = timedelta(days=7)
LONGEST_OF_ITS_OWN = timedelta(days=14)

#: Whoever writes a little too late hears so, and is not taken to say something else.
GRACE = timedelta(hours=1)

#: A form that stays open at least so long reminds once, a day before it opens or when a quarter of its time is left.
WORTH_A_REMINDER = timedelta(hours=24)

#: Characters of Markdown in one message: rendered, encrypted and encoded it is still an event that homeservers take.
LONGEST_MESSAGE = 8000

PASS = Option(sign="⏭️", word="pass", also=("skip", "closed", "leave closed", "leave it closed"))
TAKE_BACK = Option(sign="🗑️", word="take back", also=("delete", "take it back", "undo"))
NUMBERS = tuple(Option(sign=f"{number}\ufe0f\u20e3", word=str(number)) for number in range(1, 6))

WAYS_OUT = "⏭️ pass · ✋ stop"
GONE = "*What is shown here is taken back within a day.*"
LATE = (
    "This has opened already, so what you just wrote was not added, and I have not kept it. "
    "You can still say it to the others yourself."
)


class Sitting(Protocol):
    """What this feature needs to know of a sitting that is running."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def room(self) -> str:
        """Where it is held."""
        ...


# ----------------------------------------------------------------------------------------------- asking


async def open_form(
    call: Call, session: Sitting, phase_index: int, phase: Phase, people: list[str]
) -> list[Effect]:
    """Ask `people` what a phase wants in writing; a phase without a form asks nothing.

    A phase that has begun ends those before it: their forms that open at their end open now.
    """
    effects: list[Effect] = []
    for former in await OpenForm.filter(session=session.id, seal=Seal.SHUT):
        if former.phase is not None and former.phase != phase_index:
            effects += await phase_ended(call, session, former.phase)
    shut = OpenForm.filter(session=session.id, phase=phase_index, seal=Seal.SHUT)
    if phase.form is None or await shut.exists():
        return effects
    now, room = _now(call), await _room(call, session.room)
    longest = timedelta(minutes=phase.minutes_for(len(people), longest=True))
    row = OpenForm(
        room=room.id,
        sealed_for=room.id,
        session=session.id,
        phase=phase_index,
        title=phase.name[:128],
        opens_at=forms.opens_at(
            phase.form,
            asked_at=now,
            latest=now + (longest if phase.form.opens is Opens.PHASE else LONGEST),
        ),
    )
    return effects + await _begun(call, room, row, phase.form, people, at_once=True)


async def ask_form(
    call: Call,
    room: Room,
    form: Form,
    people: list[str],
    *,
    title: str,
    about: str,
    opens_at: datetime | None = None,
) -> list[Effect]:
    """Ask `people` of a room a form of its own, outside any sitting; the same `about` is asked once at a time.

    It opens at `opens_at`, or after the form's hours; one that waits for everybody opens then at the latest. Whoever
    sleeps is asked in their morning (R15). Raises ValueError for a moment that has passed.
    """
    now = _now(call)
    latest = opens_at or forms.opens_at(form, asked_at=now, latest=now + LONGEST_OF_ITS_OWN)
    if latest <= now:
        raise ValueError("a form opens after it is asked")
    if await OpenForm.exists(room=room.id, about=about, seal=Seal.SHUT):
        return []
    row = OpenForm(
        room=room.id, sealed_for=room.id, about=about, title=title[:128], opens_at=latest
    )
    return await _begun(call, room, row, form, people, at_once=False)


async def _begun(
    call: Call, room: Room, row: OpenForm, form: Form, people: list[str], *, at_once: bool
) -> list[Effect]:
    """Store a form and ask its people, now or in their morning."""
    now = _now(call)
    near = {} if at_once else await nights(call, room, people)
    asleep = {
        person: next_waking(now, *night) for person, night in near.items() if is_quiet(now, *night)
    }
    asked = [person for person in people if asleep.get(person, now) < row.opens_at]
    row.asks, row.people, row.waiting = forms.as_state(form), asked, list(asked)
    await row.save()
    effects: list[Effect] = [_hour(row, "opens", row.opens_at)]
    for number, person in enumerate(asked):
        if person in asleep:
            content = {"person": person}
            effects.append(_hour(row, "ask-form", asleep[person], when=str(number), **content))
        else:
            effects.append(await _question(row, person, 0))
    left = row.opens_at - now
    if left >= WORTH_A_REMINDER and (row.session is None or form.opens is Opens.HOURS):
        at = row.opens_at - min(WORTH_A_REMINDER, left / 4)
        effects.append(_hour(row, "remind-form", at))
    return effects


def _hour(row: OpenForm, name: str, at: datetime, when: str = "", **content: object) -> Ring:
    """An hour of a form; all but its opening and its shredding are of no use once it is open."""
    return Ring(
        ritual=name,
        about=f"form:{row.id}",
        at=at,
        when=when,
        useful_until=None if name in ("opens", "shred") else row.opens_at,
        room=row.room,
        content={"form": row.id, **content},
    )


@ritual(name="ask-form", help="asks somebody in their morning what the others were asked")
async def ask_later(call: Call) -> Effects:
    """The night of one person is over."""
    row, person = await _struck(call), str(call.content["person"])
    if row is None or row.seal is not Seal.SHUT or person not in row.waiting:
        return []
    return [await _question(row, person, 0)]


@ritual(name="remind-form", help="reminds those once whose answers are still open")
async def remind_form(call: Call) -> Effects:
    """One kind word to each who has neither answered nor passed; whoever sleeps until it opens is left in peace."""
    row = await _struck(call)
    if row is None or row.seal is not Seal.SHUT:
        return []
    now, waiting = _now(call), await _waiting(row)
    near = await nights(call, call.room, waiting)
    effects: list[Effect] = []
    for person, night in near.items():
        if next_waking(now, *night) < row.opens_at:
            text = (
                f"**{escaped(row.title)}** opens {await _when(row, person)}. My question to you above is still "
                "there; writing, passing and leaving it are all fine."
            )
            effects += await whispered(
                call,
                person,
                text,
                about=f"form:{row.id}",
                name=f"form-reminder:{row.id}",
                dispensable=True,
            )
    return effects


async def _struck(call: Call) -> OpenForm | None:
    return await row_of(OpenForm, call.content["form"])


def _now(call: Call) -> datetime:
    return call.kept_at or call.at


async def _room(call: Call, room: str) -> Room:
    return call.room if call.room.id == room else await Room.get(id=room)


def _form(row: OpenForm) -> Form:
    return forms.from_state(row.asks)


# --------------------------------------------------------------------------------------- the questions


async def _question(row: OpenForm, person: str, index: int, *, again: bool = False) -> Ask:
    """One question of a form to one person; `again` asks it alone, to change its answer."""
    form = _form(row)
    field, count = form.fields[index], len(form.fields)
    place = f" – {index + 1} of {count}" if count > 1 and not again else ""
    parts = [f"**{escaped(row.title)}**{place}\n\n{verbatim(field.text)}"]
    if field.sensitive:
        parts.append("This one stays closed unless you open it, by answering.")
    ways = "⏭️ pass takes it out · ✋ stop leaves it as it was" if again else WAYS_OUT
    if field.sensitive and not again:
        ways = "⏭️ leave closed, or pass · ✋ stop"
    parts.append("\n\n".join(filter(None, (_offer(form), ways))))
    if index == 0 and not again:
        parts.append(await _terms(row, form, person))
    return Ask(
        inquiry=_inquiry(form).name,
        text="\n\n".join(parts),
        until=row.opens_at + GRACE,
        data={"form": row.id, "field": index, "again": again},
        person=person,
        private=True,
    )


def _offer(form: Form) -> str:
    """The answers there are, to tap where they are few."""
    if _inquiry(form) is in_words:
        return f"Say {escaped(answers_words(form))}." if offered(form) else ""
    pairs = zip(NUMBERS, offered(form), strict=False)
    if form.scale is not None:
        return " ".join(option.sign for option, _answer in pairs)
    return " · ".join(f"{option.sign} {escaped(str(answer))}" for option, answer in pairs)


def _inquiry(form: Form) -> Inquiry:
    """The inquiry that takes a form's answers: with a sign for each where they are few."""
    counted = form.scale is None or form.scale[0] == 1
    return TAKING.get(len(offered(form)), in_words) if counted else in_words


async def _terms(row: OpenForm, form: Form, person: str) -> str:
    """What becomes of an answer, before it is given: what is shown, to whom, when, and for how long."""
    whom = "those who write one" if form.only_to_writers else "all of you"
    match form.shows:
        case Shows.NOTHING:
            return "*Nobody sees it but you: I keep none of it, and your message here is yours to keep or to delete.*"
        case Shows.TEXTS:
            what = f"it opens with your name, to {whom}"
        case Shows.UNNAMED:
            what = f"it opens without names, in no order of writing, to {whom}"
        case Shows.AVERAGE:
            least = max(form.least, forms.FEWEST_AVERAGED)
            what = (
                f"one average for each question opens, to {whom}, and only if {least} of you answer"
            )
        case Shows.OVERLAPS:
            what = (
                f"how many gave each answer opens, without names, to {whom}, "
                "and only where everybody opened the field"
            )
        case Shows.COUNTS:
            what = f"how many gave each answer opens, without names, to {whom}"
    return f"*Sealed until it opens for everybody at once: {what}, {await _moment(row, form, person)}. Within a day after that it is gone.*"


async def _moment(row: OpenForm, form: Form, person: str) -> str:
    """When a form opens, as people say it."""
    when = await _when(row, person)
    match form.opens:
        case Opens.HOURS:
            return when
        case Opens.PHASE:
            return "when this part of your sitting ends"
        case Opens.ALL:
            end = when if row.session is None else "when your sitting closes"
            return f"when everybody has answered or passed, and at the latest {end}"


async def _when(row: OpenForm, person: str) -> str:
    """The moment on the clock of one person."""
    told, room = await Person.get_or_none(id=person), await Room.get_or_none(id=row.room)
    zone = ZoneInfo((told and told.zone) or (room and room.zone) or "UTC")
    return clock.short_words(row.opens_at, zone)


# ----------------------------------------------------------------------------------------- the answers


async def take(call: Call, question: Question, said: str) -> Effects:
    """Seal an answer, or leave the question out, and go on to the next."""
    row = await _of(question)
    if row is None:
        await question.delete()
        return [Say(text=LATE)]
    await _note_own(call, row)
    if row.seal is not Seal.SHUT or call.person not in row.people:
        await question.delete()
        return [Say(text=LATE)]
    index, again = int(str(question.data["field"])), bool(question.data.get("again"))
    form = _form(row)
    if said != STOP.word:
        try:
            await _write(call, row, form, index, said)
        except NotUnderstood as puzzled:
            return [Say(text=f"{verbatim(str(puzzled))}\n\n{WAYS_OUT}")]
    await question.delete()
    if said != STOP.word and not again and index + 1 < len(form.fields):
        return [await _question(row, call.person, index + 1)]
    return await _done(call, row, form)


async def _of(question: Question) -> OpenForm | None:
    """The form that a question belongs to, if it is still there."""
    form = question.data.get("form")
    return None if form is None else await row_of(OpenForm, form)


async def _write(call: Call, row: OpenForm, form: Form, index: int, said: str) -> None:
    """Seal one answer; passing leaves none. Raises NotUnderstood."""
    name = form.fields[index].name
    if said == PASS.word:
        await Share.filter(form=row.id, person=call.person, field=name).delete()
        return
    answer = read_answer(form, said)
    if form.shows is Shows.NOTHING:
        return
    sealed = call.house.keys.seal(_purpose(row), {"answer": answer})
    await Share.update_or_create(
        {"sealed": sealed, "room": row.room}, form=row.id, person=call.person, field=name
    )


def _purpose(row: OpenForm) -> str:
    return f"circle:{row.sealed_for}"


def _taking(count: int) -> Inquiry:
    """An inquiry with a sign for each of `count` answers."""
    name = f"form-{count}" if count else "form"
    options = (*NUMBERS[:count], PASS, STOP)
    return Inquiry(name=name, answer=take, options=options, takes_words=True, alone=True)


in_words, of_two, of_three, of_four, of_five = (_taking(count) for count in (0, 2, 3, 4, 5))

TAKING = {2: of_two, 3: of_three, 4: of_four, 5: of_five}


async def _note_own(call: Call, row: OpenForm) -> None:
    """Note the message or the tap of a person, whatever it says: those who pass are noted like all others.

    What is for its writer alone stays theirs.
    """
    event = _event(call)
    if event is not None and _form(row).shows is not Shows.NOTHING:
        await note(call.room.id, event, form=row.id)


def _event(call: Call) -> str | None:
    """The event of a call: a message, a tap, or that somebody spoke."""
    event = call.event_id or call.content.get("event") or call.key
    return str(event) if str(event).startswith("$") else None


async def _done(call: Call, row: OpenForm, form: Form) -> list[Effect]:
    """One person has answered or passed what there was."""
    row.waiting = [person for person in row.waiting if person != call.person]
    await row.save(update_fields=["waiting"])
    waiting = await _waiting(row)
    if is_due(form, waiting=waiting, at=row.opens_at, now=call.at):
        return [Say(text="Thank you. That was all."), *await _opened(call, row)]
    if form.shows is Shows.NOTHING:
        return [Say(text="Thank you. It stays with you.")]
    return [await _confirmation(call, row, form)]


async def _waiting(row: OpenForm) -> list[str]:
    """Those who may still answer: a question of this form is open to them, or they are asked in their morning."""
    asked = Question.filter(person__in=row.waiting, inquiry__in=INQUIRIES)
    near = {question.person for question in await asked if question.data.get("form") == row.id}
    ahead = Heard.filter(about=f"form:{row.id}", kind=Kind.HOUR, state=Settled.WAITING)
    near |= {str((hour.content or {}).get("person")) for hour in await ahead}
    return [person for person in row.waiting if person in near]


async def _confirmation(call: Call, row: OpenForm, form: Form) -> Ask:
    """That is all; what was understood, and how to change it until it opens."""
    own = (await _answers(call, row)).get(call.person, {})
    when = await _moment(row, form, call.person)
    if own and offered(form):
        lines = [
            f"**{escaped(str(own[field.name]))}** – {verbatim(field.text)}"
            for field in form.fields
            if field.name in own
        ]
        head = "Thank you. I understood:\n\n" + "\n\n".join(lines)
    elif own:
        head = "Thank you. What you wrote is sealed."
    else:
        head = "Thank you. Nothing of yours will be shown, and that needs no reason."
    foot = (
        f"It opens {when}. Until then you can change it or take it back.\n\n✏️ change · 🗑️ take back"
    )
    if not own:
        foot = f"It opens {when}. Until then you can still write.\n\n✏️ change"
    return Ask(
        inquiry="shared",
        text=f"{head}\n\n{foot}",
        until=row.opens_at,
        data={"form": row.id},
        person=call.person,
        private=True,
    )


@inquiry(name="shared", options=(CHANGE, TAKE_BACK), gist="what you wrote for a practice")
async def shared(call: Call, question: Question, said: str) -> Effects:
    """Change or take back what is still sealed."""
    row = await _shut(call, question)
    if row is None:
        await question.delete()
        return [Say(text="This has opened already, so nothing was changed.")]
    if said not in (CHANGE.word, TAKE_BACK.word):
        return [
            Say(
                text=f"What you wrote for **{escaped(row.title)}** stays as it is. `change` changes it, `take back` "
                "deletes it, and `help` lists what else I can do."
            )
        ]
    await note(call.room.id, f"question:{question.id}", form=row.id)
    await question.delete()
    if said == TAKE_BACK.word:
        await Share.filter(form=row.id, person=call.person).delete()
        return [Say(text="Deleted. Nobody has seen it, and nothing of yours will be shown.")]
    form = _form(row)
    if len(form.fields) == 1:
        return [await _question(row, call.person, 0, again=True)]
    lines = [f"{number}. {verbatim(each.text)}" for number, each in enumerate(form.fields, 1)]
    return [
        Ask(
            inquiry="which",
            text="Which one? Its number is enough; `stop` leaves everything as it is.\n\n"
            + "\n".join(lines),
            until=row.opens_at,
            data={"form": row.id},
            person=call.person,
            private=True,
        )
    ]


@inquiry(name="which")
async def which(call: Call, question: Question, said: str) -> Effects:
    """Ask the one question again whose answer is to be changed."""
    row = await _shut(call, question)
    if row is None:
        await question.delete()
        return [Say(text="This has opened already, so nothing was changed.")]
    index = _index(_form(row), said)
    if index is None:
        return [Say(text="Say the number of the question; `stop` leaves everything as it is.")]
    await question.delete()
    return [await _question(row, call.person, index, again=True)]


async def _shut(call: Call, question: Question) -> OpenForm | None:
    """The form of a question, if it has not opened; what was said to it is noted."""
    row = await _of(question)
    if row is not None:
        await _note_own(call, row)
    return row if row is not None and row.seal is Seal.SHUT else None


def _index(form: Form, said: str) -> int | None:
    """Which question is meant: by its number, or nearly by its name."""
    number = folded(first_word(said)[0]).lstrip("#")
    if number.isdecimal() and number.isascii() and 1 <= int(number) <= len(form.fields):
        return int(number) - 1
    names = [folded(field.name) for field in form.fields]
    near = folded(said) if folded(said) in names else similar(said, names)
    return names.index(near) if near is not None else None


INQUIRIES = [each.name for each in (in_words, *TAKING.values())]
AFTERWARDS = [shared.name, which.name]


# ------------------------------------------------------------------------------------------ the moment


@ritual(name="opens", help="opens what people wrote, for all of them at one moment")
async def opens(call: Call) -> Effects:
    """The moment has come; a form that opened before it is open already."""
    row = await _struck(call)
    if row is None or row.seal is not Seal.SHUT:
        return []
    return await _opened(call, row)


async def phase_ended(call: Call, session: Sitting, phase_index: int) -> list[Effect]:
    """Open what opens as this phase of a sitting ends."""
    effects: list[Effect] = []
    for row in await OpenForm.filter(session=session.id, phase=phase_index, seal=Seal.SHUT):
        if _form(row).opens is Opens.PHASE:
            effects += await _opened(call, row)
    return effects


async def close(call: Call, session: Sitting) -> list[Effect]:
    """A sitting is over: open what has not its own later moment, and have everything gone within a day."""
    effects: list[Effect] = []
    for row in await OpenForm.filter(session=session.id, seal=Seal.SHUT).order_by("id"):
        due = is_due(_form(row), waiting=row.waiting, at=row.opens_at, now=_now(call), ended=True)
        if due:
            effects += await _opened(call, row)
    if await Said.exists(session=session.id):
        effects.append(CallOff(about=f"shares:{session.id}", ritual="shred"))
        effects.append(_shred_sitting(session, _now(call) + SHREDDED_AFTER, "closed"))
    return effects


async def said(call: Call, session: Sitting) -> list[Effect]:
    """Note that somebody shared in writing, so that it is taken back; what they wrote is not looked at.

    A sitting that nobody ever closes is shredded a week later all the same.
    """
    event = _event(call)
    if event is None:
        return []
    await note(call.room.id, event, session=session.id)
    return [_shred_sitting(session, _now(call) + LONGEST, "unclosed")]


def _shred_sitting(session: Sitting, at: datetime, when: str) -> Ring:
    return Ring(
        ritual="shred",
        about=f"shares:{session.id}",
        at=at,
        when=when,
        room=session.room,
        content={"session": session.id},
    )


async def _opened(call: Call, row: OpenForm) -> list[Effect]:
    """Show what is to be shown, forget who was asked, and delete what was sealed."""
    form, room = _form(row), await _room(call, row.room)
    here = set(await present_in(room, call.house.me))
    answers = {who: what for who, what in (await _answers(call, row)).items() if who in here}
    shown = forms.reveal(form, answers, asked=[each for each in row.people if each in here])
    effects = await _told(row, form, shown) if room.joined else []
    await _end_questions(row, _now(call))
    await Share.filter(form=row.id).delete()
    row.seal, row.people, row.waiting = Seal.OPENED, [], []
    await row.save()
    return [
        CallOff(about=f"form:{row.id}"),
        *effects,
        _hour(row, "shred", _now(call) + SHREDDED_AFTER),
        Scrub(),
    ]


async def _answers(call: Call, row: OpenForm) -> dict[str, dict[str, Answer]]:
    """What is sealed in a form: person to question to answer."""
    found: dict[str, dict[str, Answer]] = {}
    for share in await Share.filter(form=row.id):
        content = call.house.keys.open(_purpose(row), share.sealed)
        assert isinstance(content, dict)
        answer = content["answer"]
        found.setdefault(share.person, {})[share.field] = (
            answer if isinstance(answer, int) else str(answer)
        )
    return found


async def _end_questions(row: OpenForm, now: datetime) -> None:
    """Questions still unanswered explain for a while that it is too late; confirmations end, and are taken back."""
    asked = await Question.filter(person__in=row.people, inquiry__in=[*INQUIRIES, *AFTERWARDS])
    for question in asked:
        if question.data.get("form") != row.id:
            continue
        if question.inquiry in INQUIRIES:
            question.until = now + GRACE
            await question.save(update_fields=["until"])
        else:
            await note(str(question.person), f"question:{question.id}", form=row.id)
            await question.delete()


# -------------------------------------------------------------------------------------- what is shown


async def _told(row: OpenForm, form: Form, shown: Reveal) -> list[Effect]:
    """The messages of an opening, each noted to be taken back."""
    if form.shows is Shows.NOTHING or shown.to == ():
        return []
    texts = _packed(await _blocks(row, form, shown))
    effects: list[Effect] = []
    for number, text in enumerate(texts):
        name = f"opened:{row.id}:{number}"
        if shown.to is None:
            effects.append(Say(text=text, room=row.room, name=name, answers=False))
            await note(row.room, name, form=row.id)
            continue
        for person in shown.to:
            effects.append(Whisper(person=person, text=text, name=name))
            await note(person, name, form=row.id)
    return effects


async def _blocks(row: OpenForm, form: Form, shown: Reveal) -> list[str]:
    """An opening, as paragraphs that stay whole."""
    title = f"**{escaped(row.title)}**"
    if not shown.lines:
        return [f"{title} – {_nothing(form)}"]
    if form.shows is Shows.TEXTS:
        return [title, *await _by_person(row, shown.lines), GONE]
    start = " – to begin talking from; it measures nobody." if form.scale is not None else ""
    return [title + start, *(_shown(form, line) for line in shown.lines), GONE]


def _nothing(form: Form) -> str:
    """One sentence for every reason why nothing is shown, so that it tells none of them."""
    if form.shows is Shows.OVERLAPS:
        return "there is no field that all of you opened. That says nothing about anybody; talking may find more."
    least = max(form.least, forms.FEWEST_AVERAGED) if form.shows is Shows.AVERAGE else form.least
    if least > 1:
        return f"it needs {least} answers to show something without showing anybody, so it stays closed. Talking works with any number."
    return "nothing is shown this time, and that is fine."


async def _by_person(row: OpenForm, lines: Iterable[Line]) -> list[str]:
    """What each wrote under their name, in the order of the names."""
    texts: dict[str, list[str]] = {}
    for line in lines:
        for person, answer in line.said:
            assert person is not None
            texts.setdefault(person, []).append(
                f"*{escaped(line.field.name)}*: {verbatim(str(answer))}"
            )
    known = Member.filter(room=row.room, person__in=list(texts))
    names = dict(await known.values_list("person", "name"))
    called = {person: escaped(names.get(person) or "") or fallback(person) for person in texts}
    blocks = []
    for person in sorted(texts, key=lambda each: (called[each].casefold(), each)):
        first, *others = texts[person]
        blocks += [f"**{called[person]}**\n\n{first}", *others]
    return blocks


def _shown(form: Form, line: Line) -> str:
    """One question and what came of it, without names."""
    if line.average is not None:
        return f"**{line.average:.1f}** – {verbatim(line.field.text)}"
    if line.counts:
        counts = " · ".join(f"{escaped(str(answer))} {count}" for answer, count in line.counts)
        return f"**{counts}** – {verbatim(line.field.text)}"
    answers = "\n\n".join(f"– {verbatim(str(answer))}" for _person, answer in line.said)
    return f"{verbatim(line.field.text)}\n\n{answers}"


def _packed(blocks: list[str]) -> list[str]:
    """Paragraphs in as few messages as hold them; what is longer than a message is parted between its own."""
    parts = [part for block in blocks for part in _parted(block)]
    texts = [parts[0]]
    for part in parts[1:]:
        if len(texts[-1]) + len(part) + 2 > LONGEST_MESSAGE:
            texts.append(part)
        else:
            texts[-1] += f"\n\n{part}"
    return texts


def _parted(block: str) -> list[str]:
    return [block] if len(block) <= LONGEST_MESSAGE else block.split("\n\n")


# ------------------------------------------------------------------------------------------- shredding


@ritual(
    name="shred", help="deletes what was written in a practice, and has the homeserver forget it"
)
async def shred(call: Call) -> Effects:
    """A day is nearly over since a form opened, or a sitting closed."""
    form, session = call.content.get("form"), call.content.get("session")
    if form is not None:
        await forget_form(int(str(form)))
        return await _taken_back(call, Said.filter(form=int(str(form))))
    opened = OpenForm.filter(session=int(str(session)), seal=Seal.OPENED)
    effects: list[Effect] = []
    for row in await opened:
        effects += await _form_taken_back(call, row)
    return effects + await _taken_back(call, Said.filter(session=int(str(session))))


async def _form_taken_back(call: Call, row: OpenForm) -> list[Effect]:
    await forget_form(row.id)
    taken = await _taken_back(call, Said.filter(form=row.id))
    return [CallOff(about=f"form:{row.id}"), *taken]


async def shredded(call: Call, room: Room) -> list[Effect]:
    """Everything written in a room is deleted and taken back now, sealed or shown: its circle is let go."""
    effects: list[Effect] = []
    for row in await OpenForm.filter(room=room.id):
        asked = Question.filter(person__in=row.people, inquiry__in=[*INQUIRIES, *AFTERWARDS])
        ended = [each.id for each in await asked if each.data.get("form") == row.id]
        await Question.filter(id__in=ended).delete()
        effects += await _form_taken_back(call, row)
    return effects + await _taken_back(call, Said.filter(place=room.id))


async def _taken_back(call: Call, noted: QuerySet[Said]) -> list[Effect]:
    """Have noted messages forgotten; where the homeserver lets us not, people are asked kindly, once."""
    by_place: dict[str, list[str]] = {}
    for row in await noted:
        by_place.setdefault(row.place, []).append(row.target)
        await row.delete()
    effects: list[Effect] = [Scrub()]
    for place, targets in by_place.items():
        room = await _place(place)
        for target in targets:
            if not target.startswith("$"):
                await _unsay(target, place, room)
        if room is not None and room.joined:
            effects += await _redacted(call, room, targets)
    return effects


async def _place(place: str) -> Room | None:
    """The room of a place: itself, or the private chat with a person."""
    if not place.startswith("@"):
        return await Room.get_or_none(id=place)
    return await Room.filter(private_with=place, joined=True).order_by("-adopted_at", "id").first()


async def _unsay(name: str, place: str, room: Room | None) -> None:
    """What we owed and never said shall not wait in the database with people's words."""
    lanes = [place, *([room.id] if room else [])]
    unsaid = Owed.filter(name=name, lane__in=lanes)
    await unsaid.update(target=None)
    await unsaid.filter(state=Delivery.WEDGED).delete()
    empty: dict[str, object] = {
        "text": "What was to be read here is gone by now.",
        "mention": [],
        "thread": None,
    }
    await unsaid.filter(state=Delivery.OWED).update(content=empty)


async def _redacted(call: Call, room: Room, targets: list[str]) -> list[Effect]:
    ours = [target for target in targets if not target.startswith("$")]
    theirs = [target for target in targets if target.startswith("$")]
    effects: list[Effect] = [Redact(target=target, room=room.id) for target in ours]
    if not theirs:
        return effects
    if may_take_back(room, call.house.me):
        return effects + [Redact(target=target, room=room.id) for target in theirs]
    person = room.private_with
    if person is not None:
        text = (
            "What you wrote to me for your circle is deleted on my side. Here in our chat it still stands, because "
            "this room does not let me take back your messages; you can delete them yourself."
        )
        return effects + await whispered(call, person, text, about=f"redacted:{room.id}"[:64])
    text = (
        "What was written here in your sitting has had its day. This room does not let me take back other people's "
        "messages, so each of you can delete your own. *With a moderator's power I would do it next time.*"
    )
    return [*effects, Say(text=text, room=room.id, answers=False)]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves takes along what they wrote, and nobody waits for them."""
    if call.sender is None or call.is_private:
        return []
    shut = await OpenForm.filter(room=call.room.id, seal=Seal.SHUT)
    asked = [row for row in shut if call.person in row.people]
    await forget_person(call.person, rooms=[call.room.id])
    ids = {row.id for row in asked}
    questions = Question.filter(person=call.person, inquiry__in=[*INQUIRIES, *AFTERWARDS])
    ended = [each.id for each in await questions if each.data.get("form") in ids]
    await Question.filter(id__in=ended).delete()
    effects: list[Effect] = []
    for row in await OpenForm.filter(id__in=list(ids)):
        form = _form(row)
        if form.opens is Opens.ALL and forms.complete(await _waiting(row)):
            effects += await _opened(call, row)
    return effects
