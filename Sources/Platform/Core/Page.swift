/// Some rows of a list, and the cursor to those after them.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Nil on the last page.
    package let next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}

extension CursorSealer {
    /// The page that `rows` are, which were read with a limit of one more than the page holds: that one only says
    /// that there are more.
    ///
    /// - Parameter key: the fields that the list is ordered by, as ``position(_:filter:start:)`` or
    ///   ``open(_:fields:filter:)`` gives them back.
    package func page<Item>(
        _ rows: [Item], limit: Int, filter: String, key: (Item) -> [Int64]
    ) -> Page<Item> {
        guard rows.count > limit, let last = rows.prefix(limit).last else { return Page(items: rows, next: nil) }
        return Page(items: Array(rows.prefix(limit)), next: seal(key(last), filter: filter))
    }

    /// The one field that a cursor holds; `start` without a cursor.
    ///
    /// - Throws: ``CursorError/invalid`` for what was not made for this filter.
    package func position(_ cursor: String?, filter: String, start: Int64) throws(CursorError) -> Int64 {
        guard let cursor else { return start }
        return try open(cursor, fields: 1, filter: filter)[0]
    }
}
