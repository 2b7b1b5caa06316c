import Foundation
import MeterTime

/// A computed solar roof: position of the sun, clear sky, seeded clouds.
///
/// It is a model, not a measurement. Sun: Spencer's series for declination and equation of time.
/// Clear sky: direct normal irradiance 1353 W/m2 x 0.7^(AM^0.678) with the air mass of Kasten and
/// Young, one tenth of it diffuse, ground albedo 0.2. Clouds: one cover per day and a drifting
/// pattern of minutes, both from the seed.
public struct SolarRoof: Sendable {
  /// Peak power of the modules, watts.
  public var peakWatts = 6000.0
  /// What is left after heat, cables and inverter.
  public var performance = 0.85
  /// Degrees north.
  public var latitude = 50.66
  /// Degrees east.
  public var longitude = 7.96
  /// Tilt of the modules, degrees from horizontal, facing south.
  public var tilt = 35.0
  /// Chooses the clouds.
  public var seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  /// Power fed into the house at an instant, watts, never negative.
  public func watts(at instant: Instant) -> Double {
    let sun = position(instant)
    guard sun.sineElevation > 0.01 else { return 0 }
    let elevation = asin(sun.sineElevation) * 180 / .pi
    let airMass = 1 / (sun.sineElevation + 0.50572 * pow(elevation + 6.07995, -1.6364))
    let direct = 1353 * pow(0.7, pow(airMass, 0.678))
    let diffuse = 0.1 * direct
    let cosineTilt = cos(tilt * .pi / 180)
    let ground = 0.2 * (direct * sun.sineElevation + diffuse) * (1 - cosineTilt) / 2
    let cover = cloudCover(instant)
    let onModules =
      direct * max(0, sun.cosineIncidence) * (1 - 0.9 * cover)
      + (diffuse * (1 + cosineTilt) / 2 + ground) * (1 + 0.8 * cover)
    return peakWatts * performance * onModules / 1000
  }

  /// Share of the direct light that clouds take, 0...1.
  func cloudCover(_ instant: Instant) -> Double {
    let day = Double(instant.seconds) / 86_400
    let daily = noise(day, 1)
    let drift =
      0.65 * noise(Double(instant.seconds) / 1500, 2)
      + 0.35 * noise(Double(instant.seconds) / 140, 3)
    // A bright day lets few clouds through the threshold, a grey day most of them.
    return min(1, max(0, (drift + 1.4 * daily - 0.95) * 3))
  }

  private func position(_ instant: Instant) -> (sineElevation: Double, cosineIncidence: Double) {
    let days = Double(instant.ticks) / 65_536 / 86_400
    let angle = 2 * Double.pi * (days / 365.2425).truncatingRemainder(dividingBy: 1)
    let declination =
      0.006918 - 0.399912 * cos(angle) + 0.070257 * sin(angle) - 0.006758 * cos(2 * angle)
      + 0.000907 * sin(2 * angle)
    let equationMinutes =
      229.18
      * (0.000075 + 0.001868 * cos(angle) - 0.032077 * sin(angle)
        - 0.014615 * cos(2 * angle) - 0.040849 * sin(2 * angle))
    let utcHours = (days - days.rounded(.down)) * 24
    let solarHours = utcHours + longitude / 15 + equationMinutes / 60
    let hourAngle = (solarHours - 12) * .pi / 12
    let phi = latitude * .pi / 180
    let phiTilted = (latitude - tilt) * .pi / 180
    func sine(_ p: Double) -> Double {
      sin(p) * sin(declination) + cos(p) * cos(declination) * cos(hourAngle)
    }
    // A south-facing tilted plane sees the sun as a horizontal one at latitude - tilt.
    return (sine(phi), sine(phiTilted))
  }

  /// Smooth seeded noise, 0...1, with a knot at every whole number.
  private func noise(_ x: Double, _ stream: UInt64) -> Double {
    let knot = x.rounded(.down)
    let t = x - knot
    let n = Int64(knot)
    let a = SeededHash.unit(seed, stream, n)
    let b = SeededHash.unit(seed, stream, n + 1)
    return a + (b - a) * t * t * (3 - 2 * t)
  }
}

/// Numbers that depend on nothing but their arguments.
enum SeededHash {
  /// 0..<1, by the finaliser of SplitMix64.
  static func unit(_ seed: UInt64, _ stream: UInt64, _ index: Int64) -> Double {
    var z = seed &+ stream &* 0x9E37_79B9_7F4A_7C15
    z = mix(z ^ mix(UInt64(bitPattern: index) &+ 0x9E37_79B9_7F4A_7C15))
    return Double(z >> 11) * 0x1p-53
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
