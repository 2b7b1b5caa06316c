import IEC62056_21
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// What the meter tells and takes through IEC 62056-21.
///
/// The server asks, this answers out of the meter and its memory:
///
/// ```swift
/// while readout.answer(&server, &meter, &memory) {}
/// ```
///
/// Readings are free as on the glass. Load profile, logs and settings need the password. What may
/// be written is the table of `ConfigurationSection.protection` for the optical door, clock,
/// billing reset, the consumer's counters and the display; legal data by nobody.
public struct DataReadout: Sendable {
  /// Lines of the readout.
  public var list: ReadoutList
  /// Where changes come from.
  public let door: ConfigurationDoor
  var stage = SectionStage()
  var progress = ReadoutProgress.none
  /// Where the block began that the reader has not acknowledged yet.
  var blockStart = ReadoutProgress.none

  public init(_ list: ReadoutList = .family, door: ConfigurationDoor = .optical) {
    self.list = list
    self.door = door
  }

  /// Answers what the server asks, if its output has room.
  ///
  /// - Returns: false when nothing is asked, when there is no room, and when the memory has to get
  ///   on with a change first; call again then.
  @inline(never)
  public mutating func answer(
    _ server: inout IEC62056Server, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    guard let request = server.request, server.room >= 200 else { return false }
    switch request {
    case .readout(let line):
      writeLine(line, &server, meter)
      return true
    case .command(let command, let isPartial):
      switch command {
      case .read: read(command, &server, meter, memory)
      case .write(let kind): return write(kind, isPartial, &server, &meter, &memory)
      case .execute: execute(&server, &meter)
      case .operand, .password, .secret, .endOfSession: server.refuse(.unknownCommand)
      }
      return true
    case .next(let isRepeat):
      if isRepeat { progress = blockStart }
      goOn(&server, meter, memory)
      return true
    }
  }

  // MARK: readout

  private func writeLine(_ line: UInt16, _ server: inout IEC62056Server, _ meter: borrowing Meter) {
    guard let quantity = list.quantity(line) else { return server.finish() }
    server.finishLine()
    guard quantity.dataSetForm != .none, let raw = meter.reading(quantity) else { return }
    var text = InlineArray<96, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    quantity.writeDataSet(raw, meter.configuration.options.energyDigits, into: &writer)
    writer.endLine()
    let count = writer.count
    server.write(text.span.extracting(0..<count))
  }

  // MARK: reading

  private mutating func read(
    _ command: ProgrammingCommand, _ server: inout IEC62056Server, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    progress = .none
    guard let argument = CommandArgument(server.argument) else { return server.refuse(.badValue) }
    let code = argument.address.code
    if code.c == 99 && code.d == 1 || code.c == 98 && code.d == 1 && code.e == 0
      || Self.isLog(code)
    {
      guard server.isOpened else { return server.refuse(.notOpened) }
      begin(argument, &server, meter, memory)
    } else if Self.isSection(code) {
      guard server.isOpened else { return server.refuse(.notOpened) }
      readSection(code.e, &server, meter, memory)
    } else {
      readQuantity(argument, &server, meter, memory)
    }
  }

  private func readQuantity(
    _ argument: CommandArgument, _ server: inout IEC62056Server, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    guard let quantity = QuantityID.named(argument.address) else {
      return server.refuse(.unknownAddress)
    }
    let stored = argument.address.code.f
    let reading =
      stored == 255
      ? meter.reading(quantity) : BilledValue.reading(quantity, stored, meter, memory)
    guard let raw = reading else { return server.refuse(.unknownAddress) }
    var text = InlineArray<96, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    quantity.writeDataSet(
      raw, meter.configuration.options.energyDigits, stored: stored, into: &writer)
    let count = writer.count
    server.write(text.span.extracting(0..<count))
    server.finish()
  }

  /// C.90.n: section n of the configuration.
  static func isSection(_ code: OBISCode) -> Bool { code.c == 96 && code.d == 90 }

  /// P.98, and P.98.n for one of the logs.
  static func isLog(_ code: OBISCode) -> Bool { code.c == 99 && code.d == 98 }

  private func readSection(
    _ number: UInt8, _ server: inout IEC62056Server, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    // Calibration is the maker's own affair.
    guard let section = ConfigurationSection(rawValue: number), section != .calibration,
      let length = meter.sectionLength(section, from: memory), length <= SectionStage.longest
    else { return server.refuse(.unknownAddress) }
    var text = InlineArray<32, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    writer.put("C.90.")
    writer.decimal(UInt64(number))
    writer.put(UInt8(ascii: "("))
    let count = writer.count
    server.write(text.span.extracting(0..<count))
    for k in 0..<length {
      var byte = InlineArray<1, UInt8>(repeating: 0)
      var span = byte.mutableSpan
      guard meter.readSection(section, at: k, from: memory, into: &span) else {
        return server.refuse(.memory)
      }
      var pair = InlineArray<2, UInt8>(repeating: 0)
      var hexadecimal = TextWriter(pair.mutableSpan)
      hexadecimal.hexadecimal(UInt64(byte[0]), digits: 2)
      server.write(pair.span)
    }
    let end: InlineArray<1, UInt8> = [UInt8(ascii: ")")]
    server.write(end.span)
    server.finish()
  }
}

/// A value of a closed billing period, as group F names it.
enum BilledValue {
  /// - Parameter stored: 0...99 the number of the reset modulo 100, 101...199 the last, the one
  ///   before and so on (IEC 62056-6-1, value group F).
  static func reading(
    _ quantity: QuantityID, _ stored: UInt8, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> Int64? {
    let index: Int
    if stored > 100 {
      index = Int(stored) - 101
    } else {
      let age = Int64(meter.legal.billingCount) - Int64(stored)
      guard stored < 100, age >= 0 else { return nil }
      index = Int(age % 100)
    }
    guard index < meter.legal.billingRecordCount,
      let record = meter.legal.billingRecord(index, memory: memory),
      stored > 100 || record.number % 100 == UInt32(stored)
    else { return nil }
    guard quantity.isMeasured(by: meter.configuration.variant.energyType) else { return nil }
    if let register = Register(quantity) {
      return record[register].map { Int64(clamping: $0) }
    }
    switch quantity.meaning {
    case .extremeDemand(.maximum(.activeImport)): return Int64(record.maxima.activeImport.power_mW)
    case .extremeDemand(.maximum(.activeExport)): return Int64(record.maxima.activeExport.power_mW)
    case .extremeDemand(.maximum(.reactiveImport)):
      return Int64(record.maxima.reactiveImport.power_mW)
    case .extremeDemand(.maximum(.reactiveExport)):
      return Int64(record.maxima.reactiveExport.power_mW)
    case .extremeDemand(.tariffMaximum(.t1)): return Int64(record.maxima.activeImportT1.power_mW)
    case .extremeDemand(.tariffMaximum(.t2)): return Int64(record.maxima.activeImportT2.power_mW)
    case .cumulativeMaximum(let kind): return Int64(clamping: record.cumulativeAfter(kind))
    case .hourCounter: return Int64(record.operatingSeconds / 3600)
    case .thresholdCount: return Int64(record.periodsAboveThreshold)
    case .pulseInput(let input) where input == 1 || input == 2:
      return Int64(clamping: record.pulseInputs[Int(input) - 1])
    case .billing(.date):
      return Int64(meter.legal.zone.localTime(at: record.time).civil.date.yymmdd)
    case .billing(.time): return Int64(meter.legal.zone.localTime(at: record.time).civil.hhmmss)
    default: return nil
    }
  }
}
