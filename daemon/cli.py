"""The `kinkeeper` command: run, check, register, demo, migrate, backup, restore."""

import argparse
import asyncio
import gc
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from daemon.log import formatter, hush
from daemon.settings import BadSettings, Settings, load

OK, FAILED, MISUSED = 0, 1, 2

log = logging.getLogger("daemon")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "demo":
        return _demo(options)
    try:
        settings = load(_env_file(options.env_file))
    except BadSettings as bad:
        print(f"The settings cannot be used. Nothing was started.\n\n{bad}", file=sys.stderr)
        return MISUSED
    set_up_logging(settings)
    command: Callable[[Settings, argparse.Namespace], int] = options.run
    return command(settings, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kinkeeper", description="Keeps the rhythm of a community in its own Matrix rooms."
    )
    parser.add_argument(
        "--env-file",
        type=Path,
        help="file with settings, as settings.example.env shows (default: .env)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, help_text: str, run: Callable[..., int]) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.set_defaults(run=run)
        return command

    add("run", "run the daemon in the foreground", _run)
    add("check", "examine everything the daemon needs, and say what to mend", _check)
    register = add("register", "make the daemon's account on its homeserver", _register)
    register.add_argument("--name", default="Kinkeeper", help="display name of the account")
    demo = add("demo", "play a community's two months on two homeservers of its own", _demo)
    demo.add_argument("--keep", action="store_true", help="leave it running to look at")
    add("migrate", "bring the database to the newest schema", _migrate)
    backup = add("backup", "write everything but the secret key into one file", _backup)
    backup.add_argument("file", type=Path)
    restore = add("restore", "bring back a backup into an empty data folder and database", _restore)
    restore.add_argument("file", type=Path)
    return parser


def _env_file(named: Path | None) -> Path | None:
    if named is not None:
        if not named.exists():
            print(f"There is no file {named}.", file=sys.stderr)
            raise SystemExit(MISUSED)
        return named
    return Path(".env") if Path(".env").exists() else None


def set_up_logging(settings: Settings) -> None:
    """Log to stderr, as text or JSON; never what people say."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(settings.log_format))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    hush()


def _run(settings: Settings, _options: argparse.Namespace) -> int:
    # What is imported stays for good; looking through it for waste again and again took a fifth of the start.
    gc.disable()
    from daemon import app  # noqa: PLC0415 - the doctor starts without it
    from daemon.device import DeviceTrouble  # noqa: PLC0415
    from daemon.keyring import WrongKey  # noqa: PLC0415
    from daemon.matrix import Refusal, Revoked  # noqa: PLC0415
    from daemon.only_one import AlreadyRunning  # noqa: PLC0415
    from storage.migrate import NewerDatabase  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    try:
        asyncio.run(app.live(settings))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return OK
    except Exception as error:
        reason = _first(error)
        match reason:
            case Revoked():
                text = (
                    "The homeserver has ended this session: its access token is not valid any more. Nothing is "
                    "lost. Log in again by starting with KINKEEPER_PASSWORD set: it goes on as a new device and "
                    "keeps its signing keys."
                )
            case DeviceTrouble() | WrongKey() | AlreadyRunning() | NewerDatabase():
                text = str(reason)
            case Refusal():
                text = f"The homeserver refused: {reason}. `kinkeeper check` looks closer."
            case _:
                # Not by raising: Python would print what was stumbled over, too.
                log.critical("an unforeseen failure ends the daemon", exc_info=error)
                return FAILED
        log.critical("%s", text)
    return FAILED


def _first(error: BaseException) -> BaseException:
    """What went wrong first, out of a group of tasks that ended together."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _check(settings: Settings, _options: argparse.Namespace) -> int:
    from daemon.check import examine  # noqa: PLC0415

    return OK if asyncio.run(examine(settings, print)) else FAILED


def _register(settings: Settings, options: argparse.Namespace) -> int:
    from daemon.register import CannotRegister, register  # noqa: PLC0415

    try:
        print(asyncio.run(register(settings, options.name)))
    except CannotRegister as reason:
        print(reason, file=sys.stderr)
        return FAILED
    return OK


def _demo(options: argparse.Namespace) -> int:
    if importlib.util.find_spec("synapse") is None:
        print(
            "The demo needs its own homeservers, and Synapse is not installed. Nothing was started.\n"
            "Install it with: pip install 'kinkeeper[homeserver]'",
            file=sys.stderr,
        )
        return FAILED
    keep = ["--keep"] if options.keep else []
    # A program of its own: the daemon knows nothing of it.
    os.execv(sys.executable, [sys.executable, "-m", "deploy.demo", *keep])  # noqa: S606
    return OK


def _migrate(settings: Settings, _options: argparse.Namespace) -> int:
    from storage.migrate import NewerDatabase, migrate  # noqa: PLC0415

    try:
        applied = asyncio.run(migrate(settings.database))
    except NewerDatabase as newer:
        print(newer, file=sys.stderr)
        return FAILED
    for step in applied:
        print(f"applied {step.number:04d} {step.title}")
    print("The database is up to date.")
    return OK


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    from daemon.backup import CannotBackUp, back_up  # noqa: PLC0415

    try:
        print(asyncio.run(back_up(settings, options.file)))
    except CannotBackUp as reason:
        print(reason, file=sys.stderr)
        return FAILED
    return OK


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    from daemon.backup import CannotBackUp, restore  # noqa: PLC0415

    try:
        print(asyncio.run(restore(settings, options.file)))
    except CannotBackUp as reason:
        print(reason, file=sys.stderr)
        return FAILED
    return OK
