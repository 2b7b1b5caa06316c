/// How a page looks that was being programmed when the supply went.
public enum TearShape: UInt8, CaseIterable, Sendable {
  /// The first bytes are new, the rest is old; the bits of the byte at the border are mixed.
  case prefix
  /// The last bytes are new, the rest is old; the bits of the byte at the border are mixed.
  case suffix
  /// Each byte is either old or new.
  case byteMix
  /// Each bit is either old or new.
  case bitMix
  /// First bytes new, one byte of noise, rest old.
  case noise
  /// The groups of four bytes reached have been erased (0xFF) and not yet programmed.
  case erased
  /// As `bitMix`, but of erased (0xFF) and new: erasing was done, programming half.
  case halfProgrammed
  /// First groups of four bytes new, one group of noise (its error correction gives nothing
  /// sensible), rest old.
  case group
  /// Half programmed by cells that only gain charge: old OR new where the page was reached.
  case gained
  /// Half programmed by cells that only lose charge: old AND new where the page was reached.
  case lostCharge
}
