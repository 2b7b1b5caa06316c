import Foundation
import HTTPTypes
import Hummingbird
import VirtualMeter

/// The files of the page, read once at the start.
///
/// A path is answered only where it stands, letter for letter, in the list that the start made,
/// so no spelling of a path can reach another file.
struct Assets: Sendable {
  /// One file.
  struct Asset: Sendable {
    var type: String
    var tag: String
    var bytes: ByteBuffer
  }

  /// By path, `/` for the page itself.
  private let assets: [String: Asset]

  /// What a file is, by the end of its name; others are not served.
  static let types = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    "json": "application/json; charset=utf-8", "ico": "image/x-icon", "png": "image/png",
    "woff2": "font/woff2", "webmanifest": "application/manifest+json",
    "txt": "text/plain; charset=utf-8",
  ]

  /// The files of the panel's bundle.
  ///
  /// - Throws: `fileMissing` when the page is not installed.
  init() throws(Failure) {
    let page = try Resource.path("index.html", of: "Panel")
    try self.init(folder: URL(fileURLWithPath: page).deletingLastPathComponent().path)
  }

  /// All files of a folder and of the folders in it; hidden ones and links are left out.
  ///
  /// - Throws: `fileMissing` when one cannot be read.
  init(folder: String) throws(Failure) {
    var found: [String: Asset] = [:]
    let names = FileManager.default.enumerator(atPath: folder)
    while let name = names?.nextObject() as? String {
      let path = folder + "/" + name
      let parts = name.split(separator: "/")
      let ending = (name as NSString).pathExtension
      let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type]
      guard let type = Self.types[ending], kind as? FileAttributeType == .typeRegular,
        !parts.contains(where: { $0.hasPrefix(".") })
      else { continue }
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Failure(
          .fileMissing, file: path, what: "a file of the panel cannot be read",
          expected: "a readable file", next: "install the program again")
      }
      found[name == "index.html" ? "/" : "/" + name] = Asset(
        type: type, tag: Self.tag(data), bytes: ByteBuffer(bytes: data))
    }
    assets = found
  }

  /// The bytes of a file.
  func bytes(_ path: String) -> ByteBuffer? { assets[path]?.bytes }

  /// The paths that are answered, sorted.
  var paths: [String] { assets.keys.sorted() }

  /// The answer for a path, or nil where there is no such file.
  ///
  /// - Parameter known: the tags that the browser has, from `If-None-Match`.
  func response(_ path: String, known: String?) -> Response? {
    guard let asset = assets[path] else { return nil }
    // The browser asks each time and mostly hears that nothing changed: after a new version is
    // installed no page runs with old scripts.
    let headers: HTTPFields = [
      .contentType: asset.type, .eTag: asset.tag, .cacheControl: "no-cache",
    ]
    let tags = (known ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
    if tags.contains(where: { $0 == asset.tag || $0 == "W/" + asset.tag || $0 == "*" }) {
      return Response(status: .notModified, headers: headers)
    }
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.bytes))
  }

  /// FNV-1a, 64 bit: it tells versions apart and protects nothing.
  private static func tag(_ data: Data) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in data { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return "\"" + String(hash, radix: 36) + "-" + String(data.count, radix: 36) + "\""
  }
}
