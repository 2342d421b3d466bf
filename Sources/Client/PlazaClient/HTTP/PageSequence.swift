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
