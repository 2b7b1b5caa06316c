import Bytes
import MeterTime

/// What a slave remembers between frames, and how it answers them.
public struct SlaveLink: Sendable {
  /// 0 for not configured, 1...250.
  public private(set) var primaryAddress: UInt8
  /// Whether the slave hears address 253.
  public private(set) var isSelected = false
  public private(set) var rate: BaudRate
  /// When the old speed comes back.
  public private(set) var fallBackAt: Instant?
  /// Counts the telegrams that were answered with data.
  public private(set) var accessNumber: UInt8 = 0
  /// Frames that were for this slave.
  public private(set) var framesTaken: UInt32 = 0
  private var oldRate: BaudRate
  private var set = ReadoutSet.all
  private var pending: ApplicationError?
  /// Index of the telegram that comes next; 0 begins a new read-out.
  private var next: UInt8 = 0
  private var requests = CountedRequests()
  private var answer = StoredAnswer()

  /// The address of whoever is selected, of all with an answer, and of all without.
  public static let selectedAddress: UInt8 = 253
  public static let testAddress: UInt8 = 254
  public static let broadcastAddress: UInt8 = 255
  /// A speed that nobody uses within this time is given up again (EN 13757-3, 9.2).
  public static let fallBackDelay = Instant.Duration.minutes(2)
  /// A request with the old frame count bit asks for the old answer within this time; later it
  /// begins anew.
  public static let repeatWindow = Instant.Duration.seconds(10)

  init(primaryAddress: UInt8, rate: BaudRate) {
    self.primaryAddress = primaryAddress
    (self.rate, oldRate) = (rate, rate)
  }

  /// The speed that was used and holds: one that is only being tried is not.
  public var settledRate: BaudRate { fallBackAt == nil ? rate : oldRate }

  /// Whether a frame is for this slave, or tells it that another one is meant.
  func hears(_ frame: WiredFrame) -> Bool {
    guard frame.kind != .acknowledge, ControlField(frame.control).isPrimary else { return false }
    let isSelection =
      frame.kind == .long && (frame.information == 0x52 || frame.information == 0x56)
    return frame.address == primaryAddress || frame.address >= Self.testAddress
      || frame.address == Self.selectedAddress && (isSelected || isSelection)
  }

  mutating func refuse(_ error: ApplicationError) { pending = error }

  mutating func poll(at now: Instant) -> Bool {
    guard let limit = fallBackAt, now >= limit else { return false }
    rate = oldRate
    fallBackAt = nil
    return true
  }

  /// Handles a frame that came whole.
  mutating func answer(
    _ frame: WiredFrame, at now: Instant, application: inout some BusApplication,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    let control = ControlField(frame.control)
    guard frame.kind != .acknowledge, control.isPrimary else { return 0 }
    let isOwn = frame.address == primaryAddress
    let isNetwork = frame.address == Self.selectedAddress
    // A selection is heard by all.
    if isNetwork, frame.kind == .long, frame.information == 0x52 || frame.information == 0x56 {
      framesTaken &+= 1
      return select(frame, application: application, into: &output)
    }
    guard isOwn || isNetwork && isSelected || frame.address >= Self.testAddress else { return 0 }
    framesTaken &+= 1
    if fallBackAt != nil { fallBackAt = nil }
    let speaks = frame.address != Self.broadcastAddress
    let channel = isNetwork ? 1 : 0
    let count: Int
    switch (control.function, frame.kind) {
    case (0x00, .short):
      count = resetLink(isNetwork: isNetwork || !speaks, into: &output)
    case (0x03, .long):
      count = takeData(frame, channel, at: now, application: &application, into: &output)
    case (0x09, .short):
      count = WiredFrame.writeShort(
        control: ControlField.respondStatus.byte, address: primaryAddress, into: &output)
    case (0x0A, .short):
      count = respondAlarms(control, channel, application: application, into: &output)
    case (0x0B, .short):
      count = respond(
        control, channel, at: now, application: &application, into: &output)
    default: return 0
    }
    return speaks ? count : 0
  }

  private mutating func resetLink(
    isNetwork: Bool, into output: inout MutableSpan<UInt8>
  ) -> Int {
    if isNetwork { isSelected = false }
    requests = CountedRequests()
    next = 0
    output[0] = WiredFrame.acknowledgeByte
    return 1
  }

  /// Selection by secondary address, with records behind it for the enhanced one.
  private mutating func select(
    _ frame: WiredFrame, application: some BusApplication, into output: inout MutableSpan<UInt8>
  ) -> Int {
    isSelected = false
    guard let wanted = Self.selection(frame), application.address.matches(wanted),
      Self.matches(frame.data, application.fabricationNumber)
    else { return 0 }
    isSelected = true
    requests.forget(channel: 1)
    next = 0
    output[0] = WiredFrame.acknowledgeByte
    return 1
  }

  /// The eight bytes of a selection; CI 56 sends each part with its first byte first.
  private static func selection(_ frame: WiredFrame) -> DeviceAddress? {
    var reader = ByteReader(frame.data)
    guard var address = try? DeviceAddress(&reader) else { return nil }
    if frame.information == 0x56 {
      address.identification = address.identification.byteSwapped
      address.manufacturer = Manufacturer(code: address.manufacturer.code.byteSwapped)
    }
    return address
  }

  /// Whether all records behind a selection fit; only the fabrication number is known.
  private static func matches(_ data: Span<UInt8>, _ fabricationNumber: UInt32) -> Bool {
    var reader = RecordReader(data.extracting(DeviceAddress.bytes...))
    while true {
      do throws(RecordError) {
        guard let record = try reader.next() else { return true }
        guard record.information.quantity == .fabricationNumber, record.dataBytes == 4 else {
          return false
        }
        var bytes = ByteReader(
          data.extracting(DeviceAddress.bytes...).extracting(record.dataOffset..<record.end))
        guard let digits: UInt32 = try? bytes.littleEndian(),
          DeviceAddress.matches(fabricationNumber, digits)
        else { return false }
      } catch {
        return false
      }
    }
  }

  /// Alarms, or nothing to tell.
  private mutating func respondAlarms(
    _ control: ControlField, _ channel: Int, application: some BusApplication,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    let alarms = application.alarms
    guard alarms != 0 else {
      output[0] = WiredFrame.acknowledgeByte
      return 1
    }
    output[7] = alarms
    return WiredFrame.close(
      control: ControlField.respondData.byte, address: primaryAddress, information: 0x71,
      dataBytes: 1, &output)
  }

  /// Data: the old answer again, or the next telegram.
  private mutating func respond(
    _ control: ControlField, _ channel: Int, at now: Instant,
    application: inout some BusApplication, into output: inout MutableSpan<UInt8>
  ) -> Int {
    let isRepeat = requests.isRepeat(control, channel, .class2)
    if isRepeat, answer.bytes > 0, now - answer.sentAt < Self.repeatWindow {
      return answer.write(into: &output)
    }
    if isRepeat || !control.frameCountValid { next = 0 }
    var dataBytes: Int
    var information: UInt8 = 0x72
    if let error = pending {
      pending = nil
      information = 0x70
      output[7] = error.rawValue
      dataBytes = 1
    } else {
      if next == 0 { application.prepare(set) }
      accessNumber &+= 1
      dataBytes = writeTelegram(application, into: &output)
    }
    var field = ControlField.respondData.byte
    if application.alarms != 0 { field |= ControlField.accessDemand }
    let count = WiredFrame.close(
      control: field, address: primaryAddress, information: information, dataBytes: dataBytes,
      &output)
    answer.store(
      output.span.extracting(0..<count),
      sentAt: now + Instant.Duration(ticks: rate.ticks(bits: 11 * Int64(count))))
    return count
  }

  /// Head and records of the next telegram, from index 7 on.
  private mutating func writeTelegram(
    _ application: some BusApplication, into output: inout MutableSpan<UInt8>
  ) -> Int {
    var header = ApplicationHeader(form: .long, address: application.address)
    header.accessNumber = accessNumber
    header.status = application.status
    let records = 7 + header.headBytes
    var head = ByteWriter(output._mutatingExtracting(7..<records))
    do throws(BytesError) { try header.write(into: &head) } catch { return 0 }
    let end = 7 + WiredFrame.dataBytesMax
    var writer = RecordWriter(output._mutatingExtracting(records..<end))
    let more = application.write(telegram: Int(next), into: &writer)
    next = more ? next &+ 1 : 0
    return header.headBytes + writer.count
  }

  private mutating func takeData(
    _ frame: WiredFrame, _ channel: Int, at now: Instant, application: inout some BusApplication,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    output[0] = WiredFrame.acknowledgeByte
    // A frame that was answered already is acknowledged again and not obeyed twice.
    if requests.isRepeat(ControlField(frame.control), channel, .data) { return 1 }
    switch frame.information {
    case 0x50:
      set = frame.data.count > 0 ? ReadoutSet(subCode: frame.data[0] & 0xF0) : .all
      next = 0
      requests.forget(channel: channel, .class2)
      application.reset(set)
    case 0x51: pending = takeRecords(frame.data, application: &application)
    case 0x54, 0x5C: application.prepare(set)
    case 0xB8...0xBF: changeRate(frame.information, at: now, application: application)
    default: pending = .unknownInformation
    }
    return 1
  }

  private mutating func takeRecords(
    _ data: Span<UInt8>, application: inout some BusApplication
  ) -> ApplicationError? {
    var reader = RecordReader(data)
    while true {
      do throws(RecordError) {
        guard let record = try reader.next() else { return nil }
        guard application.mayBeSet else { return .unspecified }
        if record.information.quantity == .busAddress, record.information == .busAddress {
          guard case .integer(let value) = record.value(in: data),
            let address = UInt8(exactly: value & 0xFF), address <= 250
          else { return .unspecified }
          primaryAddress = address
        } else if let error = application.take(record, in: data) {
          return error
        }
      } catch .tooManyDIFEs {
        return .tooManyDIFEs
      } catch .tooManyVIFEs {
        return .tooManyVIFEs
      } catch {
        return .prematureEnd
      }
    }
  }

  private mutating func changeRate(
    _ code: UInt8, at now: Instant, application: some BusApplication
  ) {
    guard let new = BaudRate(rawValue: code), application.accepts(new), new != rate else { return }
    oldRate = rate
    rate = new
    if new != .b300 { fallBackAt = now + Self.fallBackDelay }
  }
}

extension ValueInformation {
  /// The record that sets a primary address, without extensions.
  static let busAddress: ValueInformation = {
    var information = ValueInformation()
    information.setPrimary(0x7A)
    return information
  }()
}

/// The frame count bits seen last, of both channels and three kinds of request.
struct CountedRequests: Sendable {
  enum Kind: Int {
    case class1 = 0, class2, data
  }

  /// Two bits each: known, and the bit.
  private var bits: UInt16 = 0

  /// Whether the request is the last one again; remembers it. Requests that do not count their
  /// frames are never repeats.
  mutating func isRepeat(_ control: ControlField, _ channel: Int, _ kind: Kind) -> Bool {
    let shift = UInt16(2 * (3 * channel + kind.rawValue))
    guard control.frameCountValid else {
      bits &= ~(3 << shift)
      return false
    }
    let seen: UInt16 = control.frameCountBit ? 3 : 1
    let isRepeat = bits >> shift & 3 == seen
    bits = bits & ~(3 << shift) | seen << shift
    return isRepeat
  }

  mutating func forget(channel: Int) { bits &= ~(0x3F << UInt16(6 * channel)) }

  mutating func forget(channel: Int, _ kind: Kind) {
    bits &= ~(3 << UInt16(2 * (3 * channel + kind.rawValue)))
  }
}

/// The answer that was sent last, to be sent again where it was lost.
struct StoredAnswer: Sendable {
  private(set) var bytes = 0
  private(set) var sentAt = Instant(ticks: 0)
  private var store = InlineArray<261, UInt8>(repeating: 0)

  mutating func store(_ answer: Span<UInt8>, sentAt: Instant) {
    for i in answer.indices { store[i] = answer[i] }
    bytes = answer.count
    self.sentAt = sentAt
  }

  func write(into output: inout MutableSpan<UInt8>) -> Int {
    for i in 0..<bytes { output[i] = store[i] }
    return bytes
  }
}
