"""Walk the syntax tree of every layer and refuse imports that run the wrong way.

What passes here can be relied on: a rule in practices/ does no input or output, reads no clock
and throws no dice, a handler holds no Matrix client, and each layer can be read without the ones
above it. Nothing is imported to find that out.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What a layer may import of the others; it may always import itself. Nobody may import tests.
BELOW = {
    "practices": frozenset[str](),
    "storage": frozenset({"practices"}),
    "handlers": frozenset({"storage", "practices"}),
    "daemon": frozenset({"handlers", "storage", "practices"}),
    "deploy": frozenset({"daemon", "handlers", "storage", "practices"}),
}
OURS = frozenset({*BELOW, "tests"})

# Third-party and standard modules that a layer must do without, with all that is inside them.
WITHOUT = {
    "practices": frozenset(
        {
            "aiohttp",
            "apscheduler",
            "asyncio",
            "http",
            "multiprocessing",
            "nio",
            "prometheus_client",
            "psycopg",
            "random",
            "secrets",
            "socket",
            "sqlite3",
            "subprocess",
            "threading",
            "time",
            "tortoise",
            "urllib.request",
        }
    ),
    "storage": frozenset({"aiohttp", "apscheduler", "nio"}),
    "handlers": frozenset({"aiohttp", "apscheduler", "nio"}),
}

# The time of a call is `call.at`: from here down it is handed in, never looked up.
WITHOUT_CLOCK = frozenset({"practices", "handlers"})
CLOCKS = frozenset(
    {
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "time.monotonic",
        "time.monotonic_ns",
        "time.perf_counter",
        "time.time",
        "time.time_ns",
        "tortoise.timezone.now",
    }
)
WITHOUT_DICE = frozenset({"practices"})
DICE = frozenset({"os.urandom", "uuid.uuid1", "uuid.uuid4"})

# Calls that import the module named by their first argument.
IMPORTERS = frozenset({"__import__", "importlib.import_module", "import_module"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A module that a file names; `alias` is what the file calls it, if it calls it anything."""

    module: str
    alias: str | None
    line: int


def violations(source: str, file: str) -> list[str]:
    """Say, a line each as `file:line: reason`, what a file of a layer has no right to.

    `file` is the path below the project's root, with forward slashes; its first part is the layer.
    """
    layer, *_ = file.split("/")
    tree = ast.parse(source, filename=file)
    imports = list(_imports(tree, package=file.split("/")[:-1]))
    found = [
        (imported.line, reason)
        for imported in imports
        if (reason := _against_import(layer, imported.module))
    ]
    aliases = {each.alias: each.module for each in imports if each.alias is not None}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            name = _full_name(node, aliases)
            if name in CLOCKS and layer in WITHOUT_CLOCK:
                found.append((node.lineno, f"{layer} reads no clock, so not {name}"))
            if name in DICE and layer in WITHOUT_DICE:
                found.append((node.lineno, f"{layer} throws no dice, so not {name}"))
    return [f"{file}:{line}: {reason}" for line, reason in sorted(set(found))]


def _imports(tree: ast.Module, package: list[str]) -> Iterator[Import]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for name in names:
                    top, *_ = name.name.split(".")
                    module, alias = (name.name, name.asname) if name.asname else (top, top)
                    yield Import(module=name.name, alias=None, line=node.lineno)
                    yield Import(module=module, alias=alias, line=node.lineno)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = package[: len(package) - level + 1] if level else []
                whole = ".".join([*base, *([module] if module else [])])
                for name in names:
                    yield Import(
                        module=f"{whole}.{name.name}".lstrip("."),
                        alias=name.asname or name.name,
                        line=node.lineno,
                    )
            case ast.Call(func=func, args=[ast.Constant(value=str(module)), *_]) if (
                ast.unparse(func) in IMPORTERS
            ):
                yield Import(module=module, alias=None, line=node.lineno)


def _against_import(layer: str, module: str) -> str | None:
    top, *_ = module.split(".")
    if top in OURS and top != layer and top not in BELOW[layer]:
        return f"{layer} may not import {top}"
    for forbidden in WITHOUT.get(layer, frozenset()):
        if f"{module}.".startswith(f"{forbidden}."):
            return f"{layer} does without {forbidden}"
    return None


def _full_name(node: ast.expr, aliases: dict[str, str]) -> str | None:
    """Spell a dotted name from its origin: `dt.now` is `datetime.datetime.now` under its import."""
    match node:
        case ast.Name(id=name):
            return aliases.get(name)
        case ast.Attribute(value=value, attr=attribute):
            owner = _full_name(value, aliases)
            return f"{owner}.{attribute}" if owner else None
        case _:
            return None


@pytest.mark.parametrize("layer", BELOW)
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    found = [
        violation
        for file in sorted((ROOT / layer).rglob("*.py"))
        for violation in violations(
            file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix()
        )
    ]

    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("file", "source", "reason"),
    [
        ("practices/a.py", "import storage", "practices may not import storage"),
        ("storage/a.py", "from handlers.language import Say", "storage may not import handlers"),
        ("handlers/a.py", "import daemon.outbox as o", "handlers may not import daemon"),
        ("daemon/a.py", "from deploy import demo", "daemon may not import deploy"),
        ("deploy/a.py", "from tests import fake", "deploy may not import tests"),
        ("practices/a.py", "from ..daemon import app", "practices may not import daemon"),
        ("practices/b/a.py", "from ...storage import x", "practices may not import storage"),
        ("practices/a.py", "import asyncio", "practices does without asyncio"),
        ("practices/a.py", "from random import Random", "practices does without random"),
        ("practices/a.py", "from urllib import request", "practices does without urllib.request"),
        ("practices/a.py", "import os, tortoise.fields", "practices does without tortoise"),
        ("handlers/a.py", "def f():\n    import nio", "handlers does without nio"),
        ("storage/a.py", "from aiohttp.web import Request", "storage does without aiohttp"),
        (
            "handlers/a.py",
            "import importlib\nimportlib.import_module('daemon.app')",
            "handlers may not import daemon",
        ),
        (
            "practices/a.py",
            "from datetime import datetime as dt\ndt.now()",
            "practices reads no clock, so not datetime.datetime.now",
        ),
        (
            "handlers/a.py",
            "import datetime\nnow = datetime.datetime.utcnow",
            "handlers reads no clock, so not datetime.datetime.utcnow",
        ),
        (
            "practices/a.py",
            "from datetime import date\ndate.today()",
            "practices reads no clock, so not datetime.date.today",
        ),
        (
            "handlers/a.py",
            "from time import monotonic\nmonotonic()",
            "handlers reads no clock, so not time.monotonic",
        ),
        (
            "practices/a.py",
            "import uuid\nuuid.uuid4()",
            "practices throws no dice, so not uuid.uuid4",
        ),
    ],
)
def test_what_a_layer_has_no_right_to_is_found_with_its_line(
    file: str, source: str, reason: str
) -> None:
    last_line = source.count("\n") + 1

    assert f"{file}:{last_line}: {reason}" in violations(source, file)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("practices/a.py", "from datetime import datetime, time\ntime(19, 0)\ndatetime.max"),
        ("practices/a.py", "from urllib.parse import quote\nfrom uuid import UUID, uuid5"),
        ("practices/scripts/a.py", "from . import b\nfrom ..crews import Crew"),
        ("storage/a.py", "from tortoise import fields\nfrom practices.crews import Crew"),
        ("handlers/a.py", "import asyncio\ndef f(call):\n    return call.now()"),
        ("daemon/a.py", "import nio\nfrom datetime import datetime\ndatetime.now()"),
        ("deploy/a.py", "from daemon.settings import Settings"),
    ],
)
def test_what_a_layer_has_a_right_to_is_let_be(file: str, source: str) -> None:
    assert violations(source, file) == []
