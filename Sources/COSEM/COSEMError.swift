/// Why bytes are no data of COSEM, or more than is taken.
public enum COSEMError: UInt8, Error, Sendable {
  /// The bytes end within a value.
  case truncated
  /// A tag that no type has.
  case unknownType
  /// Nested deeper than `COSEMReader.depthMax`.
  case tooDeep
  /// More elements than bytes, or than `COSEMReader.elementsMax`.
  case tooMany
  /// Another type than was asked for.
  case otherType
  /// A value outside of its range.
  case outOfRange
}
