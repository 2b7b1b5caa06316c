import Metrology

/// A block of sample sets as a structure of arrays: six runs of counts in one fixed allocation.
///
/// A source fills it from index 0 on every read; the block form of `Metrology` takes the six
/// spans `u1` … `i3` as they are. The capacity never grows.
public struct SampleBuffer: Sendable {
  /// Most sample sets that fit.
  public let capacity: Int
  /// Sample sets held, 0...capacity.
  public internal(set) var count = 0
  /// Channel `c` (u1 i1 u2 i2 u3 i3) lies at `c * capacity ..< c * capacity + count`.
  var storage: [Int32]

  /// - Parameter capacity: 1...2^20 sample sets, 24 bytes each.
  public init(capacity: Int = 4096) {
    precondition((1...(1 << 20)).contains(capacity), "capacity must be 1...2^20")
    self.capacity = capacity
    storage = [Int32](repeating: 0, count: 6 * capacity)
  }

  /// Counts of one channel; 0...5 are u1 i1 u2 i2 u3 i3.
  @_lifetime(borrow self)
  public func channel(_ index: Int) -> Span<Int32> {
    precondition((0..<6).contains(index), "channel must be 0...5")
    let all = storage.span
    return all.extracting(index * capacity..<index * capacity + count)
  }

  public var u1: Span<Int32> { @_lifetime(borrow self) get { channel(0) } }
  public var i1: Span<Int32> { @_lifetime(borrow self) get { channel(1) } }
  public var u2: Span<Int32> { @_lifetime(borrow self) get { channel(2) } }
  public var i2: Span<Int32> { @_lifetime(borrow self) get { channel(3) } }
  public var u3: Span<Int32> { @_lifetime(borrow self) get { channel(4) } }
  public var i3: Span<Int32> { @_lifetime(borrow self) get { channel(5) } }

  /// One sample set; `index` below `count`.
  public subscript(index: Int) -> SampleSet {
    precondition(index >= 0 && index < count, "index beyond the samples held")
    return SampleSet(
      u1: storage[index], i1: storage[capacity + index],
      u2: storage[2 * capacity + index], i2: storage[3 * capacity + index],
      u3: storage[4 * capacity + index], i3: storage[5 * capacity + index])
  }

  /// Forgets the samples, keeps the allocation.
  public mutating func removeAll() { count = 0 }

  /// Adds one sample set; false (and nothing added) where the buffer is full.
  @discardableResult
  public mutating func append(_ set: SampleSet) -> Bool {
    guard count < capacity else { return false }
    storage[count] = set.u1
    storage[capacity + count] = set.i1
    storage[2 * capacity + count] = set.u2
    storage[3 * capacity + count] = set.i2
    storage[4 * capacity + count] = set.u3
    storage[5 * capacity + count] = set.i3
    count += 1
    return true
  }

  /// Adds sample sets whose counts are written channel by channel.
  ///
  /// - Parameters:
  ///   - added: as many, within the room that is left.
  ///   - write: fills the run of one channel, 0...5 as in `channel(_:)`.
  package mutating func extend(
    by added: Int, _ write: (Int, UnsafeMutableBufferPointer<Int32>) -> Void
  ) {
    precondition(added >= 0 && count + added <= capacity, "beyond the capacity")
    storage.withUnsafeMutableBufferPointer { all in
      for channel in 0..<6 {
        let first = channel * capacity + count
        write(channel, all.extracting(first..<first + added))
      }
    }
    count += added
  }
}
