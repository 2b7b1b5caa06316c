"""The view of the supply: switch, credit, load outputs, alarms, and the lessons in tampering."""

WAIT_MS = 8000


def supply(stage):
    """What the view is told."""
    return stage.meter.ask("/api/v1/supply")


def press(page, name, nth=0):
    """Presses one of the buttons with a name."""
    page.get_by_role("button", name=name, exact=True).nth(nth).click()


def shows_state(page, name):
    """Until the switch is shown in a state, and ready for the next action: what was done is carried
    out and in the memory before another is taken."""
    page.locator(f"[data-state={name}]").wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(700)


def row(page, name):
    """The line of an alarm."""
    return page.locator("main tbody tr").filter(
        has=page.get_by_role("cell", name=name, exact=True))


def switch_cuts_and_gives_back(stage):
    """Open, release, close from the page; the house is dark in between, and the page warns."""
    with stage.page(view="supply") as page:
        shows_state(page, "connected")
        assert page.get_by_text("never a safety function").is_visible()
        press(page, "Open")
        shows_state(page, "disconnectedByCommand")
        dark = stage.meter.until(lambda state: abs(state["total"]["p_W"]) < 1)
        assert dark, "power flows behind an open switch"
        press(page, "Release")
        shows_state(page, "released")
        press(page, "Close")
        shows_state(page, "connected")
        assert stage.meter.until(lambda state: state["total"]["p_W"] > 1000), "no power again"
        told = supply(stage)
        assert told["contacts"] == [True, True, True] and told["operations"] >= 2, told
        return f"{told['operations']} operations"


def credit_is_topped_up(stage):
    """Without credit the supply is cut; a top-up releases it; prepayment is turned off again."""
    stage.meter.command("supply", workingDays=127)
    with stage.page(view="supply") as page:
        shows_state(page, "connected")
        press(page, "Turn prepayment on")
        shows_state(page, "prepaymentExhausted")
        page.get_by_label("Amount in kWh").fill("3")
        press(page, "Top up")
        shows_state(page, "released")
        # What flowed until the switch was open has been paid from it.
        left = supply(stage)["credit_kWh"]
        assert 2.9 < left <= 3, f"{left} kWh of 3"
        page.get_by_text(f"{left:.3f} kWh", exact=True).wait_for(timeout=WAIT_MS)
        press(page, "Turn prepayment off")
        press(page, "Close")
        shows_state(page, "connected")
        assert supply(stage)["credit_kWh"] is None


def outputs_follow_commands(stage):
    """Both outputs are given to commands, and the first is switched on and off."""
    with stage.page(view="supply") as page:
        press(page, "Let both outputs follow commands")
        for name, lamp in (("On", "●"), ("Off", "○")):
            page.wait_for_timeout(300)
            press(page, name)
            line = page.locator("main .row").filter(has_text="Output 1")
            line.get_by_text(lamp).wait_for(timeout=WAIT_MS)
        assert supply(stage)["outputs"] == [False, False]


def lessons_raise_alarms(stage):
    """A magnet raises its alarm, changes no measurement, and stays until it is acknowledged."""
    with stage.page(view="supply") as page:
        before = stage.meter.state()["total"]["p_W"]
        press(page, "Try it")
        line = row(page, "Magnet")
        line.and_(page.locator(".grave")).wait_for(timeout=WAIT_MS)
        page.wait_for_timeout(600)
        during = stage.meter.state()["total"]["p_W"]
        assert abs(during - before) < 0.01 * before, f"{before} W, with a magnet {during} W"
        press(page, "Undo")
        page.wait_for_timeout(1500)
        assert "grave" in (line.get_attribute("class") or ""), "gone without anybody's knowledge"
        assert line.get_by_role("cell").nth(3).inner_text(), "an alarm without its time"
        press(page, "Acknowledge")
        page.locator("main tbody tr:not(.grave)").filter(
            has=page.get_by_role("cell", name="Magnet", exact=True)).wait_for(timeout=WAIT_MS)


ALL = [switch_cuts_and_gives_back, credit_is_topped_up, outputs_follow_commands,
       lessons_raise_alarms]
