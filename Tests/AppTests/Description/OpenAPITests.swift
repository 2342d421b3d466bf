import App
import Core
import HTTP
import HTTPTypes
import Testing

@Suite struct OpenAPITests {
    private func withDocument(_ body: @escaping @Sendable (JSON, PlazaFixture) throws -> Void) async throws {
        try await withPlaza { plaza in
            try body(try await plaza.send(.get, "/openapi.json").json, plaza)
        }
    }

    @Test func theDocumentHasTheRoutesThatExist() async throws {
        try await withDocument { document, plaza in
            let declared = document.members("paths").flatMap { path in
                path.value.members.map { "\($0.name.uppercased()) \(path.name)" }
            }
            let routes = plaza.plaza.routes.filter { $0.tag != "page" }.map { "\($0.method) \($0.path)" }
            #expect(declared.sorted() == routes.sorted())
        }
    }

    @Test func theDocumentIsOpenAPI31() async throws {
        try await withDocument { document, _ in
            #expect(document["openapi"]?.string == "3.1.0")
            #expect(document["info"]?["title"]?.string?.isEmpty == false)
            #expect(document["info"]?["version"]?.string == Plaza.version)
            #expect(document["components"]?["securitySchemes"]?["session"]?["scheme"]?.string == "bearer")
            var names: Set<String> = []
            for path in document.members("paths") {
                #expect(path.name.hasPrefix("/"))
                for operation in path.value.members {
                    let name = "\(operation.name) \(path.name)"
                    let id = operation.value["operationId"]?.string ?? ""
                    #expect(names.insert(id).inserted && !id.isEmpty, "\(name) has no operationId of its own")
                    checkOperation(operation.value, name, path: path.name)
                }
            }
        }
    }

    private func checkOperation(_ operation: JSON, _ name: String, path: String) {
        #expect(operation["summary"]?.string?.isEmpty == false, "\(name)")
        #expect(operation["tags"]?.array?.count == 1, "\(name)")
        let parameters = operation["parameters"]?.array ?? []
        let identities = parameters.map { "\($0["in"]?.string ?? "") \($0["name"]?.string ?? "")" }
        #expect(Set(identities).count == identities.count, "\(name) repeats a parameter")
        let placeholders = path.split(separator: "/").filter { $0.first == "{" }.map {
            "path \($0.dropFirst().dropLast())"
        }
        let places = identities.filter { $0.hasPrefix("path ") }
        #expect(places == placeholders, "\(name)")
        for parameter in parameters {
            #expect(parameter["schema"] != nil, "\(name)")
            if parameter["in"] == "path" { #expect(parameter["required"] == true, "\(name)") }
        }
        let responses = operation.members("responses")
        let successes = responses.filter { $0.name.first == "2" || $0.name == "101" }
        #expect(!successes.isEmpty, "\(name) never succeeds")
        for response in responses {
            #expect(response.name.count == 3 && Int(response.name) != nil, "\(name)")
            #expect(response.value["description"]?.string?.isEmpty == false, "\(name)")
            if Int(response.name) ?? 0 >= 400, path != "/readyz" {
                let problem = response.value["content"]?["application/problem+json"]
                #expect(problem?["schema"]?["$ref"] == "#/components/schemas/Problem", "\(name) \(response.name)")
            }
        }
    }

    @Test func everyReferenceLeadsSomewhereAndEveryShapeIsUsed() async throws {
        try await withDocument { document, _ in
            var used: Set<String> = []
            document.visit { node in
                guard let reference = node["$ref"]?.string else { return }
                used.insert(reference)
                let steps = reference.split(separator: "/").dropFirst()
                let target = steps.reduce(Optional(document)) { $0?[String($1)] }
                #expect(target != nil, "\(reference) leads nowhere")
            }
            let declared = document["components"]?.members("schemas").map { "#/components/schemas/\($0.name)" } ?? []
            #expect(used == Set(declared))
        }
    }

    @Test func everyExampleHasTheShapeThatItIllustrates() async throws {
        try await withPlaza { plaza in
            for route in plaza.plaza.routes {
                let name = "\(route.method) \(route.path)"
                if let body = route.body { #expect(body.schema.problems(in: body.example) == [], "\(name)") }
                for answer in route.answers {
                    guard let schema = answer.schema, let example = answer.example else { continue }
                    #expect(schema.problems(in: example) == [], "\(name)")
                }
                for parameter in route.query {
                    guard let example = parameter.example else { continue }
                    let value = Int64(example).map(JSON.integer) ?? .string(example)
                    #expect(parameter.schema.problems(in: value) == [], "\(name) \(parameter.name)")
                }
            }
        }
    }

    @Test func everyJSONAnswerHasAnExample() async throws {
        try await withDocument { document, _ in
            for path in document.members("paths") {
                for operation in path.value.members {
                    for response in operation.value.members("responses") {
                        guard let content = response.value["content"]?["application/json"] else { continue }
                        #expect(content["example"] != nil, "\(operation.name) \(path.name) \(response.name)")
                    }
                }
            }
        }
    }

    /// A body that its schema allows must not be refused for its length: four bytes a character, and every field full.
    @Test func everyBodyThatIsAllowedFits() async throws {
        try await withPlaza { plaza in
            for route in plaza.plaza.routes {
                guard let body = route.body else { continue }
                let bytes = body.schema.bytesMax
                #expect(bytes <= body.bytesMax, "\(route.method) \(route.path) may need \(bytes) bytes")
            }
        }
    }

    @Test func everyRouteCanSucceedAndNamesItsProblemsOnce() async throws {
        try await withPlaza { plaza in
            for route in plaza.plaza.routes {
                let name = "\(route.method) \(route.path)"
                let successes = route.answers.filter { $0.status.code < 300 || $0.status == .switchingProtocols }
                #expect(!successes.isEmpty, "\(name) cannot succeed")
                let codes = route.problemCodes
                #expect(Set(codes).count == codes.count, "\(name) declares a problem twice")
                for code in codes { #expect(code.isSnakeCase, "\(name): \(code)") }
            }
        }
    }
}

extension Route {
    fileprivate var problemCodes: [String] {
        answers.filter { $0.contentType == "application/problem+json" }.map(\.about)
    }
}

extension String {
    var isSnakeCase: Bool {
        !isEmpty && utf8.allSatisfy { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }
}

extension JSON {
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    func members(_ name: String) -> [Member] { self[name]?.members ?? [] }

    /// This value and every value inside it, but not the examples.
    func visit(_ body: (JSON) -> Void) {
        body(self)
        for member in members where member.name != "example" { member.value.visit(body) }
        for item in array ?? [] { item.visit(body) }
    }
}

extension Schema {
    /// Bytes of the longest JSON text that fits, written plainly.
    fileprivate var bytesMax: Int {
        switch self {
        case .string(let rule): rule.length.upperBound * (rule.format == .url ? 1 : 4) + 2
        case .integer, .number: 20
        case .boolean, .anything: 5
        case .choice(let choices): (choices.map(\.utf8.count).max() ?? 0) + 2
        case .id, .time: 30
        case .array(let item, let count): count.upperBound * (item.bytesMax + 1) + 2
        case .object(let fields): fields.reduce(2) { $0 + $1.name.utf8.count + 4 + $1.schema.bytesMax }
        case .nullable(let inner), .named(_, let inner): max(4, inner.bytesMax)
        }
    }
}
