import Foundation
import LegalMeter
import Meter
import MeterTime

/// Brings another configuration into a meter, running or not.
public enum ConfigurationChange {
  /// Changes the meter of a state directory.
  ///
  /// A running meter is told through its control socket; otherwise the memory itself is changed,
  /// by the same code and the same rules.
  ///
  /// - Returns: what has changed.
  /// - Throws: `refused` with the field where the meter refuses, `configuration` for a document
  ///   that is wrong.
  public static func importing(
    _ document: String, name: String, into state: String, through door: ConfigurationDoor
  ) throws -> [ConfigurationDifference] {
    let (old, now) = try present(state)
    var new = old
    try new.take(document: document, name: name)
    let sections = new.changes(from: old)
    if sections.isEmpty { return [] }
    if try !isWritten(sections, through: door, state: state, now: now) {
      let answer = try ControlClient.send(.configure(sections, door), state: state)
      try check(answer)
    }
    return old.differences(to: new)
  }

  /// The configuration of a state directory, and the time at which its meter stands.
  private static func present(_ state: String) throws(Failure) -> (MeterConfiguration, Instant) {
    let stored = try StoredMeter(state: state)
    return (stored.configuration, stored.now)
  }

  /// False if a running meter owns the memory.
  private static func isWritten(
    _ sections: [UInt8], through door: ConfigurationDoor, state: String, now: Instant
  ) throws(Failure) -> Bool {
    do throws(Failure) {
      try write(sections, through: door, state: state, now: now)
      return true
    } catch {
      if error.status == .tryAgain { return false }
      throw error
    }
  }

  private static func write(
    _ sections: [UInt8], through door: ConfigurationDoor, state: String, now: Instant
  ) throws(Failure) {
    let folder = try StateDirectory(path: state)
    let memory = try MeterMemory(folder)
    var meter = try StoredMeter(path: state, memory: memory, now: now)
    try meter.configure(sections, through: door)
  }

  /// - Throws: what a running meter has answered, unless it is well.
  private static func check(_ answer: String) throws(Failure) {
    let members = try? JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
    if members?["ok"] as? Bool == true { return }
    throw Failure(
      .refused, what: members?["error"] as? String ?? answer,
      expected: members?["expected"] as? String ?? "a change that the meter takes",
      next: members?["next"] as? String ?? "see kvadrant config export")
  }
}

extension StoredMeter {
  mutating func configure(
    _ sections: [UInt8], through door: ConfigurationDoor
  ) throws(Failure) {
    settle()
    do throws(ConfigurationRefusal) {
      for _ in 0..<8 {
        let progress = try meter.configure(
          sections.span, through: door, now: now, memory: &memory)
        if progress == .busy { continue }
        settle()
        return
      }
    } catch {
      throw Failure(error)
    }
    throw Failure(ConfigurationRefusal.memory)
  }

  /// Everything that waits is brought into the memory.
  private mutating func settle() {
    for _ in 0..<64 where !meter.service(now: now, memory: &memory) {}
  }
}

extension Failure {
  /// Why a meter refuses a configuration, with the field.
  init(_ refusal: ConfigurationRefusal) {
    var what = "the meter refuses the configuration: "
    var expected = "a change that the meter takes"
    var next = "see docs/configuration.md"
    switch refusal {
    case .malformed: what += "it is no sequence of sections"
    case .unknownSection(let number): what += "section \(number) is unknown"
    case .unknownLayout(let section): what += "«\(section)» has an unknown layout"
    case .sealed(let section, let seal):
      what += "«\(section)» is behind the seal «\(seal)», which is intact"
      expected = "the seal broken, or a module as the door"
      next = "break the seal, or give --door module"
    case .wrongDoor(let section):
      what += "«\(section)» is changed through a module only"
      expected = "a module as the door"
      next = "give --door module"
    case .fixed(let section): what += "«\(section)» is fixed"
    case .invalid(let field, let at):
      what += "«\(field)» is out of its range" + (at == 0 || at == 0xFF ? "" : " at \(at)")
    case .full: what += "the memory has no room for it"
    case .busy:
      what += "another change is on its way"
      next = "try again"
    case .memory: what += "the memory does not take it"
    }
    self.init(.refused, what: what, expected: expected, next: next)
  }
}
