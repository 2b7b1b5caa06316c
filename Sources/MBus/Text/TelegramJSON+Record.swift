#if !hasFeature(Embedded)

  import Bytes

  extension TelegramJSON {
    private static let quantities = MeasuredQuantity.allCases.map { Array("\($0)".utf8) }
    private static let units = MeasuredUnit.allCases.map { Array($0.symbol.utf8) }
    private static let places = ValueInformation.Place.allCases.map { Array("\($0)".utf8) }
    private static let functions = DataRecord.Function.allCases.map { Array("\($0)".utf8) }

    mutating func record(_ record: DataRecord, _ bytes: Span<UInt8>) {
      put("{\"head\":\"")
      digits(bytes, record.offset, record.offset + record.headBytes)
      put("\",\"quantity\":\"")
      let information = record.information
      out += Self.quantities[Int(information.quantity.rawValue)]
      out.append(0x22)
      if record.function != .instantaneous {
        put(",\"function\":\"")
        out += Self.functions[Int(record.function.rawValue)]
        out.append(0x22)
      }
      if record.storage != 0 { number("storage", Int(record.storage)) }
      if record.tariff != 0 { number("tariff", Int(record.tariff)) }
      if record.subunit != 0 { number("subunit", Int(record.subunit)) }
      value(record, bytes)
      if record.textBytes > 0 { text("unitText", bytes, record.textOffset, record.textBytes) }
      if information.unit != .none {
        put(",\"unit\":\"")
        out += Self.units[Int(information.unit.rawValue)]
        out.append(0x22)
      }
      if information.place != .whole {
        put(",\"place\":\"")
        out += Self.places[Int(information.place.rawValue)]
        out.append(0x22)
      }
      if information.aspect != 0 { number("aspect", Int(information.aspect)) }
      if information.rate != 0 { number("rate", Int(information.rate)) }
      if information.error != 0 { number("error", Int(information.error)) }
      if !information.traits.isEmpty { traits(information.traits) }
      out.append(0x7D)
    }

    private mutating func value(_ record: DataRecord, _ bytes: Span<UInt8>) {
      switch record.value(in: bytes) {
      case .none: break
      case .integer(let value):
        guard let scaled = record.information.scaled(value) else {
          hex("bytes", bytes, record.dataOffset, record.end)
          return
        }
        key("value")
        append(scaled)
      case .unsigned(let value):
        if record.information.dataKind == .bits {
          hex("bits", bytes, record.dataOffset, record.end)
          return
        }
        guard let signed = Int64(exactly: value), let scaled = record.information.scaled(signed)
        else {
          hex("bytes", bytes, record.dataOffset, record.end)
          return
        }
        key("value")
        append(scaled)
      case .real(let bits):
        real(bits, record.information)
      case .time(let time):
        key("time")
        append(time)
      case .bytes:
        if record.coding == .text {
          text("text", bytes, record.dataOffset, record.dataBytes)
        } else {
          hex("bytes", bytes, record.dataOffset, record.end)
        }
      case .invalid:
        put(",\"value\":null")
        hex("bytes", bytes, record.dataOffset, record.end)
      }
    }

    /// A binary fraction is told with the digits that give it back, beside its power of ten.
    private mutating func real(_ bits: UInt32, _ information: ValueInformation) {
      let value = Float(bitPattern: bits)
      guard value.isFinite else {
        put(",\"value\":null")
        return
      }
      key("real")
      put("\(value)")
      if information.exponent != 0 { number("exponent", Int(information.exponent)) }
    }

    private mutating func traits(_ traits: ValueInformation.Traits) {
      put(",\"traits\":[")
      var isFirst = true
      for (bit, name) in ValueInformation.Traits.names.enumerated()
      where traits.rawValue >> UInt32(bit) & 1 != 0 {
        if !isFirst { out.append(0x2C) }
        isFirst = false
        out.append(0x22)
        put(name)
        out.append(0x22)
      }
      out.append(0x5D)
    }

    private mutating func append(_ number: ScaledNumber) {
      var room = InlineArray<96, UInt8>(repeating: 0)
      var span = room.mutableSpan
      let count = number.write(into: &span)
      for i in 0..<count { out.append(room[i]) }
    }

    /// As ISO 8601; parts that stand for every value are asterisks.
    private mutating func append(_ time: RecordTime) {
      out.append(0x22)
      if time.invalid {
        put("invalid")
      } else {
        let hasDate = time.year != nil || time.month != nil || time.day != nil
        if hasDate {
          part(time.year.map(Int.init), 4)
          out.append(0x2D)
          part(time.month.map(Int.init), 2)
          out.append(0x2D)
          part(time.day.map(Int.init), 2)
        }
        if time.hour != nil || time.minute != nil {
          if hasDate { out.append(0x54) }
          part(time.hour.map(Int.init), 2)
          out.append(0x3A)
          part(time.minute.map(Int.init), 2)
          if let second = time.second {
            out.append(0x3A)
            part(Int(second), 2)
          }
        }
      }
      out.append(0x22)
      if time.summer { put(",\"summer\":true") }
    }

    private mutating func part(_ value: Int?, _ digits: Int) {
      guard let value else {
        for _ in 0..<digits { out.append(0x2A) }
        return
      }
      var scale = digits == 4 ? 1000 : 10
      while scale > 0 {
        out.append(0x30 + UInt8(value / scale % 10))
        scale /= 10
      }
    }
  }

  // MARK: - Pieces of JSON

  extension TelegramJSON {
    mutating func put(_ text: StaticString) {
      text.withUTF8Buffer { out.append(contentsOf: $0) }
    }

    mutating func put(_ text: String) { out += text.utf8 }

    mutating func key(_ name: StaticString) {
      out.append(0x2C)
      out.append(0x22)
      put(name)
      out.append(0x22)
      out.append(0x3A)
    }

    mutating func number(_ name: StaticString, _ value: Int) {
      key(name)
      append(ScaledNumber(mantissa: Int64(value), exponent: 0))
    }

    mutating func hex(_ name: StaticString, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
      key(name)
      out.append(0x22)
      digits(bytes, start, end)
      out.append(0x22)
    }

    mutating func digits(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
      for i in start..<end {
        out.append(Self.digit(bytes[i] >> 4))
        out.append(Self.digit(bytes[i] & 15))
      }
    }

    static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    /// Characters in reverse order, as records have them; those above 7E are Latin-1.
    mutating func text(_ name: StaticString, _ bytes: Span<UInt8>, _ start: Int, _ count: Int) {
      key(name)
      out.append(0x22)
      for i in 0..<count { escaped(bytes[start + count - 1 - i]) }
      out.append(0x22)
    }

    mutating func escaped(_ character: UInt8) {
      switch character {
      case 0x22, 0x5C:
        out.append(0x5C)
        out.append(character)
      case 0x20..<0x7F: out.append(character)
      case 0x00..<0x20, 0x7F:
        put("\\u00")
        out.append(Self.digit(character >> 4))
        out.append(Self.digit(character & 15))
      default:
        out.append(0xC0 | character >> 6)
        out.append(0x80 | character & 0x3F)
      }
    }
  }

#endif
