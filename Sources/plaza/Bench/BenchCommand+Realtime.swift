import App
import ArgumentParser
import Core
import Realtime

extension BenchCommand {
    struct RealtimeBench: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "realtime", abstract: "Serve as ever, with channels of `bench:` beside the others.")

        @OptionGroup var shared: SharedOptions
        @Option(help: .setting(.listen)) var listen: String?

        func run() async throws {
            try await Failure.explained {
                let configuration = try shared.configuration([ConfigurationKey.listen.name: listen])
                let plaza = try await Plaza(configuration, logger: Logging.make(level: configuration.logLevel))
                try await plaza.serve(beside: [BenchChannels(publisher: plaza.hub)]) { port in
                    Output.say("Plaza listens on port \(port)")
                }
            }
        }
    }
}

/// Everybody who is signed in hears them, and what one publishes is told to all: the cost is the hub's alone.
private struct BenchChannels: ChannelOwner {
    let namespace = "bench"
    let shape = ChannelShape("Everybody.", key: "key", keyExample: "a", pushes: [])
    let publisher: any ChannelPublisher

    func admit(_ principal: Principal, to channel: ChannelName) -> ChannelTerms {
        ChannelTerms()
    }

    func take(_ data: JSON, for channel: ChannelName, from principal: Principal) -> JSON {
        publisher.publish(Push(channel, data))
        return [:]
    }
}
