import CBoard

/// Why a transfer on the bus ended early.
public enum I2CError: Error, Equatable, Sendable {
  /// Nobody acknowledged the address in time.
  case absent
  /// The device refused a byte.
  case refused
}

/// I2C master by bits on the MPS2 serial control port: bit 0 is SCL, bit 1 is SDA; writing a bit
/// to the first register sets the line, to the second clears it. The only master on the bus.
public struct I2CBus: Sendable {
  let base: UInt

  /// The bus of the first expansion header ("shield 1"), where memory and clock chip sit.
  public static let shield = I2CBus(base: 0x4002_A000)

  /// How long a device may be silent while it programs a page, in core cycles: twice 5 ms.
  private static let patience = UInt64(BOARD_CORE_HERTZ) / 100

  /// Sends a start, the address and bytes given by `body`, and a stop in any case.
  func writing<R>(
    to address: UInt8, _ body: (borrowing Writer) throws(I2CError) -> R
  ) throws(I2CError) -> R {
    defer { stop() }
    try select(address &<< 1)
    return try body(Writer(bus: self))
  }

  /// Sends a start, the address and `header`, then reads after a repeated start.
  func read(
    from address: UInt8, header: Span<UInt8>, into bytes: inout MutableSpan<UInt8>
  ) throws(I2CError) {
    defer { stop() }
    try select(address &<< 1)
    for n in header.indices { try put(header[n]) }
    start()
    guard shift(out: address &<< 1 | 1) else { throw .refused }
    for n in bytes.indices { bytes[n] = shift(inAcknowledging: n != bytes.count - 1) }
  }

  /// Sends the bytes of one write transfer.
  struct Writer: ~Copyable {
    let bus: I2CBus
    func put(_ byte: UInt8) throws(I2CError) { try bus.put(byte) }
    func put(_ bytes: Span<UInt8>) throws(I2CError) {
      for n in bytes.indices { try bus.put(bytes[n]) }
    }
  }

  /// Start and address, repeated until the device answers: a memory is silent while it programs.
  private func select(_ address: UInt8) throws(I2CError) {
    let begin = board_cycles()
    repeat {
      start()
      if shift(out: address) { return }
      stop()
    } while board_cycles() - begin < Self.patience
    throw .absent
  }

  private func put(_ byte: UInt8) throws(I2CError) {
    guard shift(out: byte) else { throw .refused }
  }

  // MARK: Lines

  private func clock(_ high: Bool) { board_write32(high ? base : base + 4, 1) }
  private func data(_ high: Bool) { board_write32(high ? base : base + 4, 2) }
  private var dataIsHigh: Bool { board_read32(base) & 2 != 0 }

  private func start() {
    data(true)
    clock(true)
    data(false)
    clock(false)
  }

  private func stop() {
    data(false)
    clock(true)
    data(true)
  }

  private func shift(out byte: UInt8) -> Bool {
    var mask: UInt8 = 0x80
    while mask != 0 {
      data(byte & mask != 0)
      clock(true)
      clock(false)
      mask &>>= 1
    }
    data(true)
    clock(true)
    let isAcknowledged = !dataIsHigh
    clock(false)
    return isAcknowledged
  }

  private func shift(inAcknowledging acknowledge: Bool) -> UInt8 {
    data(true)
    var byte: UInt8 = 0
    for _ in 0..<8 {
      clock(true)
      byte = byte &<< 1 | (dataIsHigh ? 1 : 0)
      clock(false)
    }
    data(!acknowledge)
    clock(true)
    clock(false)
    data(true)
    return byte
  }
}
