import HTTP

/// The code of the problem that `body` ends with; nil when it succeeds.
func problemCode(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch let problem as Problem {
        return problem.code
    } catch let error as any ProblemConvertible {
        return error.problem.code
    } catch {
        return "\(error)"
    }
}
