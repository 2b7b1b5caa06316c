import VirtualMeter

extension Routes {
  /// What the meter keeps: billing periods, second logger, maxima, tariffs, configuration.
  var records: [Route] {
    table("billing", "Closed billing periods, newest first.") { try await $0.billing() }
      + table("second-logger", "Daily, weekly or monthly registers, newest first.") {
        try await $0.secondLogger()
      }
      + table("maxima", "Demand, its maxima with their stamps, cumulative and lifetime values.") {
        try await $0.maxima()
      }
      + [
        .get(
          "/api/v1/tariffs", "The tariff plan in force, the one that waits, and who decides.",
          answers: .json("Object")
        ) { [service] _ in .json(try await service.tariffs()) },
        .get(
          "/api/v1/configuration", "What the meter is configured to.", answers: .json("Object")
        ) { [service] _ in .json(try await service.configuration()) },
      ]
  }

  private func table(
    _ name: String, _ summary: String,
    _ read: @escaping @Sendable (MeterService) async throws -> RecordTable
  ) -> [Route] {
    let path = "/api/v1/" + name
    return [
      .get(path, summary, answers: .json("Records")) { [service] _ in
        .json(try await read(service).json)
      },
      .get(path + ".csv", summary, answers: .csv) { [service] _ in
        .text(try await read(service).csv, type: "text/csv; charset=utf-8; header=present")
      },
    ]
  }
}
