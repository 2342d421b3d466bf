import Accounts
import Chat
import Core
package import Events
import Flows
package import HTTP
import Hummingbird
import Idempotency
package import Jobs
import Ledger
import Logging
import Market
import NIOCore
import NIOPosix
import Notifications
import Presence
package import Realtime
import ServiceLifecycle
import Social
import Storage
import StorageSQLite
import Telemetry
import UnixSignals

extension Plaza {
    /// Every route of the API and the page.
    package var routes: [Route] {
        let api = apiRoutes
        let descriptions = descriptionRoutes(api + probeRoutes)
        return api + probeRoutes + descriptions + PageRoutes.all
    }

    private var apiRoutes: [Route] {
        accounts.routes + flows.routes + social.routes + ledger.routes + market.routes + checkout.routes
            + chat.routes + notifications.routes + presence.routes + door.routes
            + JobRoutes(database: database, deadLetters: DeadLetters(queue: jobs), cursors: cursors).routes
    }

    /// Who answers for the channels of each namespace.
    package var channelOwners: [any ChannelOwner] {
        [
            AccountChannels(carrying: ChatService.accountPushes + PresenceService.accountPushes),
            PostChannels(social: social), ShopChannels(market: market),
        ] + chat.channelOwners
    }

    package func responder(enforcesBudgets: Bool = false) -> APIResponder {
        var api = configuration.api
        api.enforcesBudgets = enforcesBudgets
        let (authenticator, rates, limiter) = (accounts.authenticator, configuration.rates, limiter)
        return APIResponder(
            routes: routes,
            gate: RequestGate(
                authenticate: { token in try await authenticator.principal(for: token) },
                admit: { rateClass, principal, address in
                    rates.admit(rateClass, principal, address, limiter: limiter)
                }),
            configuration: api, random: random, clock: clock, registry: registry, logger: logger)
    }

    private var door: RealtimeDoor {
        let (rates, limiter) = (configuration.rates, limiter)
        return RealtimeDoor(
            hub: hub, authenticator: accounts.authenticator, tickets: tickets,
            allowedOrigins: configuration.api.allowedOrigins,
            admitStranger: { rates.admit(.read, nil, $0, limiter: limiter) })
    }

    package func makeWorker() throws -> JobWorker {
        var handlers = JobHandlers()
        accounts.register(in: &handlers)
        social.register(in: &handlers)
        ledger.register(in: &handlers)
        market.register(in: &handlers)
        checkout.register(in: &handlers)
        chat.register(in: &handlers)
        notifications.register(in: &handlers)
        let (database, events, keys, clock) = (database, events, keys, clock)
        handlers.on(PruneEvents.self, timeoutSeconds: 600) { _, _ in
            try await PruneEvents.run(database: database, events: events, clock: clock)
        }
        handlers.on(PruneIdempotencyKeys.self, timeoutSeconds: 600) { _, _ in
            try await PruneIdempotencyKeys.run(database: database, keys: keys)
        }
        let schedules =
            try SocialService.schedules() + LedgerService.schedules() + MarketService.schedules() + Checkout.schedules()
            + NotificationsService.schedules()
            + [
                JobSchedule(
                    "accounts.end_suspensions", try CronExpression("* * * * *"), job: EndSuspensions()),
                JobSchedule(
                    "accounts.delete_expired_sessions", try CronExpression("7 * * * *"), job: DeleteExpiredSessions()),
                JobSchedule("events.prune", try CronExpression("37 3 * * *"), job: PruneEvents()),
                JobSchedule("idempotency.prune", try CronExpression("53 3 * * *"), job: PruneIdempotencyKeys()),
            ]
        return JobWorker(
            database: database, queue: jobs, handlers: handlers, schedules: schedules, metrics: registry,
            logger: logger, concurrencyMax: configuration.workerConcurrency)
    }

    package func makeBus() -> EventBus {
        EventBus(
            database: database, log: events,
            consumers: [social.textIndexer] + market.consumers
                + [checkout.orderPayer, notifications.consumer],
            clock: clock, metrics: registry, logger: logger)
    }

    /// Ends in this process what a tool beside it has ended.
    private func makeSessionTail() async throws -> EventTail {
        let accounts = accounts
        return try await EventTail(
            database: database, log: events, types: AccountsService.sessionEvents, logger: logger
        ) { accounts.forgetSessions(after: $0) }
    }

    /// Serves until SIGTERM or SIGINT, then finishes what has begun.
    /// - Parameters:
    ///   - owners: of channels beside Plaza's own.
    ///   - onListening: told the port.
    package func serve(
        beside owners: [any ChannelOwner] = [], onListening: @escaping @Sendable (Int) async -> Void
    ) async throws {
        if configuration.paymentProvider == "test" {
            logger.warning("payments are pretended: everybody can fill their wallet")
        }
        let group = MultiThreadedEventLoopGroup.singleton
        var services: [any Service] = [NodeKeeper(claim: node, database: database, logger: logger)]
        if configuration.runsJobs { services += [try makeWorker(), makeBus()] }
        if configuration.servesAPI {
            services += [
                try await makeSessionTail(),
                presence, HubKeeper(hub: hub, owners: channelOwners + owners, observer: presence),
            ]
            // Services stop in the opposite order: no connection becomes a socket once this one has, and who was online
            // to the end is written down after the last socket has gone.
            services.append(
                HTTPListener(
                    responder(), configuration: configuration.api, group: group, logger: logger,
                    onListening: onListening, onStopping: { [hub] in hub.drain() }))
        }
        let serviceGroup = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await serviceGroup.run()
        await close()
    }
}

/// Deletes events that every consumer has passed.
struct PruneEvents: ArgumentlessJob {
    static let kind = "events.prune"
    /// A week, for those who look into what happened.
    private static let keptSeconds: Int64 = 7 * 86_400

    static func run(database: any Database, events: EventLog, clock: WallClock) async throws {
        let limit = clock.now().advanced(bySeconds: -keptSeconds)
        while try await database.write({ tx in try events.prune(olderThan: limit, limit: 1_000, in: tx) }) == 1_000 {}
    }
}

/// Deletes answers that nobody will ask for again.
struct PruneIdempotencyKeys: ArgumentlessJob {
    static let kind = "idempotency.prune"

    static func run(database: any Database, keys: IdempotencyKeys) async throws {
        while try await database.write({ tx in try keys.prune(limit: 1_000, in: tx) }) == 1_000 {
            try Task.checkCancellation()
        }
    }
}
