"""A running meter for tests of its ports."""

import json
import os
import signal
import subprocess


class Meter:
    """`kvadrant run` with generated samples and open ports; ends with the block."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [os.environ["KVADRANT"], "run", "--generate", "--current", "10", "--json",
             *arguments], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the meter did not start: {arguments}")
        self.ports = json.loads(line)["ports"]

    def address(self, language="optical"):
        return self.ports[language]["address"]

    def number(self, language="optical"):
        return self.ports[language]["port"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        rest = self.process.communicate(timeout=20)[0]
        self.result = json.loads(rest.splitlines()[-1])
        assert self.process.returncode == 0
