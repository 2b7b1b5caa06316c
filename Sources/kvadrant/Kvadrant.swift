import ArgumentParser

@main
struct Kvadrant: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kvadrant", abstract: "A three-phase electricity meter made of software.")
}
