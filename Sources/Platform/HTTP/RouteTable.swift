package import HTTPTypes

/// Finds the route of a path: a tree by segment, fixed segments before parameters.
package struct RouteTable: Sendable {
    package let routes: [Route]
    private var nodes = [Node()]

    private struct Node: Sendable {
        var fixed: [Substring: Int] = [:]
        var parameter: Int?
        /// Routes that end here, by method.
        var endings: [(method: HTTPRequest.Method, route: Int)] = []
    }

    package enum Match: Sendable {
        case found(index: Int, parameters: [(name: String, value: String)])
        /// The path exists with these other methods.
        case otherMethod([HTTPRequest.Method])
        case none
    }

    /// Parameter names of each route, in the order of the path.
    private let parameterNames: [[String]]

    package init(_ routes: [Route]) {
        self.routes = routes
        parameterNames = routes.map { route in
            Self.segments(of: route.path).filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
        }
        for (index, route) in routes.enumerated() { insert(route, index) }
    }

    private mutating func insert(_ route: Route, _ index: Int) {
        var node = 0
        for segment in Self.segments(of: route.path) {
            let isParameter = segment.first == "{"
            if let next = isParameter ? nodes[node].parameter : nodes[node].fixed[segment] {
                node = next
                continue
            }
            nodes.append(Node())
            if isParameter {
                nodes[node].parameter = nodes.count - 1
            } else {
                nodes[node].fixed[segment] = nodes.count - 1
            }
            node = nodes.count - 1
        }
        precondition(!nodes[node].endings.contains { $0.method == route.method }, "\(route.path) is declared twice")
        nodes[node].endings.append((route.method, index))
    }

    package func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        var node = 0
        var values: [Substring] = []
        for segment in Self.segments(of: path) {
            if let next = nodes[node].fixed[segment] {
                node = next
            } else if let next = nodes[node].parameter {
                values.append(segment)
                node = next
            } else {
                return .none
            }
        }
        let endings = nodes[node].endings
        let wanted = method == .head ? .get : method
        guard let ending = endings.first(where: { $0.method == wanted }) else {
            return endings.isEmpty ? .none : .otherMethod(Self.allowed(endings.map(\.method)))
        }
        let parameters = zip(parameterNames[ending.route], values).map { (name: $0, value: String($1)) }
        return .found(index: ending.route, parameters: parameters)
    }

    /// What is read can be asked about without its body.
    private static func allowed(_ methods: [HTTPRequest.Method]) -> [HTTPRequest.Method] {
        methods.flatMap { $0 == .get ? [.get, .head] : [$0] }
    }

    private static func segments(of path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: true)
    }
}
