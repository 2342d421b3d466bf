import App
import ArgumentParser

@main
struct PlazaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plaza",
        abstract: "The server of a social shop: follow, post, chat, sell and buy.",
        discussion: """
            plaza serve starts it: nothing else is needed, the data lives in ./plaza-data.

            Everything that can be set is an environment variable and a flag of the same name: PLAZA_LISTEN is
            --listen. plaza config lists them all, with what is in force and where it comes from.

            A first look:
              plaza demo --people 1000 --posts 10000     fill an empty directory with a lively crowd
              plaza serve                                then open http://127.0.0.1:8080
            """,
        version: Plaza.version,
        subcommands: [
            Serve.self, Migrate.self, ImportCommand.self, ExportCommand.self, DemoCommand.self, VerifyCommand.self,
            AccountCommand.self,
            JobsCommand.self, EventsCommand.self, ConfigCommand.self, OpenAPICommand.self, AsyncAPICommand.self,
            BenchCommand.self,
        ])
}
