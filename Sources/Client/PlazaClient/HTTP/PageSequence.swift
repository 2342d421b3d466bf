public import PlazaAPI

/// A list, page by page. Each page is fetched once the one before it has been read.
public struct PageSequence<Item: Codable & Sendable>: AsyncSequence, Sendable {
    public typealias Element = Item

    let fetch: @Sendable (_ cursor: String?) async throws -> Page<Item>

    /// One page, for lists that are shown in parts.
    /// - Parameter cursor: ``Page/next`` of the page before; nil is the first.
    public func page(after cursor: String? = nil) async throws -> Page<Item> {
        try await fetch(cursor)
    }

    /// Every page of changes, and the last one's revision.
    func changes(after revision: Int64) async throws -> Changes<Item> {
        var (items, revision, cursor): ([Item], Int64, String?) = ([], revision, nil)
        repeat {
            try Task.checkCancellation()
            let page = try await fetch(cursor)
            items += page.items
            revision = page.revision ?? revision
            guard page.next == nil || page.next != cursor else {
                throw PlazaError.unexpectedAnswer(status: 200, reason: "a page whose next is itself")
            }
            cursor = page.next
        } while cursor != nil
        return Changes(items: items, revision: revision)
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(fetch: fetch)
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let fetch: @Sendable (_ cursor: String?) async throws -> Page<Item>
        private var items: ArraySlice<Item> = []
        private var cursor: String?
        private var isAtEnd = false

        fileprivate init(fetch: @escaping @Sendable (_ cursor: String?) async throws -> Page<Item>) {
            self.fetch = fetch
        }

        /// - Throws: ``PlazaError``; also when a page names itself as the next, which would never end.
        public mutating func next() async throws -> Item? {
            while items.isEmpty {
                if isAtEnd { return nil }
                try Task.checkCancellation()
                let page = try await fetch(cursor)
                if let next = page.next, next == cursor {
                    throw PlazaError.unexpectedAnswer(status: 200, reason: "a page whose next is itself")
                }
                items = page.items[...]
                cursor = page.next
                isAtEnd = page.next == nil
            }
            return items.popFirst()
        }
    }
}

extension PlazaClient {
    func changes<Item: Codable & Sendable>(_ call: Call, after revision: Int64) async throws -> Changes<Item> {
        var call = call
        call.query = [("after_revision", String(revision))]
        return try await pages(call, limit: nil).changes(after: revision)
    }
}
