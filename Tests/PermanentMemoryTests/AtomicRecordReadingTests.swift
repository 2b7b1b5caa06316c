import MeterFaults
import PermanentMemory
import Testing

/// Reading the newest copy again, and changes that have to wait.
@Suite struct AtomicRecordReadingTests {
  private func rig(_ payloads: [[UInt8]]) -> RecordRig {
    let rig = RecordRig(pages: 4, seed: 1)
    _ = rig.restart()
    for payload in payloads { #expect(rig.change(payload) == .committed) }
    return rig
  }

  private func whole(_ rig: RecordRig, room: Int = 496) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: room)
    var span = bytes.mutableSpan
    guard let length = rig.record.read(from: rig.memory, into: &span) else { return nil }
    return Array(bytes[0..<length])
  }

  private func part(_ rig: RecordRig, _ offset: Int, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var span = bytes.mutableSpan
    return rig.record.read(at: offset, from: rig.memory, into: &span) ? bytes : nil
  }

  @Test(arguments: [0, 1, 15, 16, 17, 239, 240, 241, 495, 496])
  func theNewestCopyReadsAsItWasWritten(length: Int) {
    let payload = RecordRig.payload(length, length: length)
    let rig = rig([[1, 2, 3], payload])
    #expect(whole(rig) == payload)
    #expect(whole(rig, room: length) == payload)
    _ = rig.restart()
    #expect(whole(rig) == payload)
    if length > 0 { #expect(whole(rig, room: length - 1) == nil) }
  }

  @Test func partsReadFromAnyPlace() {
    let payload = RecordRig.payload(7, length: 490)
    let rig = rig([payload])
    for offset in [0, 1, 15, 16, 17, 230, 239, 240, 241, 460, 489, 490] {
      for count in [0, 1, 2, 15, 16, 17, 30, 33, 300] {
        let isInside = offset + count <= 490
        let wanted = isInside ? Array(payload[offset..<(offset + count)]) : nil
        #expect(part(rig, offset, count) == wanted, "\(count) bytes from \(offset)")
      }
    }
    #expect(part(rig, -1, 2) == nil)
  }

  @Test func whereThereIsNoneNothingIsRead() {
    let rig = RecordRig(pages: 4, seed: 1)
    #expect(whole(rig) == nil && part(rig, 0, 1) == nil)
    _ = rig.restart()
    #expect(whole(rig) == nil && part(rig, 0, 1) == nil)
  }

  /// Damage after the recovery: in the payload, in the check, in the number, in the kind.
  @Test func aCopyThatHasBeenDamagedSinceIsNotRead() {
    let payload = RecordRig.payload(7, length: 300)
    let rig = rig([payload])
    let copy = 2 * 256
    for byte in [0, 1, 2, 4, 8, 15, 16, 200, 315] {
      rig.memory.poke(copy + byte, xor: 0x08)
      #expect(whole(rig) == nil, "byte \(byte)")
      // A part is read without the check of the rest: only what says whose it is counts.
      if byte < 8 && byte != 2 { #expect(part(rig, 20, 9) == nil, "byte \(byte)") }
      if byte >= 8 { #expect(part(rig, 20, 9) == Array(payload[20..<29]), "byte \(byte)") }
      rig.memory.poke(copy + byte, xor: 0x08)
    }
    #expect(whole(rig) == payload)
  }

  @Test func thereIsNothingToPumpBeforeAChange() {
    let rig = RecordRig(pages: 2, seed: 1)
    let payload: [UInt8] = [1]
    #expect(rig.record.pump(payload.span, to: &rig.memory) == .idle)
    _ = rig.restart()
    #expect(rig.record.pump(payload.span, to: &rig.memory) == .idle)
    #expect(rig.memory.programs == 0)
  }

  /// Clearing what was torn, programming and verifying each wait for the memory.
  @Test func aBusyMemoryIsWaitedFor() {
    let rig = rig([[1], [2]])
    rig.memory.poke(2 * 256 + 16, xor: 1)
    #expect(rig.restart().report.damaged == 1)
    rig.memory.programSteps = 2
    rig.memory.program(page: 0, offset: 0, [0].span)
    let before = rig.memory.programs
    let payload: [UInt8] = [3]
    let isBegun = rig.record.begin(payload.span)
    #expect(isBegun && rig.record.pump(payload.span, to: &rig.memory) == .busy)
    #expect(rig.memory.programs == before)
    var progress = ProgramProgress.busy
    for _ in 0..<20 where progress == .busy {
      rig.memory.advance()
      progress = rig.record.pump(payload.span, to: &rig.memory)
    }
    // The head of the torn copy, and the one page of the new one.
    #expect(progress == .committed && rig.memory.programs == before + 2)
    #expect(whole(rig) == payload)
  }
}
