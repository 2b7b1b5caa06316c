"""The wired M-Bus module, read by pyMeterBus (PyPI) over a pseudo terminal and over TCP."""

import json
import tempfile

import meterbus
import serial

from meter import Meter

NETWORK = 253


def checked(name):
    print(f"clients: {name}", flush=True)


def port(meter):
    address = meter.address("mbus")
    if address.startswith("tcp://"):
        return serial.serial_for_url(address.replace("tcp://", "socket://"), timeout=2)
    # A pseudo terminal has no parity bit; the bytes are those of 8E1.
    return serial.Serial(address, 2400, timeout=2)


def acknowledged(line):
    got = meterbus.recv_frame(line, 1)
    assert got == b"\xe5", got


def answer(line):
    """Records of the next telegram, as the package reads them."""
    frame = meterbus.recv_frame(line, meterbus.FRAME_DATA_LENGTH)
    assert frame, "no telegram"
    telegram = meterbus.load(frame)
    return telegram, json.loads(telegram.to_JSON())["body"]["records"]


def send(line, control, address, information, data):
    """A frame of a master, written here: the package has no call for it."""
    body = bytes([control, address, information]) + bytes(data)
    line.write(bytes([0x68, len(body), len(body), 0x68]) + body
               + bytes([sum(body) & 0xFF, 0x16]))
    acknowledged(line)


def family(place):
    """The family's telegram of seven records at the primary address."""
    with Meter("--identity", "382L", "--mbus", place) as meter, port(meter) as line:
        meterbus.send_ping_frame(line, 1)
        acknowledged(line)
        meterbus.send_request_frame(line, 1)
        telegram, records = answer(line)
        header = json.loads(telegram.to_JSON())["body"]["header"]
        assert (header["manufacturer"], header["version"], header["medium"]) == (
            "KAM", "0x1", "0x2"), header
        units = [record.get("unit") for record in records]
        assert units[:4] == ["MeasureUnit.WH", "MeasureUnit.SECONDS", "MeasureUnit.W",
                             "MeasureUnit.W"], units
        assert len(records) == 7, records
    checked(f"pyMeterBus reads the family's telegram at its primary address, {place}")


def several(place):
    """All telegrams of the full profile, by secondary address."""
    with Meter("--mbus", place, "--mbus-address", "5") as meter, port(meter) as line:
        meterbus.send_ping_frame(line, NETWORK)
        line.timeout = 0.4
        assert meterbus.recv_frame(line, 1) is None, "nobody is selected"
        line.timeout = 2
        meterbus.send_select_frame(line, "10000001C42E0102")
        acknowledged(line)
        found, frame = [], None
        for count in range(1, 10):
            frame = meterbus.send_request_frame_multi(line, NETWORK, frame)
            telegram, records = answer(line)
            found += records
            if not telegram.more_records_follow:
                break
            frame.header.cField.parts[0] ^= meterbus.CONTROL_MASK_FCB
        assert count == 3, count
        volts = [r["value"] for r in found if r.get("unit") == "MeasureUnit.V"]
        assert any(229 < value < 231 for value in volts), volts
        # A wildcard selects as well, a wrong digit does not.
        meterbus.send_select_frame(line, "1FFFFFFFFFFFFFFF")
        acknowledged(line)
        meterbus.send_select_frame(line, "2FFFFFFFFFFFFFFF")
        line.timeout = 0.4
        assert meterbus.recv_frame(line, 1) is None, "another meter is meant"
    checked(f"pyMeterBus selects the meter and reads its three telegrams, {place}")


def settings():
    """Address and speed that a master sets, after a restart; part of the telegrams; alarms."""
    with tempfile.TemporaryDirectory() as state:
        place = ["--mbus", "pty", "--state", state]
        with Meter(*place) as meter, port(meter) as line:
            send(line, 0x53, 1, 0x51, [0x01, 0x7A, 0x07])
            send(line, 0x73, 7, 0x51, [0x0C, 0x79, 0x78, 0x56, 0x34, 0x12])
            send(line, 0x53, 7, 0xBD, [])
            meterbus.send_ping_frame(line, 7)
            acknowledged(line)
        with Meter(*place) as meter, port(meter) as line:
            meterbus.send_ping_frame(line, 7)
            acknowledged(line)
            meterbus.send_select_frame(line, "12345678C42E0102")
            acknowledged(line)
            # Application reset with sub-code 20: number, clock and total.
            send(line, 0x53, 7, 0x50, [0x20])
            meterbus.send_request_frame(line, 7)
            telegram, records = answer(line)
            assert len(records) == 3 and not telegram.more_records_follow, records
            line.write(bytes([0x10, 0x5A, 7, 0x61, 0x16]))
            alarms = line.read(1)
            assert alarms in (b"\xe5", b"\x68"), alarms
    checked("what a master sets holds after a restart; application resets choose records")


for where in ("pty", "tcp://127.0.0.1:0"):
    family(where)
    several(where)
settings()
