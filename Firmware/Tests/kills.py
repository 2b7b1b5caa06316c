"""Kills the emulator at random moments under load and holds what comes back to the rule of the
permanent memory: each register at most 1 Wh plus the open window behind what was metered, never
ahead of it, never lower than what was shown at 1 Wh; tariffs add up to their totals; events that
were reported are still there, and the number of starts never falls.

    kills.py [NUMBER]       how many kills, 20 without it; SEED in the environment, 1 without it

The firmware programs a page in 16 pieces here, so that a kill can leave it torn, and lets the lines
of a window leave the board before it programs, so that what was metered is known."""

import os
import random
import select
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from emulator import Emulator, EmulatorError, join_memory, split_memory  # noqa: E402

REGISTERS = 39
WATT_HOUR = 1000
# Events that the board reports, the newest first.
EVENTS = 8
JOURNAL_PAGES = range(1152, 1664)
# Verification of A+ keeps its register on the glass, in 0.1 Wh: "1.8.0" after eight digits.
VERIFY_A_PLUS = b"0v"
DIGITS = {0x3F: 0, 0x06: 1, 0x5B: 2, 0x4F: 3, 0x66: 4, 0x6D: 5, 0x7D: 6, 0x07: 7, 0x7F: 8, 0x6F: 9}
IDENTIFICATION = (1, 8, 0)


class Broken(Exception):
    """The rule does not hold."""


def on_glass(planes):
    """mWh of A+ on the glass; nil while it shows something else."""
    fields = bytes.fromhex(planes)
    value = [DIGITS.get(byte & 0x7F) for byte in fields[:8]]
    name = tuple(DIGITS[byte & 0x7F] for byte in fields[8:15] if byte & 0x7F in DIGITS)
    digits = [digit for digit in value if digit is not None]
    if name != IDENTIFICATION or len(digits) != 7 or not fields[3] & 0x80:
        return None
    return 100 * int("".join(map(str, digits)))


class Watch:
    """What one run has said of its registers."""

    def __init__(self):
        self.metered = {}
        self.shown = {}
        self.gain = {}
        self.glass = 0
        self.windows = 0
        self.events = []

    def take(self, line):
        fields = line.split(" ")
        if fields[0] == "R" and len(fields) == 4:
            register, value = int(fields[1]), int(fields[2])
            before = self.metered.get(register, value)
            if value < before:
                raise Broken(f"register {register} fell from {before} to {value}")
            self.gain[register] = value - before
            self.metered[register] = value
        elif fields[0] == "V" and len(fields) == 3:
            self.shown[int(fields[1])] = int(fields[2])
        elif fields[0] == "W":
            self.windows += 1
            self.gain.clear()
        elif fields[0] == "E":
            self.events.append(tuple(fields[1:]))
        elif fields[0] == "G":
            self.glass = on_glass(fields[1]) or self.glass


def check(watch, restored):
    """Compares what came back with what was said before the kill."""
    for register in range(REGISTERS):
        metered, back = watch.metered[register], restored[register]
        if back > metered:
            raise Broken(f"register {register} is ahead: {back} mWh after {metered}")
        # The window closed last may not have been committed.
        slack = WATT_HOUR + watch.gain.get(register, 0)
        if metered - back > slack:
            raise Broken(f"register {register} is {metered - back} mWh behind, {slack} allowed")
        if back // WATT_HOUR < watch.shown[register] // WATT_HOUR:
            raise Broken(f"register {register} is {back} mWh, {watch.shown[register]} were shown")
    for kind in range(4):
        tariffs = sum(restored[4 + 4 * kind + tariff] for tariff in range(4))
        if tariffs != restored[kind]:
            raise Broken(f"tariffs add up to {tariffs} mWh, register {kind} is {restored[kind]}")
    if restored[0] // WATT_HOUR < watch.glass // WATT_HOUR:
        raise Broken(f"A+ is {restored[0]} mWh, the glass showed {watch.glass}")


def check_events(before, after):
    """The newest event that was reported before the kill is among those reported after it."""
    if before and before[0] not in after and len(after) < EVENTS:
        raise Broken(f"event {before[0]} is gone, there are {after}")


def start(memory):
    """A running board, what it restored, and its first lines."""
    board = Emulator(memory).start()
    watch = Watch()
    try:
        first = None
        while (line := board.report.line(20)) != "ready":
            if line is None or line.startswith(("refused", "fault")):
                raise Broken(f"the firmware did not start: {line}")
            if line.startswith("B "):
                first = [int(field) for field in line.split()[1:]]
        board.report.send(b"TDRS")
        while not (line := board.report.line(20) or "machine").startswith("machine"):
            watch.take(line)
        if len(watch.metered) != REGISTERS or len(watch.shown) != REGISTERS:
            raise Broken("the registers were not reported")
    except BaseException:
        board.stop()
        raise
    return board, watch, first


def run_and_kill(board, watch, seconds, factor):
    """Lets the built-in load run, kills, and takes what had left the board by then."""
    board.report.send(VERIFY_A_PLUS + f"{factor}H".encode())
    end = time.monotonic() + seconds
    data = b""
    connection = board.report.connection
    # The reader must never hold the board back for long, or kills would find it waiting.
    while (left := end - time.monotonic()) > 0:
        if select.select([connection], [], [], left)[0]:
            data += connection.recv(1 << 20)
    board.cut()
    data += board.report.rest()
    board.stop()
    # The last line may be cut short; what it would have said was not yet committed.
    for line in data.decode("ascii", "replace").split("\n")[:-1]:
        watch.take(line)


def torn_pages(memory):
    """Journal pages with neither a whole record nor nothing in them, and what they hold."""
    contents = join_memory(memory)
    torn = set()
    for page in JOURNAL_PAGES:
        bytes_ = contents[page * 256 : page * 256 + 256]
        if bytes_ != b"\xff" * 256 and crc64(page, bytes_[:248]) != bytes_[248:]:
            torn.add((page, bytes_))
    return torn


def table():
    """CRC-64/XZ."""
    entries = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0xC96C5795D7870F42 if n & 1 else 0)
        entries.append(n)
    return entries


TABLE = table()


def crc64(page, record):
    crc = (1 << 64) - 1
    for byte in page.to_bytes(2, "little") + record:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return (crc ^ (1 << 64) - 1).to_bytes(8, "little")


def newest_page(memory):
    contents = join_memory(memory)
    return max(
        (page for page in JOURNAL_PAGES
         if crc64(page, contents[page * 256 : page * 256 + 248])
         == contents[page * 256 + 248 : page * 256 + 256]),
        key=lambda page: int.from_bytes(contents[page * 256 + 2 : page * 256 + 8], "little"))


def control(memory, watch, back_to):
    """The check has teeth: with the newest records spoilt the rule must be found broken."""
    kept = bytearray(join_memory(memory))
    spoilt = bytearray(kept)
    for _ in range(back_to):
        split_memory(spoilt, memory)
        spoilt[newest_page(memory) * 256 + 100] ^= 0xFF
    split_memory(spoilt, memory)
    board, after, first = start(memory)
    board.stop()
    split_memory(kept, memory)
    try:
        check(watch, after.metered)
    except Broken:
        return first
    raise Broken(f"{back_to} spoilt records went unnoticed")


def campaign(memory, kills, seed):
    chance = random.Random(seed)
    figures = dict.fromkeys(
        ("kills", "torn_pages", "passed_over", "windows", "glasses", "max_behind_mWh"), 0)
    before = set()
    board, watch, begun = start(memory)
    starts = begun[0]
    for number in range(kills):
        run_and_kill(board, watch, chance.uniform(0.02, 0.35), chance.choice((3, 9)))
        after_kill = torn_pages(memory)
        if number == kills // 2:
            control(memory, watch, back_to=12)
        board, after, first = start(memory)
        check(watch, after.metered)
        check_events(watch.events, after.events)
        if first[0] < starts:
            raise Broken(f"start {first[0]} after start {starts}")
        starts = first[0]
        if first[1] != 1 and any(watch.shown.values()):
            raise Broken("the registers did not come back")
        figures["kills"] += 1
        figures["torn_pages"] += bool(after_kill - before)
        figures["passed_over"] += first[2] > 0
        figures["windows"] += watch.windows
        figures["glasses"] += watch.glass > 0
        figures["max_behind_mWh"] = max(
            figures["max_behind_mWh"],
            *(watch.metered[k] - after.metered[k] for k in range(REGISTERS)))
        before, watch = after_kill, after
    board.stop()
    if kills >= 20 and not (figures["torn_pages"] and figures["glasses"]):
        raise Broken(f"the kills missed what they are for: {figures}")
    return figures


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seed = int(os.environ.get("SEED", "1"))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kvadrant-memory-") as memory:
        try:
            found = campaign(Path(memory), kills, seed)
        except (Broken, EmulatorError) as error:
            sys.exit(f"kills.py: SEED={seed}: {error}")
    for name, value in found.items():
        print(f"figure {name} {value}")
    print(f"{kills} kills in {time.monotonic() - began:.0f} s, SEED={seed}")


if __name__ == "__main__":
    main()
