import Accounts
import App
import ArgumentParser
import Core

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Create accounts and reset passwords.",
        subcommands: [Create.self, Password.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an account; also while the server runs.",
            discussion: PasswordPrompt.discussion)
        @OptionGroup var shared: SharedOptions
        @Argument(help: "3 to 30 of a–z, 0–9, _ and .") var handle: String
        @Option(help: "As it is shown; the handle unless told.") var displayName: String?
        @Option(help: "An e-mail address, to sign in with.") var email: String?
        @Option(help: "person, moderator or administrator.") var role = "person"
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            guard let role = Role(name: role) else {
                throw ValidationError("--role is person, moderator or administrator.")
            }
            let password = try PasswordPrompt.read()
            try await shared.withPlaza(.beside) { plaza in
                let account = try await plaza.accounts.createAccount(
                    AccountDraft(
                        handle: handle, password: password, displayName: displayName ?? handle, email: email, role: role
                    ))
                if json {
                    Output.json(["id": .string("\(account.id)"), "handle": .string(account.handle)])
                } else {
                    Output.say("\(account.handle) is \(account.id).")
                }
            }
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an account's password and end its sessions; also while the server runs.",
            discussion: PasswordPrompt.discussion)
        @OptionGroup var shared: SharedOptions
        @Argument(help: "Whose.") var handle: String

        func run() async throws {
            let password = try PasswordPrompt.read()
            try await shared.withPlaza(.beside) { plaza in
                try await plaza.accounts.resetPassword(of: handle, to: password)
                Output.say("\(handle) has a new password; every session has ended.")
            }
        }
    }
}
