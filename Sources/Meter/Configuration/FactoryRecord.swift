import Metrology

/// The first layout of what is kept in the configuration region: read to start from older
/// memories, never written any more.
///
/// Layout: version 1; variant word; meter number; calibration of three systems; display lists.
struct FactoryRecord {
  static let recordBytes = 12 + CalibrationPart.encodedBytes + DisplayLists.encodedBytes

  var variantWord: UInt32
  var meterNumber: UInt32
  var calibrations: InlineArray<3, SystemCalibration>

  /// Nil for another version or a length that does not fit.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.recordBytes, bytes[0] == 1 else { return nil }
    variantWord = CalibrationPart.word(bytes, 4)
    meterNumber = CalibrationPart.word(bytes, 8)
    let sealed = bytes.extracting(12..<12 + CalibrationPart.encodedBytes)
    guard let part = CalibrationPart(sealed) else { return nil }
    calibrations = part.calibrations
  }
}

/// Calibration of the three systems, as it lies in the memory: seven words each.
struct CalibrationPart {
  static let encodedBytes = 84

  var calibrations: InlineArray<3, SystemCalibration>

  init(_ calibrations: InlineArray<3, SystemCalibration>) { self.calibrations = calibrations }

  /// Nil where the length is another or a calibration is not plausible.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.encodedBytes else { return nil }
    calibrations = InlineArray(repeating: .ideal)
    for k in 0..<3 {
      var words = InlineArray<7, Int32>(repeating: 0)
      for n in 0..<7 { words[n] = Int32(bitPattern: Self.word(bytes, k * 28 + n * 4)) }
      calibrations[k] = SystemCalibration(
        voltageGain: words[0], currentGain: words[1], phase: words[2], activeOffset_µW: words[3],
        reactiveOffset_µvar: words[4], temperatureLinear_ppb: words[5],
        temperatureSquare_ppt: words[6])
      if !calibrations[k].isPlausible { return nil }
    }
  }

  func encode(into bytes: inout InlineArray<84, UInt8>) {
    for k in 0..<3 {
      let c = calibrations[k]
      let words: InlineArray<7, Int32> = [
        c.voltageGain, c.currentGain, c.phase, c.activeOffset_µW, c.reactiveOffset_µvar,
        c.temperatureLinear_ppb, c.temperatureSquare_ppt,
      ]
      for n in 0..<7 {
        let word = UInt32(bitPattern: words[n])
        for b in 0..<4 {
          bytes[k * 28 + n * 4 + b] = UInt8(truncatingIfNeeded: word >> UInt32(8 * b))
        }
      }
    }
  }

  /// A word of four bytes, low byte first.
  static func word(_ bytes: Span<UInt8>, _ at: Int) -> UInt32 {
    var value: UInt32 = 0
    for n in 0..<4 { value |= UInt32(bytes[at + n]) << UInt32(8 * n) }
    return value
  }
}
