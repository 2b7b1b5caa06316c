import KMP
import LegalMeter
import Meter
import MeterTime
import Quantities

/// Values of registers, out of the meter.
enum KMPRegisterValue {
  /// The value of a register; nil where the meter does not have it, or does not know it now.
  @inline(never)
  static func value(_ id: UInt16, _ meter: borrowing Meter) -> KMPValue? {
    guard let source = KMPRegisterTable.source(id) else { return nil }
    switch source {
    case .quantity(let quantity, let form):
      guard let raw = meter.reading(quantity) else { return nil }
      return value(raw, quantity, form, meter.configuration.options.energyDigits)
    case .phasePower(let quantity, let isImport):
      guard let raw = meter.reading(quantity) else { return nil }
      let part = max(0, isImport ? raw : -raw)
      let isActive = quantity.row.unit == .watt
      return KMPValue(
        isActive ? .kilowatt : .kilovar, (part + 500) / 1000, exponent: -3, width: 2)
    case .maximumTime(let extreme): return maximumTime(extreme, meter)
    case .clock: return KMPValue(clock(at: meter.legal.time(at: meter.now), meter))
    case .typeNumber: return KMPValue(.number, Int64(meter.configuration.variant.typeWord))
    case .completeType:
      let type = TypeString(meter.configuration.variant)
      var text = InlineArray<16, UInt8>(repeating: UInt8(ascii: " "))
      for k in 0..<min(16, max(0, type.count - TypeString.prefixBytes)) {
        text[k] = type[TypeString.prefixBytes + k]
      }
      return KMPValue(text: text.span)
    case .deliveredNumber: return KMPValue(.number, Int64(meter.configuration.deliveredNumber))
    case .configurationNumber(let part):
      // Three numbers of the configuration: the variant, and the checksum in two halves.
      let sum = meter.configurationChecksum
      return KMPValue(
        .number,
        part == 0
          ? Int64(meter.configuration.variant.word)
          : Int64(part == 1 ? sum >> 16 : sum & 0xFFFF))
    case .supply(let figure): return supply(figure, meter)
    case .voltageLimit(let part):
      let limits = meter.voltageLife.limits
      return switch part {
      case 0: KMPValue(.volt, Int64(limits.low_V), width: 2)
      case 1: KMPValue(.volt, Int64(limits.high_V), width: 2)
      default: KMPValue(.seconds, Int64(limits.duration_10s) * 10, width: 2)
      }
    case .switchState: return KMPValue(.bitField, Int64(meter.supplyState.familyCode), width: 1)
    case .switchFeedback:
      guard meter.supplyState != .absent else { return nil }
      return KMPValue(.bitField, Int64(meter.supplyFeedback), width: 1)
    }
  }

  /// A reading of the directory in the form of its register.
  static func value(
    _ raw: Int64, _ quantity: QuantityID, _ form: KMPForm, _ digits: DisplayOptions.EnergyDigits
  ) -> KMPValue {
    let isActive = quantity.row.unit == .wattHour || quantity.row.unit == .watt
    switch form {
    case .energy:
      // Whole kilowatt-hours as the glass shows them; the form of 0.1 stays.
      let tenths = digits == .sevenZero ? raw / 1_000_000 * 10 : raw / 100_000
      return KMPValue(isActive ? .kilowattHour : .kilovarHour, tenths, exponent: -1)
    case .fineEnergy:
      return KMPValue(
        isActive ? .kilowattHour : .kilovarHour, raw / 100 % 1_000_000_000, exponent: -4)
    case .power:
      let unit: KMPUnit =
        switch quantity.row.unit {
        case .watt: .kilowatt
        case .voltAmpere: .kilovoltAmpere
        default: .kilovar
        }
      return KMPValue(unit, rounded(raw, 1000), exponent: -3)
    case .voltage: return KMPValue(.volt, rounded(raw, 1000), width: 2)
    case .current: return KMPValue(.ampere, rounded(raw, 10_000), exponent: -2)
    case .powerFactor: return KMPValue(.none, rounded(raw, 10), exponent: -3, width: 2)
    case .hours: return KMPValue(.hour, raw)
    case .time: return KMPValue(.time, raw)
    case .date: return KMPValue(.date, raw)
    case .number: return KMPValue(.number, raw)
    case .temperature: return KMPValue(.kelvin, rounded(raw, 10) + 273, width: 2)
    case .minutes: return KMPValue(.minutes, raw, width: 2)
    case .bits: return KMPValue(.bitField, raw, width: 1)
    case .frequency: return KMPValue(.hertz, rounded(raw, 10), exponent: -2, width: 2)
    }
  }

  private static func rounded(_ raw: Int64, _ unit: Int64) -> Int64 {
    (raw.magnitude > UInt64(Int64.max - unit) ? raw : raw + (raw < 0 ? -unit / 2 : unit / 2)) / unit
  }

  private static func supply(_ figure: SupplyFigure, _ meter: borrowing Meter) -> KMPValue? {
    let supply = meter.configuration.supply
    let smart = supply.smartDisconnect
    let neutral = supply.neutralLoss
    return switch figure {
    case .k1: KMPValue(.none, Int64(smart.k1), exponent: -2, width: 2)
    case .k2: KMPValue(.none, Int64(smart.k2), exponent: -2, width: 2)
    case .k3: KMPValue(.none, Int64(smart.k3), exponent: -2, width: 2)
    case .t1: KMPValue(.seconds, Int64(smart.t1), width: 2)
    case .t2: KMPValue(.seconds, Int64(smart.t2), width: 2)
    case .t3: KMPValue(.seconds, Int64(smart.t3), width: 2)
    case .reconnectWait: KMPValue(.seconds, Int64(smart.reconnectWait), width: 2)
    case .automatic: KMPValue(.none, smart.isAutomatic ? 1 : 0, width: 1)
    case .basis: KMPValue(.none, Int64(supply.basis.rawValue), width: 1)
    // In the unit of the basis: A or kW, a thousandth of what is kept.
    case .limit:
      KMPValue(supply.basis == .power ? .kilowatt : .ampere, Int64(smart.limit), exponent: -3)
    case .breakingLimit:
      KMPValue(.ampere, Int64(supply.supplySwitch.breakingLimit_mA), exponent: -3)
    case .neutralVoltage: KMPValue(.volt, Int64(neutral.neutral_V), width: 2)
    case .neutralHigh: KMPValue(.volt, Int64(neutral.high_V), width: 2)
    case .neutralTime: KMPValue(.seconds, Int64(neutral.time_s), width: 2)
    }
  }

  private static func maximumTime(
    _ extreme: DemandExtreme, _ meter: borrowing Meter
  ) -> KMPValue? {
    let maximum =
      switch extreme {
      case .tariffMaximum(.t1): meter.legal.demandMaxima.activeImportT1
      case .tariffMaximum: meter.legal.demandMaxima.activeImportT2
      default: meter.legal.demandMaxima.activeImport
      }
    guard let end = maximum.end else { return nil }
    return KMPValue(clock(at: end, meter))
  }

  /// A time in the meter's standard time, with the flag of daylight saving beside it.
  static func clock(at time: Instant, _ meter: borrowing Meter) -> KMPClock {
    let standard = meter.legal.zone.standardTime(at: time)
    var flags: UInt8 = 0
    if meter.legal.zone.localTime(at: time).isDaylightSaving { flags |= KMPClock.daylightSaving }
    if meter.legal.isClockValid { flags |= KMPClock.valid }
    return KMPClock(
      flags: flags, weekday: standard.weekday.rawValue, second: standard.second,
      minute: standard.minute, hour: standard.hour, day: standard.day, month: standard.month,
      year: UInt8(truncatingIfNeeded: standard.year &- 2000))
  }

  /// The instant of a standard time; nil where there is none.
  static func instant(_ clock: KMPClock, _ zone: ZoneRules) -> Instant? {
    guard
      let civil = CivilDateTime(
        year: 2000 + UInt16(clock.year), month: clock.month, day: clock.day, hour: clock.hour,
        minute: clock.minute, second: clock.second)
    else { return nil }
    return zone.instant(ofStandardTime: civil)
  }
}
