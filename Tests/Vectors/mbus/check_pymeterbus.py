#!/usr/bin/env python3
"""Reads wired.tsv with pyMeterBus, a decoder that others wrote, and compares what both know.

Needs `pip install pyMeterBus==0.8.5`. It knows no reactive energy, no frequency, no phases and no
directions, reads some codes of table 12 by an older edition, and turns all times into seconds; a
record is compared in number, storage, function and tariff always, in value where its unit is
one that both have. Prints the counts, and exits with 1 where a value differs.
"""
import decimal
import json
import pathlib
import sys

import meterbus

SAME = {"Wh": "Wh", "J": "J", "m^3": "m3", "kg": "kg", "W": "W", "J/h": "J/h", "m^3/h": "m3/h",
        "m^3/min": "m3/min", "m^3/s": "m3/s", "kg/h": "kg/h", "C": "°C", "K": "K", "bar": "bar",
        "V": "V", "A": "A"}
FUNCTIONS = {0: None, 1: "maximum", 2: "minimum", 3: "duringError"}
file = pathlib.Path(__file__).parent / "wired.tsv"
counts = dict(telegrams=0, unread=0, records=0, values=0, wrong=0)


def compare(name, record, expected):
    counts["records"] += 1
    if "bytes" in expected and expected["quantity"] == "manufacturerSpecific":
        return
    storage, tariff, device = record.dib.parse_dife()
    found = (storage, tariff or 0, device or 0, FUNCTIONS[record.dib.function_type.value])
    wanted = tuple(expected.get(k, 0) for k in ("storage", "tariff", "subunit"))
    wanted += (expected.get("function"),)
    if found != wanted:
        counts["wrong"] += 1
        print(f"{name}: {expected['head']}: {found}, expected {wanted}")
        return
    # Corrections and limits change value or unit; they are ignored there.
    plain = not any(k in expected for k in ("aspect", "rate", "error", "traits"))
    unit = SAME.get(record.unit)
    if not plain or not unit or unit != expected.get("unit") or "value" not in expected:
        return
    head = bytes.fromhex(expected["head"])
    if head[-1] & 0x78 in (0x70, 0x78) and len(head) > 2:
        return
    counts["values"] += 1
    value = record.value
    difference = abs(decimal.Decimal(value) - expected["value"])
    if difference > abs(expected["value"]) * decimal.Decimal("1e-12"):
        counts["wrong"] += 1
        print(f"{name}: {expected['head']}: {value}, expected {expected['value']}")


for line in open(file, encoding="utf-8"):
    name, origin, frame, expected = line.rstrip("\n").split("\t")
    expected = json.loads(expected, parse_float=decimal.Decimal, parse_int=decimal.Decimal)
    counts["telegrams"] += 1
    try:
        records = meterbus.load(bytes.fromhex(frame)).records
    except Exception:
        counts["unread"] += 1
        continue
    if len(records) != len(expected.get("records", [])):
        counts["unread"] += 1
        continue
    for record, one in zip(records, expected["records"]):
        compare(name, record, one)
print(", ".join(f"{v} {k}" for k, v in counts.items()))
sys.exit(1 if counts["wrong"] else 0)
