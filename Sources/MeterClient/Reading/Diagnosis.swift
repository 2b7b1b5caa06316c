import COSEM
import Foundation

/// Tries a meter layer by layer, and tells where it ends.
public struct Diagnosis: Sendable {
  /// One thing that was tried.
  public struct Step: Encodable, Sendable {
    public var name: String
    public var isGood: Bool
    /// What came, or what is wrong and what to try.
    public var detail: String
    /// Exit code of a step that failed.
    public var status: Int32

    public var text: String { "\(isGood ? "ok    " : "FAIL  ")\(name): \(detail)" }
  }

  private let url: MeterURL
  private let credentials: Credentials

  public init(_ url: MeterURL, _ credentials: Credentials) {
    (self.url, self.credentials) = (url, credentials)
  }

  /// All steps up to the first that fails.
  public func run() async -> [Step] {
    var steps: [Step] = []
    do {
      let channel = try await ByteChannel.open(url.place, seconds: url.patience)
      await channel.close()
      steps.append(good("connection", "\(url) takes it"))
      switch url.language {
      case .dlms: try await dlms(&steps)
      case .optical:
        let readout = try await OpticalMeter(url, credentials).readout()
        steps.append(good("readout", "\(readout.sets.count) data sets of \(readout.maker)"))
      case .kmp:
        let meter = KMPMeter(url)
        try await meter.connect()
        steps.append(good("serial number", "\(try await meter.serialNumber())"))
        await meter.disconnect()
      }
    } catch let error as MeterError {
      steps.append(
        Step(
          name: error.layer.rawValue, isGood: false, detail: error.description,
          status: error.kind.rawValue))
    } catch {
      steps.append(Step(name: "program", isGood: false, detail: "\(error)", status: 70))
    }
    return steps
  }

  private func good(_ name: String, _ detail: String) -> Step {
    Step(name: name, isGood: true, detail: detail, status: 0)
  }

  private func dlms(_ steps: inout [Step]) async throws {
    let meter = try DLMSMeter(url, credentials, counters: .usual)
    try await meter.connect()
    let agreed = await meter.agreed
    steps.append(good("link", url.framing == .hdlc ? "HDLC" : "wrapper"))
    let how = DLMSMeter.authentication(url, credentials)
    steps.append(
      good(
        "association",
        "client \(url.client), auth=\(how.rawValue), PDU \(agreed.pduMax) bytes"))
    do {
      let objects = try await meter.objects()
      let readable = objects.filter { $0.isReadable(2) }.count
      steps.append(good("objects", "\(objects.count), \(readable) of them may be read"))
      let time = try await meter.time()
      let difference = time.unix(meter.dialect.deviation).map {
        String(format: ", %+.1f s against this computer", $0 - Date().timeIntervalSince1970)
      }
      steps.append(good("clock", time.text(meter.dialect.deviation) + (difference ?? "")))
    } catch {
      await meter.disconnect()
      throw error
    }
    await meter.disconnect()
  }
}
