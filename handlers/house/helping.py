"""Help: first what is open, then the few words that fit where somebody stands; all of them, or one of them, when asked.

It promises that whoever asks in the middle of a question or a practice reads first what they can say to that, and that
no word is shown that would not work where it is read.
"""

from collections.abc import Mapping

from handlers import unanswered
from handlers.assembly.assembly_words import grouped
from handlers.conversation import MISSING, open_question
from handlers.crews import callings
from handlers.house.adoption import CIRCLES, kept_by
from handlers.language import Argument, Call, Command, Effects, Inquiry, Refused, Say, command
from handlers.oneself import safety
from handlers.sessions.preview import preview
from handlers.sessions.scripts import script_for
from handlers.words import escaped, first_word, folded, similar
from practices.circles import Life, RoomKind
from practices.understanding import NotUnderstood, shown
from storage.callings import Stage
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

ALL = frozenset({"all", "everything", "more", "full"})

#: What helps whom, in the order in which it is shown. Who is new needs no more than this.
NEWCOMER = ("calls", "call", "remind", "about")
MEMBER = ("when", "coming", "commit", "remind", "calls", "quiet", "export")
CALLER = ("calls", "trial", "intention", "share", "call")
CHOOSING = ("calls", "form", "with", "call")

# fmt: off
BY_LIFE: Mapping[Life | None, tuple[str, ...]] = {
    Life.FORMING: ("charter", "rhythm", "move", "start", "newcomers", "status"),
    Life.ACTIVE: (
        "when", "coming", "practice", "harvest", "poll", "decisions", "offers", "retrospective", "status",
    ),
    Life.PAUSED: ("wake", "status", "calls", "leave"),
    Life.CLOSED: ("wake", "leave"),
    None: ("when", "coming", "rhythm", "practice", "harvest", "poll", "decisions", "status"),
}
BY_KIND: Mapping[RoomKind, tuple[str, ...]] = {
    RoomKind.DYAD: ("when", "coming", "rhythm", "practice", "commit", "poll", "decisions", "status"),
    RoomKind.WORKING: (
        "when", "rhythm", "calls", "call", "poll", "propose", "decisions", "practice", "status",
    ),
    RoomKind.CONGREGATION: ("calls", "call", "settings", "practice", "status"),
    RoomKind.NONE: ("adopt", "call", "remind", "about"),
}
# fmt: on
#: What the private chat is for beside that, named in a line.
TWO_AND_TWO = ("dyad", "pairing", "steward", "welcome", "partnership")
FOR_ONESELF = ("reflect", "money", "pathway")

ANYWHERE = ("about", "status", "remind", "quiet")


@command(
    name="help",
    always=True,
    aliases=("commands",),
    help="what you can say here now; “help all” lists everything, and a word tells more about it",
    example="help status",
    arguments=(
        Argument(name="word", help="a command, the name of a practice, or “all”", rest=True),
    ),
    sentences={
        "what can|could you do [for] [me|us|here]": "",
        "what can|could|do i|we do|say|ask|type|write [here|now|you]": "",
        "how does this|it|that work": "",
        "how do you work": "",
        "help|assist me|us": "",
        "i need|want help": "",
        "can you help [me|us]": "",
        "what now": "",
        "what next": "",
        "what are your commands|words": "",
    },
)
async def help_(call: Call, word: str | None) -> Effects:
    """What fits here, everything, or one word."""
    if word is None:
        text = "\n\n".join(filter(None, [await _open_words(call), await _few(call)]))
        asked = await open_question(call)
        return unanswered.said_again(asked, [Say(text=text)]) if asked else [Say(text=text)]
    if folded(word) in ALL:
        return [Say(text=_everything(call))]
    return [Say(text=await _about_one(call, word))]


def prefix_of(call: Call, found: Command | None = None) -> str:
    """What stands before a word where it is read: nothing in the private chat, unless it belongs in another room."""
    if call.is_private and (found is None or RoomKind.PRIVATE in found.kinds):
        return ""
    return call.house.prefix


# ------------------------------------------------------------------------------------------ what is open


async def _open_words(call: Call) -> str:
    """What somebody is asked here just now, and how it is answered."""
    question = await _open(call)
    if question is None:
        return ""
    asked = question.person is not None
    others = [each for each in await unanswered.all_open(call) if asked and each.id != question.id]
    return "\n\n".join(filter(None, [_asked(call, question), unanswered.also_open(others)]))


def _asked(call: Call, question: Question) -> str:
    """One question, and how it is answered."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    if inquiry is not None and inquiry.first:
        return f"**A practice is on.** {_ways(call, question, inquiry)}."
    what = f": {unanswered.gist(question)}." if question.person is not None else "."
    head = f"**A question of mine is open here**{what}"
    if inquiry is not None and inquiry.options:
        own = " Or answer in your own words." if inquiry.takes_words or inquiry.reads else ""
        stop = " `stop` ends it." if question.person is not None else ""
        return f"{head} {_ways(call, question, inquiry)}.{own}{stop}"
    if question.inquiry == MISSING:
        wanted = _wanted(call, question)
        return f"**I wait for your next message here**{wanted}. `stop` ends it."
    return f"{head} Your own words answer it. `stop` ends it."


async def _open(call: Call) -> Question | None:
    """A practice that is on here, what the sender is asked, or what everybody here is."""
    inquiries = call.house.catalogue.inquiries
    all_ = Question.filter(room=call.room.id, person=None, until__gt=call.at).order_by("-id")
    for_all = [each for each in await all_ if each.inquiry in inquiries]
    on = next((each for each in for_all if inquiries[each.inquiry].first), None)
    return on or await open_question(call) or (for_all[0] if for_all else None)


def _ways(call: Call, question: Question, inquiry: Inquiry) -> str:
    """The answers with their signs, and how they are said."""
    ways = unanswered.ways(question, inquiry)
    example = inquiry.options[0].word
    said = (
        f"or the word: `{example}`"
        if call.is_private
        else f"or the word: `{call.house.prefix}{example}`"
    )
    return f"{ways} – a tap, {said}"


def _wanted(call: Call, question: Question) -> str:
    found = call.house.catalogue.commands.get(str(question.data.get("command")))
    name = question.data.get("argument")
    argument = (
        next((each for each in found.arguments if each.name == name), None) if found else None
    )
    return f": {argument.help}" if argument is not None else ""


# -------------------------------------------------------------------------------------------- few and all


async def _few(call: Call) -> str:
    found = [
        each
        for each in (call.house.catalogue.commands.get(name) for name in await _fitting(call))
        if each is not None and call.room.kind in each.kinds
    ]
    prefix = prefix_of(call)
    head = "Here, between us, plain words do." if call.is_private else "In this room you can say:"
    foot = f"`{prefix}help all` lists everything"
    if found:
        foot += f"; `{prefix}help {found[0].name}` tells more about one word"
    further, door = await _further(call), ["", safety.DOOR] if call.is_private else []
    lines = [head, "", *(_line(call, each) for each in found), *further, "", f"{foot}.", *door]
    return "\n".join(lines)


async def _further(call: Call) -> list[str]:
    """In private, what is there beside the few words, by name alone: for whoever has people here, and for oneself."""
    if not call.is_private:
        return []
    lines = [f"For yourself alone: {_named(FOR_ONESELF)}."]
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    kinds = [*CIRCLES, RoomKind.CONGREGATION]
    if await Room.filter(id__in=list(mine), joined=True, kind__in=kinds).exists():
        lines.insert(0, f"With one other of you: {_named(TWO_AND_TWO)}.")
    return ["", " ".join([*lines, "`help` and one of these words tells what it is."])]


def _named(words: tuple[str, ...]) -> str:
    return " · ".join(f"`{each}`" for each in words)


async def _fitting(call: Call) -> tuple[str, ...]:
    """The names of what is useful now."""
    room = call.room
    if room.kind is RoomKind.CREW:
        return BY_LIFE[room.life]
    if not call.is_private:
        return BY_KIND.get(room.kind, ANYWHERE)
    own = await callings.own(call.person)
    if own is not None:
        return CHOOSING if own.stage is Stage.ASKING else CALLER
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    circles = Room.filter(id__in=list(mine), joined=True, kind__in=list(CIRCLES))
    few = MEMBER if await circles.exists() else NEWCOMER
    return (*few, "assembly") if await kept_by(call) else few


def _line(call: Call, found: Command) -> str:
    return f"- `{prefix_of(call, found)}{found.name}`: {found.help}"


def _everything(call: Call) -> str:
    commands = call.house.catalogue.commands
    fitting = [
        commands[name] for name in sorted(commands) if call.room.kind in commands[name].kinds
    ]
    head = (
        "All that you can say here, between us:"
        if call.is_private
        else "All that you can say in this room:"
    )
    foot = f"`{prefix_of(call)}help {fitting[0].name}` tells more about one word; `stop` ends any question of mine."
    return "\n".join([head, "", *(_line(call, each) for each in fitting), "", foot])


# ------------------------------------------------------------------------------------------------- one


async def _about_one(call: Call, word: str) -> str:
    """One command, or how a practice runs. Raises Refused."""
    known = call.house.catalogue.words
    for said in (word, first_word(word)[0]):
        found = known.get(folded(said).removeprefix(call.house.prefix))
        if found is not None and found.sayings and said != word:
            return _about_saying(call, found, first_word(word)[1])
        if found is not None and (said == word or not await _script(call, word)):
            return explained(found, prefix_of(call, found))
    script = await _script(call, word)
    if script:
        return script
    meant = similar(word, known)
    hint = f" Did you mean **{meant}**?" if meant else ""
    raise Refused(
        f"There is no command {escaped(shown(word))}, and no practice of that name.{hint}\n\n"
        f"`{prefix_of(call)}help all` lists what fits here."
    )


def _about_saying(call: Call, found: Command, words: str) -> str:
    """One of the things that are said behind a command's name. Raises Refused."""
    word = folded(first_word(words)[0])
    prefix = f"{prefix_of(call, found)}{found.name}"
    by_word = {each.word: each for each in found.sayings}
    saying = by_word.get(word)
    if saying is None:
        meant = similar(word, by_word)
        hint = f" Did you mean **{prefix} {meant}**?" if meant else ""
        raise Refused(
            f"There is no {escaped(shown(word))} behind `{prefix}`.{hint}\n\n`{prefix_of(call)}help {found.name}` lists what is."
        )
    uses = "\n".join(f"- `{prefix} {each}`" for each in saying.uses)
    return f"**{prefix} {word}** {saying.does}.\n\n{uses}"


async def _script(call: Call, name: str) -> str:
    """How the practice of that name runs; "" when there is none."""
    try:
        script = await script_for(call.room, name)
    except NotUnderstood:
        return ""
    return f"{preview(script)}\n\n`{call.house.prefix}start {escaped(script.name)}` calls it, in the room of those who hold it."


def explained(found: Command, prefix: str) -> str:
    """One command in full, as help and the handbook show it."""
    lines = [f"**{found.name}**: {found.help}.", "", f"For example `{prefix}{found.example}`"]
    if found.arguments:
        lines += ["", *(f"- {argument.name}: {argument.help}" for argument in found.arguments)]
    if found.sayings:
        lines += ["", f"Behind `{prefix}{found.name}` stands:", "", grouped(found.sayings, "- ")]
        lines += ["", f"`{prefix}help {found.name} {found.sayings[0].word}` tells what one does."]
    if found.aliases:
        lines += ["", "Also: " + ", ".join(f"`{prefix}{word}`" for word in found.aliases)]
    return "\n".join(lines)
