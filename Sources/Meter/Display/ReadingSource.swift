import Quantities

/// Whoever can tell the present value of a quantity.
///
/// Raw integers by class of quantity (the `scale` of its row): energy mWh or mvarh as committed
/// to the memory; power mW, mvar or mVA; voltage mV; current uA; power factor 1/10000; angle
/// 1/100 degree; frequency mHz; hour counter h; temperature 1/10 degree Celsius. Besides: `date`
/// is yymmdd and `time` hhmmss in decimal, local; `meterNumber` is the number; `softwareRevision`
/// is major * 65536 + minor * 256 + patch; `legalChecksum` its low 32 bits; `meterStatus` eight
/// flags; `activeTariff` 1...4.
///
/// Of what is kept: demands, maxima and the power threshold mW or mvar; times and dates of maxima
/// hhmmss and yymmdd in standard time, those of the last billing in local time; counts and pulses
/// are numbers; `credit` mWh; states are flags or one number (switch: the family's code); voltage
/// extremes and means mV, currents uA; distortion and charge 1/100 per cent; durations s;
/// intervals min; `backupHours` h; the doors have no reading.
public protocol ReadingSource: ~Copyable {
  /// The reading; nil where the meter does not measure the quantity or does not know it now,
  /// for instance the date before the clock is set.
  func reading(_ quantity: QuantityID) -> Int64?
}
