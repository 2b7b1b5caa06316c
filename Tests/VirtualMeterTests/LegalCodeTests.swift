import Foundation
import Testing

@testable import VirtualMeter

@Suite struct LegalCodeTests {
  @Test("the running program finds and identifies its legal code")
  func identify() throws {
    let code = try #require(LegalCode())
    #expect(code.functionCount > 100)
    #expect(code.byteCount > 10_000)
    let first = code.digest()
    #expect(first == code.digest())
    #expect(first.count == 32)
    let other = try #require(LegalCode())
    #expect(other.checksum() == code.checksum())
  }

  @Test("files that are no program have no functions")
  func foreign() {
    for bytes in [[], [0x7F, 0x45], Array(repeating: UInt8(0xFF), count: 300)] as [[UInt8]] {
      #expect(ELFSymbols.functions(in: Data(bytes)) { _ in true }.isEmpty)
    }
    var torn = Data([0x7F, 0x45, 0x4C, 0x46, 2, 1]) + Data(repeating: 0xF0, count: 200)
    #expect(ELFSymbols.functions(in: torn) { _ in true }.isEmpty)
    torn[0x28] = 0
    #expect(ELFSymbols.functions(in: torn) { _ in true }.isEmpty)
  }
}
