"""A client of KMP, written from the description of the protocol and from nothing of the meter.

Frame: 80 from the client, 40 from the meter; body; CRC; 0D. Of the body and its CRC the bytes
06 0D 1B 40 80 are sent as 1B and their complement. CRC: polynomial 1021, from 0, high byte first.
"""

STUFFED = {0x06, 0x0D, 0x1B, 0x40, 0x80}


def crc(data):
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
            value &= 0xFFFF
    return value


def frame(body, start=0x80):
    check = crc(body)
    out = bytearray([start])
    for byte in bytes(body) + bytes([check >> 8, check & 0xFF]):
        out += bytes([0x1B, byte ^ 0xFF]) if byte in STUFFED else bytes([byte])
    return bytes(out) + b"\x0d"


class Client:
    """Talks through anything with `read(count)` and `write(bytes)`."""

    def __init__(self, port):
        self.port = port

    def ask(self, command, data=b""):
        """The data of the answer; b"" for an acknowledge, None for silence."""
        self.port.write(frame(bytes([0x3F, command]) + bytes(data)))
        body, inside, escape = bytearray(), False, False
        while True:
            got = self.port.read(1)
            if not got:
                return None
            byte = got[0]
            if not inside:
                if byte == 0x06:
                    return b""
                inside = byte == 0x40
            elif byte == 0x0D:
                break
            elif escape:
                body.append(byte ^ 0xFF)
                escape = False
            elif byte == 0x1B:
                escape = True
            else:
                body.append(byte)
        assert crc(body) == 0, "check"
        assert body[0] == 0x3F and body[1] == command, body.hex()
        return bytes(body[2:-2])

    def registers(self, *numbers):
        """{number: (value, unit)}; registers that the meter does not have are missing."""
        data = bytes([len(numbers)]) + b"".join(n.to_bytes(2, "big") for n in numbers)
        answer, found = self.ask(0x10, data), {}
        while answer:
            number, unit = int.from_bytes(answer[:2], "big"), answer[2]
            length, signs = answer[3], answer[4]
            value = int.from_bytes(answer[5:5 + length], "big")
            exponent = signs & 0x3F
            scaled = value / 10**exponent if signs & 0x40 else value * 10**exponent
            found[number] = (-scaled if signs & 0x80 else scaled, unit)
            answer = answer[5 + length:]
        return found
