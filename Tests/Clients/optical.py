"""The optical port, read by iec62056-21 (PyPI) over TCP and by pyserial over a pseudo terminal, and
by the KMP client over both."""

import socket
import time

import serial
from gurux_dlms.enums import ObjectType
from iec62056_21 import messages
from iec62056_21.client import Iec6205621Client

from gurux_side import Gurux
from kmp import Client, frame
from meter import Meter

# Known vectors, so that a mistake in the client cannot hide one in the meter.
assert frame(bytes.fromhex("3F10010080")).hex().upper() == "803F1001001B7FD4080D"


def checked(name):
    print(f"clients: {name}", flush=True)


class Socket:
    """A TCP connection with the two calls of a serial port."""

    def __init__(self, number):
        self.socket = socket.create_connection(("127.0.0.1", number))
        self.socket.settimeout(1.5)

    def read(self, count):
        try:
            return self.socket.recv(count)
        except TimeoutError:
            return b""

    def write(self, data):
        self.socket.sendall(data)


def read_out():
    """Mode C: identification and readout of the package."""
    with Meter("--optical", "tcp://127.0.0.1:0", "--optical-mode", "c", "--speed", "1") as meter:
        client = Iec6205621Client.with_tcp_transport(
            address=("127.0.0.1", meter.number()), device_address="10000001", password="00000000")
        client.connect()
        answer = client.standard_readout()
        found = {data.address: (data.value, data.unit) for data in answer.data}
        assert found["0.0.0"][0] == "10000001", found
        assert found["1.8.0"] == ("0000000", "kWh"), found
        assert found["96.8.0"][1] == "h" and found["1.6.0"][1] == "kW", found
        client.disconnect()
    checked("iec62056-21 reads the meter out over TCP in mode C")


def programming():
    """Mode C: password, reading, writing and break of the package.

    Release 0.0.2 cannot send a password: it forgets an argument of its own class and gives a
    number as text. So its message of a password is made here, with both right; all else is the
    package's.
    """
    with Meter("--optical", "tcp://127.0.0.1:0", "--optical-mode", "c") as meter:
        client = Iec6205621Client.with_tcp_transport(
            address=("127.0.0.1", meter.number()), device_address="10000001", password="00000000")
        client.connect()
        client.access_programming_mode()
        password = messages.DataSet(address="", value="00000000")
        client.transport.send(
            messages.CommandMessage(command="P", command_type=1, data_set=password).to_bytes())
        assert client._recv_ack() == "\x06", "the password is taken"
        read = client.read_single_value("1.8.0")
        assert (read.address, read.value, read.unit) == ("1.8.0", "0000000", "kWh"), read
        before = client.read_single_value("0.9.1").value
        client.write_single_value("0.0.0", "12345678")
        assert client.read_single_value("0.0.0").value == "12345678"
        # A legal register is not taken: the package then finds no acknowledge.
        try:
            client.write_single_value("1.8.0", "0000001")
            raise SystemExit("a legal register was written")
        except ValueError:
            client.transport.recv(9)
        assert len(before) == 6
        client.send_break()
        client.disconnect()
    checked("iec62056-21 reads and writes in the programming mode over TCP")


def terminal():
    """Mode A over a pseudo terminal: the bytes of a real serial line discipline."""
    with Meter("--optical", "pty", "--optical-lines", "extended") as meter:
        with serial.Serial(meter.address(), 9600, timeout=1.5) as port:
            port.write(b"/?!\r\n")
            text = port.read_until(b"\x03") + port.read(1)
            lines = text.split(b"\r\n")
            assert lines[0].startswith(b"/KVD 382L"), lines[0]
            assert lines[1].startswith(b"\x020.0.0(10000001)"), lines
            assert any(line.startswith(b"32.7.0(230.") for line in lines), lines
            check = 0
            for byte in text[text.index(b"\x02") + 1:-1]:
                check ^= byte
            assert check == text[-1], "block check"
            registers = Client(port).registers(0x0001, 0x041E, 0x0434, 0x03FF, 0xFFFF)
            assert registers[0x041E] == (230, 33), registers
            assert abs(registers[0x0434][0] - 10) < 0.1, registers
            assert 6.8 < registers[0x03FF][0] < 7.0 and 0xFFFF not in registers, registers
            assert Client(port).registers(0xFFFF) == {}
    checked("pyserial reads mode A and KMP from one pseudo terminal")


def kmp():
    """KMP: type, serial number, login, clock, and what it must not do."""
    with Meter("--optical", "tcp://127.0.0.1:0") as meter:
        client = Client(Socket(meter.number()))
        assert client.ask(0x01)[:1] in (b"\x62", b"\x63")
        assert int.from_bytes(client.ask(0x02), "big") == 10_000_001
        assert client.ask(0x86) is None, "without login nothing is done"
        assert client.ask(0x92, (1234).to_bytes(2, "big")) == b""
        assert client.ask(0x86) == b"", "YES on the glass"
        before = client.registers(0x03EA, 0x03EB)
        date = int(before[0x03EB][0])
        clock = int(before[0x03EA][0])
        moved = clock + 1 if clock % 100 < 59 else clock - 1
        data = date.to_bytes(4, "big") + moved.to_bytes(4, "big")
        assert client.ask(0x09, data) == b"", "a small step of the clock"
        assert client.ask(0x97, b"\x01") is None, "no cut from the front"
        assert client.ask(0xAA)[1] == 15
        assert client.ask(0x77) is None
        client.port.write(b"\x80\x3f\x10\x01\x00\x01\x55\xa2\x0d")
        time.sleep(0.1)
        assert client.registers(0x041E)[0x041E] == (230, 33), "after a damaged frame"
    checked("a KMP client from the fact sheet reads, logs in, sets the clock over TCP")


class Terminal:
    """A serial port with the two calls of a socket that the DLMS client uses."""

    def __init__(self, port):
        self.port = port

    def sendall(self, data):
        self.port.write(data)

    def recv(self, _):
        got = self.port.read(1)
        if not got:
            raise TimeoutError("the meter says nothing")
        return got + self.port.read(self.port.in_waiting)

    def close(self):
        pass


def read_dlms(port):
    """A session of the reading client: clock, an energy, a voltage; ends with DISC."""
    client = Gurux(None, 2, password="TEST-LLS", hdlc=True, line=Terminal(port))
    client.objects()
    clock = client.client.objects.findByLN(ObjectType.CLOCK, "0.0.1.0.0.255")
    assert client.read(clock, 2).value.year >= 2026
    volts = client.client.objects.findByLN(ObjectType.REGISTER, "1.0.32.7.0.255")
    client.read(volts, 3)
    assert 229 < client.read(volts, 2) < 231
    client.close()


def hdlc_direct():
    """HDLC at once, by its first octet; IEC 62056-21 and KMP before and after it."""
    with Meter("--optical", "pty") as meter, serial.Serial(
            meter.address(), 9600, timeout=3) as port:
        for _ in range(2):
            assert Client(port).registers(0x041E)[0x041E] == (230, 33)
            read_dlms(port)
            port.write(b"/?!\r\n")
            assert port.read_until(b"\x03").startswith(b"/KVD 382L")
            port.read(1)
    checked("gurux reads the meter through the optical head, beside mode A and KMP")


def hdlc_mode_e():
    """The line is opened by IEC 62056-21 and handed over to HDLC (its Annex E)."""
    with Meter("--optical", "pty", "--optical-mode", "e") as meter, serial.Serial(
            meter.address(), 300, timeout=3) as port:
        for _ in range(2):
            port.write(b"/?!\r\n")
            name = port.read_until(b"\n")
            assert name.startswith(b"/KVD5\\2382L"), name
            port.write(b"\x06252\r\n")
            assert port.read(6) == b"\x06252\r\n", "the meter confirms at the opening speed"
            port.baudrate = 9600
            read_dlms(port)
            port.baudrate = 300
        port.write(b"/?!\r\n")
        assert port.read_until(b"\n") == name
        port.write(b"\x06050\r\n")
        assert b"1.8.0(" in port.read_until(b"\x03"), "mode C works as before"
    checked("gurux reads the meter after the hand-over of mode E")


def module_slot():
    """The connector of a module slot: KMP with a module's rights, at the third port."""
    with Meter("--kmp", "tcp://127.0.0.1:0") as meter:
        client = Client(Socket(meter.number("kmp")))
        assert client.registers(0x041E)[0x041E] == (230, 33)
        assert client.ask(0x97, b"\x01") is None, "without login nothing is done"
        assert client.ask(0x92, (1234).to_bytes(2, "big")) == b""
        before = client.ask(0x98)
        assert client.ask(0x97, b"\x01") == b"", "a module may command the switch"
        time.sleep(1)
        assert client.ask(0x98) != before, before
    checked("a KMP client cuts the meter off through a module slot")


if __name__ == "__main__":
    read_out()
    programming()
    terminal()
    kmp()
    hdlc_direct()
    hdlc_mode_e()
    module_slot()
