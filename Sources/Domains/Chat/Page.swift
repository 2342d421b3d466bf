import Core

/// Some rows of a list, and the cursor to those after them.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let next: String?
}

extension ChatService {
    /// Cuts the one row off that was read to see whether there are more.
    func page<Item>(_ rows: [Item], limit: Int, filter: String, key: (Item) -> Int64) -> Page<Item> {
        guard rows.count > limit, let last = rows.prefix(limit).last else { return Page(items: rows, next: nil) }
        return Page(items: Array(rows.prefix(limit)), next: cursors.seal([key(last)], filter: filter))
    }

    /// What a cursor holds; `start` without one.
    func position(_ cursor: String?, filter: String, start: Int64) throws -> Int64 {
        guard let cursor else { return start }
        return try cursors.open(cursor, fields: 1, filter: filter)[0]
    }
}
