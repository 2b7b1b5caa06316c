import Bytes
import Charts

/// The style sheet inside the report: light and dark by the reader's choice, A4 on paper.
enum ReportStyle {
  static let text: String = ChartTheme.pageStyle + page + tables + paper

  /// `sha256-…`, so that a strict policy can allow exactly this style and no other.
  static let policyHash: String = {
    var hash = SHA256()
    for byte in text.utf8 { hash.update(byte) }
    let digest = hash.finish()
    return "sha256-" + Base64Text.of(digest.indices.map { digest[$0] })
  }()

  private static let page = """
    :root{color-scheme:light dark;--ink:#1b1f24;--muted:#59636b;--ground:#f4f5f2;--card:#fff;\
    --line:#d5dad6;--good:#1d6f42;--bad:#b3261e;--soft:#eef1ee;--goal:#16744a}
    @media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--muted:#a3adb5;--ground:#0f1317;\
    --card:#15191e;--line:#2b333a;--good:#6fce98;--bad:#ff8a80;--soft:#1c2228;--goal:#5fcf93}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);line-height:1.45;\
    font-family:Inter,"Segoe UI",system-ui,"DejaVu Sans",sans-serif;font-size:15px;\
    font-variant-numeric:tabular-nums}
    main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}
    h1{font-size:1.7rem;margin:0 0 .2rem;letter-spacing:-.015em}
    h2{font-size:1.2rem;margin:2.2rem 0 .6rem}
    h3{font-size:1rem;margin:1.2rem 0 .4rem}
    p{margin:.35rem 0}
    .muted{color:var(--muted)}
    .head{display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:flex-start;\
    justify-content:space-between}
    .verdict{font-size:1.25rem;font-weight:700;padding:.35rem 1rem;border-radius:10px;\
    border:2px solid currentColor}
    .good{color:var(--good)}
    .bad{color:var(--bad)}
    .honest{font-weight:600}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;\
    margin:1rem 0}
    .figures div{background:var(--card);border:1px solid var(--line);border-radius:10px;\
    padding:.6rem .9rem}
    .figures b{display:block;font-size:1.25rem}
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));gap:12px}
    figure{margin:0 0 14px;background:var(--card);border:1px solid var(--line);\
    border-radius:10px;padding:10px 12px 8px;min-width:0}
    figure .chart{background:none;display:block;width:100%;height:auto}
    figcaption{font-size:.88rem;color:var(--muted);margin-top:4px}
    """

  private static let tables = """

    .box{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
    table{border-collapse:collapse;width:100%;font-size:.86rem}
    th,td{padding:.28rem .6rem;text-align:left;border-bottom:1px solid var(--line);\
    vertical-align:top}
    thead th{background:var(--soft);font-weight:600;white-space:nowrap}
    tbody tr:last-child>*{border-bottom:0}
    tbody th{font-weight:500;min-width:13rem}
    .n{text-align:right;white-space:nowrap}
    .failed>*{background:color-mix(in srgb,var(--bad) 12%,transparent)}
    .note{display:block;color:var(--muted);font-size:.92em}
    .bar{display:block;width:60px;height:8px;margin-top:.35em}
    .bar .room{fill:var(--line)}
    .bar .used{fill:var(--good)}
    .bar .over{fill:var(--bad)}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;margin:.6rem 0}
    dt{color:var(--muted)}
    dd{margin:0;overflow-wrap:anywhere}
    footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem;\
    color:var(--muted);font-size:.88rem}
    """

  private static let paper = """

    @page{size:A4;margin:14mm 13mm 15mm}
    @media print{
    :root{color-scheme:light;--ink:#000;--muted:#333;--ground:#fff;--card:#fff;--line:#bbb;\
    --good:#14532d;--bad:#8c1d18;--soft:#eee;--goal:#14532d}
    body{font-size:9.5pt;background:#fff}
    main{max-width:none;padding:0}
    h2{break-after:avoid;margin-top:1.1rem}
    h3{break-after:avoid}
    .pair{grid-template-columns:1fr 1fr;gap:6px}
    figure,.figures div,tr,dl{break-inside:avoid}
    figure{padding:3px 6px;margin-bottom:4px}
    figure .chart{max-height:35mm}
    figcaption{font-size:7.4pt;margin-top:0}
    .chart .grid{stroke-opacity:.25}
    .chart .grid.minor{stroke-opacity:.1}
    .head{flex-wrap:nowrap}
    .box{overflow:visible;border-radius:0}
    table{font-size:7.8pt}
    th,td{padding:.16rem .35rem}
    tbody th{min-width:38mm}
    thead{display:table-header-group}
    .figures{grid-template-columns:repeat(4,1fr);gap:6px}
    .chapter{break-before:page}
    }

    """
}

/// Base64 of bytes (RFC 4648, 4).
enum Base64Text {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func of(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = Array(bytes[start..<min(start + 3, bytes.count)])
      var word = 0
      for index in 0..<3 { word = word << 8 | (index < group.count ? Int(group[index]) : 0) }
      for index in 0..<4 {
        out.append(
          index <= group.count ? alphabet[word >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
