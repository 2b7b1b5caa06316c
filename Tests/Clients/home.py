"""Terminals and home: pulses counted on a socket, and a broker of MQTT (mosquitto) that Home
Assistant would read."""

import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from meter import Meter


def checked(name):
    print(f"clients: {name}", flush=True)


def pulses():
    """6.9 kW are 1.92 pulses a second; ten times as fast they are 19 in a second of ours."""
    with Meter("--pulses", "tcp://127.0.0.1:0", "--modules", "6850003", "--speed", "10") as meter:
        with socket.create_connection(("127.0.0.1", meter.number("pulses"))) as line:
            line.settimeout(5)
            line.sendall(b'{"command":"level","input":1,"on":true}\n')
            line.sendall(b'{"command":"stop"}\n')
            text, end = b"", time.monotonic() + 3
            while time.monotonic() < end:
                text += line.recv(4096)
    events = [json.loads(one) for one in text.decode().splitlines()]
    edges = [event for event in events if event.get("output") == "s0"]
    assert len(edges) > 30, len(edges)
    numbers = [event["number"] for event in edges]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert meter.result["pulses"] >= numbers[-1], "what was told has been counted"
    levels = [event["on"] for event in events if event.get("input") == 1]
    assert levels == [False, True], levels
    refused = [event for event in events if event.get("ok") is False]
    assert len(refused) == 1 and "wires" in refused[0]["error"], refused


class Broker:
    """A mosquitto of its own on a free port."""

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = tempfile.TemporaryDirectory()
        settings = Path(self.folder.name) / "mosquitto.conf"
        settings.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        self.process = subprocess.Popen(
            ["/usr/sbin/mosquitto", "-c", str(settings)], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit("mosquitto does not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def read(self, topic, count, seconds=20):
        """Messages of a topic as (topic, payload)."""
        answer = subprocess.run(
            ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.port), "-t", topic, "-v",
             "-C", str(count), "-W", str(seconds)], stdout=subprocess.PIPE, text=True, check=False)
        found = [line.split(" ", 1) for line in answer.stdout.splitlines()]
        assert len(found) == count, f"{topic}: {found}"
        return found


class Killed(Meter):
    """A meter that is killed has no result to look at."""

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def broker():
    with Broker() as broker:
        with Killed("--mqtt", f"mqtt://127.0.0.1:{broker.port}", "--mqtt-every", "1",
                   "--web", "0") as meter:
            configs = broker.read("homeassistant/sensor/+/+/config", 15)
            for topic, payload in configs:
                entity = json.loads(payload)
                assert entity["unique_id"] == "kvadrant_10000001_" + topic.split("/")[3]
                assert entity["device"]["identifiers"] == ["kvadrant_10000001"]
                assert entity["state_topic"] == "kvadrant/10000001/state"
            energy = next(json.loads(p) for t, p in configs if "/energy_import/" in t)
            assert energy["device_class"] == "energy" and energy["unit_of_measurement"] == "kWh"
            assert energy["state_class"] == "total_increasing"
            states = [json.loads(p) for _, p in broker.read("kvadrant/10000001/state", 3)]
            assert abs(states[-1]["power_import"] - 6900) < 10, states
            assert abs(states[-1]["voltage_l2"] - 230) < 0.2
            assert abs(states[-1]["current_l3"] - 10) < 0.02
            assert states[-1]["energy_import"] >= states[0]["energy_import"] >= 0
            keys = {topic.split("/")[3] for topic, _ in configs}
            assert keys == set(states[-1]), "each value has its entity"
            assert broker.read("kvadrant/10000001/availability", 1)[0][1] == "online"
            meter.process.kill()
            meter.process.wait()
            deadline = time.monotonic() + 10
            while broker.read("kvadrant/10000001/availability", 1)[0][1] != "offline":
                assert time.monotonic() < deadline, "the last will"


pulses()
checked("pulses, relays and inputs are told on a socket")
broker()
checked("mosquitto keeps what Home Assistant has to know, and the last will of a meter")
