"""Runs the checks of the panel in one browser and says how each went."""

import os
import sys
import time
import traceback
from pathlib import Path

from playwright.sync_api import sync_playwright

import chart_checks
import glass_checks
import manner_checks
import record_checks
import supply_checks
import typetest_checks
from stage import ARGUMENTS, Meter, Stage

ROOT = Path(__file__).resolve().parents[2]


def picture(stage):
    """The panel for the README, as it is."""
    stage.meter.command("preset", id="cooking")
    stage.meter.until(lambda state: state["total"]["p_W"] > 3000)
    target = ROOT / "docs" / "images" / "panel.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    with stage.page(width=1440, height=960, scale=1) as page:
        glass_checks.show_import(stage, page)
        page.wait_for_timeout(1500)
        page.screenshot(path=target)
    size = target.stat().st_size
    assert size <= 400_000, f"{target.name} has {size} bytes"
    return f"{size // 1000} kB"


CHECKS = {
    check.__name__: check for check in
    [*glass_checks.ALL, *manner_checks.ALL, *chart_checks.ALL,
     *supply_checks.ALL, *record_checks.ALL, *typetest_checks.ALL, picture]}


def run(stage, names):
    """Runs checks by name; gives how many failed."""
    failed = 0
    for name in names:
        began = time.monotonic()
        stage.complaints.clear()
        try:
            stage.meter.rest()
            said = CHECKS[name](stage) or ""
            assert not stage.complaints, f"the console says {stage.complaints[:3]}"
            verdict = "ok"
        except Exception as error:  # Whatever a check throws is its failure.
            failed += 1
            verdict, said = "FAILED", f"{error}"
            if not isinstance(error, AssertionError):
                said += f" at {traceback.extract_tb(error.__traceback__)[1].lineno}"
        if stage.meter.process.poll() is not None:
            raise SystemExit(f"the program ended during {name}")
        print(f"{verdict:6} {name.replace('_', ' ')} ({time.monotonic() - began:.1f} s) {said}",
              flush=True)
    return failed


def main():
    """Starts meter and browser, runs what was asked for."""
    names = sys.argv[1:] or list(CHECKS)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        raise SystemExit(f"unknown: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    meter = Meter(os.environ["KVADRANT"])
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ["CHROMIUM"], args=ARGUMENTS)
            failed = run(Stage(browser, meter), names)
            browser.close()
    finally:
        meter.close()
    print(f"{len(names) - failed} of {len(names)} checks of the panel passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
