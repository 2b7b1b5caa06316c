import Bytes
import MBus
import Meter
import Quantities
import Testing

@testable import MBusRecords

/// Every quantity of the directory as a record, and back through the decoder.
@Suite struct RecordFormTests {
  @Test func everyQuantityHasARecord() {
    let without = QuantityID.allCases.filter { $0.recordForm == nil }
    #expect(without == [.profileReader, .billingReader])
  }

  /// No two quantities have the same head.
  @Test func everyHeadIsItsOwn() {
    let heads = QuantityID.allCases.compactMap(\.recordForm?.head)
    for (index, head) in heads.enumerated() {
      #expect(heads.firstIndex(of: head) == index)
    }
  }

  static func unit(_ unit: Unit) -> MeasuredUnit {
    switch unit {
    case .hour: .hour
    case .minute: .minute
    case .second: .second
    case .degree: .degree
    case .degreeCelsius: .degreeCelsius
    case .watt: .watt
    case .voltAmpere: .voltAmpere
    case .voltAmpereReactive: .voltAmpereReactive
    case .wattHour: .wattHour
    case .voltAmpereHour: .voltAmpereHour
    case .varHour: .varHour
    case .ampere: .ampere
    case .volt: .volt
    case .hertz: .hertz
    case .percent: .percent
    case .count: .none
    }
  }

  /// A reading goes out as a record of the standard's unit, and comes back as the same value, as
  /// far as the record's resolution goes.
  @Test(arguments: QuantityID.allCases.filter { $0.recordForm?.kind == .number })
  func valueComesBack(_ quantity: QuantityID) throws {
    let form = try #require(quantity.recordForm)
    let reading = Int64(form.byteCount == 1 ? 7 : 12_345) * form.divisor
    var bytes = [UInt8](repeating: 0, count: 32)
    var writer = RecordWriter(bytes.mutableSpan)
    try writer.integer(form.head, form.scaled(reading), byteCount: form.byteCount)
    let count = writer.count
    let written = Array(bytes.prefix(count))
    var reader = RecordReader(written.span)
    let record = try #require(try reader.next())
    #expect(record.end == count)
    if record.information.quantity == .manufacturerSpecific { return }
    #expect(record.information.quantity != .reserved)
    #expect(!record.information.traits.contains(.unknownExtension))
    let row = quantity.row
    let isCount = record.information.aspect == 0x49 || record.information.aspect == 0x41
    if !isCount { #expect(record.information.unit == Self.unit(row.unit)) }
    guard case .integer(let value) = record.value(in: written.span) else { return }
    let scaled = try #require(record.information.scaled(value))
    // reading · 10^scale = mantissa · 10^exponent
    let difference = Int(scaled.exponent) - Int(row.scale)
    #expect(difference >= 0)
    var expected = scaled.mantissa
    for _ in 0..<difference { expected *= 10 }
    #expect(expected == reading, "\(quantity)")
  }

  @Test func rounding() {
    let form = RecordForm(RecordHead(0x2B), per: 1000)
    #expect(form.scaled(1_499) == 1 && form.scaled(1_500) == 2)
    #expect(form.scaled(-1_499) == -1 && form.scaled(-1_500) == -2)
    #expect(form.scaled(.max) == Int64.max / 1000)
    #expect(form.scaled(.min) == Int64.min / 1000)
  }
}
