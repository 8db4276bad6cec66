"""A disk that fails at the Nth write, sync or rename of this process.

SQLite is given a file system of its own (a VFS, as its documentation calls it): the usual one, with
writing, truncating and syncing replaced. FAISS and Python's own files are replaced by name.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

# Results of SQLite: https://www.sqlite.org/rescode.html
_CODES = {"xWrite": 778, "xTruncate": 1546, "xSync": 1034}  # SQLITE_IOERR_WRITE, _TRUNCATE, _FSYNC
_FULL = 13
_PLACES = {"xWrite": 3, "xTruncate": 4, "xSync": 5}  # in sqlite3_io_methods, counted in pointers
_METHODS = 19  # pointers in sqlite3_io_methods, version 3, with the version itself
_C = ctypes.c_void_p
_SIGNATURES = {
    "xWrite": ctypes.CFUNCTYPE(ctypes.c_int, _C, _C, ctypes.c_int, ctypes.c_int64),
    "xTruncate": ctypes.CFUNCTYPE(ctypes.c_int, _C, ctypes.c_int64),
    "xSync": ctypes.CFUNCTYPE(ctypes.c_int, _C, ctypes.c_int),
}
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, _C, _C, _C, ctypes.c_int, _C)


class _Vfs(ctypes.Structure):
    """The beginning of sqlite3_vfs; what follows is copied as it is."""

    _fields_ = (
        ("version", ctypes.c_int), ("file_size", ctypes.c_int), ("longest", ctypes.c_int),
        ("next", _C), ("name", ctypes.c_char_p), ("data", _C), ("open", _C),
        ("rest", _C * 20),
    )  # fmt: skip


class Disk:
    """Counts what is written; fails at `at` (0: never), once or from then on."""

    def __init__(self) -> None:
        self.count = self.at = 0
        self.on = self.full = False

    def fails(self) -> bool:
        """Counts one more operation; whether it is to fail."""
        self.count += 1
        return bool(self.at) and (self.count >= self.at if self.on else self.count == self.at)

    def fail(self) -> None:
        """OSError where the operation is to fail."""
        if self.fails():
            code = errno.ENOSPC if self.full else errno.EIO
            raise OSError(code, os.strerror(code))


@contextmanager
def failing() -> Iterator[Disk]:
    """The disk that this process writes to, until the block ends."""
    disk = Disk()
    import faiss

    def before(action: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*values: Any, **named: Any) -> Any:
            disk.fail()
            return action(*values, **named)

        return guarded

    with (
        _file_system(disk),
        patch("os.replace", before(os.replace)),
        patch("os.fsync", before(os.fsync)),
        patch.object(Path, "write_text", before(Path.write_text)),
        patch.object(faiss, "write_index", before(faiss.write_index)),
    ):
        yield disk


@contextmanager
def _file_system(disk: Disk) -> Iterator[None]:
    """SQLite's usual file system with operations that fail as the disk says."""
    sqlite = ctypes.CDLL(_sqlite3.__file__)  # its symbols, wherever Python has it from
    sqlite.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    usual = sqlite.sqlite3_vfs_find(None)
    ours = _Vfs.from_buffer_copy(usual.contents)
    ours.name = b"failing"
    opened = _OPEN(usual.contents.open)
    held: list[object] = []  # what SQLite points to must not be collected
    tables: dict[int, Any] = {}

    def guarded(name: str, code: int, address: int) -> Any:
        action = _SIGNATURES[name](address)

        def call(*values: Any) -> int:
            if disk.fails():
                return _FULL if disk.full and name != "xSync" else code
            return int(action(*values))

        made = _SIGNATURES[name](call)
        held.extend([action, made])
        return made

    def open_file(vfs: int, name: int, file: int, flags: int, out: int) -> int:
        result = int(opened(vfs, name, file, flags, out))
        methods = ctypes.cast(file, ctypes.POINTER(_C))
        if result == 0 and methods[0]:
            if methods[0] not in tables:
                table = (_C * _METHODS).from_buffer_copy((_C * _METHODS).from_address(methods[0]))
                for each, place in _PLACES.items():
                    made = guarded(each, _CODES[each], table[place] or 0)
                    table[place] = ctypes.cast(made, _C).value
                tables[methods[0]] = table
            methods[0] = ctypes.addressof(tables[methods[0]])
        return result

    opening = _OPEN(open_file)
    ours.open = ctypes.cast(opening, _C).value
    sqlite.sqlite3_vfs_register(ctypes.byref(ours), 1)
    try:
        yield
    finally:
        sqlite.sqlite3_vfs_unregister(ctypes.byref(ours))
        sqlite.sqlite3_vfs_register(usual, 1)
