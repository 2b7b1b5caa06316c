"""Boots the image on the emulator and checks every part of the board once.

Run it directly; it needs the built image and qemu-system-arm, and prints what it measured."""

import datetime
import hashlib
import random
import sys
import tempfile
import time
import unittest
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import bench  # noqa: E402
from emulator import (  # noqa: E402
    FAULT_EXIT_CODE,
    IMAGE,
    MEMORY_BYTES,
    Emulator,
    feed_frame,
    join_memory,
    section,
    split_memory,
)

FRAMES = 10_000
SPARE_PAGE = 2047
EPOCH = datetime.datetime(2000, 1, 1)
ZONE_SECONDS = 3600
figures = []


def sample_set(number):
    """Six different 24-bit counts that depend on the number; one of them spells the sync."""
    chance = random.Random(number)
    return (
        *(chance.randrange(-(1 << 23), 1 << 23) for _ in range(5)),
        0x4B564B56 if number % 7 == 0 else -number,
    )


def frames(numbers):
    return [feed_frame(number, sample_set(number)) for number in numbers]


def checksum(wire):
    """What the device computes over the samples of these frames."""
    return zlib.crc32(b"".join(frame[6:30] for frame in wire))


class Board(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="kvadrant-memory-")
        self.addCleanup(directory.cleanup)
        self.memory = Path(directory.name)

    def boot(self, **options):
        began = time.monotonic()
        board = Emulator(self.memory, **options).start()
        self.addCleanup(board.stop)
        self.boot_lines = {}
        for word in ("boot", "legal", "clock", "ready"):
            self.boot_lines[word] = board.report.expect(word)
        self.boot_seconds = time.monotonic() - began
        return board

    def status(self, board, samples=None, timeout=120):
        """The counters, once that many sample sets have come through."""
        deadline = time.monotonic() + timeout
        while True:
            board.report.send(b"S")
            feed = board.report.expect("feed")
            machine = board.report.expect("machine")
            if samples is None or int(feed["samples"]) >= samples:
                return feed, machine
            self.assertLess(time.monotonic(), deadline, f"the feed stands at {feed}")
            time.sleep(0.02)

    def quit(self, board):
        board.report.send(b"Q")
        self.assertEqual(board.wait(), 0)

    def test_boot_names_what_is_there(self):
        board = self.boot()
        self.assertEqual(self.boot_lines["boot"]["name"], "kvadrant")
        self.assertEqual(self.boot_lines["boot"]["devices"], "8")
        _, machine = self.status(board)
        self.assertEqual(machine["allocations"], "0")
        self.assertEqual(machine["i2c_faults"], "0")
        figures.append(f"boot, process start to ready: {self.boot_seconds * 1000:.0f} ms")
        self.quit(board)

    def test_clock_chip(self):
        for shown in ("2026-01-01T00:00:00", "2028-02-29T23:59:50", "2099-12-31T23:59:50"):
            with self.subTest(shown):
                board = self.boot(rtc=shown, icount=0)
                wanted = (datetime.datetime.fromisoformat(shown) - EPOCH).total_seconds()
                instant = int(self.boot_lines["clock"]["instant"])
                self.assertLessEqual(0, instant - (wanted - ZONE_SECONDS))
                self.assertLessEqual(instant - (wanted - ZONE_SECONDS), 1)
                self.quit(board)

    def test_legal_code_is_what_the_image_holds(self):
        board = self.boot(icount=0)
        code = section(IMAGE, ".legal")
        self.assertEqual(int(self.boot_lines["legal"]["bytes"]), len(code))
        digest = hashlib.sha256(code).hexdigest()
        self.assertEqual(self.boot_lines["legal"]["checksum"], digest[:8])
        cycles = int(self.boot_lines["legal"]["cycles"])
        figures.append(
            f"legal code: {len(code)} bytes, hashed in {cycles * 40 / 1e6:.1f} M instructions")
        self.quit(board)

    def test_memory_round_trip(self):
        contents = bytearray(random.Random(1).randbytes(MEMORY_BYTES))
        split_memory(contents, self.memory)
        self.assertEqual(join_memory(self.memory), contents)
        board = self.boot()
        board.report.send(b"M")
        answer = board.report.expect("memory")
        self.assertEqual(answer["result"], "equal")
        self.assertEqual(answer["busy"], "1", "a program must take its 5 ms")
        self.quit(board)
        begin = SPARE_PAGE * 256
        contents[begin : begin + 256] = bytes((n * 7 + 3) & 255 for n in range(256))
        self.assertEqual(join_memory(self.memory), contents, "one page changed, and only it")

    def test_feed_loses_nothing(self):
        wire = frames(range(FRAMES))
        board = self.boot(icount=0)
        board.report.send(b"A")
        board.report.expect("audit")
        began = time.monotonic()
        board.feed.send(b"".join(wire))
        feed, machine = self.status(board, FRAMES)
        seconds = time.monotonic() - began
        self.assertEqual(int(feed["samples"]), FRAMES)
        self.assertEqual(int(feed["crc"], 16), checksum(wire))
        for counter in ("damaged", "gaps", "missing", "repeated", "skipped"):
            self.assertEqual(feed[counter], "0", counter)
        self.assertEqual(machine["allocations"], "0")
        figures.append(f"feed by serial port: {FRAMES / seconds:.0f} frames/s")
        figures.append(f"stack: {machine['stack']} bytes")
        self.quit(board)

    def test_full_ring_holds_the_sender_back(self):
        first, more = 200_000, 300
        wire = frames(range(first)) + frames(range(first, first + more))
        board = self.boot(feed=b"".join(wire[:first]))
        # While the file keeps the processor busy, nobody empties the ring of the port.
        board.report.send(b"AF")
        self.assertEqual(board.report.expect("file")["result"], "open")
        began = time.monotonic()
        board.feed.send(b"".join(wire[first:]))
        board.report.expect("feed", timeout=120)
        figures.append(f"feed by file: {first / (time.monotonic() - began):.0f} frames/s")
        feed, _ = self.status(board, first + more)
        self.assertEqual(int(feed["samples"]), first + more)
        self.assertEqual(int(feed["crc"], 16), checksum(wire))
        self.assertEqual(feed["missing"], "0")
        self.assertGreater(int(feed["stalls"]), 0, "the ring never filled: nothing was tested")
        self.quit(board)

    def test_damaged_feed_is_counted_and_left_again(self):
        chance = random.Random(2)
        wire = frames(range(300))
        lost = set(chance.sample(range(1, 299), 30))
        sent = bytearray()
        for number, frame in enumerate(wire):
            if number in lost:
                at = chance.randrange(len(frame))
                frame = frame[:at] + bytes([frame[at] ^ 1 << chance.randrange(8)]) + frame[at + 1 :]
            sent += frame
        board = self.boot(feed=bytes(sent))
        board.report.send(b"AF")
        feed = board.report.expect("feed")
        self.assertEqual(int(feed["samples"]), 300 - len(lost))
        self.assertEqual(int(feed["missing"]), len(lost))
        self.assertEqual(int(feed["skipped"]), 34 * len(lost))
        kept = [frame for number, frame in enumerate(wire) if number not in lost]
        self.assertEqual(int(feed["crc"], 16), checksum(kept))
        self.quit(board)

    def test_counted_instructions_repeat(self):
        data = b"".join(frames(range(2000)))
        runs = []
        for _ in range(2):
            board = self.boot(icount=0, feed=data)
            board.report.send(b"AFQ")
            runs.append(board.report.rest())
            self.assertEqual(board.wait(), 0)
        self.assertIn(b"samples=2000", runs[0])
        without_cycles = [run.split(b" cycles=")[0] for run in runs]
        self.assertEqual(without_cycles[0], without_cycles[1])

    def test_sample_path_keeps_its_price(self):
        counts = bench.measure()
        self.assertLessEqual(counts["meter"], 150)
        self.assertLessEqual(counts["set"], 1.15 * counts["c"])
        self.assertLessEqual(counts["meter_bytes"], 9216)
        figures.append(
            f"sample path: {counts['set']} instructions per sample set, {counts['c']} in C, "
            f"{counts['meter']} through the meter")

    def test_built_in_load_runs_in_real_time(self):
        board = self.boot(icount=0)
        board.report.send(b"B")
        seconds = 3
        while int((line := self.counters(board))["samples"]) < seconds * 4000:
            time.sleep(0.02)
        cycles = int(board.report.expect("machine")["cycles"])
        # Started at boot time, so a little more than the samples say, and not half a second.
        self.assertAlmostEqual(cycles / 25e6, int(line["samples"]) / 4000, delta=0.5)
        self.assertGreater(int(line["programs"]), 3)
        self.assertEqual(line["failures"], "0")
        self.quit(board)

    def counters(self, board):
        board.report.send(b"S")
        return board.report.expect("meter")

    def test_counts_beyond_the_converter_do_no_harm(self):
        chance = random.Random(5)
        rows = [tuple(chance.choice((-(1 << 31), (1 << 31) - 1, 0, number)) for _ in range(6))
                for number in range(5000)]
        wire = b"".join(feed_frame(number, row) for number, row in enumerate(rows))
        board = self.boot(feed=wire)
        board.report.send(b"FEQ")
        self.assertIn(b"samples=5000", board.report.rest())
        self.assertEqual(board.wait(), 0)

    def test_another_meters_memory_is_refused(self):
        # The factory record's first copy belongs to another number, its check included.
        board = self.boot()
        board.report.send(b"H")
        while int(self.counters(board)["windows"]) < 10:
            pass
        self.quit(board)
        contents = bytearray(join_memory(self.memory))
        contents[1856 * 256 + 100] ^= 1
        contents[(1856 + 18) * 256 + 100] ^= 1
        split_memory(contents, self.memory)
        board = Emulator(self.memory).start()
        self.addCleanup(board.stop)
        self.assertEqual(board.report.expect("refused")["reason"], "3")
        board.report.send(b"HQ")
        self.assertEqual(board.wait(), 0)
        self.assertEqual(join_memory(self.memory), bytes(contents), "nothing was written")

    def test_fault_ends_with_its_own_code(self):
        board = self.boot()
        board.report.send(b"X")
        self.assertTrue(board.report.line().startswith("fault pc=0x"))
        self.assertEqual(board.wait(), FAULT_EXIT_CODE)


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    for figure in figures:
        print(figure)
    sys.exit(not program.result.wasSuccessful())
