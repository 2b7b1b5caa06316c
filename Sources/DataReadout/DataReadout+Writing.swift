import IEC62056_21
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// A section of the configuration as it comes in, whole or in blocks.
struct SectionStage: Sendable {
  /// The longest section that is taken, bytes.
  static let longest = 128

  /// Number, layout, length and content.
  var bytes = InlineArray<132, UInt8>(repeating: 0)
  var count = 0
  /// The command whose bytes are on their way into the memory.
  var applying: UInt16?

  mutating func clear() { (count, applying) = (0, nil) }

  /// Adds hexadecimal digits; false where they are none or too many.
  mutating func append(_ section: UInt8, _ text: Span<UInt8>) -> Bool {
    if count == 0 || bytes[0] != section {
      bytes[0] = section
      bytes[1] = 1
      count = 4
    }
    guard text.count % 2 == 0, count + text.count / 2 <= 4 + Self.longest else { return false }
    var k = 0
    while k < text.count {
      guard let byte = CommandArgument.byte(text, at: k) else { return false }
      bytes[count] = byte
      count += 1
      k += 2
    }
    bytes[2] = UInt8(truncatingIfNeeded: count - 4)
    bytes[3] = UInt8(truncatingIfNeeded: (count - 4) >> 8)
    return true
  }
}

extension DataReadout {
  /// Obeys W1...W5.
  /// - Returns: false while the memory is busy with it.
  mutating func write(
    _ kind: UInt8, _ isPartial: Bool, _ server: inout IEC62056Server, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    guard server.isOpened else {
      server.refuse(.notOpened)
      return true
    }
    if stage.applying == server.serial { return apply(&server, &meter, &memory) }
    stage.applying = nil
    guard let argument = CommandArgument(server.argument) else {
      server.refuse(.badValue)
      return true
    }
    let code = argument.address.code
    if Self.isSection(code) {
      guard stage.append(code.e, server.argument.extracting(argument.value)) else {
        stage.clear()
        server.refuse(.badValue)
        return true
      }
      if isPartial {
        // Blocks belong to W3 and W4; the one that ends it carries ETX.
        if kind == 3 || kind == 4 {
          server.acknowledge()
        } else {
          stage.clear()
          server.refuse(.badValue)
        }
        return true
      }
      stage.applying = server.serial
      return apply(&server, &meter, &memory)
    }
    stage.clear()
    if argument.isNumber {
      guard stageNumber(argument, server, meter) else {
        server.refuse(.badValue)
        return true
      }
      stage.applying = server.serial
      return apply(&server, &meter, &memory)
    }
    if let refusal = set(argument, server, &meter) {
      server.refuse(refusal)
    } else {
      server.acknowledge()
    }
    return true
  }

  /// Pushes the staged section into the memory.
  private mutating func apply(
    _ server: inout IEC62056Server, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    do throws(ConfigurationRefusal) {
      let progress = try meter.configure(
        stage.bytes.span.extracting(0..<stage.count), through: door, now: meter.now,
        memory: &memory)
      if progress == .busy { return false }
      server.acknowledge()
    } catch {
      server.refuse(ProtocolRefusal(error))
    }
    stage.clear()
    return true
  }

  /// The meter's number as a section: the new one, and the one of delivery, which stays.
  private mutating func stageNumber(
    _ argument: CommandArgument, _ server: borrowing IEC62056Server, _ meter: borrowing Meter
  ) -> Bool {
    let text = server.argument
    var range = argument.value
    while range.count > 1, text[range.lowerBound] == UInt8(ascii: "0") {
      range = (range.lowerBound + 1)..<range.upperBound
    }
    guard range.count <= 8, let number = CommandArgument.digits(text, range, range.count) else {
      return false
    }
    stage.bytes[0] = ConfigurationSection.number.rawValue
    stage.bytes[1] = 1
    (stage.bytes[2], stage.bytes[3]) = (8, 0)
    for k in 0..<4 {
      stage.bytes[4 + k] = UInt8(truncatingIfNeeded: number >> UInt64(8 * k))
      stage.bytes[8 + k] = UInt8(
        truncatingIfNeeded: meter.configuration.deliveredNumber >> UInt32(8 * k))
    }
    stage.count = 12
    return true
  }

  /// Sets what is no section.
  /// - Returns: why not, nil where it is done.
  private func set(
    _ argument: CommandArgument, _ server: borrowing IEC62056Server, _ meter: inout Meter
  ) -> ProtocolRefusal? {
    let text = server.argument
    let code = argument.address.code
    let local = meter.legal.localTime(at: meter.now).civil
    switch (code.c, code.d, code.e) {
    case (0, 9, 1), (0, 9, 2):
      guard let value = CommandArgument.digits(text, argument.value, 6) else { return .badValue }
      let wanted =
        code.e == 1
        ? CivilDateTime(date: local.date, hhmmss: UInt32(value))
        : CivilDateTime(yymmdd: UInt32(value), hhmmss: local.hhmmss)
      guard let wanted else { return .badValue }
      return setClock(meter.legal.zone.instant(ofLocalTime: wanted), &meter)
    case (1, 0, 0):
      guard let time = ReadoutTime.instant(text, argument.value, meter.legal.zone) else {
        return .badValue
      }
      return setClock(time, &meter)
    case (1, 128, 0), (2, 128, 0):
      guard CommandArgument.digits(text, argument.value, argument.value.count) == 0 else {
        return .badValue
      }
      meter.legal.clearResettable(export: code.c == 2, now: meter.now)
      return nil
    default:
      return QuantityID.named(argument.address) == nil ? .unknownAddress : .fixed
    }
  }

  private func setClock(_ time: Instant, _ meter: inout Meter) -> ProtocolRefusal? {
    do throws(ClockRefusal) {
      try meter.legal.setClock(to: time, by: .command, now: meter.now)
      return nil
    } catch {
      return .refused
    }
  }

  /// Obeys E2.
  mutating func execute(_ server: inout IEC62056Server, _ meter: inout Meter) {
    guard server.isOpened else { return server.refuse(.notOpened) }
    guard let argument = CommandArgument(server.argument) else { return server.refuse(.badValue) }
    let code = argument.address.code
    switch (code.c, code.d, code.e) {
    case (0, 1, 0):
      do throws(BillingRefusal) {
        try meter.legal.resetBilling(now: meter.now)
      } catch {
        return server.refuse(.refused)
      }
    case (96, 91, 1): meter.testDisplay(for: .seconds(5))
    case (96, 91, 2): meter.identify(for: .seconds(10))
    case (96, 92, 0): meter.endVerification()
    case (96, 92, 1...4):
      guard let kind = EnergyKind(rawValue: code.e - 1), (try? meter.verify(kind)) != nil else {
        return server.refuse(.refused)
      }
    default: return server.refuse(.unknownAddress)
    }
    server.acknowledge()
  }
}

extension CommandArgument {
  /// Names the meter's number: 0.0.0 or C.1.0.
  var isNumber: Bool { address.code.f == 255 && QuantityID.named(address) == .meterNumber }
}

extension ProtocolRefusal {
  /// What a door says where the configuration refuses.
  init(_ refusal: ConfigurationRefusal) {
    self =
      switch refusal {
      case .malformed, .unknownLayout, .invalid: .badValue
      case .unknownSection: .unknownAddress
      case .sealed: .sealed
      case .wrongDoor: .wrongDoor
      case .fixed: .fixed
      case .busy: .busy
      case .full, .memory: .memory
      }
  }
}
