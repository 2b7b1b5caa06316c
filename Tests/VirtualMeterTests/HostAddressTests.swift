import Testing
import VirtualMeter

@Suite struct HostAddressTests {
  @Test("only this machine is behind loopback addresses, whatever a name looks like")
  func loopback() {
    for host in ["127.0.0.1", "127.9.8.7", "::1", "localhost"] {
      #expect(HostAddress.isLoopback(host), "\(host)")
    }
    for host in ["127.0.0.1.example", "127.x.example", "127.1", "127.0.0.256", "128.0.0.1", ""] {
      #expect(!HostAddress.isLoopback(host), "\(host)")
    }
  }

  @Test("literal addresses are told from names")
  func literal() {
    for host in ["0.0.0.0", "192.168.1.20", "::", "fe80::1", "::ffff:10.0.0.1"] {
      #expect(HostAddress.isLiteral(host), "\(host)")
    }
    for host in ["meter", "1.2.3", "1.2.3.4.5", "1.2.3.x", "+1.2.3.4", "", "g::1"] {
      #expect(!HostAddress.isLiteral(host), "\(host)")
    }
    #expect(HostAddress.withoutBrackets("[::1]") == "::1")
    #expect(HostAddress.withoutBrackets("127.0.0.1") == "127.0.0.1")
  }

  @Test("a DLMS port on a name that begins like loopback is open to others")
  func dlms() throws {
    #expect(try DLMSAddress(parsing: "tcp://127.0.0.1:4059").isLoopback)
    #expect(try DLMSAddress(parsing: "tcp+hdlc://[::1]:0").isLoopback)
    #expect(try !DLMSAddress(parsing: "tcp://127.x.example:4059").isLoopback)
  }
}
