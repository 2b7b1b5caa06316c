import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Classes 111, 112 and 113: prepayment as an account with a credit, an emergency credit and one
/// charge, without tokens (IEC 62056-6-2, 4.6).
///
/// The currency is energy: amounts are Wh, up to what 32 bits hold. The charge collects one Wh for
/// each Wh of A+, continuously; nothing else is charged.
extension MeterObjects {
  static let account = OBISCode.abstract(19, 0)
  static let mainCredit = OBISCode.abstract(19, 10)
  static let emergencyCredit = OBISCode.abstract(19, 10, 1)
  static let charge = OBISCode.abstract(19, 20)

  private static func wattHours(_ mWh: Int64) -> Int32 { Int32(clamping: mWh / 1000) }

  static func writeAccount(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    let parameters = meter.configuration.supply.prepayment
    let stage = meter.creditStage
    let balance = meter.credit_mWh ?? 0
    switch attribute {
    case 2:
      writer.structure(2)
      // Prepayment; active, or not yet.
      writer.enumeration(2)
      writer.enumeration(stage == .off ? 1 : 2)
    case 3: writer.unsigned(stage == .emergency ? 2 : 1)
    case 4: writer.bits(creditStatus(stage), bitCount: 8)
    case 5: writer.doubleLong(wattHours(balance))
    case 6: writer.doubleLong(wattHours(min(0, balance)))
    case 7, 8, 17: writer.doubleLong(0)
    case 9:
      writer.array(2)
      writer.logicalName(mainCredit)
      writer.logicalName(emergencyCredit)
    case 10:
      writer.array(1)
      writer.logicalName(charge)
    case 11: writeCollections(&writer)
    case 12: writer.array(0)
    case 13, 14: writer.octets(COSEMDateTime.unspecified)
    case 15:
      writer.structure(3)
      let name: InlineArray<2, UInt8> = [0x57, 0x68]
      writer.string(.utf8String, name.span)
      writer.integer(0)
      // Consumption.
      writer.enumeration(1)
    case 16: writer.doubleLong(Int32(clamping: parameters.warning_Wh))
    case 18: writer.longUnsigned(0)
    default: writer.doubleLong(0)
    }
  }

  /// Bit 0, the highest: in credit; 1 low; 5 emergency in use; 6 out of credit.
  private static func creditStatus(_ stage: CreditStage) -> UInt32 {
    switch stage {
    case .off: 0
    case .credit: 0x80
    case .warning: 0xC0
    case .emergency: 0x04
    case .friendly, .limited, .exhausted, .expired: 0x02
    }
  }

  private static func writeCollections(_ writer: inout COSEMWriter) {
    writer.array(2)
    for credit in 0..<2 {
      writer.structure(3)
      writer.logicalName(credit == 0 ? mainCredit : emergencyCredit)
      writer.logicalName(charge)
      // Collected in any state of the supply.
      writer.bits(0, bitCount: 3)
    }
  }

  static func writeCredit(
    isEmergency: Bool, _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    let parameters = meter.configuration.supply.prepayment
    let balance = meter.credit_mWh ?? 0
    let emergency = Int64(parameters.emergency_Wh) * 1000
    switch attribute {
    case 2:
      let amount = isEmergency ? max(0, emergency + min(0, balance)) : max(0, balance)
      writer.doubleLong(wattHours(amount))
    case 3: writer.enumeration(isEmergency ? 2 : 0)
    case 4: writer.unsigned(isEmergency ? 2 : 1)
    case 5: writer.doubleLong(isEmergency ? 0 : Int32(clamping: parameters.warning_Wh))
    case 6, 10: writer.doubleLong(0)
    // Bit 0 shown on the glass; bit 2 paid back with the next amount.
    case 7: writer.bits(isEmergency ? 0b00100 : 0b10000, bitCount: 5)
    case 8: writer.enumeration(creditState(isEmergency: isEmergency, meter))
    case 9: writer.doubleLong(isEmergency ? Int32(clamping: parameters.emergency_Wh) : 0)
    default: writer.octets(COSEMDateTime.unspecified)
    }
  }

  /// 0 enabled, 3 in use, 4 consumed.
  private static func creditState(isEmergency: Bool, _ meter: borrowing Meter) -> UInt8 {
    switch meter.creditStage {
    case .off: 0
    case .credit, .warning: isEmergency ? 0 : 3
    case .emergency: isEmergency ? 3 : 4
    case .friendly, .limited, .exhausted, .expired: 4
    }
  }

  static func writeCharge(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter, now: Instant
  ) {
    let account = meter.creditAccount
    let register = meter.legal.registers.committed(.total(.activeImport))
    let used = register >= account.base_mWh ? register - account.base_mWh : 0
    switch attribute {
    case 2: writer.doubleLong(account.isOn ? Int32(clamping: used / 1000) : 0)
    case 3: writer.enumeration(0)
    case 4: writer.unsigned(1)
    case 5, 6:
      writer.structure(3)
      writer.structure(2)
      writer.integer(0)
      writer.integer(0)
      writer.structure(3)
      writer.longUnsigned(InterfaceClass.register.rawValue)
      writer.logicalName(QuantityID.activeImport.row.obis)
      writer.integer(2)
      writer.array(1)
      writer.structure(2)
      writer.octets("")
      writer.long(1)
    case 7: writer.octets(COSEMDateTime.unspecified)
    case 8: writer.doubleLongUnsigned(0)
    // Bit 1: collected continuously.
    case 9: writer.bits(0b01, bitCount: 2)
    case 10: writer.octets(COSEMDateTime(local: meter.legal.time(at: now), in: meter.legal.zone))
    case 13: writer.longUnsigned(0)
    default: writer.doubleLong(0)
    }
  }

  // MARK: changes

  static func setPrepayment(
    _ subject: MeterObject.Subject, _ value: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    let amount = UInt32(try reader.integer(in: 0...Int64(Int32.max)))
    var wanted = meter.configuration
    if subject == .credit(isEmergency: true) {
      wanted.supply.prepayment.emergency_Wh = amount
    } else {
      wanted.supply.prepayment.warning_Wh = amount
    }
    return change(.supply, to: wanted, &meter, &memory, now: now)
  }

  /// Activates or closes the account: prepayment on or off. Closing clears the credit.
  static func setAccount(
    isOpen: Bool, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) -> ActionResult {
    var wanted = meter.configuration
    let isPrepayment = wanted.supply.basis == .prepayment
    guard isOpen != isPrepayment else { return .otherReason }
    wanted.supply.basis = isOpen ? .prepayment : .none
    return change(.supply, to: wanted, &meter, &memory, now: now).ofAction
  }

  /// Method 1 adds an amount, under the number after the highest one; method 2 sets the credit.
  static func updateCredit(
    _ method: UInt8, _ parameters: Span<UInt8>, _ meter: inout Meter, now: Instant
  ) throws(COSEMError) -> ActionResult {
    var reader = COSEMReader(parameters)
    let amount = try reader.integer(in: 0...Int64(Int32.max))
    do throws(CreditRefusal) {
      if method == 1 {
        try meter.topUp(
          number: meter.creditAccount.highestNumber &+ 1, amount_Wh: UInt32(amount),
          from: .module, now: now)
      } else {
        try meter.setCredit(UInt64(amount), from: .module, now: now)
      }
      return .success
    } catch {
      switch error {
      case .busy: return .temporaryFailure
      case .notThisWay: return .readWriteDenied
      case .notRemembered: return .hardwareFault
      default: return .otherReason
      }
    }
  }
}
