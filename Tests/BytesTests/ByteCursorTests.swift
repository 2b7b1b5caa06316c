import Bytes
import Testing

@Suite struct ByteCursorTests {
  @Test func readsBothByteOrders() throws {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    var reader = ByteReader(bytes.span)
    let a = try reader.littleEndian(UInt16.self)
    let b = try reader.bigEndian(UInt32.self)
    let c = try reader.littleEndian(byteCount: 6)
    let d = try reader.bigEndian(byteCount: 3)
    let left = reader.remaining
    #expect(a == 0x0201)
    #expect(b == 0x0304_0506)
    #expect(c == 0x0C0B_0A09_0807)
    #expect(d == 0x0D0E0F)
    #expect(left == 0)
  }

  @Test func shortReadsThrowAndTakeNothing() {
    let bytes: [UInt8] = [1, 2, 3]
    var reader = ByteReader(bytes.span)
    var thrown = 0
    do { _ = try reader.littleEndian(UInt32.self) } catch { thrown += error == .truncated ? 1 : 0 }
    do { _ = try reader.bigEndian(UInt64.self) } catch { thrown += error == .truncated ? 1 : 0 }
    do { _ = try reader.take(4) } catch { thrown += error == .truncated ? 1 : 0 }
    do { _ = try reader.take(-1) } catch { thrown += error == .truncated ? 1 : 0 }
    do { try reader.skip(4) } catch { thrown += error == .truncated ? 1 : 0 }
    do { try reader.skip(-1) } catch { thrown += error == .truncated ? 1 : 0 }
    let offset = reader.offset
    #expect(thrown == 6)
    #expect(offset == 0)
  }

  @Test func takeGivesAViewAndMovesOn() throws {
    let bytes: [UInt8] = [1, 2, 3, 4]
    var reader = ByteReader(bytes.span)
    try reader.skip(1)
    let view = try reader.take(2)
    let first = view[0]
    let last = view[1]
    let left = reader.remaining
    #expect(first == 2 && last == 3 && left == 1)
  }

  @Test func writesWhatTheReaderReads() throws {
    var bytes = [UInt8](repeating: 0xEE, count: 20)
    try write(&bytes)
    #expect(
      bytes == [
        0x34, 0x12, 0x12, 0x34, 6, 5, 4, 3, 2, 1, 1, 2, 3, 9, 9, 0, 0, 0, 0xEE, 0xEE,
      ])
  }

  private func write(_ bytes: inout [UInt8]) throws(BytesError) {
    let more: [UInt8] = [9, 9]
    var writer = ByteWriter(bytes.mutableSpan)
    try writer.littleEndian(UInt16(0x1234))
    try writer.bigEndian(UInt16(0x1234))
    try writer.littleEndian(0x0102_0304_0506, byteCount: 6)
    try writer.bigEndian(0x010203, byteCount: 3)
    try writer.append(more.span)
    try writer.fill(0, upTo: 18)
  }

  @Test func fullBuffersThrowAndStayAsTheyAre() {
    var bytes = [UInt8](repeating: 0, count: 3)
    let four: [UInt8] = [1, 2, 3, 4]
    var thrown = 0
    do {
      var writer = ByteWriter(bytes.mutableSpan)
      do { try writer.littleEndian(UInt32(1)) } catch { thrown += error == .full ? 1 : 0 }
      do { try writer.bigEndian(UInt32(1)) } catch { thrown += error == .full ? 1 : 0 }
      do { try writer.append(four.span) } catch { thrown += error == .full ? 1 : 0 }
      do { try writer.fill(1, upTo: 4) } catch { thrown += error == .full ? 1 : 0 }
    }
    #expect(thrown == 4)
    #expect(bytes == [0, 0, 0])
  }
}
