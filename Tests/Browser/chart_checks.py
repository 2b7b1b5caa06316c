"""A load profile of 5-minute values as full as the memory allows: how soon it is seen, how
smoothly it moves. The meter has a past, made by `kvadrant new --history`; a meter that registers
A+ alone keeps the most, 199 days."""

import os
import subprocess
from contextlib import contextmanager

from stage import Meter, Stage

TYPE = "382LxG-5(85)-3x230/400-I5BDI"
POINTS = 57_000
PAINT_MS = 100
FRAMES = 30
TRIES = 5

PAN = """() => new Promise((done) => {
    const chart = document.querySelector('.chart');
    const box = chart.getBoundingClientRect();
    const send = (kind, x) => chart.dispatchEvent(new PointerEvent(kind, {
        bubbles: true, pointerId: 1, button: 0, clientX: x, clientY: box.y + 80 }));
    chart.setPointerCapture = () => {};
    let frames = 0;
    const began = performance.now();
    send('pointerdown', box.x + box.width / 2);
    const step = (now) => {
        const part = (now - began) / 2000;
        if (part >= 1) {
            send('pointerup', 0);
            done(frames / (now - began) * 1000);
            return;
        }
        frames += 1;
        send('pointermove', box.x + box.width * (0.5 + 0.4 * Math.sin(part * 12)));
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
})"""

class MeterWithPast(Meter):
    """A meter of A+ alone, behind it more 5-minute values than it can keep."""

    def __init__(self, program):
        super().__init__(program, "--type", TYPE)

    def start(self):
        """Lets it live before it is started."""
        state = os.path.join(self.folder.name, "state")
        if not os.path.exists(state):
            subprocess.run(
                [self.program, "new", "-", "--type", TYPE, "--history", "1y", "--interval", "5",
                 "--household", "family", "--state", state],
                check=True, capture_output=True, timeout=60)
        super().start()


@contextmanager
def past(stage):
    """A page on the history of such a meter."""
    meter = MeterWithPast(stage.meter.program)
    try:
        other = Stage(stage.browser, meter)
        with other.page(view="history/power") as page:
            yield page
        stage.complaints += other.complaints
    finally:
        meter.close()


def open_profile(page):
    """Clicks on the load profile; milliseconds from the click to the frame that shows it."""
    page.get_by_role("button", name="Load profile").click()
    page.wait_for_function("document.querySelector('#history-chart').dataset.paintMs")
    return float(page.locator("#history-chart").get_attribute("data-paint-ms"))


def profile_is_seen_at_once(stage):
    """From the click to the screen at most 100 ms, the median of five."""
    with past(stage) as page:
        page.wait_for_timeout(1000)
        open_profile(page)
        page.get_by_role("button", name="Voltage").click()
        times = []
        for _ in range(TRIES):
            times.append(open_profile(page))
            points = int(page.locator("#history-chart").get_attribute("data-points"))
            assert points >= POINTS, f"only {points} points"
            page.get_by_role("button", name="Voltage").click()
            page.wait_for_timeout(300)
        median = sorted(times)[TRIES // 2]
        assert median <= PAINT_MS, f"{times} ms"
        return f"{points} points on screen after {median:.0f} ms (of {sorted(times)})"


def profile_pans_smoothly(stage):
    """Dragging for two seconds paints at least 30 frames a second."""
    with past(stage) as page:
        page.wait_for_timeout(500)
        open_profile(page)
        chart = page.locator(".chart")
        chart.focus()
        for _ in range(4):
            page.keyboard.press("ArrowUp")
        page.wait_for_timeout(400)
        rate = page.evaluate(PAN)
        assert rate >= FRAMES, f"{rate:.0f} frames a second"
        return f"{rate:.0f} frames a second"


ALL = [profile_is_seen_at_once, profile_pans_smoothly]
