import Foundation

/// Runs `body` with a directory of its own, and removes it.
@discardableResult
package func withTemporaryDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = FileManager.default.temporaryDirectory.appending(path: "plaza-test-\(UInt64.random(in: 0 ... .max))")
        .path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
