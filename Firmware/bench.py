"""Prints the instructions of the sample path on the Cortex-M4 per three-phase sample set, in Swift
and in C, counted by the emulator in one run."""

import argparse
import json
import sys
import tempfile

from emulator import Emulator, EmulatorError

FORMS = ("c", "swift")


def measure():
    """Instructions per sample set by form; the sums of all forms must agree."""
    with tempfile.TemporaryDirectory(prefix="kvadrant-memory-") as memory:
        with Emulator(memory, icount=0) as board:
            board.report.expect("ready")
            board.report.send(b"K")
            lines = {}
            for _ in FORMS:
                line = board.report.expect("kernel", timeout=60)
                lines[line["form"]] = line
    if len({line["sum"] for line in lines.values()}) != 1:
        raise EmulatorError(f"the forms do not compute the same: {lines}")
    return {form: int(lines[form]["instructions_x10"]) / 10 for form in FORMS}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    counts = measure()
    if options.json:
        print(json.dumps({"cortex_m4_instructions_per_set": counts}))
        return
    for form, count in counts.items():
        print(f"{form:6} {count:7.1f} instructions per sample set")
    print(f"swift / c {counts['swift'] / counts['c']:.3f}")


if __name__ == "__main__":
    try:
        main()
    except EmulatorError as error:
        sys.exit(f"bench.py: {error}")
