import ArgumentParser
import Foundation

/// Reads a new password from standard input: a line of a pipe, or from a terminal twice and without echo.
enum PasswordPrompt {
    static let discussion = """
        The password is read from standard input, so that it is in no list of processes: echo … | plaza account …. On a
        terminal it is asked for and not shown.
        """

    static func read() throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine(), !line.isEmpty else {
                throw ValidationError("The password is read from standard input, and there was none.")
            }
            return line
        }
        let password = ask("New password (it is not shown): ")
        guard ask("The same again: ") == password else { throw ValidationError("The two are not the same.") }
        return password
    }

    /// `getpass` turns echo off while it reads, and on again.
    private static func ask(_ question: String) -> String {
        getpass(question).map { String(cString: $0) } ?? ""
    }
}
