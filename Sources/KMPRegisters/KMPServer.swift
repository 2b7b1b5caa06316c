import Bytes
import KMP
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// What became of a frame.
public enum KMPOutcome: Equatable, Sendable {
  /// Nothing is sent: the frame is not for this meter, not understood or not allowed.
  case silent
  /// A bare 06 is sent.
  case acknowledged
  /// `count` bytes of address, command and data are sent in a frame.
  case answer(Int)
  /// 06 is sent, and the meter has to be started anew; with backup the registers are stored first.
  case reset(withBackup: Bool)
}

/// The meter's side of KMP behind one port.
///
/// Reading is free. What changes something needs a login with the PIN of the port; without a PIN
/// nothing is changed. Commands to the switch are taken from the module side alone. A wrong PIN
/// makes the port wait, from one second up to five minutes.
public struct KMPServer: Sendable {
  /// What a port may do.
  public struct Rights: Equatable, Sendable {
    public var door: ConfigurationDoor
    /// Opens the commands that change something; nil where there are none.
    public var pin: UInt16?

    public init(door: ConfigurationDoor, pin: UInt16? = nil) {
      self.door = door
      self.pin = pin
    }
  }

  /// How long a login holds without a command.
  static var loginTime: Instant.Duration { .seconds(60) }
  /// The longest answer, bytes of address, command and data.
  public static var longestAnswer: Int { 250 }

  public let rights: Rights
  var openUntil: Instant?
  var failures: UInt8 = 0
  var waitUntil = Instant(ticks: .min / 4)
  /// The last record that was read of each log, and whether there was one.
  var lastRead = InlineArray<16, UInt16>(repeating: 0)
  var hasRead: UInt16 = 0
  /// Numbers of the newest records that count as read, by log of events.
  var border = InlineArray<8, UInt32>(repeating: 0)
  var seen = InlineArray<8, UInt32>(repeating: 0)

  public init(_ rights: Rights) { self.rights = rights }

  /// True while a login holds.
  public func isOpen(at now: Instant) -> Bool { openUntil.map { now < $0 } ?? false }

  /// Obeys or answers a frame.
  ///
  /// - Parameters:
  ///   - body: address, command and data.
  ///   - now: time of the port, for logins.
  ///   - output: its first bytes are the answer.
  @inline(never)
  public mutating func answer(
    _ body: Span<UInt8>, now: Instant, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, into output: inout InlineArray<250, UInt8>
  ) -> KMPOutcome {
    guard body.count >= 2, body[0] == KMPAddress.meter, let command = KMPCommand(rawValue: body[1])
    else { return .silent }
    let data = body.extracting(2...)
    if isOpen(at: now) { openUntil = now + Self.loginTime }
    switch command {
    case .getLogTimePresent, .getLogLastPresent, .getLogIDPresent, .getLogTimePast:
      guard let request = KMPLogRequest(command, parsing: data) else { return .silent }
      return readLog(request, command, meter, memory, into: &output)
    case .getType, .getSerialNumber, .getRegister, .getCutOffState, .getEventStatus,
      .getVoltageQuality, .getLoadProfileConfiguration:
      var writer = ByteWriter(output.mutableSpan)
      do throws(BytesError) {
        try writer.bigEndian(KMPAddress.meter)
        try writer.bigEndian(command.rawValue)
        guard try tell(command, data, meter, memory, into: &writer) else { return .silent }
      } catch {
        return .silent
      }
      return .answer(writer.count)
    case .login: return login(data, now: now)
    case .reset, .resetWithoutBackup:
      guard isOpen(at: now), data.isEmpty else { return .silent }
      return .reset(withBackup: command == .reset)
    case .setClock, .putRegister, .setDisplayYes, .debitingStop, .setCutOffState,
      .clearEventStatus, .setVoltageQuality:
      guard isOpen(at: now) else { return .silent }
      return obey(command, data, &meter, &memory) ? .acknowledged : .silent
    }
  }

  private mutating func login(_ data: Span<UInt8>, now: Instant) -> KMPOutcome {
    guard data.count == 2, now >= waitUntil, let pin = rights.pin else { return .silent }
    if UInt16(data[0]) << 8 | UInt16(data[1]) == pin {
      (failures, openUntil) = (0, now + Self.loginTime)
      return .acknowledged
    }
    waitUntil = now + .seconds(min(Int64(1) << Int64(min(failures, 9)), 300))
    if failures < 255 { failures += 1 }
    openUntil = nil
    return .silent
  }

  // MARK: telling

  @_lifetime(writer: copy writer)
  private func tell(
    _ command: KMPCommand, _ data: Span<UInt8>, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, into writer: inout ByteWriter
  ) throws(BytesError) -> Bool {
    if command == .getRegister {
      guard let request = KMPRegisterRequest(parsing: data) else { return false }
      for k in 0..<Int(request.count) {
        // What the meter does not have is left out.
        guard let value = KMPRegisterValue.value(request.registers[k], meter) else { continue }
        try writer.bigEndian(request.registers[k])
        try value.writeHead(into: &writer)
        try value.writeValue(into: &writer)
      }
      return true
    }
    guard data.isEmpty else { return false }
    switch command {
    case .getType:
      try writer.bigEndian(meter.configuration.variant.typeWord)
      let revision = meter.configuration.softwareRevision
      // Letter and number: version 1.x is A.
      try writer.bigEndian(UInt8(truncatingIfNeeded: revision >> 16))
      try writer.bigEndian(UInt8(truncatingIfNeeded: revision >> 8))
    case .getSerialNumber: try writer.bigEndian(meter.configuration.deliveredNumber)
    case .getCutOffState:
      try writer.bigEndian(meter.supplyState.familyCode)
      try writer.bigEndian(meter.supplyState == .absent ? 0 : meter.supplyFeedback)
    case .getEventStatus:
      try writer.bigEndian(meter.status.rawValue)
      try writer.bigEndian(UInt8(0))
      try writer.bigEndian(eventFlags(meter, memory))
      try writer.bigEndian(UInt8(0))
    case .getVoltageQuality:
      let limits = meter.voltageLife.limits
      try writer.bigEndian(limits.low_V)
      try writer.bigEndian(limits.high_V)
      try writer.bigEndian(limits.duration_10s)
    case .getLoadProfileConfiguration:
      try writer.bigEndian(meter.legal.profileLayout.channels)
      try writer.bigEndian(UInt8(truncatingIfNeeded: meter.legal.periodSettings.length.minutes))
      // On, and of the largest size.
      try writer.bigEndian(UInt8(0x83))
    default: return false
    }
    return true
  }

  /// Byte 2 of the event status: logs with records that nobody has read here.
  private func eventFlags(
    _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt8 {
    var flags: UInt8 = 0
    for bit in UInt8(0)..<5 where newest(bit, meter, memory) > border[Int(bit)] {
      flags |= 1 << bit
    }
    return flags
  }

  /// The newest number of what a bit stands for: billing, clock, status, voltage, switch.
  func newest(
    _ bit: UInt8, _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt32 {
    switch bit {
    case 0: meter.legal.billingCount
    case 1: meter.legal.newestEvent(.clock, memory: memory)
    case 2: meter.legal.newestEvent(.status, memory: memory)
    case 3: meter.legal.newestEvent(.voltage, memory: memory)
    default: meter.legal.newestEvent(.supplySwitch, memory: memory)
    }
  }

  // MARK: obeying

  private mutating func obey(
    _ command: KMPCommand, _ data: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    switch command {
    case .setClock:
      guard data.count == 8,
        let civil = CivilDateTime(yymmdd: Self.word(data, 0), hhmmss: Self.word(data, 4))
      else { return false }
      return setClock(meter.legal.zone.instant(ofLocalTime: civil), &meter)
    case .putRegister: return put(data, &meter, &memory)
    case .setDisplayYes:
      guard data.isEmpty else { return false }
      meter.identify(for: .seconds(10))
      return true
    case .debitingStop:
      guard data.isEmpty else { return false }
      return (try? meter.legal.resetBilling(now: meter.now)) != nil
    case .setCutOffState:
      // Only the module side: what somebody at the front could send must not cut a house off.
      guard rights.door == .module, data.count == 1,
        let action = SwitchCommand(rawValue: data[0])
      else { return false }
      return (try? meter.command(action, now: meter.now)) != nil
    case .clearEventStatus: return clear(data, meter, memory)
    case .setVoltageQuality:
      guard data.count == 5 else { return false }
      let limits = VoltageLimits(
        low_V: UInt16(data[0]) << 8 | UInt16(data[1]),
        high_V: UInt16(data[2]) << 8 | UInt16(data[3]), duration_10s: data[4])
      return (try? meter.setVoltageLimits(limits)) != nil
    default: return false
    }
  }

  private func setClock(_ time: Instant, _ meter: inout Meter) -> Bool {
    (try? meter.legal.setClock(to: time, by: .command, now: meter.now)) != nil
  }

  /// Four masks of what goes out if it has been read, then four of what goes out anyhow.
  private mutating func clear(
    _ data: Span<UInt8>, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    guard data.count == 8 else { return false }
    for bit in UInt8(0)..<5 {
      if data[6] >> bit & 1 != 0 {
        border[Int(bit)] = newest(bit, meter, memory)
      } else if data[2] >> bit & 1 != 0 {
        // The border never goes back.
        border[Int(bit)] = max(border[Int(bit)], seen[Int(bit)])
      }
    }
    return true
  }

  /// 11h: number, unit, width, signs, value, as in an answer. Legal data are nobody's to write.
  private func put(
    _ data: Span<UInt8>, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    var cursor = KMPAnswerCursor()
    guard let item = cursor.next(in: data), item.value.upperBound == data.count else {
      return false
    }
    let value = data.extracting(item.value)
    switch item.register {
    case 0x0417:
      guard let clock = KMPClock(register: value),
        let time = KMPRegisterValue.instant(clock, meter.legal.zone)
      else { return false }
      return setClock(time, &meter)
    case 0x0011, 0x0012:
      guard KMPAnswerCursor.integer(value) == 0 else { return false }
      meter.legal.clearResettable(export: item.register == 0x0012, now: meter.now)
      return true
    case 0x0033:
      guard let number = KMPAnswerCursor.integer(value), number <= 99_999_999 else { return false }
      return setNumber(UInt32(number), &meter, &memory)
    default: return false
    }
  }

  private func setNumber(
    _ number: UInt32, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    var section = InlineArray<12, UInt8>(repeating: 0)
    section[0] = ConfigurationSection.number.rawValue
    (section[1], section[2]) = (1, 8)
    for k in 0..<4 {
      section[4 + k] = UInt8(truncatingIfNeeded: number >> UInt32(8 * k))
      section[8 + k] = UInt8(
        truncatingIfNeeded: meter.configuration.deliveredNumber >> UInt32(8 * k))
    }
    // The change goes on with each call while the memory is busy; one that is given up by a memory
    // that does not get ready is not acknowledged.
    for _ in 0..<64 {
      guard
        let progress = try? meter.configure(
          section.span, through: rights.door, now: meter.now, memory: &memory)
      else { return false }
      if progress != .busy { return true }
      memory.maintain()
    }
    return false
  }

  private static func word(_ data: Span<UInt8>, _ at: Int) -> UInt32 {
    var value: UInt32 = 0
    for k in 0..<4 { value = value << 8 | UInt32(data[at + k]) }
    return value
  }
}
