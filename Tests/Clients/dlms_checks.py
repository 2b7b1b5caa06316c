#!/usr/bin/env python3
"""Three programs that nobody here has written read the meter by DLMS/COSEM.

Every check is a function below; its name can be given on the command line. A meter with a month of
past is made once, and run behind a port for each framing.
"""

import datetime
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import structlog
from dlms_cosem import cosem, enumerations
from dlms_cosem.client import DlmsClient
from dlms_cosem.cosem.selective_access import CaptureObject, RangeDescriptor
from dlms_cosem.io import BlockingTcpIO, TcpTransport
from dlms_cosem.security import (
    HighLevelSecurityGmacAuthentication,
    LowLevelSecurityAuthentication,
    NoSecurityAuthentication,
)
from dlms_cosem.utils import parse_as_dlms_data
from gurux_dlms import GXByteBuffer, GXReplyData
from gurux_dlms.enums import Authentication, InterfaceType, ObjectType
from gurux_dlms.secure import GXDLMSSecureClient

import gurux_more
from gurux_side import (
    CLIENT_TITLE, TEST_AUTHENTICATION_KEY, TEST_KEY, TIMEOUT, Gurux, Refused)

# One of the libraries tells every step.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
KVADRANT = os.environ["KVADRANT"]
PASSWORD = "TEST-LLS"
KEYS = ["--key", TEST_KEY.hex(), "--auth-key", TEST_AUTHENTICATION_KEY.hex(),
        "--system-title", CLIENT_TITLE.hex()]
# Each client begins above the counters of the one before it.
counters = iter(range(1000, 1_000_000, 1000))


class Meter:
    """A running meter behind a port."""

    def __init__(self, folder, scheme):
        self.process = subprocess.Popen(
            [KVADRANT, "run", "--generate", "--current", "5", "--state", str(folder), "--json",
             "--config", f"{folder}.yaml", "--dlms", f"{scheme}://127.0.0.1:0"],
            stdout=subprocess.PIPE, text=True)
        ports = json.loads(self.process.stdout.readline())["ports"]
        self.port = ports["dlms"]["port"]
        self.url = ports["dlms"]["address"]

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=30)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def attribute(kind, name, number):
    return cosem.CosemAttribute(
        interface=kind, instance=cosem.Obis.from_string(name), attribute=number)


def dlms_cosem_client(meter, client, authentication, **more):
    io = BlockingTcpIO(host="127.0.0.1", port=meter.port, timeout=TIMEOUT)
    transport = TcpTransport(client_logical_address=client, server_logical_address=1, io=io)
    return DlmsClient(transport=transport, authentication=authentication, **more)


def reading(meter):
    return dlms_cosem_client(
        meter, 2, LowLevelSecurityAuthentication(secret=PASSWORD.encode()))


LOAD = "1.0.99.1.0.255"


def dlms_cosem_public(meter):
    """The public client: clock and names, and no energy."""
    public = dlms_cosem_client(meter, 16, NoSecurityAuthentication())
    with public.session() as session:
        clock = parse_as_dlms_data(
            session.get(attribute(enumerations.CosemInterface.CLOCK, "0.0.1.0.0.255", 2)))
        check(len(clock) == 12, "a clock of twelve bytes")
        try:
            session.get(attribute(enumerations.CosemInterface.REGISTER, "1.0.1.8.0.255", 2))
        except Exception as error:
            check("READ_WRITE_DENIED" in str(error), f"denied, not {error}")
        else:
            raise AssertionError("A1: the public client has read a register")


def dlms_cosem_reading(meter):
    """The reading client by password: object list and profile in blocks, register, range."""
    generic = enumerations.CosemInterface.PROFILE_GENERIC
    with reading(meter).session() as session:
        listed = parse_as_dlms_data(session.get(
            attribute(enumerations.CosemInterface.ASSOCIATION_LN, "0.0.40.0.0.255", 2)))
        check(len(listed) > 150, f"{len(listed)} objects")
        energy = parse_as_dlms_data(session.get(
            attribute(enumerations.CosemInterface.REGISTER, "1.0.1.8.0.255", 2)))
        check(energy > 100_000, f"a month of energy, not {energy} Wh")
        # This library has no selection by entry; the others have.
        rows = parse_as_dlms_data(session.get(attribute(generic, LOAD, 2)))
        in_use = parse_as_dlms_data(session.get(attribute(generic, LOAD, 7)))
        check(len(rows) == in_use > 2800, f"{len(rows)} rows of {in_use}")
        first = datetime.datetime(*stamp(rows[100]), tzinfo=standard())
        last = datetime.datetime(*stamp(rows[195]), tzinfo=standard())
        clock = CaptureObject(
            attribute(enumerations.CosemInterface.CLOCK, "0.0.1.0.0.255", 2), 0)
        by_time = parse_as_dlms_data(session.get(
            attribute(generic, LOAD, 2), RangeDescriptor(clock, first, last)))
        check(by_time == rows[100:196], "a day by range")


def stamp(row):
    """Year to second of a row."""
    time = bytes(row[0])
    return [int.from_bytes(time[:2], "big"), time[2], time[3], *time[5:8]]


def standard():
    return datetime.timezone(datetime.timedelta(hours=1))


def dlms_cosem_management(meter):
    """The management client by HLS 5, everything ciphered: the switch opens."""
    session = dlms_cosem_client(
        meter, 1, HighLevelSecurityGmacAuthentication(), encryption_key=TEST_KEY,
        authentication_key=TEST_AUTHENTICATION_KEY, client_system_title=CLIENT_TITLE,
        client_initial_invocation_counter=next(counters))
    with session.session() as session:
        kind = enumerations.CosemInterface.REGISTER
        value = parse_as_dlms_data(session.get(attribute(kind, "1.0.32.7.0.255", 2)))
        check(225_000 < value < 235_000, f"{value} mV")


def gurux_reads_everything(meter, hdlc=False):
    """Gurux: every attribute of every object, as each client sees them."""
    for client, password, counter in ((16, None, None), (2, PASSWORD, None), (1, None, 1)):
        number = next(counters) if counter else None
        gurux = Gurux(meter.port, client, password, number, hdlc)
        objects = gurux.objects()
        check(len(objects) == 6 if client == 16 else len(objects) > 170, f"{len(objects)} objects")
        for thing in objects:
            kind = thing.objectType
            order = [3] if kind == ObjectType.PROFILE_GENERIC else []
            numbers = [n for n in range(1, thing.getAttributeCount() + 1) if n not in order]
            for number in order + numbers:
                if kind == ObjectType.ASSOCIATION_LOGICAL_NAME and number in (7, 10, 11):
                    continue  # the secret, and what version 1 has not
                if kind == ObjectType.PROFILE_GENERIC and number == 2:
                    continue  # has a check of its own
                gurux.read(thing, number)
        gurux.close()


def gurux_profile(meter, hdlc=False):
    """Gurux: load profile by entry and by day."""
    gurux = Gurux(meter.port, 2, PASSWORD, None, hdlc)
    profile = gurux.objects().findByLN(ObjectType.PROFILE_GENERIC, LOAD)
    gurux.read(profile, 3)
    check(len(profile.captureObjects) == 6, "six columns")
    rows = gurux.rows(profile, gurux.client.readRowsByEntry(profile, 1, 96))
    check(len(rows) == 96, f"{len(rows)} rows by entry")
    start = rows[0][0].value
    end = rows[-1][0].value
    day = gurux.rows(profile, gurux.client.readRowsByRange(profile, start, end))
    check(len(day) == 96, f"{len(day)} rows by range")
    check([r[2:] for r in day] == [r[2:] for r in rows], "the same values both ways")
    gurux.close()


def gurux_switch(meter, hdlc=False):
    """Gurux: the switch opens, is released, closes; the reading client may not."""
    gurux = Gurux(meter.port, 1, None, next(counters), hdlc)
    switch = gurux.objects().findByLN(ObjectType.DISCONNECT_CONTROL, "0.0.96.3.10.255")

    def state():
        return bool(gurux.read(switch, 2)), int(gurux.read(switch, 3))

    check(state() == (True, 1), f"closed at first, not {state()}")
    # The contacts move, and the meter looks at them with the next window.
    gurux.ask(switch.remoteDisconnect(gurux.client))
    time.sleep(1)
    check(state() == (False, 0), f"open, not {state()}")
    gurux.ask(switch.remoteReconnect(gurux.client))
    time.sleep(1)
    check(state() == (False, 2), f"released, not {state()}")
    gurux.ask(switch.remoteReconnect(gurux.client))
    time.sleep(1)
    check(state() == (True, 1), f"closed again, not {state()}")
    gurux.close()
    other = Gurux(meter.port, 2, PASSWORD, None, hdlc)
    switch = other.objects().findByLN(ObjectType.DISCONNECT_CONTROL, "0.0.96.3.10.255")
    try:
        other.ask(switch.remoteDisconnect(other.client))
    except Refused as error:
        check(error.args[0] == 3, f"read-write-denied, not {error}")
    else:
        raise AssertionError("A22: the reading client has opened the switch")
    other.close()


def more(name):
    """A check of gurux_more."""
    def function(meter):
        gurux_more.CHECKS[name](meter, counters)
    function.__name__ = name
    return function


def udp_association(meter):
    """The wrapper in datagrams: the public client reads the name of the device."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.settimeout(TIMEOUT)
    line.connect(("127.0.0.1", meter.port))
    client = GXDLMSSecureClient(True, 16, 1, Authentication.NONE, None, InterfaceType.WRAPPER)

    def ask(messages):
        reply = GXReplyData()
        for message in messages:
            line.send(bytes(message))
            client.getData(GXByteBuffer(line.recv(4096)), reply, GXReplyData())
        return reply

    client.parseAareResponse(ask(client.aarqRequest()).data)
    reply = ask(client.read("0.0.42.0.0.255", ObjectType.DATA, 2))
    check(bytes(reply.value).startswith(b"KVD"), f"a name, not {reply.value}")


def pydlms(meter, *arguments):
    out = subprocess.run(
        [str(Path(sys.executable).parent / "pydlms"), "--json", arguments[0], meter.url,
         *arguments[1:]], capture_output=True, text=True, timeout=120)
    check(out.returncode == 0, f"pydlms {arguments}: {out.stderr}")
    return out.stdout


def pydlms_reads(meter):
    """pydlms: list, clock, profile, and a register by HLS 5."""
    low = ["--client", "2", "--auth", "lls", "--password", PASSWORD]
    high = ["--client", "1", "--auth", "gmac", *KEYS, "--invocation-counter", str(next(counters))]
    check("0.0.96.3.10.255" in pydlms(meter, "list", *low), "the switch is listed")
    check(str(datetime.date.today().year) in pydlms(meter, "clock"), "the clock")
    rows = json.loads(pydlms(meter, "profile", *low, "--obis", LOAD, "--last", "5"))
    check(len(rows) == 5 and "1.0.1.29.0.255/2" in rows[0], f"five rows, not {rows}")
    read = json.loads(pydlms(meter, "read", *high, "--obis", "1.0.1.8.0.255", "--class", "3",
                             "--register"))
    check(read[0]["value"] > 100_000 and read[0]["unit"] == "Wh", f"a register, not {read}")


WRAPPER = [dlms_cosem_public, dlms_cosem_reading, dlms_cosem_management, gurux_reads_everything,
           gurux_profile, gurux_switch, pydlms_reads, *map(more, gurux_more.CHECKS)]
DATAGRAMS = [udp_association]
HDLC = [gurux_reads_everything, gurux_profile, gurux_switch, pydlms_reads]


def play(folder, scheme, checks, wanted):
    meter = Meter(folder, scheme)
    failures = 0
    try:
        for function in checks:
            if wanted and function.__name__ not in wanted:
                continue
            hdlc = {"hdlc": True} if scheme == "tcp+hdlc" and "gurux" in function.__name__ else {}
            try:
                function(meter, **hdlc)
                print(f"ok    {scheme:8} {function.__name__}", flush=True)
            except Exception as error:
                failures += 1
                print(f"FAIL  {scheme:8} {function.__name__}: {error!r}", flush=True)
    finally:
        meter.end()
    return failures


def main():
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "house"
        subprocess.run(
            [KVADRANT, "new", f"{folder}.yaml", "--history", "31d", "--household", "family-solar",
             "--state", str(folder)], check=True, stdout=subprocess.DEVNULL)
        failures = play(folder, "tcp", WRAPPER, wanted)
        failures += play(folder, "tcp+hdlc", HDLC, wanted)
        failures += play(folder, "udp", DATAGRAMS, wanted)
    if failures:
        sys.exit(f"{failures} checks of independent clients failed")


if __name__ == "__main__":
    main()
