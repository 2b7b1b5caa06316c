"""The meter itself: glass, button, seals, magnet, neutral, plug."""

import re

from stage import SYMBOLS, LIT, SETTLE_S, read_glass

PUSH = re.compile("^Push button")


def until(page, read, wanted, seconds=8.0):
    """Reads until a condition holds; gives the last reading."""
    value = read()
    for _ in range(int(seconds / 0.1)):
        if wanted(value):
            return value
        page.wait_for_timeout(100)
        value = read()
    return value


def show_import(stage, page):
    """Presses until A+ is on the glass."""
    for _ in range(40):
        if read_glass(page)[0] == "1.8.0":
            return
        stage.meter.command("button", action="short")
        page.wait_for_timeout(350)
    raise AssertionError("1.8.0 never came on the glass")


def glass_equals_register(stage):
    """The bars that are dark in the picture spell the committed register."""
    stage.meter.command("preset", id="car")
    stage.meter.command("speed", factor="max")
    grown = stage.meter.until(lambda state: state["registers"]["1-0:1.8.0"] > 12, 60)
    assert grown, "12 kWh take too long"
    stage.meter.command("speed", factor=1)
    with stage.page() as page:
        show_import(stage, page)
        for _ in range(5):
            _, shown = read_glass(page)
            rows = stage.meter.ask("/api/v1/registers")
            register = next(row for row in rows if row["obis"] == "1-0:1.8.0")
            decimals = len(shown.partition(".")[2])
            # Digits are cut off, not rounded, and a state may pass between the two readings.
            expected = int(register["committed"] * 10**decimals + 1e-6)
            read = int(shown.replace(".", ""))
            assert 0 <= expected - read <= 1, f"glass {shown}, register {register['committed']}"
            page.wait_for_timeout(400)
        return f"glass {shown}, register {register['committed']} kWh"


def glass_equals_state(stage):
    """Each lit bar is lit in the planes, and no other."""
    with stage.page() as page:
        page.wait_for_timeout(SETTLE_S * 1000)
        for _ in range(10):
            state = stage.meter.state()
            plane = bytes.fromhex(state["glass"]["steady"])
            blinking = bytes.fromhex(state["glass"]["blinking"])
            steady = {n for n in range(320) if plane[n >> 3] >> (n & 7) & 1}
            either = steady | {n for n in range(320) if blinking[n >> 3] >> (n & 7) & 1}
            lit = set(page.evaluate(LIT))
            if steady <= lit <= either and steady:
                return f"{len(lit)} segments"
            page.wait_for_timeout(100)
        raise AssertionError(f"differ: {sorted(lit ^ steady)[:12]}")


def button_steps_the_list(stage):
    """Short presses by mouse and by Space show one view after the other."""
    with stage.page() as page:
        button = page.get_by_role("button", name=PUSH)
        # The first press leaves the automatic list and begins the manual one.
        button.click()
        page.wait_for_timeout(400)
        seen = [read_glass(page)]
        for press in (button.click, button.click, lambda: button.press("Space"),
                      lambda: button.press("Space")):
            before = read_glass(page)
            press()
            after = until(page, lambda: read_glass(page), lambda now: now[0] != before[0], 3)
            assert after[0] != before[0], f"still {before[0]}"
            seen.append(after)
        return " → ".join(view[0] or view[1] for view in seen)


def button_hold_timing(stage):
    """1 s is short, 2.4 s is long: in the automatic list only the long one tests the display."""
    with stage.page() as page:
        # Back in the automatic list two minutes after the last press.
        stage.meter.command("speed", factor=600)
        page.wait_for_timeout(1200)
        stage.meter.command("speed", factor=1)
        page.wait_for_timeout(500)
        button = page.get_by_role("button", name=PUSH)
        all_lit = "document.querySelectorAll('.meter .segment:not(.lit)').length < 4"
        button.focus()
        page.keyboard.down("Space")
        page.wait_for_timeout(2400)
        held = page.locator(".meter .button.long").count()
        page.keyboard.up("Space")
        page.wait_for_function(all_lit, timeout=4000)
        assert held == 1, "the ring did not tell that the press was long"
        page.wait_for_function(f"!({all_lit})", timeout=20000)
        page.keyboard.down("Space")
        page.wait_for_timeout(1000)
        assert page.locator(".meter .button.long").count() == 0
        page.keyboard.up("Space")
        page.wait_for_timeout(500)
        assert not page.evaluate(all_lit), "a press of 1 s tested the display"


def magnet_lights_the_symbol(stage):
    """A magnet at the housing shows on the glass, and leaves it again."""
    with stage.page() as page:
        magnet = page.locator(".meter .magnet")

        def lit():
            return SYMBOLS["magnet"] in page.evaluate(LIT)

        assert not lit()
        magnet.focus()
        page.keyboard.press("Enter")
        assert until(page, lit, bool), "no symbol"
        page.keyboard.press("Enter")
        assert not until(page, lit, lambda on: not on), "the symbol stays"


def neutral_cut_shows_on_phasors(stage):
    """Without neutral the star point floats: the arrows of the voltages differ in length."""
    stage.meter.command("preset", id="unbalanced")
    with stage.page(view="phasors") as page:
        lengths = """() => [...document.querySelectorAll('.phasors .arrow.u')].slice(0, 3).map(
            (one) => { const [, x, y] = one.querySelector('.shaft').getAttribute('d')
                .match(/L(\\S+) (\\S+)/); return Math.hypot(x, y); })"""
        before = until(page, lambda: page.evaluate(lengths), lambda all: min(all) > 80)
        assert max(before) - min(before) < 6, before
        page.get_by_role("button", name=re.compile("^Neutral wire")).click()
        after = until(page, lambda: page.evaluate(lengths), lambda all: max(all) - min(all) > 8)
        assert max(after) - min(after) > 8, after
        return f"{[round(one) for one in before]} → {[round(one) for one in after]}"


def plug_pulled_loses_nothing(stage):
    """Dark at once; back with registers that are not lower than what was shown."""
    stage.meter.command("preset", id="car")
    with stage.page() as page:
        stage.meter.command("speed", factor=60)
        page.wait_for_timeout(2000)
        before = stage.meter.state()
        page.get_by_role("button", name="Pull the plug").click()
        dark = stage.meter.until(lambda state: not state["powered"])
        assert dark, "still powered"
        page.wait_for_function("document.querySelector('.meter.dead')", timeout=5000)
        shown = {obis: max(value, dark["registers"].get(obis, 0))
                 for obis, value in before["registers"].items()}
        page.get_by_role("button", name="Put the plug in").click()
        after = stage.meter.until(lambda state: state["powered"])
        assert after, "never came back"
        lost = {obis: (value, after["registers"][obis]) for obis, value in shown.items()
                if after["registers"][obis] < value}
        assert not lost, f"lost {lost}"
        assert after["memory"]["cuts"] == before["memory"]["cuts"] + 1, "the cut was not counted"
        return f"A+ {shown['1-0:1.8.0']} → {after['registers']['1-0:1.8.0']} kWh"


def seals_break_and_are_logged(stage):
    """Each of the three asks first; a broken one is in the log."""
    with stage.page(view="events") as page:
        for name in ("verification seal", "module seal", "terminal cover seal"):
            seal = page.get_by_role("button", name=re.compile(f"^{name}"))
            newest = stage.meter.state()["events_newest"]
            seal.click()
            page.get_by_role("button", name="Break it").click()
            page.get_by_role("button", name=f"{name}: broken").wait_for(timeout=5000)
            page.get_by_role("cell", name="Seal broken").first.wait_for(timeout=5000)
            assert stage.meter.state()["events_newest"] > newest
            seal.click()
            page.get_by_role("button", name="Set it").click()
            page.get_by_role("button", name=f"{name}: intact").wait_for(timeout=5000)


def led_follows_the_power(stage):
    """At 11 kW three flashes in a second, painted from rate and phase."""
    stage.meter.command("preset", id="car")
    stage.meter.until(lambda state: state["led"]["rate_Hz"] > 2.5)
    count = """() => new Promise((done) => { let flashes = 0;
        const lamp = document.querySelector('.meter .led');
        new MutationObserver(() => { if (lamp.classList.contains('lit')) flashes += 1; })
            .observe(lamp, { attributes: true, attributeFilter: ['class'] });
        setTimeout(() => done(flashes), 5000); })"""
    with stage.page() as page:
        page.wait_for_timeout(1000)
        flashes = page.evaluate(count)
        rate = stage.meter.state()["led"]["rate_Hz"]
        assert abs(flashes - 5 * rate) <= 3, f"{flashes} flashes in 5 s at {rate} Hz"
    with stage.page(motion="reduce") as page:
        page.wait_for_timeout(1000)
        calm = page.evaluate(count)
        assert calm <= 1, f"{calm} flashes although little motion is asked for"
    return f"{flashes} flashes in 5 s at {rate} Hz"


ALL = [
    glass_equals_register, glass_equals_state, button_steps_the_list, button_hold_timing,
    magnet_lights_the_symbol, neutral_cut_shows_on_phasors, plug_pulled_loses_nothing,
    seals_break_and_are_logged, led_follows_the_power]
