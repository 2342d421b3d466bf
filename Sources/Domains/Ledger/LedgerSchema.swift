package import Storage

/// The tables that Ledger owns. Nobody else reads or writes them.
package enum LedgerSchema {
    package static let migrations: [Migration] = [books, payments]

    private static let transferColumns = """
        id BIGINT NOT NULL UNIQUE,
        kind BIGINT NOT NULL,
        debit_id BIGINT NOT NULL REFERENCES ledger_account (id),
        credit_id BIGINT NOT NULL REFERENCES ledger_account (id),
        amount BIGINT NOT NULL CHECK (amount > 0),
        hold_id BIGINT,
        expires_at BIGINT,
        hold_state BIGINT,
        purpose BIGINT NOT NULL,
        subject BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        debit_balance BIGINT NOT NULL,
        credit_balance BIGINT NOT NULL,
        CHECK (debit_id <> credit_id),
        CHECK ((kind = 1) = (hold_state IS NOT NULL)),
        CHECK ((kind = 1) = (expires_at IS NOT NULL)),
        CHECK ((kind >= 2) = (hold_id IS NOT NULL))
        """

    /// The sums are what the account's transfers come to, which `plaza verify` proves. A transfer's position is its
    /// place in the order in which all were applied; its id may have been made long before.
    private static let books = Migration(
        "ledger.001 books",
        [
            .table(
                "ledger_account",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    owner_kind BIGINT NOT NULL CHECK (owner_kind BETWEEN 0 AND 2),
                    owner_id BIGINT NOT NULL,
                    purpose BIGINT NOT NULL,
                    currency TEXT NOT NULL,
                    rule BIGINT NOT NULL CHECK (rule IN (0, 1)),
                    is_frozen BIGINT NOT NULL DEFAULT 0 CHECK (is_frozen IN (0, 1)),
                    debits_pending BIGINT NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
                    debits_posted BIGINT NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
                    credits_pending BIGINT NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
                    credits_posted BIGINT NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
                    UNIQUE (owner_kind, owner_id, purpose, currency),
                    CHECK (rule = 0 OR debits_posted + debits_pending <= credits_posted)
                    """),
            // The two engines name a key that counts itself differently; the rest is the same.
            .only(
                .sqlite,
                "CREATE TABLE transfer (position BIGINT PRIMARY KEY, \(transferColumns)) STRICT"
                    .replacing("BIGINT", with: "INTEGER")),
            .only(
                .postgres,
                """
                CREATE TABLE transfer (
                    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    \(transferColumns))
                """),
            // Statements, newest first.
            .statement("CREATE INDEX transfer_by_debit ON transfer (debit_id, position)"),
            .statement("CREATE INDEX transfer_by_credit ON transfer (credit_id, position)"),
            .statement("CREATE INDEX transfer_by_subject ON transfer (subject, position) WHERE subject <> 0"),
            .statement("CREATE INDEX transfer_by_hold ON transfer (hold_id) WHERE hold_id IS NOT NULL"),
            .statement("CREATE INDEX transfer_pending ON transfer (expires_at) WHERE hold_state = 0"),
        ])
    /// `token` is what a provider gives for a card or a bank account, never the number itself. Notices are kept for
    /// longer than they would be believed.
    private static let payments = Migration(
        "ledger.002 payments",
        [
            .table(
                "transfer_note",
                columns: """
                    transfer_id BIGINT NOT NULL PRIMARY KEY REFERENCES transfer (id),
                    note TEXT NOT NULL
                    """),
            .table(
                "payment",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    kind BIGINT NOT NULL,
                    owner_kind BIGINT NOT NULL,
                    owner_id BIGINT NOT NULL,
                    wallet_id BIGINT NOT NULL,
                    provider TEXT NOT NULL,
                    token TEXT NOT NULL,
                    refunded_id BIGINT REFERENCES payment (id),
                    amount BIGINT NOT NULL CHECK (amount > 0),
                    currency TEXT NOT NULL,
                    refunded_amount BIGINT NOT NULL DEFAULT 0 CHECK (refunded_amount BETWEEN 0 AND amount),
                    expires_at BIGINT,
                    order_id BIGINT,
                    captured_amount BIGINT CHECK (captured_amount BETWEEN 1 AND amount),
                    is_let_go BIGINT NOT NULL DEFAULT 0,
                    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 8),
                    failure TEXT,
                    is_contradicted BIGINT NOT NULL DEFAULT 0,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    CHECK ((kind = 3) = (refunded_id IS NOT NULL)),
                    CHECK ((kind = 4) = (expires_at IS NOT NULL)),
                    CHECK (kind = 4 OR (order_id IS NULL AND captured_amount IS NULL AND is_let_go = 0)),
                    CHECK (order_id IS NULL OR is_let_go = 0)
                    """),
            .statement("CREATE INDEX payment_by_owner ON payment (owner_kind, owner_id, id)"),
            .statement("CREATE INDEX payment_by_refunded ON payment (refunded_id) WHERE refunded_id IS NOT NULL"),
            // One authorisation is claimed by one order, and an order claims one.
            .statement("CREATE UNIQUE INDEX payment_by_order ON payment (order_id) WHERE order_id IS NOT NULL"),
            .statement("CREATE INDEX payment_contradicted ON payment (id) WHERE is_contradicted = 1"),
            .table(
                "payment_notice", clustered: true,
                columns: """
                    provider TEXT NOT NULL,
                    notice_id TEXT NOT NULL,
                    received_at BIGINT NOT NULL,
                    PRIMARY KEY (provider, notice_id)
                    """),
            .statement("CREATE INDEX payment_notice_by_age ON payment_notice (received_at)"),
        ])
}
