// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  products: [.library(name: "CReference", targets: ["CReference"])],
  dependencies: [.package(name: "kvadrant", path: "..")],
  targets: [
    .target(name: "CReference"),
    .executableTarget(
      name: "MetrologyBench",
      dependencies: ["CReference", .product(name: "Metrology", package: "kvadrant")],
      swiftSettings: [.enableExperimentalFeature("Lifetimes")]),
  ]
)
