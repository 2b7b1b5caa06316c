import ArgumentParser
import Foundation
import MeterClient

/// The program: parses the command line, runs one command, turns errors into exit codes.
@main
struct MeterTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metertool",
    abstract: "Reads electricity meters by DLMS/COSEM, IEC 62056-21 and KMP.",
    discussion: """
      metertool identify dlms://127.0.0.1:4059
      metertool read 'dlms://127.0.0.1:4059?client=2' --test-keys
      metertool profile 'dlms://127.0.0.1:4059?client=2' --test-keys --last 96 --plot

      Addresses: dlms://HOST:PORT (wrapper over TCP), dlms+hdlc://HOST:PORT, hdlc:///dev/ttyUSB0,
      optical:///dev/ttyUSB0, kmp://HOST:PORT; options as ?client=2&server=1&auth=low.
      Exit codes: 0 ok, 64 usage, 65 bad data, 66 file missing, 69 unreachable, 75 try again,
      76 protocol, 77 refused.
      """,
    subcommands: [
      IdentifyCommand.self, ReadCommand.self, ProfileCommand.self, GetCommand.self,
      SetCommand.self, DoCommand.self, TimeCommand.self, WatchCommand.self, DoctorCommand.self,
      ConformanceCommand.self,
    ])

  static func main() async {
    // A reader that goes away ends the output, not with a signal.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as MeterError {
      complain(error.description)
      Foundation.exit(error.kind.rawValue)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      guard code != .success else {
        print(text)
        return
      }
      if !text.isEmpty { complain(text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text) }
      Foundation.exit(code.rawValue)
    }
  }

  /// One message for people, on standard error.
  static func complain(_ text: String) {
    FileHandle.standardError.write(Data("metertool: \(text)\n".utf8))
  }
}
