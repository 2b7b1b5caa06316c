"""Sample sets for the tests of the firmware: a three-phase signal with loads that change, computed
in binary64 and rounded to counts, the same on every machine that rounds as IEEE 754 says."""

import math
import struct

RATE = 4000
VOLT = 1 / 59.604644775e-6
AMPERE = 1 / 23.841857910e-6
PEAK = (1 << 23) - 1


class Load:
    """What one phase carries for a while: RMS current, lag in degrees, share of 5th harmonic."""

    def __init__(self, amperes, degrees=0.0, fifth=0.0):
        self.amplitude = amperes * math.sqrt(2) * AMPERE
        self.lag = math.radians(degrees)
        self.fifth = fifth


def counts(value):
    return max(-PEAK, min(PEAK, round(value)))


def sample_sets(plan, hertz=50.0, seed=1):
    """Yields (u1, i1, u2, i2, u3, i3). The plan is a list of (seconds, volts by phase, loads)."""
    number, angle, noise = 0, 0.0, seed
    step = 2 * math.pi * hertz / RATE
    for seconds, volts, loads in plan:
        peaks = [v * math.sqrt(2) * VOLT for v in volts]
        for _ in range(round(seconds * RATE)):
            row = []
            for phase in range(3):
                noise = (noise * 1664525 + 1013904223) & 0xFFFFFFFF
                theta, load = angle - phase * 2 * math.pi / 3, loads[phase]
                voltage = peaks[phase] * (math.sin(theta) + 0.02 * math.sin(3 * theta))
                current = load.amplitude * (
                    math.sin(theta - load.lag)
                    + load.fifth * math.sin(5 * (theta - load.lag)))
                row.append(counts(voltage + (noise >> 28) - 8))
                row.append(counts(current + (noise >> 24 & 15) - 8))
            yield tuple(row)
            number += 1
            angle = step * number


def packed(sets):
    """The sets as FeedReplay reads them."""
    return b"".join(struct.pack("<6i", *row) for row in sets)
