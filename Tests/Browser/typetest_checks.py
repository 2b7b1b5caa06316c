"""The type test: points drop into the funnel while the meter beside it keeps running."""

import json
import re
import time

from stage import Stage

RUN_S = 240


def status(stage, since=0):
    """What the page is told of the run."""
    return stage.meter.ask(f"/api/v1/typetest?since={since}")


def choose(page, standard, accuracy_class=None):
    """Chooses a standard, and a class where one is named."""
    page.get_by_label("Standard", exact=True).select_option(standard)
    if accuracy_class:
        page.get_by_label("Class", exact=True).select_option(accuracy_class)


def points_drop_into_the_funnel(stage):
    """A run is started by hand; points appear, the source's arrows show, and it can be ended."""
    with stage.page(view="typetest") as page:
        page.locator("select option[value=en50470]").wait_for(state="attached")
        choose(page, "en50470", "B")
        page.get_by_label("Meters", exact=True).fill("2")
        began, clock = stage.meter.state()["sequence"], time.monotonic()
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_function(
            "document.querySelectorAll('main .funnel .drop').length >= 12", timeout=RUN_S * 1000)
        limits = page.locator("main .funnel .limit").count()
        assert limits == 2, f"{limits} staircases"
        arrows = page.locator("main .phasors .arrow:not([visibility=hidden])").count()
        assert arrows >= 2, f"{arrows} arrows of the source"
        rows = page.locator("main tbody tr").count()
        assert rows >= 12, f"{rows} rows"
        box = page.locator("main .funnel").bounding_box()
        for dot in page.locator("main .funnel .drop circle").all():
            place = dot.bounding_box()
            assert box["y"] < place["y"] < box["y"] + box["height"], "a point lies outside"
        Stage.wait_live(page)
        moved = stage.meter.state()["sequence"] - began
        rate = moved / (time.monotonic() - clock)
        assert rate > 3, f"the meter beside it showed only {rate:.1f} states a second"
        assert not page.get_by_role("button", name="Start", exact=True).is_enabled()
        page.get_by_role("button", name="Cancel", exact=True).click()
        page.wait_for_function("document.body.dataset.typetest === 'cancelled'", timeout=20000)
        told = status(stage)
        assert told["phase"] == "cancelled", told["phase"]
        return f"{len(told['points'])} points before it was cancelled"


def report_opens_and_prints(stage):
    """A short standard to its end; the report has its style under its own policy, and no script."""
    with stage.page(view="typetest") as page:
        page.locator("select option[value=iec62052-11]").wait_for(state="attached")
        choose(page, "iec62052-11")
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_function("document.body.dataset.typetest === 'done'", timeout=RUN_S * 1000)
        link = page.get_by_role("link", name="Open the report")
        assert link.is_visible()
        target = link.get_attribute("href")
        verdict = page.locator(".verdict").first.inner_text()
        assert re.search("passed", verdict), verdict
    # Without `bypass_csp`: the policy of the report is that of the server.
    context = stage.browser.new_context(viewport={"width": 1240, "height": 900})
    try:
        page = context.new_page()
        page.on("console", lambda message: stage.hear(message.text))
        page.goto(stage.meter.url.rstrip("/") + target, wait_until="load")
        rules = page.evaluate("document.styleSheets[0].cssRules.length")
        assert rules > 40, f"only {rules} rules of the style are in force"
        pictures = page.locator("figure svg.chart").count()
        assert pictures >= 10, f"{pictures} pictures"
        for number in range(1, 6):
            assert page.get_by_text(f"{number}. ", exact=False).count() > 0
        assert page.locator("script").count() == 0
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 1240, f"{wide} wide"
        size = len(page.pdf(prefer_css_page_size=True))
    finally:
        context.close()
    report = stage.meter.ask("/api/v1/typetest/report.json")
    worst = {one["id"]: one["worst"] for one in report["diagrams"]}
    assert sorted(worst) == [1, 2, 3, 4, 5], worst
    assert max(worst.values()) <= 0.1, f"a diagram leaves ±0.1 %: {json.dumps(worst)}"
    figures = ", ".join(f"{one:.4f}" for one in worst.values())
    return f"{pictures} pictures, {size // 1000} kB on paper, worst of the diagrams {figures} %"


ALL = [points_drop_into_the_funnel, report_opens_and_prints]
