/// Bounds of what one person buys at once.
package enum CartLimits {
    /// Lines in a cart and in an order: as many as fit on a screen that somebody still reads.
    package static let linesMax = 100
}
