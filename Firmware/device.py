"""Puts the firmware on the emulator behind one socket, for `kvadrant typetest --device`.

One stream carries both ways: what begins with `KV` is a frame of 34 bytes for the sample feed, any
other line goes to the report port as commands; what the report port says comes back."""

import argparse
import os
import queue
import socket
import tempfile
import threading

from emulator import IMAGE, Emulator, EmulatorError

FRAME_BYTES = 34
# Longest time for a block of frames; a block is at most as long as what one read brings.
PATIENCE = 60


class Relay:
    """Between one connection and a running board.

    Frames reach the board as a file of the host, block by block: a serial port of the emulator
    takes its bytes one by one, which would take minutes where this takes seconds."""

    def __init__(self, board, connection):
        self.board = board
        self.connection = connection
        self.pending = b""
        self.taken = threading.Event()
        self.lines = queue.SimpleQueue()

    def run(self):
        """Until the other side hangs up."""
        threading.Thread(target=self._answers, daemon=True).start()
        threading.Thread(target=self._send, daemon=True).start()
        try:
            while data := self.connection.recv(1 << 20):
                self.pending += data
                self._forward()
        except ConnectionResetError:
            # It hung up with lines unread.
            pass

    def _forward(self):
        at, begin = 0, 0
        data = self.pending
        while at < len(data):
            if data[at] == 0x4B and (at + 1 == len(data) or data[at + 1] == 0x56):
                if at + FRAME_BYTES > len(data):
                    break
                at += FRAME_BYTES
                continue
            end = data.find(b"\n", at)
            if end < 0:
                break
            # Frames before a command have left before it.
            self._feed(data[begin:at])
            self.board.report.send(data[at : end + 1])
            at = begin = end + 1
        self._feed(data[begin:at])
        self.pending = data[at:]

    def _feed(self, frames):
        if not frames:
            return
        self.taken.clear()
        self.board.put_feed(frames)
        self.board.report.send(b"F")
        if not self.taken.wait(PATIENCE):
            raise EmulatorError(f"the board took no {len(frames)} bytes within {PATIENCE} s")

    def _answers(self):
        port = self.board.report.connection
        port.settimeout(None)
        text, is_reading = b"", False
        data = self.board.report.pending
        try:
            while data or (data := port.recv(65536)):
                self.lines.put(data)
                *lines, text = (text + data).split(b"\n")
                for line in lines:
                    if line.startswith(b"file "):
                        is_reading = True
                    elif is_reading and line.startswith(b"feed "):
                        is_reading = False
                        self.taken.set()
                data = b""
        except OSError:
            # The board has been ended.
            pass

    def _send(self):
        """What the board said, when the other side likes to read it: while that sends frames it
        need not, and the board goes on meanwhile."""
        try:
            while True:
                self.connection.sendall(self.lines.get())
        except OSError:
            pass


def listener(address):
    """A socket that listens at `unix:PATH` or `tcp://HOST:PORT`."""
    if address.startswith("unix:"):
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.bind(address[5:])
    else:
        host, port = address.removeprefix("tcp://").rsplit(":", 1)
        made = socket.create_server((host, int(port)))
    made.listen(1)
    return made


def serve(board, waiting):
    """Serves one connection."""
    connection, _ = waiting.accept()
    with connection:
        Relay(board, connection).run()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("address", help="unix:PATH or tcp://HOST:PORT to listen at")
    arguments.add_argument("--image", default=IMAGE)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="kvadrant-device-") as directory:
        with Emulator(os.path.join(directory, "memory"), options.image) as board:
            board.report.expect("ready")
            with listener(options.address) as waiting:
                print(f"listening at {options.address}", flush=True)
                serve(board, waiting)
            board.report.send(b"Q")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (EmulatorError, OSError) as error:
        raise SystemExit(f"device.py: {error}") from None
