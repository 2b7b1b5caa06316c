import Ciphers
import Foundation
import MBus
import MeterTime
import Ports

/// How the wireless M-Bus module of a running meter sends, and where to.
public struct RadioSetup: Sendable {
  public var place: RadioPlace
  /// Nil for the link layer's cipher where the meter has the family's identity, else mode 7.
  public var security: WirelessSecurity?
  public var keys = RadioKeys.TEST
  public var mode = RadioMode.c1
  public var format = WirelessFormat.b
  /// Nil for 16 s in mode C1 and 450 s in the others.
  public var interval: Instant.Duration?
  /// Compact telegrams behind each full one; nil for seven, where the security allows it.
  public var compactCount: UInt8?
  /// What is sent are the chips.
  public var form = RadioLine.Form.frame

  public init(_ place: RadioPlace) { self.place = place }

  /// - Throws: `usage` for what cannot be together, `refused` for a key that everybody knows off
  ///   this machine.
  func settings(_ meter: MeterSetup) throws(Failure) -> RadioModule.Settings {
    var settings = RadioModule.Settings()
    settings.isFamily = meter.identity == .family382L
    settings.security = security ?? (settings.isFamily ? .linkCTR : .mode7)
    settings.key = keys[DeviceAddress.digits(meter.meterNumber)]
    settings.mode = mode
    settings.format = format
    settings.interval = interval ?? (mode == .c1 ? .seconds(16) : .seconds(450))
    settings.compactCount = compactCount ?? (settings.isOMS ? 0 : 7)
    guard place.isLocal || settings.security == .none || settings.key != .TEST else {
      throw Failure(
        .refused, what: "--wmbus is open to others, and its key is the TEST key",
        expected: "KVADRANT_WMBUS_KEY or --wmbus-key-file",
        next: "give a key, or an address of this machine")
    }
    guard settings.interval >= .seconds(4), settings.interval <= .days(1) else {
      throw Failure(
        .usage, what: "--wmbus-interval", expected: "4 s to 1 d", next: "give for example 16s")
    }
    guard settings.security == .none || settings.key != nil else {
      throw Failure(
        .usage, what: "there is no key for this meter", expected: "a key for its number",
        next: "add a line to the file of keys, or give --wmbus-security none")
    }
    return settings
  }
}

/// The wireless M-Bus module 68 50 064 of a running meter.
public final class RadioSender: Sendable {
  private let air: RadioAir

  /// Where its telegrams go.
  public var address: String { air.address }
  /// The number of a TCP port.
  public var number: Int? { air.number }

  /// Opens the place and puts the module into the meter.
  ///
  /// - Throws: `usage`, `refused`, `disk` or `unreachable` as the parts say.
  public init(_ setup: RadioSetup, meter: MeterSetup, mailbox: Mailbox) throws(Failure) {
    let settings = try setup.settings(meter)
    let air = try RadioAir(setup.place)
    self.air = air
    let form = setup.form
    mailbox.ask(
      Mailbox.Question(
        ask: { run in run.radio = RadioSlot(settings: settings, form: form, air: air) },
        refuse: { _ in }))
  }

  /// Nothing is sent any more.
  public func close() { air.close() }
}

/// The slot of a meter with its radio module.
struct RadioSlot: Sendable {
  let settings: RadioModule.Settings
  let form: RadioLine.Form
  let air: RadioAir
  fileprivate var module: RadioModule?
  /// The start of the meter since which the module runs.
  fileprivate var start: UInt32 = 0

  init(settings: RadioModule.Settings, form: RadioLine.Form, air: RadioAir) {
    (self.settings, self.form, self.air) = (settings, form, air)
  }
}

extension MeterRun {
  /// Sends the telegrams that are due.
  mutating func sendRadio() {
    guard isPlugged, var slot = radio else { return }
    let starts = meter.legal.starts
    if slot.module == nil || slot.start != starts {
      slot.module = RadioModule(
        slot.settings, number: meter.configuration.meterNumber,
        accessNumber: UInt8.random(in: .min ... .max), now: now)
      slot.start = starts
      radio = slot
    }
    guard var module = slot.module, module.due <= now else { return }
    while module.due <= now {
      var bytes = InlineArray<290, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      let counter =
        module.needsCounter
        ? dlms.counters.next(MessageCounters.radio, starts: starts, memory: &memory) : nil
      let time = module.due
      let count = module.telegram(meter, counter: counter, PortableCiphers.self, into: &span)
      if count > 0 { slot.send(bytes.span.extracting(0..<count), at: time) }
    }
    slot.module = module
    radio = slot
  }
}

extension RadioSlot {
  fileprivate func send(_ frame: Span<UInt8>, at time: Instant) {
    var line = RadioLine(frame.indices.map { frame[$0] })
    (line.time, line.mode, line.format, line.form) = (time, settings.mode, settings.onAir, form)
    if form == .chips {
      var chips = [UInt8](repeating: 0, count: LineCode.chipBytesMax)
      var span = chips.mutableSpan
      let count = LineCode.encode(frame, settings.mode, settings.onAir, into: &span)
      line.octets = Array(chips.prefix(count))
    }
    air.send(line)
  }
}
