import COSEM
import COSEMObjects
import DLMS
import Meter
import PermanentMemory

/// Invocation counters of the meter in a run: they survive a power cut without ever repeating.
struct MessageCounters {
  /// Counter of the global encryption key.
  static let global = 0
  /// Counter of the radio module's messages.
  static let radio = 1

  private var counters = ReservedCounters()
  /// The start of the meter at which they were read.
  private var start: UInt32?

  /// The next number; nil while none is reserved or the memory has failed.
  mutating func next(
    _ counter: Int = MessageCounters.global, starts: UInt32,
    memory: inout some PageMemory & ~Copyable
  ) -> UInt32? {
    if start != starts {
      start = starts
      counters = ReservedCounters()
      _ = counters.recover(from: memory)
    }
    // Two copies are written before a number of them is used; RAM and file are ready at once.
    for _ in 0..<64 where counters.needsProgram {
      memory.maintain()
      if counters.pump(&memory) == .failed { break }
    }
    return counters.take(counter)
  }
}

/// What a run keeps for DLMS beside its meter.
struct DLMSState {
  var counters = MessageCounters()
  /// Keys that the port was opened with.
  var startedWith = SecurityKeys.TEST
  var push = PushState()
}

/// The meter of a run as a logical device.
extension MeterRun: ServerObjects {
  mutating public func prepare(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace
  ) -> DataAccessResult {
    MeterObjects.prepare(
      attribute, selection, for: caller, place: &place, meter, memory, now: now)
  }

  mutating public func write(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace, into writer: inout COSEMWriter
  ) -> Bool {
    MeterObjects.write(
      attribute, selection, for: caller, place: &place, into: &writer, meter, memory, now: now)
  }

  mutating public func set(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, to value: Span<UInt8>,
    for caller: Caller
  ) -> DataAccessResult {
    let now = now
    defer { afterWindow() }
    return MeterObjects.set(attribute, to: value, for: caller, &meter, &memory, now: now)
  }

  mutating public func invoke(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, for caller: Caller,
    into writer: inout COSEMWriter
  ) -> ActionResult {
    let now = now
    // What is accepted is carried out when the memory has it.
    defer { afterWindow() }
    let result = MeterObjects.invoke(
      method, parameters, for: caller, &meter, &memory, now: now)
    if result == .success, let cause = MeterObjects.push(askedBy: method) {
      dlms.push.wanted.insert(cause)
    }
    return result
  }

  mutating public func nextInvocationCounter() -> UInt32? {
    dlms.counters.next(starts: meter.legal.starts, memory: &memory)
  }

  mutating public func keep(_ keys: SecurityKeys) -> Bool {
    KeyStore.store(keys, startedWith: dlms.startedWith, &memory)
  }
}
