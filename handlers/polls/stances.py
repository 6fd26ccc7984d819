"""What each answers when all are asked for objections: heard in private, sealed, and shown to all at the same moment (R131).

A pass is not kept: nobody waits for whoever passes, and that is all. An answer is whole only with its words where it needs
them, and until then it is none. Until all is shown everybody may answer anew.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from handlers.asking import asked, now_of
from handlers.language import Ask, Call, Edit, Effect, Option
from handlers.names import names, room_name
from handlers.polls import roundtable as table
from handlers.words import folded, verbatim
from practices.rounds import LONGEST, Answer, Round, Stage, Stand, Voice, from_state, named_in
from practices.understanding import NotUnderstood
from storage.questions import Question
from storage.rounds import Round as Row

STANCE = "stance"

#: A question is open as long as its step; this is only its latest end.
OPEN = timedelta(days=60)

CONSENT = Option(
    sign="✅", word="consent", also=("👍", "yes", "ok", "i consent", "no objection", "safe enough")
)
CONCERN = Option(sign="💬", word="concern", also=("a concern", "with a concern"))
OBJECTION = Option(sign="✋", word="objection", also=("object", "i object", "⛔", "block"))
PASS = Option(sign="⏭️", word="pass", also=("skip", "i pass"))
#: Under a concern that is noted: its owner's name is left off.
NAMELESS = "🙈"

OPTIONS = (CONSENT, CONCERN, OBJECTION, PASS)
_STANDS = {
    CONSENT.word: Stand.CONSENT,
    CONCERN.word: Stand.CONCERN,
    OBJECTION.word: Stand.OBJECTION,
}

_SAID = re.compile(
    r"\s*(?:i (?:have an? )?)?(?P<stand>consent|concern|objection|object)\b(?P<nameless>,? without my name)?"
    r"[\s:,;.–-]*(?:because\b[\s:,]*)?(?P<words>.*)\Z",
    re.IGNORECASE | re.DOTALL,
)


def read(text: str) -> Answer | None:
    """An answer with its words, as in `objection: the cellar is wet` or `concern, without my name: noise`.

    None for anything else, an objection or concern without words included.
    """
    found = _SAID.match(text)
    if found is None:
        return None
    word, words = found["stand"].casefold(), found["words"].strip()[:LONGEST]
    stand = Stand.OBJECTION if word.startswith("object") else Stand(word)
    if stand is not Stand.CONSENT and not words:
        return None
    return Answer(stand=stand, words=words, nameless=bool(found["nameless"]))


# ------------------------------------------------------------------------------------------------- sealing


def sealed(call: Call, row: Row) -> dict[str, Answer]:
    """The answers so far, by person."""
    if row.sealed is None:
        return {}
    found = call.house.keys.open(row.purpose, row.sealed)
    assert isinstance(found, Mapping)
    return {
        str(person): Answer(
            stand=Stand(each["stand"]), words=str(each["words"]), nameless=bool(each["nameless"])
        )
        for person, each in found.items()
    }


def keep(call: Call, row: Row, answers: Mapping[str, Answer]) -> None:
    """Seal the answers anew; of none at all nothing is kept. The row is to be saved."""
    plain = {
        person: {"stand": each.stand.value, "words": each.words, "nameless": each.nameless}
        for person, each in sorted(answers.items())
    }
    row.sealed = call.house.keys.seal(row.purpose, plain) if plain else None


def without(call: Call, row: Row, person: str) -> None:
    """What somebody answered was never said. The row is to be saved."""
    answers = sealed(call, row)
    if answers.pop(person, None) is not None:
        keep(call, row, answers)


async def in_order(row: Row, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers by the names of their people: that is the order in which objections are numbered, and ranks nobody.

    Whoever left their name off comes last, by their words: a place among the names would tell it.
    """
    called = {person: (await names(row.room, [person]))[0].casefold() for person in answers}
    return {
        person: answers[person]
        for person in sorted(
            answers, key=lambda each: (*_hidden(answers[each]), called[each], each)
        )
    }


def _hidden(answer: Answer) -> tuple[bool, str]:
    nameless = answer.nameless and answer.stand is Stand.CONCERN
    return nameless, folded(answer.words) if nameless else ""


# -------------------------------------------------------------------------------------------------- asking


def words(call: Call, row: Row, round_: Round, person: str) -> str:
    """The private question; to whoever is asked again it says so."""
    where = room_name(call.room, "your circle")
    again = _again(round_, person)
    until = table.until_words(call, row, round_)
    by = f" until **{until}**" if until else ""
    return (
        f"**{where}** asks for your consent{by}. {again}The proposal, version {round_.version}:\n\n"
        f"{verbatim(round_.text)}\n\nIs it good enough for now, and safe enough to try until you look at it again?\n\n"
        "✅ consent · 💬 concern, to be noted · ✋ objection, with what is not safe · ⏭️ pass\n\n"
        "*What you answer is sealed until it is shown together with all others': an objection with your name and in your "
        "words, a concern too unless you leave your name off; of who consents only the number. What needs to be without any "
        "names can be asked in a `secret` poll. You may also write it: “objection: the cellar is wet”, or “concern without "
        "my name: …”.*"
    )


def _again(round_: Round, person: str) -> str:
    """What is said to whoever is asked of other words than an objection was raised to; what they had noted is not lost silently."""
    if not any(each.version < round_.version for each in round_.objections):
        return ""
    own = concern_of(round_, person)
    noted = (
        ""
        if own is None
        else f" You had a concern noted, “{verbatim(own.words)}”: say it again if it stays."
    )
    return f"The text has changed since somebody objected, so it is asked again.{noted} "


def concern_of(round_: Round, person: str) -> Voice | None:
    """The concern that somebody has noted in a round so far."""
    return next(
        (
            each
            for each in round_.voices
            if each.person == person and each.stand is Stand.CONCERN and each.words
        ),
        None,
    )


async def ask(call: Call, row: Row, round_: Round, person: str) -> list[Effect]:
    """Ask one person, now or in their morning. `call.room` is the circle."""
    await done(row, person)
    text, data = words(call, row, round_, person), {"round": row.id, "room": row.room}
    until = now_of(call) + OPEN
    if round_.live:
        return [Ask(inquiry=STANCE, text=text, until=until, data=data, person=person, private=True)]
    return await asked(
        call, person, text, about=table.about(row), inquiry=STANCE, until=until, data=data
    )


async def ask_all(call: Call, row: Row, round_: Round) -> list[Effect]:
    """Ask everybody who is waited for."""
    effects: list[Effect] = []
    for person in round_.waiting:
        effects += await ask(call, row, round_, person)
    return effects


async def questions(row: Row, inquiry: str = STANCE) -> list[Question]:
    """The private questions of a round that stand open."""
    asked_ = await Question.filter(inquiry=inquiry).order_by("id")
    return [each for each in asked_ if each.data.get("round") == row.id]


async def done(row: Row, person: str) -> None:
    """Nothing is asked of somebody any more."""
    for question in await questions(row):
        if question.person == person:
            await question.delete()


async def close(row: Row, inquiry: str, why: str) -> list[Effect]:
    """The private questions of a step are over, and say so."""
    effects: list[Effect] = []
    for question in await questions(row, inquiry):
        await question.delete()
        effects.append(Edit(name=f"question:{question.id}", text=why, room=question.person))
    return effects


# ------------------------------------------------------------------------------------------------- reading


def understood(call: Call, row: Row, question: Question, said: str) -> Answer | str | None:
    """What was answered: an Answer, what is to be asked instead, or None for a pass. `question` keeps what is half said."""
    if said == PASS.word:
        return None
    held = _held(call, row, question)
    if said in _STANDS:
        stand, text = _STANDS[said], str(held.get("words", ""))
        if stand is Stand.CONSENT or text:
            return Answer(stand=stand, words=text)
        _hold(call, row, question, stand=stand.value)
        if stand is Stand.OBJECTION:
            return "What makes it not safe enough to try? Your next message says it; until then nothing is noted."
        return "What shall be noted? Your next message says it. “without my name:” in front leaves your name off."
    whole = read(said)
    if whole is not None:
        return whole
    if len(said) > LONGEST:
        raise NotUnderstood(
            f"That is longer than {LONGEST} characters; in fewer words it is noted."
        )
    stand_ = held.get("stand")
    if stand_ is not None:
        text, nameless = _name_off(said)
        return Answer(stand=Stand(str(stand_)), words=text, nameless=nameless)
    _hold(call, row, question, words=said.strip())
    return "And with these words, is it: ✅ consent · 💬 concern, to be noted · ✋ objection? Nothing is noted yet."


def _name_off(text: str) -> tuple[str, bool]:
    plain = folded(text)
    if plain.startswith("without my name"):
        rest = text.partition(":")[2].strip() or text
        return rest, True
    return text.strip(), False


def _held(call: Call, row: Row, question: Question) -> Mapping[str, object]:
    held = question.data.get("held")
    if held is None:
        return {}
    found = call.house.keys.open(row.purpose, str(held))
    assert isinstance(found, Mapping)
    return found


def _hold(call: Call, row: Row, question: Question, **half: str) -> None:
    """Half an answer is sealed as a whole one is."""
    question.data = {**question.data, "held": call.house.keys.seal(row.purpose, half)}


def confirmed(answer: Answer, *, shown: bool) -> str:
    """What was understood, said back to whoever answered; `shown`: theirs was the last, and all is shown now."""
    said = f": {verbatim(answer.words)}" if answer.words else ""
    name = ", without your name" if answer.nameless else ""
    lead = "Yours was the last, and all is shown now" if shown else "Sealed until all is shown"
    named = answer.stand is not Stand.CONSENT and not answer.nameless and not shown
    seen = "\n\n*Then all read it with your name.*" if named else ""
    return f"{lead}: **{answer.stand}**{name}{said}{seen}"


def is_asked(round_: Round) -> bool:
    """Whether answers are taken just now."""
    return round_.stage is Stage.OBJECTIONS and round_.paused is None


async def kept_of(call: Call, names_: Mapping[str, str | None]) -> list[dict[str, object]]:
    """What is kept of the sender in consent rounds: plain values, and nothing that anybody else said."""
    found: list[dict[str, object]] = []
    for row in await Row.all().order_by("id"):
        round_ = from_state(row.state)
        if call.person not in named_in(round_):
            continue
        waiting = sealed(call, row).get(call.person)
        found.append(
            {
                "round": row.id,
                "room": names_.get(row.room),
                "proposed_by_you": round_.text if round_.proposer == call.person else None,
                "facilitated_by_you": round_.facilitator == call.person,
                "your_consent": [
                    {"with": each.stand.value, "words": each.words}
                    for each in round_.voices
                    if each.person == call.person
                ],
                "your_objections": [
                    {"words": each.words, "fate": each.fate and each.fate.value}
                    for each in round_.objections
                    if each.owner == call.person
                ],
                "your_sealed_answer": None
                if waiting is None
                else {"stand": waiting.stand.value, "words": waiting.words},
            }
        )
    return found
