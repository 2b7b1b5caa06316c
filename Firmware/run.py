"""Runs the firmware with its report port on this terminal.

The other ports are sockets whose paths are printed; type the letters of the commands and Return.
The memory stays in a directory between runs."""

import argparse
import datetime
import sys
import threading

from emulator import IMAGE, Emulator, EmulatorError


def parse():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--memory", default="firmware-memory", help="directory of the EEPROMs")
    arguments.add_argument("--image", default=IMAGE)
    arguments.add_argument("--rtc", help="what the clock chip shows, such as 2026-01-01T00:00:00")
    arguments.add_argument("--icount", type=int, help="count instructions; 0 is 1 ns for each")
    arguments.add_argument("--feed", help="file of sample frames for the command F, - for stdin")
    return arguments.parse_args()


def main():
    options = parse()
    # The chip keeps standard time: UTC and the meter's fixed zone of one hour.
    standard = datetime.timezone(datetime.timedelta(hours=1))
    rtc = options.rtc or datetime.datetime.now(standard).strftime("%Y-%m-%dT%H:%M:%S")
    feed = None
    if options.feed == "-":
        feed = sys.stdin.buffer.read()
    elif options.feed:
        with open(options.feed, "rb") as file:
            feed = file.read()
    with Emulator(options.memory, options.image, rtc, options.icount, feed) as board:
        def commands():
            for line in sys.stdin:
                board.report.send(line.strip().encode())

        if options.feed != "-":
            threading.Thread(target=commands, daemon=True).start()
        else:
            board.report.send(b"FQ")
        while (line := board.report.line(timeout=None)) is not None:
            print(line, flush=True)
        return board.wait()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
    except (EmulatorError, OSError) as error:
        sys.exit(f"run.py: {error}")
