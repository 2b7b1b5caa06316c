"""What the meter keeps: billing periods, clock, events, voltage quality."""

import re


def card(page, title):
    """The part of a view under this title."""
    return page.locator("main .card").filter(
        has=page.get_by_role("heading", name=title, exact=True))


def billing_period_is_closed_by_hand(stage):
    """Closing a period shows a row with the register of that moment, and the demand has a tab."""
    stage.meter.command("preset", id="car")
    with stage.page(view="records") as page:
        before = len(stage.meter.ask("/api/v1/billing"))
        page.get_by_role("button", name="Close the billing period").click()
        page.get_by_text("The billing period is closed.").wait_for(timeout=5000)
        rows = stage.meter.ask("/api/v1/billing")
        assert len(rows) > before, "no period was kept"
        table = page.get_by_role("region", name="Billing periods")
        table.get_by_role("row").nth(1).wait_for(timeout=8000)
        shown = table.get_by_role("row").count() - 1
        assert shown == len(rows), f"{shown} rows of {len(rows)}"
        page.get_by_role("button", name="Demand", exact=True).click()
        demand = page.get_by_role("region", name="Demand")
        demand.get_by_role("cell", name="1.6.0", exact=True).wait_for(timeout=5000)
        decided = re.compile("T[1-4] holds; decided")
        card(page, "Tariff plan").get_by_text(decided).wait_for(timeout=5000)
        return f"{len(rows)} rows"


def clock_set_is_logged(stage):
    """A step of the clock by the page is told and stands in the log of clock events."""
    with stage.page(view="records") as page:
        newest = stage.meter.state()["events_newest"]
        card(page, "Set the clock").get_by_role("button", name="Set to now").click()
        page.get_by_text("The clock is set; the step is logged.").wait_for(timeout=5000)
        assert stage.meter.until(lambda state: state["events_newest"] > newest), "not logged"
    with stage.page(view="events") as page:
        page.get_by_role("combobox", name="Log").select_option("clock")
        page.wait_for_function("document.querySelectorAll('main tbody tr').length > 0")
        rows = stage.meter.ask("/api/v1/events?limit=5&log=clock")
        assert rows and all(row["log"] == "clock" for row in rows), rows[:2]
        return f"{len(rows)} events of the clock"


def voltage_quality_has_three_phases(stage):
    """The week of EN 50160 has a row for each phase and says what is counted."""
    with stage.page(view="events") as page:
        quality = card(page, "Voltage quality, EN 50160")
        quality.get_by_role("cell", name="L3", exact=True).wait_for(timeout=8000)
        for phase in ("L1", "L2", "L3"):
            assert quality.get_by_role("cell", name=phase, exact=True).count() == 1, phase
        assert quality.get_by_text(re.compile("interruptions [0-9]+ short")).count() == 1


ALL = [billing_period_is_closed_by_hand, clock_set_is_logged, voltage_quality_has_three_phases]
