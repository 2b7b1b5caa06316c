import LegalMeter
import Meter
import Testing

/// Type strings and stored words of all variants, and of what is none.
@Suite struct VariantTypeStringTests {
  /// Every combination of the choices that exists, about seven thousand.
  static func forEachVariant(_ body: (MeterVariant) throws -> Void) rethrows -> Int {
    var count = 0
    var request = VariantRequest()
    for hardware in HardwareLetter.allCases {
      request.hardware = hardware
      for rating in CurrentRating.allCases {
        request.rating = rating
        for (voltage, wiring, _, _) in VariantTests.supplies {
          request.voltage = voltage
          request.wiring = wiring
          for energyType in EnergyType.allCases {
            request.energyType = energyType
            for bits in UInt8(0)..<32 {
              request.frequency = bits & 1 == 0 ? .hz50 : .hz60
              request.accuracy = bits & 2 == 0 ? .a : .b
              request.backup = ClockBackup(rawValue: bits >> 3)!
              request.summation = bits & 4 == 0 ? .individual : .vector
              guard let variant = try? MeterVariant(request) else { continue }
              count += 1
              try body(variant)
            }
          }
        }
      }
    }
    return count
  }

  @Test func roundTripOfAllVariants() throws {
    var longest = 0
    let count = try Self.forEachVariant { variant in
      let text = TypeString(variant).description
      longest = max(longest, text.utf8.count)
      let again = try MeterVariant(typeString: Array(text.utf8).span)
      let stored = try MeterVariant(word: variant.word)
      if again != variant { Issue.record("\(text) is read as \(TypeString(again))") }
      if stored != variant { Issue.record("\(text) is stored as \(TypeString(stored))") }
    }
    // Letters times ratings: 8 x 4 without and 6 x 3 with switch. Supplies: four with two
    // summations each and Aron with one. 3 energy types, 2 frequencies, 2 classes, 4 backups.
    #expect(count == (8 * 4 + 6 * 3) * (4 * 2 + 1) * 3 * 2 * 2 * 4)
    #expect(longest == TypeString.maximumBytes)
  }

  @Test func standardMeter() {
    #expect(TypeString(.standard).description == "KVD-382LxG-5(85)-3x230/400-Q5BDI")
  }

  static let shortForms: [(String, String)] = [
    ("382LxG", "KVD-382LxG-5(85)-3x230/400-Q5BDI"),
    ("KVD-382Lx2-10(60)", "KVD-382Lx2-10(60)-3x230/400-Q5BDI"),
    ("382LxB-10(65)-3x230A", "KVD-382LxB-10(65)-3x230A-Q5BDV"),
    ("382LxB-10(65)-3x230-E6", "KVD-382LxB-10(65)-3x230-E6BDI"),
    ("382Lx9-5(105)-1x230-I5AN", "KVD-382Lx9-5(105)-1x230-I5ANI"),
  ]

  @Test(arguments: shortForms)
  func shortForm(short: String, full: String) throws {
    let variant = try MeterVariant(typeString: Array(short.utf8).span)
    #expect(TypeString(variant).description == full)
  }

  static let errors: [(String, TypeStringError)] = [
    ("", .expected(.model, at: 0)),
    ("KVD-", .expected(.model, at: 4)),
    ("382Mx2", .expected(.model, at: 0)),
    ("382Lx", .expected(.hardware, at: 5)),
    ("382LxA", .expected(.hardware, at: 5)),
    ("382Lx1", .expected(.hardware, at: 5)),
    ("382LxH", .expected(.hardware, at: 5)),
    ("382Lxg", .expected(.hardware, at: 5)),
    ("382LxG5(85)", .expected(.separator, at: 6)),
    ("382LxG-", .expected(.rating, at: 7)),
    ("382LxG-5(95)", .expected(.rating, at: 7)),
    ("382LxG-5(85)-3x400", .expected(.supply, at: 13)),
    ("382LxG-5(85)-3x230/40", .expected(.separator, at: 18)),
    ("382LxG-5(85)-3x230/400-", .expected(.energy, at: 23)),
    ("382LxG-5(85)-3x230/400-X", .expected(.energy, at: 23)),
    ("382LxG-5(85)-3x230/400-Q7", .expected(.frequency, at: 24)),
    ("382LxG-5(85)-3x230/400-Q5C", .expected(.accuracy, at: 25)),
    ("382LxG-5(85)-3x230/400-Q5BX", .expected(.backup, at: 26)),
    ("382LxG-5(85)-3x230/400-Q5BDX", .expected(.summation, at: 27)),
    ("382LxG-5(85)-3x230/400-Q5BDII", .expected(.end, at: 28)),
    ("382LxG-5(105)", .refused(.ratingOnlyWithoutSwitch)),
    ("382Lx2-10(65)", .refused(.ratingOnlyWithSwitch)),
    ("382LxG-5(85)-3x230/400A", .refused(.aronNeedsThreeWireSupply)),
    ("382LxG-5(85)-3x230A-Q5BDI", .refused(.aronForcesVectorSum)),
  ]

  @Test(arguments: errors)
  func refusedText(text: String, error: TypeStringError) {
    #expect(throws: error) { try MeterVariant(typeString: Array(text.utf8).span) }
  }

  /// Goal: no input traps, and whatever is accepted prints as something that reads the same.
  /// Method: seeded mutations of valid strings, half of them also cut short.
  @Test func mutatedTexts() throws {
    var random: UInt64 = 0x382
    func next(_ below: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(below))
    }
    let alphabet = Array("KVD-382LxG5(105)60/400AIEQN\u{0}\u{ff}é".utf8)
    var accepted = 0
    for _ in 0..<50_000 {
      var bytes = Array(Self.shortForms[next(Self.shortForms.count)].1.utf8)
      for _ in 0..<next(3) { bytes[next(bytes.count)] = alphabet[next(alphabet.count)] }
      if next(2) == 0 { bytes.removeLast(next(bytes.count + 1)) }
      if next(4) == 0 { bytes.append(contentsOf: bytes) }
      guard let variant = try? MeterVariant(typeString: bytes.span) else { continue }
      accepted += 1
      let again = try MeterVariant(typeString: Array(TypeString(variant).description.utf8).span)
      #expect(again == variant)
    }
    #expect(accepted > 1000)
    let long = [UInt8](repeating: 0x33, count: 100_000)
    #expect(throws: TypeStringError.expected(.model, at: 0)) {
      try MeterVariant(typeString: long.span)
    }
  }

  @Test func wordsWithoutMeaning() {
    #expect(throws: VariantRefusal.unknownEncoding) { try MeterVariant(word: 1 << 17) }
    #expect(throws: VariantRefusal.unknownEncoding) { try MeterVariant(word: .max) }
    #expect(throws: VariantRefusal.unknownEncoding) { try MeterVariant(word: 14) }
    var accepted = 0
    for word in UInt32(0)..<(1 << 17) where (try? MeterVariant(word: word)) != nil {
      accepted += 1
    }
    #expect(accepted == (8 * 4 + 6 * 3) * (4 * 2 + 1) * 3 * 2 * 2 * 4)
  }
}
