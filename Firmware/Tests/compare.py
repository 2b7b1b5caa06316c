"""Feeds the same sample sets through the firmware and through the meter on Linux: registers,
pulses, glass, events and memory must come out the same, byte for byte."""

import hashlib
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from emulator import (  # noqa: E402
    FIRMWARE,
    IMAGE,
    Emulator,
    feed_frame,
    join_memory,
    section,
    split_memory,
)
from signal_source import RATE, Load, packed, sample_sets  # noqa: E402

REPLAY = FIRMWARE.parent / ".build" / "release" / "FeedReplay"
# What the clock chip shows, and what that is in seconds since 2000 UTC.
RTC, START = "2026-03-29T01:59:30", 828061170
OFF = Load(0)
FULL, HALF = (230, 230, 230), (230, 115, 60)
PLAN = [
    (10, FULL, (Load(10, 18), Load(5, -37, 0.2), Load(8, 3))),
    (12, FULL, (Load(80, 10), Load(60, 0), Load(70, 172))),  # L3 exports
    (10, (231, 228, 233), (Load(0.5, 60), OFF, Load(8, 200, 0.1))),
    (6, FULL, (Load(0.012), Load(0.009), OFF)),  # below the creep threshold
    (8, HALF, (Load(20, -30), Load(20, 30), OFF)),
    (5, (10, 5, 0), (OFF, OFF, OFF)),  # no supply
    (12, FULL, (Load(40, 25), Load(3, 75), Load(12, 185))),
]
COMMANDS = [
    (40_001, "p"), (40_801, "r"),  # short press: the manual list
    (48_003, "p"), (48_803, "r"),
    (60_000, "2t"),
    (76_000, "p"), (87_000, "r"),  # long press: back to its first view
    (100_010, "o"), (100_030, "c"),  # within one program of the memory
    (120_000, "1v"), (150_000, "n"),
    (212_000, "d"), (224_000, "e"), (236_000, "k"),  # the supply is cut, released, given back
]
SECOND_PLAN = [(6, FULL, (Load(30, 10), Load(30, 10), Load(30, 10)))]
figures = []


def frames(sets):
    return b"".join(feed_frame(number, row) for number, row in enumerate(sets))


def words_of(commands):
    """As firmware and FeedReplay read them."""
    return [f"{number}@{command}" for number, command in commands]


def on_board(memory, sets, commands):
    """Lines that the firmware reports; the memory stays in its directory."""
    with Emulator(memory, rtc=RTC, feed=frames(sets)) as board:
        board.report.expect("clock")
        board.report.send("".join(["D", *words_of(commands), "FEQ"]).encode())
        text = board.report.rest(timeout=120).decode()
        if board.wait() != 0:
            raise AssertionError(f"the firmware ended with {board.wait()}: {text[-300:]}")
    lines = text.splitlines()
    if "late" in lines:
        raise AssertionError("the schedule was full")
    return [line for line in lines if line[1:2] == " "], lines


def start_of(lines):
    """Second since 2000 at which the board began: its clock chip runs while it boots."""
    _, _, sets, end = next(line for line in lines if line.startswith("W ")).split()
    start = round((int(end) - int(sets) * 65_536 / RATE) / 65_536)
    if not 0 <= start - START < 60:
        raise AssertionError(f"the board began at {start}, the clock chip at {START}")
    return start


def on_linux(directory, sets, commands, image, start, before=None):
    """Lines of the same meter on Linux; writes its memory."""
    file = Path(directory) / "sets"
    file.write_bytes(packed(sets))
    checksum = hashlib.sha256(section(IMAGE, ".legal")).hexdigest()[:8]
    words = [str(REPLAY), str(file), "--start", str(start), "--legal", checksum]
    words += ["--image", str(image)]
    for command in words_of(commands):
        words += ["--at", command]
    if before is not None:
        words += ["--memory", str(before)]
    result = subprocess.run(words, capture_output=True, text=True, timeout=60)
    if result.returncode:
        raise AssertionError(result.stderr)
    return result.stdout.splitlines()


def difference(board, linux):
    """The first line that differs, for a message that helps."""
    for number, (a, b) in enumerate(zip(board, linux), 1):
        if a != b:
            return f"line {number}: firmware {a!r}, Linux {b!r}"
    return f"{len(board)} lines on the firmware, {len(linux)} on Linux"


class Comparison(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="kvadrant-compare-")
        cls.addClassCleanup(directory.cleanup)
        cls.directory = Path(directory.name)
        cls.memory = cls.directory / "memory"
        cls.image = cls.directory / "image"
        cls.sets = list(sample_sets(PLAN, hertz=50.03))
        began = time.monotonic()
        cls.board, cls.all_lines = on_board(cls.memory, cls.sets, COMMANDS)
        seconds = time.monotonic() - began
        cls.start = start_of(cls.board)
        cls.linux = on_linux(cls.directory, cls.sets, COMMANDS, cls.image, cls.start)
        figures.append(
            f"compared: {len(cls.sets) / RATE:.0f} s of signal, {len(cls.board)} lines, "
            f"512 KiB; the emulator took {seconds:.1f} s")

    def of(self, letter, lines=None):
        return [line for line in lines or self.board if line.startswith(letter + " ")]

    def test_every_line_is_the_same(self):
        self.assertEqual(self.board, self.linux, difference(self.board, self.linux))

    def test_memory_is_the_same(self):
        board, linux = join_memory(self.memory), self.image.read_bytes()
        self.assertEqual(len(board), len(linux))
        different = [at // 256 for at in range(0, len(board), 256)
                     if board[at : at + 256] != linux[at : at + 256]]
        self.assertEqual(different, [], "pages that differ")
        self.assertNotEqual(board.count(0xFF), len(board), "nothing was written")

    def test_the_signal_reached_everything(self):
        registers = {int(k): int(v) for k, v, _ in
                     (line.split()[1:] for line in self.of("R")[-39:])}
        for kind, name in enumerate(("A+", "A-", "R+", "R-")):
            self.assertGreater(registers[kind], 1000, name)
        self.assertGreater(registers[29], 1000, "export on L3")
        self.assertEqual(registers[27], 0, "no export on L1")
        self.assertGreater(registers[5], 1000, "A+ in tariff 2")
        self.assertGreater(len(self.of("P")), 50)
        self.assertGreater(len(self.of("G")), 20)
        codes = [int(line.split()[2]) for line in self.of("E")]
        for event in (1, 2, 5, 6, 11, 12, 13):
            # Power up and down, seal, verification, tariff.
            self.assertIn(event, codes)

    def test_the_switch_opens_and_closes(self):
        coils = [line.split()[1:] for line in self.of("K")]
        # Open by command (state 1), then closed (state 4), the contacts moved twice.
        self.assertEqual([(coil[0], coil[1]) for coil in coils], [("1", "1"), ("2", "4")])
        self.assertEqual(coils[-1][2], "2")
        codes = [int(line.split()[2]) for line in self.of("E")]
        for event in (100, 101, 102):
            self.assertIn(event, codes)

    def test_nothing_is_allocated(self):
        machine = [line for line in self.all_lines if line.startswith("machine ")][-1]
        self.assertIn(" allocations=0 ", machine)
        figures.append(machine)

    def test_both_go_on_from_the_memory(self):
        sets = list(sample_sets(SECOND_PLAN, seed=9))
        memory, second = self.directory / "memory2", self.directory / "second"
        split_memory(join_memory(self.memory), memory)
        board, _ = on_board(memory, sets, [])
        linux = on_linux(
            self.directory, sets, [], second, start_of(board), before=self.image)
        self.assertEqual(board, linux, difference(board, linux))
        self.assertEqual(self.of("B", board)[0].split()[2], "1", "restored")
        self.assertEqual(join_memory(memory), second.read_bytes())

    def test_a_different_hand_is_noticed(self):
        other = [(number - 8000 * (command == "p"), command) for number, command in COMMANDS]
        lines = on_linux(self.directory, self.sets, other, self.directory / "other", self.start)
        self.assertNotEqual(self.board, lines)
        changed = list(self.sets)
        row = list(changed[30_000])
        row[1] += 1 << 15
        changed[30_000] = tuple(row)
        lines = on_linux(self.directory, changed, COMMANDS, self.directory / "other", self.start)
        self.assertNotEqual(self.of("R"), self.of("R", lines))


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    for figure in figures:
        print(figure)
    sys.exit(not program.result.wasSuccessful())
