import CBoard
import MeterTime
import PermanentMemory

/// The permanent memory: eight serial EEPROMs of 64 KiB at 0x50...0x57 on one bus, 512 KiB in
/// all. Page p lies in device p / 256; the joined contents equal the memory file of a hosted
/// meter.
///
/// The emulated part programs at once and has no pages, so both are kept here: a program lies
/// within one page of 256 bytes, and the next one is refused until 5 ms have passed on the clock
/// that `advance(to:)` brings. On a real part the time would also be waited for on the bus, since
/// a device does not acknowledge its address while it programs.
///
/// Transfers that fail are counted (`faults`) and read as erased bytes, which no record accepts.
public struct EEPROMMemory: PageMemory, ~Copyable {
  private let bus: I2CBus
  private var now = Instant(ticks: 0)
  private var readyAt = Instant(ticks: 0)
  /// Programs accepted since start.
  public private(set) var programs: UInt32 = 0

  /// Largest number of bytes put into one bus transfer, 1...256. The part takes a whole page;
  /// less splits a program into several, so that a cut between them leaves a torn page behind
  /// for the tests.
  public var transferBytes = 256

  /// Pages in one device.
  static let pagesPerDevice = 256
  static let deviceCount = 8
  static let firstAddress: UInt8 = 0x50
  /// Time to program one page, data sheets of the 24xx512 family: 5 ms at most.
  public static let programTime = Instant.Duration.milliseconds(5)

  public init(bus: I2CBus) { self.bus = bus }

  /// Brings the time by which programs take 5 ms. A clock set back ends a running program.
  public mutating func advance(to instant: Instant) {
    if instant < now { readyAt = instant }
    now = instant
  }

  public var pageCount: Int { Self.pagesPerDevice * Self.deviceCount }
  public var isReady: Bool { now >= readyAt }

  /// Bus transfers that failed since start.
  public var faults: UInt32 { board_i2c_faults() }

  /// The number of devices that acknowledge their address.
  public func devicesPresent() -> Int {
    var count = 0
    for device in 0..<Self.deviceCount {
      let address = Self.firstAddress &+ UInt8(truncatingIfNeeded: device)
      do throws(I2CError) {
        try bus.writing(to: address) { (_) throws(I2CError) in }
        count += 1
      } catch {}
    }
    return count
  }

  public func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>) {
    precondition(isInside(page: page, offset: offset, count: bytes.count))
    guard bytes.count > 0 else { return }
    let place = Place(page: page, offset: offset)
    let header: InlineArray<2, UInt8> = [place.high, place.low]
    do throws(I2CError) {
      try bus.read(from: place.device, header: header.span, into: &bytes)
    } catch {
      board_count_i2c_fault()
      for n in bytes.indices { bytes[n] = 0xFF }
    }
  }

  public mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>) {
    precondition(isReady)
    precondition(isInside(page: page, offset: offset, count: bytes.count))
    var done = 0
    while done < bytes.count {
      let count = min(transferBytes, bytes.count - done)
      transfer(
        Place(page: page, offset: offset + done), bytes.extracting(done..<(done + count)))
      done += count
    }
    programs &+= 1
    readyAt = now + Self.programTime
  }

  private func transfer(_ place: Place, _ bytes: Span<UInt8>) {
    do throws(I2CError) {
      try bus.writing(to: place.device) { (writer) throws(I2CError) in
        try writer.put(place.high)
        try writer.put(place.low)
        try writer.put(bytes)
      }
    } catch {
      board_count_i2c_fault()
    }
  }

  private func isInside(page: Int, offset: Int, count: Int) -> Bool {
    page >= 0 && page < pageCount && offset >= 0 && offset + count <= Self.pageBytes
  }

  /// Bus address and the two address bytes of a place in the memory.
  private struct Place {
    let device: UInt8, high: UInt8, low: UInt8
    init(page: Int, offset: Int) {
      device =
        EEPROMMemory.firstAddress
        &+ UInt8(truncatingIfNeeded: page / EEPROMMemory.pagesPerDevice)
      high = UInt8(truncatingIfNeeded: page)
      low = UInt8(truncatingIfNeeded: offset)
    }
  }
}
