import LegalMeter
import MeterTime
import PermanentMemory
import Quantities

/// Closed billing periods on the glass.
extension Meter {
  /// What is shown of a billing record, in this order, where the energy type has it.
  private static var billed: InlineArray<16, QuantityID> {
    [
      .activeImport, .activeExport, .reactiveImport, .reactiveExport, .activeImportT1,
      .activeImportT2, .activeImportT3, .activeImportT4, .maximumActiveImport,
      .maximumActiveImportT1, .maximumActiveImportT2, .maximumActiveExport,
      .maximumReactiveImport, .maximumReactiveExport, .cumulativeActiveImport, .hourCounter,
    ]
  }

  func lookUpBilling(
    _ reader: inout RecordReader, now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) {
    var index = Int(reader.index)
    switch reader.request {
    case .open: index = 0
    case .earlier: index += 1
    case .find, .value, .none: break
    }
    if index >= legal.billingRecordCount {
      reader.answer(.message(index == 0 ? .error : .end), at: now)
      return
    }
    guard let record = legal.billingRecord(index, memory: memory) else {
      reader.answer(.message(.error), at: now)
      return
    }
    reader.index = UInt32(index)
    reader.stamp = record.time
    let views = Self.billed
    var left = Int(reader.place)
    var first: QuantityID?
    for k in views.indices where views[k].isMeasured(by: legal.parameters.energies) {
      if first == nil { first = views[k] }
      if left == 0 {
        take(views[k], of: record, into: &reader)
        reader.answer(.record, at: now)
        return
      }
      left -= 1
    }
    reader.place = 0
    if let first { take(first, of: record, into: &reader) }
    reader.answer(.record, at: now)
  }

  private func take(
    _ quantity: QuantityID, of record: BillingRecord, into reader: inout RecordReader
  ) {
    reader.quantity = quantity
    reader.reached = nil
    if case .extremeDemand = quantity.meaning {
      reader.reached = record.maximum(quantity)?.end
    }
    reader.value = record.reading(quantity)
  }
}

extension BillingRecord {
  /// A value as the meter told it when the period was closed, in the raw unit of its quantity; nil
  /// for what is not kept.
  public func reading(_ quantity: QuantityID) -> Int64? {
    if quantity.rawValue < 20, let register = Register(quantity) {
      return self[register].map { Int64(clamping: $0) }
    }
    switch quantity.meaning {
    case .extremeDemand: return maximum(quantity).map { Int64($0.power_mW) }
    case .cumulativeMaximum(let kind): return Int64(clamping: cumulativeAfter(kind))
    case .hourCounter: return Int64(operatingSeconds / 3600)
    case .thresholdCount: return Int64(periodsAboveThreshold)
    case .pulseInput(let input): return Int64(clamping: pulseInputs[input == 1 ? 0 : 1])
    case .billing(.count): return Int64(number)
    default: return nil
    }
  }

  /// The maximum that a quantity names; nil for what is not kept.
  public func maximum(_ quantity: QuantityID) -> DemandMaximum? {
    switch quantity {
    case .maximumActiveImport: maxima.activeImport
    case .maximumActiveImportT1: maxima.activeImportT1
    case .maximumActiveImportT2: maxima.activeImportT2
    case .maximumActiveExport: maxima.activeExport
    case .maximumReactiveImport: maxima.reactiveImport
    case .maximumReactiveExport: maxima.reactiveExport
    default: nil
    }
  }
}
