import Bytes

/// Why a run of records cannot be read further; what is left is kept as raw bytes.
public enum RecordError: Error, Equatable, Sendable {
  /// A record goes on where the telegram ends.
  case truncated
  /// More than ten DIFEs (EN 13757-3, clause 6.3.4).
  case tooManyDIFEs
  /// More than ten VIFEs (clause 6.4.1).
  case tooManyVIFEs
  /// A special DIF or a variable length that the standard keeps for later: the length is unknown.
  case reserved
}

/// One data record of EN 13757-3: where it stands and what its head says.
///
/// The value itself is read from the telegram by `value(in:)`, so a record is small and owns no
/// bytes.
public struct DataRecord: Equatable, Sendable {
  /// What the value is of (clause 6.3.3).
  public enum Function: UInt8, CaseIterable, Sendable {
    case instantaneous, maximum, minimum, duringError
  }

  /// How the data are coded: the low nibble of the DIF, or what the length byte says.
  public enum Coding: Equatable, Sendable {
    case none
    /// Two's complement, least significant byte first.
    case integer
    /// IEEE 754, 32 bits.
    case real
    /// Two digits a byte, least significant first; the sign in the highest digit or, of variable
    /// length, in the length byte.
    case decimal
    case negativeDecimal
    /// A request for a selection of records; no data.
    case selection
    /// Characters in reverse order.
    case text
    /// More bytes than a number has.
    case bytes
    /// Manufacturer's own bytes up to the end of the telegram (DIF 0F and 1F).
    case manufacturer
    /// A request for all records (DIF 7F).
    case globalReadout
  }

  /// Index of the DIF in the bytes that were read.
  public internal(set) var offset = 0
  /// Bytes of DIF, DIFEs, VIF, its text and VIFEs.
  public internal(set) var headBytes = 0
  /// Index of the first byte of data.
  public internal(set) var dataOffset = 0
  /// Bytes of data, without the length byte.
  public internal(set) var dataBytes = 0
  public internal(set) var function = Function.instantaneous
  public internal(set) var coding = Coding.none
  /// 0 the present, 1 and more the past, by the order of the meter; 41 bits.
  public internal(set) var storage: UInt64 = 0
  /// 0 the sum of all; 20 bits.
  public internal(set) var tariff: UInt32 = 0
  /// A unit within the device; 10 bits.
  public internal(set) var subunit: UInt16 = 0
  public internal(set) var information = ValueInformation()
  /// Index and bytes of the text that stands for the value information, in reverse order.
  public internal(set) var textOffset = 0
  public internal(set) var textBytes = 0

  /// Index behind the last byte of the record.
  public var end: Int { dataOffset + dataBytes }
}

/// The value of a record.
public enum DataValue: Equatable, Sendable {
  case none
  /// To be multiplied by ten to the exponent of the value information.
  case integer(Int64)
  case unsigned(UInt64)
  /// The bits of an IEEE 754 number of 32 bits.
  case real(UInt32)
  case time(RecordTime)
  /// Text, or more bytes than a number has: they stand in the telegram.
  case bytes
  /// The sender marks the value as not valid, or its digits or its date do not exist.
  case invalid
}

extension DataRecord {
  /// Reads the value.
  ///
  /// - Parameter bytes: the bytes that the record was read from.
  public func value(in bytes: Span<UInt8>) -> DataValue {
    switch coding {
    case .none, .selection, .globalReadout: return .none
    case .manufacturer, .text, .bytes: return .bytes
    case .real: return .real(UInt32(truncatingIfNeeded: Self.number(bytes, dataOffset, 4)))
    case .decimal, .negativeDecimal: return decimalValue(bytes)
    case .integer: return integerValue(bytes)
    }
  }

  private func integerValue(_ bytes: Span<UInt8>) -> DataValue {
    let raw = Self.number(bytes, dataOffset, dataBytes)
    switch information.dataKind {
    case .bits: return .unsigned(raw)
    case .pointInTime:
      guard let time = RecordTime(bytes.extracting(dataOffset..<end)) else { return .invalid }
      return .time(time)
    case .number: break
    }
    if information.traits.contains(.unsigned) {
      // All ones are «not valid» (annex A, type C).
      return raw == UInt64.max >> UInt64(64 - 8 * dataBytes) ? .invalid : .unsigned(raw)
    }
    let shift = Int64(64 - 8 * dataBytes)
    let value = Int64(bitPattern: raw &<< UInt64(shift)) >> shift
    // The lowest number of each length is «not valid» (annex A, type B).
    return value == Int64.min >> shift ? .invalid : .integer(value)
  }

  /// Digits up to 18; a highest digit F is a minus (annex A, type A).
  private func decimalValue(_ bytes: Span<UInt8>) -> DataValue {
    var value: Int64 = 0
    var negative = coding == .negativeDecimal
    var i = end - 1
    while i >= dataOffset {
      var high = bytes[i] >> 4
      let low = bytes[i] & 15
      if i == end - 1, high == 15, coding == .decimal {
        negative = true
        high = 0
      }
      guard high < 10, low < 10 else { return .invalid }
      value = value &* 100 &+ Int64(high &* 10 &+ low)
      i -= 1
    }
    return .integer(negative ? -value : value)
  }

  /// Up to eight bytes, the least significant first.
  @inline(__always)
  private static func number(_ bytes: Span<UInt8>, _ offset: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    var i = offset + count
    while i > offset {
      i -= 1
      value = value &<< 8 | UInt64(bytes[i])
    }
    return value
  }
}
