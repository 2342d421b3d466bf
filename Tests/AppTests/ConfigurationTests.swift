import Accounts
import App
import HTTP
import RateLimit
import Realtime
import Testing

@Suite struct ConfigurationTests {
    @Test(arguments: [
        "shop.example", "https://", "https://shop.example/", "https://shop.example/page", "https://Shop.example",
        "https://shop.example:443", "http://shop.example:80", "https://shop.example:", "https://shop.example:0",
        "https://shop.example:08443", "https://a b", "ftp://shop.example", "https://ann@shop.example", "https://[::1",
        "https://[1.2.3.4]", "*", "null", "https://shop.example,,https://b.example/",
    ])
    func anOriginThatNoBrowserSendsIsRefused(_ text: String) {
        #expect(throws: ConfigurationError.self) { try Configuration(flags: ["PLAZA_ALLOWED_ORIGINS": text]) }
    }

    @Test func originsAreTakenAsBrowsersSendThem() throws {
        let origins = [
            "https://shop.example", "http://localhost:3000", "https://10.0.0.1:8443", "http://[::1]:8080",
            "http://[::1]",
        ]
        let configuration = try Configuration(flags: ["PLAZA_ALLOWED_ORIGINS": origins.joined(separator: ", ")])
        #expect(configuration.api.allowedOrigins == Set(origins))
    }

    @Test(arguments: ["proxy.example", "10.0.0", "10.0.0.0/8", "10.0.0.1:80", "[::1]", "local"])
    func aProxyThatIsNoAddressIsRefused(_ text: String) {
        #expect(throws: ConfigurationError.self) { try Configuration(flags: ["PLAZA_TRUSTED_PROXIES": text]) }
    }

    @Test func addressesOfProxiesAreComparedInTheSystemsForm() throws {
        let configuration = try Configuration(flags: ["PLAZA_TRUSTED_PROXIES": "10.0.0.1, 0:0:0:0:0:0:0:1,2001:DB8::1"])
        #expect(configuration.api.trustedProxies == ["10.0.0.1", "::1", "2001:db8::1"])
    }

    @Test(arguments: ["sqlite:/tmp/plaza.sqlite", "sqlite:../plaza.sqlite", "sqlite:a/b", "sqlite:..", "sqlite:"])
    func theDatabaseIsAFileInTheDataDirectory(_ text: String) {
        #expect(throws: ConfigurationError.self) { try Configuration(flags: ["PLAZA_DATABASE_URL": text]) }
    }

    @Test(arguments: [
        "PLAZA_RATE_SIGN_IN", "PLAZA_RATE_SIGN_IN_SLOWED", "PLAZA_RATE_SIGN_IN_ACCOUNT", "PLAZA_RATE_SIGN_IN_ADDRESS",
        "PLAZA_RATE_SIGN_UP", "PLAZA_RATE_CONFIRMATION",
    ])
    func everyLimitOfAccountsCanBeSwitchedOff(_ name: String) throws {
        func limits(_ text: String) throws -> [Int64?] {
            let accounts = try Configuration(flags: [name: text]).accounts
            return [
                accounts.signIn, accounts.slowedSignIn, accounts.signInPerAccount, accounts.signInPerAddress,
                accounts.signUpPerAddress, accounts.confirmation,
            ].map { $0?.count }
        }
        #expect(try limits("0").filter { $0 == nil }.count == 1)
        #expect(try limits("7").filter { $0 == 7 }.count == 1)
        #expect(throws: ConfigurationError.self) { try limits("-1") }
    }

    @Test func socketsOfAnAccountAndAnAddressNeedNotBeBounded() throws {
        let realtime = try Configuration(flags: [
            "PLAZA_REALTIME_CONNECTIONS_PER_ACCOUNT": "0", "PLAZA_REALTIME_CONNECTIONS_PER_ADDRESS": "0",
        ]).realtime
        #expect(realtime.socketsPerAccountMax == .max && realtime.socketsPerAddressMax == .max)
    }

    @Test func theRefusalOfAnAddressSaysWhatItTakes() throws {
        let error = #expect(throws: ConfigurationError.self) { try Configuration(flags: ["PLAZA_LISTEN": "foo"]) }
        #expect(error?.description.contains("it takes address:port") == true)
    }
}
