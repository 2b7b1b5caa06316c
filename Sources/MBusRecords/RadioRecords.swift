import Bytes
import LegalMeter
import MBus
import Meter
import MeterTime

/// What the meter tells by radio: the four records of the family's module, A+, A−, P+ and P−; in
/// the modes of OMS with the time and the state of the meter before them.
public struct RadioRecords: Equatable, Sendable {
  /// The time and the state go before the registers (OMS volume 2, annex on electricity): in mode 5
  /// nothing else keeps equal readings from looking equal on air.
  public var hasTime: Bool

  public init(hasTime: Bool) { self.hasTime = hasTime }

  /// The address of a radio module: the meter's number, version 30, electricity.
  public static func address(number: UInt32, isFamily: Bool) -> DeviceAddress {
    DeviceAddress(
      identification: DeviceAddress.digits(number),
      manufacturer: isFamily ? .kamstrup : .kvadrant, version: 0x30, medium: .electricity)
  }

  /// Writes the records. Each has a fixed length, so that a telegram's length tells nothing of the
  /// load.
  ///
  /// - Returns: bytes written.
  @inline(never)
  public func write(_ meter: borrowing Meter, into bytes: inout MutableSpan<UInt8>) -> Int {
    var writer = RecordWriter(bytes._mutatingExtracting(0..<bytes.count))
    do throws(BytesError) {
      if hasTime {
        let local = meter.legal.localTime(at: meter.now)
        var time = RecordTime(local.civil, summer: local.isDaylightSaving)
        time.invalid = !meter.legal.isClockValid
        try writer.time(RecordHead(0x6D), time, byteCount: 4)
        let errors = meter.reading(.errorRegister) ?? 0
        try writer.integer(RecordHead(0xFD17), errors & 0xFFFF, byteCount: 2)
      }
      // 10 Wh and W; what this meter does not measure is left out.
      if let value = meter.reading(.activeImport) {
        try writer.integer(RecordHead(0x04), value / 10_000, byteCount: 4)
      }
      if let value = meter.reading(.activeExport) {
        try writer.integer(RecordHead(0x843C), value / 10_000, byteCount: 4)
      }
      if let value = meter.reading(.powerActiveImport) {
        try writer.integer(RecordHead(0x2B), value / 1000, byteCount: 4)
      }
      if let value = meter.reading(.powerActiveExport) {
        try writer.integer(RecordHead(0xAB3C), value / 1000, byteCount: 4)
      }
    } catch {
      // Fifty bytes hold all of them.
    }
    return writer.count
  }
}
