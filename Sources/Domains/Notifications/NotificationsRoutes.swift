import Core
package import HTTP
import HTTPTypes
import Realtime

extension NotificationsService {
    /// Every route of the slice.
    package var routes: [Route] { listRoutes + readRoutes + settingRoutes }

    private var listRoutes: [Route] {
        [
            Route(
                .get, "/v1/notifications", "What one was told, the newest activity first", tag: "notifications",
                access: .session, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of notifications", NotificationsShapes.page,
                        example: NotificationsShapes.pageExample),
                    .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 2
            ) { request in
                let page = try await notifications(
                    of: try request.caller().account, cursor: request.cursor, limit: request.limit)
                return .object { json in
                    json.name("items")
                    json.array(page.items) { json, item in json.value(item) }
                    json.member("next", page.next)
                    json.realtime(page.channel, page.position)
                }
            },
            Route(
                .get, "/v1/notifications/unread", "How many notifications one has not read", tag: "notifications",
                access: .session,
                answers: [
                    .init(.ok, "The count", NotificationsShapes.unread, example: NotificationsShapes.unreadExample)
                ],
                statementsMax: 1
            ) { request in .unread(try await unreadCount(of: try request.caller().account)) },
        ]
    }

    private var readRoutes: [Route] {
        [
            Route(
                .put, "/v1/notifications/read", "Mark as read what was active up to then", tag: "notifications",
                access: .session,
                body: .init(
                    .object([.required("up_to", .text(1...64), "The id of a notification, or a time.")]),
                    example: ["up_to": "2026-03-01T12:00:00.000Z"]),
                answers: [
                    .init(
                        .ok, "What is left unread", NotificationsShapes.unread,
                        example: NotificationsShapes.unreadExample),
                    .problem(.notFound, "notification_not_found"),
                ],
                statementsMax: 3
            ) { request in
                guard let mark = ReadMark(request.body["up_to"]?.string ?? "") else {
                    throw NotificationsError.invalidMark
                }
                return .unread(try await read(upTo: mark, by: try request.caller().account))
            },
            Route(
                .put, "/v1/notifications/{notification}/read", "Mark one as read; again is the same",
                tag: "notifications", access: .session,
                answers: [
                    .init(
                        .ok, "What is left unread", NotificationsShapes.unread,
                        example: NotificationsShapes.unreadExample),
                    .problem(.notFound, "notification_not_found"),
                ],
                statementsMax: 3
            ) { request in
                .unread(
                    try await read(
                        try request.id("notification", of: Notification.self), by: try request.caller().account))
            },
        ]
    }

    private var settingRoutes: [Route] {
        [
            Route(
                .get, "/v1/notifications/settings", "What one is not told of", tag: "notifications", access: .session,
                answers: [
                    .init(
                        .ok, "The settings", NotificationsShapes.settings, example: NotificationsShapes.settingsExample)
                ],
                statementsMax: 1
            ) { request in .settings(try await mutedKinds(of: try request.caller().account)) },
            Route(
                .put, "/v1/notifications/settings", "Say what one is not to be told of", tag: "notifications",
                access: .session,
                body: .init(NotificationsShapes.settings, example: NotificationsShapes.settingsExample),
                answers: [
                    .init(
                        .ok, "The settings", NotificationsShapes.settings, example: NotificationsShapes.settingsExample)
                ],
                statementsMax: 1
            ) { request in
                let names = request.body["off"]?.array?.compactMap(\.string) ?? []
                let kinds = MutedKinds(names.compactMap { NotificationKind(name: $0) })
                try await mute(kinds, for: try request.caller().account)
                return .settings(kinds)
            },
        ]
    }
}

extension Reply {
    fileprivate static func unread(_ count: Int64) -> Reply {
        .object { json in json.member("count", count) }
    }

    fileprivate static func settings(_ muted: MutedKinds) -> Reply {
        .object { json in
            json.name("off")
            json.array(muted.kinds) { json, kind in json.value(kind.name) }
        }
    }
}
