"""Run a Python module that dies with the process that started it.

Its standard input is a pipe that the starter holds open and never writes to. When the starter
ends, however it ends, the pipe closes and this process leaves at once: a killed test run or demo
leaves no server behind. A pipe is used rather than a parent-death signal because that signal is
bound to the *thread* that started the child, and because pipes exist on every system.

Run as ``python -P tether.py MODULE [ARGUMENT ...]``.
"""

import os
import runpy
import sys
import threading

STARTER_GONE = 70


def _leave_with_the_starter() -> None:
    while os.read(0, 1):
        pass
    os._exit(STARTER_GONE)


def main() -> None:
    """Run the module named on the command line as ``python -m`` would."""
    threading.Thread(target=_leave_with_the_starter, name="tether", daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
