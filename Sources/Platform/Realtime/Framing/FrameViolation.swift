/// How a client's bytes break RFC 6455. The connection cannot go on after it.
enum FrameViolation: Error, Equatable {
    case notMasked
    case reservedBits
    case reservedOpcode(UInt8)
    case fragmentedControl
    case controlTooLong
    case lengthNotMinimal
    case continuesNothing
    case interleaved
    case frameTooLong
    case messageTooLong
    case tooManyFragments
    case binary
    case invalidUTF8
    case badClose

    /// RFC 6455 §7.4.1.
    var closeCode: UInt16 {
        switch self {
        case .frameTooLong, .messageTooLong, .tooManyFragments: 1009
        case .binary: 1003
        case .invalidUTF8: 1007
        default: 1002
        }
    }
}
