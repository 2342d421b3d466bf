/// What an event is worth against a view.
package enum EngagementWeight {
    package static let view = 1.0
    package static let watch = 2.0
    package static let like = 4.0
    package static let comment = 6.0
    package static let share = 8.0
}
