"""Prints what the firmware costs: instructions on the Cortex-M4 per three-phase sample set, counted
by the emulator, Swift and C in one run, and bytes of the image, the stack and one meter. Lines
`name value`, prose behind."""

import argparse
import sys
import tempfile

import build
from emulator import IMAGE, Emulator, EmulatorError

FORMS = {
    "set": "instructions per sample set, one set at a time",
    "block": "instructions per sample set, in blocks",
    "c": "instructions per sample set, in C",
    "meter": "instructions per sample set, through the legal meter",
    "window": "instructions per end of a window",
}
# Those that must compute the same.
SAME = ("c", "set", "block")


def measure():
    """Figures by name; the sums of all forms must agree."""
    with tempfile.TemporaryDirectory(prefix="kvadrant-memory-") as memory:
        with Emulator(memory, icount=0) as board:
            figures = {"meter_bytes": int(board.report.expect("boot")["meter_bytes"])}
            board.report.expect("ready")
            board.report.send(b"K")
            sums = {}
            for _ in FORMS:
                line = board.report.expect("kernel", timeout=60)
                figures[line["form"]] = int(line["instructions_x10"]) / 10
                sums[line["form"]] = line["sum"]
            # Ten seconds of the built-in load: the deepest stack is that of a running meter.
            board.report.send(b"H")
            windows = 0
            while windows < 50:
                board.report.send(b"S")
                windows = int(board.report.expect("meter", timeout=60)["windows"])
            machine = board.report.expect("machine")
            figures["stack"] = int(machine["stack"])
            if machine["allocations"] != "0":
                raise EmulatorError(f"the running meter allocates: {machine}")
    if len({sums[form] for form in SAME}) != 1:
        raise EmulatorError(f"the forms do not compute the same: {sums}")
    return figures


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    figures = measure()
    for form, prose in FORMS.items():
        print(f"firmware.{form} {figures[form]} {prose}")
    print(f"firmware.ratio {figures['set'] / figures['c']:.3f} Swift by C, one set at a time")
    print(f"firmware.meter-bytes {figures['meter_bytes']} bytes of one Meter")
    size = build.sizes(IMAGE)
    print(f"firmware.flash {size['flash']} bytes of the image")
    print(f"firmware.legal {size['legal']} bytes of it are legal code")
    print(f"firmware.ram {size['static-ram'] + build.STACK_BYTES} bytes, the stack included")
    print(f"firmware.stack {figures['stack']} bytes, the deepest stack")


if __name__ == "__main__":
    try:
        main()
    except (EmulatorError, KeyError) as error:
        sys.exit(f"bench.py: {error}")
