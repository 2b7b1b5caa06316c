import ArgumentParser
import Foundation
import MeterClient

/// Which meter, and who asks.
struct MeterOptions: ParsableArguments {
  @Argument(help: "Address of the meter, such as dlms://127.0.0.1:4059?client=16.")
  var url: String

  @OptionGroup var keys: KeyOptions

  /// The address.
  func address() throws -> MeterURL { try MeterURL(url) }

  /// The meter, by DLMS.
  func meter() throws -> DLMSMeter {
    try DLMSMeter(address(), keys.credentials(), counters: .usual)
  }

  /// Opens an association, lets it be used, and ends it, whatever happens.
  func connected<T: Sendable>(_ body: (DLMSMeter) async throws -> T) async throws -> T {
    let meter = try meter()
    try await meter.connect()
    do {
      let result = try await body(meter)
      await meter.disconnect()
      return result
    } catch {
      await meter.disconnect()
      throw error
    }
  }
}

/// Where secrets come from; never from the command line.
struct KeyOptions: ParsableArguments {
  @Option(help: "File of keys: password, encryption, authentication, title.", completion: .file())
  var keys: String?

  @Option(help: ArgumentHelp("File descriptor from which they are read.", valueName: "n"))
  var keysFd: Int32?

  @Flag(help: "Keys and password of tests, which everybody knows.")
  var testKeys = false

  func credentials() throws -> Credentials {
    guard [keys != nil, keysFd != nil, testKeys].filter({ $0 }).count <= 1 else {
      throw ValidationError("--keys, --keys-fd and --test-keys exclude each other")
    }
    if testKeys { return .TEST }
    if let keysFd {
      let handle = FileHandle(fileDescriptor: keysFd, closeOnDealloc: false)
      guard let data = try? handle.readToEnd() else {
        throw missing("descriptor \(keysFd)", "it cannot be read")
      }
      return try Credentials(
        parsing: String(decoding: data, as: UTF8.self), name: "descriptor \(keysFd)")
    }
    let named = keys ?? ProcessInfo.processInfo.environment["METERTOOL_KEYS"]
    guard let name = named else { return Credentials() }
    guard let data = FileManager.default.contents(atPath: name) else {
      throw missing(name, "no such file")
    }
    return try Credentials(parsing: String(decoding: data, as: UTF8.self), name: name)
  }

  private func missing(_ name: String, _ got: String) -> MeterError {
    MeterError(
      .file, .fileMissing, what: "\(name) holds no keys", expected: "a file of keys", got: got,
      next: "lines such as «password: …», «encryption: 32 hexadecimal digits»")
  }
}

/// How results are told.
struct OutputOptions: ParsableArguments {
  @Flag(help: "As JSON on one line.") var json = false
}

/// Results as JSON: one line, keys in order.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// What goes on, on standard error, where that is a terminal.
struct ProgressLine: Sendable {
  private let isShown = isatty(STDERR_FILENO) == 1
  let what: String

  func show(_ count: Int) {
    guard isShown else { return }
    FileHandle.standardError.write(Data("\r\(count) \(what)".utf8))
  }

  func end() {
    guard isShown else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}
