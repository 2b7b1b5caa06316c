"""A year of 5-minute values: how soon it is seen, how smoothly it moves.

A meter that has just been started has no year behind it, so the year is answered here, in the words
of the server; how the server reduces a series is held by the tests of `Charts`."""

import json
import math
from urllib.parse import parse_qs, urlsplit

POINTS = 105_120
STEP_S = 300
FIRST_S = 820_454_400
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

class Year:
    """A household's power in steps of five minutes, reduced to columns of pixels when asked."""

    def __init__(self):
        self.values = [
            round(300 + 250 * math.sin(n / 288 * math.tau) ** 2 + 2400 * (n * 7919 % 89 == 0)
                  + 150 * math.cos(n / POINTS * math.tau), 1) for n in range(POINTS)]
        self.told = {}

    def columns(self, begin, end, width):
        """Second, lowest, highest, first and last value of each column."""
        found = []
        for column in range(width):
            low = math.ceil((begin + (end - begin) * column / width - FIRST_S) / STEP_S)
            high = math.ceil((begin + (end - begin) * (column + 1) / width - FIRST_S) / STEP_S)
            part = self.values[max(low, 0):max(high, 0)]
            if part:
                found.append([FIRST_S + max(low, 0) * STEP_S, min(part), max(part), part[0],
                              part[-1]])
        return found

    def answer(self, route):
        """What the server says to such a question; what was worked out once is kept."""
        query = urlsplit(route.request.url).query
        if query not in self.told:
            self.told[query] = json.dumps(self.body(query))
        route.fulfill(content_type="application/json", body=self.told[query])

    def body(self, query):
        """The answer to a query."""
        asked = {key: float(value[0]) for key, value in parse_qs(query).items()}
        last = FIRST_S + POINTS * STEP_S
        begin, end = asked.get("from", FIRST_S), asked.get("to", last)
        return {"name": "profile", "unit": "W", "curve": "import_W", "curves": ["import_W"],
                "from_s": begin, "to_s": end, "first_s": FIRST_S, "last_s": last,
                "points": POINTS, "columns": self.columns(begin, end, int(asked["width"]))}


YEAR = Year()


def give_year(page):
    """The load profile of this page is that of a year."""
    page.route("**/api/v1/series/profile?*", YEAR.answer)


def open_year(page):
    """Clicks on the load profile; milliseconds from the click to the frame that shows it."""
    page.get_by_role("button", name="Load profile").click()
    page.wait_for_function("document.querySelector('#history-chart').dataset.paintMs")
    return float(page.locator("#history-chart").get_attribute("data-paint-ms"))


def year_is_seen_at_once(stage):
    """From the click to the screen at most 100 ms, the median of five."""
    with stage.page(view="history/power") as page:
        give_year(page)
        page.wait_for_timeout(1000)
        open_year(page)
        page.get_by_role("button", name="Voltage").click()
        times = []
        for _ in range(TRIES):
            times.append(open_year(page))
            points = int(page.locator("#history-chart").get_attribute("data-points"))
            assert points >= POINTS, f"only {points} points"
            page.get_by_role("button", name="Voltage").click()
            page.wait_for_timeout(300)
        median = sorted(times)[TRIES // 2]
        assert median <= PAINT_MS, f"{times} ms"
        return f"{points} points on screen after {median:.0f} ms (of {sorted(times)})"


def year_pans_smoothly(stage):
    """Dragging for two seconds paints at least 30 frames a second."""
    with stage.page(view="history/power") as page:
        give_year(page)
        page.wait_for_timeout(500)
        open_year(page)
        chart = page.locator(".chart")
        chart.focus()
        for _ in range(4):
            page.keyboard.press("ArrowUp")
        page.wait_for_timeout(400)
        rate = page.evaluate(PAN)
        assert rate >= FRAMES, f"{rate:.0f} frames a second"
        return f"{rate:.0f} frames a second"


ALL = [year_is_seen_at_once, year_pans_smoothly]
