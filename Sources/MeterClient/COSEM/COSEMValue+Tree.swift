extension COSEMValue {
  /// The value over several lines, what is in it further in, each with its type.
  public var tree: String {
    var lines: [String] = []
    write(&lines, depth: 0)
    return lines.joined(separator: "\n")
  }

  private func write(_ lines: inout [String], depth: Int) {
    let indent = String(repeating: "  ", count: depth)
    guard let elements else {
      lines.append("\(indent)\(typeName) \(description)")
      return
    }
    lines.append("\(indent)\(typeName) of \(elements.count)")
    for element in elements { element.write(&lines, depth: depth + 1) }
  }
}
