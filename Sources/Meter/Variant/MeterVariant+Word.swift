import LegalMeter

/// The variant as one stored word, for the sealed part of the permanent memory.
///
/// Bits from the lowest: hardware 4, rating 3, voltage 2, wiring 1, energy type 2, frequency 1,
/// backup 2, class 1, summation 1; bits 17 to 31 are zero.
extension MeterVariant {
  public var word: UInt32 {
    var word = UInt32(hardware.rawValue)
    word |= UInt32(rating.rawValue) << 4
    word |= UInt32(voltage.rawValue) << 7
    word |= UInt32(wiring.rawValue) << 9
    word |= UInt32(energyType.rawValue) << 10
    word |= UInt32(frequency.rawValue) << 12
    word |= UInt32(backup.rawValue) << 13
    word |= UInt32(accuracy.rawValue) << 15
    word |= UInt32(summation.rawValue) << 16
    return word
  }

  /// - Parameter word: any 32 bits.
  /// - Throws: `unknownEncoding`, or the reason why the combination is no meter.
  public init(word: UInt32) throws(VariantRefusal) {
    func field(_ shift: UInt32, _ bits: UInt32) -> UInt8 {
      UInt8(truncatingIfNeeded: (word >> shift) & ((1 << bits) - 1))
    }
    guard word >> 17 == 0,
      let hardware = HardwareLetter(rawValue: field(0, 4)),
      let rating = CurrentRating(rawValue: field(4, 3)),
      let voltage = NominalVoltage(rawValue: field(7, 2)),
      let wiring = Wiring(rawValue: field(9, 1)),
      let energyType = EnergyType(rawValue: field(10, 2)),
      let frequency = NominalFrequency(rawValue: field(12, 1)),
      let backup = ClockBackup(rawValue: field(13, 2)),
      let accuracy = AccuracyClass(rawValue: field(15, 1)),
      let summation = Summation(rawValue: field(16, 1))
    else { throw .unknownEncoding }
    var request = VariantRequest()
    request.hardware = hardware
    request.rating = rating
    request.voltage = voltage
    request.wiring = wiring
    request.energyType = energyType
    request.frequency = frequency
    request.backup = backup
    request.accuracy = accuracy
    request.summation = summation
    try self.init(request)
  }
}
