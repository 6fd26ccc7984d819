"""The words behind `assembly`: how each is used, what it does, and what is asked when something is left out of it.

Help, the handbook and the questions for what is missing read this one table.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from handlers.language import Saying

#: A title and nothing else: what it says is missing.
_TITLE = re.compile(r"[^:;]+")
_NUMBER = re.compile(r"#?\d+:?")
_NO_REASON = re.compile(r"(?:(?!\bbecause\b).)+", re.DOTALL)
_OBJECTION = re.compile(r"#?\S+ (?:objects?|objection|against)")

_ENTERING, _DECIDING, _SHARING = "founding and entering", "deciding", "sharing"
_CIRCLES, _HELPING = "circles of delegates", "helping each other"
_LEAVING, _CLOSED, _ACCOUNT = "leaving", "a room that is closed or lost", "another account"

_TEXT = "**What does it say?** The others read it as you write it; “; until …” at its end says how long."

#: Everything that stands behind `assembly`, in the order in which it is shown.
SAYINGS: tuple[Saying, ...] = (
    Saying(
        group=_ENTERING,
        uses=("found NAME",),
        does="founds an assembly, with yours as its first congregation",
        asks="**How shall it be called?** Its name is enough.",
    ),
    Saying(
        group=_ENTERING,
        uses=("introduce @keeper:server NAME because …",),
        does="puts to the others whether a congregation is asked in, by the address of its keeper",
        asks="**Whom?** The address of its keeper and its name, such as “@kinkeeper:harbour.example Harbour because we have met "
        "for years”.",
    ),
    Saying(
        group=_ENTERING,
        uses=("withdraw NAME",),
        does="takes back what you have put to the others, or the invitation of whom you introduced",
    ),
    Saying(
        group=_ENTERING,
        uses=("dismiss NAME",),
        does="lets an invitation go that waits for your congregation",
    ),
    Saying(
        group=_ENTERING,
        uses=("reconsider NAME",),
        does="hears an invitation again that you have said no to",
    ),
    Saying(
        group=_ENTERING,
        uses=("card", "card languages", "card without me"),
        does="makes the card of your congregation, or one line of it anew; anybody on it takes their own name off",
    ),
    Saying(
        group=_ENTERING,
        uses=("directory",),
        does="shows the cards of all congregations",
    ),
    Saying(
        group=_ENTERING,
        uses=("picture",),
        does="draws the assembly as circles within circles",
    ),
    Saying(
        group=_DECIDING,
        uses=("put TITLE: text; until …",),
        does="puts a matter to the congregations; it passes by consent, or with “; by majority” or “; by double majority” behind "
        "it otherwise",
        asks="**What is it called, and what does it say?** Such as “A shared glossary: we use the words of the library; until 20 "
        "december 18:00”.",
        lacks=_TITLE,
        joined=":",
        then=_TEXT,
    ),
    Saying(group=_DECIDING, uses=("matters",), does="lists what is open, and what is over"),
    Saying(
        group=_DECIDING,
        uses=("matter 4",),
        does="shows one matter, and how it stands",
        asks="**Which one?** Its number is enough.",
    ),
    Saying(
        group=_DECIDING,
        uses=("say 4 consent",),
        does="says where your congregation stands: consent, aside, or objection with a reason; “say 4 consent from poll 12” takes "
        "the sums of a poll of yours along",
        asks="**Which one, and what?** Such as “4 consent”, “4 aside”, or “4 objection because …”.",
        lacks=_OBJECTION,
        joined="because",
        then="**Why?** An objection is heard with its reason, so that the others can do something about it.",
    ),
    Saying(
        group=_DECIDING,
        uses=("amend 4: …",),
        does="puts another wording of a matter",
        asks="**Which one, and in which words?** Such as “4: we use the words of the library, and ours beside them”.",
        lacks=_NUMBER,
        joined=":",
        then="**What is the new wording?**",
    ),
    Saying(
        group=_DECIDING,
        uses=("decisions",),
        does="lists what the congregations have decided together",
    ),
    Saying(
        group=_DECIDING,
        uses=("sprint TITLE: topics; from … to …",),
        does="announces some days on which congregations work on the same",
        asks="**What is it called, what about, and when?** Such as “Spring: gardens and boats; from 1 may to 14 may”.",
        lacks=_TITLE,
        joined=":",
        then="**What about, and when?** Such as “gardens and boats; from 1 may to 14 may”.",
    ),
    Saying(
        group=_DECIDING,
        uses=("join sprint",),
        does="says that yours takes part in a sprint",
    ),
    Saying(
        group=_SHARING,
        uses=("practices",),
        does="lists the practices that congregations share",
    ),
    Saying(
        group=_SHARING,
        uses=("practice NAME",),
        does="shows one of them",
        asks="**Which one?** Its name is enough; `assembly practices` lists them.",
    ),
    Saying(
        group=_SHARING,
        uses=("share NAME",),
        does="gives one of yours to the others, once you have read what they get",
    ),
    Saying(
        group=_SHARING,
        uses=("adopt NAME",),
        does="puts one of theirs to your congregation, by its own way of consent",
    ),
    Saying(
        group=_SHARING,
        uses=("fork NAME",),
        does="sends you the file of one, to make your own of",
    ),
    Saying(
        group=_SHARING,
        uses=("pin NAME",),
        does="stays with the edition that you took over",
    ),
    Saying(group=_SHARING, uses=("unpin NAME",), does="hears of newer editions again"),
    Saying(
        group=_SHARING,
        uses=("lesson TITLE: text",),
        does="passes on what a crew has learned, once everybody in it has said yes",
        asks="**What is it called, and what have you learned?** Such as “Long tables: six at a table speak, twelve listen”.",
        lacks=_TITLE,
        joined=":",
        then="**What have you learned?**",
    ),
    Saying(
        group=_SHARING,
        uses=("news", "news monthly", "news off"),
        does="shows the lessons of the last month and what is new; monthly has them come to you by themselves, off ends that",
    ),
    Saying(
        group=_CIRCLES,
        uses=(
            "circle",
            "circle delegates",
            "circle representative NAME",
            "circle link NAME",
            "circle talk 4",
            "circle step down",
        ),
        does="shows the circle that your congregation sends somebody into, and who they are; names whom you would send, asks "
        "it for a talk about a matter, or steps down from it",
    ),
    Saying(
        group=_HELPING,
        uses=("board",),
        does="shows what congregations need and offer",
    ),
    Saying(
        group=_HELPING,
        uses=("need TITLE: text; until …",),
        does="says what yours needs",
        asks="**What, and for what?** Such as “Chairs: forty of them for our spring table; until 20 march”.",
    ),
    Saying(
        group=_HELPING,
        uses=("offer TITLE: text; until …",),
        does="says what yours can give",
        asks="**What?** Such as “A van: with a driver, on weekends; until 1 may”.",
    ),
    Saying(
        group=_HELPING,
        uses=("answer 2",),
        does="says that yours can help with what stands on the board, or would gladly have it",
    ),
    Saying(
        group=_HELPING,
        uses=("thank 2",),
        does="thanks whoever helped",
    ),
    Saying(group=_HELPING, uses=("done 2",), does="takes yours down from the board"),
    Saying(
        group=_HELPING,
        uses=("sibling NAME",),
        does="says that yours sees another as a sibling; they are once both have said so",
    ),
    Saying(
        group=_HELPING,
        uses=("guests",),
        does="shows where guests are welcome",
    ),
    Saying(
        group=_HELPING,
        uses=("mediator",),
        does="looks for a mediator from elsewhere; anybody may, and nobody is told who asked",
    ),
    Saying(
        group=_HELPING,
        uses=("searches",),
        does="asks you about the searches for a mediator that are open",
    ),
    Saying(
        group=_LEAVING,
        uses=("leave",),
        does="gives up your seat, once you have read what that means",
    ),
    Saying(
        group=_LEAVING,
        uses=("concern NAME because …",),
        does="asks a congregation for a talk about what troubles you",
        asks="**About whom, and what is it?** Such as “Harbour because two of our guests stood before a closed door”.",
        lacks=_NO_REASON,
        joined="because",
        then="**What is it about?** All congregations read it, so names of people do not belong in it.",
    ),
    Saying(
        group=_LEAVING,
        uses=("part NAME because …",),
        does="puts to the others whether to part from a congregation, two weeks after a concern at the earliest",
    ),
    Saying(
        group=_CLOSED,
        uses=("move commons because …", "move commons new because …"),
        does="asks the others to go on in the room that follows a closed one, or in a new one",
    ),
    Saying(
        group=_ACCOUNT,
        uses=("hand over @new:server",),
        does="lets another account of yours speak for your congregation from now on",
    ),
    Saying(
        group=_ACCOUNT,
        uses=("invite @new:server",),
        does="lets an account read that may speak for a congregation one day",
    ),
    Saying(
        group=_ACCOUNT,
        uses=("claim NAME",),
        does="said to a new keeper: it keeps a congregation whose former account is lost",
    ),
    Saying(
        group=_ACCOUNT,
        uses=("keeper NAME @new:server",),
        does="puts to the others whether a new account speaks for a congregation",
    ),
)

#: By the first word of each.
BY_WORD: Mapping[str, Saying] = {each.word: each for each in SAYINGS}

#: Other words for the same.
ALSO: Mapping[str, str] = {
    "newsletter": "news",
    "lessons": "news",
    "needs": "board",
    "offers": "board",
    "congregations": "directory",
    "vote": "say",
    "propose": "put",
    "quit": "leave",
}


def grouped(sayings: Iterable[Saying], before: str, *, short: bool = False) -> str:
    """The words in their groups, a line each; `short`: each word once, without what stands behind it."""
    groups: dict[str, list[str]] = {}
    for each in sayings:
        groups.setdefault(each.group, []).extend((each.word,) if short else each.uses)
    return "\n".join(
        f"{before}**{group}**: {' · '.join(f'`{each}`' for each in words)}"
        for group, words in groups.items()
    )


def lacking(saying: Saying, rest: str) -> Saying | None:
    """The saying with the question for what is left out of it under `asks`; None when nothing is asked."""
    if not rest:
        return saying if saying.asks else None
    if saying.lacks is not None and saying.lacks.fullmatch(rest.strip()):
        return replace(saying, asks=saying.then)
    return None
