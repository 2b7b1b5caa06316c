import COSEM
import Ciphers
import DLMS

extension DLMSMeter {
  /// Sends bytes as an APDU, whatever they are; nil for silence or an end of the connection.
  public func sendRaw(_ apdu: [UInt8]) async throws(MeterError) -> [UInt8]? {
    try? await exchangeRaw(apdu)
  }

  /// Writes a get request as this association ciphers it, changes it, and sends that.
  public func sendCiphered(
    _ attribute: AttributeDescriptor, _ change: @Sendable ([UInt8]) -> [UInt8]
  ) async throws(MeterError) -> [UInt8]? {
    let request = try writeGet(attribute)
    return try? await exchangeRaw(change(request))
  }
}
