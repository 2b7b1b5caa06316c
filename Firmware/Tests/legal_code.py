"""Holds the image to decision 5: what changes legal state is executed from the section that the
device hashes, and the device notices when that section changes."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from emulator import IMAGE, Emulator, section  # noqa: E402

LEGAL_ROOM = re.compile(r"\$e(?:9Metrology|15PermanentMemory|10LegalMeter)")
# The yardstick prices the sample path with code of its own; nothing is metered with it.
YARDSTICK = "11KernelBench"
# Questions, which change nothing, may be answered in the place that asks.
QUESTION = re.compile(
    r"\.getter$|\.subscript\.|\b(?:uses|registers|legalStatus|committed|remainder|slot|page|read"
    r"|isRegistering|isBroken|offset|slewed|localTime|nextInterval)(?:<[A-Z]>)?\("
    r"|\b(?:Register|SampleSet|SampleBlock|ProfileInterval|EventCursor|AnalysisRow)\.init\("
    # An empty store, and the board's memory below it, before there is a meter.
    r"|\b(?:AtomicRecord|SparedMemory<>)\.init\(")
# A thunk that only carries arguments to the function itself.
THUNK_INSTRUCTIONS = 12
ENTRIES = (
    "LegalMeter.add(", "LegalMeter.closeWindow(", "LegalMeter.endOfInput(", "LegalMeter.start",
    "LegalMeter.service", "LegalMeter.nextPulse(", "LegalMeter.choose(", "LegalMeter.breakSeal(",
    "LegalMeter.restoreCalibration(", "LegalMeter.clearResettable(",
    "LegalMeter.confirmLegalCode(", "RegisterBank.book(total:", "AtomicRecord.pump",
    "MeasuringUnit.closeWindow(")
figures = []


def tool(name, *words, data=None):
    return subprocess.run(
        [name, *words], input=data, capture_output=True, text=True, check=True).stdout


def demangled(names):
    text = tool("swift", "demangle", "--simplified", "--compact", data="\n".join(names))
    return dict(zip(names, text.splitlines()))


def borrowed():
    """(outer function, legal function inlined into it) outside .legal, with instructions."""
    listing = tool("llvm-objdump", "-d", "--no-show-raw-insn", "-j", ".text", str(IMAGE))
    addresses = re.findall(r"^\s*([0-9a-f]+):", listing, re.M)
    answers = tool(
        "llvm-symbolizer", f"--obj={IMAGE}", "--inlines", "--functions=linkage",
        "--output-style=JSON", data="\n".join("0x" + address for address in addresses))
    found = {}
    for answer in answers.splitlines():
        frames = [frame["FunctionName"] for frame in json.loads(answer).get("Symbol", [])]
        for name in frames[:-1]:
            if LEGAL_ROOM.match(name):
                pair = frames[-1], name
                found[pair] = found.get(pair, 0) + 1
                break
    return len(addresses), found


class LegalCode(unittest.TestCase):
    @unittest.skipUnless(shutil.which("llvm-symbolizer"), "the toolchain has no llvm-symbolizer")
    def test_nothing_legal_is_executed_elsewhere(self):
        count, found = borrowed()
        names = demangled(sorted({name for pair in found for name in pair}))
        self.assertGreater(count, 5000, "no code was looked at")
        self.assertTrue(found, "not even a question was inlined: nothing was looked at")
        stray = [
            f"{names[inner]} in {names[outer]}: {instructions} instructions"
            for (outer, inner), instructions in found.items()
            if YARDSTICK not in outer and not QUESTION.search(names[inner])
            and instructions > THUNK_INSTRUCTIONS]
        self.assertEqual(stray, [], "legal code outside the section that is hashed")
        figures.append(f"code outside the legal section: {count} instructions looked at")

    def test_entries_are_inside(self):
        start, size = next(
            (address, length) for name, address, length in addresses() if name == ".legal")
        inside = []
        for line in tool("llvm-nm", str(IMAGE)).splitlines():
            address, kind, name = line.split(None, 2)
            if kind in "tT" and start <= int(address, 16) < start + size:
                inside.append(name)
        names = " ".join(demangled([n for n in inside if n.startswith("$e")]).values())
        for entry in ENTRIES:
            self.assertIn(entry, names)

    def test_the_device_notices_a_change(self):
        code = bytearray(section(IMAGE, ".legal"))
        with tempfile.TemporaryDirectory(prefix="kvadrant-memory-") as memory:
            with Emulator(memory) as board:
                legal = board.report.expect("legal")
                self.assertEqual(int(legal["bytes"]), len(code))
                before = hashlib.sha256(code).hexdigest()[:8]
                self.assertEqual(legal["checksum"], before)
                board.report.expect("ready")
                code[-4] ^= 1
                after = hashlib.sha256(code).hexdigest()[:8]
                began = time.monotonic()
                board.report.send(b"ZH")
                while (line := board.report.line(60)) is not None and not line.startswith("L "):
                    pass
                self.assertEqual(line, f"L {after}")
                figures.append(f"a changed word was noticed in {time.monotonic() - began:.1f} s")
                board.report.send(b"NERQ")
                events = [line.split() for line in board.report.rest().decode().splitlines()
                          if line.startswith("E ")]
                changed = [event for event in events if event[2] == "15"]
                self.assertTrue(changed, events)
                parameter = bytes.fromhex(changed[0][4])
                self.assertEqual(parameter[:4], bytes.fromhex(after)[::-1])


def addresses():
    """(name, address, size) of the sections, as the linker placed them."""
    for line in tool("llvm-objdump", "-h", str(IMAGE)).splitlines():
        if match := re.match(r"\s*\d+ (\S+)\s+([0-9a-f]{8}) ([0-9a-f]{8})", line):
            yield match.group(1), int(match.group(3), 16), int(match.group(2), 16)


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    for figure in figures:
        print(figure)
    sys.exit(not program.result.wasSuccessful())
