/// How much of everything the panel's server gives to whoever asks.
///
/// Every limit has a defined answer: a status code, or a closed connection.
public struct PanelLimits: Sendable {
  /// Connections open at once; further ones are closed.
  public var connections = 1024
  /// Streams of states open at once; further ones are refused with 429.
  public var streams = 256
  /// Bytes of a request's body; more are refused with 413.
  public var bodyBytes = 65_536
  /// Bytes of all header fields of a request together; more are refused with 400.
  public var headerBytes = 16_384
  /// Header fields of a request; more are refused with 400.
  public var headerFields = 64
  /// Seconds that a connection may be open without a whole request head.
  public var idleSeconds: Int64 = 20
  /// Seconds that a body may take after its head.
  public var bodySeconds: Int64 = 10
  /// Seconds that a reader may leave an answer or a stream unread.
  public var unreadSeconds: Int64 = 30
  /// Seconds between two signs of life on a stream that has nothing to say.
  public var heartbeatSeconds: Int64 = 15
  /// Milliseconds between two states on a stream, at least.
  public var stateMilliseconds: Int64 = 100
  /// Seconds that streams and answers may take to end when the server stops.
  public var stopSeconds: Int64 = 3

  public init() {}
}
