"""What Kinkeeper promises not to be, read off its own parts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("practices", "storage", "handlers", "daemon")

#: Words in the names of packages that would break a promise, whatever is put around them.
CHAINS = ("web3", "bitcoin", "ethereum", "solana", "blockchain", "wallet", "token-")
MODELS = (
    "openai",
    "anthropic",
    "langchain",
    "transformers",
    "llama",
    "torch",
    "sentry",
    "posthog",
    "segment",
)

#: The modules that can reach another machine.
NETWORK = {
    "aiohttp",
    "http.client",
    "urllib.request",
    "socket",
    "ssl",
    "requests",
    "httpx",
    "smtplib",
}

#: Who may: the one way to the homeserver, the page for the operator, and what asks systemd or another process.
MAY_REACH = {
    "daemon/matrix.py",
    "daemon/web.py",
    "daemon/app.py",
    "daemon/only_one.py",
    "daemon/check.py",
}


def locked() -> list[str]:
    return re.findall(
        r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )


def imports() -> Iterator[tuple[str, str]]:
    for part in PARTS:
        for file in sorted((ROOT / part).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                for name in names:
                    yield file.relative_to(ROOT).as_posix(), name


@pytest.mark.requirement("R6")
def test_nothing_it_needs_has_to_do_with_a_blockchain_a_token_or_a_wallet() -> None:
    assert locked()
    assert [name for name in locked() if any(word in name.lower() for word in CHAINS)] == []


@pytest.mark.requirement("R7")
def test_no_analytics_and_no_language_model_is_among_what_it_needs() -> None:
    assert [name for name in locked() if any(word in name.lower() for word in MODELS)] == []


@pytest.mark.requirement("R7")
def test_what_people_say_meets_no_code_that_could_send_it_anywhere_but_to_their_homeserver() -> (
    None
):
    reaching = {file for file, module in imports() if module in NETWORK}

    assert reaching <= MAY_REACH
    assert not [file for file in reaching if not file.startswith("daemon/")]
