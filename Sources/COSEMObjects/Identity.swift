import Meter

/// Names that follow from the meter number: neutral ones, since this is no device of a maker.
public struct Identity: Sendable {
  /// Eight digits.
  let digits: InlineArray<8, UInt8>
  private let number: UInt32

  /// - Parameter meter: whose number it is.
  public init(_ meter: borrowing Meter) {
    number = meter.configuration.meterNumber
    var left = number
    var text = InlineArray<8, UInt8>(repeating: 0x30)
    for i in 0..<8 {
      text[7 - i] = 0x30 + UInt8(left % 10)
      left /= 10
    }
    digits = text
  }

  /// Logical device name: KVD and thirteen digits (IEC 62056-6-2, 4.1.8.2).
  var deviceName: InlineArray<16, UInt8> {
    InlineArray { i in
      switch i {
      case 0: 0x4B
      case 1: 0x56
      case 2: 0x44
      default: i < 8 ? 0x30 : digits[i - 8]
      }
    }
  }

  /// System title: KVD and the number in five bytes.
  public var systemTitle: InlineArray<8, UInt8> {
    [
      0x4B, 0x56, 0x44, 0, UInt8(truncatingIfNeeded: number >> 24),
      UInt8(truncatingIfNeeded: number >> 16), UInt8(truncatingIfNeeded: number >> 8),
      UInt8(truncatingIfNeeded: number),
    ]
  }
}
