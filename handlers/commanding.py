"""Whether words that somebody writes where any words are an answer are one of our commands, and nothing else.

A command with what it reads is one: a number, somebody known to its speaker, or the words that its own help names. A word
that people also use without us is an answer, and so is what only begins like a command: "leave my job".
"""

import re
from enum import StrEnum

from handlers.language import Call, Command
from handlers.words import first_word, folded
from practices.circles import RoomKind
from storage.members import Member


class How(StrEnum):
    """How sure it is."""

    NOT = "not"
    #: It may be one as well as an answer.
    PERHAPS = "perhaps"
    WHOLLY = "wholly"


#: Names of commands that are everyday words: alone they may well be what somebody answers.
EVERYDAY = frozenset({
    "about", "abstain", "abuse", "agree", "agreement", "agreements", "answer", "ask", "assembly", "attend", "begin", "block",
    "board", "call", "calling", "calls", "coming", "commands", "commit", "commitments", "consent", "curious", "dates",
    "decision", "decisions", "disagree", "domain", "domains", "energy", "forget", "form", "game", "harassment", "hello", "hi",
    "host", "intention", "join", "journal", "leave", "mine", "money", "mute", "next", "outcome", "parts", "partner",
    "partners", "partnership", "points", "poll", "polls", "proposal", "propose", "quiet", "remind",
    "represent", "representative", "representatives", "review", "say", "script", "scripts", "share", "silence", "start",
    "status", "swap", "talk", "talked", "talks", "times", "trial", "unsafe", "vote", "waiting", "welcome",
    "when", "whose", "with", "zone",
})  # fmt: skip

_QUOTED = re.compile(r"“([^”]+)”")
_A_NAME = re.compile(r"\b(?:a|their) name\b|“[^”]*” and a name")
_MOST_WORDS = 6


async def how(call: Call, said: str) -> How:
    """Whether what is said in the private chat is a command of it, and nothing else."""
    word, rest = first_word(said)
    command = call.house.catalogue.words.get(folded(word))
    if command is None or RoomKind.PRIVATE not in command.kinds or "\n" in said.strip():
        return How.NOT
    if not rest:
        return How.PERHAPS if folded(word) in EVERYDAY else How.WHOLLY
    words = [folded(each) for each in rest.replace(",", " ").split()]
    if len(words) > _MOST_WORDS:
        return How.NOT
    ways = [way for way in _ways(command) if way]
    people = await _people(call)
    read = [_part(each) if each.isdecimal() else NAME if each in people else each for each in words]
    if _once(read) in ways or words in ways:
        return How.WHOLLY
    begins = {way[0] for way in ways if way[0] != NAME and way[0].islower()}
    return How.PERHAPS if words[0] in begins else How.NOT


#: Stands for a person in what can be said behind a command.
NAME = "A NAME"


def _ways(command: Command) -> list[list[str]]:
    """What can be said behind a command's name, word by word, as its help and its example have it."""
    helps = [each.help for each in command.arguments]
    found = [quoted for text in helps for quoted in _QUOTED.findall(text)]
    found += [use for each in command.sayings for use in each.uses]
    found.append(first_word(command.example)[1])
    ways = [_once([_part(part) for part in each.replace(",", " ").split()]) for each in found]
    if any(_A_NAME.search(text) for text in helps) and len(command.arguments) == 1:
        ways += [
            [NAME],
            *([*way, NAME] for way in list(ways)),
            *([NAME, *way] for way in list(ways)),
        ]
    return ways


def _part(part: str) -> str:
    """A word of the example as it is compared: "Ana" stands for anybody, "4" for any number."""
    if part.isdecimal():
        return "0"
    return NAME if part[:1].isupper() or part in ("ana", "ben", "rui") else folded(part)


def _once(parts: list[str]) -> list[str]:
    """The same with several people, one after the other, as one."""
    return [
        part for part, before in zip(parts, ["", *parts], strict=False) if {part, before} != {NAME}
    ]


async def _people(call: Call) -> set[str]:
    """The names, folded, of those who share a room with the speaker."""
    rooms = await Member.filter(person=call.person).values_list("room", flat=True)
    found: set[str] = set()
    for each in await Member.filter(room__in=list(rooms)).exclude(person=call.person):
        found |= {*folded(each.name or "").split()[:1], folded(each.person[1:].partition(":")[0])}
    return found - {"keeper", "kinkeeper"}
