"""A disk that a process under test runs on: it records what is done to a folder, fails when told to, and loses its power."""

import os
import random
import struct
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "faults" / "disk.c"
OPEN, WRITE, TRUNCATE, SYNC, RENAME, UNLINK = range(1, 7)
INPUT_OUTPUT, NO_SPACE, SHORT_WRITE, READ_ONLY = range(1, 5)
SECTOR = 512


@pytest.fixture(scope="session")
def disk_library(tmp_path_factory):
    """The library that goes before a process's others."""
    library = tmp_path_factory.mktemp("disk") / "disk.so"
    built = subprocess.run(
        [os.environ.get("CC", "cc"), "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, SOURCE, "-lpthread"],
        capture_output=True, text=True,
    )
    assert built.returncode == 0, built.stderr
    return library


def recording(library, folder, log):
    """The environment of a process of which everything is recorded that it does to a folder."""
    return {"LD_PRELOAD": str(library), "DISK_FOLDER": str(folder), "DISK_LOG": str(log)}


class Faults:
    """The faults of a running process's disk."""

    def __init__(self, library, folder, control):
        self.control = Path(control)
        self.control.write_bytes(bytes(64))
        self.environment = {"LD_PRELOAD": str(library), "DISK_FOLDER": str(folder), "DISK_FAULTS": str(control)}

    def begin(self, kind, operations, every):
        """Lets each so many of the operations fail from now on."""
        with open(self.control, "r+b") as file:
            file.seek(4)
            file.write(struct.pack("<iq", sum(1 << operation for operation in operations), every))
            file.flush()
            file.seek(0)
            file.write(struct.pack("<i", kind))

    def end(self):
        """Lets nothing fail any more, and returns how many calls have failed."""
        with open(self.control, "r+b") as file:
            file.write(struct.pack("<i", 0))
        return struct.unpack_from("<q", self.control.read_bytes(), 24)[0]


class File:
    """The content of a file: what the disk has for good, and what was written since."""

    def __init__(self, durable=b""):
        self.durable = bytearray(durable)
        self.pending = []

    @staticmethod
    def apply(content, offset, data):
        if data is None:
            del content[offset:]
            content.extend(bytes(offset - len(content)))
        else:
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data

    def synchronize(self):
        for offset, data in self.pending:
            self.apply(self.durable, offset, data)
        self.pending = []

    def after_crash(self, generator, share):
        content = bytearray(self.durable)
        for offset, data in self.pending:
            if data is None or share in (0, 1) or generator.random() < 0.5:
                if generator.random() < share:
                    self.apply(content, offset, data)
                continue
            # A write that was under way: some of its sectors.
            for start in range(0, len(data), SECTOR):
                if generator.random() < share:
                    self.apply(content, offset + start, data[start : start + SECTOR])
        return content


class Disk:
    """A replay of a recording up to some point, at which the power may go.

    A file's bytes are for good when it was synchronized; its name then, too, or with its folder. Whatever else was done since may
    be there or not, each by itself.
    """

    def __init__(self, folder, recording, initial):
        self.folder = f"{folder}/"
        self.bytes = Path(recording).read_bytes()
        self.position = 0
        self.names = {name: File(content) for name, content in initial.items()}
        self.durable_names = dict(self.names)
        self.changes = []

    def step(self):
        """Replays one operation.

        Returns its kind; `None` at the end.
        """
        if self.position == len(self.bytes):
            return None
        kind, length, offset, size = struct.unpack_from("<IIqq", self.bytes, self.position)
        start = self.position + 24
        path, _, other = self.bytes[start : start + length].decode().partition("\0")
        name = path.removeprefix(self.folder)
        self.position = start + length
        match kind:
            case 1:
                self.names[name] = File()
                self.changes.append((None, name, self.names[name]))
            case 2:
                data = self.bytes[self.position : self.position + size]
                self.position += size
                self.names[name].pending.append((offset, data))
            case 3:
                self.names[name].pending.append((size, None))
            case 4 if path == self.folder[:-1]:
                for change in self.changes:
                    self.carry_out(self.durable_names, *change)
                self.changes = []
            case 4:
                file = self.names.get(name)
                if file is not None:
                    file.synchronize()
                    for change in [change for change in self.changes if change[2] is file and change[0] is None]:
                        self.carry_out(self.durable_names, *change)
                        self.changes.remove(change)
            case 5:
                other = other.removeprefix(self.folder)
                self.names[other] = self.names.pop(name)
                self.changes.append((name, other, self.names[other]))
            case 6:
                self.names.pop(name, None)
                self.changes.append((name, None, None))
        return kind

    @staticmethod
    def carry_out(names, old, new, file):
        if old is not None:
            names.pop(old, None)
        if new is not None:
            names[new] = file

    def crash(self, folder, generator: random.Random, share):
        """Writes what is left into a folder: all that is for good, and a share of the rest."""
        names = dict(self.durable_names)
        for change in self.changes:
            if generator.random() < share:
                self.carry_out(names, *change)
        for path in Path(folder).iterdir():
            path.unlink()
        for name, file in names.items():
            # Locks and the log's index are of the process that is gone.
            if not name.endswith((".lock", "-shm")):
                (Path(folder) / name).write_bytes(file.after_crash(generator, share))
