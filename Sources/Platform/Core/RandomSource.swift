import Synchronization

/// Where chance comes from. Passed in `init`, so that tests hold the seed.
package struct RandomSource: Sendable {
    package let next: @Sendable () -> UInt64

    package init(next: @escaping @Sendable () -> UInt64) {
        self.next = next
    }

    /// The system's cryptographic generator.
    package static let system = RandomSource {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// The same numbers for the same seed.
    package static func seeded(_ seed: UInt64) -> RandomSource {
        let generator = Mutex(SplitMix64(seed: seed))
        return RandomSource { generator.withLock { $0.next() } }
    }

    package func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }

    /// Evenly spread in `0..<1`.
    package func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}

/// Sebastiano Vigna's splitmix64: https://prng.di.unimi.it/splitmix64.c
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
