"""A meter that serves its panel, and a browser that looks at it."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

# The browser resolves no names: what is not on this machine cannot be reached.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
# Blinking and sliding texts come and go within this.
SETTLE_S = 1.5
# A browser says this when the server is away; the page is not to blame.
EXPECTED_WHEN_AWAY = re.compile(r"ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE")


class Meter:
    """`kvadrant demo` in a folder of its own; it can be killed and started again."""

    def __init__(self, program, *options):
        self.program = program
        self.options = options
        self.folder = tempfile.TemporaryDirectory(prefix="kvadrant-browser-")
        self.port = 0
        self.process = None
        self.start()

    def start(self):
        """Starts the program and waits for the line with its ports."""
        state = os.path.join(self.folder.name, "state")
        command = [self.program, "demo", "--json", "--speed", "1", "--until", "2h",
                   "--state", state, "--web", str(self.port), *self.options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("{"):
                ports = json.loads(line).get("ports")
                if ports:
                    self.port = ports["web"]["port"]
                    break
        if not self.port:
            raise RuntimeError("the program ended without telling its ports")
        self.wait()

    def wait(self):
        """Until the server answers."""
        for _ in range(200):
            try:
                self.ask("/healthz")
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def kill(self):
        """The end without a chance to save anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def close(self):
        """Ends the program in order."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    @property
    def url(self):
        """The address of the page."""
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, path):
        """JSON of a question."""
        with urllib.request.urlopen(self.url.rstrip("/") + path, timeout=10) as answer:
            return json.load(answer)

    def state(self):
        """What the page is told."""
        return self.ask("/api/v1/state")

    def command(self, name, **values):
        """Gives a command as the page does."""
        body = json.dumps({"command": name, **values}).encode()
        request = urllib.request.Request(
            self.url + "api/v1/command", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def until(self, wanted, seconds=10):
        """The first state that fulfils a condition; None after so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = self.state()
            if wanted(state):
                return state
            time.sleep(0.05)
        return None

    def rest(self):
        """Puts the bench back: what one check did must not reach the next."""
        self.command("plug", **{"in": True})
        self.until(lambda state: state["powered"])
        self.command("magnet", on=False)
        self.command("neutral", connected=True)
        self.command("wiring", id="correct")
        self.command("speed", factor=1)
        self.command("preset", id="cooking")


class Stage:
    """One browser for all checks; contexts are thrown away after each."""

    def __init__(self, browser, meter):
        self.browser = browser
        self.meter = meter
        self.complaints = []

    @contextmanager
    def context(self, width=1440, height=900, scheme="light", locale="en-GB", motion=None, scale=1):
        """A context that reaches only this machine and collects what the console says."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale,
            reduced_motion=motion, device_scale_factor=scale, bypass_csp=True)

        def hear(request):
            if not request.url.startswith((self.meter.url, "data:")):
                self.complaints.append(f"asked for {request.url}")

        context.on("request", hear)
        try:
            yield context
        finally:
            context.close()

    def open(self, context, view="bench"):
        """A page on a view, with states arriving."""
        page = context.new_page()
        page.on("console", lambda message: self.hear(message.text))
        page.on("pageerror", lambda error: self.hear(str(error)))
        page.goto(f"{self.meter.url}#/{view}", wait_until="load")
        self.wait_live(page)
        return page

    def hear(self, text):
        """Keeps what the console says, unless the server was away."""
        if not EXPECTED_WHEN_AWAY.search(text):
            self.complaints.append(text)

    @contextmanager
    def page(self, view="bench", **options):
        """A page in a context of its own."""
        with self.context(**options) as context:
            yield self.open(context, view)

    @staticmethod
    def wait_live(page, more=3, seconds=15):
        """Until so many further states have arrived."""
        before = page.evaluate("Number(document.body.dataset.events ?? 0)")
        page.wait_for_function(
            f"Number(document.body.dataset.events ?? 0) >= {before + more}",
            timeout=seconds * 1000)


# The glass as a reader sees it: which bars are lit in the picture, not what the state says.
LIT = """() => [...document.querySelectorAll('.meter .segment.lit')]
    .map((one) => Number(one.dataset.bit))"""
BARS = {0x3F: "0", 0x06: "1", 0x5B: "2", 0x4F: "3", 0x66: "4", 0x6D: "5", 0x7D: "6", 0x07: "7",
        0x7F: "8", 0x6F: "9", 0x40: "-", 0x73: "P", 0x00: " "}
SYMBOLS = {"magnet": 264 + 26, "errorTriangle": 264 + 25, "verification": 264 + 35}


def field(lit, first, digits):
    """Digits and points that start at a bit, as text."""
    text = ""
    for digit in range(digits):
        bars = sum(1 << bar for bar in range(7) if first + 8 * digit + bar in lit)
        text += BARS.get(bars, "?")
        if first + 8 * digit + 7 in lit:
            text += "."
    return text.strip()


def read_glass(page):
    """Identification and value as they stand in the picture."""
    lit = set(page.evaluate(LIT))
    return field(lit, 64, 7), field(lit, 0, 8)
