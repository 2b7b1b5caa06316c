import COSEM
import MeterTime

/// Who is asking: an association as its server sees it.
public struct Caller: Equatable, Sendable {
  /// Number of the client: 16 public, 2 reading, 1 management.
  public var client: UInt8
  /// How it has shown who it is.
  public var mechanism: Mechanism
  /// APDUs are ciphered.
  public var isCiphered: Bool
  /// Services that were agreed on.
  public var conformance: Conformance
  /// Longest APDU to the client and from it.
  public var pduMax: (send: UInt16, receive: UInt16)
  /// Logical device that is addressed.
  public var logicalDevice: UInt16

  public init(
    client: UInt8, mechanism: Mechanism, isCiphered: Bool, conformance: Conformance,
    pduMax: (send: UInt16, receive: UInt16), logicalDevice: UInt16
  ) {
    self.client = client
    self.mechanism = mechanism
    self.isCiphered = isCiphered
    self.conformance = conformance
    self.pduMax = pduMax
    self.logicalDevice = logicalDevice
  }

  public static func == (a: Caller, b: Caller) -> Bool {
    a.client == b.client && a.mechanism == b.mechanism && a.isCiphered == b.isCiphered
      && a.conformance == b.conformance && a.pduMax == b.pduMax
      && a.logicalDevice == b.logicalDevice
  }
}

/// Where a long value goes on in the next block.
public struct StreamPlace: Equatable, Sendable {
  /// The row, as the writer numbers it: 0 is what comes before the first one.
  public var row: UInt32 = 0
  /// Bytes of it that have gone out.
  public var byte: Int = 0
  /// Rows in all, as they were told at the beginning.
  public var rows: UInt32 = 0
  /// What the owner of the rows needs to find this one again.
  public var words: (UInt64, UInt64) = (0, 0)

  public init() {}

  public static func == (a: StreamPlace, b: StreamPlace) -> Bool {
    a.row == b.row && a.byte == b.byte && a.rows == b.rows && a.words == b.words
  }
}

/// What a request chooses of an attribute.
public struct Selection: ~Escapable {
  /// 0 takes all; 1 a range, 2 entries of a profile.
  public let selector: UInt8
  /// What goes with the selector, one value in A-XDR.
  public let parameters: Span<UInt8>

  @_lifetime(copy parameters)
  public init(_ selector: UInt8, _ parameters: Span<UInt8>) {
    self.selector = selector
    self.parameters = parameters
  }
}

/// The objects behind a server: a logical device.
///
/// The server speaks the protocol and keeps associations; what objects there are, who may do what
/// and what happens then is asked here. All bytes given are data in A-XDR that nobody has checked.
public protocol ServerObjects: ~Copyable {
  /// Whether an attribute may be read so; for a long value also where its rows begin.
  mutating func prepare(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace
  ) -> DataAccessResult

  /// Writes the value that was prepared, from `place` on; a long one row by row, with `place.words`
  /// kept at the row that is being written.
  /// - Returns: false where the value is no longer there.
  mutating func write(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace, into writer: inout COSEMWriter
  ) -> Bool

  /// Sets an attribute.
  mutating func set(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, to value: Span<UInt8>,
    for caller: Caller
  ) -> DataAccessResult

  /// Invokes a method.
  /// - Parameters:
  ///   - parameters: empty where there are none.
  ///   - writer: takes what it returns, if anything.
  mutating func invoke(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, for caller: Caller,
    into writer: inout COSEMWriter
  ) -> ActionResult

  /// A number that no message has carried yet, not even before a power cut; nil when there is none
  /// now, so that nothing can be sent.
  mutating func nextInvocationCounter() -> UInt32?

  /// Keeps keys that were sent, so that a power cut leaves either the old ones or these.
  /// - Returns: false where they are not kept; then they are not used either.
  mutating func keep(_ keys: SecurityKeys) -> Bool
}

extension ServerObjects where Self: ~Copyable {
  /// Without a memory for keys none are taken.
  public mutating func keep(_ keys: SecurityKeys) -> Bool { false }
}
