"""The customer port, read by dsmr-parser (P1 of version 5 and of Sweden) and by amshan (push lists
of HAN), over TCP and over a pseudo terminal."""

import socket
import time
from decimal import Decimal

import serial
from dsmr_parser import telegram_specifications
from dsmr_parser.clients.telegram_buffer import TelegramBuffer
from dsmr_parser.parsers import TelegramParser
from han.autodecoder import AutoDecoder
from han.hdlc import HdlcFrameReader

from meter import Meter


def checked(name):
    print(f"clients: {name}", flush=True)


def chunks(address, seconds):
    """What comes out of a port, TCP or terminal, for a time."""
    end = time.monotonic() + seconds
    if address.startswith("tcp://"):
        host, port = address[6:].rsplit(":", 1)
        with socket.create_connection((host, int(port))) as line:
            while time.monotonic() < end:
                line.settimeout(max(0.05, end - time.monotonic()))
                try:
                    data = line.recv(4096)
                except TimeoutError:
                    return
                if not data:
                    return
                yield data
    else:
        with serial.Serial(address, 115200, timeout=0.1) as line:
            while time.monotonic() < end:
                if data := line.read(4096):
                    yield data


def telegrams(address, specification, wanted, seconds=30):
    """The first telegrams that dsmr-parser takes, its check included."""
    buffer, parser, found = TelegramBuffer(), TelegramParser(specification), []
    for data in chunks(address, seconds):
        buffer.append(data.decode("ascii"))
        for text in buffer.get_all():
            found.append(parser.parse(text))
        if len(found) >= wanted:
            return found
    raise SystemExit(f"{len(found)} telegrams instead of {wanted}")


def dutch(place, arguments=()):
    with Meter("--p1", place, *arguments) as meter:
        first, *_, last = telegrams(meter.address("p1"), telegram_specifications.V5, 3)
    assert first.P1_MESSAGE_HEADER.value == "50"
    # The default load: 10 A in each phase at 230 V.
    assert abs(last.CURRENT_ELECTRICITY_USAGE.value - Decimal("6.9")) < Decimal("0.01")
    assert last.CURRENT_ELECTRICITY_USAGE.unit == "kW"
    assert abs(last.INSTANTANEOUS_VOLTAGE_L2.value - 230) <= Decimal("0.1")
    assert last.INSTANTANEOUS_CURRENT_L3.value == 10
    assert last.INSTANTANEOUS_ACTIVE_POWER_L1_POSITIVE.value == Decimal("2.300")
    assert last.ELECTRICITY_ACTIVE_TARIFF.value == "0001"
    used = last.ELECTRICITY_USED_TARIFF_1.value
    assert Decimal("0") < used < Decimal("1"), used
    assert last.SHORT_POWER_FAILURE_COUNT.value == 0
    assert last.LONG_POWER_FAILURE_COUNT.value == 0
    assert bytes.fromhex(last.EQUIPMENT_IDENTIFIER.value) == b"KVD0000010000001"
    seconds = (last.P1_MESSAGE_TIMESTAMP.value - first.P1_MESSAGE_TIMESTAMP.value).total_seconds()
    assert seconds == 2, f"a telegram each second, not {seconds} s for two"


def swedish():
    """Every ten seconds, so the meter is run ten times as fast."""
    with Meter("--p1", "tcp://127.0.0.1:0", "--p1-lines", "sweden", "--speed", "10",
               "--angle", "60") as meter:
        first, last = telegrams(meter.address("p1"), telegram_specifications.SWEDEN, 2)[:2]
    assert abs(last.CURRENT_ELECTRICITY_USAGE.value - Decimal("3.45")) < Decimal("0.01")
    for phase in (1, 2, 3):
        found = getattr(last, f"INSTANTANEOUS_REACTIVE_POWER_L{phase}_POSITIVE").value
        assert abs(found - Decimal("1.992")) < Decimal("0.003"), found
    assert last.ELECTRICITY_REACTIVE_IMPORTED_TOTAL.unit == "kvarh"
    assert last.ELECTRICITY_IMPORTED_TOTAL.value >= first.ELECTRICITY_IMPORTED_TOTAL.value > 0
    seconds = (last.P1_MESSAGE_TIMESTAMP.value - first.P1_MESSAGE_TIMESTAMP.value).total_seconds()
    assert seconds == 10, seconds


def lists(layout, wanted, speed, *arguments):
    """What amshan makes of frames until `wanted` of them have come."""
    reader, decoder, found = HdlcFrameReader(False), AutoDecoder(), []
    with Meter("--han", "tcp://127.0.0.1:0", "--han-list", layout, "--speed", str(speed),
               "--start", "2026-03-04T13:59:35Z", *arguments) as meter:
        for data in chunks(meter.address("han"), 40):
            for frame in reader.read(data):
                assert frame.is_good_ffc, "the check of a frame"
                values = decoder.decode_message_payload(frame.payload)
                assert values, frame.payload.hex()
                found.append((decoder.previous_success_decoder, values))
            if len(found) >= wanted:
                return found
    raise SystemExit(f"{layout}: {len(found)} frames instead of {wanted}")


def momentary(values, power=6900):
    assert abs(values["active_power_import"] - power) <= 3, values
    assert values["active_power_export"] == 0
    for phase in (1, 2, 3):
        assert abs(values[f"voltage_l{phase}"] - 230) <= 0.1, values
        assert abs(values[f"current_l{phase}"] - 10) <= 0.02, values


def family():
    found = lists("kamstrup", 6, 20, "--identity", "382L")
    assert {name for name, _ in found} == {"Kamstrup_frame"}
    for _, values in found:
        momentary(values)
        assert values["list_ver_id"] == "Kamstrup_V0001"
        assert values["meter_id"] == "5706567010000001"
        assert values["meter_type"].startswith("382LxG")
    hourly = [values for _, values in found if "active_power_import_total" in values]
    assert len(hourly) == 1, "one of the lists has the registers, ten seconds after the hour"
    # 6.9 kW for 35 s are 67 Wh, told in 10 Wh.
    assert hourly[0]["active_power_import_total"] == 60, hourly
    assert hourly[0]["meter_datetime"].strftime("%H:%M:%S") == "15:00:10"


def others():
    aidon = lists("aidon", 17, 10)
    assert {name for name, _ in aidon} == {"Aidon_frame"}
    assert any(len(values) == 2 for _, values in aidon), "the short list"
    momentary(next(values for _, values in aidon if "voltage_l1" in values))
    kaifa = lists("kaifa", 20, 10)
    assert {name for name, _ in kaifa} == {"Kaifa_frame"}
    hourly = [values for _, values in kaifa if "active_power_import_total" in values]
    momentary(hourly[0])
    assert 60 <= hourly[0]["active_power_import_total"] <= 67, hourly
    for layout, name in (("aidon-sweden", "Aidon_frame"), ("kaifa-sweden", "Kaifa_frame")):
        found = lists(layout, 2, 20)
        assert {which for which, _ in found} == {name}
        momentary(found[-1][1])
        assert found[-1][1]["active_power_import_total"] > 0
    assert lists("aidon-sweden", 1, 20)[0][1]["active_power_import_l2"] in range(2298, 2303)


dutch("tcp://127.0.0.1:0")
dutch("pty")
checked("dsmr-parser reads P1 of version 5 over TCP and a pseudo terminal")
swedish()
checked("dsmr-parser reads Swedish P1")
family()
checked("amshan reads the family's push lists")
others()
checked("amshan reads the lists of Aidon and Kaifa, Norwegian and Swedish")
