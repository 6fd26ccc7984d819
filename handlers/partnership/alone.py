"""Each of the two alone: a point on a line, why, one moment of each kind; change it, seal it, choose whether to open it.

Every prompt can be passed and stopped in one action (R10), and from each the safety door is two steps away, for the person
who reads it alone. What is asked next follows from what that person has done.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.language import (
    Ask,
    Call,
    DestroyKey,
    Effect,
    Effects,
    Option,
    Redact,
    Say,
    Scrub,
    inquiry,
)
from handlers.names import typed
from handlers.oneself.safety import DOOR
from handlers.partnership.reflecting import (
    PASS,
    TAKE_BACK,
    View,
    chat_name,
    keep,
    line_of,
    of_question,
    own_key,
    said_safely,
    set_away,
    told_by,
    unasked,
    until_words,
)
from handlers.partnership.unsealing import if_both
from handlers.power import may_take_back
from handlers.words import first_word, folded
from practices import partnership as pure
from practices.partnership import LONGEST, PLACES, Half, Step
from storage.questions import Question
from storage.reflections import Reflection, Stage

#: So long a question that takes words lies open; after that `partnership` asks it again.
PATIENCE = timedelta(hours=12)

BEGIN = Option(sign="▶️", word="begin", also=("start", "yes", "go on"))
STOP = Option(sign="✋", word="stop", also=("cancel", "never mind", "nevermind", "forget it"))
SEAL = Option(sign="🔒", word="seal", also=("yes", "right"))
OPENS = Option(sign="👐", word="open", also=("yes", "reveal", "open it"))
SHUT = Option(
    sign="🤲",
    word="keep closed",
    also=("no", "not yet", "close", "closed", "withdraw", "keep it closed"),
)
CHANGE = Option(sign="✏️", word="change", also=("edit",))
POINT = Option(sign="📍", word="point", also=("line",))
WHY = Option(sign="💬", word="why", also=("reason",))
DICTATOR = Option(sign="👑", word="dictator", also=("deciding",))
PARTNER = Option(sign="🤝", word="partner", also=("exchange",))

_PARTS = {
    POINT.word: Step.POINT, WHY.word: Step.WHY, DICTATOR.word: Step.DICTATOR, PARTNER.word: Step.PARTNER
}  # fmt: skip
_PLACES = tuple(
    Option(sign=place.sign, word=place.words, also=(chr(ord("a") + number),))
    for number, place in enumerate(PLACES)
)
_WAYS = "⏭️ pass · ✋ stop"

GONE = "That partnership reflection is over, and nothing of it is kept. `partnership with` and a name begins another."
LOST = "What you had written here could not be read any more, and nobody else can read it either."

ACTS = {
    word: option.word
    for option in (BEGIN, SEAL, OPENS, SHUT, CHANGE, TAKE_BACK, STOP)
    for word in (option.word, *option.also)
    if word not in ("yes", "no")
}


async def screen(call: Call, view: View) -> list[Effect]:
    """What is asked of one side now, by what that side has done; the former question is asked no more."""
    await unasked(view.side)
    match view.half.step:
        case Step.BEGIN | Step.LEFT:
            return [await beginning(call, view)]
        case Step.POINT:
            return [_point(call, view)]
        case Step.REVIEW:
            head = f"**What you would say to {view.name}:**\n\n{told_by(view)}"
            return [await _shown(call, view, head), _review(call, view)]
        case Step.SEALED:
            return [await _sealed(call, view)]
        case _:
            return [_words(call, view)]


def _asks_one(
    view: View, inquiry_: str, text: str, until: datetime, *, without: tuple[str, ...] = ()
) -> Ask:
    """One screen: on each of them the safety door is two steps away, for that person alone."""
    return Ask(
        inquiry=inquiry_,
        text=f"{text}\n\n{DOOR}",
        until=min(until, view.row.ends),
        data={"side": view.side.id},
        person=view.side.person,
        without=without,
    )


async def beginning(call: Call, view: View) -> Ask:
    """Where both begin, each alone; and where whoever stopped could begin again."""
    until = await until_words(call, view)
    lost = f"{LOST}\n\n" if view.lost else ""
    if view.half.step is Step.LEFT:
        text = (
            f"You have stopped your reflection with **{view.name}**, and nothing of yours is kept. Until **{until}** you can begin "
            "it again.\n\n▶️ begin"
        )
        return _asks_one(view, "partnership-begin", text, view.row.ends, without=(STOP.word,))
    text = (
        f"{lost}**You and {view.name} look at your partnership**, each alone. You mark a point on a line, say why, and name one moment of "
        "being the dictator and one of being the partner; each of these can be passed.\n\n"
        "It stays sealed, and opens in both your chats at the same moment if you both choose that, and never otherwise. At the "
        f"end, **{until}**, what did not open is deleted. Until then I tell neither of you anything of the other: not even whether "
        "they have begun. *Only whoever chose to open can then tell that it was not both.*\n\n▶️ begin, whenever you like · ✋ stop"
    )
    return _asks_one(view, "partnership-begin", text, view.row.ends)


@inquiry(
    name="partnership-begin",
    options=(BEGIN, STOP),
    late=GONE,
    gist="what you look at by yourself",
)
async def begins(call: Call, question: Question, said: str) -> Effects:
    """Begin alone, or not at all."""
    return await _does(call, question, said, "▶️ begin · ✋ stop")


def _point(call: Call, view: View) -> Ask:
    places = "\n\n".join(f"{place.sign} {place.words}" for place in PLACES)
    text = (
        f"**Where do you and {view.name} stand, as you see it now?** It is one line, and every point of it is as good an answer:"
        f"\n\n{places}\n\nOr a number between the two ends, from 0 for “{pure.DOMINATION}” to 100 for "
        f"“{pure.PARTNERSHIP}”.\n\n{_WAYS}"
    )
    return _asks_one(view, "partnership-point", text, call.at + PATIENCE)


_QUESTIONS = {
    Step.WHY: "**Why there?** It may help to ask: who sets the time, the topic and the tone; who can say no without paying for it; "
    "whose mistakes count more; what do you hold back?",
    Step.DICTATOR: "**One moment in which you were the dictator**: you decided, and {name} had to follow. What was it?",
    Step.PARTNER: "**One moment in which you were the partner**: two different people, and both counted. Which difference between you "
    "was of use?",
}


def _words(call: Call, view: View) -> Ask:
    step = view.half.step
    text = (
        f"{_QUESTIONS[step].format(name=view.name)}\n\n*Your next message answers this, in up to {LONGEST:,} letters.*"
        f"\n\n{_WAYS}"
    )
    return _asks_one(view, "partnership-words", text, call.at + PATIENCE)


async def _is_an_answer(call: Call, _question: Question, said: str) -> bool:
    """Whether words that begin like a command are an answer: all but those that lead out of here."""
    first, rest = first_word(said)
    found = call.house.catalogue.words.get(folded(first))
    leads_out = found is not None and found.name in ("safety", "help", "partnership", "export")
    return (bool(rest) or not leads_out) and folded(said) != "forget me"


@inquiry(name="partnership-point", options=(*_PLACES, PASS, STOP), begun=True)
async def point_said(call: Call, question: Question, said: str) -> Effects:
    """A place by its sign or words, or any point by its number."""
    view = await of_question(call, question)
    if view is None or said in (PASS.word, STOP.word) or view.half.step is not Step.POINT:
        return await _does(call, question, said, _WAYS)
    places = {place.words: place.point for place in PLACES}
    point = places[said] if said in places else pure.read_point(said)
    view = await keep(call, view, pure.marked(view.half, point), _event(call))
    if view.half.step is Step.REVIEW:
        return await screen(call, view)
    return [await _shown(call, view, line_of(point)), *await screen(call, view)]


@inquiry(
    name="partnership-words",
    options=(PASS, STOP),
    takes_words=True,
    begun=True,
    claims=_is_an_answer,
)
async def words_said(call: Call, question: Question, said: str) -> Effects:
    """An answer in one's own words."""
    view = await of_question(call, question)
    if view is None or said in (PASS.word, STOP.word) or view.half.step not in pure.WRITTEN:
        return await _does(call, question, said, _WAYS)
    view = await keep(call, view, pure.written(view.half, said), _event(call))
    return await screen(call, view)


def _event(call: Call) -> str | None:
    """What somebody has just written or tapped, as it stands in their chat."""
    return call.key[call.key.index("$") :] if "$" in call.key else None


async def _shown(call: Call, view: View, text: str) -> Say:
    """Say back what somebody said, under a name by which it can be taken back."""
    name = f"{chat_name(call, view.side, 'reflected')}:{len(view.events)}"
    await keep(call, view, view.half, name)
    return Say(text=text, name=name)


_REVIEW_WAYS = "🔒 seal it · ✋ stop\n\nOr change one: 📍 point · 💬 why · 👑 dictator · 🤝 partner"


def _review(call: Call, view: View) -> Ask:
    text = f"Next: seal it, and then choose whether to open it.\n\n{_REVIEW_WAYS}"
    return _asks_one(view, "partnership-review", text, call.at + PATIENCE)


@inquiry(
    name="partnership-review",
    options=(SEAL, POINT, WHY, DICTATOR, PARTNER, TAKE_BACK, STOP),
    begun=True,
)
async def reviewed(call: Call, question: Question, said: str) -> Effects:
    """Seal it, change one answer, or stop."""
    return await _does(call, question, said, _REVIEW_WAYS)


async def _sealed(call: Call, view: View) -> Ask:
    until = await until_words(call, view)
    ways = "✏️ change · 🗑️ take back what I wrote in this chat · ✋ stop"
    if view.half.opens:
        text = (
            f"**Sealed, and you have chosen to open it** with {view.name}. When both of you have, it opens in both your chats in the "
            "same moment, at a time when both of you are awake; without that it is deleted, and the end is "
            f"**{until}**. You hear nothing before.\n\n🤲 keep closed · {ways}"
        )
        return _asks_one(view, "partnership-sealed", text, view.row.ends, without=(OPENS.word,))
    text = (
        f"**Sealed.** Would you open it with {view.name}? It opens only when both of you have chosen that; otherwise it is deleted at "
        f"the end, **{until}**, and what you chose is told to nobody. You can take your time.\n\n👐 open · {ways}"
    )
    return _asks_one(view, "partnership-sealed", text, view.row.ends, without=(SHUT.word,))


@inquiry(
    name="partnership-sealed",
    options=(OPENS, SHUT, CHANGE, TAKE_BACK, STOP),
    late=GONE,
    gist="what you look at by yourself",
)
async def sealed_and_answered(call: Call, question: Question, said: str) -> Effects:
    """Choose to open, or not; change it; stop."""
    return await _does(call, question, said, "👐 open · 🤲 keep closed · ✏️ change · ✋ stop")


async def _does(call: Call, question: Question, said: str, ways: str) -> list[Effect]:
    """One word on a screen of one's own."""
    view = await of_question(call, question)
    if view is None or view.row.stage is not Stage.OPEN:
        await question.delete()
        return [Say(text=GONE)]
    if said not in ACTS and said not in (*_PARTS, SEAL.word, PASS.word):
        return [Say(text=f"A word is enough: {ways}\n\n{DOOR}")]
    return await act(call, view, said)


_DEEDS: dict[str, Callable[[Half], Half]] = {
    BEGIN.word: pure.begun,
    PASS.word: pure.passed,
    SEAL.word: pure.sealed,
    CHANGE.word: pure.changing,
    OPENS.word: pure.willing,
    SHUT.word: pure.kept_shut,
}


async def act(call: Call, view: View, said: str) -> list[Effect]:
    """What one side does with its own; the other hears nothing of it."""
    word = ACTS.get(said, said)
    if word == TAKE_BACK.word:
        return await _taken_back(call, view)
    if word == STOP.word:
        return await _stopped(call, view)
    half = pure.changing(view.half, _PARTS[word]) if word in _PARTS else _DEEDS[word](view.half)
    if half.step not in (Step.BEGIN, Step.LEFT):
        view = await keep(call, view, half)
    following = await if_both(call, view.row) if half.opens else []
    if not await Reflection.exists(id=view.row.id):
        return following  # it is open
    return [*await screen(call, view), *following]


async def _stopped(call: Call, view: View) -> list[Effect]:
    """Nothing of one's own stays; for the other nothing has changed."""
    await unasked(view.side)
    await set_away(call, view, away=True)
    view.side.said = ""
    await view.side.save(update_fields=["said"])
    chat = " What you wrote in this chat is yours to delete." if view.events else ""
    return [
        DestroyKey(owner=own_key(view.side)),
        Scrub(),
        said_safely(
            f"Stopped, and nothing of yours is kept; {view.name} hears nothing of it.{chat} `partnership with {typed(view.name)}` "
            f"begins again, until **{await until_words(call, view)}**."
        ),
    ]


async def _taken_back(call: Call, view: View) -> list[Effect]:
    """Have the homeserver forget what stands in one's own chat; what is sealed stays sealed."""
    both = may_take_back(call.room, call.house.me)
    ours = [each for each in view.events if not each.startswith("$")]
    events = list(view.events) if both else ours
    view = await keep(call, replace(view, events=()), view.half)
    text = (
        "What you and I wrote here of it is being taken back; what you sealed stays sealed."
        if both
        else "I take back what I wrote of it; the rules of this chat leave what you wrote to you, to delete in your app. What you "
        "sealed stays sealed."
    )
    return [*(Redact(target=event) for event in events), Say(text=text), *await screen(call, view)]
