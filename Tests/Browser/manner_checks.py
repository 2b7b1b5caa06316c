"""Manners: restart, tabs, console, widths, keyboard, contrast, names, languages."""

import json
import re
import time
from pathlib import Path

from chart_checks import open_profile, past
from stage import Stage

VIEWS = ["bench", "wiring", "signals", "phasors", "registers", "accuracy", "typetest", "history",
         "records", "memory", "events", "supply"]
HERE = Path(__file__).parent
ASSETS = HERE.parents[1] / "Sources" / "Panel" / "Resources" / "assets"


def restart_is_live_within_5_s(stage):
    """The server is killed and started again: the page shows new states without a reload."""
    with stage.page() as page:
        page.evaluate("window.mark = 'the same page'")
        stage.meter.kill()
        page.wait_for_function("document.body.dataset.live === 'false'", timeout=10000)
        page.wait_for_timeout(1500)
        began = time.monotonic()
        stage.meter.start()
        up = time.monotonic()
        page.wait_for_function("document.body.dataset.live === 'true'", timeout=20000)
        stage.wait_live(page, more=1)
        live = time.monotonic()
        assert page.evaluate("window.mark") == "the same page"
        assert live - up <= 5, f"{live - up:.1f} s after the server answered"
        return f"live {live - up:.1f} s after the server answers ({up - began:.1f} s to start)"


def ten_tabs_stay_live(stage):
    """Ten tabs share one stream, so that the browser's six connections suffice."""
    with stage.context() as context:
        pages = [stage.open(context) for _ in range(10)]
        for page in pages:
            Stage.wait_live(page)
        return f"{len(pages)} tabs"


def tab_without_shared_worker_is_live(stage):
    """Where a browser has no shared workers each tab has its own stream."""
    with stage.context() as context:
        context.add_init_script("delete window.SharedWorker")
        Stage.wait_live(stage.open(context))


def all_views_are_quiet(stage):
    """Every view by its address, in both languages; the console stays empty."""
    for language in ("en-GB", "da-DK"):
        with stage.page(locale=language) as page:
            for view in VIEWS:
                page.goto(f"{stage.meter.url}#/{view}")
                page.locator("nav a[aria-current=page]").wait_for()
                page.wait_for_timeout(700)
                assert page.locator("main .card").count() > 0, view
                missing = re.findall(r"\b(?:%s)\.\w+\.?\w*" % "|".join(VIEWS),
                                     page.locator("main").inner_text())
                assert not missing, f"no word for {missing}"


def nothing_overflows(stage):
    """From a phone to 4K no page is wider than its window."""
    for width, height in ((390, 844), (768, 1024), (1280, 800), (3840, 2160)):
        for language in ("en-GB", "da-DK") if width == 390 else ("en-GB",):
            with stage.page(width=width, height=height, locale=language) as page:
                for view in VIEWS:
                    page.goto(f"{stage.meter.url}#/{view}")
                    page.wait_for_timeout(400)
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= width, f"{view} is {wide} wide at {width}"


def focus(page):
    """The name of what has the focus."""
    return page.evaluate("""() => { const one = document.activeElement;
        return one.getAttribute('aria-label') || one.textContent.trim(); }""")


def keyboard_alone(stage):
    """Every control is reached by Tab; views, button, slider and chart obey keys."""
    with stage.page() as page:
        def tab_to(wanted):
            for _ in range(120):
                page.keyboard.press("Tab")
                name = focus(page)
                if re.match(wanted, name):
                    return name
            raise AssertionError(f"Tab never reaches {wanted}")

        for name in ("Push button", "Neutral wire", "verification seal", "Magnet", "Bench$"):
            tab_to(name)
        tab_to("L1 Current")
        current = page.get_by_role("slider", name="L1 Current")
        before = current.input_value()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        after = current.input_value()
        assert float(after) > float(before), f"the slider stays at {before}: {focus(page)}"
        moved = stage.meter.until(
            lambda state: abs(state["bench"]["loads"][0]["i_A"] - float(after)) < 0.01)
        assert moved, f"the meter does not follow to {after} A"
    with past(stage) as page:
        open_profile(page)
        chart = page.locator(".chart")
        chart.focus()
        whole = chart.get_attribute("aria-label")
        page.keyboard.press("ArrowUp")
        page.wait_for_function(
            "old => document.querySelector('.chart').getAttribute('aria-label') !== old", arg=whole)


def contrast_is_enough(stage):
    """Computed for each text of each view, in light and in dark: at least 4.5 : 1."""
    script = (HERE / "contrast.js").read_text()
    total = 0
    for scheme in ("light", "dark"):
        with stage.page(scheme=scheme, motion="reduce") as page:
            for view in VIEWS:
                page.goto(f"{stage.meter.url}#/{view}")
                page.wait_for_timeout(900)
                found = page.evaluate(script)
                assert found["count"] > 20, f"only {found['count']} texts on {view}"
                assert not found["bad"], f"{view}, {scheme}: {found['bad'][:4]}"
                total += found["count"]
    return f"{total} texts"


def controls_have_names(stage):
    """Nothing that can be operated is without a name; one live region, and it is polite."""
    nameless = """() => [...document.querySelectorAll(
        'a, button, input, select, [role=button], [role=img], [tabindex="0"]')]
        .filter((one) => one.checkVisibility() && !one.getAttribute('aria-label')
            && !one.textContent.trim() && !one.closest('label')?.textContent.trim()
            && !one.closest('[aria-hidden]'))
        .map((one) => one.outerHTML.slice(0, 80))"""
    with stage.page() as page:
        for view in VIEWS:
            page.goto(f"{stage.meter.url}#/{view}")
            page.wait_for_timeout(500)
            found = page.evaluate(nameless)
            assert not found, f"{view}: {found[:3]}"
            regions = page.evaluate(
                "[...document.querySelectorAll('[aria-live], [role=alert], [role=log]')]"
                ".map((one) => one.getAttribute('aria-live'))")
            assert regions == ["polite"], regions
        assert "segment" not in page.locator(".meter").aria_snapshot()


def words_are_complete(_):
    """The list has both languages for each key, and each key that the scripts name."""
    words = json.loads((ASSETS / "words.json").read_text())
    for key, texts in words.items():
        assert set(texts) == {"en", "da"} and all(texts.values()), key
        places = [set(re.findall(r"\{(\w+)\}", text)) for text in texts.values()]
        assert places[0] == places[1], f"{key} has different places to fill in"
    for script in ASSETS.glob("*.js"):
        for key in re.findall(r"\bt\('([a-z]\w*\.[\w.]+)'", script.read_text()):
            assert key in words, f"{script.name} asks for {key}"
    return f"{len(words)} words"


def works_printed(stage):
    """On paper there are no controls, and the page can be printed."""
    with stage.page(view="registers") as page:
        page.emulate_media(media="print")
        assert not page.locator("nav").is_visible()
        assert page.locator("table").is_visible()
        size = len(page.pdf())
        return f"{size // 1000} kB"


ALL = [
    restart_is_live_within_5_s, ten_tabs_stay_live, tab_without_shared_worker_is_live,
    all_views_are_quiet, nothing_overflows, keyboard_alone, contrast_is_enough,
    controls_have_names, words_are_complete, works_printed]
