// swift-tools-version: 6.2
import PackageDescription

/// The meter as firmware. A package of its own, so that the hosted package never tries to link a
/// bare-metal image; every compiler and linker flag is in `toolset-cortex-m4.json`.
let common: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// A room of the meter's core.
func core(_ name: String) -> Target.Dependency { .product(name: name, package: "kvadrant") }

let package = Package(
  name: "firmware",
  dependencies: [
    .package(name: "kvadrant", path: ".."),
    // Only for its C reference, which prices the sample path.
    .package(path: "../Benchmarks"),
  ],
  targets: [
    // Start-up, interrupts and run-time routines; builds for Cortex-M only.
    .target(name: "CBoard"),
    // The language of the sample feed; plain Swift, also built and tested on the host.
    .target(
      name: "FeedProtocol", dependencies: [core("Bytes"), core("Metrology")],
      swiftSettings: common),
    // Drivers of the parts on the board.
    .target(
      name: "Board", dependencies: ["CBoard", core("MeterTime"), core("PermanentMemory")],
      swiftSettings: common),
    .executableTarget(
      name: "Firmware",
      dependencies: [
        "CBoard", "Board", "FeedProtocol", core("Bytes"), core("MeterTime"), core("Quantities"),
        core("Metrology"), core("PermanentMemory"), core("LegalMeter"), core("Meter"),
        .product(name: "CReference", package: "Benchmarks"),
      ],
      swiftSettings: common),
    .testTarget(
      name: "FeedProtocolTests", dependencies: ["FeedProtocol"], swiftSettings: common),
  ]
)
