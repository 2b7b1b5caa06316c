"""Builds the firmware image, prints its size and holds it to its budget."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from emulator import FIRMWARE, IMAGE, EmulatorError, sections

TRIPLE = "armv7em-none-none-eabi"
TOOLSET = FIRMWARE / "toolset-cortex-m4.json"
# What the manifest does not list, so the package manager would not link again.
LINK_INPUTS = (TOOLSET, FIRMWARE / "Board" / "mps2-an386.ld")

# The core without languages; RAM counts static data and the stack reserved beside it.
FLASH_BUDGET = 192 * 1024
RAM_BUDGET = 64 * 1024
STACK_BYTES = 46 * 1024


def build():
    if shutil.which("swift") is None:
        sys.exit("build.py: swift is missing: install the toolchain and put it on the path")
    if IMAGE.exists() and any(p.stat().st_mtime > IMAGE.stat().st_mtime for p in LINK_INPUTS):
        IMAGE.unlink()
    command = ["swift", "build", "-c", "release", "--triple", TRIPLE]
    command += ["--toolset", str(TOOLSET.name), "--product", "Firmware"]
    result = subprocess.run(command, cwd=FIRMWARE)
    if result.returncode:
        sys.exit(result.returncode)


def sizes(image):
    """Bytes of the image by what they are."""
    size = {name: length for name, _, length in sections(image)}
    flash = sum(size.get(n, 0) for n in (".vectors", ".legal", ".text", ".rodata", ".data"))
    static = size.get(".data", 0) + size.get(".bss", 0)
    return {"flash": flash, "legal": size.get(".legal", 0), "static-ram": static}


def report(image):
    """Prints the sizes; false when one is over its budget."""
    size = sizes(image)
    flash, ram = size["flash"], size["static-ram"] + STACK_BYTES
    print(f"flash {flash:6} of {FLASH_BUDGET} bytes, {size['legal']} of them legal code")
    print(f"RAM   {ram:6} of {RAM_BUDGET} bytes, {STACK_BYTES} of them stack")
    return flash <= FLASH_BUDGET and ram <= RAM_BUDGET


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size-only", action="store_true", help="measure an existing image")
    if not arguments.parse_args().size_only:
        build()
    try:
        within = report(IMAGE)
    except (EmulatorError, OSError) as error:
        sys.exit(f"build.py: {error}")
    if not within:
        sys.exit("build.py: the image is over its budget")


if __name__ == "__main__":
    main()
