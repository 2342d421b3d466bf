import App
import ArgumentParser
import Core
import Flows
import Storage

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove counters, home feeds, references and indexes against the rows they stand for.",
        discussion: "Changes nothing and may run beside a server. Ends with status 1 when anything is wrong.")
    @OptionGroup var shared: SharedOptions
    @Flag(help: "For scripts.") var json = false

    func run() async throws {
        let line = ProgressLine("verify")
        let report = try await shared.withDatabase { database in
            defer { line.finish() }
            return try await Verification(database: database).run { name in
                line.note("checking \(name)")
            } progress: { check in
                line.finish()
                if !json { Output.say(check.line) }
            }
        }
        if json { Output.json(report.json) } else { report.describe() }
        if report.findingCount > 0 { throw ExitCode(1) }
    }
}

extension VerificationReport {
    fileprivate func describe() {
        for listed in findings {
            let finding = listed.finding
            Output.say("\(listed.check): \(finding.subject) should be \(finding.expected), is \(finding.found)")
        }
        if findingCount > findings.count { Output.say("… and \(findingCount - findings.count) more") }
        let seconds = (self.seconds * 1_000).rounded() / 1_000
        Output.say(
            findingCount == 0 ? "All is as it should be (\(seconds) s)." : "\(findingCount) findings (\(seconds) s).")
    }

    fileprivate var json: JSON {
        [
            "ok": .bool(findingCount == 0), "findings_count": .integer(Int64(findingCount)),
            "seconds": .number(seconds),
            "checks": .array(
                checks.map { check in
                    [
                        "name": .string(check.name), "findings": .integer(Int64(check.findingCount)),
                        "state": .string(check.state),
                    ]
                }),
            "findings": .array(
                findings.map { listed in
                    [
                        "check": .string(listed.check), "subject": .string(listed.finding.subject),
                        "expected": .string(listed.finding.expected), "found": .string(listed.finding.found),
                    ]
                }),
        ]
    }
}

extension VerificationReport.Check {
    fileprivate var state: String {
        switch outcome {
        case .done: findingCount == 0 ? "ok" : "wrong"
        case .skipped(let reason): "skipped: \(reason)"
        }
    }

    fileprivate var line: String {
        findingCount == 0 ? "\(name): \(state)" : "\(name): \(findingCount) findings"
    }
}
