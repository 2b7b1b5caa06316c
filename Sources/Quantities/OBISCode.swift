/// The name of a quantity in the Object Identification System: A-B:C.D.E*F (IEC 62056-6-1).
///
/// A is the medium (0 abstract, 1 electricity), B the channel, C the quantity, D the processing,
/// E the tariff or a further division and F the billing period (255: the current one).
public struct OBISCode: Equatable, Hashable, Comparable, Sendable {
  public var a: UInt8
  public var b: UInt8
  public var c: UInt8
  public var d: UInt8
  public var e: UInt8
  public var f: UInt8

  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8 = 255) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
    self.e = e
    self.f = f
  }

  /// Electricity, channel 0, current values: 1-0:C.D.E*255.
  public static func electricity(_ c: UInt8, _ d: UInt8, _ e: UInt8 = 0) -> OBISCode {
    OBISCode(1, 0, c, d, e)
  }

  /// Abstract, channel 0, current values: 0-0:C.D.E*255.
  public static func abstract(_ c: UInt8, _ d: UInt8, _ e: UInt8 = 0) -> OBISCode {
    OBISCode(0, 0, c, d, e)
  }

  /// The six groups as one number, A in the highest place; it sorts as the code does.
  public var packed: UInt64 {
    var number: UInt64 = 0
    for group in 0..<6 { number = number << 8 | UInt64(self[group]) }
    return number
  }

  /// The groups in order: 0 is A, 5 is F.
  public subscript(group: Int) -> UInt8 {
    get {
      switch group {
      case 0: return a
      case 1: return b
      case 2: return c
      case 3: return d
      case 4: return e
      default:
        precondition(group == 5, "an OBIS code has the groups 0...5")
        return f
      }
    }
    set {
      switch group {
      case 0: a = newValue
      case 1: b = newValue
      case 2: c = newValue
      case 3: d = newValue
      case 4: e = newValue
      default:
        precondition(group == 5, "an OBIS code has the groups 0...5")
        f = newValue
      }
    }
  }

  public static func < (left: OBISCode, right: OBISCode) -> Bool { left.packed < right.packed }
}
