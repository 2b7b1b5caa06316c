import COSEM
import Synchronization

/// Makes rows of the blocks of a profile as they come, so that what is whole survives a cut.
final class RowCollector: Sendable {
  private struct State {
    /// What has come and is no whole row yet.
    var bytes: [UInt8] = []
    /// Rows that the array still announces; nil before its head has come.
    var announced: Int?
    var rows: [[COSEMValue]] = []
    var error: COSEMError?
  }

  private let shape: ProfileShape
  private let dialect: MeterDialect
  private let progress: (@Sendable (Int) -> Void)?
  private let state = Mutex(State())

  init(_ shape: ProfileShape, _ dialect: MeterDialect, _ progress: (@Sendable (Int) -> Void)?) {
    (self.shape, self.dialect, self.progress) = (shape, dialect, progress)
  }

  /// Whole rows so far.
  var count: Int { state.withLock { $0.rows.count } }

  /// The time of the last whole row.
  var lastTime: COSEMDateTime? {
    guard let column = shape.columns.firstIndex(where: \.isClock) else { return nil }
    return state.withLock { $0.rows.last?[column].dateTime }
  }

  /// Takes the next block.
  func take(_ block: [UInt8]) {
    let count = state.withLock { state in
      state.bytes += block
      parse(&state)
      return state.rows.count
    }
    progress?(count)
  }

  /// The connection has gone: what is no whole row is forgotten.
  func cut() {
    state.withLock { state in
      state.bytes = []
      state.announced = nil
    }
  }

  /// All rows.
  /// - Throws: where the bytes end within a row or are no rows.
  func finish() throws(MeterError) -> [[COSEMValue]] {
    let (rows, rest, error) = state.withLock { ($0.rows, $0.bytes.count, $0.error) }
    let announced = state.withLock { $0.announced }
    guard error == nil, rest == 0, announced == 0 else {
      throw MeterError(
        .data, .badData, what: "rows of \(shape.name) cannot be read",
        expected: "an array of structures with \(shape.columns.count) columns",
        got: error.map { "\($0) after \(rows.count) rows" } ?? "\(rest) bytes more",
        next: "metertool get 7/\(shape.name)/2 shows the bytes")
    }
    return rows
  }

  private func parse(_ state: inout State) {
    guard state.error == nil else { return }
    var offset = state.announced == nil ? head(&state) : 0
    let bytes = state.bytes
    while let announced = state.announced, announced > 0, offset < bytes.count {
      var reader = COSEMReader(bytes.span.extracting(offset..<bytes.count))
      do throws(COSEMError) {
        let value = try COSEMValue.next(&reader)
        offset += reader.offset
        try append(value, &state)
        state.announced = announced - 1
      } catch {
        // A row that has not come whole waits for the next block.
        if error != .truncated && error != .tooMany { state.error = error }
        break
      }
    }
    state.bytes = Array(bytes[offset...])
  }

  /// Tag and count of the array; compact arrays are read when they are whole.
  private func head(_ state: inout State) -> Int {
    guard let first = state.bytes.first else { return 0 }
    if first == COSEMType.compactArray.rawValue {
      guard let value = try? COSEMValue(parsing: state.bytes) else { return 0 }
      for element in value.elements ?? [] { try? append(element, &state) }
      state.announced = 0
      return state.bytes.count
    }
    guard first == COSEMType.array.rawValue else {
      state.error = .otherType
      return 0
    }
    guard state.bytes.count >= 2 else { return 0 }
    let length = state.bytes[1]
    if length < 0x80 {
      state.announced = Int(length)
      return 2
    }
    let count = Int(length & 0x7F)
    guard count >= 1, count <= 4 else {
      state.error = .outOfRange
      return 0
    }
    guard state.bytes.count >= 2 + count else { return 0 }
    state.announced = state.bytes[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) }
    return 2 + count
  }

  private func append(_ value: COSEMValue, _ state: inout State) throws(COSEMError) {
    guard case .structure(var cells) = value, cells.count == shape.columns.count else {
      throw .otherType
    }
    let before = state.rows.last
    for column in cells.indices {
      cells[column] = resolve(cells[column], before?[column], shape.columns[column])
    }
    state.rows.append(cells)
  }

  /// What stands for itself stays; a null is the value before, a clock one period on; a difference
  /// is added to the value before.
  private func resolve(
    _ cell: COSEMValue, _ before: COSEMValue?, _ column: ProfileColumn
  ) -> COSEMValue {
    guard let before else { return cell }
    switch cell {
    case .null:
      if dialect.nullIsMissing { return cell }
      guard column.isClock, shape.period > 0,
        let next = before.dateTime?.later(.seconds(shape.period), dialect.deviation)
      else { return before }
      return .octets(next.bytes)
    case .signed(let type, let step) where type.rawValue >= COSEMType.deltaInteger.rawValue:
      return Self.add(before, step)
    case .unsigned(let type, let step) where type.rawValue >= COSEMType.deltaInteger.rawValue:
      return Self.add(before, Int64(clamping: step))
    default: return cell
    }
  }

  private static func add(_ value: COSEMValue, _ step: Int64) -> COSEMValue {
    switch value {
    case .signed(let type, let number): .signed(type, number &+ step)
    case .unsigned(let type, let number):
      .unsigned(type, number &+ UInt64(bitPattern: step))
    default: value
    }
  }
}
