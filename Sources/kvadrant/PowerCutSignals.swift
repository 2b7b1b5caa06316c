import Dispatch
import Foundation
import VirtualMeter

/// Turns SIGTERM and SIGINT into a power cut of the meter; a second one ends the process at once.
final class PowerCutSignals {
  private var sources: [any DispatchSourceSignal] = []

  init(mailbox: Mailbox) {
    for number in [SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        mailbox.post(.plug)
        signal(number, SIG_DFL)
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Signals end the process again.
  func cancel() {
    for source in sources { source.cancel() }
    signal(SIGTERM, SIG_DFL)
    signal(SIGINT, SIG_DFL)
  }
}
