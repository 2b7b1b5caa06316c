"""A year of 5-minute values: how soon it is seen, how smoothly it moves."""

POINTS = 105_120
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


def open_year(page):
    """Clicks on the year; milliseconds from the click to the frame that shows it."""
    page.get_by_role("button", name="Year of values").click()
    page.wait_for_function("document.querySelector('#history-chart').dataset.paintMs")
    return float(page.locator("#history-chart").get_attribute("data-paint-ms"))


def year_is_seen_at_once(stage):
    """From the click to the screen at most 100 ms, the median of five; nothing is cached."""
    with stage.page(view="history/power") as page:
        page.wait_for_timeout(1000)
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
