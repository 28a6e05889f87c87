"""Which process does something, in words that another process can check later."""

import os
import socket
from pathlib import Path


def this_process() -> str:
    """``host/pid/start``: no other process on any host has the same, even when pids are reused."""
    return f"{socket.gethostname()}/{os.getpid()}/{_start(os.getpid())}"


def is_dead(identity: str) -> bool:
    """Whether the process that `this_process` named there is known to have ended.

    False when nobody can tell from here: another host, or a system that cannot be asked.
    """
    host, _, rest = identity.rpartition("/")[0].rpartition("/")
    start = identity.rpartition("/")[2]
    if host != socket.gethostname() or not rest.isdigit() or os.name != "posix":
        return False
    pid = int(rest)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return bool(start) and _start(pid) not in ("", start)


def _start(pid: int) -> str:
    """Start time of a process in clock ticks since boot, where the system tells; else empty."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The command name, in parentheses, may hold anything: fields are counted after it.
    return stat.rpartition(")")[2].split()[19]
