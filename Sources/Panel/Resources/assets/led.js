// The LED: painted from rate and phase in animation frames, never one message per pulse.
import { isStill } from './dom.js';

/** A pulse is 30 ms long (IEC 62053-31 leaves it to the meter; the data sheet says 30 ms). */
const PULSE_S = 0.03;
/** Faster flashing than this is a steady glow where little motion is asked for. */
const CALM_HZ = 3;

/** Paints `lamp` (class lit) as the state says; `update(led, speed, powered)`. */
export function createLED(lamp) {
  let rate = 0;
  let phase = 0;
  let at = performance.now();
  let flashUntil = 0;
  let lit = null;

  function paint(on) {
    if (on === lit) return;
    lit = on;
    lamp.classList.toggle('lit', on);
  }

  function frame(now) {
    const before = phase;
    phase += rate * (now - at) / 1000;
    at = now;
    if (Math.floor(phase) > Math.floor(before)) {
      // At least two frames, else a screen would miss pulses of 30 ms.
      flashUntil = now + Math.max(34, PULSE_S * 1000);
    }
    if (rate > CALM_HZ && isStill()) paint(true);
    else paint(rate > 0 && (now < flashUntil || rate > 25));
    requestAnimationFrame(frame);
  }
  requestAnimationFrame(frame);

  return {
    update(led, speed, powered) {
      const factor = speed === 'max' ? 1000 : speed;
      rate = powered ? led.rate_Hz * factor : 0;
      // Small differences are caught up softly so that no flash is doubled or lost.
      const wrong = ((led.phase - phase % 1) + 1.5) % 1 - 0.5;
      if (Math.abs(wrong) > 0.25 || rate < 0.02) phase += wrong > 0 ? wrong : 0;
      else phase += wrong * 0.1;
    },
  };
}
