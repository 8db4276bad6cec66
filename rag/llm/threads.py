"""How llama.cpp runs on this machine: its threads, their priority, and the memory it gives back.

How many threads read and write is timed once on a machine:

    processors that this process may use -> a few counts -> each timed, reading and writing
    -> the fastest of each, kept in the cache folder for this model on this machine

Reading keeps every core at work, writing waits for memory, and which count is best differs with
hyperthreads, with cores of two speeds, and with a container's share. Two cores without hyperthreads
leave no choice, so nothing is timed there.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from index.settings import cache_dir

_NICE = 5  # how far the model gives way to evidence on the same cores
_TIMES = 3
_WORTH = 0.95  # of the time with one thread a core, from which another count is taken


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads that prompts are read with, and that words are written with."""

    reading: int
    writing: int


def cores() -> int:
    """Physical cores that this process may use; outside of Linux, processors."""
    return _processors()[0]


def counts() -> list[int]:
    """Counts worth trying, the usual one first: a thread for each core, half as many, and one for
    each hyperthread."""
    usual, every = _processors()
    return list(dict.fromkeys([usual, *([usual // 2] if usual >= 4 else []), every]))


def best(of: Sequence[int], seconds: Callable[[int, bool], float]) -> Threads:
    """The counts with which reading and writing take least, where that is worth it; `seconds` does
    a little of either (writing where True) with so many threads and tells how long it took.

    >>> best([8, 4, 16], lambda threads, writing: 1 / threads if not writing else threads)
    Threads(reading=16, writing=4)
    """

    def fastest(writing: bool) -> int:
        if len(of) == 1:
            return of[0]
        tries = [{count: seconds(count, writing) for count in of} for _ in range(_TIMES)]
        times = {count: min(one[count] for one in tries) for count in of}
        first = min(times, key=lambda count: times[count])
        return first if times[first] < _WORTH * times[of[0]] else of[0]

    return Threads(fastest(False), fastest(True))


def kept(key: Sequence[object], make: Callable[[], Threads]) -> Threads:
    """What was found before for `key` (the model, llama.cpp) on this machine, else what `make`
    finds. A cache and nothing more: a file that cannot be used costs time."""
    of, file = counts(), cache_dir() / "threads.json"
    if len(of) == 1:
        return Threads(of[0], of[0])
    name = json.dumps([*key, platform.node(), platform.machine(), *of])
    known: dict[str, dict[str, int]] = {}
    with suppress(OSError, ValueError):
        loaded = json.loads(file.read_text())
        known = loaded if isinstance(loaded, dict) else {}
    with suppress(TypeError, KeyError, ValueError):
        found = Threads(**known[name])
        if {found.reading, found.writing} <= set(of):
            return found
    found = make()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch = file.with_name(f".{file.name}.{os.getpid()}")
        scratch.write_text(json.dumps({**known, name: asdict(found)}, indent=1))
        os.replace(scratch, file)
    return found


def give_way() -> None:
    """Let this thread, and those of llama.cpp that it starts, wait for others where cores are few.

    On Linux a thread has a niceness of its own; elsewhere it is the whole process's, and is left.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.nice(_NICE)


def let_go(path: Path) -> None:
    """Give back the memory of the file's pages that were read while loading.

    llama.cpp keeps most weights rearranged in memory of its own; what it reads of the file later
    comes back by itself. Linux only; elsewhere, and where it fails, nothing changes.
    """
    dontneed = 4  # MADV_DONTNEED
    with suppress(OSError, ValueError, AttributeError):
        libc, real = ctypes.CDLL(None), str(path.resolve())
        for line in Path("/proc/self/maps").read_text().splitlines():
            if line.endswith(f" {real}") and "w" not in line.split()[1]:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), dontneed)


def _processors() -> tuple[int, int]:
    """Cores and processors (hyperthreads) that this process may use, both processors outside of
    Linux; a container's share of time counts as so many."""
    physical: set[str] = set()
    if sys.platform != "linux":
        known = os.cpu_count() or 1
        return known, known
    allowed = os.sched_getaffinity(0)
    for number in allowed:
        siblings = Path(f"/sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list")
        physical.add(siblings.read_text() if siblings.exists() else str(number))
    share = len(allowed)
    with suppress(OSError, ValueError):  # no cgroup, or no limit in it
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        share = max(1, int(quota) // int(period))
    return min(len(physical), share), min(len(allowed), share)
