#if !hasFeature(Embedded)

  extension TelegramJSON {
    /// Writes a radio telegram that was opened: who sent it, how it was protected, its records.
    ///
    /// - Parameter records: in clear; of a compact telegram, put together again.
    public mutating func write(_ telegram: WirelessTelegram, records bytes: Span<UInt8>) {
      out.removeAll(keepingCapacity: true)
      put("{\"control\":\(telegram.control)")
      device(telegram.device)
      number("access", Int(telegram.accessNumber))
      number("status", Int(telegram.status.rawValue))
      put(",\"security\":\"\(Self.security(telegram))\"")
      if let counter = telegram.counter { number("counter", Int(counter)) }
      if let session = telegram.session { number("session", Int(session)) }
      if telegram.information == 0x79 { put(",\"compact\":true") }
      records(bytes)
      out.append(0x7D)
    }

    private static func security(_ telegram: WirelessTelegram) -> String {
      guard telegram.wasEnciphered else { return "none" }
      return telegram.isAuthenticated ? "mode7" : telegram.session == nil ? "mode5" : "ctr"
    }
  }

#endif
