import Bytes

extension SupplyParameters {
  static let encodedBytes = 64

  /// Writes the section `supply`: docs/configuration.md has the layout.
  func encode(into writer: inout ByteWriter) throws(BytesError) {
    let button: UInt8 = supplySwitch.buttonOpens ? 1 : 0
    let automatic: UInt8 =
      (smartDisconnect.isAutomatic ? 1 : 0) | (prepayment.isAutomatic ? 2 : 0)
    let neutral: UInt8 = (neutralLoss.isEnabled ? 1 : 0) | (neutralLoss.disconnects ? 2 : 0)
    let bytes: InlineArray<6, UInt8> = [
      basis.rawValue, supplySwitch.category, button, automatic, neutral, prepayment.workingDays,
    ]
    for k in bytes.indices { try writer.littleEndian(bytes[k]) }
    let words: InlineArray<14, UInt16> = [
      smartDisconnect.k1, smartDisconnect.k2, smartDisconnect.k3, smartDisconnect.t1,
      smartDisconnect.t2, smartDisconnect.t3, smartDisconnect.reconnectWait,
      prepayment.friendlyFrom_min, prepayment.friendlyTo_min, neutralLoss.neutral_V,
      neutralLoss.high_V, neutralLoss.time_s, neutralLoss.zeroSequence_V, 0,
    ]
    for k in words.indices { try writer.littleEndian(words[k]) }
    let longs: InlineArray<6, UInt32> = [
      supplySwitch.breakingLimit_mA, smartDisconnect.limit, prepayment.warning_Wh,
      prepayment.emergency_Wh, prepayment.limitedPower_W, prepayment.limitedTime_s,
    ]
    for k in longs.indices { try writer.littleEndian(longs[k]) }
    for _ in 0..<6 { try writer.littleEndian(UInt8(0)) }
  }

  /// Reads what `encode` wrote; nil for another length or a value that has no meaning. Ranges that
  /// depend on the meter are checked by `isValid`.
  public init?(decoding bytes: Span<UInt8>) {
    guard bytes.count == Self.encodedBytes else { return nil }
    self.init()
    func word(_ at: Int) -> UInt16 { UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 }
    func long(_ at: Int) -> UInt32 { UInt32(word(at)) | UInt32(word(at + 2)) << 16 }
    guard let basis = CutOffBasis(rawValue: bytes[0]), bytes[2] < 2, bytes[3] < 4, bytes[4] < 4
    else { return nil }
    self.basis = basis
    supplySwitch.category = bytes[1]
    supplySwitch.buttonOpens = bytes[2] == 1
    smartDisconnect.isAutomatic = bytes[3] & 1 != 0
    prepayment.isAutomatic = bytes[3] & 2 != 0
    neutralLoss.isEnabled = bytes[4] & 1 != 0
    neutralLoss.disconnects = bytes[4] & 2 != 0
    prepayment.workingDays = bytes[5]
    smartDisconnect.k1 = word(6)
    smartDisconnect.k2 = word(8)
    smartDisconnect.k3 = word(10)
    smartDisconnect.t1 = word(12)
    smartDisconnect.t2 = word(14)
    smartDisconnect.t3 = word(16)
    smartDisconnect.reconnectWait = word(18)
    prepayment.friendlyFrom_min = word(20)
    prepayment.friendlyTo_min = word(22)
    neutralLoss.neutral_V = word(24)
    neutralLoss.high_V = word(26)
    neutralLoss.time_s = word(28)
    neutralLoss.zeroSequence_V = word(30)
    supplySwitch.breakingLimit_mA = long(34)
    smartDisconnect.limit = long(38)
    prepayment.warning_Wh = long(42)
    prepayment.emergency_Wh = long(46)
    prepayment.limitedPower_W = long(50)
    prepayment.limitedTime_s = long(54)
  }
}
