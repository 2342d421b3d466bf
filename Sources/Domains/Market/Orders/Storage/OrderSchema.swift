import Storage

/// The tables of carts and orders.
enum OrderSchema {
    static let migrations: [Migration] = [orders]

    /// `purchase` is what somebody bought at once, `sub_order` what of it one shop sells; `purchase_line` keeps what was
    /// bought as it was. `payment_id` is the top-up or authorisation that an order was placed with. `due_at` is when the
    /// clock may act. `paid`, `refunded`, `released` and `fee` are what moved in the books, which `plaza verify` compares.
    /// `attributed_to` is the author of `source_post_id`, of lines of what that post tags; an order without such lines
    /// has no `source_post_id`. `attribution_total` adds them up. `order_history` is only added to. Prices of a cart are
    /// those that were shown.
    private static let orders = Migration(
        "market.007 carts and orders",
        [
            .table(
                "cart_line", clustered: true,
                columns: """
                    account_id BIGINT NOT NULL,
                    variant_id BIGINT NOT NULL,
                    quantity BIGINT NOT NULL CHECK (quantity > 0),
                    price BIGINT NOT NULL CHECK (price >= 0),
                    currency TEXT NOT NULL,
                    added_at BIGINT NOT NULL,
                    PRIMARY KEY (account_id, variant_id)
                    """),
            .table(
                "purchase",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    buyer_id BIGINT NOT NULL,
                    currency TEXT NOT NULL,
                    total BIGINT NOT NULL CHECK (total >= 0),
                    address TEXT NOT NULL,
                    source_post_id BIGINT,
                    payment_id BIGINT
                    """),
            .statement("CREATE INDEX purchase_buyer ON purchase (buyer_id, id)"),
            .statement("CREATE INDEX purchase_payment ON purchase (payment_id, id) WHERE payment_id IS NOT NULL"),
            .table(
                "sub_order", clustered: true,
                columns: """
                    purchase_id BIGINT NOT NULL,
                    shop_id BIGINT NOT NULL,
                    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 6),
                    total BIGINT NOT NULL CHECK (total >= 0),
                    paid BIGINT NOT NULL CHECK (paid BETWEEN 0 AND total),
                    refunded BIGINT NOT NULL CHECK (refunded BETWEEN 0 AND paid),
                    released BIGINT NOT NULL CHECK (released >= 0),
                    fee BIGINT NOT NULL CHECK (fee >= 0 AND released + fee <= paid),
                    fee_basis_points BIGINT NOT NULL CHECK (fee_basis_points BETWEEN 0 AND 10000),
                    hold_id BIGINT,
                    due_at BIGINT,
                    PRIMARY KEY (purchase_id, shop_id)
                    """),
            .statement("CREATE INDEX sub_order_shop ON sub_order (shop_id, purchase_id)"),
            .statement("CREATE INDEX sub_order_shop_state ON sub_order (shop_id, state, purchase_id)"),
            .statement(
                "CREATE INDEX sub_order_due ON sub_order (due_at, purchase_id, shop_id) WHERE due_at IS NOT NULL"),
            .table(
                "purchase_line", clustered: true,
                columns: """
                    purchase_id BIGINT NOT NULL,
                    position BIGINT NOT NULL,
                    shop_id BIGINT NOT NULL,
                    variant_id BIGINT NOT NULL,
                    product_id BIGINT NOT NULL,
                    title TEXT NOT NULL,
                    variant_title TEXT NOT NULL,
                    sku TEXT NOT NULL,
                    picture TEXT NOT NULL,
                    price BIGINT NOT NULL CHECK (price >= 0),
                    quantity BIGINT NOT NULL CHECK (quantity > 0),
                    given_back BIGINT NOT NULL DEFAULT 0 CHECK (given_back BETWEEN 0 AND quantity),
                    attributed_to BIGINT,
                    PRIMARY KEY (purchase_id, position)
                    """),
            .statement(
                """
                CREATE INDEX purchase_line_attributed ON purchase_line (attributed_to, purchase_id, position)
                WHERE attributed_to IS NOT NULL
                """),
            .table(
                "attribution_total", clustered: true,
                columns: """
                    account_id BIGINT NOT NULL,
                    currency TEXT NOT NULL,
                    quantity BIGINT NOT NULL,
                    amount BIGINT NOT NULL,
                    given_back_quantity BIGINT NOT NULL CHECK (given_back_quantity BETWEEN 0 AND quantity),
                    given_back_amount BIGINT NOT NULL CHECK (given_back_amount BETWEEN 0 AND amount),
                    PRIMARY KEY (account_id, currency)
                    """),
            .table(
                "order_history", clustered: true,
                columns: """
                    purchase_id BIGINT NOT NULL,
                    id BIGINT NOT NULL,
                    shop_id BIGINT NOT NULL,
                    event BIGINT NOT NULL,
                    party BIGINT NOT NULL CHECK (party BETWEEN 0 AND 3),
                    account_id BIGINT NOT NULL,
                    amount BIGINT NOT NULL,
                    pieces TEXT NOT NULL,
                    PRIMARY KEY (purchase_id, id)
                    """),
        ])
}
