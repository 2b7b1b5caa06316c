import KMP

/// Macros of the tests cannot hold a span.
extension KMPClock {
  init?(register bytes: [UInt8]) { self.init(register: bytes.span) }
}

extension KMPRegisterRequest {
  init?(parsing bytes: [UInt8]) { self.init(parsing: bytes.span) }
}

extension KMPLogRequest {
  init?(_ command: KMPCommand, parsing bytes: [UInt8]) {
    self.init(command, parsing: bytes.span)
  }
}

extension KMPCheck {
  static func check(_ bytes: [UInt8]) -> UInt16 { check(bytes.span) }
}
