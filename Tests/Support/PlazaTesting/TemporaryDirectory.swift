import Foundation
import Synchronization

/// Runs `body` with a directory of its own, and removes it.
///
/// Tests run side by side, and one with a database holds some twenty files: only so many are begun at a time.
@discardableResult
package func withTemporaryDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    // Whoever is within one already has a place, and would wait for itself.
    if TestPlaces.hasOne { return try await withDirectory(body) }
    await TestPlaces.shared.enter()
    defer { TestPlaces.shared.leave() }
    return try await TestPlaces.$hasOne.withValue(true) { try await withDirectory(body) }
}

private func withDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = FileManager.default.temporaryDirectory.appending(path: "plaza-test-\(UInt64.random(in: 0 ... .max))")
        .path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Places for tests that hold files, given in the order in which they are asked for.
private final class TestPlaces: Sendable {
    static let shared = TestPlaces()
    @TaskLocal static var hasOne = false

    private static let count = 160

    private struct State {
        var free = TestPlaces.count
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
