// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target; `Lifetimes` lets `~Escapable` views over `Span` be written.
let common: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Core rooms: no Foundation, no clock, no randomness; they also build for Cortex-M.
func core(_ name: String, _ imports: [String] = []) -> Target {
  .target(name: name, dependencies: imports.map { .byName(name: $0) }, swiftSettings: common)
}

func tests(
  _ name: String, _ more: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + more, resources: resources,
    swiftSettings: common)
}

let package = Package(
  name: "kvadrant",
  products: [
    .library(name: "Bytes", targets: ["Bytes"]),
    .library(name: "MeterTime", targets: ["MeterTime"]),
    .library(name: "Quantities", targets: ["Quantities"]),
    .library(name: "Ciphers", targets: ["Ciphers"]),
    .library(name: "MBus", targets: ["MBus"]),
    .library(name: "MBusRecords", targets: ["MBusRecords"]),
    .library(name: "Metrology", targets: ["Metrology"]),
    .library(name: "PermanentMemory", targets: ["PermanentMemory"]),
    .library(name: "LegalMeter", targets: ["LegalMeter"]),
    .library(name: "Meter", targets: ["Meter"]),
    .library(name: "HDLC", targets: ["HDLC"]),
    .library(name: "COSEM", targets: ["COSEM"]),
    .library(name: "DLMS", targets: ["DLMS"]),
    .library(name: "COSEMObjects", targets: ["COSEMObjects"]),
    .library(name: "Waveforms", targets: ["Waveforms"]),
    .library(name: "Charts", targets: ["Charts"]),
    .executable(name: "kvadrant", targets: ["kvadrant"]),
    .executable(name: "metertool", targets: ["metertool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // ground
    core("Bytes"),
    core("MeterTime", ["Bytes"]),
    core("Quantities", ["Bytes"]),
    core("Ciphers", ["Bytes"]),
    // the meter
    core("Metrology", ["Bytes", "Quantities"]),
    core("PermanentMemory", ["Bytes", "MeterTime"]),
    core("LegalMeter", ["Bytes", "MeterTime", "Quantities", "Metrology", "PermanentMemory"]),
    core(
      "Meter",
      ["Bytes", "MeterTime", "Quantities", "Metrology", "PermanentMemory", "LegalMeter"]),
    // doors: languages without input or output, and what they tell of the meter
    core("IEC62056_21", ["Bytes", "MeterTime", "Quantities"]),
    core("KMP", ["Bytes"]),
    core(
      "DataReadout",
      [
        "Bytes", "MeterTime", "Quantities", "PermanentMemory", "LegalMeter", "Meter", "IEC62056_21",
      ]),
    core(
      "KMPRegisters",
      ["Bytes", "MeterTime", "Quantities", "PermanentMemory", "LegalMeter", "Meter", "KMP"]),
    core(
      "Ports",
      [
        "Bytes", "MeterTime", "Quantities", "PermanentMemory", "LegalMeter", "Meter", "IEC62056_21",
        "DataReadout", "Ciphers", "KMP", "KMPRegisters", "MBus", "MBusRecords",
      ]),
    // the languages
    core("P1", ["Bytes", "MeterTime", "Quantities"]),
    core("MBus", ["Bytes", "MeterTime", "Quantities", "Ciphers"]),
    core("HDLC", ["Bytes", "MeterTime"]),
    core("COSEM", ["Bytes", "MeterTime", "Quantities"]),
    core("DLMS", ["Bytes", "MeterTime", "Quantities", "Ciphers", "COSEM"]),
    core(
      "COSEMObjects",
      [
        "Bytes", "MeterTime", "Quantities", "Metrology", "PermanentMemory", "LegalMeter", "Meter",
        "COSEM", "DLMS",
      ]),
    // the meter in its languages
    core(
      "MBusRecords",
      ["Bytes", "MeterTime", "Quantities", "LegalMeter", "Meter", "MBus"]),
    core(
      "CustomerPort",
      [
        "MeterTime", "Quantities", "PermanentMemory", "LegalMeter", "Meter", "HDLC", "COSEM", "P1",
      ]),
    // hosted
    .target(
      name: "Waveforms", dependencies: ["Metrology", "Quantities"], swiftSettings: common),
    .target(name: "Charts", swiftSettings: common),
    .target(
      name: "MeterFaults", dependencies: ["Bytes", "MeterTime", "Quantities", "PermanentMemory"],
      swiftSettings: common),
    .target(
      name: "TypeTest",
      dependencies: [
        "Bytes", "MeterTime", "Quantities", "Metrology", "PermanentMemory", "LegalMeter", "Meter",
        "Waveforms", "MeterFaults", "Charts",
      ],
      swiftSettings: common),
    .target(
      name: "Simulation",
      dependencies: [
        "MeterTime", "Quantities", "Metrology", "PermanentMemory", "LegalMeter", "Meter",
        "MeterFaults",
      ],
      swiftSettings: common),
    .target(
      name: "VirtualMeter",
      dependencies: [
        "Bytes", "MeterTime", "Quantities", "Metrology", "PermanentMemory", "LegalMeter", "Meter",
        "IEC62056_21", "DataReadout", "KMP", "KMPRegisters", "Ports", "MBus", "MBusRecords",
        "Waveforms", "MeterFaults", "Ciphers", "HDLC", "COSEM", "DLMS", "COSEMObjects",
        "CustomerPort", "Yams",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      resources: [.copy("Resources")], swiftSettings: common),
    .target(
      name: "Panel",
      dependencies: [
        "Charts", "LegalMeter", "Meter", "MeterTime", "Quantities", "TypeTest", "VirtualMeter",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [.copy("Resources")], swiftSettings: common),
    .target(
      name: "MeterClient",
      dependencies: [
        "Bytes", "MeterTime", "Quantities", "Ciphers", "IEC62056_21", "KMP", "MBus", "HDLC",
        "COSEM", "DLMS",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: common),
    .executableTarget(
      name: "kvadrant",
      dependencies: [
        "Charts", "VirtualMeter", "Waveforms", "Meter", "MeterTime", "IEC62056_21", "DataReadout",
        "CustomerPort", "MBus", "MBusRecords", "Ports", "Panel", "Simulation", "TypeTest",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: common),
    .executableTarget(
      name: "metertool",
      dependencies: [
        "COSEM", "MeterClient", "Quantities",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: common),
    .executableTarget(
      name: "FeedReplay",
      dependencies: [
        "MeterTime", "Metrology", "Meter", "MeterFaults",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: common),
    // tests
    tests("Bytes"),
    tests("MeterTime"),
    tests("Quantities"),
    tests("Ciphers"),
    tests("MBus", ["MeterFaults"]),
    tests("MBusRecords", ["MeterFaults"]),
    tests("P1", ["MeterFaults"]),
    tests("CustomerPort", ["MeterFaults"]),
    tests("Metrology"),
    tests("PermanentMemory", ["MeterFaults"]),
    tests("LegalMeter", ["MeterFaults"]),
    tests("Meter", ["MeterFaults"]),
    tests("IEC62056_21"),
    tests("KMP"),
    tests("DataReadout", ["MeterFaults"]),
    tests("KMPRegisters", ["MeterFaults"]),
    tests("Ports", ["MeterFaults"]),
    tests("HDLC", ["MeterFaults"]),
    tests("COSEM", ["MeterFaults"]),
    tests("DLMS", ["MeterFaults"]),
    tests("COSEMObjects", ["MeterFaults"]),
    tests("Simulation", ["MeterFaults"]),
    tests("Waveforms"),
    tests("Charts"),
    tests("TypeTest"),
    tests("VirtualMeter"),
    tests("Panel"),
    tests("MeterClient", ["MeterFaults"]),
    tests("kvadrant"),
    tests("metertool"),
  ]
)
