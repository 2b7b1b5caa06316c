import Bytes
import LegalMeter
import MBus
import MBusRecords
import Meter
import MeterTime
import PermanentMemory

/// The wired M-Bus module 68 50 005 in a slot of the meter (EN 13757-2 and -3).
///
/// It is a value as the optical port is: octets go in with the time, octets come out, and the meter
/// is borrowed when a frame has come that is for this slave. What a master has set (primary
/// address, identification number, speed) stands in the permanent memory and survives a restart.
///
/// ```swift
/// for octet in received { module.receive(octet, now: now) }
/// if module.needsMeter { module.work(now: now, &meter, &memory) }
/// let count = module.next(into: &octets, now: now)
/// ```
public struct WiredModule: Sendable {
  /// What the module is given.
  public struct Settings: Sendable {
    public var profile = RecordProfile.full
    /// The family's letters in the secondary address.
    public var isFamily = false
    /// 0...250; nil for the one that was set last, or follows from the meter's number.
    public var primaryAddress: UInt8?
    /// Nil for the speed that was set last, or 2400 Bd.
    public var rate: BaudRate?
    /// The longest pause within a frame; nil for 33 bit times.
    public var gap: Instant.Duration?
    /// Masters may set clock and addresses.
    public var mayBeSet = true

    public init() {}
  }

  public let settings: Settings
  public private(set) var slave: BusSlave
  public private(set) var records: MeterRecords
  /// What masters have set.
  public private(set) var memory = WiredModuleMemory()
  private var number: UInt32 = 0
  /// What the memory holds has been read.
  private var isStarted = false
  private var hasFrame = false
  private var holdUntil = Instant(ticks: .min / 4)
  private var output = InlineArray<261, UInt8>(repeating: 0)
  private var outputStart = 0
  private var outputCount = 0

  public init(_ settings: Settings) {
    self.settings = settings
    slave = BusSlave(
      primaryAddress: settings.primaryAddress ?? 0, rate: settings.rate ?? .b2400,
      gap: settings.gap)
    records = MeterRecords(number: 0, isFamily: settings.isFamily, profile: settings.profile)
  }

  /// How the line has to be set, once everything that `next` gave has been sent.
  public var rate: BaudRate { slave.rate }

  /// The meter has to be asked before anything more comes out.
  public var needsMeter: Bool { hasFrame || !isStarted || memory.needsProgram }

  /// When the module has to be looked at again; nil for when something arrives.
  public var deadline: Instant? {
    guard outputStart < outputCount else { return slave.deadline }
    return slave.deadline.map { min($0, holdUntil) } ?? holdUntil
  }

  // MARK: line

  /// Takes one octet.
  public mutating func receive(_ octet: UInt8, now: Instant) {
    // The line is half duplex: what comes while the module answers is an echo or noise.
    guard !hasFrame, outputStart == outputCount else { return }
    hasFrame = slave.take(octet, at: now)
  }

  /// Lets time pass.
  public mutating func advance(to now: Instant) { slave.poll(at: now) }

  /// The next octets to send; 0 while there are none.
  public mutating func next(into octets: inout MutableSpan<UInt8>, now: Instant) -> Int {
    guard outputStart < outputCount, now >= holdUntil else { return 0 }
    let count = min(octets.count, outputCount - outputStart)
    for k in 0..<count { octets[k] = output[outputStart + k] }
    outputStart += count
    return count
  }

  /// The caller has gone: what was begun is forgotten, the state of the link stays.
  public mutating func receiveBreak() {
    hasFrame = false
    (outputStart, outputCount) = (0, 0)
  }

  /// The meter has lost its supply: the module begins anew with what its memory holds.
  public mutating func loseSupply() { self = WiredModule(settings) }

  // MARK: meter

  /// Asks the meter, lets it do what it may, and keeps what a master has set.
  ///
  /// - Parameter now: the time of the line; the meter's own time is the meter's.
  @inline(never)
  public mutating func work(
    now: Instant, _ meter: inout Meter, _ pages: inout some PageMemory & ~Copyable
  ) {
    follow(meter.configuration.meterNumber, pages)
    if hasFrame { answer(now: now, &meter) }
    memory.pump(&pages)
  }

  private mutating func answer(now: Instant, _ meter: inout Meter) {
    hasFrame = false
    let before = (slave.link.primaryAddress, slave.link.settledRate, records.address.identification)
    records.mayBeSet = settings.mayBeSet
    records.capture(meter)
    var room = output.mutableSpan
    holdUntil = now + slave.answerEarliest
    outputCount = slave.answer(at: now, application: &records, into: &room)
    outputStart = 0
    if let time = records.clockToSet {
      records.clockToSet = nil
      if !Self.setClock(time, &meter) { slave.refuse(.unspecified) }
    }
    var kept = memory.stored
    if slave.link.primaryAddress != before.0 { kept.primaryAddress = slave.link.primaryAddress }
    if slave.link.settledRate != before.1 { kept.rate = slave.link.settledRate }
    if records.address.identification != before.2 {
      kept.identification = records.address.identification
    }
    memory.keep(kept)
  }

  /// Reads what was set, once, and follows the meter's number where nothing was.
  private mutating func follow(
    _ number: UInt32, _ pages: borrowing some PageMemory & ~Copyable
  ) {
    if isStarted && number == self.number { return }
    if !isStarted {
      isStarted = true
      memory.recover(from: pages)
    }
    self.number = number
    records.setNumber(number, identification: memory.identification)
    // A number that is set while masters are there does not take their slave from them.
    guard slave.link.framesTaken == 0 else { return }
    slave = BusSlave(
      primaryAddress: settings.primaryAddress ?? memory.primaryAddress
        ?? MeterRecords.primaryAddress(of: number),
      rate: settings.rate ?? memory.rate ?? .b2400, gap: settings.gap)
  }

  /// Type F tells minutes of the local time, and whether it is that of the summer.
  private static func setClock(_ time: RecordTime, _ meter: inout Meter) -> Bool {
    guard let civil = time.civil else { return false }
    let wanted = meter.legal.zone.instant(ofLocalTime: civil, fold: !time.summer)
    return (try? meter.legal.setClock(to: wanted, by: .command, now: meter.now)) != nil
  }
}
