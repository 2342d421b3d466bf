package import Core
import Realtime
import Storage

extension ChatService {
    /// Shows a product to everybody in the room, in place of the one before; nil takes it away.
    package func pin(_ product: ID<Product>?, in id: ID<LiveRoom>, by account: ID<Account>) async throws {
        try await database.write { tx in
            try moderated(id, by: account, in: tx)
            if let product, try !storefront.isListed(product, in: tx) { throw ChatError.productNotFound }
            try tx.execute("UPDATE live_room SET pinned_product_id = \(product) WHERE id = \(id)")
            if let product {
                push("product.pinned", ["product": .id(product)], to: .live(id), .urgent, after: tx)
            } else {
                push("product.unpinned", to: .live(id), .urgent, after: tx)
            }
        }
    }

    /// Lets everybody but host and moderators say one thing in so many seconds; 0 lets them speak freely.
    package func slowDown(_ id: ID<LiveRoom>, to seconds: Int64, by account: ID<Account>) async throws {
        try await database.write { tx in
            try moderated(id, by: account, in: tx)
            try tx.execute("UPDATE live_room SET slow_mode_seconds = \(seconds) WHERE id = \(id)")
            push("slow_mode.changed", ["seconds": .integer(seconds)], to: .live(id), .urgent, after: tx)
        }
    }

    /// Shuts somebody out of the room: they neither hear it nor say anything there. The host cannot be, and moderators by the
    /// host alone.
    package func mute(_ member: ID<Account>, in id: ID<LiveRoom>, by account: ID<Account>) async throws {
        guard member != account else { throw ChatError.yourself }
        try await database.write { tx in
            let room = try moderated(id, by: account, in: tx)
            guard member != room.host else { throw ChatError.notHost }
            if room.host != account, try standing(of: member, in: id, tx).standing == .moderator {
                throw ChatError.notHost
            }
            guard try people.people([member], seenBy: account, in: tx)[member] != nil else {
                throw ChatError.accountNotFound
            }
            try set(.muted, of: member, in: id, tx)
            push("account.muted", ["account": .id(member)], to: .live(id), .urgent, after: tx)
            expel(member, from: .live(id), after: tx)
        }
    }

    /// Lets somebody in again. Without effect for who is not muted.
    package func unmute(_ member: ID<Account>, in id: ID<LiveRoom>, by account: ID<Account>) async throws {
        try await database.write { tx in
            try moderated(id, by: account, in: tx)
            try unset(.muted, of: member, in: id, tx)
        }
    }

    /// Makes somebody a moderator, whom the host trusts; again is the same.
    package func appoint(_ member: ID<Account>, in id: ID<LiveRoom>, by host: ID<Account>) async throws {
        guard member != host else { throw ChatError.yourself }
        try await database.write { tx in
            guard try moderated(id, by: host, in: tx).host == host else { throw ChatError.notHost }
            guard try people.people([member], seenBy: host, in: tx).canReach(member) else {
                throw ChatError.accountNotFound
            }
            try set(.moderator, of: member, in: id, tx)
            let count = try tx.integer(
                "SELECT COUNT(*) FROM live_standing WHERE room_id = \(id) AND standing = 1")
            guard count <= limits.liveModeratorsMax else {
                throw ChatError.tooManyModerators(max: limits.liveModeratorsMax)
            }
        }
    }

    /// Makes a moderator one of many again. Without effect for who is none.
    package func dismiss(_ member: ID<Account>, in id: ID<LiveRoom>, by host: ID<Account>) async throws {
        try await database.write { tx in
            guard try moderated(id, by: host, in: tx).host == host else { throw ChatError.notHost }
            try unset(.moderator, of: member, in: id, tx)
        }
    }

    // MARK: In a transaction

    /// An open room that `account` has a say in.
    @discardableResult
    private func moderated(_ id: ID<LiveRoom>, by account: ID<Account>, in tx: WriteTransaction) throws -> LiveRoom {
        let (room, standing) = try standing(of: account, in: id, tx)
        guard room.host == account || standing == .moderator else {
            // A room that a block hides is not there for them either.
            let isHidden = try people.people([room.host], seenBy: account, in: tx)[room.host]?.isBarred == true
            throw isHidden ? ChatError.liveNotFound : .notModerator
        }
        guard room.isOpen else { throw ChatError.liveClosed }
        return room
    }

    private func set(
        _ standing: LiveStanding, of member: ID<Account>, in id: ID<LiveRoom>, _ tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO live_standing (room_id, account_id, standing)
            VALUES (\(id), \(member), \(standing.rawValue))
            ON CONFLICT (room_id, account_id) DO UPDATE SET standing = excluded.standing
            """)
    }

    private func unset(
        _ standing: LiveStanding, of member: ID<Account>, in id: ID<LiveRoom>, _ tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            DELETE FROM live_standing
            WHERE room_id = \(id) AND account_id = \(member) AND standing = \(standing.rawValue)
            """)
    }
}
