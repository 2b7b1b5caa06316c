import LegalMeter
import Meter
import MeterTime
import Quantities

extension MeterRun {
  /// Moves the contacts as the coils say, and lets the house follow.
  mutating func moveContacts() {
    guard let action = meter.takeCoilAction() else { return }
    contacts.drive(action)
    showContacts()
  }

  /// The bench sees which of its loads are connected.
  func showContacts() {
    guard let source = bench, source.bench.contacts != contacts.closed else { return }
    source.bench.contacts = contacts.closed
  }

  /// Tells the meter which phases have voltage behind the switch.
  mutating func noteLoadVoltage() {
    guard setup.meter.variant.hasSwitch else { return }
    var line: UInt8 = 0
    for phase in Phase.allCases {
      let limit = meter.legal.parameters.nominalVoltage_mV / 23 * 16
      if meter.legal.window[phase.index].voltage_mV >= limit { line |= 1 << phase.rawValue }
    }
    meter.noteLoadVoltage(contacts.loadVoltage(line: line))
  }

  /// Feeds pulse inputs: half a pulse with each slice.
  mutating func playPulses() {
    playEdges()
    for input in 0..<2 where pulsesLeft[input] > 0 {
      pulsesLeft[input] -= 1
      meter.notePulseInput(input, isOn: pulsesLeft[input] % 2 == 1, at: now)
    }
  }

  /// Obeys a command for switch, credit, alarms or loads.
  mutating func perform(_ command: SupplyCommand) throws(Failure) {
    switch command {
    case .contact(let phase, let act):
      contacts.act(act, on: phase)
      showContacts()
    case .backFeed(let isOn): contacts.isFedFromBehind = isOn
    default: try commandSupply(command)
    }
  }

  private mutating func commandSupply(_ command: SupplyCommand) throws(Failure) {
    guard isPlugged else {
      throw Failure(
        .refused, what: "the meter has no supply", expected: "the plug in", next: "put it in")
    }
    switch command {
    case .operate(let action):
      do throws(SwitchRefusal) { try meter.command(action, now: now) } catch {
        throw Failure(error)
      }
    case .topUp(let number, let amount):
      do throws(CreditRefusal) {
        try meter.topUp(number: number, amount_Wh: amount, from: .module, now: now)
      } catch { throw Failure(error) }
    case .credit(let amount):
      do throws(CreditRefusal) { try meter.setCredit(amount, from: .module, now: now) } catch {
        throw Failure(error)
      }
    case .cover(let isOpen): meter.noteMeterCover(isOpen: isOpen)
    case .module(let slot, let isPresent): meter.noteModule(slot: slot, isMissing: !isPresent)
    case .acknowledge:
      acceptModules()
      meter.acknowledgeAlarms(now: now)
    case .output(let output, let isOn):
      guard meter.commandLoad(output, isOn: isOn, now: now) else {
        throw Failure(
          .refused, what: "load output \(output + 1) does not follow commands",
          expected: "an output in mode command", next: "configure output\(output + 1)")
      }
    case .pulses(let input, let count): pulsesLeft[input] += 2 * count
    case .train(let input, let count, let on, let off):
      guard pulseTrain.add(input, count: count, on_ms: on, off_ms: off, now: now) else {
        throw Failure(
          .tryAgain, what: "too many pulses are waiting", expected: "fewer", next: "send less")
      }
    case .level(let input, let isOn): meter.notePulseInput(input, isOn: isOn, at: now)
    case .configure(let settings): try configure(settings)
    case .contact, .backFeed: break
    }
    afterWindow()
  }

  private mutating func configure(_ settings: [String: Double]) throws(Failure) {
    var supply = meter.configuration.supply
    var loads = meter.configuration.loads
    for (key, value) in settings { SupplySetting.named(key)?.write(&supply, &loads, value) }
    do throws(ConfigurationRefusal) {
      for _ in 0..<1000 {
        if try meter.configureSupply(supply, through: .module, now: now, memory: &memory) != .busy {
          break
        }
      }
      for _ in 0..<1000 {
        if try meter.configureLoads(loads, through: .module, now: now, memory: &memory) != .busy {
          break
        }
      }
    } catch {
      throw Failure(
        .refused, what: "the meter does not take these settings (\(error))",
        expected: "values in their ranges and in order", next: "see docs/switch-and-prepayment.md")
    }
  }
}

extension Failure {
  /// Why the switch does not do what is asked.
  init(_ refusal: SwitchRefusal) {
    self.init(
      .refused, what: "the switch refuses: \(refusal)", expected: Self.expectation(refusal),
      next: "see its state")
  }

  private static func expectation(_ refusal: SwitchRefusal) -> String {
    switch refusal {
    case .noSwitch: "a meter with switch"
    case .notFromThisState: "open, release, close in this order"
    case .currentTooHigh: "a current that the contacts can break"
    case .waiting: "the end of the reconnect wait"
    case .noCredit: "credit"
    case .neutralFault: "a sound neutral"
    case .tooOften: "a pause of 100 s"
    case .backFeed: "no voltage behind the open switch"
    case .busy: "the end of the last action"
    case .notRemembered: "a memory that works"
    case .notThisWay: "another way"
    }
  }

  /// Why the credit is not changed.
  init(_ refusal: CreditRefusal) {
    self.init(
      .refused, what: "the credit is not changed: \(refusal)",
      expected: "prepayment on, a new number, an amount that fits", next: "correct it")
  }
}
