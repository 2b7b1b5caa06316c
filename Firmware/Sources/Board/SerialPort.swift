import CBoard

/// One of the five serial ports. Bytes pass through rings that interrupts fill and empty.
public struct SerialPort: Sendable {
  let number: UInt32

  /// UART0: report lines out, single-letter commands in.
  public static let report = SerialPort(number: 0)
  /// UART1: the optical head.
  public static let optical = SerialPort(number: 1)
  /// UART2 and UART3: the module slots.
  public static let module1 = SerialPort(number: 2)
  public static let module2 = SerialPort(number: 3)
  /// UART4: the sample feed.
  public static let feed = SerialPort(number: 4)

  /// Moves received bytes to the beginning of `bytes`; gives their number, 0 if there are none.
  public func receive(into bytes: inout MutableSpan<UInt8>) -> Int {
    bytes.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return 0 }
      return Int(board_uart_receive(number, base, UInt32($0.count)))
    }
  }

  /// Queues bytes; gives how many fitted.
  public func send(_ bytes: Span<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return 0 }
      return Int(board_uart_send(number, base, UInt32($0.count)))
    }
  }

  /// True once everything queued has left the port.
  public var isSent: Bool { board_uart_is_sent(number) }

  /// How often the receive ring was full and held the sender back.
  public var stalls: UInt32 { board_uart_stalls(number) }
}
