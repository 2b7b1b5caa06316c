/// What consecutive samples come to on one pixel column: first, lowest, highest and last value
/// with their indices, and whether something is missing before, between or after them.
///
/// Runs join like text: the run of a whole is the joined runs of its parts, wherever it is cut.
/// That is why a pyramid of runs gives exactly what a pass over all samples gives.
public struct Run: Equatable, Sendable {
  /// The values; 0 where `hasValues` is false.
  public private(set) var first = 0.0, lowest = 0.0, highest = 0.0, last = 0.0
  /// The indices of these samples; of equal ones the earliest.
  public private(set) var firstIndex: Int32 = -1, lowestIndex: Int32 = -1
  public private(set) var highestIndex: Int32 = -1, lastIndex: Int32 = -1
  /// A gap lies before the first value; the only mark of a run without values.
  public private(set) var gapBefore = false
  /// A gap lies between two values.
  public private(set) var gapInside = false
  /// A gap lies after the last value.
  public private(set) var gapAfter = false

  /// A run of no samples.
  public init() {}

  /// True if at least one sample is a finite number.
  public var hasValues: Bool { firstIndex >= 0 }
  /// True if any sample is missing.
  public var hasGap: Bool { gapBefore || gapInside || gapAfter }

  /// Takes the next sample in.
  @inline(__always)
  public mutating func add(_ value: Double, index: Int32) {
    guard value.isFinite else {
      if hasValues { gapAfter = true } else { gapBefore = true }
      return
    }
    if hasValues {
      if gapAfter {
        gapInside = true
        gapAfter = false
      }
      if value < lowest {
        lowest = value
        lowestIndex = index
      }
      if value > highest {
        highest = value
        highestIndex = index
      }
    } else {
      (first, lowest, highest) = (value, value, value)
      (firstIndex, lowestIndex, highestIndex) = (index, index, index)
    }
    last = value
    lastIndex = index
  }

  /// Takes the run of the samples that follow in.
  public mutating func append(_ next: Run) {
    guard next.hasValues else {
      if next.gapBefore {
        if hasValues { gapAfter = true } else { gapBefore = true }
      }
      return
    }
    guard hasValues else {
      let gap = gapBefore
      self = next
      gapBefore = gapBefore || gap
      return
    }
    gapInside = gapInside || gapAfter || next.gapBefore || next.gapInside
    gapAfter = next.gapAfter
    if next.lowest < lowest {
      lowest = next.lowest
      lowestIndex = next.lowestIndex
    }
    if next.highest > highest {
      highest = next.highest
      highestIndex = next.highestIndex
    }
    last = next.last
    lastIndex = next.lastIndex
  }

  /// The samples worth drawing, in their order, each once: one to four.
  var corners: [(index: Int, value: Double)] {
    guard hasValues else { return [] }
    var corners = [(Int(firstIndex), first)]
    let inner =
      lowestIndex < highestIndex
      ? [(lowestIndex, lowest), (highestIndex, highest)]
      : [(highestIndex, highest), (lowestIndex, lowest)]
    for (index, value) in inner + [(lastIndex, last)]
    where Int(index) > corners[corners.count - 1].0 {
      corners.append((Int(index), value))
    }
    return corners
  }
}
