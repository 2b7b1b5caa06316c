"""Gurux's client over a socket: what the checks need of it, nothing else."""

import contextlib
import io
import socket

from gurux_dlms import GXByteBuffer, GXReplyData
from gurux_dlms.enums import Authentication, InterfaceType, Security
from gurux_dlms.secure import GXDLMSSecureClient

TIMEOUT = 10
TEST_KEY = bytes(range(16))
TEST_AUTHENTICATION_KEY = bytes(range(0xD0, 0xE0))
CLIENT_TITLE = bytes.fromhex("4D4D4D0000000001")


class Refused(Exception):
    """The meter answers with this number in place of data."""


class Gurux:
    """An open association."""

    def __init__(self, port, client, password=None, counter=None, hdlc=False, setup=None,
                 line=None):
        # Anything with `sendall` and `recv`, in place of a port.
        self.socket = line or socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        interface = InterfaceType.HDLC if hdlc else InterfaceType.WRAPPER
        level = Authentication.HIGH_GMAC if counter else (
            Authentication.LOW if password else Authentication.NONE)
        self.client = GXDLMSSecureClient(True, client, 1, level, password, interface)
        if counter:
            ciphering = self.client.ciphering
            ciphering.security = Security.AUTHENTICATION_ENCRYPTION
            ciphering.systemTitle = CLIENT_TITLE
            ciphering.blockCipherKey = TEST_KEY
            ciphering.authenticationKey = TEST_AUTHENTICATION_KEY
            ciphering.invocationCounter = counter
        if setup:
            setup(self.client)
        # The library tells on standard output that it ciphers.
        with contextlib.redirect_stdout(io.StringIO()):
            self._open()

    def _open(self):
        snrm = self.client.snrmRequest()
        if snrm:
            self.client.parseUAResponse(self._ask(snrm).data)
        self.client.parseAareResponse(self._ask(self.client.aarqRequest()).data)
        if self.client.isAuthenticationRequired:
            reply = self._ask(self.client.getApplicationAssociationRequest())
            self.client.parseApplicationAssociationResponse(reply.data)

    def _send(self, data, reply):
        received, notify = GXByteBuffer(), GXReplyData()
        self.socket.sendall(bytes(data))
        while True:
            part = self.socket.recv(65536)
            if not part:
                raise ConnectionError("the meter closed the connection")
            received.set(part)
            if self.client.getData(received, reply, notify):
                break
        if reply.error:
            raise Refused(reply.error)

    def _ask(self, messages):
        reply = GXReplyData()
        for message in messages if isinstance(messages, (list, tuple)) else [messages]:
            reply.clear()
            self._send(message, reply)
            while reply.isMoreData():
                self._send(self.client.receiverReady(reply), reply)
        return reply

    def ask(self, messages):
        """Sends requests and takes the answer to the last, block by block."""
        with contextlib.redirect_stdout(io.StringIO()):
            return self._ask(messages)

    def objects(self):
        return self.client.parseObjects(self.ask(self.client.getObjectsRequest()).data, True)

    def read(self, thing, attribute):
        reply = self.ask(self.client.read(thing, attribute))
        return self.client.updateValue(thing, attribute, reply.value)

    def rows(self, profile, request):
        profile.buffer = []
        self.client.updateValue(profile, 2, self.ask(request).value)
        return list(profile.buffer)

    def close(self):
        self.ask(self.client.releaseRequest() or [])
        if self.client.interfaceType == InterfaceType.HDLC:
            self.ask(self.client.disconnectRequest())
        self.socket.close()
