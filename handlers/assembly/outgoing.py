"""Letters that a host reads before they leave: what would be sent is shown first, and only a yes sends it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.hosts import told
from handlers.language import Ask, Call, Effect, Refused, Whisper
from practices.assembly.letters import Kind, Part
from storage.assemblies import Assembly

#: The question whose yes sends a letter (handlers.assembly.sendings).
SEND = "assembly-send"

#: So long a letter waits for its yes.
A_DAY = timedelta(days=1)

#: Bytes of a body; with its frame it stays within what a letter may be.
LARGEST_BODY = 14_000


def read_first(
    call: Call,
    assembly: Assembly,
    kind: Kind,
    body: Mapping[str, Any],
    *,
    shown: str,
    said: str,
    done: str,
    part: Part | None = None,
    answers: str | None = None,
) -> Ask:
    """The question whether a letter may leave.

    `shown` (Markdown) tells the host what would be sent, `said` is what people read of it in the protocol room, `done` what
    the host hears once it has left. Raises Refused when the letter would be too large for anybody to read it.
    """
    if len(json.dumps(body, ensure_ascii=False).encode()) > LARGEST_BODY:
        raise Refused(
            "That is longer than a letter to other congregations may be, so nothing was sent. Fewer words are read by more "
            "people; a link can hold the rest."
        )
    return Ask(
        inquiry=SEND,
        text=f"{shown}\n\nSend it? ✅ yes · ✋ no",
        until=call.at + A_DAY,
        data={
            "assembly": assembly.id,
            "kind": kind.value,
            "body": dict(body),
            "part": None if part is None else part.value,
            "answers": answers,
            "said": said,
            "done": done,
        },
        person=call.person,
        private=True,
    )


async def others_told(call: Call, assembly: Assembly, text: str) -> list[Effect]:
    """The same words to each host of ours but the one who is speaking."""
    effects = await told(call, assembly, text)
    return [e for e in effects if not (isinstance(e, Whisper) and e.person == call.sender)]
