"""Runs six points of the type test on the firmware in the emulator and on the meter in the process:
both see the same samples, so their errors must agree within the resolution of a pulse."""

import json
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from device import listener, serve  # noqa: E402
from emulator import FIRMWARE, Emulator  # noqa: E402

PROGRAM = FIRMWARE.parent / ".build" / "release" / "kvadrant"
figures = []


class TypeTest(unittest.TestCase):
    def run_program(self, address, *more):
        words = [str(PROGRAM), "typetest", "--device", address, *more]
        return subprocess.run(words, capture_output=True, text=True, timeout=600)

    def test_six_points_agree_with_the_meter_in_process(self):
        with tempfile.TemporaryDirectory(prefix="kvadrant-typetest-") as directory:
            address = f"unix:{directory}/device"
            report = Path(directory) / "report.json"
            with Emulator(Path(directory) / "memory") as board:
                board.report.expect("ready")
                with listener(address) as waiting:
                    relay = threading.Thread(target=serve, args=(board, waiting), daemon=True)
                    relay.start()
                    began = time.monotonic()
                    result = self.run_program(address, "--json", str(report))
                    seconds = time.monotonic() - began
                board.report.send(b"Q")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            document = json.loads(report.read_text())
        self.assertEqual(len(document["points"]), 6)
        for point in document["points"]:
            self.assertEqual(point["verdict"], "passed", point)
            figures.append(f"{point['id']}: {'; '.join(point.get('notes', []))}")
        figures.append(f"type test: six points, {seconds:.1f} s")

    def test_nobody_there(self):
        result = self.run_program("unix:/nonexistent/device")
        self.assertEqual(result.returncode, 69, result.stderr)


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    for figure in figures:
        print(figure)
    sys.exit(not program.result.wasSuccessful())
