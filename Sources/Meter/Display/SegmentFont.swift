/// Which bars make which character. Bytes are ASCII; 0xB0 is the degree sign, for which
/// `*` may be written.
enum SegmentFont {
  static let degreeSign: UInt8 = 0xB0

  /// Seven bars, a in bit 0 ... g in bit 6; a character that seven bars cannot show is blank.
  ///
  /// Letters are shown as readers know them from seven-segment glasses (A b C d E F); where a
  /// letter has the picture of a digit (S, O, Z), reading back gives the digit.
  static func digit(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "0"), UInt8(ascii: "O"): 0x3F
    case UInt8(ascii: "1"): 0x06
    case UInt8(ascii: "2"), UInt8(ascii: "Z"), UInt8(ascii: "z"): 0x5B
    case UInt8(ascii: "3"): 0x4F
    case UInt8(ascii: "4"): 0x66
    case UInt8(ascii: "5"), UInt8(ascii: "S"), UInt8(ascii: "s"): 0x6D
    case UInt8(ascii: "6"): 0x7D
    case UInt8(ascii: "7"): 0x07
    case UInt8(ascii: "8"): 0x7F
    case UInt8(ascii: "9"): 0x6F
    case UInt8(ascii: "A"), UInt8(ascii: "a"): 0x77
    case UInt8(ascii: "b"), UInt8(ascii: "B"): 0x7C
    case UInt8(ascii: "C"): 0x39
    case UInt8(ascii: "d"), UInt8(ascii: "D"): 0x5E
    case UInt8(ascii: "E"), UInt8(ascii: "e"): 0x79
    case UInt8(ascii: "F"), UInt8(ascii: "f"): 0x71
    case UInt8(ascii: "H"): 0x76
    case UInt8(ascii: "J"), UInt8(ascii: "j"): 0x1E
    case UInt8(ascii: "L"), UInt8(ascii: "l"): 0x38
    case UInt8(ascii: "P"), UInt8(ascii: "p"): 0x73
    case UInt8(ascii: "U"): 0x3E
    case UInt8(ascii: "Y"), UInt8(ascii: "y"): 0x6E
    case UInt8(ascii: "c"): 0x58
    case UInt8(ascii: "h"): 0x74
    case UInt8(ascii: "i"), UInt8(ascii: "I"): 0x04
    case UInt8(ascii: "n"), UInt8(ascii: "N"): 0x54
    case UInt8(ascii: "o"): 0x5C
    case UInt8(ascii: "r"), UInt8(ascii: "R"): 0x50
    case UInt8(ascii: "t"), UInt8(ascii: "T"): 0x78
    case UInt8(ascii: "u"), UInt8(ascii: "v"), UInt8(ascii: "V"): 0x1C
    case UInt8(ascii: "-"): 0x40
    case UInt8(ascii: "_"): 0x08
    default: 0
    }
  }

  /// Fourteen bars, a in bit 0 ... m in bit 13; a character without a picture is blank.
  static func character(_ byte: UInt8) -> UInt16 {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): figure(byte)
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): capital(byte)
    case UInt8(ascii: "a"): 0x1058
    case UInt8(ascii: "h"): 0x1070
    case UInt8(ascii: "k"): 0x3600
    case UInt8(ascii: "r"): 0x0050
    case UInt8(ascii: "v"): 0x0810
    case UInt8(ascii: "z"): 0x0848
    case UInt8(ascii: "b")...UInt8(ascii: "y"): capital(byte - 32)
    case UInt8(ascii: "-"): 0x00C0
    case UInt8(ascii: "+"): 0x12C0
    case UInt8(ascii: "%"): 0x0C24
    case UInt8(ascii: "/"): 0x0C00
    case UInt8(ascii: "_"): 0x0008
    case degreeSign, UInt8(ascii: "*"): 0x00E3
    default: 0
    }
  }

  private static func figure(_ byte: UInt8) -> UInt16 {
    switch byte {
    // Nought has a stroke, to be told from O.
    case UInt8(ascii: "0"): 0x0C3F
    case UInt8(ascii: "1"): 0x0406
    case UInt8(ascii: "2"): 0x00DB
    case UInt8(ascii: "3"): 0x008F
    case UInt8(ascii: "4"): 0x00E6
    // Five leans, to be told from S.
    case UInt8(ascii: "5"): 0x2069
    case UInt8(ascii: "6"): 0x00FD
    case UInt8(ascii: "7"): 0x0007
    case UInt8(ascii: "8"): 0x00FF
    default: 0x00EF
    }
  }

  private static func capital(_ byte: UInt8) -> UInt16 {
    switch byte {
    case UInt8(ascii: "A"): 0x00F7
    case UInt8(ascii: "B"): 0x128F
    case UInt8(ascii: "C"): 0x0039
    case UInt8(ascii: "D"): 0x120F
    case UInt8(ascii: "E"): 0x00F9
    case UInt8(ascii: "F"): 0x0071
    case UInt8(ascii: "G"): 0x00BD
    case UInt8(ascii: "H"): 0x00F6
    case UInt8(ascii: "I"): 0x1209
    case UInt8(ascii: "J"): 0x001E
    case UInt8(ascii: "K"): 0x2470
    case UInt8(ascii: "L"): 0x0038
    case UInt8(ascii: "M"): 0x0536
    case UInt8(ascii: "N"): 0x2136
    case UInt8(ascii: "O"): 0x003F
    case UInt8(ascii: "P"): 0x00F3
    case UInt8(ascii: "Q"): 0x203F
    case UInt8(ascii: "R"): 0x20F3
    case UInt8(ascii: "S"): 0x00ED
    case UInt8(ascii: "T"): 0x1201
    case UInt8(ascii: "U"): 0x003E
    case UInt8(ascii: "V"): 0x0C30
    case UInt8(ascii: "W"): 0x2836
    case UInt8(ascii: "X"): 0x2D00
    case UInt8(ascii: "Y"): 0x1500
    default: 0x0C09
    }
  }

  /// The byte whose picture this is: a blank for no bar, `?` for bars that are no character.
  static func byte(ofDigit bars: UInt8) -> UInt8 {
    if bars == 0 { return UInt8(ascii: " ") }
    // Digits come before letters in ASCII, so a shared picture reads as the digit.
    for byte in UInt8(ascii: "-")...UInt8(ascii: "y") where digit(byte) == bars { return byte }
    return UInt8(ascii: "?")
  }

  /// The byte whose picture this is: a blank for no bar, `?` for bars that are no character.
  static func byte(ofCharacter bars: UInt16) -> UInt8 {
    if bars == 0 { return UInt8(ascii: " ") }
    if bars == character(degreeSign) { return degreeSign }
    for byte in UInt8(ascii: "%")...UInt8(ascii: "z") where character(byte) == bars { return byte }
    return UInt8(ascii: "?")
  }
}
