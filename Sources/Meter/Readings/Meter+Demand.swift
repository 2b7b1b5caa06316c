import LegalMeter
import MeterTime
import Quantities

extension Meter {
  /// Demand of the running and the last block period, maxima with their stamps, cumulative and
  /// lifetime values.
  ///
  /// A maximum that no period has made yet is 0 and has no stamp.
  @inline(never)
  func demandReading(_ quantity: QuantityID) -> Int64? {
    guard quantity.isMeasured(by: legal.parameters.energies) else { return nil }
    switch quantity.meaning {
    case .demand(let kind): return Int64(legal.runningDemand(kind))
    case .lastDemand(let kind): return Int64(legal.lastDemand(kind))
    case .extremeDemand(let extreme): return Int64(maximum(extreme).power_mW)
    case .extremeDemandTime(let extreme):
      return maximum(extreme).end.map { Int64(legal.zone.standardTime(at: $0).hhmmss) }
    case .extremeDemandDate(let extreme):
      return maximum(extreme).end.map { Int64(legal.zone.standardTime(at: $0).date.yymmdd) }
    case .cumulativeMaximum(let kind): return Int64(clamping: legal.cumulativeDemand(kind))
    default: return nil
    }
  }

  private func maximum(_ extreme: DemandExtreme) -> DemandMaximum {
    switch extreme {
    case .maximum(.activeImport): legal.demandMaxima.activeImport
    case .maximum(.activeExport): legal.demandMaxima.activeExport
    case .maximum(.reactiveImport): legal.demandMaxima.reactiveImport
    case .maximum(.reactiveExport): legal.demandMaxima.reactiveExport
    case .tariffMaximum(let tariff):
      tariff == .t1 ? legal.demandMaxima.activeImportT1 : legal.demandMaxima.activeImportT2
    case .lifetimeMaximum: legal.lifetimeDemand.maximum
    case .lifetimeMinimum: legal.lifetimeDemand.minimum
    }
  }
}
