"""Runs the firmware image on QEMU's mps2-an386: five serial ports as sockets, eight EEPROM
images, a clock chip. Standard library only."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

FIRMWARE = Path(__file__).resolve().parent
IMAGE = FIRMWARE / ".build" / "armv7em-none-none-eabi" / "release" / "Firmware"
PORTS = ("report", "optical", "module1", "module2", "feed")

DEVICE_COUNT = 8
DEVICE_BYTES = 64 * 1024
MEMORY_BYTES = DEVICE_COUNT * DEVICE_BYTES

# The exit code of the image's fault handler.
FAULT_EXIT_CODE = 99


class EmulatorError(Exception):
    """The emulator did not start, or did not answer in time."""


def device_path(directory, device):
    return Path(directory) / f"eeprom{device}.img"


def split_memory(contents, directory):
    """Writes the 512 KiB of a meter's memory as the images of the eight devices."""
    if len(contents) != MEMORY_BYTES:
        raise EmulatorError(f"a memory has {MEMORY_BYTES} bytes, this one {len(contents)}")
    Path(directory).mkdir(parents=True, exist_ok=True)
    for device in range(DEVICE_COUNT):
        begin = device * DEVICE_BYTES
        device_path(directory, device).write_bytes(contents[begin : begin + DEVICE_BYTES])


def join_memory(directory):
    """The 512 KiB of the eight device images in a directory."""
    parts = [device_path(directory, device).read_bytes() for device in range(DEVICE_COUNT)]
    for device, part in enumerate(parts):
        if len(part) != DEVICE_BYTES:
            raise EmulatorError(f"{device_path(directory, device)} has {len(part)} bytes")
    return b"".join(parts)


def feed_frame(sequence, samples):
    """One frame of the sample feed; `samples` is (u1, i1, u2, i2, u3, i3)."""
    body = struct.pack("<I6i", sequence & 0xFFFFFFFF, *samples)
    return b"KV" + body + struct.pack("<I", zlib.crc32(body))


def sections(image):
    """(name, file offset, size) of every section of the image."""
    data = Path(image).read_bytes()
    if data[:6] != b"\x7fELF\x01\x01":
        raise EmulatorError(f"{image} is no 32-bit little-endian ELF file")
    (table,) = struct.unpack_from("<I", data, 32)
    size, count, names = struct.unpack_from("<HHH", data, 46)
    headers = [struct.unpack_from("<10I", data, table + n * size) for n in range(count)]
    strings = headers[names][4]
    for name, _, _, _, offset, length, *_ in headers:
        begin = strings + name
        yield data[begin : data.index(b"\0", begin)].decode(), offset, length


def section(image, wanted):
    """The contents of a section of the image, for comparison with what the device says of it."""
    for name, offset, length in sections(image):
        if name == wanted:
            return Path(image).read_bytes()[offset : offset + length]
    raise EmulatorError(f"{image} has no section {wanted}")


class Port:
    """One serial port of the running board."""

    def __init__(self, connection):
        self.connection = connection
        self.pending = b""

    def send(self, data):
        self.connection.sendall(data)

    def line(self, timeout=10):
        """The next line, without its end; None once the board is gone."""
        self.connection.settimeout(timeout)
        while b"\n" not in self.pending:
            try:
                data = self.connection.recv(65536)
            except ConnectionResetError:
                data = b""
            except TimeoutError:
                raise EmulatorError(f"no line within {timeout} s, only {self.pending!r}") from None
            if not data:
                return None
            self.pending += data
        line, self.pending = self.pending.split(b"\n", 1)
        return line.decode("ascii", "replace")

    def expect(self, word, timeout=10):
        """The key=value pairs of the next line that begins with a word."""
        while True:
            line = self.line(timeout)
            if line is None:
                raise EmulatorError(f"the board stopped before it said {word!r}")
            first, *pairs = line.split(" ")
            if first == word:
                return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    def rest(self, timeout=10):
        """Everything up to the end of the connection, for a board that was killed."""
        self.connection.settimeout(timeout)
        data, self.pending = self.pending, b""
        try:
            while chunk := self.connection.recv(65536):
                data += chunk
        except ConnectionResetError:
            pass
        return data


class Emulator:
    """A running board; use it in a `with` block.

    memory: directory of the eight EEPROM images, made (erased) where they are missing.
    rtc: what the clock chip shows at start, ISO date and time without zone, or "utc" for the
        host's time. With icount the chip's clock follows the instructions.
    icount: None, or QEMU's shift: 0 counts one instruction as one nanosecond, repeatably.
    feed: frames for the command `F`, which reads them by semihosting in blocks: fast, and with
        icount the same to the instruction in every run.
    """

    def __init__(
        self, memory, image=IMAGE, rtc="2026-01-01T00:00:00", icount=None, feed=None
    ):
        self.memory = Path(memory).resolve()
        self.feed_file = feed
        self.process = None
        self.ports = {}
        self.directory = None
        if shutil.which("qemu-system-arm") is None:
            raise EmulatorError("qemu-system-arm is missing: install the package of that name")
        if not Path(image).exists():
            raise EmulatorError(f"{image} is missing: build it with Firmware/build.py")
        self.memory.mkdir(parents=True, exist_ok=True)
        for device in range(DEVICE_COUNT):
            path = device_path(self.memory, device)
            if not path.exists():
                path.write_bytes(b"\xff" * DEVICE_BYTES)
            if path.stat().st_size != DEVICE_BYTES:
                raise EmulatorError(f"{path} must have {DEVICE_BYTES} bytes")
        self.arguments = self._arguments(image, rtc, icount)

    def _arguments(self, image, rtc, icount):
        arguments = ["qemu-system-arm", "-M", "mps2-an386", "-echr", "511"]
        arguments += ["-display", "none", "-monitor", "none", "-nic", "user,restrict=on"]
        arguments += ["-kernel", str(Path(image).resolve())]
        arguments += ["-semihosting-config", "enable=on,target=native"]
        clock = "host" if icount is None else "vm"
        arguments += ["-rtc", f"base={rtc},clock={clock}"]
        if icount is not None:
            arguments += ["-icount", f"shift={icount}"]
        arguments += ["-device", "ds1338,bus=i2c,address=0x68"]
        for device in range(DEVICE_COUNT):
            path = str(device_path(self.memory, device)).replace(",", ",,")
            arguments += ["-drive", f"if=none,id=ee{device},format=raw,file={path}"]
            arguments += [
                "-device",
                f"at24c-eeprom,bus=i2c,address={0x50 + device},rom-size={DEVICE_BYTES}"
                f",drive=ee{device}",
            ]
        return arguments

    def start(self):
        """Starts the board. Our side listens first, so no byte of it is lost."""
        self.directory = tempfile.mkdtemp(prefix="kvadrant-")
        listeners = []
        arguments = list(self.arguments)
        try:
            for name in PORTS:
                path = os.path.join(self.directory, name)
                listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                listeners.append(listener)
                listener.bind(path)
                listener.listen(1)
                listener.settimeout(20)
                # A multiplexer keeps 32 bytes ready beside the receiver, which holds one: the
                # feed runs more than twice as fast. Its escape character is put out of reach.
                multiplex = ",mux=on" if name == "feed" else ""
                arguments += ["-chardev", f"socket,id={name},path={path}{multiplex}"]
                arguments += ["-serial", f"chardev:{name}"]
            if self.feed_file is not None:
                self.put_feed(self.feed_file)
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, cwd=self.directory
            )
            for name, listener in zip(PORTS, listeners):
                self.ports[name] = Port(self._accept(listener))
        except BaseException:
            self.stop()
            raise
        finally:
            for listener in listeners:
                listener.close()
        return self

    def _accept(self, listener):
        """Waits for the emulator's call, but not for one that has already given up."""
        deadline = time.monotonic() + 20
        listener.settimeout(0.2)
        while True:
            try:
                return listener.accept()[0]
            except TimeoutError:
                if self.process.poll() is not None:
                    raise EmulatorError(f"QEMU ended with {self.process.returncode}") from None
                if time.monotonic() > deadline:
                    raise EmulatorError("QEMU opened no serial ports within 20 s") from None

    def __getattr__(self, name):
        if name in PORTS and name in self.ports:
            return self.ports[name]
        raise AttributeError(name)

    def put_feed(self, frames):
        """What the next command `F` reads."""
        (Path(self.directory) / "feed.bin").write_bytes(frames)

    def wait(self, timeout=20):
        """The exit code of the image."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise EmulatorError(f"the board still runs after {timeout} s") from None

    def cut(self):
        """A power cut: the process dies between two instructions of the board."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends the emulator, in whatever state it is, and tidies up."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for port in self.ports.values():
            port.connection.close()
        if self.directory is not None:
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def main():
    """`emulator.py join DIRECTORY FILE` and `emulator.py split FILE DIRECTORY`."""
    try:
        match sys.argv[1:]:
            case ["join", directory, file]:
                Path(file).write_bytes(join_memory(directory))
            case ["split", file, directory]:
                split_memory(Path(file).read_bytes(), directory)
            case _:
                sys.exit("usage: emulator.py join DIRECTORY FILE | split FILE DIRECTORY")
    except (EmulatorError, OSError) as error:
        sys.exit(f"emulator.py: {error}")


if __name__ == "__main__":
    main()
