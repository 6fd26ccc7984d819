"""Questions about an assembly that take somebody's own words: a command of ours or a question back is no answer to them.

What was meant for us would else stand where every congregation reads it.
"""

from handlers.language import Call
from handlers.words import first_word, folded
from storage.questions import Question

#: Words of ours that are said with a few others behind them.
_OURS = frozenset({"assembly", "help"})
_A_FEW = 4

#: What somebody hears who asks back.
ASKED = "That asks me something, so I did not take it as your answer; nothing was kept of it. `help` shows what I can do."

_ASKING = frozenset({"what", "who", "how", "why", "which", "where", "when"})


async def claims(_call: Call, _question: Question, said: str) -> bool:
    """Whether words that begin like a command answer such a question: “leave no one out” does, “leave” and “assembly board” not."""
    word, rest = first_word(said)
    return bool(rest) and (folded(word) not in _OURS or len(said.split()) > _A_FEW)


async def never(_call: Call, _question: Question, _said: str) -> bool:
    """No word of ours answers such a question."""
    return False


def asks(said: str) -> bool:
    """Whether somebody asks back instead of answering: “what now?”."""
    return said.rstrip().endswith("?") and folded(first_word(said)[0]) in _ASKING
