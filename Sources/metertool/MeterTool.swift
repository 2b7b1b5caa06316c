import ArgumentParser
import Foundation
import MeterClient

@main
struct MeterTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "metertool")
}
