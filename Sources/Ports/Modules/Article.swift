/// The 33 articles of the data sheet's last page, in its order.
public enum Article: UInt8, CaseIterable, Sendable {
  // Modules.
  case s0Supply, dataPulse, wiredMBus, tariff2, tariff4, s0Pulse, tcpIP, radioRouter, gsm, pulseLoad
  case lon, loadControl, zWave, wirelessMBus, loadControlB
  // Secondary plug-in modules.
  case connection, zWaveSecondary
  // Configuration software.
  case meterTool
  // Covers.
  case terminalCover60, terminalCover100, terminalCoverSwitch60, highCover, standardCover
  case secondaryCover
  // Miscellaneous.
  case opticalEyeUSB, opticalEyeSerial, railKit, hookExtension, supercap, battery, topBracket
  case cableLegs, cableClamps
}

/// What kind of article it is.
public enum ArticleKind: UInt8, CaseIterable, Sendable {
  case module, secondary, software, cover, accessory
}

/// How much of an article there is.
public enum ArticleState: UInt8, CaseIterable, Sendable {
  /// What software can do of it is done.
  case works
  /// What is missing is told with it.
  case partly
  case notYet
  /// A thing for the hand: software has nothing to do with it.
  case physical
}

extension Article {
  /// The article number, eight or seven digits: 68 50 001 is 6,850,001.
  public var number: UInt32 {
    switch self {
    case .s0Supply: 6_850_001
    case .dataPulse: 6_850_003
    case .wiredMBus: 6_850_005
    case .tariff2: 6_850_008
    case .tariff4: 6_850_018
    case .s0Pulse: 6_850_021
    case .tcpIP: 6_850_040
    case .radioRouter: 6_850_043
    case .gsm: 6_850_053
    case .pulseLoad: 6_850_055
    case .lon: 6_850_057
    case .loadControl: 6_850_058
    case .zWave: 6_850_061
    case .wirelessMBus: 6_850_064
    case .loadControlB: 6_850_069
    case .connection: 6_850_062
    case .zWaveSecondary: 6_840_001
    case .meterTool: 6_899_570
    case .terminalCover60: 3_026_226
    case .terminalCover100: 3_026_323
    case .terminalCoverSwitch60: 3_026_362
    case .highCover: 5_960_137
    case .standardCover: 5_960_138
    case .secondaryCover: 5_960_139
    case .opticalEyeUSB: 6_699_099
    case .opticalEyeSerial: 6_699_102
    case .railKit: 6_830_007
    case .hookExtension: 6_830_010
    case .supercap: 6_830_012
    case .battery: 6_830_013
    case .topBracket: 6_850_101
    case .cableLegs: 6_850_102
    case .cableClamps: 6_850_103
    }
  }

  /// The article of a number; nil where the data sheet has none.
  public init?(number: UInt32) {
    for article in Article.allCases where article.number == number {
      self = article
      return
    }
    return nil
  }

  public var kind: ArticleKind {
    switch rawValue {
    case ..<Article.connection.rawValue: .module
    case ..<Article.meterTool.rawValue: .secondary
    case Article.meterTool.rawValue: .software
    case ..<Article.opticalEyeUSB.rawValue: .cover
    default: .accessory
    }
  }

  /// What it is, after the data sheet.
  public var title: StaticString {
    switch self {
    case .s0Supply: "S0 supply module"
    case .dataPulse: "Data/pulse module, relay output (RS232)"
    case .wiredMBus: "M-Bus module (wired)"
    case .tariff2: "Tariff module, 2 tariffs, 230 VAC"
    case .tariff4: "Tariff module, 4 tariffs, 230 VAC, current loop"
    case .s0Pulse: "S0 pulse module"
    case .tcpIP: "IP101i, TCP/IP module"
    case .radioRouter: "Radio module, router, high-power"
    case .gsm: "GSM6i/RF, GSM7i"
    case .pulseLoad: "Pulse input/load control module (for integrated radio)"
    case .lon: "LON, twisted pair"
    case .loadControl, .loadControlB: "2 x 5 A load control module"
    case .zWave: "Z-Wave slave module"
    case .wirelessMBus: "Wireless M-Bus"
    case .connection: "Connection module for a secondary plug-in module"
    case .zWaveSecondary: "Secondary plug-in module, Z-Wave slave"
    case .meterTool: "METERTOOL for kWh meters"
    case .terminalCover60: "Long terminal cover 60 mm for a meter without switch"
    case .terminalCover100: "Extra long terminal cover 100 mm for a meter without switch"
    case .terminalCoverSwitch60: "Long terminal cover 60 mm for a meter with switch"
    case .highCover: "High cover"
    case .standardCover: "Standard cover"
    case .secondaryCover: "High cover for a secondary module"
    case .opticalEyeUSB: "Optical eye with USB plug"
    case .opticalEyeSerial: "Optical eye with 9-pin D-sub plug"
    case .railKit: "DIN rail mounting kit"
    case .hookExtension: "Extension of the hanging eye"
    case .supercap: "Supercap for RTC backup"
    case .battery: "Lithium battery for RTC backup"
    case .topBracket: "Top bracket, metal"
    case .cableLegs: "Cable legs, 50 pieces"
    case .cableClamps: "Cable clamps, 50 pieces"
    }
  }

  /// How much of it there is.
  public var state: ArticleState {
    switch self {
    case .s0Supply, .wiredMBus, .tariff2, .s0Pulse, .pulseLoad, .loadControl, .wirelessMBus,
      .loadControlB, .connection:
      .works
    case .dataPulse, .tariff4, .tcpIP, .secondaryCover, .opticalEyeUSB, .opticalEyeSerial,
      .supercap, .battery:
      .partly
    case .radioRouter, .gsm, .lon, .zWave, .zWaveSecondary, .meterTool: .notYet
    case .terminalCover60, .terminalCover100, .terminalCoverSwitch60, .highCover, .standardCover,
      .railKit, .hookExtension, .topBracket, .cableLegs, .cableClamps:
      .physical
    }
  }

  /// What it does here, or what of it is missing.
  public var duty: StaticString {
    switch self {
    case .s0Supply: "pulses of the meter as edges between 24 V and 0 V on --pulses"
    case .dataPulse: "pulse output and input and relay on --pulses, serial KMP on --kmp"
    case .wiredMBus: "a slave of EN 13757-2 on --mbus"
    case .tariff2: "one input chooses between T1 and T2"
    case .tariff4: "two inputs choose between T1 and T4; its current loop is no port yet"
    case .s0Pulse: "a pulse output of 1 to 10,000 imp/kWh on --pulses"
    case .tcpIP: "KMP straight through on --kmp tcp://; menu and keep-alive are missing"
    case .radioRouter, .lon, .zWave, .zWaveSecondary: "can be fitted; says nothing yet"
    case .gsm: "can be fitted and carries a secondary module; says nothing yet"
    case .pulseLoad: "pulse inputs and load outputs on --pulses, beside the integrated radio"
    case .loadControl, .loadControlB: "two load outputs as relays on --pulses"
    case .wirelessMBus: "telegrams of EN 13757-4 with their protection on --wmbus"
    case .connection: "carries a secondary module, such as the customer port on --p1 or --han"
    case .meterTool: "not built"
    case .secondaryCover: "without it no secondary module can be fitted"
    case .opticalEyeUSB, .opticalEyeSerial: "its octets on --optical; the light is physical"
    case .supercap, .battery: "keeps the clock going: charge, ageing and reserve are modelled"
    case .terminalCover60, .terminalCover100, .terminalCoverSwitch60: "closes the terminals"
    case .highCover, .standardCover: "closes the module area"
    case .railKit, .hookExtension, .topBracket: "holds the meter"
    case .cableLegs, .cableClamps: "holds cables"
    }
  }
}
