import LegalMeter
import Meter
import Ports

extension MeterRun {
  /// Does something to the module area.
  ///
  /// - Returns: what sits in it then.
  /// - Throws: `refused` for what the rules forbid.
  mutating func perform(_ command: ModuleCommand) throws(Failure) -> JSONValue {
    do throws(ModuleRefusal) {
      switch command {
      case .list: break
      case .fit(let module, let slot): try modules.fit(module, in: slot)
      case .remove(let slot): try modules.remove(from: slot)
      case .cover(let cover): try modules.exchange(cover)
      }
    } catch { throw Failure(error) }
    noteModules()
    return .object([("ok", .bool(true)), ("modules", modules.json)])
  }

  /// Tells the meter what has been done to its module area: at once, or when it has supply again.
  mutating func noteModules() {
    guard isPlugged, modules != notedModules else { return }
    for slot in ModuleSlot.allCases where modules[slot] != notedModules[slot] {
      // Nobody reaches slots 1 and 2 without breaking their seal.
      if ModuleArea.isSealed(slot), !meter.legal.isBroken(.moduleArea) {
        meter.legal.breakSeal(.moduleArea, now: now)
      }
      if let gone = notedModules[slot] { log(.moduleTaken, slot, gone) }
      if let fitted = modules[slot] { log(.moduleFitted, slot, fitted) }
    }
    for slot in 0..<2 as Range<UInt8> {
      meter.noteModule(slot: slot, isMissing: modules.missing >> slot & 1 == 1)
    }
    notedModules = modules
    afterWindow()
  }

  /// Parameter 0: the slot; 1...4: the article number.
  private mutating func log(_ event: LegalEvent, _ slot: ModuleSlot, _ module: PlugInModule) {
    let parameter = UInt64(slot.rawValue) | UInt64(module.number) << 8
    meter.legal.log(event, now: now, parameter)
  }

  /// A module sits in some slot; true as well in a meter of which nobody has said what sits in it.
  func isFitted(_ module: PlugInModule) -> Bool {
    setup.meter.modules == nil || modules.has(module)
  }

  /// Whoever acknowledges alarms has seen which slots are empty.
  mutating func acceptModules() {
    modules.accept()
    noteModules()
  }

  /// The meter's glass with the symbols of its modules.
  mutating func shownGlass() -> Glass {
    var glass = meter.glass(now: now)
    if isPlugged, meter.isPowered { glass.show(modules) }
    return glass
  }
}
