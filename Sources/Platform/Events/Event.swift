package import Core

/// Something that has happened: a row of the log, as consumers see it.
package struct Event: EntityKind, Sendable {
    package static let idPrefix = "evt"

    /// Its place in the log. Grows in the order of commits; numbers may be missing.
    package let position: Int64
    package let id: ID<Event>
    /// `resource.past_tense`: `post.published`.
    package let type: String
    /// The outside form of what it happened to: `pst_…`.
    package let subject: String
    package let time: Timestamp
    /// Of the shape of ``data``.
    package let version: Int
    package let data: JSON
    /// The trace in which it happened, when there was one.
    package let traceID: String?
}
