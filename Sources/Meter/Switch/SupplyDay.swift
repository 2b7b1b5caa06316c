import LegalMeter
import MeterTime
import PermanentMemory

/// Whether the local day is an exception day of the tariff plan: the plan lies in the memory, so it
/// is looked up once a day and when another plan comes into force.
struct SupplyDay: Sendable {
  /// Day and plan that were looked at.
  private var number: Int32 = .min
  private var plan: UInt32 = 0
  private(set) var isException = false

  init() {}

  /// Looks the day up where that has not been done.
  @inline(never)
  mutating func look(
    _ legal: LegalMeter, _ zone: ZoneRules, now: Instant,
    memory: borrowing some PageMemory & ~Copyable
  ) {
    let date = zone.localTime(at: legal.time(at: now)).civil.date
    if date.dayNumber == number && plan == legal.tariffPlanSerial { return }
    number = date.dayNumber
    plan = legal.tariffPlanSerial
    isException = plan != 0 && legal.isExceptionDay(date, now: now, memory: memory)
  }
}
