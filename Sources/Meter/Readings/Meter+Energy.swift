import LegalMeter
import Quantities

extension Meter {
  /// Committed values for everything at 1 Wh or coarser; the running value in high resolution.
  func energyReading(_ quantity: QuantityID, _ register: Register) -> Int64? {
    guard quantity.isMeasured(by: legal.parameters.energies) else { return nil }
    let isFine = quantity.rawValue >= QuantityID.activeImportFine.rawValue
    let value = isFine ? legal.registers[register] : legal.registers.committed(register)
    return Int64(clamping: value)
  }
}
