import Core
import HTTP
import LedgerCore

/// Shapes and examples of what Ledger's routes take and answer.
enum LedgerShapes {
    /// An amount that somebody names.
    static let positiveMoney = Schema.object([
        .required(
            "amount", .integer(1...LedgerService.amountMax), "In the currency's minor unit: 1299 EUR are 12.99 €."),
        .required("currency", .text(3...3), "ISO 4217."),
    ])

    /// An amount of the books.
    static let money = Schema.named(
        "LedgerMoney",
        .object([
            .required("amount", .integer(.min...(.max)), "In the currency's minor unit."),
            .required("currency", .text(3...3), "ISO 4217."),
        ]))

    static let note = Schema.text(0...200)
    static let token = Schema.text(1...200)

    static let wallet = Schema.named(
        "Wallet",
        .object([
            .required(
                "balances",
                .array(
                    .object([
                        .required("available", money, "What can be spent."),
                        .required("held", money, "What is set aside for purchases under way."),
                        .required("balance", money, "Both together."),
                        .required("is_frozen", .boolean, "Nothing goes in or out: ask an administrator."),
                    ]), count: 0...1_000))
        ]))

    static let walletExample: JSON = [
        "balances": [
            [
                "available": euros(4_200), "held": euros(800), "balance": euros(5_000), "is_frozen": false,
            ]
        ]
    ]

    static let entry = Schema.named(
        "WalletEntry",
        .object([
            .required("id", .id(of: Transfer.self)),
            .required(
                "kind", .choice(["post", "hold", "settle", "void", "expire"]),
                "post and settle move money; hold sets it aside, void and expire give it back."),
            .required("direction", .choice(["in", "out"])),
            .required("amount", money),
            .required("balance", money, "What the wallet had once this was done."),
            .required("purpose", .choice(TransferPurpose.allCases.map(\.name) + ["other"])),
            .required("subject", .nullable(.text(1...40)), "The payment or order that it is of."),
            .required(
                "counterpart",
                .object([
                    .required("kind", .choice(["platform", "person", "shop"])),
                    .required("id", .nullable(.text(1...40))),
                ])),
            .required("note", .text(0...500)),
            .required("created_at", .time),
        ]))

    static let entryExample: JSON = [
        "id": "trf_0D3PZ7XGQW4K1", "kind": "post", "direction": "in", "amount": euros(5_000), "balance": euros(5_000),
        "purpose": "top_up", "subject": "pay_0D3PZ7XGQW4K1", "counterpart": ["kind": "platform", "id": nil],
        "note": "", "created_at": "2026-03-01T12:00:00.000Z",
    ]

    static let transfer = Schema.named(
        "WalletTransfer",
        .object([
            .required("id", .id(of: Transfer.self)),
            .required("payee", .id(of: Account.self)),
            .required("amount", money),
            .required("note", note),
            .required("available", money, "What is left to spend."),
            .required("created_at", .time),
        ]))

    static let transferExample: JSON = [
        "id": "trf_0D3PZ7XGQW4K1", "payee": "acc_0D3PZ7XGQW4K1", "amount": euros(500), "note": "Thanks!",
        "available": euros(3_700), "created_at": "2026-03-01T12:00:00.000Z",
    ]

    static let payment = Schema.named(
        "Payment",
        .object([
            .required("id", .id(of: Payment.self)),
            .required("kind", .choice(Payment.Kind.allCases.map(\.name))),
            .required("state", .choice(["pending", "authorised", "completed", "failed"])),
            .required("amount", money),
            .required("refunded", money, "How much of what was taken has been given back, or is on its way."),
            .required("refund_of", .nullable(.id(of: Payment.self))),
            .required("order", .nullable(.id(of: Order.self)), "That has claimed an authorisation."),
            .required("captured", .nullable(money), "What was taken of an authorisation."),
            .required("expires_at", .nullable(.time), "When an authorisation is let go of that no order has claimed."),
            .required(
                "failure", .nullable(.text(1...200)),
                "Why it failed, in the provider's words; voided or expired when it was let go of."),
            .required("created_at", .time),
        ]))

    static let paymentExample: JSON = [
        "id": "pay_0D3PZ7XGQW4K1", "kind": "top_up", "state": "pending", "amount": euros(5_000),
        "refunded": euros(0), "refund_of": nil, "order": nil, "captured": nil, "expires_at": nil, "failure": nil,
        "created_at": "2026-03-01T12:00:00.000Z",
    ]

    static let authorisationExample: JSON = [
        "id": "pay_0D3PZ7XGQW4K1", "kind": "authorisation", "state": "pending", "amount": euros(5_000),
        "refunded": euros(0), "refund_of": nil, "order": nil, "captured": nil,
        "expires_at": "2026-03-01T13:00:00.000Z", "failure": nil, "created_at": "2026-03-01T12:00:00.000Z",
    ]

    static let account = Schema.named(
        "LedgerAccount",
        .object([
            .required("id", .id(of: LedgerAccount.self)),
            .required("owner", .text(1...40)),
            .required("purpose", .choice(LedgerPurpose.allCases.map(\.name))),
            .required("balance", money),
            .required("held", money, "Set aside in it for others."),
            .required("is_frozen", .boolean),
        ]))

    static let accountExample: JSON = [
        "id": "lac_0D3PZ7XGQW4K1", "owner": "acc_0D3PZ7XGQW4K1", "purpose": "wallet", "balance": euros(5_000),
        "held": euros(0), "is_frozen": false,
    ]

    private static let sums: [Schema.Field] = [
        .required("debits_posted", .integer(0...(.max))), .required("credits_posted", .integer(0...(.max))),
        .required("debits_pending", .integer(0...(.max))), .required("credits_pending", .integer(0...(.max))),
    ]

    static let trialBalance = Schema.named(
        "TrialBalance",
        .object([
            .required("is_balanced", .boolean, "Debits equal credits in every currency."),
            .required(
                "currencies",
                .array(
                    .object(
                        [.required("currency", .text(3...3)), .required("is_balanced", .boolean)] + sums),
                    count: 0...1_000)),
            .required(
                "lines",
                .array(
                    .object(
                        [
                            .required("currency", .text(3...3)),
                            .required("owner", .choice(["platform", "person", "shop"])),
                            .required("purpose", .choice(LedgerPurpose.allCases.map(\.name))),
                            .required("accounts", .integer(0...(.max))),
                        ] + sums), count: 0...10_000)),
        ]))

    static let trialBalanceExample: JSON = [
        "is_balanced": true,
        "currencies": [
            [
                "currency": "EUR", "is_balanced": true, "debits_posted": 5_000, "credits_posted": 5_000,
                "debits_pending": 0, "credits_pending": 0,
            ]
        ],
        "lines": [
            [
                "currency": "EUR", "owner": "person", "purpose": "wallet", "accounts": 1, "debits_posted": 0,
                "credits_posted": 5_000, "debits_pending": 0, "credits_pending": 0,
            ]
        ],
    ]

    static func euros(_ amount: Int64) -> JSON { ["amount": .integer(amount), "currency": "EUR"] }

    static func page(of example: JSON) -> JSON { ["items": [example], "next": nil] }
}
