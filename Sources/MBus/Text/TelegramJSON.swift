#if !hasFeature(Embedded)

  import Bytes

  /// Turns frames and records into JSON, one object each, without ever losing a byte: what is not
  /// understood stands there as hexadecimal digits.
  ///
  /// Numbers are exact decimals in the unit that stands beside them. One writer can be used for
  /// any number of telegrams; it grows its buffer and keeps it.
  public struct TelegramJSON {
    var out: [UInt8] = []

    public init() { out.reserveCapacity(4096) }

    /// The text of what was written last.
    public var text: String { String(decoding: out, as: UTF8.self) }
    /// The bytes of what was written last.
    public var bytes: [UInt8] { out }

    /// Writes a wired frame.
    ///
    /// - Parameter bytes: the frame from its first to its last byte.
    public mutating func write(frame bytes: Span<UInt8>) throws(FrameError) {
      out.removeAll(keepingCapacity: true)
      let frame = try WiredFrame(bytes)
      switch frame.kind {
      case .acknowledge:
        put("{\"frame\":\"acknowledge\"}")
        return
      case .short: put("{\"frame\":\"short\"")
      case .long: put("{\"frame\":\"long\"")
      }
      number("control", Int(frame.control))
      number("address", Int(frame.address))
      if frame.kind == .long {
        number("information", Int(frame.information))
        application(frame.information, frame.data)
      }
      out.append(0x7D)
    }

    /// Writes what a CI field and the bytes behind it say, as members of an object.
    mutating func application(_ information: UInt8, _ data: Span<UInt8>) {
      switch information {
      case 0x51: records(data)
      case 0x70:
        if data.count > 0 { number("applicationError", Int(data[0])) }
        if data.count > 1 { hex("data", data, 1, data.count) }
      case 0x71:
        if data.count > 0 { number("alarms", Int(data[0])) }
        if data.count > 1 { hex("data", data, 1, data.count) }
      case 0x73: fixed(data)
      default:
        guard let header = ApplicationHeader(information: information, data) else {
          if data.count > 0 { hex("data", data, 0, data.count) }
          return
        }
        self.header(header)
        let rest = data.extracting(header.headBytes...)
        if header.form != .none, header.securityMode != 0 {
          hex("enciphered", rest, 0, rest.count)
        } else {
          records(rest)
        }
      }
    }

    private mutating func header(_ header: ApplicationHeader) {
      if let address = header.address { device(address) }
      guard header.form != .none else { return }
      number("access", Int(header.accessNumber))
      number("status", Int(header.status.rawValue))
      if header.configuration != 0 { number("configuration", Int(header.configuration)) }
    }

    mutating func device(_ address: DeviceAddress) {
      put(",\"identification\":\"")
      for shift in stride(from: 28, through: 0, by: -4) {
        out.append(Self.digit(UInt8(address.identification >> UInt32(shift) & 15)))
      }
      put("\",\"manufacturer\":\"")
      let (a, b, c) = address.manufacturer.letters
      for letter in [a, b, c] { escaped(letter) }
      out.append(0x22)
      number("version", Int(address.version))
      number("medium", Int(address.medium.code))
    }

    private mutating func fixed(_ data: Span<UInt8>) {
      guard let fixed = FixedData(data) else {
        hex("data", data, 0, data.count)
        return
      }
      put(",\"identification\":\"")
      for shift in stride(from: 28, through: 0, by: -4) {
        out.append(Self.digit(UInt8(fixed.identification >> UInt32(shift) & 15)))
      }
      out.append(0x22)
      number("access", Int(fixed.accessNumber))
      number("status", Int(fixed.status))
      number("medium", Int(fixed.medium))
      number("unit1", Int(fixed.units.0))
      number("unit2", Int(fixed.units.1))
      hex("counter1", data, 8, 12)
      hex("counter2", data, 12, 16)
    }

    /// Writes records as the member `records`; what cannot be read as `rest` with the reason.
    mutating func records(_ bytes: Span<UInt8>) {
      put(",\"records\":[")
      var reader = RecordReader(bytes)
      var isFirst = true
      var failure: RecordError?
      while failure == nil {
        do throws(RecordError) {
          guard let record = try reader.next() else { break }
          if !isFirst { out.append(0x2C) }
          isFirst = false
          self.record(record, bytes)
        } catch {
          failure = error
        }
      }
      out.append(0x5D)
      if let failure {
        put(",\"reason\":\"\(failure)\"")
        hex("rest", bytes, reader.offset, bytes.count)
      }
      if reader.moreFollow { put(",\"moreFollow\":true") }
    }
  }

#endif
