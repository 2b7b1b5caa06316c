#!/usr/bin/env python3
"""Our reader reads a meter that nobody here has written: the simulator of pydlms-client.

Over the wrapper and over HDLC, in clear and by HLS 5 with everything ciphered. METERTOOL names the
program.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

METERTOOL = os.environ["METERTOOL"]
KEY, AUTHENTICATION = bytes(range(16)).hex(), bytes(range(0xD0, 0xE0)).hex()


class Simulator:
    """The simulator on a free port."""

    def __init__(self, hdlc, secured, folder):
        self.scheme = "dlms+hdlc" if hdlc else "dlms"
        self.secured = secured
        self.keys = Path(folder) / "keys"
        self.keys.write_text(f"encryption: {KEY}\nauthentication: {AUTHENTICATION}\n")
        arguments = [str(Path(sys.executable).parent / "pydlms"), "simulate", "--host",
                     "127.0.0.1", "--port", "0"]
        if hdlc:
            arguments += ["--hdlc", "--hdlc-window", "7"]
        if secured:
            arguments += ["--key", KEY, "--auth-key", AUTHENTICATION, "--client", "1:5"]
        self.process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.port = int(line.split("127.0.0.1:")[1].split()[0])

    def run(self, command, *more):
        url = f"{self.scheme}://127.0.0.1:{self.port}?client={1 if self.secured else 16}"
        keys = ["--keys", str(self.keys)] if self.secured else []
        done = subprocess.run([METERTOOL, command, url, *more, *keys], capture_output=True,
                              text=True, timeout=60, check=False)
        check(done.returncode == 0, f"{command}: {done.stderr}")
        return done.stdout

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def reads(simulator):
    identity = json.loads(simulator.run("identify", "--json"))
    check(identity["name"].startswith("PYD"), f"a name, not {identity['name']}")
    check(len(identity["objects"]) >= 12, f"{len(identity['objects'])} objects")
    values = {v["name"]: (v["value"], v["unit"])
              for v in json.loads(simulator.run("read", "--json"))}
    check(values["1-0:1.8.0"] == (12345678, "Wh"), f"an energy, not {values['1-0:1.8.0']}")
    check(values["1-0:32.7.0"] == (230.1, "V"), f"a voltage, not {values['1-0:32.7.0']}")
    profile = json.loads(simulator.run("profile", "--json"))
    check(len(profile["rows"]) == 96, f"{len(profile['rows'])} rows")
    check(profile["rows"][0] == ["2024-05-01T00:00:00+00:00", "1000"], "the first row")
    last = json.loads(simulator.run("profile", "--last", "3", "--json"))
    check(last["rows"] == profile["rows"][-3:], f"the last rows, not {last['rows']}")
    ranged = json.loads(simulator.run(
        "profile", "--from", "2024-05-01T06:00:00Z", "--to", "2024-05-01T07:00:00Z", "--json"))
    check(ranged["rows"] == profile["rows"][24:29], f"five rows by range, not {ranged['rows']}")
    check("octets" in simulator.run("get", "62/0-0:66.0.1/2"), "compact data")
    simulator.run("do", "70/0-0:96.3.10/1", "--yes")
    check("false" in simulator.run("get", "70/0-0:96.3.10/2"), "the switch is open")


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        for hdlc in (False, True):
            for secured in (False, True):
                name = f"{'hdlc' if hdlc else 'wrapper'}, {'HLS 5' if secured else 'in clear'}"
                simulator = Simulator(hdlc, secured, folder)
                try:
                    reads(simulator)
                    print(f"ok    metertool reads pydlms' simulator: {name}", flush=True)
                except Exception as error:
                    failures += 1
                    print(f"FAIL  metertool, {name}: {error!r}", flush=True)
                finally:
                    simulator.end()
    if failures:
        sys.exit(f"{failures} checks of metertool failed")


if __name__ == "__main__":
    main()
