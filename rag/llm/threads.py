"""How llama.cpp runs on this machine: how many threads, at what priority, and memory given back.

The number of threads is timed once for a model on a machine:

    processors that this process may use -> a few counts -> each timed, reading and writing
    -> the fastest of each, kept in the cache folder

Reading uses every core, writing waits for memory. Which count is best depends on hyperthreads, on
cores of two speeds and on a container's share. Two cores without hyperthreads leave no choice, so
nothing is timed there.
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

_NICE = 5  # added niceness of the model's threads, so that searches go first; not measured
_TIMES = 3  # tries of each count, of which the fastest counts; not measured
# Another count is taken if it needs less than this share of the time with one thread a core.
_WORTH = 0.95  # not measured


@dataclass(frozen=True, slots=True)
class Threads:
    """How many threads read prompts, and how many write words."""

    reading: int
    writing: int


def cores() -> int:
    """How many physical cores this process may use; outside of Linux, processors."""
    return _processors()[0]


def counts() -> list[int]:
    """Numbers of threads worth timing: one for each core (first), half as many (from 4 cores on),
    and one for each hyperthread."""
    usual, every = _processors()
    return list(dict.fromkeys([usual, *([usual // 2] if usual >= 4 else []), every]))


def best(of: Sequence[int], seconds: Callable[[int, bool], float]) -> Threads:
    """The fastest counts for reading and for writing: the first, unless another is clearly faster.

    `seconds(threads, writing)` reads or writes a little with so many threads and gives how long
    that took.

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
    """The threads kept for `key` (the model, llama.cpp) on this machine, else those of `make()`,
    which are kept then. It is only a cache: a file that cannot be used costs time."""
    of, file = counts(), cache_dir() / "threads.json"
    if len(of) == 1:
        return Threads(of[0], of[0])
    name = json.dumps([*key, platform.node(), platform.machine(), *of])
    stored: dict[str, dict[str, int]] = {}
    with suppress(OSError, ValueError):
        loaded = json.loads(file.read_text())
        stored = loaded if isinstance(loaded, dict) else {}
    with suppress(TypeError, KeyError, ValueError):
        found = Threads(**stored[name])
        if {found.reading, found.writing} <= set(of):
            return found
    found = make()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch = file.with_name(f".{file.name}.{os.getpid()}")
        scratch.write_text(json.dumps({**stored, name: asdict(found)}, indent=1))
        os.replace(scratch, file)
    return found


def give_way() -> None:
    """Lower the priority of this thread and of the llama.cpp threads that it starts.

    Linux only, where each thread has its own niceness; elsewhere it is the whole process's.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.nice(_NICE)


def let_go(path: Path) -> None:
    """Free the memory of the file's pages that were read while loading.

    llama.cpp copies most weights, rearranged, into other memory; pages that it still needs are read
    again by themselves. Linux only; elsewhere, and where it fails, nothing changes.
    """
    dontneed = 4  # MADV_DONTNEED
    with suppress(OSError, ValueError, AttributeError):
        libc, real = ctypes.CDLL(None), str(path.resolve())
        for line in Path("/proc/self/maps").read_text().splitlines():
            if line.endswith(f" {real}") and "w" not in line.split()[1]:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), dontneed)


def _processors() -> tuple[int, int]:
    """How many cores and how many hyperthreads this process may use, at most a container's share;
    outside of Linux both are the number of processors."""
    physical: set[str] = set()
    if sys.platform != "linux":
        processors = os.cpu_count() or 1
        return processors, processors
    allowed = os.sched_getaffinity(0)
    for number in allowed:
        siblings = Path(f"/sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list")
        physical.add(siblings.read_text() if siblings.exists() else str(number))
    share = len(allowed)
    with suppress(OSError, ValueError):  # no cgroup, or no limit in it
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        share = max(1, int(quota) // int(period))
    return min(len(physical), share), min(len(allowed), share)
