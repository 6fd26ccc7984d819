"""Turns what a feature says, in Markdown, into the content of a Matrix message: plain twin and sanitised HTML.

Nothing that a feature says can ring a whole room, run a script or load a picture from elsewhere.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

#: What the specification lets a client show (section "m.room.message msgtypes"), less pictures and colours.
TAGS = frozenset(
    [
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "ul",
        "ol",
        "li",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "del",
        "code",
        "pre",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "code": {"class"}}
SCHEMES = frozenset({"https", "http", "mailto", "matrix"})

MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)

#: Marks our own message, so that its echo is known whatever the homeserver has forgotten.
TRANSACTION = "org.kinkeeper.transaction"

#: The names of the draft (MSC3381, MSC1767): the only ones that Element draws.
POLL_START = "org.matrix.msc3381.poll.start"
POLL_END = "org.matrix.msc3381.poll.end"
EXTENSIBLE = "org.matrix.msc1767.text"

#: So much of a poll's words is shown in it, in bytes of JSON: twenty options, encrypted, are still an event that a
#: homeserver takes.
LONGEST_QUESTION = 1200
LONGEST_OPTION = 600

#: Rings a whole room where it is written, in any case.
_ALARM = re.compile(r"@(?=room)", re.IGNORECASE)


def _quiet(text: str) -> str:
    return _ALARM.sub("@\u200b", text)


def html(markdown: str) -> str:
    """`markdown` as HTML that any client may show."""
    rendered = MARKDOWN.render(markdown)
    clean = nh3.clean(rendered, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES))
    return _quiet(clean).strip()


def plain(markdown: str) -> str:
    """`markdown` as text that says the same without any marks."""
    lines: list[str] = []
    _write(MARKDOWN.parse(markdown), lines)
    return _quiet("".join(lines).strip())


def _write(tokens: Sequence[Token], out: list[str]) -> None:
    numbers: list[int | None] = []
    for token in tokens:
        match token.type:
            case "inline":
                out.append(_inline(token.children or []))
            case "fence" | "code_block":
                out.append(token.content.rstrip() + "\n\n")
            case "bullet_list_open" | "ordered_list_open":
                numbers.append(_first_number(token))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
                out.append("" if numbers else "\n")
            case "list_item_open":
                out.append("  " * (len(numbers) - 1) + _bullet(numbers))
            case "paragraph_close" | "heading_close":
                out.append("\n" if token.hidden or numbers else "\n\n")
            case _:
                out.append(_ENDS.get(token.type, ""))


#: What ends a row or a cell of a table.
_ENDS = {"tr_close": "\n", "table_close": "\n", "td_close": "  ", "th_close": "  "}


def _first_number(token: Token) -> int | None:
    return None if token.type == "bullet_list_open" else int(token.attrs.get("start", 1))


def _bullet(numbers: list[int | None]) -> str:
    number = numbers[-1]
    if number is None:
        return "- "
    numbers[-1] = number + 1
    return f"{number}. "


def _inline(tokens: Iterable[Token]) -> str:
    parts: list[str] = []
    links: list[str] = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "link_open":
            links.append(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            address = links.pop()
            if address not in "".join(parts):
                parts.append(f" ({address})")
    return "".join(parts)


def message(
    markdown: str, *, mention: Sequence[str] = (), thread: str | None = None
) -> dict[str, Any]:
    """The content of one message.

    Quiet (m.notice) unless somebody is mentioned; then m.text, so that exactly those people's clients ring.
    """
    content: dict[str, Any] = {
        "msgtype": "m.text" if mention else "m.notice",
        "body": plain(markdown),
        "format": "org.matrix.custom.html",
        "formatted_body": html(markdown),
        "m.mentions": {"user_ids": list(mention)} if mention else {},
    }
    return threaded(content, thread)


def threaded(content: dict[str, Any], thread: str | None) -> dict[str, Any]:
    """`content` as it is said in a thread, by the event that began it; unchanged where there is none."""
    if thread is None:
        return content
    return {**content, "m.relates_to": {"rel_type": "m.thread", "event_id": thread}}


def edited(content: dict[str, Any], event_id: str) -> dict[str, Any]:
    """The content that replaces an earlier message of ours; an edit never rings."""
    new = {key: value for key, value in content.items() if key != "m.relates_to"}
    new["m.mentions"] = {}
    return {
        **new,
        "body": f"* {new['body']}",
        "formatted_body": f"* {new['formatted_body']}",
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
    }


def poll(question: str, options: Sequence[str], *, disclosed: bool) -> dict[str, Any]:
    """The content of a poll that people's clients draw; whoever has another reads its options with their numbers.

    The numbers are the ids of the answers. One of them may be chosen.
    """
    question = _cut(_quiet(question), LONGEST_QUESTION)
    options = [_cut(_quiet(option), LONGEST_OPTION) for option in options]
    words = "\n".join([question, *(f"{n}. {option}" for n, option in enumerate(options, 1))])
    return {
        POLL_START: {
            "kind": f"org.matrix.msc3381.poll.{'disclosed' if disclosed else 'undisclosed'}",
            "max_selections": 1,
            "question": {"msgtype": "m.text", "body": question, EXTENSIBLE: question},
            "answers": [
                {"id": str(number), EXTENSIBLE: option} for number, option in enumerate(options, 1)
            ],
        },
        EXTENSIBLE: words,
        "body": words,
        "m.mentions": {},
    }


def poll_end(event_id: str, markdown: str) -> dict[str, Any]:
    """The content that ends a poll of ours."""
    words = plain(markdown)
    return {
        POLL_END: {},
        EXTENSIBLE: words,
        "body": words,
        "m.mentions": {},
        "m.relates_to": {"rel_type": "m.reference", "event_id": event_id},
    }


def picture(alt: str, mime: str, size: int, width: int, height: int) -> dict[str, Any]:
    """The content of a message with a picture, but for where the picture is; no caption, for `alt` says what it shows."""
    return {
        "msgtype": "m.image",
        "body": _quiet(alt),
        "info": {"mimetype": mime, "size": size, "w": width, "h": height},
        "m.mentions": {},
    }


def _cut(text: str, most: int) -> str:
    """As much of `text` as takes no more than `most` bytes of JSON."""
    left = most
    for place, letter in enumerate(text):
        left -= len(json.dumps(letter)) - 2
        if left < 0:
            return f"{text[:place]}…"
    return text


def reaction(event_id: str, sign: str) -> dict[str, Any]:
    """The content of a reaction."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event_id, "key": sign}}
