#!/usr/bin/env python3
"""Writes wired.tsv: telegrams with the JSON that the decoder must give.

Everything here is made from the tables of EN 13757-3 as patterns of bits, apart from the decoder in
Sources/MBus; both are held together by a test. Columns: name, origin, frame, JSON. Run it from
any folder; it takes no arguments.
"""
import pathlib
import re
import struct
from decimal import Decimal

# Patterns of bits: n counts up from the exponent given, t is s, min, h, d, and y is h, d, month, a.
PRIMARY = """
0000nnn energy Wh -3|0001nnn energy J 0|0010nnn volume m3 -6|0011nnn mass kg -3|01000tt onTime t
01001tt operatingTime t|0101nnn power W -3|0110nnn power J/h 0|0111nnn volumeFlow m3/h -6
1000nnn volumeFlow m3/min -7|1001nnn volumeFlow m3/s -9|1010nnn massFlow kg/h -3
10110nn flowTemperature °C -3|10111nn returnTemperature °C -3|11000nn temperatureDifference K -3
11001nn externalTemperature °C -3|11010nn pressure bar -3|1101110 heatCostAllocation HCA 0
1101100 date time|1101101 dateTime time|1101111 reserved
11100tt averagingDuration t|11101tt actualityDuration t
1111000 fabricationNumber|1111001 identification|1111010 busAddress"""
MAIN = """
00000nn credit currency -3|00001nn debit currency -3|0001000 uniqueTelegram|0001001 deviceType
0001010 manufacturer|0001011 parameterSet|0001100 modelVersion|0001101 hardwareVersion
0001110 firmwareVersion|0001111 softwareVersion|0010000 customerLocation|0010001 customer
0010010 accessCodeUser|0010011 accessCodeOperator|0010100 accessCodeSystemOperator
0010101 accessCodeDeveloper|0010110 password|0010111 errorFlags bits|0011000 errorMask bits
0011001 securityKey|0011010 digitalOutput bits|0011011 digitalInput bits|0011100 baudRate Bd 0
0011101 responseDelay bit 0|0011110 retries|0011111 remoteControl|0100000 firstStorage
0100001 lastStorage|0100010 storageBlockSize|0100011 tariffAndSubunitDescriptor
01001tt storageInterval t|0101000 storageInterval month 0|0101001 storageInterval a 0
0101010 operatorData|0101011 timePointSecond s 0|01011tt sinceLastReadout t
0110000 tariffStart time|0110001 tariffDuration min 0|0110010 tariffDuration h 0
0110011 tariffDuration d 0|01101tt tariffPeriod t|0111000 tariffPeriod month 0
0111001 tariffPeriod a 0|0111010 dimensionless|0111011 wirelessContainer
01111tt transmissionPeriod t|100nnnn voltage V -9|101nnnn current A -12|1100000 resetCounter
1100001 cumulationCounter|1100010 controlSignal bits|1100011 dayOfWeek|1100100 weekNumber
1100101 dayChangeTime|1100110 parameterActivation|1100111 supplierInformation
11010yy sinceLastCumulation y|11011yy batteryOperatingTime y|1110000 batteryChange time
1110001 signalLevel dBm 0|1110010 daylightSaving|1110011 listeningWindow
1110100 batteryRemaining d 0|1110101 meterStops|1110110 manufacturerContainer"""
ALTERNATE = """
000000n energy Wh 5|000001n reactiveEnergy varh 3|000010n apparentEnergy VAh 3
0000110 coefficientOfPerformance - -1|000100n energy J 8|00011nn energy cal 5|001000n volume m3 2
00101nn reactivePower var 0|001100n mass kg 5|001101n relativeHumidity % -1|0100000 volume ft3 0
0100001 volume ft3 -1|0100010 volume gal -1|0100011 volume gal 0|0100100 volumeFlow gal/min -3
0100101 volumeFlow gal/min 0|0100110 volumeFlow gal/h 0|010100n power W 5
0101010 voltageToVoltagePhase ° -1|0101011 voltageToCurrentPhase ° -1|01011nn frequency Hz -3
011000n power J/h 8|01101nn apparentPower VA 0|10110nn flowTemperature °F -3
10111nn returnTemperature °F -3|11000nn temperatureDifference °F -3
11001nn externalTemperature °F -3|1101000 ratingFactor HCA 0|1101001 thermalOutputFactor HCA 0
1101010 thermalCouplingOverall HCA 0|1101011 thermalCouplingRoomSide HCA 0
1101100 thermalCouplingHeaterSide HCA 0|1101101 lowTemperatureFactor HCA 0
1101110 displayScalingFactor HCA 0|11100nn temperatureLimit °F -3|11101nn temperatureLimit °C -3
1111nnn cumulatedMaximumPower W -3"""
SECOND = "0000000 selectedApplication|0000010 batteryRemaining month 0|0000011 batteryRemaining a 0"
TIMES = dict(t=["s", "min", "h", "d"], y=["h", "d", "month", "a"])
TRAITS = ("forwardOnly backwardOnly absolute delta average relativeDeviation future uncorrected "
          "nonMetric baseConditions obisDeclaration standardContent compactProfile "
          "compactProfileWithRegisters inverseCompactProfile unsigned bits secondSensor "
          "higherResolution endDate toMeter fromMeter manufacturerExtension "
          "unknownExtension").split()
PLACES = "L1 L2 L3 neutral L1L2 L2L3 L3L1 Q1 Q2 Q3 Q4".split()


def lookup(table, code):
    """Quantity, unit, exponent and kind of a code of seven bits."""
    bits = format(code & 0x7F, "07b")
    for row in re.split(r"[|\n]", table.strip()):
        pattern, quantity, *rest = row.split()
        variable = "".join(b for p, b in zip(pattern, bits) if p in "nty")
        if any(p in "01" and p != b for p, b in zip(pattern, bits)):
            continue
        count = int(variable or "0", 2)
        if not rest:
            return quantity, "", 0, "number"
        if rest[0] in ("bits", "time"):
            return quantity, "", 0, rest[0]
        if rest[0] in TIMES:
            return quantity, TIMES[rest[0]][count], 0, "number"
        return quantity, rest[0].replace("-", ""), int(rest[1]) + count, "number"
    return "reserved", "", 0, "number"


class Record:
    """A record: bytes, and the JSON in the order in which the decoder writes it."""

    def __init__(self, code, value, size=4, function=0, storage=0, tariff=0, subunit=0, kind=None):
        self.code, self.function = bytes(code), function
        self.storage, self.tariff, self.subunit = storage, tariff, subunit
        self.value, self.size, self.kind = value, size, kind

    def information(self):
        code = list(self.code)
        first = code.pop(0)
        extended = first
        if first == 0xFD:
            extended = code.pop(0)
            if extended == 0xFD:
                extended = code.pop(0)
                found = lookup(SECOND, extended)
            else:
                found = lookup(MAIN, extended)
        elif first == 0xFB:
            extended = code.pop(0)
            found = lookup(ALTERNATE, extended)
        else:
            found = lookup(PRIMARY, first)
        self.quantity, self.unit, self.exponent, data = found
        self.place, self.aspect, self.rate, self.error, self.traits = "", 0, 0, 0, set()
        self.addend = None
        while code:
            c = code.pop(0) & 0x7F
            if c == 0x7C:
                data = self.wide(code.pop(0) & 0x7F, data)
            elif c == 0x7F:
                self.traits.add("manufacturerExtension")
                break
            else:
                data = self.narrow(c, data)
        return data

    def wide(self, c, data):
        if 1 <= c <= 11:
            self.place = PLACES[c - 1]
            return data
        names = {0x0C: "delta", 0x0D: "nonMetric", 0x0E: "secondSensor", 0x0F: "higherResolution",
                 0x10: "absolute", 0x11: "unsigned", 0x12: "bits", 0x13: "endDate",
                 0x14: "toMeter", 0x15: "fromMeter"}
        self.traits.add(names.get(c, "unknownExtension"))
        if c == 0x0D:
            self.unit = "?"
        if c == 0x12 and data == "number":
            return "bits"
        return "time" if c == 0x13 else data

    def narrow(self, c, data):
        names = {0x12: "average", 0x13: "inverseCompactProfile", 0x14: "relativeDeviation",
                 0x1D: "standardContent", 0x1E: "compactProfileWithRegisters",
                 0x1F: "compactProfile", 0x3A: "uncorrected", 0x3B: "forwardOnly",
                 0x3C: "backwardOnly", 0x3D: "nonMetric", 0x3E: "baseConditions",
                 0x3F: "obisDeclaration", 0x7E: "future"}
        if c in names:
            self.traits.add(names[c])
            if c == 0x3D:
                self.unit = "?"
        elif 0x01 <= c <= 0x1C:
            self.error = c
        elif 0x20 <= c <= 0x38:
            self.rate = c
        elif 0x70 <= c <= 0x77:
            self.exponent += c - 0x76
        elif 0x78 <= c <= 0x7B:
            self.addend = c - 0x7B
        elif c == 0x7D:
            self.exponent += 3
        elif c == 0x39 or 0x40 <= c <= 0x6F:
            return self.limit(c, data)
        return data

    def limit(self, c, data):
        bits = format(c, "07b")
        if c == 0x39 or re.fullmatch(r"100..1.|1101.1.", bits):
            self.aspect, self.unit, self.exponent = c, "", 0
            return "time"
        if re.fullmatch(r"100.10.", bits):
            self.traits.add("unknownExtension")
            return data
        self.aspect = c
        if c in (0x41, 0x49):
            self.unit, self.exponent = "", 0
        if re.fullmatch(r"101....|1100...", bits):
            self.unit, self.exponent = TIMES["t"][c & 3], 0
        return "number"

    def head(self):
        difes = []
        storage, tariff, subunit = self.storage >> 1, self.tariff, self.subunit
        while storage or tariff or subunit:
            difes.append(storage & 15 | (tariff & 3) << 4 | (subunit & 1) << 6)
            storage, tariff, subunit = storage >> 4, tariff >> 2, subunit >> 1
        if isinstance(self.value, bytes):
            length = 13
        elif self.kind in ("bcd",):
            length = {1: 9, 2: 10, 3: 11, 4: 12, 6: 14}[self.size]
        elif self.kind == "real":
            length = 5
        else:
            length = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 6: 6, 8: 7}[self.size]
        dif = length | self.function << 4 | (self.storage & 1) << 6 | (0x80 if difes else 0)
        chain = [d | (0x80 if i + 1 < len(difes) else 0) for i, d in enumerate(difes)]
        return bytes([dif] + chain) + self.code

    def data(self):
        if isinstance(self.value, bytes):
            return bytes([len(self.value)]) + self.value[::-1]
        if self.kind == "bcd":
            digits = str(abs(self.value)).rjust(2 * self.size, "0")
            if self.value < 0:
                digits = "F" + digits[1:]
            return bytes.fromhex(digits)[::-1]
        if self.kind == "real":
            return struct.pack("<f", self.value)
        return (self.value & (1 << 8 * self.size) - 1).to_bytes(self.size, "little")

    def bytes(self):
        return self.head() + self.data()

    def json(self):
        data = self.information()
        out = ['"head":"%s"' % self.head().hex().upper(), '"quantity":"%s"' % self.quantity]
        if self.function:
            out.append('"function":"%s"' % ["", "maximum", "minimum", "duringError"][self.function])
        for name in ("storage", "tariff", "subunit"):
            if getattr(self, name):
                out.append('"%s":%d' % (name, getattr(self, name)))
        out += self.valueJSON(data)
        if self.unit:
            out.append('"unit":"%s"' % self.unit)
        if self.place:
            out.append('"place":"%s"' % self.place)
        for name in ("aspect", "rate", "error"):
            if getattr(self, name):
                out.append('"%s":%d' % (name, getattr(self, name)))
        if self.traits:
            names = [t for t in TRAITS if t in self.traits]
            out.append('"traits":[%s]' % ",".join('"%s"' % t for t in names))
        return "{%s}" % ",".join(out)

    def valueJSON(self, data):
        if isinstance(self.value, bytes):
            return ['"text":"%s"' % self.value.decode()]
        if self.size == 0:
            return []
        if self.kind == "real":
            exponent = ['"exponent":%d' % self.exponent] if self.exponent else []
            return ['"real":%s' % repr(self.value)] + exponent
        if data == "time" and self.kind != "bcd":
            return ['"time":"%s"' % TIME_TEXT[self.size]]
        if data == "bits" and self.kind != "bcd":
            return ['"bits":"%s"' % self.data().hex().upper()]
        value = Decimal(self.value).scaleb(self.exponent)
        if self.addend is not None:
            value = value + Decimal(1).scaleb(self.addend)
        return ['"value":%s' % plain(value)]


def plain(value):
    """A decimal as digits, with all its places and without an exponent."""
    return format(value, "f") if value.as_tuple().exponent <= 0 else str(int(value))


# 2026-11-25, 14:37 and 14:37:42, as types G, J, F and I.
TIME_BYTES = {2: 0x3B59, 3: 0x0E252A, 4: 0x3B592E25, 6: 0x003B590E252A}
TIME_TEXT = {2: "2026-11-25", 3: "14:37:42", 4: "2026-11-25T14:37", 6: "2026-11-25T14:37:42"}


def long_frame(data, information=0x72, control=0x08, address=1):
    body = bytes([control, address, information]) + data
    return bytes([0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) & 255, 0x16])


def header(number, letters="KVD", version=1, medium=2, access=1, status=0):
    code = 0
    for letter in letters:
        code = code * 32 + ord(letter) - 64
    data = bytes.fromhex(number)[::-1] + code.to_bytes(2, "little")
    data += bytes([version, medium, access, status, 0, 0])
    text = ('"identification":"%s","manufacturer":"%s","version":%d,"medium":%d,"access":%d,'
            '"status":%d' % (number, letters, version, medium, access, status))
    return data, text


rows = []


def add(name, records, tail=b"", tail_json="", medium=2):
    head, text = header("%08d" % (10000000 + len(rows)), medium=medium, access=len(rows) & 255)
    frame = long_frame(head + b"".join(r.bytes() for r in records) + tail)
    json = ('{"frame":"long","control":8,"address":1,"information":114,%s,"records":[%s]%s}'
            % (text, ",".join(r.json() for r in records), tail_json))
    rows.append((name, "made here", frame, json))


def raw(name, frame, json, origin="made here"):
    rows.append((name, origin, frame, json))


def chunks(codes, count=4):
    return [codes[i:i + count] for i in range(0, len(codes), count)]


def tables():
    sizes = [4, 2, 6, 8, 3, 1]
    plainCodes = [c for c in range(0x7B) if c not in (0x6C, 0x6D)]
    for group in chunks(plainCodes):
        add("table 10, %02X to %02X" % (group[0], group[-1]),
            [Record([c], 100 + c if c & 1 else -7 - c, sizes[c % 6]) if sizes[c % 6] > 1
             else Record([c], c - 60, 1) for c in group])
    for prefix, table, title in ((0xFD, MAIN, "table 12"), (0xFB, ALTERNATE, "table 14")):
        for group in chunks([c for c in range(128) if (prefix, c) != (0xFD, 0x7D)]):
            records = []
            for c in group:
                is_time = lookup(table, c)[3] == "time"
                size = 4 if is_time else sizes[c % 5]
                value = TIME_BYTES[4] if is_time else 1000 + 3 * c if size > 1 else c
                records.append(Record([prefix, c], value, size))
            add("%s, %02X to %02X" % (title, group[0], group[-1]), records)
    for group in chunks(list(range(8))):
        add("table 13, %02X to %02X" % (group[0], group[-1]),
            [Record([0xFD, 0xFD, c], 24 + c, 2) for c in group])
    skipped = {0x7C, 0x7F}
    for group in chunks([c for c in range(128) if c not in skipped]):
        records = []
        for c in group:
            record = Record([0x83, c], 5_000_000 + c, 4)
            if record.information() == "time":
                record = Record([0x83, c], TIME_BYTES[4], 4)
            records.append(record)
        add("table 15, %02X to %02X" % (group[0], group[-1]), records)
    for group in chunks(list(range(0x18))):
        records = [Record([0x83, 0xFC, c], TIME_BYTES[2] if c == 0x13 else 12_345, 2)
                   for c in group]
        add("table 16, %02X to %02X" % (group[0], group[-1]), records)


def codings():
    for size, value in ((1, -100), (1, 127), (2, -32000), (3, -8000000), (3, 8000000),
                        (4, -2000000000), (6, 140000000000000), (6, -140000000000000),
                        (8, 9000000000000000000), (8, -9000000000000000000)):
        add("integer of %d bytes, %d" % (size, value), [Record([0x03], value, size)])
    for size, value in ((1, 99), (1, 0), (2, 1234), (3, 123456), (4, 99999999), (6, 123456789012),
                        (4, -1234567), (2, -123), (6, -12345678901)):
        add("digits in %d bytes, %d" % (size, value), [Record([0x13], value, size, kind="bcd")])
    for value in (230.5, -0.25, 0.0, 1.0, 50.125, 3.25):
        add("real %s" % value, [Record([0xFD, 0x48], value, 4, kind="real")])
    for text in (b"KVD-382", b"", b"a longer text with blanks", b"0123456789" * 12):
        add("text of %d characters" % len(text), [Record([0xFD, 0x0C], text)])
    for size in (2, 3, 4, 6):
        add("time in %d bytes" % size, [
            Record([0x6C if size == 2 else 0x6D], TIME_BYTES[size], size),
            Record([0x84 if size == 4 else 0x86, 0x39], TIME_BYTES[size], size, storage=1)])


def numbers():
    for storage in (1, 2, 3, 15, 16, 31, 32, 33, 513, 8191, (1 << 41) - 1):
        add("storage %d" % storage, [Record([0x06], storage & 0xFFFF, 4, storage=storage)])
    for tariff in (1, 2, 3, 4, 7, 8, 255, (1 << 20) - 1):
        add("tariff %d" % tariff, [Record([0x06], 77, 4, tariff=tariff)])
    for subunit in (1, 2, 3, 1023):
        add("subunit %d" % subunit, [Record([0x06], 78, 4, subunit=subunit)])
    for function in range(4):
        add("function %d" % function, [
            Record([0x2B], 4100, 4, function=function),
            Record([0x6D], TIME_BYTES[4], 4, function=function),
            Record([0x2B], 900, 2, function=function, storage=9, tariff=5, subunit=2)])


def meters():
    for k in range(10):
        base = 1_000_000 * (k + 1)
        add("electricity meter %d" % (k + 1), [
            Record([0x78], 10_000_000 + k, 4, kind="bcd"), Record([0x04], base, 4),
            Record([0x84, 0x3C], base // 7, 4), Record([0xFB, 0x82, 0x75], base // 9, 4),
            Record([0xFB, 0x82, 0xF5, 0x3C], base // 11, 4), Record([0x04], base // 2, 4, tariff=1),
            Record([0x04], base // 3, 4, tariff=2), Record([0x2B], 3450 + k, 4),
            Record([0xFB, 0x97, 0x72], 120 - k, 4), Record([0xFD, 0xC8, 0xFC, 0x01], 2301 + k, 2),
            Record([0xFD, 0xC8, 0xFC, 0x02], 2299, 2), Record([0xFD, 0xD9, 0xFC, 0x03], 5130, 4),
            Record([0xFD, 0xBA, 0x73], 987 - k, 2), Record([0xFB, 0x2C], 49_990 + k, 4),
            Record([0x6D], TIME_BYTES[4], 4), Record([0xFD, 0x17], k, 2)])
        add("heat meter %d" % (k + 1), [
            Record([0x06], base, 4), Record([0x14], base // 4, 4), Record([0x3B], 321 + k, 4),
            Record([0x2D], 75 + k, 4), Record([0x59], 8123, 2), Record([0x5D], 4011, 2),
            Record([0x61], 4112, 2), Record([0x22], 5600 + k, 4),
            Record([0x06], base // 2, 4, storage=1),
            Record([0x6C], TIME_BYTES[2], 2, storage=1), Record([0x2D], 99, 4, function=1)],
            medium=4)
        add("water meter %d" % (k + 1), [
            Record([0x13], base + k, 4), Record([0x93, 0x3C], k, 4), Record([0x3B], 12 * k, 3),
            Record([0x65], 1890, 2), Record([0x13], base // 2, 4, storage=1),
            Record([0x6C], TIME_BYTES[2], 2, storage=1), Record([0xFD, 0x74], 3000 - k, 2)],
            medium=7)
        add("gas meter %d" % (k + 1), [
            Record([0x14], base + k, 4), Record([0x94, 0x3E], base // 2, 4),
            Record([0x94, 0x3A], base // 3, 4), Record([0x6A], 105 + k, 2), Record([0x65], 1523, 2),
            Record([0xFD, 0x1B], 3, 1)], medium=3)


def control():
    raw("acknowledgement", b"\xE5", '{"frame":"acknowledge"}')
    for name, c, a in (("reset", 0x40, 5), ("request", 0x5B, 253), ("request, bit set", 0x7B, 1),
                       ("alarm request", 0x5A, 9), ("status request", 0x49, 0)):
        raw(name, bytes([0x10, c, a, c + a & 255, 0x16]),
            '{"frame":"short","control":%d,"address":%d}' % (c, a))
    for code in range(10):
        raw("error %d" % code, long_frame(bytes([code]), 0x70),
            '{"frame":"long","control":8,"address":1,"information":112,'
            '"applicationError":%d}' % code)
    raw("alarm", long_frame(b"\x84", 0x71, 0x28),
        '{"frame":"long","control":40,"address":1,"information":113,"alarms":132}')
    raw("speed 9600", long_frame(b"", 0xBD, 0x53, 254),
        '{"frame":"long","control":83,"address":254,"information":189}')
    raw("new address", long_frame(b"\x01\x7A\x05", 0x51, 0x53, 254),
        '{"frame":"long","control":83,"address":254,"information":81,"records":'
        '[{"head":"017A","quantity":"busAddress","value":5}]}')
    raw("fixed structure", long_frame(bytes.fromhex("78563412 0A 00 E97E 01000000 35010000"), 0x73),
        '{"frame":"long","control":8,"address":1,"information":115,"identification":"12345678",'
        '"access":10,"status":0,"medium":7,"unit1":41,"unit2":62,"counter1":"01000000",'
        '"counter2":"35010000"}')


def broken():
    """Telegrams whose records break off: what is whole is told, the rest is kept."""
    good = Record([0x06], 42, 4)
    for name, tail, reason in (
            ("data missing", "0413", "truncated"), ("half of the data", "04130102", "truncated"),
            ("no value information", "04", "truncated"), ("extension missing", "0484", "truncated"),
            ("eleven DIFEs", "8480808080808080808080000600000000", "tooManyDIFEs"),
            ("eleven VIFEs", "0486808080808080808080808000", "tooManyVIFEs"),
            ("reserved length", "0D78FA01", "reserved"), ("reserved DIF", "3F0102", "reserved"),
            ("text cut", "0D7805414243", "truncated"),
            ("unit's text cut", "047C09414243", "truncated")):
        tail = bytes.fromhex(tail)
        add(name, [good], tail, ',"reason":"%s","rest":"%s"' % (reason, tail.hex().upper()))
    add("manufacturer's bytes", [good], b"\x0F\x01\x02\x03")
    rows[-1] = rows[-1][:3] + (rows[-1][3].replace(
        "]}", ',{"head":"0F","quantity":"manufacturerSpecific","bytes":"010203"}]}'),)
    add("another telegram follows", [good], b"\x1F")
    rows[-1] = rows[-1][:3] + (rows[-1][3].replace(
        "]}", ',{"head":"1F","quantity":"manufacturerSpecific","bytes":""}],"moreFollow":true}'),)
    add("fillers", [good], b"\x2F\x2F\x2F")


PUBLISHED = "capture in the tests of libmbus (BSD)"


def published():
    frame = bytes.fromhex(
        "68464668 0878722091831 42D2C01020400 0000 040600000000 042209000000 042B00000000"
        "142B00000000 84500600000000 84600600000000 0F000000000000000000000000000000 10 2416"
        .replace(" ", ""))
    head, text = header("14839120", "KAM", access=4)
    records = [Record([0x06], 0), Record([0x22], 9), Record([0x2B], 0),
               Record([0x2B], 0, function=1),
               Record([0x06], 0, tariff=1, subunit=1), Record([0x06], 0, tariff=2, subunit=1)]
    own = '{"head":"0F","quantity":"manufacturerSpecific","bytes":"%s"}' % ("00" * 15 + "10")
    json = ('{"frame":"long","control":8,"address":120,"information":114,%s,"records":[%s,%s]}'
            % (text, ",".join(r.json() for r in records), own))
    raw("module 68 50 005 of a 382", frame, json, PUBLISHED)


for part in (tables, codings, numbers, meters, control, broken, published):
    part()
here = pathlib.Path(__file__).parent
with open(here / "wired.tsv", "w", encoding="utf-8") as file:
    for name, origin, frame, json in rows:
        file.write("\t".join((name, origin, frame.hex().upper(), json)) + "\n")
print(len(rows), "telegrams")
