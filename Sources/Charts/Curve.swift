/// One line of a plot.
public struct Curve: Sendable {
  /// How the samples are joined.
  public enum Shape: Sendable {
    /// Straight lines between samples: measured points, waveforms.
    case slopes
    /// Each value holds until the next: interval data such as load profiles.
    case steps
    /// Not at all: only markers.
    case points
  }

  /// The mark at each sample.
  public enum Marker: Sendable, CaseIterable {
    case circle, square, triangle, diamond, cross
  }

  /// What the curve is, for the legend; an empty label is left out of it.
  public var label: String
  /// The colour and the dash.
  public var tone: Tone
  /// How samples are joined.
  public var shape: Shape
  /// Marks at the samples, drawn where they have room.
  public var marker: Marker?
  /// Fills the area down to the anchor of the y axis, or to its lower end.
  public var isFilled: Bool
  /// Thin and pale, for one of many.
  public var isFaint: Bool
  /// Solid even where the tone has a dash.
  public var isSolid: Bool
  var source: Source

  enum Source: Sendable {
    case series(Series)
    case pyramid(SeriesPyramid)
  }

  private init(_ label: String, _ source: Source, tone: Tone, shape: Shape, marker: Marker?) {
    self.label = label
    self.source = source
    self.tone = tone
    self.shape = shape
    self.marker = marker
    isFilled = false
    isFaint = false
    isSolid = false
  }

  /// A curve of a series, decimated in one pass over the window.
  public init(
    _ label: String, _ series: Series, tone: Tone = .one, shape: Shape = .slopes,
    marker: Marker? = nil
  ) {
    self.init(label, .series(series), tone: tone, shape: shape, marker: marker)
  }

  /// A curve of a series with runs computed in advance: any window costs the same.
  public init(
    _ label: String, _ pyramid: SeriesPyramid, tone: Tone = .one, shape: Shape = .slopes,
    marker: Marker? = nil
  ) {
    self.init(label, .pyramid(pyramid), tone: tone, shape: shape, marker: marker)
  }

  /// The numbers.
  public var series: Series {
    switch source {
    case .series(let series): series
    case .pyramid(let pyramid): pyramid.series
    }
  }

  func reduce(onto map: ColumnMap) -> Decimation {
    switch source {
    case .series(let series): Decimator.reduce(series, onto: map)
    case .pyramid(let pyramid): pyramid.reduce(onto: map)
    }
  }
}

extension Curve.Marker {
  /// The outline around a point, as relative path commands behind `M x,y`, about 7 pixels wide.
  var outline: String {
    switch self {
    case .circle: "m-3.2,0a3.2,3.2 0 1 0 6.4,0a3.2,3.2 0 1 0-6.4,0z"
    case .square: "m-2.9-2.9h5.8v5.8h-5.8z"
    case .triangle: "m0-3.9l3.7,6.4h-7.4z"
    case .diamond: "m0-4l4,4l-4,4l-4-4z"
    case .cross: "m-2.8-2.8l5.6,5.6m0-5.6l-5.6,5.6"
    }
  }
}

/// Limits as a staircase on both sides of zero or of any other line.
public struct LimitBand: Sendable {
  /// One tread: the limits between two places of the x axis.
  public struct Tread: Equatable, Sendable {
    public var from: Double, to: Double, lower: Double, upper: Double

    /// A tread.
    public init(from: Double, to: Double, lower: Double, upper: Double) {
      (self.from, self.to, self.lower, self.upper) = (from, to, lower, upper)
    }

    /// A tread at the same distance on both sides of zero.
    public init(from: Double, to: Double, limit: Double) {
      self.init(from: from, to: to, lower: -limit, upper: limit)
    }
  }

  /// What the limits are, such as "EN 50470-3 class B".
  public var label: String
  /// The treads from left to right; at most 1000 are drawn.
  public var treads: [Tread]
  /// The colour.
  public var tone: Tone
  /// Shades what is outside.
  public var isShaded: Bool

  /// A band of limits.
  public init(_ label: String, _ treads: [Tread], tone: Tone = .limit, isShaded: Bool = true) {
    self.label = label
    self.treads = treads
    self.tone = tone
    self.isShaded = isShaded
  }
}

/// Something to be pointed at on the x axis.
public enum PlotMark: Sendable {
  /// An upright line with a word: a clock change, the present.
  case line(Double, label: String)
  /// A strip below the plot and a tint above it: doubtful data, an outage. The places are in
  /// the unit of the axis; the label is read by pointer and screen reader.
  case span(ClosedRange<Double>, label: String, tone: Tone)
}
