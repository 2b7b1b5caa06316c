"""Checks with Gurux of what goes beyond reading: lists, ACCESS, general blocks, settings, dedicated
key, key transfer, push."""

import contextlib
import io
import socket

from gurux_dlms import GXByteBuffer, GXReplyData
from gurux_dlms.GXDLMSAccessItem import GXDLMSAccessItem
from gurux_dlms.enums import AccessServiceCommandType, Conformance, DataType, ObjectType
from gurux_dlms.objects import (
    GXDLMSClock, GXDLMSData, GXDLMSProfileGeneric, GXDLMSPushSetup, GXDLMSRegister,
    GXDLMSRegisterMonitor, GXDLMSScriptTable, GXDLMSSecuritySetup)

from gurux_side import Gurux, Refused, TEST_KEY

PASSWORD = "TEST-LLS"
MASTER_KEY = bytes(0x11 * k for k in range(16))
LOAD = "1.0.99.1.0.255"


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def lists(meter, counters):
    """A list of attributes in one request, and ACCESS: get and set in one request."""
    gurux = Gurux(meter.port, 2, PASSWORD)
    energy, clock = GXDLMSRegister("1.0.1.8.0.255"), GXDLMSClock("0.0.1.0.0.255")
    # Only what was read is asked for: scaler before value.
    wanted = [(energy, 3), (energy, 2), (clock, 2)]
    reply = gurux.ask(gurux.client.readList(wanted))
    gurux.client.updateValues(wanted, reply.value)
    check(energy.value > 100_000 and clock.time is not None, f"{energy.value} {clock.time}")
    items = [GXDLMSAccessItem(AccessServiceCommandType.GET, energy, 2),
             GXDLMSAccessItem(AccessServiceCommandType.GET, clock, 2)]
    reply = gurux.ask(gurux.client.accessRequest(None, items))
    gurux.client.parseAccessResponse(items, reply.data)
    check(items[0].value > 100_000 and int(items[0].error) == 0, f"ACCESS: {items[0].value}")
    gurux.close()


def general_blocks(meter, counters):
    """A day of the load profile in general blocks, several at once, and the same by GET's own."""
    def general(client):
        client.gbtWindowSize = 5
        client.maxReceivePDUSize = 200
        client.proposedConformance = (
            Conformance.GENERAL_BLOCK_TRANSFER | Conformance.GET | Conformance.SELECTIVE_ACCESS)

    days = []
    for setup in (general, None):
        gurux = Gurux(meter.port, 2, PASSWORD, setup=setup)
        profile = GXDLMSProfileGeneric(LOAD)
        gurux.read(profile, 3)
        days.append(gurux.rows(profile, gurux.client.readRowsByEntry(profile, 1, 96)))
        gurux.close()
    check(len(days[0]) == 96, f"{len(days[0])} rows")
    check([r[1:] for r in days[0]] == [r[1:] for r in days[1]], "the same rows both ways")


def dedicated_key(meter, counters):
    """A dedicated key for one association."""
    key = bytes(range(0x40, 0x50))

    def setup(client):
        client.ciphering.dedicatedKey = key

    gurux = Gurux(meter.port, 1, None, next(counters), setup=setup)
    energy = GXDLMSRegister("1.0.1.8.0.255")
    check(gurux.read(energy, 2) > 100_000, "a register under the dedicated key")
    gurux.close()


def settings(meter, counters):
    """The management client sets; the reading client may not."""
    gurux = Gurux(meter.port, 1, None, next(counters))
    monitor = GXDLMSRegisterMonitor("0.0.16.0.0.255")
    gurux.read(monitor, 2)
    monitor.thresholds = [7_000_000]
    monitor.setDataType(2, DataType.ARRAY)
    gurux.ask(gurux.client.write(monitor, 2))
    limit = GXDLMSRegister("1.0.1.35.0.255")
    check(gurux.read(limit, 2) == 7_000_000, f"the threshold is {limit.value}")
    scripts = GXDLMSScriptTable("0.0.10.0.100.255")
    tariff = GXDLMSData("0.0.96.14.0.255")
    for script, wanted in ((3, 3), (5, None)):
        gurux.ask(gurux.client.method(scripts, 1, script, DataType.UINT16))
        if wanted:
            check(gurux.read(tariff, 2) == wanted, f"tariff {tariff.value}")
    gurux.close()
    other = Gurux(meter.port, 2, PASSWORD)
    try:
        other.ask(other.client.method(scripts, 1, 3, DataType.UINT16))
    except Refused as error:
        check(error.args[0] == 3, f"read-write-denied, not {error}")
    else:
        raise AssertionError("the reading client has chosen a tariff")
    other.close()


def push(meter, counters):
    """A message that is asked for arrives, and Gurux takes it apart."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)
    gurux = Gurux(meter.port, 1, None, next(counters))
    setup = GXDLMSPushSetup("0.0.25.9.0.255")
    setup.destination = f"127.0.0.1:{listener.getsockname()[1]}"
    gurux.ask(gurux.client.write(setup, 3))
    gurux.ask(setup.activate(gurux.client))
    line, _ = listener.accept()
    line.settimeout(20)
    received, notify = GXByteBuffer(), GXReplyData()
    while True:
        part = line.recv(4096)
        if not part:
            break
        received.set(part)
    with contextlib.redirect_stdout(io.StringIO()):
        gurux.client.getData(received, GXReplyData(), notify)
    check(bytes(notify.value[0]).startswith(b"KVD"), f"name of the device, not {notify.value}")
    check(len(notify.value) == 3, f"{len(notify.value)} values")
    gurux.close()
    listener.close()


def key_transfer(meter, counters):
    """Another encryption key under the master key, used, and the old one again. To be the last."""
    new = bytes(range(0x60, 0x70))
    for old, key in ((TEST_KEY, new), (new, TEST_KEY)):
        def setup(client, old=old):
            client.ciphering.blockCipherKey = old

        gurux = Gurux(meter.port, 1, None, next(counters), setup=setup)
        security = GXDLMSSecuritySetup("0.0.43.0.0.255")
        with contextlib.redirect_stdout(io.StringIO()):
            request = security.globalKeyTransfer(gurux.client, MASTER_KEY, [(0, key)])
        gurux.ask(request)
        gurux.socket.close()
    last = Gurux(meter.port, 1, None, next(counters))
    check(last.read(GXDLMSRegister("1.0.1.8.0.255"), 2) > 100_000, "the old key again")
    last.close()


CHECKS = {"gurux_" + f.__name__: f
          for f in (lists, general_blocks, dedicated_key, settings, push, key_transfer)}
