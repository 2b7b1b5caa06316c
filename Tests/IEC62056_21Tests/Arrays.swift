import IEC62056_21

/// Macros of the tests cannot hold a span.
extension RequestMessage {
  init(parsing text: [UInt8]) throws(MessageError) { try self.init(parsing: text.span) }
  static func calls(_ number: UInt32, _ address: [UInt8]) -> Bool { calls(number, address.span) }
}

extension Identification {
  init(parsing text: [UInt8]) throws(MessageError) { try self.init(parsing: text.span) }
}

extension Acknowledgement {
  init(parsing text: [UInt8]) throws(MessageError) { try self.init(parsing: text.span) }
}

extension ProgrammingMessage {
  init(parsing text: [UInt8]) throws(MessageError) { try self.init(parsing: text.span) }
}

extension DataSetAddress {
  init?(parsing text: [UInt8]) { self.init(parsing: text.span) }
}

extension PortPassword {
  init?(_ text: String) { self.init(Array(text.utf8).span) }
}
