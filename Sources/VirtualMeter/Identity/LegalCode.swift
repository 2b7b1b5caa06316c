import Bytes
import Foundation

/// The executable legal code of this process, as it lies in memory.
///
/// The symbol table of the running program says where the functions of the legal rooms are; their
/// bytes are read from memory, not from the file, so that what is identified is what runs
/// (decision 005). On the firmware a linker section holds the same functions.
public struct LegalCode: Sendable {
  /// Rooms whose code is legally relevant: what turns samples into stored registers.
  public static let rooms = ["Bytes", "Metrology", "PermanentMemory", "LegalMeter"]

  /// Address and length of each function, in the order of addresses.
  private let functions: [Range<UInt>]

  /// Number of functions.
  public var functionCount: Int { functions.count }
  /// Bytes of code.
  public var byteCount: Int { functions.reduce(0) { $0 + $1.count } }

  /// Finds the legal code of the running program; nil where its symbols have been stripped.
  public init?() {
    guard
      let file = try? Data(
        contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .alwaysMapped),
      let base = Self.loadAddress()
    else { return nil }
    let prefixes = Self.rooms.map { Array("$s\($0.utf8.count)\($0)".utf8) }
    var found = ELFSymbols.functions(in: file) { name in
      prefixes.contains { name.starts(with: $0) }
    }
    // One address may carry several names.
    found.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var merged: [Range<UInt>] = []
    for range in found {
      if let last = merged.last, range.lowerBound < last.upperBound {
        let upper = max(last.upperBound, range.upperBound)
        merged[merged.count - 1] = last.lowerBound..<upper
      } else {
        merged.append(range)
      }
    }
    if merged.isEmpty { return nil }
    functions = merged.map { ($0.lowerBound &+ base)..<($0.upperBound &+ base) }
  }

  /// SHA-256 of the code.
  public func digest() -> [UInt8] {
    var hash = SHA256()
    for range in functions {
      guard let start = UnsafeRawPointer(bitPattern: range.lowerBound) else { continue }
      for byte in UnsafeRawBufferPointer(start: start, count: range.count) { hash.update(byte) }
    }
    let digest = hash.finish()
    return digest.indices.map { digest[$0] }
  }

  /// The first four bytes of the digest, as display and ports show it.
  public func checksum() -> UInt32 {
    digest().prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Where the program lies in memory, relative to the addresses of its symbols.
  private static func loadAddress() -> UInt? {
    guard
      let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
    else { return nil }
    // «start-end rights offset device inode path»: the mapping of the file's first byte.
    for line in maps.split(separator: "\n") where line.hasSuffix(program) {
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      guard fields.count == 6, UInt(fields[2], radix: 16) == 0 else { continue }
      return UInt(fields[0].prefix { $0 != "-" }, radix: 16)
    }
    return nil
  }
}

/// Function symbols of a 64-bit little-endian ELF file (System V ABI, chapter 4).
enum ELFSymbols {
  /// Address ranges of the functions whose name is wanted; empty for any other file.
  static func functions(in file: Data, where isWanted: (Data.SubSequence) -> Bool) -> [Range<UInt>]
  {
    guard file.count >= 64, file.prefix(6).elementsEqual([0x7F, 0x45, 0x4C, 0x46, 2, 1]),
      let sections = word(file, 0x28, 8), let size = word(file, 0x3A, 2),
      let count = word(file, 0x3C, 2)
    else { return [] }
    func section(_ index: UInt) -> UInt { sections &+ index &* size }
    for index in 0..<count {
      // SHT_SYMTAB
      guard word(file, section(index) &+ 4, 4) == 2,
        let offset = word(file, section(index) &+ 24, 8),
        let length = word(file, section(index) &+ 32, 8),
        let link = word(file, section(index) &+ 40, 4),
        let names = word(file, section(link) &+ 24, 8)
      else { continue }
      var out: [Range<UInt>] = []
      for entry in stride(from: offset, to: offset &+ length, by: 24) {
        // STT_FUNC with a size
        guard let info = word(file, entry &+ 4, 1), info & 15 == 2,
          let bytes = word(file, entry &+ 16, 8), bytes > 0,
          let name = word(file, entry, 4), let address = word(file, entry &+ 8, 8),
          Int(clamping: names &+ name) < file.count
        else { continue }
        if isWanted(file[Int(names &+ name)...]) { out.append(address..<(address &+ bytes)) }
      }
      return out
    }
    return []
  }

  private static func word(_ file: Data, _ at: UInt, _ bytes: Int) -> UInt? {
    guard at <= UInt(file.count), UInt(file.count) - at >= UInt(bytes) else { return nil }
    var value: UInt = 0
    for k in 0..<bytes { value |= UInt(file[Int(at) + k]) << UInt(8 * k) }
    return value
  }
}
