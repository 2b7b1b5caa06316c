import COSEM
import COSEMObjects
import Ciphers
import DLMS
import LegalMeter
import Meter
import MeterTime
import PermanentMemory

/// What a run keeps of the messages that its meter sends by itself.
struct PushState {
  /// Causes for which a message is wanted, and those with one on its way.
  var wanted: Set<PushCause> = []
  var isOnItsWay: Set<PushCause> = []
  /// The last full minute of local time at which the schedule was looked at.
  var minute: Int64?
  /// Alarms that nobody took; they are not tried again by themselves.
  var givenUp = AlarmSet(rawValue: 0)
  var number: UInt32 = 0
}

/// A message that the meter sends by itself.
struct PushMessage: Sendable {
  var cause: PushCause
  var apdu: [UInt8]
  /// Host and port.
  var host: String
  var port: Int
  var isDatagram: Bool
  /// Attempts after the first, and the waits before and between them, s.
  var retries: Int
  var delay_s: Int
  var randomisation_s: Int
  /// Alarms that it tells.
  var alarms: AlarmSet
}

extension MeterRun {
  /// The next message that is to be sent, if there is one.
  ///
  /// In clear it goes to this machine only; to others it goes ciphered, and never under TEST keys.
  mutating func takePush(_ shared: SharedSecurity) -> PushMessage? {
    guard isPlugged, meter.isPowered else { return nil }
    let local = meter.legal.localTime(at: now).civil
    let minute = local.seconds / 60
    if let last = dlms.push.minute, last != minute, meter.legal.isClockValid,
      PushSetup.load(.schedule, memory).isDue(at: local)
    {
      dlms.push.wanted.insert(.schedule)
    }
    dlms.push.minute = minute
    let unsent = meter.legal.unsentAlarms
    dlms.push.givenUp.formIntersection(unsent)
    if !unsent.subtracting(dlms.push.givenUp).isEmpty { dlms.push.wanted.insert(.alarm) }
    for cause in PushCause.allCases
    where dlms.push.wanted.contains(cause) && !dlms.push.isOnItsWay.contains(cause) {
      let setup = PushSetup.load(cause, memory)
      // Outside of its windows it waits.
      guard setup.isOpen(at: local) else { continue }
      dlms.push.wanted.remove(cause)
      guard let message = message(cause, setup, shared) else {
        dlms.push.givenUp.formUnion(unsent)
        continue
      }
      dlms.push.isOnItsWay.insert(cause)
      return message
    }
    return nil
  }

  private mutating func message(
    _ cause: PushCause, _ setup: PushSetup, _ shared: SharedSecurity
  ) -> PushMessage? {
    let text = String(
      decoding: (0..<setup.destinationCount).map { setup.destination($0) }, as: UTF8.self)
    guard let address = try? DLMSAddress(parsing: "tcp://" + text), address.port > 0 else {
      return nil
    }
    var room = [UInt8](repeating: 0, count: DLMSSession.answerMax)
    var span = room.mutableSpan
    dlms.push.number &+= 1
    DataNotification.head(dlms.push.number, into: &span)
    var count = DataNotification.headBytes
    do {
      var writer = COSEMWriter(span._mutatingExtracting(count..<span.count))
      guard MeterObjects.writePush(setup, into: &writer, meter, memory, now: now) else {
        return nil
      }
      count += writer.count
    }
    if !address.isLoopback {
      let security = shared.of(self)
      guard !security.keys.areTEST, let counter = nextInvocationCounter() else { return nil }
      count = DataNotification.cipher(
        count, security, counter: counter, suite: PortableCiphers.self, &span)
      guard count > 0 else { return nil }
    }
    return PushMessage(
      cause: cause, apdu: Array(room.prefix(count)), host: address.host, port: address.port,
      isDatagram: setup.transport == 1, retries: Int(setup.retries), delay_s: Int(setup.delay_s),
      randomisation_s: Int(setup.randomisation_s),
      alarms: cause == .alarm ? meter.legal.unsentAlarms : AlarmSet(rawValue: 0))
  }

  /// A message has gone out, or nobody has taken it.
  mutating func pushed(_ message: PushMessage, _ isDelivered: Bool) {
    dlms.push.isOnItsWay.remove(message.cause)
    if isDelivered {
      meter.legal.noteSent(message.alarms)
      afterWindow()
    } else {
      dlms.push.givenUp.formUnion(message.alarms)
    }
  }
}
