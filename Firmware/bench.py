"""Prints the instructions of the sample path on the Cortex-M4 per three-phase sample set, in Swift
and in C, counted by the emulator in one run, and the sizes of the image; lines `name value`."""

import argparse
import sys
import tempfile

import build
from emulator import IMAGE, Emulator, EmulatorError

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
    argparse.ArgumentParser(description=__doc__).parse_args()
    counts = measure()
    for form, count in counts.items():
        print(f"cortex-m4.sample-set.{form} {count} instructions")
    for name, value in build.sizes(IMAGE).items():
        print(f"cortex-m4.image.{name} {value} bytes")


if __name__ == "__main__":
    try:
        main()
    except EmulatorError as error:
        sys.exit(f"bench.py: {error}")
