import COSEM
import Foundation
import Quantities

/// A column of a profile: what is captured.
public struct ProfileColumn: Equatable, Sendable {
  public var classID: UInt16
  public var name: OBISCode
  public var attribute: Int64
  public var scaler: Int
  public var unit: Int64

  /// It holds the time of a row.
  public var isClock: Bool { classID == 8 }

  public var title: String {
    if isClock { return "time" }
    return attribute == 2 ? "\(name)" : "\(name)/\(attribute)"
  }
}

/// What a profile is made of.
public struct ProfileShape: Equatable, Sendable {
  public var name: OBISCode
  public var columns: [ProfileColumn]
  /// Seconds between rows; 0 where they come by events.
  public var period: Int64
  public var rowsInUse: Int64
  public var rowsMax: Int64
}

/// Rows of a profile, their nulls and differences resolved.
public struct ProfileRows: Equatable, Sendable {
  public var shape: ProfileShape
  public var rows: [[COSEMValue]]

  /// The time of a row.
  public func time(_ row: Int) -> COSEMDateTime? {
    shape.columns.firstIndex(where: \.isClock).flatMap { rows[row][$0].dateTime }
  }

  /// A value as text, with its scaler.
  public func text(_ row: Int, _ column: Int, _ dialect: MeterDialect = .standard) -> String {
    let value = rows[row][column]
    if shape.columns[column].isClock, let time = value.dateTime {
      return time.text(dialect.deviation)
    }
    if value == .null { return "" }
    return ScaledText.text(value, scaler: shape.columns[column].scaler) ?? value.description
  }
}

/// Which rows are wanted.
public enum ProfileChoice: Equatable, Sendable {
  case all
  /// From and up to a time, both taken.
  case range(from: COSEMDateTime, to: COSEMDateTime)
  /// Rows by number; 1 is the oldest, 0 as the last means up to the newest.
  case entries(from: UInt32, to: UInt32)
  /// So many of the newest.
  case last(UInt32)
}

extension DLMSMeter {
  /// Columns, units and counts of a profile.
  public func profileShape(_ name: OBISCode) async throws(MeterError) -> ProfileShape {
    let objects = try await get(AttributeDescriptor(.profileGeneric, name, 3))
    var columns: [ProfileColumn] = []
    for item in objects.elements ?? [] {
      guard let parts = item.elements, parts.count >= 4, let classID = parts[0].integer,
        let code = parts[1].logicalName, let attribute = parts[2].integer
      else {
        throw MeterError(
          .data, .badData, what: "the columns of \(name) cannot be read",
          expected: "structures of four", got: item.description,
          next: "metertool get 7/\(name)/3", lastGoodStep: lastGoodStep)
      }
      let number = UInt16(truncatingIfNeeded: classID)
      let (scaler, unit) = try await scaler(number, code, of: attribute)
      columns.append(
        ProfileColumn(
          classID: number, name: code, attribute: attribute, scaler: scaler, unit: unit))
    }
    func number(_ attribute: UInt8) async throws(MeterError) -> Int64 {
      try await optional(AttributeDescriptor(.profileGeneric, name, attribute))?.integer ?? 0
    }
    return ProfileShape(
      name: name, columns: columns, period: try await number(4), rowsInUse: try await number(7),
      rowsMax: try await number(8))
  }

  /// Rows of a profile. A connection that is cut is opened again, and reading goes on behind the
  /// last whole row.
  ///
  /// - Parameters:
  ///   - retries: connections that are opened anew.
  ///   - progress: told the rows so far.
  public func profile(
    _ name: OBISCode, _ choice: ProfileChoice = .all, retries: Int = 3,
    progress: (@Sendable (Int) -> Void)? = nil
  ) async throws(MeterError) -> ProfileRows {
    let shape = try await profileShape(name)
    let collector = RowCollector(shape, dialect, progress)
    var left = retries
    while true {
      let (selector, parameters) = Self.selection(choice, shape, collector, dialect)
      do {
        _ = try await getBytes(
          AttributeDescriptor(.profileGeneric, name, 2), selector: selector,
          parameters: parameters
        ) { collector.take($0) }
        return ProfileRows(shape: shape, rows: try collector.finish())
      } catch {
        guard error.isCutConnection, left > 0 else { throw error }
        left -= 1
        collector.cut()
        try await reconnect()
      }
    }
  }

  private static func selection(
    _ choice: ProfileChoice, _ shape: ProfileShape, _ collector: RowCollector,
    _ dialect: MeterDialect
  ) -> (UInt8, [UInt8]) {
    let done = UInt32(clamping: collector.count)
    switch choice {
    case .all: return done == 0 ? (0, []) : entries(done + 1, 0)
    case .entries(let from, let to): return entries(from + done, to)
    case .last(let count):
      let rows = UInt32(clamping: shape.rowsInUse)
      return entries(rows - min(rows, count) + 1 + done, rows)
    case .range(let from, let to):
      // Behind the last row there is; its own second is not asked for again.
      let start =
        collector.lastTime.flatMap { $0.later(.seconds(1), dialect.deviation) } ?? from
      return range(start, to, dialect)
    }
  }

  private static func entries(_ from: UInt32, _ to: UInt32) -> (UInt8, [UInt8]) {
    let value = COSEMValue.structure([
      .unsigned(.doubleLongUnsigned, UInt64(from)), .unsigned(.doubleLongUnsigned, UInt64(to)),
      .unsigned(.longUnsigned, 1), .unsigned(.longUnsigned, 0),
    ])
    return (2, value.encoded)
  }

  private static func range(
    _ from: COSEMDateTime, _ to: COSEMDateTime, _ dialect: MeterDialect
  ) -> (UInt8, [UInt8]) {
    func bytes(_ time: COSEMDateTime) -> COSEMValue {
      var time = time
      if dialect.selectsByLocalTime { time.deviation = nil }
      return .octets(time.bytes)
    }
    let clock = COSEMValue.structure([
      .unsigned(.longUnsigned, 8), .octets([0, 0, 1, 0, 0, 255]), .signed(.integer, 2),
      .unsigned(.longUnsigned, 0),
    ])
    return (1, COSEMValue.structure([clock, bytes(from), bytes(to), .array([])]).encoded)
  }
}
