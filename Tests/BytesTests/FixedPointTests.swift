import Bytes
import Foundation
import Testing

@Suite struct FixedPointTests {
  @Test("products and shifts keep every bit")
  func products() {
    for a in [Int32.min, -1, 0, 1, 123_456_789, .max] {
      for b in [Int32.min, -7, 0, 2, .max] { #expect(product(a, b) == Int64(a) * Int64(b)) }
      #expect(widened(a) == Int64(a))
    }
    #expect(multipliedShifted(-3, 1, by: 1) == -2)
    #expect(multipliedShifted(1 << 62, 1 << 62, by: 100) == 1 << 24)
    #expect(multipliedShifted(-(1 << 62), 1 << 62, by: 124) == -1)
    #expect(multipliedShifted(.min, .min, by: 64) == 1 << 62)
    #expect(multipliedShifted(5, 7, by: 0) == 35)
  }

  @Test("square roots are exact floors")
  func roots() {
    for r: UInt64 in [0, 1, 2, 3, 1000, 65_535, 3_037_000_499, 4_294_967_295] {
      let square = r * r
      #expect(squareRoot(square) == r)
      if r > 0 { #expect(squareRoot(square - 1) == r - 1) }
    }
    #expect(squareRoot(.max) == 4_294_967_295)
    let m = rootMean(3 * 1_000_003, count: 3)
    #expect(abs(Double(m.root) / Double(1 << m.fractionBits) - 1_000_003.0.squareRoot()) < 1e-4)
    #expect(rootMean(0, count: 5).root == 0)
    #expect(rootMean(5, count: 0).root == 0)
  }

  @Test("CORDIC against binary64 over the whole turn")
  func cordic() {
    var worst = 0.0
    var angleError = 0.0
    for k in 0..<4096 {
      let a = UInt32(truncatingIfNeeded: k &* 1_048_583)
      let turn = Double(a) / 4_294_967_296 * 2 * .pi
      let r = CORDIC.cosineSine(a)
      worst = max(worst, abs(Double(r.cosine) / 1_073_741_824 - cos(turn)))
      worst = max(worst, abs(Double(r.sine) / 1_073_741_824 - sin(turn)))
      let back = CORDIC.angle(x: Int64(r.cosine) << 20, y: Int64(r.sine) << 20)
      angleError = max(angleError, abs(Double(Int32(bitPattern: back &- a))))
    }
    #expect(worst < 0x1p-27)
    #expect(angleError < 64)
    #expect(CORDIC.angle(x: 0, y: 0) == 0)
    #expect(abs(Int32(bitPattern: CORDIC.angle(x: 1, y: 1) &- 0x2000_0000)) < 64)
    _ = CORDIC.angle(x: .min, y: .max)
    _ = CORDIC.angle(x: .max, y: .min)
  }

  @Test("scale factors keep 62 bits through products and quotients")
  func factors() {
    let f =
      ScaleFactor(59_604_644_775) * ScaleFactor(23_841_857_910) * .powerOfTen(-24)
      / ScaleFactor(4000)
    let expected = 59_604_644_775.0 * 23_841_857_910.0 * 1e-24 / 4000
    let applied = f.applied(to: 1 << 60)
    #expect(abs(Double(applied) / (expected * 0x1p60) - 1) < 1e-12)
    #expect(ScaleFactor(3).applied(to: -7) == -21)
    #expect((ScaleFactor(1) / ScaleFactor(3)).applied(to: 3) == 1)
    #expect((ScaleFactor(1) / ScaleFactor(3)).applied(to: 4) == 1)
    #expect((ScaleFactor(1) / ScaleFactor(3)).applied(to: 5) == 2)
    #expect((ScaleFactor(0) * ScaleFactor(5)).applied(to: 9) == 0)
  }

  @Test("a summing factor never loses a remainder")
  func summing() {
    let third = SummingFactor(ScaleFactor(1) / ScaleFactor(3))
    var remainder: UInt64 = 0
    var sum: Int64 = 0
    for _ in 0..<3_000_000 { sum += third.apply(to: 1, remainder: &remainder) }
    #expect(sum == 999_999 || sum == 1_000_000)
    var down: Int64 = 0
    for k in 0..<1000 { down += third.apply(to: k % 2 == 0 ? -5 : 5, remainder: &remainder) }
    #expect(abs(down) <= 1)
  }

  @Test("SHA-256 gives the published digests (FIPS 180-4 examples)")
  func digest() {
    func hex(_ text: String) -> String {
      var hash = SHA256()
      let bytes = Array(text.utf8)
      hash.update(bytes.span)
      let d = hash.finish()
      return d.indices.map { String(format: "%02x", d[$0]) }.joined()
    }
    #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      hex(String(repeating: "a", count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
